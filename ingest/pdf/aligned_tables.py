"""Tables of a page that no lines rule: rows of a name and its figures, whose columns stand straight below each other.

Only what is plainly a table becomes one, since a figure under a wrong heading is worse than a line of text: at least three rows
right below each other, each with a name on the left and figures in the other columns, clear gaps between the columns.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.document import normalize
from ingest.pdf.printed import COLUMN_GAP, Glyph, PrintedLine, printed_lines, size_of
from ingest.pdf.printed_tables import Lines, PlacedTable, Run
from ingest.text.tables import MISSING
from ingest.text.told_tables import GridCell

FEWEST_ROWS = 3
MOST_HEADINGS = 3
SAME_ROW = 0.45  # of the size, between the middles
LARGEST_PITCH = 2.8  # of the size: rows that stand farther apart are no rows of one table
UNEVEN = 1.5  # rows are set at one distance, or nearly
RIVER = 0.8  # of the size, the gap between two columns
ALIGNED, STRAIGHT = 0.6, 0.6  # so many of a column's cells begin, end or have their middle so close to each other (of the size)
FILLED = 0.75  # of the places of the columns of figures
LONGEST_FIGURE = 20  # characters
DIGITS = 0.25  # of a figure's characters
REMARK = 2  # characters: 等, 約
TIME = re.compile(r"^(令和|平成|昭和|[RHS])?(元|\d{1,4})(年度?|年\d{1,2}月[期末]?|月|期)$")  # years and months: headings where the row below holds something else
LEADERS = re.compile(r"[.．・…‥]{3,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two gaps of a line: the line's number, its glyphs, and its text with its place."""

    line: int
    glyphs: tuple[Glyph, ...]
    printed: PrintedLine

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.printed.bottom + self.printed.top) / 2


Row = list[Piece]
Column = tuple[float, float]


def taken_aligned(lines: Lines, rows: Sequence[Row]) -> tuple[Lines, list[PlacedTable]]:
    """The page's text without what stands in unruled tables, and these; ``rows`` are those of the lines."""
    tables, taken = [], set()
    for first, last in _blocks(rows):
        made = _table(rows, first, last)
        if made:
            line, used = made
            tables.append(PlacedTable(min(piece.line for piece in used), line))
            taken |= {glyph for piece in used for glyph in piece.glyphs}
    kept = [[glyph for glyph in line if glyph not in taken] for line in lines] if taken else lines
    return kept, tables


def _pieces(number: int, line: Run) -> Iterator[Piece]:
    """The stretches of a line between wide gaps."""
    marks = [glyph for glyph in line if not glyph.is_gap]
    if not marks:
        return
    size = size_of(marks)
    run: list[Glyph] = []
    before: Glyph | None = None
    for glyph in line:
        if not glyph.is_gap:
            if before and not -size < glyph.left - before.right < COLUMN_GAP * size:
                yield from _piece(number, run)
                run = []
            before = glyph
        run.append(glyph)
    yield from _piece(number, run)


def _piece(number: int, run: Run) -> Iterator[Piece]:
    printed = printed_lines(run)
    if len(printed) == 1:
        yield Piece(number, tuple(run), printed[0])


def rows_of(lines: Lines) -> list[Row]:
    """The page's pieces at one height together, from its top and from the left."""
    rows: list[Row] = []
    for piece in sorted((piece for i, line in enumerate(lines) for piece in _pieces(i, line)), key=lambda p: -p.middle):
        if rows and rows[-1][0].middle - piece.middle < SAME_ROW * min(piece.printed.size, rows[-1][0].printed.size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.printed.left) for row in rows]


