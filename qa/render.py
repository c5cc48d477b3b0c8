"""Answers and documents as HTML. Everything that comes from a document or a person is escaped here."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from ingest.document import Document, Segment, Table
from ingest.library import DocumentInfo
from qa import texts
from qa.answer import Answer, Citation, Passage

Lookup = Callable[[str], Document | None]
Span = tuple[int, int]

AROUND = 100  # characters shown on either side of a citation, before widening to whole sentences: two or three cards fit a screen
NEAREST = 3  # passages shown under a refusal
MARK = re.compile(r"\[(\d+)\]")
LINE = re.compile(r"[^\n]+")
NUMBER = re.compile(r"^[\d,.\s%‐△▲+-]+$")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A table cell as it stands in the text; ``columns`` is how many columns it spans."""

    start: int
    end: int
    columns: int = 1


class Body:
    """Renders spans of one document; offsets of the text stay traceable because nothing is reordered within a cell or line."""

    def __init__(self, document: Document, cited: Span | None = None, is_page: bool = False) -> None:
        self.document, self.text, self.cited, self.is_page = document, document.text, cited, is_page
        self.segments = {segment.start: segment for segment in document.segments}
        self.labels = {cell.start for table in document.tables for cell in table.cells if cell.is_label}

    def html(self, start: int, end: int) -> str:
        """``text[start:end]`` as paragraphs, headings, list items and tables."""
        parts: list[str] = []
        for table in sorted(self.document.tables, key=lambda t: t.start):
            if table.start < end and table.end > start:
                parts += self._lines(start, table.start)
                parts.append(self._table(table, start, end))
                start = table.end
        return "".join([*parts, *self._lines(start, end)])

    def marked(self, start: int, end: int) -> str:
        """``text[start:end]`` escaped, the cited span in ``<mark>``, suspected faults underlined."""
        spans = [(s.start, s.end) for s in self.document.suspicions] + ([self.cited] if self.cited else [])
        cuts = sorted({start, end} | {point for span in spans for point in span if start < point < end})
        return "".join(self._piece(a, b) for a, b in pairwise(cuts))

    def _piece(self, start: int, end: int) -> str:
        html = escape(self.text[start:end])
        reasons = [s.reason for s in self.document.suspicions if s.start <= start and end <= s.end]
        if reasons:
            html = f'<span class="suspect" title="{escape("、".join(reasons))}">{html}</span>'
        if not self.cited or start < self.cited[0] or end > self.cited[1]:
            return html
        anchor = ' id="cited"' if self.is_page and start == self.cited[0] else ""
        return f"<mark{anchor}>{html}</mark>"

    def _lines(self, start: int, end: int) -> Iterator[str]:
        for match in LINE.finditer(self.text, start, max(start, end)):
            if match.group().strip():
                yield self._line(match.start(), match.end())

    def _line(self, start: int, end: int) -> str:
        segment = self.segments.get(start)
        tag, classes = self._tag(segment)
        if start > 0 and self.text[max(0, start - 2) : start] != "\n\n":
            classes += " tight"
        anchor = f' id="at-{start}"' if self.is_page and tag != "p" else ""
        return f'<{tag}{anchor} class="{classes}">{self.marked(start, end)}</{tag}>'

    def _tag(self, segment: Segment | None) -> tuple[str, str]:
        if segment is None:
            return "p", "line"
        if segment.kind == "heading":
            level = len(self.document.sections[segment.section].path) if self.document.sections else 1
            return (f"h{min(level + 1, 6)}" if self.is_page else "p"), f"heading level-{min(level, 5)}"
        return "p", f"line {segment.kind} depth-{min(len(segment.parents), 4)}"

    def _table(self, table: Table, start: int, end: int) -> str:
        rows = [self._cells(match.start(), match.group()) for match in LINE.finditer(self.text, table.start, table.end)]
        head, body = ([row for row in rows if (row[0].start < table.header_end) == is_head] for is_head in (True, False))
        width = max((i + 1 for row in [*body, *head[-1:]] for i, cell in enumerate(row) if cell.end > cell.start), default=1)
        merged = [merge_header(row, width, table, self.text) for row in head[:-1]] + [row[:width] for row in head[-1:]]
        within = [row for row in body if row[-1].end > start and row[0].start < end] or body[:1]
        shown = [row[:width] for row in within]
        header = "".join(f"<tr>{''.join(self._cell(cell, 'col') for cell in row)}</tr>" for row in merged)
        content = "".join(f"<tr>{''.join(self._cell(cell, 'row' if cell.start in self.labels else '') for cell in row)}</tr>" for row in shown)
        return f'<div class="table-box" tabindex="0" role="region" aria-label="表"><table style="--columns: {width}">{self._caption(table, start)}<thead>{header}</thead><tbody>{content}</tbody></table></div>'

    def _caption(self, table: Table, start: int) -> str:
        if self.is_page or not table.unit or table.unit in self.text[start : table.start]:
            return ""
        as_of = f"、{texts.date_words(table.as_of)}時点" if table.as_of else ""
        return f"<caption>単位: {escape(table.unit)}{as_of}</caption>"  # it stands above the table, outside of what is shown

    def _cells(self, start: int, line: str) -> list[TableCell]:
        cells = []
        for part in line.split("\t"):
            inner = start + len(part) - len(part.lstrip())
            cells.append(TableCell(inner, max(inner, start + len(part.rstrip()))))
            start += len(part) + 1
        return cells

    def _cell(self, cell: TableCell, scope: str) -> str:
        tag = "th" if scope and cell.end > cell.start else "td"
        attributes = f' scope="{scope}group"' if cell.columns > 1 else f' scope="{scope}"' if tag == "th" else ""
        attributes += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
        attributes += ' class="number"' if NUMBER.match(self.text[cell.start : cell.end]) else ""
        return f"<{tag}{attributes}>{self.marked(cell.start, cell.end)}</{tag}>"


