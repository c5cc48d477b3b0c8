"""Table questions: the cell that a question names by its row and its column, in any order of words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.question import Need
from index.search import Hit, Searcher
from ingest.document import Cell, Document, Segment, Table
from ingest.words import terms
from qa.evidence import Asked

TABLES_IN = 2  # of the best passages
INTRODUCED = 0.4  # a word of the table's heading or introduction counts this much, against one of row or column
WANTED_KIND = 0.12  # for a cell of the kind that is asked for (an amount, a number)
MISSING = {"-", "–", "−", "—", "不明", "…"}


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell with its table and document; ``named`` is the share of the question's words in its row and column labels (0-1)."""

    document: Document
    table: Table
    cell: Cell
    named: float
    score: float

    @property
    def is_missing(self) -> bool:
        """Whether the cell says that there is no value."""
        return self.cell.text in MISSING

    @property
    def row(self) -> Segment:
        """The segment of the cell's row."""
        return next(s for s in self.document.segments if s.kind == "row" and s.start <= self.cell.start and self.cell.end <= s.end)


def find_cell(question: Asked, hits: Sequence[Hit], searcher: Searcher) -> FoundCell | None:
    """The cell that the question's words name best among the tables of the best passages, or None when none is named."""
    found = []
    for hit in hits[:TABLES_IN]:
        document = searcher.document(hit.chunk.document_id)
        for table in document.tables:
            if table.start < hit.chunk.end and table.end > hit.chunk.start:
                found += [_score(question, document, table, cell) for cell in table.cells if not cell.is_label and hit.chunk.start <= cell.start < hit.chunk.end]
    named = [f for f in found if f.named > 0]
    return max(named, key=lambda f: f.score, default=None)


def _score(question: Asked, document: Document, table: Table, cell: Cell) -> FoundCell:
    row, column = _terms(cell.row_path), _terms(cell.column_path[-1:])
    group = _terms(cell.column_path[:-1])
    labels = row | column
    named = question.share(labels)
    around = question.share((_terms((table.introduction,)) | group) - labels)
    kind = WANTED_KIND * _is_wanted(question.need, cell)
    # A short label that is wholly named beats a long one of which a word is (市内バス against バス停留所).
    whole = 0.1 * (sum(word in question.weights for word in labels) / (len(labels) or 1))
    return FoundCell(document, table, cell, named, named + INTRODUCED * around + kind + whole)


def _is_wanted(need: Need, cell: Cell) -> bool:
    shown = f"{cell.text}{cell.unit or ''}"
    return "money" in need.asked and bool(re.search(r"ウォン|円|ドル", shown)) or "count" in need.asked and bool(re.match(r"約?\d", cell.text))


def _terms(labels: Sequence[str]) -> set[str]:
    return set(terms("\n".join(joined(label) for label in labels)))


def joined(text: str) -> str:
    """A label or cell in one piece: blanks that a broken line left between Japanese characters are dropped."""
    text = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)
    return re.sub(r"\s+", " ", text).strip()


def in_words(found: FoundCell) -> str:
    """The cell as a phrase with row, column and unit: 「市内バス: 7,380台」, 「電話(2023 年): 591,784件」."""
    cell = found.cell
    column = re.sub(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$", "", joined(cell.column_path[-1])) if cell.column_path else ""
    row = joined(cell.row_path[-1]).lstrip("・ ") if cell.row_path else ""
    label = f"{row}({column})" if row and column else row or column
    return f"{label}: {joined(cell.text)}{_unit(cell)}"


def _unit(cell: Cell) -> str:
    return cell.unit or "" if cell.unit and not cell.text.endswith(cell.unit) else ""


def note_segments(found: FoundCell) -> list[Segment]:
    """The lines above the table that give its unit or its date, which the cell itself doesn't show."""
    wanted = [p for p in (r"単位", r"時点|現在") if (p == r"単位" and found.cell.unit and found.cell.unit == found.table.unit) or (p != r"単位" and found.table.as_of)]
    above = [s for s in found.document.segments if found.table.start - 200 <= s.start < found.table.start and s.kind != "row"]
    return [s for s in above[-3:] if any(re.search(p, found.document.text[s.start : s.end]) for p in wanted)]
