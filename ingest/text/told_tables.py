"""Tables of formats that tell their cells (Word, HTML, sheets, ruled PDFs): which rows are headings, what merged cells cover.

A row is a line with a tab between its columns, in which a merged cell's text stands once; its ``TableRow`` repeats it where it reaches.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from ingest.document import Cell, Suspicion, Table
from ingest.text.cleaning import Line, TableRow
from ingest.text.tables import MISSING, NUMBER, YEAR, Raw, as_of, is_value, split_cells, unit_note, unit_of

MOST_HEADING_ROWS = 6
LONG_CELL = 40  # characters: what is longer is said in the table, not a heading of it
MOST_COLUMNS = 1000
BARE_YEAR = re.compile(r"^(19|20)\d\d$")
MOSTLY = 0.5  # of the cells of a column: more values make a column of values
VALUE = re.compile(r"^(?=.*\d)[\s\d,.()（）▲△+＋\-−~～〜%％約/／:]+[^\d\s()（）]{0,4}[)）]?$|^[^\w\s]{1,2}(※?\d)?$|^[〇―]$")  # (2.9) 0.4, 1/2, 12兆円, ○※1


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table and how many columns and rows it covers; ``is_heading`` where the format says so."""

    text: str
    columns: int = 1
    rows: int = 1
    is_heading: bool = False


Grid = list[list[GridCell | None]]  # rows of cells at their left upper corner, None where another cell covers the place


def grid_of(rows: Sequence[Sequence[GridCell]]) -> Grid:
    """The grid of a table whose rows list only the cells that begin in them, as HTML does."""
    grid: Grid = []
    open_below: dict[int, int] = {}  # column: rows still covered by a cell from above
    for row in rows:
        places: list[GridCell | None] = []
        cells = iter(row)
        cell = next(cells, None)
        while (cell is not None or open_below.get(len(places), 0)) and len(places) < MOST_COLUMNS:
            column = len(places)
            if open_below.get(column, 0):
                open_below[column] -= 1
                places.append(None)
                continue
            assert cell is not None
            width = max(1, min(cell.columns, MOST_COLUMNS - column))
            places += [cell, *[None] * (width - 1)]
            open_below |= {column + n: cell.rows - 1 for n in range(width) if cell.rows > 1}
            cell = next(cells, None)
        for column in [c for c, left in open_below.items() if c >= len(places) and left]:
            open_below[column] -= 1
        grid.append(places)
    return grid


def table_lines(grid: Sequence[Sequence[GridCell | None]], number: int, page: int | None = None, inherited: tuple[tuple[str, ...], ...] = ()) -> list[Line]:
    """The lines of a table, without rows and columns in which nothing stands; a table of one column is lines of text.

    ``inherited`` are the heading rows on the page before, for a table that goes on without them.
    """
    said = _said(grid)
    own = [[_flat(cell.text) if cell else "" for cell in row] + [""] * (len(said[0]) - len(row)) for row in grid] if said else []
    columns = [c for c in range(len(said[0]) if said else 0) if any(row[c] for row in own)]
    kept = [r for r, row in enumerate(own) if any(row)]
    own, said = [[own[r][c] for c in columns] for r in kept], [[said[r][c] for c in columns] for r in kept]
    if len(columns) < 2:
        return [Line(row[0], 0, page=page) for row in own]
    inherited = inherited if inherited and len(inherited[0]) == len(columns) else ()
    headings = 0 if inherited else heading_rows(said, [grid[r] for r in kept])
    return [Line("\t".join(row), 0, page=page, row=TableRow(number, r < headings, tuple(said[r]), inherited)) for r, row in enumerate(own)]