def merge_header(row: Sequence[TableCell], width: int, table: Table, text: str) -> list[TableCell]:
    """An upper header row with each cell over the columns whose path names it; cells that no path names keep a place."""
    filled = [cell for cell in row if cell.end > cell.start]
    paths = {cell.column: cell.column_path for cell in table.cells}

    def owner(column: int) -> TableCell | None:
        return next((cell for cell in filled if any(step.startswith(text[cell.start : cell.end]) for step in paths.get(column, ())[:-1])), None)

    groups = [(cell, len(list(columns))) for cell, columns in groupby(range(width), owner)]
    left = [cell for cell in filled if cell not in {owned for owned, _ in groups}]
    merged: list[TableCell] = []
    for place, (cell, columns) in enumerate(groups):
        if cell is None and left and place > 0:
            cell, left = TableCell(left[0].start, left[-1].end), []
        merged.append(TableCell(cell.start, cell.end, columns) if cell else TableCell(row[0].start, row[0].start, columns))
    return merged + left


def turn(number: int, answer: Answer, find: Lookup, shown: str | None = None, filters: str = "") -> str:
    """One question and its answer beside its sources; ``shown`` is the part of a text that is still being written."""
    done = shown is None
    name = f"turn-{number}"
    text = answer_html(answer.answer if done else shown or "", {c.n for c in answer.citations}, name)
    classes = "turn refused" if answer.refused else "turn"
    reply = f'<div class="answer">{text}</div>' if text else f'<p class="pending">{texts.SEARCHING}</p>'
    tail = _below(answer, filters) if done else ""
    filtered = f'<p class="filtered">絞り込み: {escape(filters)}</p>' if filters else ""
    return (
        f'<article class="{classes}" id="{name}" aria-busy="{str(not done).lower()}"><div class="exchange"><div class="column">'
        f'<h2 class="question">{escape(answer.question)}</h2>{filtered}{reply}{tail}</div></div>'
        f'<aside class="sources" aria-label="出典">{_sources(answer, find, name) if done else ""}</aside></article>'
    )


def pieces(answer: str) -> list[str]:
    """An answer's text cut behind each sentence's marks and at line ends, in the order in which it is shown."""
    return [piece for piece in re.split(r"(?<=\])(?![\[。])|(?<=\]。)|(?<=\n)", answer) if piece]


def answer_html(text: str, numbers: set[int], name: str) -> str:
    """Escaped text in which each known ``[n]`` links to its card; the first of a number is where the card leads back to."""
    seen: set[int] = set()

    def link(match: re.Match[str]) -> str:
        n = int(match.group(1))
        if n not in numbers:
            return match.group()
        anchor = "" if n in seen else f' id="{name}-mark-{n}"'
        seen.add(n)
        return f'<a class="cite"{anchor} href="#{name}-card-{n}" aria-label="出典{n}へ移動">[{n}]</a>'

    return "".join(f"<p>{MARK.sub(link, escape(line))}</p>" for line in text.split("\n") if line.strip())


