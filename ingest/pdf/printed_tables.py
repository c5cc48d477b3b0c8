"""Ruled tables of a page: which grids of lines are tables, and which glyphs stand in which cell."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.document import normalize
from ingest.pdf.printed import IS_JAPANESE, Glyph, PrintedLine, printed_lines
from ingest.pdf.rulings import RuledCell, RuledGrid
from ingest.pdf.wrapping import BULLET, cuts_word
from ingest.text.tables import UNIT_WORDS, is_value
from ingest.text.told_tables import Grid, GridCell

FEWEST_FILLED = 4  # cells with text: fewer make a box or a diagram
EDGE = 1.0  # points: letters touch the lines of their cell
PAGE_NUMBER = 12  # characters at most
FILLED = 0.3  # of the cells, and of the places of the grid: gridlines of a chart hold hardly any
MOST_CUTS = 0.06  # words that a line cuts, for each cell with text: lines of charts and diagrams run through words
LONGEST_CELL = 600  # characters on average: boxes around whole pages of text are no tables
NEAR_SIDE = 2.2  # of the size: a line that ends closer to the side of its cell was wrapped there
NARROW = 8.0  # of the size: in narrower cells every line is wrapped
LONGEST_VALUE = 14  # characters
VALUES = 0.6  # of the lines in a row of cells: as many are values where each line is a row
STRAIGHT = 0.7  # of the size: lines that begin closer to each other belong to one paragraph; centred ones are words of their own
DOWNWARDS = 0.7  # of the characters
TOUCHING = 0.3  # of the height
SAME_LINE = 0.5  # of the size
STACKED = re.compile(r"^\S{1,2}$")
Run = list[Glyph]
Lines = list[list[Glyph]]


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table, the line of the page's text before which it stands, and the lines that introduce it from within its frame."""

    before: int
    line: PrintedLine
    above: tuple[PrintedLine, ...] = ()


def taken_tables(lines: Lines, grids: Sequence[RuledGrid]) -> tuple[Lines, list[PlacedTable]]:
    """The page's text without what stands in tables, and these; grids that hold no table leave the text as it is."""
    tables = []
    for grid in sorted(grids, key=lambda g: (g.right - g.left) * (g.top - g.bottom)):
        inside = _Inside(grid)
        runs = inside.runs(lines)
        texts = {cell: _cell_lines(parts) for cell, parts in runs.items()}
        if inside.cuts <= MOST_CUTS * len(texts) and (_is_table(grid, texts) or _is_rest(grid, texts, lines)):
            first = min(i for i, line in enumerate(lines) if any(inside.cell(glyph) for glyph in line if not glyph.is_gap))
            top = _frame_rows(grid, texts)
            above = [line for cell in grid.cells if cell.row < top for line in texts.get(cell, [])]
            tables.append(PlacedTable(first, _table(grid, texts, top), tuple(above)))
            lines = [[glyph for glyph in line if glyph.is_gap or not inside.cell(glyph)] for line in lines]
    return lines, sorted(tables, key=lambda t: t.before)


