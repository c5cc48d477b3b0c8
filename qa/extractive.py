"""Answers by quoting: the sentences, list items and table cells that answer, few and short, or a refusal."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.search import Hit, Searcher
from qa.answer import REFUSAL, Answer, Citation, Sentence
from qa.answerability import SURELY
from qa.asked import Asked, asked
from qa.calculation import calculation
from qa.cell_score import FoundCell
from qa.cell_words import in_words, row_in_words
from qa.cells import find_cells, leaves_column_open, leaves_year_open, names_columns, note_segments, other_years, tells_wholly
from qa.checks.verification import Evidence, checks, holds
from qa.comparison import COMPARES, asks_calculation, sides
from qa.evidence import Unit, heading_text, units
from qa.places import of_another_place, of_named_places, of_the_place
from qa.refusal import before
from qa.selection import MOST, Quote, select
from qa.superlative import asks_extreme, extreme_cells
from qa.superseded import standing
from qa.unshown import unshown

ASKING = re.compile(r"何|いくら|どのくらい|どれくらい|どこ|いつ|誰|どれ|どの(?!くらい)")
SIDE_PASSAGES = 4  # that are searched for each side of a comparison
NEAREST = 3  # passages that a refusal names
ELSEWHERE = "{}については、次の記載があります。"
ALSO = re.compile(r"も(?:[。?]?$|(?:、|あわせて|一緒に)?(?:教え|知りた|確認|お願い|示し|ご教示))")
OTHER_YEARS = "表にあるのは{}年の値で、質問の年の値はありません"
SURELY_READ = 0.75  # of the reader's probability, from which on a unit elsewhere isn't passed over for a cell that shares more words
CELL_NAMED = 0.2  # share of the question's words that row and column have to name


class ExtractiveAnswerer:
    """Quotes what answers; refuses when nothing does."""

    name = "extractive"

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher

    def answer(self, question: str, hits: Sequence[Hit]) -> Answer:
        """See Answerer."""
        draft = self._draft(question, hits)
        each = self._each_side(question) if not len(draft.cells) > 1 else []
        quotes = list({(q.document.id, q.lines, q.spans): q for side in each for q in side.quotes}.values())
        quotes += _calculated(question, [cell for side in each for cell in side.cells])
        if quotes and not any(side.reason for side in each):
            return _answer(question, quotes)
        return _refusal(question, draft.reason, hits, self._elsewhere(question, hits)) if draft.reason else _answer(question, draft.quotes)

    def _each_side(self, question: str) -> list["_Draft"]:
        """What answers for each of the two things that a question compares; empty where it compares nothing."""
        return [self._draft(side, self.searcher.search(side, SIDE_PASSAGES), most=1) for side in sides(question)]

    def _elsewhere(self, question: str, hits: Sequence[Hit]) -> tuple[str, "_Draft"] | None:
        """Another place of which the documents say surely what they don't say of the one asked about."""
        asked_of = of_another_place(question, hits)
        draft = self._draft(asked_of[0], self.searcher.search(asked_of[0], SIDE_PASSAGES), most=1) if asked_of else None
        return (asked_of[1], draft) if asked_of and draft and not draft.reason and draft.likely >= SURELY else None

    def _draft(self, question: str, hits: Sequence[Hit], most: int = MOST) -> "_Draft":
        needs = asked(question, self.searcher)
        hits = of_named_places(question, hits, self.searcher.document)
        found = of_the_place(question, standing(units(needs, hits, self.searcher), self.searcher.infos))
        cells = self._cells(needs, hits, found)
        surely = calculation(question, cells) is not None or any(tells_wholly(needs, cell) for cell in cells[:1])
        reason, likely = before(needs, hits, found, surely)
        if reason:
            return _Draft(reason=reason)
        by_cell = bool(cells) and (asks_extreme(question) or _cell_answers(cells[0], found[0])) and not _asks_for_row(question, found[0])
        row = (cells[0].document, cells[0].row) if by_cell else (found[0].document, found[0].segment)
        if others := other_years(needs, *row):
            return _Draft(reason=OTHER_YEARS.format("、".join(map(str, others))))
        cells = sorted(cells, key=lambda c: c.cell.start) if by_cell else []
        quotes = _cell_quotes(needs, cells) or select(needs, found, most)
        return _Draft((*quotes, *_calculated(question, cells)), unshown(needs, quotes, likely), tuple(cells), likely)

    def _cells(self, question: Asked, hits: Sequence[Hit], found: Sequence[Unit]) -> list[FoundCell]:
        """The table cells that answer; for a question for the most or least the one that is it, or none where that can't be told."""
        if asks_extreme(question.question):
            return extreme_cells(question, found)
        return find_cells(question, hits, self.searcher, found)


@dataclass(frozen=True, slots=True)
class _Draft:
    """The quotes that would answer, why they don't, the table cells that they are, and how likely there is an answer (0-1)."""

    quotes: tuple[Quote, ...] = ()
    reason: str | None = None
    cells: tuple[FoundCell, ...] = ()
    likely: float = 0.0


