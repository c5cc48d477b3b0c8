"""Text that nobody sees: white letters on white paper, left behind by whoever filled in a form or cleared a sample.

White letters on coloured ground are headings. So white text goes only where what is drawn under it is white too, or nothing, and the
page's picture shows paper there (gradients have no colour that could be asked for). Text on a picture stays: it may be that of a scan.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.pdf.drawn_rules import MOST_PATHS, WHITE, Box, Upright, is_filled
from ingest.pdf.printed import Glyph

GROUNDS = [pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING]
OUTLINED = {pdfium_c.FPDF_TEXTRENDERMODE_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE, pdfium_c.FPDF_TEXTRENDERMODE_STROKE_CLIP, pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP}
SCALE, LARGEST_SIDE = 3.0, 4000  # pixels for a point: the lines of a table through small letters stay thin; and of the picture
INK = 0.4  # of the pixels where letters stand: more are a ground, less are lines and what touches the letters


def is_white_at(text: pdfium.PdfTextPage, i: int) -> bool:
    """Whether the character ``i`` is white, its outline too where it has one."""
    if not _is_light(pdfium_c.FPDFText_GetFillColor, text, i):
        return False
    drawn = pdfium_c.FPDFText_GetTextObject(text, i)
    is_outlined = drawn and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn) in OUTLINED
    return not is_outlined or _is_light(pdfium_c.FPDFText_GetStrokeColor, text, i)


def without_unseen(lines: Sequence[list[Glyph]], page: pdfium.PdfPage, upright: Upright) -> tuple[list[list[Glyph]], tuple[str, ...]]:
    """The lines without white text on white paper, and that text."""
    white = [run for line in lines for run in _white_runs(line)]
    grounds = _grounds(page, upright) if white else []
    bare = [run for run in white if not any(_lies_on_colour(glyph, grounds) for glyph in run if not glyph.is_gap)]
    scale = min(SCALE, LARGEST_SIDE / max(upright.width, upright.height, 1))
    picture = page.render(scale=scale).to_numpy() if bare else np.empty((0, 0, 3))
    unseen = [run for run in bare if _ink(picture, scale, upright.height, run) < INK]
    gone = {id(glyph) for run in unseen for glyph in run}
    return [[glyph for glyph in line if id(glyph) not in gone] for line in lines], tuple(_text(run) for run in unseen)


def _white_runs(line: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """The stretches of white letters of a line, with the gaps between them."""
    yield from (list(run) for is_white, run in groupby(line, key=lambda glyph: glyph.is_white) if is_white)


def _text(run: Sequence[Glyph]) -> str:
    return " ".join("".join(glyph.text or " " for glyph in run).split())


def _is_light(ask: Callable[..., int], *of: object) -> bool:
    parts = [ctypes.c_uint() for _ in range(4)]
    return bool(ask(*of, *parts)) and min(part.value for part in parts[:3]) >= WHITE


def _grounds(page: pdfium.PdfPage, upright: Upright) -> list[tuple[Box, bool]]:
    """What covers paper, the last drawn first: its box as left, right, bottom and top, and whether it is white; no picture counts as white."""
    made: list[tuple[Box, bool]] = []
    for n, drawn in enumerate(page.get_objects(filter=GROUNDS, max_depth=4)):
        if n >= MOST_PATHS:
            return [((-np.inf, np.inf, -np.inf, np.inf), False)]
        if drawn.type != pdfium_c.FPDF_PAGEOBJ_PATH or is_filled(drawn):
            left, bottom, right, top = drawn.get_bounds()
            container = drawn.container
            while container is not None:
                left, bottom, right, top = container.get_matrix().on_rect(left, bottom, right, top)
                container = container.container
            made.append((upright(left, right, bottom, top), drawn.type == pdfium_c.FPDF_PAGEOBJ_PATH and _is_light(pdfium_c.FPDFPageObj_GetFillColor, drawn.raw)))
    return made[::-1]


def _lies_on_colour(glyph: Glyph, grounds: Sequence[tuple[Box, bool]]) -> bool:
    x, y = (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2
    return not next((is_white for (left, right, bottom, top), is_white in grounds if left <= x <= right and bottom <= y <= top), True)


def _ink(picture: np.ndarray, scale: float, height: float, run: Sequence[Glyph]) -> float:
    """How much of the page's picture isn't white where the letters stand."""
    spans = [(height - glyph.top, height - glyph.bottom, glyph.left, glyph.right) for glyph in run if not glyph.is_gap]
    parts = [picture[_pixels(top, bottom, scale), _pixels(left, right, scale), :3].min(axis=2).ravel() for top, bottom, left, right in spans]
    seen = np.concatenate(parts)
    return float((seen < WHITE).mean()) if seen.size else 0.0


def _pixels(low: float, high: float, scale: float) -> slice:
    return slice(max(int(low * scale), 0), max(int(high * scale) + 1, 0))
