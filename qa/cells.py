"""Table questions: the cell that a question names by its row and its column, in any order of words."""

import re
from collections.abc import Sequence

from index.question import years_named
from index.search import Hit, Searcher
from ingest.document import Cell, Document, Segment
from qa.asked import Asked, is_japanese
from qa.cell_score import ITEMISED, MISSING, FoundCell, is_wanted, label_terms, score_of, whole_names
from qa.cells_beside import cells_beside
from qa.evidence import Unit, marked
from qa.foreign_labels import cells_by_meaning
from qa.plan_rows import is_other_kind, names_of_row, twin_rows

TABLES_IN, TABLES_IN_FOREIGN = 2, 3  # of the best passages: what is asked in another language is found less surely
REFERS = re.compile(r"^【[^】]*】参照$")  # 【表 2】参照: the value stands in that table
AS_NAMED = 0.03  # of the share named, for a value in place of a cell without one
CLEAR_ROW = 1.5  # log odds
VALUE = re.compile(r"約?\d[\d,.~%]*$")
WHOLLY, NAMED_AT_ALL = 0.999, 0.2


def find_cells(question: Asked, hits: Sequence[Hit], searcher: Searcher, units: Sequence[Unit] = ()) -> list[FoundCell]:
    """The cell that the question's words name best among the tables of the best passages, and those to compare it with."""
    found = []
    near = hits[: TABLES_IN if is_japanese(question.question) else TABLES_IN_FOREIGN]
    for hit in near:
        document = searcher.document(hit.chunk.document_id)
        for table in document.tables:
            if table.start < hit.chunk.end and table.end > hit.chunk.start:
                twins = twin_rows(table)
                found += [score_of(question, document, table, cell, names_of_row(table, cell, twins), marked(near, document.id, cell).holds) for cell in table.cells if not cell.is_label and not REFERS.search(cell.text) and hit.chunk.start <= cell.start < hit.chunk.end]
    if not is_japanese(question.question):
        found = cells_by_meaning(question, found, searcher)
    else:
        found = _of_named_rows(question.question, found)
    named = sorted((f for f in _of_year(question, found) if f.named > 0 and not is_other_kind(question.question, f.table, f.cell)), key=lambda f: -f.score)
    named = _in_clear_row(named, units) or named
    if named and named[0].cell.text in MISSING:  # no value only where no value is named as well
        valued = next((f for f in named if f.cell.text not in MISSING and f.named >= named[0].named - AS_NAMED), None)
        named = [valued, *(f for f in named if f is not valued)] if valued else named
    return named[:1] + cells_beside(question, named, found)


def _of_year(question: Asked, found: Sequence[FoundCell]) -> list[FoundCell]:
    """The cells without those of another year than the question names, in rows that have one of its years."""
    asked = question.years
    years = {id(f): _years(f) for f in found}
    rows = {_row_of(f) for f in found if years[id(f)] & asked}
    return [f for f in found if not years[id(f)] or years[id(f)] & asked or _row_of(f) not in rows]


def _of_named_rows(question: str, found: list[FoundCell]) -> list[FoundCell]:
    """The cells of the rows whose labels hold most of the question's names whole (全北 in 全北特別自治道), where the rows of a table differ in that.

    Words alone don't tell 全北 from 全羅南道, since the rest of the question weighs more; and a value of another row is worse than none.
    """
    rows = {_row_of(f): f for f in found}
    held = {row: len(whole_names(question, f.row_names)) for row, f in rows.items()}
    twins = {row[:2]: twin_rows(f.table) for row, f in rows.items()}  # a plan and its result are told apart elsewhere
    both = {row: max(count, held.get((*row[:2], twins[row[:2]].get(row[2], row[2])), 0)) for row, count in held.items()}
    most: dict[tuple[str, int], int] = {}
    for (document, table, _), count in both.items():
        most[document, table] = max(count, most.get((document, table), 0))
    return [f for f in found if both[_row_of(f)] == most[f.document.id, f.table.start]]


def _row_of(found: FoundCell) -> tuple[str, int, int]:
    return found.document.id, found.table.start, found.cell.row


