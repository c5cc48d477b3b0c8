"""Which units answer: the best, what completes it (a whole list, all contacts), and what adds to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.chunking import INTRODUCES
from ingest.document import Document
from ingest.text.structure import NOTE
from ingest.words import terms
from qa.asked import Asked
from qa.cell_words import row_in_words
from qa.evidence import Unit
from qa.wording import readable, with_heading, with_iso_date

MOST = 3  # units in an answer
WITHIN = 1.5  # log odds behind the best, for a further unit
NEW_WORDS = 1.5  # log odds that the words of the question which the answer doesn't hold yet are worth
CONSIDERED = 12  # units, for what they add
LEADS = 1.5  # log odds, from which on an item that is itself a list stands alone
ENUMERATION = re.compile(r"[、,・/]")
LONGEST_LIST = 14  # items
CONTACT_KINDS = (
    (re.compile(r"電話|番号|phone|전화"), re.compile(r"\d{2,4}-\d{3,4}")),
    (re.compile(r"メール|mail|이메일", re.I), re.compile(r"@")),
    (re.compile(r"URL|ホームページ|サイト|アドレス|ポータル|website|홈페이지", re.I), re.compile(r"https?:|www\.|\w\.(go|co|or|com)\b")),
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted from one place: lines as they read, the spans they stand on, the headings above, and the part that it is quoted for."""

    document: Document
    lines: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    path: tuple[str, ...]
    focus: tuple[int, int] | None = None


def select(question: Asked, found: Sequence[Unit], most: int = MOST) -> list[Quote]:
    """The quotes that answer, in a readable order."""
    if "contact" in question.need.asked:
        contacts = _contacts(question, found)
        if contacts:
            return contacts
    best = found[0]
    leads = len(found) == 1 or best.score - found[1].score >= LEADS
    block = _block(best, "list" in question.need.asked and not (leads and len(ENUMERATION.findall(best.text)) > 1))
    if len(block) > 1:
        return [_quote_block(best.document, block)]
    chosen = _complementing(question, found, most)
    if "list" in question.need.asked and (introducing := next((u for u in chosen if INTRODUCES.search(u.text) and _following_items(u)), None)):
        return [_quote_block(introducing.document, _block(introducing, True))]
    return [_quote(u) for u in _in_order(chosen)]


def _in_order(chosen: Sequence[Unit]) -> list[Unit]:
    """The best unit first, since it answers; behind it the others, each document from top to bottom. Neighbours of the best stand as in the document."""
    best = chosen[0]
    order = {id_: n for n, id_ in enumerate(dict.fromkeys(u.document.id for u in chosen))}
    beside = [u for u in chosen if u.document.id == best.document.id and abs(u.index - best.index) <= 1]
    rest = [u for u in chosen if u not in beside]
    return [*sorted(beside, key=lambda u: u.index), *sorted(rest, key=lambda u: (order[u.document.id], u.segment.start))]


def _complementing(question: Asked, found: Sequence[Unit], most: int) -> list[Unit]:
    """The best unit, and more that are nearly as likely or hold words of the question that these don't."""
    chosen = [found[0]]
    if above := _shown_above(question, found[0]):
        return [above]
    held = set(terms(found[0].text))
    while len(chosen) < most:
        worth = {id(u): u.score + NEW_WORDS * question.share(set(terms(u.text)) - held) for u in found[:CONSIDERED] if u not in chosen and not u.traits.nothing}
        best = max((u for u in found[:CONSIDERED] if id(u) in worth), key=lambda u: worth[id(u)], default=None)
        if best is None or worth[id(best)] < found[0].score - WITHIN:
            break
        chosen.append(best)
        held |= set(terms(best.text))
    return chosen


def _shown_above(question: Asked, unit: Unit) -> Unit | None:
    """The innermost item or heading above the unit that shows what is asked for where the unit doesn't: 「情報コーナー(50㎡)」 over what it is for."""
    if not question.need.asked or question.need.shown_by(unit.text) or unit.segment.kind == "row":
        return None
    segments, section = unit.document.segments, unit.document.sections[unit.segment.section]
    heading = [i for i in range(unit.index) if segments[i].kind == "heading" and segments[i].section == unit.segment.section and section.path]
    above = (replace(unit, index=i, focus=None) for i in (*reversed(unit.segment.parents), *heading[-1:]))
    return next((u for u in above if question.need.shows_value(u.text)), None)


def _block(unit: Unit, wants_list: bool) -> list[int]:
    """The segments of the list that the unit heads or introduces, or, where a list is asked for, belongs to."""
    segments = unit.document.segments
    children = [i for i, s in enumerate(segments) if unit.index in s.parents]
    if not children and INTRODUCES.search(unit.text):
        children = _following_items(unit)
    if children:
        return [unit.index, *children[:LONGEST_LIST]]
    if wants_list and unit.segment.kind == "item":
        siblings = [i for i, s in enumerate(segments) if s.kind == "item" and s.section == unit.segment.section and s.parents == unit.segment.parents]
        near = [i for i in siblings if abs(i - unit.index) <= LONGEST_LIST]
        return [*unit.segment.parents[-1:], *near[:LONGEST_LIST]] if len(near) > 1 else []
    return []


def _following_items(unit: Unit) -> list[int]:
    segments = unit.document.segments
    found: list[int] = []
    for i in range(unit.index + 1, len(segments)):
        if segments[i].kind != "item" or segments[i].section != unit.segment.section or NOTE.match(readable(unit.document.text[segments[i].start : segments[i].end])):
            break
        found.append(i)
    return found


def _quote_block(document: Document, indexes: Sequence[int]) -> Quote:
    spans = [(document.segments[i].start, document.segments[i].end) for i in sorted(indexes)]
    lines = tuple(with_iso_date(readable(document.text[a:b])) for a, b in spans)
    return Quote(document, lines, ((spans[0][0], spans[-1][1]),), document.sections[document.segments[indexes[0]].section].path)


def _quote(unit: Unit) -> Quote:
    text = row_in_words(unit.document, unit.segment) if unit.segment.kind == "row" else with_heading(unit.document, unit.index, readable(unit.text))
    return Quote(unit.document, (with_iso_date(text),), ((unit.segment.start, unit.segment.end),), unit.document.sections[unit.segment.section].path, unit.focus)


def _contacts(question: Asked, found: Sequence[Unit]) -> list[Quote]:
    """The lines of the best unit's document that give the kind of contact asked for."""
    wanted = [shown for asked, shown in CONTACT_KINDS if asked.search(question.question)] or [shown for _, shown in CONTACT_KINDS]
    document = found[0].document
    lines = [u for u in found if u.document.id == document.id and any(p.search(u.text) for p in wanted)]
    best = sorted(lines, key=lambda u: -u.score)[:MOST]
    return [_quote(u) for u in sorted(best, key=lambda u: u.segment.start)]
