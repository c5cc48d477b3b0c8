"""The order in which a page is read where the file's own isn't it: text set downwards, boxes below each other, and two columns written row by row."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.pdf.aligned_tables import Piece, Row
from ingest.pdf.printed import Glyph, PrintedLine
from ingest.pdf.printed_tables import Lines, Run
from ingest.pdf.rulings import Frame

DOWNWARDS = 0.6  # of the steps from character to character: the page is set downwards
ACROSS = 0.15  # at most: figures set upright side by side, the page's number; a page of both kinds is left as it is
FEWEST_STEPS = 20  # a page with fewer characters is left as it is
STEP = 2.0  # of a character's height: what is farther away isn't the next one
FEWEST_ROWS = 5  # of two columns of running text
FULL, AT_MARGIN = 0.6, 1.6  # so many of a column's lines reach its margin (of the size): running text, no form and no list
LONG = 10  # characters of a line on average
GUTTER = 1.0  # of the size
LARGE = 1.2  # of the size in which most is set: a headline
SAME_LINE = 0.5  # of the size; also points between the sizes of a headline's lines
LARGEST_PITCH = 2.6  # of the size


def set_downwards(lines: Lines) -> bool:
    """Whether most characters of a page stand below the one before."""
    steps = [(a, b) for line in lines for a, b in pairwise([glyph for glyph in line if not glyph.is_gap])]
    marks = [glyph for line in lines for glyph in line if not glyph.is_gap]
    steps = steps if len(steps) > len(marks) / 2 else list(pairwise(marks))
    down = sum(abs(a.left + a.right - b.left - b.right) < a.right - a.left and 0 < a.top - b.top < STEP * (a.top - a.bottom) for a, b in steps)
    across = sum(abs(a.top + a.bottom - b.top - b.bottom) < a.top - a.bottom and b.left - a.left > 0 for a, b in steps)
    return len(marks) >= FEWEST_STEPS and across <= ACROSS * len(steps) and down >= DOWNWARDS * len(steps)


def turned(lines: Lines, height: float) -> Lines:
    """The characters as on a page turned by a quarter: columns from right to left become lines from top to bottom."""
    made: Lines = []
    for glyph in (glyph for line in lines for glyph in line):
        here = glyph._replace(left=height - glyph.top, right=height - glyph.bottom, bottom=glyph.left, top=glyph.right)
        if here.is_gap and not made:
            continue
        if made and (here.is_gap or _same_line(made[-1], here)):
            made[-1].append(here)
        else:
            made.append([here])
    return made


def _same_line(line: Run, here: Glyph) -> bool:
    before = next((glyph for glyph in reversed(line) if not glyph.is_gap), None)
    if before is None:
        return True
    return abs(before.bottom + before.top - here.bottom - here.top) < before.top - before.bottom and here.left > before.left


def by_frames(lines: Lines, boxes: Sequence[Frame]) -> Lines:
    """The lines with those in ``boxes`` box by box; what stands outside keeps its place."""
    inside = [(n, i) for i, line in enumerate(lines) for n, box in enumerate(boxes) if _begins_in(line, box)]
    made = list(lines)
    for (_, at), (_, i) in zip(inside, sorted(inside), strict=True):
        made[at] = lines[i]
    return made


def _begins_in(line: Run, box: Frame) -> bool:
    first = next((glyph for glyph in line if not glyph.is_gap), None)
    return first is not None and box[0] <= (first.left + first.right) / 2 <= box[1] and box[2] < (first.bottom + first.top) / 2 <= box[3]


def by_columns(lines: Lines, rows: Sequence[Row]) -> Lines:
    """The lines with two columns of running text, written row by row, one after the other; ``rows`` are those of the lines."""
    for block in _blocks(rows):
        gutter = _gutter(block)
        if gutter is None:
            continue
        pieces = sorted((piece for row in block for piece in row), key=lambda p: (p.printed.left > gutter, -p.middle))
        taken = {glyph for piece in pieces for glyph in piece.glyphs}
        first = min(piece.line for piece in pieces)
        kept = [[glyph for glyph in line if glyph not in taken] for line in lines]
        lines = [*kept[:first], *(list(piece.glyphs) for piece in pieces), *kept[first:]]
    return lines


def headline_first(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """The lines with the page's headline before what stands below it: slides often write it last."""
    sizes = [line.size for line in lines if not line.table for _ in line.text]
    if not sizes:
        return list(lines)
    at = max(range(len(lines)), key=lambda i: lines[i].top)
    top, size = lines[at], median(sizes)
    if top.table or at == 0 or top.size < LARGE * size or any(line.top > top.bottom + SAME_LINE * top.size for line in lines if line is not top):
        return list(lines)
    end = next((i for i in range(at + 1, len(lines)) if abs(lines[i].size - top.size) > SAME_LINE or lines[i].table or lines[i].top > lines[i - 1].top), len(lines))
    return [*lines[at:end], *lines[:at], *lines[end:]]


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows below each other that have at most two pieces, and two in most."""
    block: list[Row] = []
    for row in [*rows, None]:
        goes_on = row is not None and len(row) <= 2 and (not block or block[-1][0].middle - row[0].middle <= LARGEST_PITCH * row[0].printed.size)
        if not goes_on and block:
            if sum(len(r) == 2 for r in block) >= FEWEST_ROWS:
                yield block
            block = []
        if row is not None and len(row) <= 2:
            block.append(row)


def _gutter(block: list[Row]) -> float | None:
    """Where the gap between the columns lies, None where these are no columns of running text or not written row by row."""
    pairs = [(row[0], row[1]) for row in block if len(row) == 2]
    size = pairs[0][0].printed.size
    right = max(left.printed.right for left, _ in pairs)
    start = min(piece.printed.left for _, piece in pairs)
    if start - right < GUTTER * size or any(piece.printed.left < right < piece.printed.right - size for row in block for piece in row if len(row) == 1):
        return None
    mixed = sum(other.line <= piece.line + 1 for piece, other in pairs)
    if mixed < FULL * len(pairs) or not (_runs([left for left, _ in pairs]) and _runs([piece for _, piece in pairs])):
        return None
    return (right + start) / 2


def _runs(column: Sequence[Piece]) -> bool:
    """Whether a column is running text: long lines, most of which reach the margin."""
    right = max(piece.printed.right for piece in column)
    full = sum(piece.printed.right > right - AT_MARGIN * piece.printed.size for piece in column)
    return full >= FULL * len(column) and sum(len(piece.printed.text) for piece in column) >= LONG * len(column)
