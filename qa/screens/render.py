"""Answers beside their sources as HTML. Everything that comes from a document or a person is escaped here."""

import re
from collections.abc import Callable, Sequence
from html import escape

from ingest.document import Document
from qa import texts
from qa.answer import Answer, Citation, Passage
from qa.screens.document_page import document_link
from qa.screens.document_text import Body, Span
from qa.screens.turn_actions import note_button, reason_form, verdict_buttons
from qa.work.conversations import Turn

Lookup = Callable[[str], Document | None]

AROUND = 100  # characters shown on either side of a citation, before widening to whole sentences: two or three cards fit a screen
NEAREST = 3  # passages shown under a refusal
MARK = re.compile(r"\[(\d+)\]")


def turn(number: int, answer: Answer, find: Lookup, shown: str | None = None, filters: str = "", kept: Turn | None = None, below: str = "") -> str:
    """One question and its answer beside its sources; ``shown`` is the part of a text that is still being written.

    What has been ``kept`` can be noted and judged. ``below`` is HTML that stands under the answer.
    """
    done = shown is None
    name = f"turn-{number}"
    said = _without_titles(answer) if answer.refused else answer.answer
    text = answer_html(said if done else shown or "", {c.n for c in answer.citations}, name)
    classes = "turn refused" if answer.refused else "turn"
    reply = f'<div class="answer">{text}</div>' if text else f'<p class="pending">{texts.SEARCHING}</p>'
    key = kept.id if kept else ""
    tail = _below(answer, filters, key) if done else ""
    place = f' data-turn="{escape(key)}" data-conversation="{escape(kept.conversation)}"' if kept else ""
    filtered = f'<p class="filtered">絞り込み: {escape(filters)}</p>' if filters else ""
    return (
        f'<article class="{classes}" id="{name}" aria-busy="{str(not done).lower()}"{place}><div class="exchange"><div class="column">'
        f'<h2 class="question">{escape(answer.question)}</h2>{filtered}{_read_as(answer)}{reply}{tail}{_readings(answer) if done else ""}{below}</div></div>'
        f'<aside class="sources" aria-label="出典">{_sources(answer, find, name, key) if done else ""}</aside></article>'
    )


def _without_titles(answer: Answer) -> str:
    """A refusal without the line that names the near documents: their cards stand beside it."""
    lines = answer.answer.split("\n")
    return "\n".join(line for line in lines if not (answer.passages and line.startswith(texts.NEAR_PASSAGES)))


def _read_as(answer: Answer) -> str:
    """How a question that leaned on those before it was understood."""
    read_as = " ".join((getattr(answer, "read_as", None) or "").split())
    return f'<p class="read-as">「{escape(read_as)}」としてお調べしました</p>' if read_as and read_as != " ".join(answer.question.split()) else ""


def _readings(answer: Answer) -> str:
    """What the question may mean, to be asked at a click."""
    asked = "".join(f'<button type="button" class="button small" data-ask="{escape(question)}">{escape(question)}</button>' for question in answer.readings)
    return f'<div class="readings"><span>{texts.READINGS}</span>{asked}</div>' if asked else ""


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


def _below(answer: Answer, filters: str, key: str) -> str:
    notes = []
    if answer.refused:
        advice = texts.REFUSAL_ADVICE_FILTERED if filters else texts.REFUSAL_ADVICE
        reason = "理由: " + escape(answer.reason.rstrip("。")) + "。" if answer.reason else ""
        notes.append(f'<p class="reason">{reason}{advice}</p>')
    if answer.passages and not any(passage.matched for passage in answer.passages):
        notes.append(f'<p class="note">{texts.ONLY_BY_MEANING}</p>')
    notes += [f'<p class="unsupported"><s>{escape(s.text)}</s> <span class="tag bad">{texts.NO_SUPPORT}</span></p>' for s in answer.sentences if not s.citations]
    if any(not sentence.supported for sentence in answer.sentences if sentence.citations):
        notes.append(f'<p class="caution">{texts.UNSUPPORTED}</p>')
    copy = f'<button type="button" class="button small copy" data-copy="{escape(texts.copy_text(answer))}">回答をコピー</button>'
    actions = ("" if answer.refused else note_button(key)) + verdict_buttons(key) if key else ""
    source = texts.ANSWERERS.get(answer.answerer, answer.answerer)
    seconds = answer.timings_ms.get("total", 0) / 1000
    how = "" if answer.refused else f"{escape(source)} · "
    return f'{"".join(notes)}<div class="actions">{copy}{actions}{_checks(answer)}<span class="how">{how}{seconds:.2f}秒</span></div>{reason_form(key) if key else ""}'


