"""Which further cells answer beside the one that a question names best: of rows that it leaves open, of what it compares, of a plan's result."""

import re
from collections.abc import Sequence

from qa.asked import Asked
from qa.cell_score import ITEMISED, MISSING, FoundCell, is_total, label_terms, labels_of, whole_names
from qa.comparison import asks_calculation
from qa.plan_rows import twin_cell

SEVERAL = re.compile(r"それぞれ|どちら|比べ|比較|違い|差|両方|推移|変化|から.{0,12}(どう|どれ)|各々|compare|difference|both|each|respectively|각각|비교|차이|어느 쪽")
AS_WELL = 0.3  # of the score of the cell that is named best
MOST_CELLS = 4
MOST_OPEN = 8  # rows that are all told where the question names none
MOST_ITEMS = 15  # of a table whose items are asked for


def cells_beside(question: Asked, named: Sequence[FoundCell], found: Sequence[FoundCell]) -> list[FoundCell]:
    """The cells that belong beside the first of ``named``; ``found`` are all that were looked at."""
    if not named:
        return []
    return _rows_left_open(question, named[0], found) or _compared(question, named) or _twin(question, named)


def _rows_left_open(question: Asked, best: FoundCell, found: Sequence[FoundCell]) -> list[FoundCell]:
    """The other rows' cells of the column that is named, where the question names no row of the table or wants all: one row's value alone would mislead."""
    cells = [c for c in best.table.cells if c.column == best.cell.column and not c.is_label]
    beside = [f for f in found if f.table is best.table and f.cell.column == best.cell.column and f.cell != best.cell]
    if len(cells) - 1 != len(beside) or asks_calculation(question.question) or best.cell.text in MISSING:
        return []
    if ITEMISED.search(question.question):
        return beside[:MOST_ITEMS]
    words, labelled = set(question.weights), label_terms([label for c in cells for label in c.row_path]) - label_terms((best.table.introduction,))
    is_open = len(cells) <= MOST_OPEN and bool(labels_of(best.cell) & words) and not is_total(best.cell) and not labelled & words
    return beside if is_open and not any(whole_names(question.question, f.row_names) for f in (best, *beside)) else []


def _compared(question: Asked, named: Sequence[FoundCell]) -> list[FoundCell]:
    """Further cells where several are asked for: of the same column in other rows, or of the same row in other columns, named as well.

    To calculate with there is one, the one that is named wholly where there is such.
    """
    calculates = asks_calculation(question.question)
    if not (calculates or SEVERAL.search(question.question)):
        return []
    best = named[0]
    words = set(question.weights)
    beside = [f for f in named[1:] if f.table is best.table and (f.cell.row != best.cell.row) != (f.cell.column != best.cell.column)]
    beside = [f for f in beside if f.score >= best.score - AS_WELL and (labels_of(f.cell) - labels_of(best.cell)) & words]
    return sorted(beside, key=lambda f: not labels_of(f.cell) - labels_of(best.cell) <= words)[:1] if calculates and not is_total(best.cell) else beside[: MOST_CELLS - 1]


def _twin(question: Asked, named: Sequence[FoundCell]) -> list[FoundCell]:
    """The result beside the plan, where the question names neither."""
    other = twin_cell(question.question, named[0].table, named[0].cell)
    return [f for f in named if f.cell == other and f.table == named[0].table and f.cell.text not in MISSING]
