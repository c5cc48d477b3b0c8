"""Rows of a table that give a plan and its result (目標 above 実績): they share what names them, and a question that names neither wants both."""

import re
from collections.abc import Mapping

from ingest.document import Cell, Table

PLAN_OR_RESULT = re.compile(r"(目標|計画|予定|見込み?|予算|実績|結果|決算)(値|額|率|数)?")
PLAN, RESULT = re.compile(r"目標|計画|予定|見込|予算"), re.compile(r"実績|実際|結果|決算|達成")  # in a label or a question


def twin_rows(table: Table) -> dict[int, int]:
    """Each row that is a plan or a result with the neighbouring row that is the other."""
    kinds = {cell.row: match[1] for cell in table.cells if not cell.is_label and cell.row_path and (match := PLAN_OR_RESULT.fullmatch(cell.row_path[-1].strip()))}
    found: dict[int, int] = {}
    for row, kind in sorted(kinds.items()):
        if row not in found and kinds.get(row + 1, kind) != kind:
            found |= {row: row + 1, row + 1: row}
    return found


def names_of_row(table: Table, cell: Cell, twins: Mapping[int, int]) -> tuple[str, ...]:
    """The labels of a cell's row, and those that stand beside its twin: a label over both rows is often broken between them."""
    beside = next((c.row_path[:-1] for c in table.cells if c.row == twins.get(cell.row) and not c.is_label), ())
    return (*beside, *cell.row_path)


def twin_cell(question: str, table: Table, cell: Cell) -> Cell | None:
    """The cell of the twin row in the same column, where the question says neither which of them it wants."""
    if PLAN.search(question) or RESULT.search(question):
        return None
    row = twin_rows(table).get(cell.row)
    return next((c for c in table.cells if c.row == row and c.column == cell.column and not c.is_label), None)


def is_other_kind(question: str, table: Table, cell: Cell) -> bool:
    """Whether the cell is planned and the question asks for the result, or the other way round."""
    if cell.row not in twin_rows(table) or bool(PLAN.search(question)) == bool(RESULT.search(question)):
        return False
    return not (PLAN if PLAN.search(question) else RESULT).search(cell.row_path[-1])