def _checks(answer: Answer) -> str:
    checks = [check for sentence in answer.sentences for check in sentence.checks]
    if not checks:
        return ""
    missing = sum(not check.found for check in checks)
    label = f"要確認 {missing}件" if missing else texts.CHECKED if any(check.kind in texts.OF_VALUES for check in checks) else texts.CHECKED_NAMES
    rows = "".join(f"<li>{texts.CHECKS.get(c.kind, escape(c.kind))}「{escape(c.value)}」: 出典に{'あります' if c.found else '見つかりません'}</li>" for c in checks)
    return f'<details class="checks {"missing" if missing else "found"}"><summary>{label}</summary><ul>{rows}</ul></details>'


def _sources(answer: Answer, find: Lookup, name: str, key: str) -> str:
    cited = evidence_cards(answer.citations, find, name, answer.passages, key)
    near = "".join(_near_card(passage, find, key) for passage in answer.passages[:NEAREST]) if answer.refused else ""
    return (f"<h3>出典 {len(answer.citations)}件</h3>{cited}" if cited else "") + (f"<h3>{texts.NEAR_PASSAGES}</h3>{near}" if near else "")


def evidence_card(citation: Citation, find: Lookup, name: str) -> str:
    """The card of one citation outside a conversation; its number leads back to ``#name-mark-n``."""
    return evidence_cards([citation], find, name)


def evidence_cards(citations: Sequence[Citation], find: Lookup, name: str, passages: Sequence[Passage] = (), key: str = "") -> str:
    """A card for each citation. What a card before it shows already (the note above a table, say) stands without its surroundings."""
    shown: list[tuple[str, Span]] = []
    cards = []
    for citation in citations:
        span, document = (citation.start, citation.end), find(citation.document_id)
        passage = next((p for p in passages if p.document_id == citation.document_id and p.start <= span[0] and span[1] <= p.end), None)
        around = window(document, span, passage) if document else span
        if any(id_ == citation.document_id and a < around[1] and around[0] < b for id_, (a, b) in shown):
            around = span
        shown.append((citation.document_id, around))
        cards.append(_card(citation, document, around, passage, name, key))
    return "".join(cards)


def _card(citation: Citation, document: Document | None, around: Span, passage: Passage | None, name: str, key: str) -> str:
    span = (citation.start, citation.end)
    body = Body(document, span, focus=citation.focus).html(*around) if document else f"<p><mark>{escape(citation.quote)}</mark></p>"
    meta = f"{escape(citation.issuer)} · {escape(texts.dated(citation.date, citation.date_basis))}{_page(citation.page)}"
    caution = f'<p class="caution">{texts.SUSPECTED}({escape("、".join(dict.fromkeys(citation.warnings)))})</p>' if citation.warnings else ""
    take = note_button(key, f"#{citation.n}", of=f"出典{citation.n}") if key else ""
    caution += f'<p class="caution">{escape(citation.notice)}</p>' if citation.notice else ""
    number = f'<a class="badge" href="#{name}-mark-{citation.n}" aria-label="出典{citation.n}。回答へ戻る">{citation.n}</a>'
    return (
        f'<section role="group" class="card" id="{name}-card-{citation.n}" tabindex="-1" aria-label="出典{citation.n} {escape(citation.title)}">'
        f"<header>{number}<div><h4>{escape(citation.title)}</h4>{_meta(meta, citation.heading)}</div></header>"
        f'<div class="passage">{body}</div>{caution}{_foot(citation.document_id, span, passage, take)}</section>'
    )


def _near_card(passage: Passage, find: Lookup, key: str) -> str:
    document = find(passage.document_id)
    if document is None:
        return ""
    span = (passage.start, passage.end)
    take = note_button(key, f"~{passage.rank}", of=f"近い資料{passage.rank}") if key else ""
    opening = window(document, (passage.start, passage.start + 1), passage)
    meta = f"{escape(document.issuer)} · {escape(texts.dated(document.date.value, document.date.basis))}{_page(passage.page)}"
    return (
        f'<section role="group" class="card near" aria-label="近い資料 {escape(passage.title)}"><header><div><h4>{escape(passage.title)}</h4>{_meta(meta, passage.heading)}</div></header>'
        f'<div class="passage">{Body(document).html(*opening)}</div>{_foot(passage.document_id, span, passage, take)}</section>'
    )


def _page(number: int | None) -> str:
    return f" · p.{number}" if number else ""


def _meta(meta: str, heading: str) -> str:
    return f'<p class="meta">{meta}</p>' + (f'<p class="path">{escape(heading)}</p>' if heading else "")


def _foot(document_id: str, span: Span, passage: Passage | None, take: str) -> str:
    words = f'<span class="matched">一致した語: {escape("、".join(passage.matched))}</span>' if passage and passage.matched else ""
    return f'<footer><a class="whole" href="{document_link(document_id, span)}" target="shirabe-document">文書全体で見る</a>{take}{words}</footer>'


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