def _cell_answers(cell: FoundCell, best: Unit) -> bool:
    """Whether the cell says more than the best unit: it is named clearly, and the best unit is of its table or no better."""
    if cell.named < CELL_NAMED:
        return False
    in_table = best.document.id == cell.document.id and cell.table.start <= best.segment.start < cell.table.end
    return in_table or (cell.score >= best.share + 0.1 and best.read < SURELY_READ)


def _asks_for_row(question: str, best: Unit) -> bool:
    """Whether two things are asked of one row: 「予算はいくらで、何に配分されますか」, 「どの省庁か。予算の規模も。」."""
    return best.segment.kind == "row" and len(ASKING.findall(question)) + len(ALSO.findall(question)) > 1 and not COMPARES.search(question)


def _cell_quotes(question: Asked, cells: Sequence[FoundCell]) -> list[Quote]:
    """The cells, or their whole rows where the question leaves year or column open or names two of the columns."""
    picked = asks_calculation(question.question) or asks_extreme(question.question)
    if picked or not all(leaves_year_open(question, cell) or leaves_column_open(question, cell) or (len(cells) == 1 and names_columns(question, cell) > 1) for cell in cells):
        return [_cell_quote(cell) for cell in cells]
    rows = {cell.cell.row: cell for cell in cells}.values()
    return [replace(_cell_quote(c), lines=(row_in_words(c.document, c.row),), focus=None) for c in rows]


def _cell_quote(cell: FoundCell) -> Quote:
    row = cell.row
    notes = [(s.start, s.end) for s in note_segments(cell)]
    text = in_words(cell.cell)
    if cell.table.as_of:
        text += f"({cell.table.as_of}時点)"
    return Quote(cell.document, (text,), ((row.start, row.end), *notes), cell.document.sections[row.section].path, (cell.cell.start, cell.cell.end))


def _calculated(question: str, cells: Sequence[FoundCell]) -> list[Quote]:
    """The difference or sum of the cells that the question asks for, on the rows of both."""
    line = calculation(question, cells)
    first = cells[0] if cells else None
    if not line or not first or any(cell.table != first.table or cell.document.id != first.document.id for cell in cells):
        return []
    spans = dict.fromkeys(span for cell in cells for span in _cell_quote(cell).spans)
    return [Quote(first.document, (line,), tuple(spans), first.document.sections[first.row.section].path)]


def _answer(question: str, quotes: Sequence[Quote]) -> Answer:
    citations: list[Citation] = []
    sentences: list[Sentence] = []
    for quote in quotes:
        marks = tuple(_cite(citations, quote, *span) for span in quote.spans)
        evidence = [Evidence(n, quote.document, start, end) for n, (start, end) in zip(marks, quote.spans, strict=True)]
        for line in quote.lines:
            checked = checks(line, evidence)
            sentences.append(Sentence(line, marks, holds(checked), checked))
    text = "\n".join(s.text + "".join(f"[{n}]" for n in s.citations) for s in sentences)
    return Answer(question, text, False, None, ExtractiveAnswerer.name, tuple(sentences), tuple(citations))


def headings_of(quote: Quote) -> list[str]:
    """What labels a quote from above: headings, items that hold it, a table's heading rows and notes."""
    document, (start, _) = quote.document, quote.spans[0]
    index = next((i for i, s in enumerate(document.segments) if s.start <= start < s.end), None)
    return [*quote.path, *([heading_text(document, index)] if index is not None else [])]


def _cite(citations: list[Citation], quote: Quote, start: int, end: int) -> int:
    """The number of the citation of this span, made if it isn't there."""
    document = quote.document
    for citation in citations:
        if (citation.document_id, citation.start, citation.end) == (document.id, start, end):
            return citation.n
    warnings = tuple(dict.fromkeys(s.reason for s in document.suspicions if s.start < end and s.end > start))
    focus = quote.focus if quote.focus and start <= quote.focus[0] and quote.focus[1] <= end else None
    citations.append(Citation(
        len(citations) + 1, document.id, document.title, document.issuer, document.date.value, document.date.basis, document.page_at(start),
        " › ".join(quote.path), start, end, document.text[start:end], warnings, focus,
    ))  # fmt: skip
    return len(citations)


def _refusal(question: str, reason: str, hits: Sequence[Hit], elsewhere: tuple[str, _Draft] | None = None) -> Answer:
    nearest = list(dict.fromkeys(f"「{hit.title}」" for hit in hits[:NEAREST]))
    near = f"近い資料(回答の根拠ではありません): {'、'.join(nearest)}" if nearest else ""
    if not elsewhere:
        return Answer(question, "\n".join(filter(None, (REFUSAL, near))), True, reason, ExtractiveAnswerer.name)
    told = _answer(question, elsewhere[1].quotes)
    text = "\n".join(filter(None, (REFUSAL, ELSEWHERE.format(elsewhere[0]), told.answer, near)))
    return Answer(question, text, True, reason, ExtractiveAnswerer.name, told.sentences, told.citations)