class _Inside:
    """Finds the cell of a grid in which a glyph stands."""

    def __init__(self, grid: RuledGrid) -> None:
        self.grid = grid
        self._at = {(row, column): cell for cell in grid.cells for row in range(cell.row, cell.row + cell.rows) for column in range(cell.column, cell.column + cell.columns)}
        self.cuts = 0  # words that stand on both sides of a line
        self._xs, self._ys = grid.lefts, [-top for top in grid.tops]

    def cell(self, glyph: Glyph) -> RuledCell | None:
        """The cell that holds the glyph's middle."""
        x, y = (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2
        if not (self.grid.left <= x <= self.grid.right and self.grid.bottom <= y <= self.grid.top):
            return None
        row, column = bisect_right(self._ys, -y) - 1, bisect_right(self._xs, x) - 1
        return self._at.get((max(row, 0), max(column, 0)))

    def runs(self, lines: Lines) -> dict[RuledCell, list[Run]]:
        """For each cell the stretches of the text's lines that stand in it, in the text's order."""
        found: dict[RuledCell, list[Run]] = defaultdict(list)
        for line in lines:
            here: RuledCell | None = None
            before: Glyph | None = None
            for glyph in line:
                if glyph.is_gap:
                    before = None
                    if here:
                        found[here][-1].append(glyph)
                    continue
                cell = self.cell(glyph)
                if cell != here:
                    self.cuts += before is not None and _touch(before, glyph)
                    if cell:
                        found[cell].append([])
                here, before = cell, glyph
                if cell:
                    found[cell][-1].append(glyph)
        return found


def _touch(a: Glyph, b: Glyph) -> bool:
    """Whether two glyphs stand beside each other as in a word."""
    size = a.top - a.bottom
    return abs(b.left - a.right) < TOUCHING * size and abs(a.bottom - b.bottom) < TOUCHING * size


def _cell_lines(runs: Sequence[Run]) -> list[PrintedLine]:
    """The lines of a cell from its top to its bottom, pieces of a line joined."""
    if _is_vertical([glyph for run in runs for glyph in run if not glyph.is_gap]):
        return [_downwards(runs)]
    pieces = [line for run in runs for line in printed_lines(run)]
    rows: list[list[PrintedLine]] = []
    for piece in sorted(pieces, key=lambda p: -(p.top + p.bottom)):
        if rows and abs(rows[-1][0].top + rows[-1][0].bottom - piece.top - piece.bottom) / 2 < SAME_LINE * min(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_joined(sorted(row, key=lambda p: p.left)) for row in rows]


def _is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Whether most characters stand right below the one before, as in a heading that is set downwards."""
    below = sum(abs(a.left + a.right - b.left - b.right) < a.top - a.bottom and 0 < a.bottom - b.bottom < 2 * (a.top - a.bottom) for a, b in pairwise(glyphs))
    return len(glyphs) > 3 and below >= DOWNWARDS * (len(glyphs) - 1)


def _downwards(runs: Sequence[Run]) -> PrintedLine:
    """The text of a cell that is set downwards, in its order."""
    glyphs = [glyph for run in runs for glyph in run if not glyph.is_gap]
    size = max(glyphs[0].right - glyphs[0].left, 1.0)
    left, right = min(g.left for g in glyphs), max(g.right for g in glyphs)
    return PrintedLine("".join(g.text for g in glyphs), left, right, min(g.bottom for g in glyphs), max(g.top for g in glyphs), size, left)


def _joined(row: Sequence[PrintedLine]) -> PrintedLine:
    text = row[0].text
    for before, here in pairwise(row):
        close = here.left - before.right < 0.6 * here.size
        text += ("" if close and (IS_JAPANESE.match(text[-1]) or IS_JAPANESE.match(here.text)) else " ") + here.text
    return replace(row[0], text=text, right=max(p.right for p in row))


def _is_table(grid: RuledGrid, texts: dict[RuledCell, list[PrintedLine]]) -> bool:
    rows, columns = {cell.row for cell in texts}, {cell.column for cell in texts}
    characters = sum(len(line.text) for lines in texts.values() for line in lines)
    return (
        len(rows) >= 2 and len(columns) >= 2 and len(texts) >= FEWEST_FILLED
        and len(texts) >= FILLED * len(grid.lefts) * len(grid.tops) and characters <= LONGEST_CELL * len(texts)
    )  # fmt: skip


def _is_rest(grid: RuledGrid, texts: dict[RuledCell, list[PrintedLine]], lines: Lines) -> bool:
    """Whether a row alone is what a page break has left of a table: nothing but the page's number stands on one side of it."""
    if len(grid.tops) != 1 or len(texts) < 2 or len(texts) < len(grid.lefts):
        return False
    marks = [glyph for line in lines for glyph in line if not glyph.is_gap]
    return min(sum(glyph.top <= grid.bottom + EDGE for glyph in marks), sum(glyph.bottom >= grid.top - EDGE for glyph in marks)) <= PAGE_NUMBER


def _frame_rows(grid: RuledGrid, texts: dict[RuledCell, list[PrintedLine]]) -> int:
    """How many rows at the top are one cell over the whole width: the head of a slip introduces its table and is no heading of its columns."""
    top = 0
    for cell in grid.cells:
        if cell.row == top and cell.columns == len(grid.lefts):
            top += cell.rows
    return top if len({cell.row for cell in texts if cell.row >= top}) >= 2 else 0


def _table(grid: RuledGrid, texts: dict[RuledCell, list[PrintedLine]], top: int = 0) -> PrintedLine:
    """The table whose rows begin in row ``top`` of the grid."""
    counts = [_rows_inside(grid, r, [texts.get(cell, []) for cell in grid.cells if cell.row == r]) for r in range(len(grid.tops))]
    cells = [row for r in range(top, len(grid.tops)) for row in _rows(grid, r, texts, counts)]
    sizes = sorted(line.size for lines in texts.values() for line in lines)
    return PrintedLine("", grid.left, grid.right, grid.bottom, grid.tops[top], sizes[len(sizes) // 2], grid.left, tuple(tuple(row) for row in cells))


def _rows(grid: RuledGrid, r: int, texts: dict[RuledCell, list[PrintedLine]], counts: Sequence[int]) -> Grid:
    """A row of the grid, or the rows that stand in it without lines between them: numbers below each other in several cells."""
    made: Grid = [[None] * len(grid.lefts) for _ in range(counts[r])]
    for cell in (cell for cell in grid.cells if cell.row == r):
        lines = texts.get(cell, [])
        if counts[r] > 1 and len(lines) == counts[r]:
            for n, line in enumerate(lines):
                made[n][cell.column] = GridCell(line.text, cell.columns)
        else:
            made[0][cell.column] = GridCell(_text(lines, cell.right - cell.left, cell.right), cell.columns, sum(counts[r : r + cell.rows]))
    return made


def _rows_inside(grid: RuledGrid, r: int, row: Sequence[Sequence[PrintedLine]]) -> int:
    """How many rows of values stand in a row of the grid: the lines of all its cells with several are level with each other."""
    several = [lines for lines in row if len(lines) > 1]
    if len(several) < 2 or not _are_level(several):
        return 1
    if len(several) > 2 and all(UNIT_WORDS.match(normalize(lines[0].text)) for lines in several):
        return len(several[0])  # units above the first values
    if any(cell.row <= r < cell.row + cell.rows and cell.rows > 1 for cell in grid.cells):
        return 1
    if any(len(lines) == 1 and is_value(lines[0].text) for lines in row):
        return 1  # (2.9) above 0.4 beside a lone 0.2: two values of one row
    values = sum(any(c.isdigit() for c in line.text) and len(line.text) <= LONGEST_VALUE for lines in several for line in lines)
    return len(several[0]) if all(map(_is_column, several)) and values >= VALUES * sum(map(len, several)) else 1


def _are_level(several: Sequence[Sequence[PrintedLine]]) -> bool:
    first = several[0]
    return all(len(lines) == len(first) and all(abs(a.bottom - b.bottom) < SAME_LINE * a.size for a, b in zip(lines, first, strict=True)) for lines in several)


def _is_column(lines: Sequence[PrintedLine]) -> bool:
    """Whether the values among lines stand straight below each other: on the left, on the right or in the middle."""
    lines = [line for line in lines if any(c.isdigit() for c in line.text)]
    if len(lines) < 2:
        return False
    lefts, rights = [line.left for line in lines], [line.right for line in lines]
    middles = [left + right for left, right in zip(lefts, rights, strict=True)]
    return min(max(lefts) - min(lefts), max(rights) - min(rights), (max(middles) - min(middles)) / 2) < STRAIGHT * lines[0].size


def _text(lines: Sequence[PrintedLine], width: float, right: float) -> str:
    text = ""
    for before, here in zip([None, *lines], lines, strict=False):
        text += (_seam(before, here, width, right) if before else "") + here.text
    return text


def _seam(above: PrintedLine, below: PrintedLine, width: float, right: float) -> str:
    """What joins two lines of a cell: nothing where a word or sentence was wrapped, a blank where something else begins."""
    if BULLET.match(below.text) or not (IS_JAPANESE.match(above.text[-1]) or IS_JAPANESE.match(below.text)):
        return "" if above.text.endswith("-") else " "
    size = max(above.size, below.size)
    if (STACKED.match(above.text) and STACKED.match(below.text)) or cuts_word(above.text, below.text):
        return ""
    wrapped = width < NARROW * size or above.right > right - NEAR_SIDE * size
    return "" if wrapped and abs(above.left - below.left) < STRAIGHT * size else " "


def with_tables(lines: Iterator[list[PrintedLine]], tables: Sequence[PlacedTable]) -> Iterator[PrintedLine]:
    """The lines of the page with its tables at their places."""
    waiting = list(tables)
    for n, made in enumerate(lines):
        while waiting and waiting[0].before <= n:
            table = waiting.pop(0)
            yield from (*table.above, table.line)
        yield from made
    yield from (line for table in waiting for line in (*table.above, table.line))
