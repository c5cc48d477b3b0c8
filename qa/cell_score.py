"""How well a question names a cell of a table, by the labels of its row and column."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.question import Need
from ingest.document import Cell, Document, Segment, Table, normalize
from ingest.words import noun_runs, terms
from qa.asked import Asked
from qa.cell_words import joined

INTRODUCED = 0.4  # a word of the table's heading or introduction counts this much, against one of row or column
INSIDE = 0.5  # and one of the cell itself this much, where a number is asked for: スマート工場導入(40社)
WANTED_KIND = 0.12  # for a cell of the kind that is asked for (an amount, a number)
READ_CELL = 0.3  # of the reader's probability, for the cell that it marks
TOTAL = re.compile(r"^(合計|総計|総額|総数|計|全体|total)$", re.I)
TOTAL_WORDS = frozenset(("合計", "総計", "総額", "総数", "全体", "全部", "合わせる"))
WHOLE = 0.85  # of the question's words that a table's heading and a total's labels hold: then the table as a whole is asked about
ITEMISED = re.compile(r"内訳|明細|項目別|breakdown|내역", re.I)
MISSING = {"-", "–", "−", "—", "不明", "…"}


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell with its table and document.

    ``named`` is the share of the question's words in its row and column labels (0-1), ``told`` that in them, what introduces
    the table and the document's title and issuer; ``row_names`` is what names its row.
    """

    document: Document
    table: Table
    cell: Cell
    named: float
    score: float
    row_names: tuple[str, ...] = ()
    told: float = 0.0

    @property
    def row(self) -> Segment:
        """The segment of the cell's row."""
        return next(s for s in self.document.segments if s.kind == "row" and s.start <= self.cell.start and self.cell.end <= s.end)


def score_of(question: Asked, document: Document, table: Table, cell: Cell, row_names: Sequence[str], read: float) -> FoundCell:
    """The cell with its scores; ``read`` is the reader's probability that the answer stands in it (0-1)."""
    row, column = (label_terms([*labels, *whole_names(question.question, labels)]) for labels in (row_names, cell.column_path[-1:]))
    group = label_terms(cell.column_path[:-1])
    labels = row | column
    told = labels | group | label_terms((table.introduction, cell.unit or "", document.title, document.issuer, *ITEMISED.findall(question.question)))
    if is_total(cell) and question.share(told | TOTAL_WORDS) >= WHOLE:
        labels = told | TOTAL_WORDS
    named = question.share(labels)
    innermost = 0.25 * question.share(label_terms(cell.row_path[-1:]) | column)
    around = question.share((label_terms((table.introduction,)) | group) - labels)
    kind = WANTED_KIND * is_wanted(question.need, cell)
    # A label that is wholly named beats one of which a word is (市内バス against バス停留所), whichever the reader marks.
    asked = question.weights.keys()
    whole = 0.1 * (len(labels & asked) / (len(labels) or 1) + (row <= asked) * bool(row) + (column <= asked) * bool(column))
    inside = INSIDE * ("count" in question.need.asked) * question.share(label_terms((cell.text,)) - labels)
    score = named + innermost + INTRODUCED * around + kind + whole + inside + READ_CELL * read
    return FoundCell(document, table, cell, named, score, tuple(row_names), question.share(told))


def whole_names(question: str, labels: Sequence[str]) -> list[str]:
    """The names of the question that stand whole in the labels: バス停 in バス停留所, 全北 in 全北特別自治道."""
    held = normalize(joined(" ".join(labels)))
    return [name for name in _names_of(question) if normalize(name) in held]


@lru_cache(maxsize=64)  # asked for each cell of a table
def _names_of(question: str) -> tuple[str, ...]:
    return tuple(name for name in noun_runs(unicodedata.normalize("NFKC", question)) if len(name) >= 2)


def labels_of(cell: Cell) -> set[str]:
    """The words of the cell's row and innermost column labels."""
    return label_terms(cell.row_path) | label_terms(cell.column_path[-1:])


def is_total(cell: Cell) -> bool:
    """Whether the cell is the sum of a row or column."""
    return any(TOTAL.search(joined(label)) for label in (*cell.row_path[-1:], *cell.column_path[-1:]))


def is_wanted(need: Need, cell: Cell) -> bool:
    """Whether the cell shows a value of the kind that is asked for."""
    shown = f"{cell.text}{cell.unit or ''}"
    if cell.text in MISSING:
        return bool(need.asked)  # that there is no value is an answer to a question for one
    if "money" in need.asked:
        return bool(re.search(r"ウォン|円|ドル", shown))
    return "count" in need.asked and (need.shows("count", shown) if need.counters else bool(re.match(r"約?\d", cell.text)))


def label_terms(labels: Sequence[str]) -> set[str]:
    """The content words of labels, their line breaks taken out."""
    return set(terms("\n".join(joined(label) for label in labels)))