def _below(answer: Answer, filters: str) -> str:
    notes = []
    if answer.refused:
        advice = texts.REFUSAL_ADVICE_FILTERED if filters else texts.REFUSAL_ADVICE
        reason = "理由: " + escape(answer.reason.rstrip("。")) + "。" if answer.reason else ""
        notes.append(f'<p class="reason">{reason}{advice}</p>')
    if answer.passages and not any(passage.matched for passage in answer.passages):
        notes.append(f'<p class="note">{texts.ONLY_BY_MEANING}</p>')
    if any(not sentence.supported for sentence in answer.sentences):
        notes.append(f'<p class="caution">{texts.UNSUPPORTED}</p>')
    copy = f'<button type="button" class="copy" data-copy="{escape(texts.copy_text(answer))}">回答をコピー</button>'
    source = texts.ANSWERERS.get(answer.answerer, answer.answerer)
    seconds = answer.timings_ms.get("total", 0) / 1000
    how = "" if answer.refused else f"{escape(source)} · "
    return f'{"".join(notes)}<div class="actions">{copy}{_checks(answer)}<span class="how">{how}{seconds:.2f}秒</span></div>'


def _checks(answer: Answer) -> str:
    checks = [check for sentence in answer.sentences for check in sentence.checks]
    if not checks:
        return ""
    missing = sum(not check.found for check in checks)
    label = f"要確認 {missing}件" if missing else "数値確認済"
    rows = "".join(f"<li>{texts.CHECKS.get(c.kind, escape(c.kind))}「{escape(c.value)}」: 出典に{'あります' if c.found else '見つかりません'}</li>" for c in checks)
    return f'<details class="checks {"missing" if missing else "found"}"><summary>{label}</summary><ul>{rows}</ul></details>'


def _sources(answer: Answer, find: Lookup, name: str) -> str:
    if answer.refused:
        cards = "".join(_near_card(passage, find) for passage in answer.passages[:NEAREST])
        return f"<h3>{texts.NEAR_PASSAGES}</h3>{cards}" if cards else ""
    cards = "".join(_card(citation, answer.passages, find, name) for citation in answer.citations)
    return f"<h3>出典 {len(answer.citations)}件</h3>{cards}" if cards else ""


def _card(citation: Citation, passages: Sequence[Passage], find: Lookup, name: str) -> str:
    document = find(citation.document_id)
    span = (citation.start, citation.end)
    passage = next((p for p in passages if p.document_id == citation.document_id and p.start <= span[0] and span[1] <= p.end), None)
    body = Body(document, span).html(*window(document, span, passage)) if document else f"<p><mark>{escape(citation.quote)}</mark></p>"
    meta = f"{escape(citation.issuer)} · {escape(texts.dated(citation.date, citation.date_basis))}{_page(citation.page)}"
    caution = f'<p class="caution">{texts.SUSPECTED}({escape("、".join(dict.fromkeys(citation.warnings)))})</p>' if citation.warnings else ""
    number = f'<a class="badge" href="#{name}-mark-{citation.n}" aria-label="出典{citation.n}。回答へ戻る">{citation.n}</a>'
    return (
        f'<section class="card" id="{name}-card-{citation.n}" tabindex="-1" aria-label="出典{citation.n} {escape(citation.title)}">'
        f"<header>{number}<div><h4>{escape(citation.title)}</h4>{_meta(meta, citation.heading)}</div></header>"
        f'<div class="passage">{body}</div>{caution}{_foot(citation.document_id, span, passage)}</section>'
    )


def _near_card(passage: Passage, find: Lookup) -> str:
    document = find(passage.document_id)
    if document is None:
        return ""
    span = (passage.start, passage.end)
    opening = window(document, (passage.start, passage.start + 1), passage)
    meta = f"{escape(document.issuer)} · {escape(texts.dated(document.date.value, document.date.basis))}{_page(passage.page)}"
    return (
        f'<section class="card near" aria-label="近い資料 {escape(passage.title)}"><header><div><h4>{escape(passage.title)}</h4>{_meta(meta, passage.heading)}</div></header>'
        f'<div class="passage">{Body(document).html(*opening)}</div>{_foot(passage.document_id, span, passage)}</section>'
    )


def _page(number: int | None) -> str:
    return f" · p.{number}" if number else ""


def _meta(meta: str, heading: str) -> str:
    return f'<p class="meta">{meta}</p>' + (f'<p class="path">{escape(heading)}</p>' if heading else "")


def _foot(document_id: str, span: Span, passage: Passage | None) -> str:
    words = f'<span class="matched">一致した語: {escape("、".join(passage.matched))}</span>' if passage and passage.matched else ""
    return f'<footer><a class="whole" href="{document_link(document_id, span)}" target="shirabe-document">文書全体で見る</a>{words}</footer>'


