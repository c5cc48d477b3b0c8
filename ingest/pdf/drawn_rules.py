"""The straight lines that a PDF's page shows: drawn ones, thin filled boxes, the edges of boxes, and thin pictures of dotted lines.

Lengths are in points, counted from the lower left corner of the page as a reader holds it.
"""

import ctypes
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

MOST_PATHS = 20_000  # on a page: more are a map or a drawing
MOST_RULES = 3_000
THIN = 4.0  # a filled box or a picture that is no thicker stands for a line
SHORTEST = 3.0  # shorter lines are dashes or parts of signs
STRAIGHT = 1.0  # a line that leans no more is level or upright
WHITE = 250  # of 255: what is as light can't be told from the paper

Box = tuple[float, float, float, float]  # left, bottom, right, top; of a line its two ends


class Rule(NamedTuple):
    """A level (``at`` is its height) or upright line from ``low`` to ``high``."""

    at: float
    low: float
    high: float


def page_rules(page: pdfium.PdfPage, upright: "Upright") -> tuple[list[Rule], list[Rule]]:
    """The level and the upright lines that the page shows, as a reader sees it; white ones only where something coloured lies behind."""
    level: list[Rule] = []
    vertical: list[Rule] = []
    white: list[Box] = []
    coloured: list[Box] = []
    for n, drawn in enumerate(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4)):
        if n >= MOST_PATHS or len(level) + len(vertical) > MOST_RULES:
            return [], []
        box = drawn.get_bounds()
        is_thick = min(box[2] - box[0], box[3] - box[1]) > THIN
        lines = list(_image_line(box) if drawn.type == pdfium_c.FPDF_PAGEOBJ_IMAGE else _drawn(drawn))
        if _is_white(drawn):
            white += lines
            continue
        if is_thick and is_filled(drawn):
            coloured.append(box)
        _sort(lines, upright, level, vertical)
    _sort([line for line in white if _lies_on(line, coloured)], upright, level, vertical)
    return level, vertical


def _sort(lines: Iterable[Box], upright: "Upright", level: list[Rule], vertical: list[Rule]) -> None:
    for x1, y1, x2, y2 in lines:
        left, right, bottom, top = upright(min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2))
        if top - bottom <= STRAIGHT and right - left >= SHORTEST:
            level.append(Rule((bottom + top) / 2, left, right))
        elif right - left <= STRAIGHT and top - bottom >= SHORTEST:
            vertical.append(Rule((left + right) / 2, bottom, top))


def _image_line(box: Box) -> Iterator[Box]:
    """A picture that is as thin as a line is one: some programs draw dotted lines so."""
    left, bottom, right, top = box
    if top - bottom <= THIN < right - left:
        yield left, (bottom + top) / 2, right, (bottom + top) / 2
    elif right - left <= THIN < top - bottom:
        yield (left + right) / 2, bottom, (left + right) / 2, top


def is_filled(drawn: pdfium.PdfObject) -> bool:
    """Whether an object covers what is behind it."""
    if drawn.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
        return True
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(drawn.raw, fill, stroke)
    return bool(fill.value)


def _is_white(drawn: pdfium.PdfObject) -> bool:
    """Whether a path is drawn in the paper's colour, or can't be seen at all."""
    if drawn.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
        return False
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(drawn.raw, fill, stroke)
    parts = [ctypes.c_uint() for _ in range(4)]
    ask = pdfium_c.FPDFPageObj_GetStrokeColor if stroke.value else pdfium_c.FPDFPageObj_GetFillColor
    if not ask(drawn.raw, *parts):
        return False
    *colours, alpha = (part.value for part in parts)
    return min(colours) >= WHITE or alpha == 0


def _lies_on(line: Box, coloured: Iterable[Box]) -> bool:
    """Whether the middle of a line lies on or right beside one of the boxes."""
    x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    return any(left - THIN <= x <= right + THIN and bottom - THIN <= y <= top + THIN for left, bottom, right, top in coloured)


class Upright:
    """Turns boxes of the file into boxes of the page as it is shown."""

    def __init__(self, rotation: int, width: float, height: float, origin: tuple[float, float]) -> None:
        self.rotation, self.width, self.height, self.origin = rotation, width, height, origin

    def __call__(self, left: float, right: float, bottom: float, top: float) -> tuple[float, float, float, float]:
        """Left, right, bottom and top on the page as it is shown."""
        left, right, bottom, top = left - self.origin[0], right - self.origin[0], bottom - self.origin[1], top - self.origin[1]
        if self.rotation == 90:
            return bottom, top, self.height - right, self.height - left
        if self.rotation == 180:
            return self.width - right, self.width - left, self.height - top, self.height - bottom
        if self.rotation == 270:
            return self.width - top, self.width - bottom, left, right
        return left, right, bottom, top


def _drawn(drawn: pdfium.PdfObject) -> Iterator[Box]:
    """The straight lines of a path; a thin box is a line, any other box its four edges, curves are nothing."""
    points = list(_points(drawn))
    if not points:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(drawn.raw, fill, stroke)
    for part in _parts(points):
        xs, ys = [x for x, _ in part], [y for _, y in part]
        left, right, bottom, top = min(xs), max(xs), min(ys), max(ys)
        if fill.value and min(right - left, top - bottom) <= THIN:
            if right - left >= top - bottom:
                yield left, (bottom + top) / 2, right, (bottom + top) / 2
            else:
                yield (left + right) / 2, bottom, (left + right) / 2, top
        elif stroke.value or len(part) in (4, 5):
            for (x1, y1), (x2, y2) in pairwise(part):
                yield x1, y1, x2, y2


def _points(drawn: pdfium.PdfObject) -> Iterator[tuple[float, float] | None]:
    """The points of a path on the page, with None where another part begins or a curve stands."""
    matrix = drawn.get_matrix()
    container = drawn.container
    while container is not None:
        matrix = matrix.multiply(container.get_matrix())
        container = container.container
    x, y = ctypes.c_float(), ctypes.c_float()
    first: tuple[float, float] | None = None
    for i in range(min(pdfium_c.FPDFPath_CountSegments(drawn.raw), 2000)):
        segment = pdfium_c.FPDFPath_GetPathSegment(drawn.raw, i)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO or not pdfium_c.FPDFPathSegment_GetPoint(segment, x, y):
            yield None
            continue
        point = matrix.on_point(x.value, y.value)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            yield None
            first = point
        yield point
        if pdfium_c.FPDFPathSegment_GetClose(segment) and first:
            yield first


def _parts(points: Iterable[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    part: list[tuple[float, float]] = []
    for point in [*points, None]:
        if point is not None:
            part.append(point)
            continue
        if len(part) > 1:
            yield part
        part = []
