"""The page of one document as HTML; what comes from a document is escaped here."""

import re
from html import escape

from ingest.document import Document
from qa import texts
from qa.screens.document_text import Body, Span


def document_link(document_id: str, span: Span | None = None) -> str:
    """The address of a document's own page, relative to the screen's; with a span it opens there."""
    where = f"?start={span[0]}&amp;end={span[1]}#cited" if span else ""
    return f"document/{escape(document_id)}{where}"


def read_span(document: Document, start: str, end: str) -> tuple[Span | None, bool]:
    """The span that a link asks for without white space at its ends, and whether what it asks for is wrong."""
    if not start and not end:
        return None, False
    if not (re.fullmatch(r"[0-9]{1,9}", start) and re.fullmatch(r"[0-9]{1,9}", end)):
        return None, True
    first, last = int(start), int(end)
    quote = document.text[first:last]
    if last > len(document.text) or not quote.strip():
        return None, True
    return (first + len(quote) - len(quote.lstrip()), first + len(quote.rstrip())), False


def document_page(document: Document, cited: Span | None, is_wrong: bool, head: str, told: str = "", figure: str = "") -> str:
    """The page of one document: its whole text, with the cited span highlighted; ``told`` is HTML about its versions, ``figure`` its own page."""
    body = Body(document, cited, is_page=True)
    opening = next((s for s in document.segments[:1] if s.kind == "title"), None)
    title = body.marked(opening.start, opening.end) if opening else escape(document.title)
    notes = [told] if told else []
    notes += [f'<p class="caution">{texts.WRONG_SPAN}</p>'] if is_wrong else []
    notes += ['<p class="note">該当箇所を<a href="#cited">色を付けて</a>示しています。</p>'] if cited else []
    if document.suspicions:
        notes.append(f'<p class="note"><span class="suspect">点線</span>{texts.SUSPECTED_LEGEND.format(count=len(document.suspicions))}</p>')
    kind = texts.KINDS.get(document.kind, document.kind)
    facts = (("発行者", document.issuer), ("種別", kind), ("日付", texts.dated(document.date.value, document.date.basis)), ("元のファイル", document.source))
    meta = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    text = body.html(opening.end if opening else 0, len(document.text))
    opened = f'<header class="document-head"><h1>{title}</h1><dl>{meta}</dl>{"".join(notes)}</header>{_contents(document)}'
    whole = f'<div class="document-text">{text}</div>{_omissions(document)}'
    return page(document.title, f'{opened}<div class="beside"><div>{whole}</div>{figure}</div>' if figure else opened + whole, head, "with-picture" if figure else "")


def _contents(document: Document) -> str:
    headings = [s for s in document.segments if s.kind == "heading" and document.sections[s.section].start == s.start]
    if len(headings) < 4:
        return ""
    items = "".join(
        f'<li class="level-{min(len(document.sections[s.section].path), 5)}"><a href="#at-{s.start}">{escape(document.text[s.start : s.end])}</a></li>'
        for s in headings
        if len(document.sections[s.section].path) <= 3
    )
    return f'<nav class="contents" aria-label="目次"><details><summary>目次</summary><ol>{items}</ol></details></nav>'


def _omissions(document: Document) -> str:
    if not document.omissions:
        return ""
    by_reason = {reason: [o.text for o in document.omissions if o.reason == reason] for reason in dict.fromkeys(o.reason for o in document.omissions)}
    summary = "、".join(f"{texts.OMISSIONS.get(reason, escape(reason))} {len(found)}件" for reason, found in by_reason.items())
    items = "".join(f"<li>{escape(text)}</li>" for found in by_reason.values() for text in found)
    return f'<footer class="omissions"><details><summary>本文から除いたもの: {summary}</summary><ul>{items}</ul></details></footer>'


def missing_page(head: str) -> str:
    """The page for a document that isn't there."""
    return page("文書が見つかりません", f'<header class="document-head"><h1>文書が見つかりません</h1><p>{texts.NOT_FOUND}</p><p><a href="../">質問画面を開く</a></p></header>', head)


def page(title: str, main: str, head: str, kind: str = "") -> str:
    """A whole page around ``main``; ``head`` holds the style and the script that the screen uses too."""
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)} – {texts.NAME}</title>{head}</head>'
        f'<body class="document-page {kind}"><header class="masthead"><a class="name" href="../">{texts.NAME_HTML}</a><p>{escape(title)}</p><a class="back" data-back href="../">質問画面へ戻る</a></header><main>{main}</main></body></html>'
    )