def other_years(question: Asked, document: Document, row: Segment) -> list[int]:
    """The years that a table's row has values of, where the question names a year and it is none of them; else none."""
    table = next((t for t in document.tables if t.start <= row.start < t.end), None)
    if table is None or not question.years:
        return []
    held = {year for c in table.cells if not c.is_label and row.start <= c.start and c.end <= row.end for year in years_named(" ".join(c.column_path))}
    around = years_named(f"{table.introduction} {table.as_of or ''} {document.text[row.start : row.end]}")
    return sorted(held) if not question.years & (held | around) else []


def leaves_year_open(question: Asked, found: FoundCell) -> bool:
    """Whether the cell stands in a row of several years and the question names neither one nor the cell's column: then one value alone would mislead."""
    years = {year for c in found.table.cells if c.row == found.cell.row and not c.is_label for year in years_named(" ".join(c.column_path[-1:]))}
    column = label_terms(found.cell.column_path[-1:])
    return len(years) > 1 and not question.years and not (column and column <= set(question.weights))


def leaves_column_open(question: Asked, found: FoundCell) -> bool:
    """Whether no column is named, by a question for all items of a table or in another language, and the row is values only: then amount and share belong together."""
    row = [c for c in found.table.cells if c.row == found.cell.row and not c.is_label]
    named = label_terms(found.cell.column_path[-1:]) <= set(question.weights)
    any_column = bool(ITEMISED.search(question.question)) or (not is_japanese(question.question) and bool(found.cell.row_path))
    return any_column and not named and not years_named(" ".join(found.cell.column_path)) and len(row) > 1 and all(VALUE.match(c.text) for c in row)


def tells_wholly(question: Asked, found: FoundCell) -> bool:
    """Whether the cell's labels and its table's heading hold every word of the question, and the cell a value of the kind asked for: then no reader is needed."""
    wanted = is_wanted(question.need, found.cell) or bool(ITEMISED.search(question.question))
    return found.told >= WHOLLY and found.named >= NAMED_AT_ALL and found.cell.text not in MISSING and wanted


def names_columns(question: Asked, found: FoundCell) -> int:
    """How many columns of the cell's row the question names, by words that name neither row nor table (公共Wi-Fi doesn't name 公共機関) nor, with further ones, the cell's own column."""
    around = label_terms((*found.row_names, found.table.introduction, *found.document.sections[found.row.section].path[-1:]))
    columns = {c.column: _named_in(question, c) - around for c in found.table.cells if c.row == found.cell.row and not c.is_label}
    own = columns[found.cell.column]
    return sum(bool(words) and not words < own for words in columns.values())


def _named_in(question: Asked, cell: Cell) -> set[str]:
    """The words and the whole names of the question that the cell's column holds."""
    label = cell.column_path[-1:]
    return label_terms(label) & set(question.weights) | set(whole_names(question.question, label))


def _years(found: FoundCell) -> set[int]:
    return years_named(" ".join((*found.cell.row_path, *found.cell.column_path)))


def _in_clear_row(named: Sequence[FoundCell], units: Sequence[Unit]) -> list[FoundCell]:
    """The cells of the row that is the likeliest unit, where it leads the row of the cell that is named best clearly; else none."""
    if not named or not units or units[0].segment.kind != "row":
        return []
    best = units[0]
    rival = next((u for u in units if u.document.id == named[0].document.id and u.segment == named[0].row), None)
    if rival is not None and best.score - rival.score < CLEAR_ROW:
        return []
    return [f for f in named if f.document.id == best.document.id and f.row == best.segment]


def note_segments(found: FoundCell) -> list[Segment]:
    """The lines above the table that give its unit or its date, which the cell itself doesn't show."""
    wanted = [p for p in (r"単位", r"時点|現在") if (p == r"単位" and found.cell.unit and found.cell.unit == found.table.unit) or (p != r"単位" and found.table.as_of)]
    above = [s for s in found.document.segments if found.table.start - 200 <= s.start < found.table.start and s.kind != "row"]
    return [s for s in above[-3:] if any(re.search(p, found.document.text[s.start : s.end]) for p in wanted)]