def _blocks(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """From which to which row rows of names and figures stand evenly below each other (the last one excluded)."""
    first = 0
    while first < len(rows):
        last = first
        while last < len(rows) and _names_figures(rows[last]) and (last == first or _follows(rows, first, last)):
            last += 1
        body = next((n for n in range(first, last) if not all(TIME.match(normalize(piece.printed.text)) for piece in rows[n][1:])), first)
        if last - body >= FEWEST_ROWS:
            yield body, last
        first = max(last, first + 1)


def _names_figures(row: Row) -> bool:
    """Whether a row has a name and then figures only, perhaps with a short word behind the last."""
    name, *figures = (piece.printed.text for piece in row)
    figures = figures[:-1] if len(figures) > 1 and len(figures[-1]) <= REMARK else figures
    return bool(figures) and not _is_figure(name) and any(c.isalpha() for c in name) and not LEADERS.search(name) and all(map(_is_figure, figures))


def _is_figure(text: str) -> bool:
    """A number with its unit, a date or a telephone number; also what stands for none."""
    plain = normalize(text)
    digits = sum(c.isdigit() for c in plain)
    return text in MISSING or plain in MISSING or (digits >= DIGITS * len(plain) and digits > 0 and len(plain) <= LONGEST_FIGURE)


def _follows(rows: Sequence[Row], first: int, at: int) -> bool:
    pitch, size = rows[at - 1][0].middle - rows[at][0].middle, rows[at][0].printed.size
    usual = rows[first][0].middle - rows[first + 1][0].middle
    return pitch <= LARGEST_PITCH * size and usual / UNEVEN <= pitch <= UNEVEN * usual


def _table(rows: Sequence[Row], first: int, last: int) -> tuple[PrintedLine, list[Piece]] | None:
    """The table that the rows make with the headings above them; None where their columns don't stand straight."""
    body = rows[first:last]
    size = max(piece.printed.size for row in body for piece in row)
    columns = _columns(body, size)
    if not _is_straight(body, columns, size) or _is_contents(body):
        return None
    headings = _headings(rows, first, columns, size)
    used = [piece for row in rows[headings:last] for piece in row]
    grid = [_cells(row, columns, is_heading=n < first - headings) for n, row in enumerate(rows[headings:last])]
    printed = [piece.printed for piece in used]
    left, right = min(p.left for p in printed), max(p.right for p in printed)
    line = PrintedLine("", left, right, min(p.bottom for p in printed), max(p.top for p in printed), size, left, tuple(tuple(row) for row in grid))
    return line, used


def _columns(rows: Sequence[Row], size: float) -> list[Column]:
    """Where the columns stand: what no gap runs through from the first row to the last."""
    columns: list[Column] = []
    for left, right in sorted((piece.printed.left, piece.printed.right) for row in rows for piece in row):
        if columns and left - columns[-1][1] < RIVER * size:
            columns[-1] = columns[-1][0], max(columns[-1][1], right)
        else:
            columns.append((left, right))
    return columns


def _column_of(piece: Piece, columns: Sequence[Column]) -> int:
    return max(range(len(columns)), key=lambda c: min(piece.printed.right, columns[c][1]) - max(piece.printed.left, columns[c][0]))


def _is_straight(rows: Sequence[Row], columns: Sequence[Column], size: float) -> bool:
    """Whether each row has its name and figures in columns of their own, and these are aligned."""
    if len(columns) < 2 or any(_column_of(row[0], columns) for row in rows) or any(_column_of(row[1], columns) == 0 for row in rows):
        return False
    firsts = [{_column_of(piece, columns): piece.printed for piece in reversed(row[1:])} for row in rows]
    cells = [[first[c] for first in firsts if c in first] for c in range(1, len(columns))]
    if sum(map(len, cells)) < FILLED * len(rows) * len(cells):
        return False
    return all(max(map(_aligned, (lefts, rights, middles), (size,) * 3)) >= ALIGNED for lefts, rights, middles in map(_edges, cells))


def _edges(cells: Sequence[PrintedLine]) -> tuple[list[float], list[float], list[float]]:
    return [c.left for c in cells], [c.right for c in cells], [(c.left + c.right) / 2 for c in cells]


def _aligned(places: Sequence[float], size: float) -> float:
    """The share of places that lie close to one of them."""
    return max(sum(abs(place - other) < STRAIGHT * size for other in places) for place in places) / len(places)


def _is_contents(rows: Sequence[Row]) -> bool:
    """Whether the figures are the rising page numbers of a table of contents."""
    numbers = [row[-1].printed.text for row in rows if len(row) == 2]
    return len(numbers) == len(rows) and all(map(str.isdecimal, numbers)) and all(int(a) <= int(b) for a, b in pairwise(numbers))


def _headings(rows: Sequence[Row], first: int, columns: Sequence[Column], size: float) -> int:
    """The first of the rows above that are headings: words in several places over the columns of figures, and nothing beside them."""
    at = first
    while at > 0 and first - at < MOST_HEADINGS and rows[at - 1][0].middle - rows[at][0].middle <= LARGEST_PITCH * size:
        above = [piece.printed for piece in rows[at - 1]]
        over = [p for p in above if p.right > columns[0][1] and p.left < columns[-1][1] + size]
        within = all(p.left > columns[0][0] - size and p.right < columns[-1][1] + 2 * size for p in above)
        if not within or len(over) < min(2, len(columns) - 1) or (len(above) < 2 and len(columns) > 2) or any(p.left < columns[0][1] and p.right > columns[1][0] for p in above):
            break
        at -= 1
    return at


def _cells(row: Row, columns: Sequence[Column], is_heading: bool) -> list[GridCell | None]:
    """The cells of a row; headings that are fewer than the columns reach over those that they stand nearest to."""
    made: list[GridCell | None] = [None] * len(columns)
    over = _reach([piece.printed for piece in row if piece.printed.right > columns[0][1]], columns) if is_heading else {}
    for piece in row:
        first, width = over.get(piece.printed.left, (_column_of(piece, columns), 1))
        before = made[first]
        made[first] = GridCell(f"{before.text} {piece.printed.text}" if before else piece.printed.text, width, 1, is_heading)
    return [cell or GridCell("", is_heading=is_heading) if cell or not _is_covered(made, c) else None for c, cell in enumerate(made)]


def _reach(headings: Sequence[PrintedLine], columns: Sequence[Column]) -> dict[float, tuple[int, int]]:
    """For headings, by where they begin, their first column and how many they reach over; nothing where each has its own."""
    if not 2 <= len(headings) < len(columns) - 1:
        return {}
    middles = [(heading.left + heading.right) / 2 for heading in headings]
    nearest = [min(range(len(middles)), key=lambda n: abs(middles[n] - (left + right) / 2)) for left, right in columns]
    reach = {headings[n].left: (nearest.index(n, 1), nearest[1:].count(n)) for n in range(len(headings)) if n in nearest[1:]}
    return reach if len(reach) == len(headings) else {}


def _is_covered(row: Sequence[GridCell | None], column: int) -> bool:
    return any(cell is not None and c + cell.columns > column for c, cell in enumerate(row[:column]))