def document_link(document_id: str, span: Span | None = None) -> str:
    """The address of a document's own page, relative to the screen's; with a span it opens there."""
    where = f"?start={span[0]}&amp;end={span[1]}#cited" if span else ""
    return f"document/{escape(document_id)}{where}"


def window(document: Document, span: Span, passage: Passage | None) -> Span:
    """Whole sentences around ``span``, within the section and the passage that hold it."""
    holders = [(section.start, section.end) for section in document.sections] + ([(passage.start, passage.end)] if passage else [])
    around = [holder for holder in holders if holder[0] <= span[0] and span[1] <= holder[1]] or [(0, len(document.text))]
    low, high = max(start for start, _ in around), min(end for _, end in around)
    start, end = max(low, span[0] - AROUND), min(high, span[1] + AROUND)
    inside = [s for s in document.segments if s.start >= low and s.end <= high and s.start < end and s.end > start]
    if not inside:
        return start, end
    return min(span[0], inside[0].start), max(span[1], inside[-1].end)


def document_table(infos: Sequence[DocumentInfo]) -> str:
    """The table of all documents with its search box; ``data-sort`` holds what a column is sorted by."""
    heads = "".join(
        f'<th scope="col" aria-sort="none"{" class=number" if name in ("文字数", "検索単位") else ""}><button type="button" data-sort-column="{n}">{name}</button></th>'
        for n, name in enumerate(("題名", "発行者", "種別", "日付", "文字数", "検索単位"))
    )
    return (
        f'<div class="library"><div class="library-head"><label for="library-filter">表を絞る</label><input id="library-filter" type="search" placeholder="題名・発行者・年など" autocomplete="off">'
        f'<span class="library-count" role="status" data-total="{len(infos)}">全{len(infos)}件</span></div>'
        f'<div class="table-box" tabindex="0" role="region" aria-label="資料の一覧"><table class="library-table"><thead><tr>{heads}</tr></thead><tbody>{"".join(map(_document_row, infos))}</tbody></table></div></div>'
    )


def _document_row(info: DocumentInfo) -> str:
    basis = f"<small>{texts.BASES.get(info.date_basis, escape(info.date_basis))}</small>" if info.date else ""
    return (
        f'<tr><td data-sort="{escape(info.title)}"><a href="{document_link(info.id)}" target="shirabe-document">{escape(info.title)}</a></td>'
        f'<td>{escape(info.issuer)}</td><td>{texts.KINDS.get(info.kind, escape(info.kind))}</td><td data-sort="{escape(info.date or "")}">{texts.date_words(info.date)}{basis}</td>'
        f'<td class="number" data-sort="{info.chars}">{info.chars:,}</td><td class="number" data-sort="{info.chunks}">{info.chunks:,}</td></tr>'
    )


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


def document_page(document: Document, cited: Span | None, is_wrong: bool, head: str) -> str:
    """The page of one document: its whole text, with the cited span highlighted."""
    body = Body(document, cited, is_page=True)
    opening = next((s for s in document.segments[:1] if s.kind == "title"), None)
    title = body.marked(opening.start, opening.end) if opening else escape(document.title)
    notes = [f'<p class="caution">{texts.WRONG_SPAN}</p>'] if is_wrong else []
    notes += ['<p class="note">該当箇所を<a href="#cited">色を付けて</a>示しています。</p>'] if cited else []
    if document.suspicions:
        notes.append(f'<p class="note"><span class="suspect">点線</span>{texts.SUSPECTED_LEGEND.format(count=len(document.suspicions))}</p>')
    kind = texts.KINDS.get(document.kind, document.kind)
    facts = (("発行者", document.issuer), ("種別", kind), ("日付", texts.dated(document.date.value, document.date.basis)), ("元のファイル", document.source))
    meta = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    text = body.html(opening.end if opening else 0, len(document.text))
    main = f'<header class="document-head"><h1>{title}</h1><dl>{meta}</dl>{"".join(notes)}</header>{_contents(document)}<div class="document-text">{text}</div>{_omissions(document)}'
    return page(document.title, main, head)


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


def page(title: str, main: str, head: str) -> str:
    """A whole page around ``main``; ``head`` holds the style and the script that the screen uses too."""
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)} – {texts.NAME}</title>{head}</head>'
        f'<body class="document-page"><div class="masthead"><a class="name" href="../">{texts.NAME_HTML}</a><p>{escape(title)}</p><a class="back" data-back href="../">質問画面へ戻る</a></div><main>{main}</main></body></html>'
    )
