"""The grids of cells that the lines of a PDF's page make.

Lengths are in points, counted from the lower left corner of the page as a reader holds it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf.drawn_rules import Rule

SNAP = 3.0  # lines so close to each other are one
REACH = 3.5  # a line that ends so near another one touches it
SMALLEST = 5.0  # rows and columns that are narrower hold no letters
MOST_CELLS = 6_000
Frame = tuple[float, float, float, float]  # left, right, bottom, top


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell: its place in the grid, what it covers, and its box."""

    row: int
    column: int
    rows: int
    columns: int
    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class RuledGrid:
    """A grid of cells, rows from the top; ``lefts`` and ``tops`` are where its columns and rows begin."""

    cells: tuple[RuledCell, ...]
    lefts: tuple[float, ...]
    tops: tuple[float, ...]
    right: float
    bottom: float

    @property
    def left(self) -> float:
        """The left side."""
        return self.lefts[0]

    @property
    def top(self) -> float:
        """The upper side."""
        return self.tops[0]


def ruled_grids(level: Sequence[Rule], vertical: Sequence[Rule]) -> list[RuledGrid]:
    """The grids of at least two rows or columns that the lines make, from the top."""
    level, vertical = _merged(level), _merged(vertical)
    grids = [_grid(*group) for group in _groups(level, vertical)]
    return sorted((grid for grid in grids if grid), key=lambda grid: -grid.top)


def frames(level: Sequence[Rule], vertical: Sequence[Rule], tables: Sequence[Frame]) -> list[Frame]:
    """The boxes of four lines in which tables stand, from the top: those that lie in no other; none where two stand beside each other."""
    boxes = [box for group in _groups(_merged(level), _merged(vertical)) if (box := _frame(*group)) and any(_lies_in(table, box) for table in tables)]
    boxes.sort(key=lambda box: (-box[3], box[2]))
    outer = [box for n, box in enumerate(boxes) if not any(_lies_in(box, other) for other in boxes[:n])]
    return outer if all(below[3] <= above[2] + SNAP for above, below in pairwise(outer)) else []


def _frame(level: Sequence[Rule], vertical: Sequence[Rule]) -> Frame | None:
    """The box that a group of lines is, if it is no more."""
    if len(level) != 2 or len(vertical) != 2:
        return None
    left, right = sorted(rule.at for rule in vertical)
    bottom, top = sorted(rule.at for rule in level)
    closed = all(abs(rule.low - left) <= REACH and abs(rule.high - right) <= REACH for rule in level) and all(abs(rule.low - bottom) <= REACH and abs(rule.high - top) <= REACH for rule in vertical)
    return (left, right, bottom, top) if closed else None


def _lies_in(box: Frame, other: Frame) -> bool:
    return other[0] - SNAP <= box[0] and box[1] <= other[1] + SNAP and other[2] - SNAP <= box[2] and box[3] <= other[3] + SNAP


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Lines beside each other snapped to one, and those that continue each other joined."""
    made: list[Rule] = []
    clusters: list[list[Rule]] = []
    for rule in sorted(rules):
        if clusters and rule.at - clusters[-1][0].at <= SNAP:
            clusters[-1].append(rule)
        else:
            clusters.append([rule])
    for cluster in clusters:
        at = sum(rule.at * (rule.high - rule.low) for rule in cluster) / sum(rule.high - rule.low for rule in cluster)
        joined: list[Rule] = []
        for rule in sorted(cluster, key=lambda r: r.low):
            if joined and rule.low <= joined[-1].high + SNAP:
                joined[-1] = Rule(at, joined[-1].low, max(joined[-1].high, rule.high))
            else:
                joined.append(Rule(at, rule.low, rule.high))
        made += [rule for rule in joined if rule.high - rule.low >= SMALLEST]
    return made


def _groups(level: Sequence[Rule], vertical: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that touch each other, directly or by others: each group may be a table."""
    parent = list(range(len(level) + len(vertical)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, rule in enumerate(level):
        for j, other in enumerate(vertical, len(level)):
            if rule.low - REACH <= other.at <= rule.high + REACH and other.low - REACH <= rule.at <= other.high + REACH:
                parent[root(j)] = root(i)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i in range(len(parent)):
        group = groups.setdefault(root(i), ([], []))
        (group[0] if i < len(level) else group[1]).append(level[i] if i < len(level) else vertical[i - len(level)])
    return list(groups.values())


def _grid(level: Sequence[Rule], vertical: Sequence[Rule]) -> RuledGrid | None:
    """The grid of a group; sides that no line closes end where the others do."""
    if len(level) < 2 or not vertical:
        return None
    xs = _places([*(rule.at for rule in vertical), min(r.low for r in level), max(r.high for r in level)])
    ys = _places([*(rule.at for rule in level), min(r.low for r in vertical), max(r.high for r in vertical)])[::-1]
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1 or rows * columns < 2 or rows * columns > MOST_CELLS:
        return None
    return RuledGrid(tuple(_cells(xs, ys, level, vertical)), tuple(xs[:-1]), tuple(ys[:-1]), xs[-1], ys[-1])


def _places(values: Iterable[float]) -> list[float]:
    """The values in order, those closer than a row of letters needs as one."""
    made: list[float] = []
    for value in sorted(values):
        if not made or value - made[-1] >= SMALLEST:
            made.append(value)
    return made


def _cells(xs: Sequence[float], ys: Sequence[float], level: Sequence[Rule], vertical: Sequence[Rule]) -> Iterator[RuledCell]:
    """The cells between the lines: places without a line between them are one cell."""
    rows, columns = len(ys) - 1, len(xs) - 1
    below = [[_is_drawn(level, ys[r + 1], (xs[c] + xs[c + 1]) / 2) for c in range(columns)] for r in range(rows)]
    right = [[_is_drawn(vertical, xs[c + 1], (ys[r] + ys[r + 1]) / 2) for c in range(columns)] for r in range(rows)]
    taken = [[False] * columns for _ in range(rows)]
    for r in range(rows):
        for c in range(columns):
            if taken[r][c]:
                continue
            width, height = 1, 1
            while c + width < columns and not right[r][c + width - 1] and not taken[r][c + width]:
                width += 1
            while r + height < rows and not any(below[r + height - 1][c : c + width]) and not any(right[r + height][c : c + width - 1]):
                height += 1
            for y in range(r, r + height):
                taken[y][c : c + width] = [True] * width
            yield RuledCell(r, c, height, width, xs[c], xs[c + width], ys[r + height], ys[r])


def _is_drawn(rules: Sequence[Rule], at: float, through: float) -> bool:
    return any(abs(rule.at - at) < SMALLEST and rule.low - SNAP <= through <= rule.high + SNAP for rule in rules)