def _flat(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _said(grid: Sequence[Sequence[GridCell | None]]) -> list[list[str]]:
    """What stands in every place of the grid, merged cells repeated; rows of equal length."""
    width = min(max((len(row) for row in grid), default=0), MOST_COLUMNS)
    said = [[""] * width for _ in grid]
    for r, row in enumerate(grid):
        for c, cell in enumerate(row[:width]):
            if cell is None or not cell.text:
                continue
            text = _flat(cell.text)
            for below in range(r, min(r + cell.rows, len(grid))):
                for column in range(c, min(c + cell.columns, width)):
                    said[below][column] = said[below][column] or text
    return said


def heading_rows(said: Sequence[Sequence[str]], cells: Sequence[Sequence[GridCell | None]]) -> int:
    """How many rows at the top are headings: as the format marks them, else as far as merged cells and the first rows without values reach."""
    if len(said) < 2:
        return 0
    marked = next((r for r, row in enumerate(cells) if not _is_marked(row)), len(cells))
    if marked:
        return min(marked, len(said) - 1, MOST_HEADING_ROWS)
    names_its_row = [bool(cell and cell.is_heading) for cell in cells[0]]
    if _names_values(said) or (names_its_row[0] and not any(names_its_row[1:])):
        return 0
    count = 1
    while count < min(len(said) - 1, MOST_HEADING_ROWS):
        reach = max((cell.rows for cell in cells[count - 1] if cell and cell.text), default=1)
        groups = [cell for cell in cells[count - 1] if cell and cell.columns > 1 and cell.text]
        if not any(cell.text for cell in cells[count] if cell) or any(is_value(text) or len(text) > LONG_CELL for text in said[count]):
            break
        reaches_down = reach > 1 and any(cell and cell.rows > 1 and c for c, cell in enumerate(cells[count - 1]))
        if not groups and not reaches_down:
            break
        count += 1
    return count


def _is_marked(row: Sequence[GridCell | None]) -> bool:
    """Whether all cells of a row are headings by the format; one heading before plain cells names the row."""
    present = [cell for cell in row if cell and cell.text]
    return bool(present) and all(cell.is_heading for cell in present) and len(present) > (1 if len(row) > 1 and row[0] and row[0].columns == 1 else 0)


def _names_values(said: Sequence[Sequence[str]]) -> bool:
    """Whether the table has no headings: names on the left, and on the right what they are (日時 | 5月1日), or numbers from the first row on."""
    first = said[0]
    if len(first) == 2:
        return bool(NUMBER.match(first[1])) or len(first[1]) > 12 or any(c.isdigit() for c in first[1])
    values = [text for text in first[1:] if text]
    return bool(first[0]) and bool(values) and all(is_value(text) or text in MISSING for text in values)


def told_table(text: str, rows: Sequence[tuple[int, int]], told: Sequence[TableRow], introduction: str) -> tuple[Table, list[Suspicion]]:
    """The table whose rows are the spans ``rows`` of ``text``, as the format tells it."""
    headings = next((r for r, row in enumerate(told) if not row.is_heading), len(told))
    width = max(len(row.cells) for row in told)
    own = [_padded(split_cells(text, *span), width) for span in rows]
    said = [[replace(raw, text=row.cells[c] if c < len(row.cells) else "") for c, raw in enumerate(cells)] for cells, row in zip(own, told, strict=True)]
    labels = name_columns([[raw.text for raw in row] for row in said[headings:]]) if headings < len(said) else 0
    above = told[0].inherited
    paths = [_path([*(row[c] for row in above if c < len(row)), *(said[r][c].text for r in range(headings))]) for c in range(width)]
    unit = unit_note(introduction)
    cells = tuple(_cells(own, said, headings, labels, paths, unit))
    header_end = rows[headings - 1][1] if headings else rows[0][0]
    return Table(rows[0][0], rows[-1][1], header_end, introduction, unit, as_of(introduction), cells), []


def name_columns(body: Sequence[Sequence[str]]) -> int:
    """How many columns at the left name the rows: running numbers with what follows them, then those of words until they tell the rows apart.

    None where the rows differ in kind and the columns don't: names in one row, below them their values.
    """
    width = len(body[0])
    columns = [[row[c] for row in body if row[c]] for c in range(width)]
    if _rows_differ_in_kind(body):
        return 0
    count = 2 if _runs_on(columns[0]) else 1 if width > 2 and _are_years(columns[0]) else 0
    named = len(set(columns[0])) if count == 2 else len(body)
    while count < width - 1 and (count or _values(columns[count]) <= MOSTLY):
        following = [text for column in columns[count + 1 :] for text in column]
        names_go_on = _values(columns[count]) <= MOSTLY and _values(following) > 0.8
        told_apart = len({tuple(row[:count]) for row in body}) >= named and not names_go_on
        if (count and (told_apart or _are_sentences(columns[count]))) or _values(columns[count]) > MOSTLY:
            break
        count += 1
    return min(count, width - 1)


def _are_sentences(column: Sequence[str]) -> bool:
    """Whether a column says something of the rows, as the points of a checklist do, instead of naming them."""
    return sum(text.endswith("。") for text in column) > len(column) / 2


def _rows_differ_in_kind(body: Sequence[Sequence[str]]) -> bool:
    """Whether each row holds values only or mostly words, from its first cell on, and both kinds of rows are there."""
    kinds = set()
    for row in body:
        are_values = [bool(VALUE.match(text)) for text in row if text]
        if len(are_values) > 1:
            kinds.add("values" if all(are_values) else "words" if not are_values[0] and sum(are_values) < MOSTLY * len(are_values) else "mixed")
    return kinds == {"values", "words"}


def _runs_on(column: Sequence[str]) -> bool:
    """Whether a column counts the rows, or groups of them."""
    numbers = [int(text) for text, _ in groupby(column) if text.isdecimal()]
    return len(numbers) == len(list(groupby(column))) >= 2 and all(b == a + 1 for a, b in pairwise(numbers))


def _are_years(column: Sequence[str]) -> bool:
    """Whether a column holds years alone, which name what stands beside them."""
    return all(BARE_YEAR.match(text) for text in column) and len(set(column)) > 1


def _values(texts: Sequence[str]) -> float:
    """The share of texts that are values: numbers with their units, signs for yes, no and nothing."""
    return sum(bool(VALUE.match(text) and not YEAR.match(text)) or text in MISSING for text in texts) / len(texts) if texts else 0.0


def _padded(cells: list[Raw], width: int) -> list[Raw]:
    end = cells[-1].end
    return [*cells, *[Raw(end, end, "")] * width][:width]


def _path(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings above a column from the outermost inwards, each once."""
    return tuple(dict.fromkeys(filter(None, headings)))


def _cells(own: list[list[Raw]], said: list[list[Raw]], headings: int, labels: int, paths: Sequence[tuple[str, ...]], unit: str | None) -> Iterator[Cell]:
    for r in range(headings, len(own)):
        names = [said[r][k].text for k in range(labels)]
        for c, raw in enumerate(own[r]):
            if raw.text:
                row_path = _path([name for k, name in enumerate(names) if k != c])
                yield Cell(r, c, raw.start, raw.end, raw.text, row_path, paths[c], unit_of(raw.text, paths[c], unit), c < labels)
