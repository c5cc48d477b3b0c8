"""Lines as they stand on a page: their text made of glyphs, and where they stand.

Lengths are in points, counted from the lower left corner of the page as a reader holds it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

from ingest.text.told_tables import GridCell

KANJI = "一-龯々〆"
JAPANESE = f"ぁ-ゖァ-ヺー・。、「」『』〔〕【】〈〉《》〜{KANJI}\uff01-\uff60"  # with full-width figures and signs
LETTER_SPACED = re.compile(r"(?<!\S)(?:[ぁ-ゖァ-ヺー一-龯々・0-9０-９] ){2,}[ぁ-ゖァ-ヺー一-龯々・](?!\S)")  # 内 閣 府, ３ 月 1 0 日
IS_JAPANESE = re.compile(f"[{JAPANESE}]")
IS_KANJI = re.compile(f"[{KANJI}]")
SYMBOL_FONT_BULLET = re.compile("^[\uf000-\uf0ff]\\s*")  # Wingdings and its like have no characters of their own
LOST = re.compile("[\0-\x01\x03-\x08\x0b-\x1f\x7f\ufeff\uffff]")  # controls, but neither the tab between columns nor the hyphen below
HYPHEN_AT_LINE_END = str.maketrans({"\x02": "-", "\ufffe": "-"})  # how PDFium shows it
# Some programs write the radical ⽀ for the character 支; both look the same, but nobody searches for the radical.
RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
TYPOGRAPHIC_GAP = 0.45  # of the size: Japanese next to figures is set apart by a quarter, letter-spaced words by a third
SQUEEZED_BLANK = 0.15  # of the size: a blank of the file that no reader sees
LATIN_HEIGHT = 1.15  # of the size: the height of a box in usual Latin fonts
COLUMN_GAP = 1.5  # of the size: what stands farther apart stands in different columns
OVERLAP = 0.2  # of the size: letters that stand one upon the other belong to different lines
SIDE_BY_SIDE = 0.5  # of the size, between the feet of letters of a line
JUMP_BACK = -1.0  # of the size: what begins left of where the text before it ended is another line


class Glyph(NamedTuple):
    """A character and its box; ``is_gap`` for white space, whose text is empty where the file has only a distance; ``is_white`` for white letters."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    is_gap: bool
    is_white: bool = False


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a page; ``size`` is that of its letters (the width of a kanji), ``tail_left`` where its last column begins.

    A ruled table stands as one line without text; ``table`` holds its cells. ``doubtful`` are words that were recognised without much certainty.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    tail_left: float
    table: tuple[tuple[GridCell | None, ...], ...] = ()
    doubtful: tuple[str, ...] = ()

    @property
    def has_columns(self) -> bool:
        """Whether wide gaps part the line, as they do the cells of a row."""
        return self.tail_left > self.left


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page: its number from 1, its height, and its lines in the order of the file.

    ``made`` says whether it has a text of its own, is a picture that shows what nobody could read or whose text was recognised, or is blank;
    ``unseen`` is text of the file that the page doesn't show.
    """

    number: int
    height: float
    lines: tuple[PrintedLine, ...]
    made: Literal["text", "picture", "recognised", "blank"] = "text"
    unseen: tuple[str, ...] = ()

    @property
    def body_size(self) -> float:
        """The size in which most characters of the page are set; 0 for a page without any."""
        sizes = [line.size for line in self.lines for _ in line.text]
        return float(median(sizes)) if sizes else 0.0


def printed_lines(glyphs: Sequence[Glyph]) -> list[PrintedLine]:
    """The line that ``glyphs`` make, or several where the text jumps back; none if nothing shows."""
    glyphs = _in_place(glyphs)
    marks = [(i, glyph) for i, glyph in enumerate(glyphs) if not glyph.is_gap]
    if not marks:
        return []
    size = size_of([glyph for _, glyph in marks])
    parts, made, tail_left = [marks[0][1].text], [], marks[0][1].left
    first = 0
    for n, ((i, before), (j, here)) in enumerate(pairwise(marks), 1):
        gap = (here.left - before.right) / size
        if j > i + 1 and gap < JUMP_BACK:
            made.append(_line("".join(parts), [g for _, g in marks[first:n]], size, tail_left))
            parts, first, tail_left = [], n, here.left
        elif j > i + 1:
            parts.append(_blank(before, here, gap, any(blank.text for blank in glyphs[i + 1 : j])))
            tail_left = here.left if parts[-1] == "\t" else tail_left
        parts.append(here.text)
    return [line for line in [*made, _line("".join(parts), [g for _, g in marks[first:]], size, tail_left)] if line.text]


def _in_place(glyphs: Sequence[Glyph]) -> Sequence[Glyph]:
    """The glyphs from the left where some were written later than they stand, into holes of the line: signs of another font."""
    marks = [glyph for glyph in glyphs if not glyph.is_gap]
    if len(marks) < 2 or all(b.left >= a.left for a, b in pairwise(marks)):
        return glyphs
    size = size_of(marks)
    ordered = sorted(marks, key=lambda glyph: glyph.left)
    if any(a.right - b.left > OVERLAP * size for a, b in pairwise(ordered)) or not all(SIDE_BY_SIDE * size > abs(a.bottom - b.bottom) for a, b in pairwise(ordered)):
        return glyphs
    written = [glyph for glyph in glyphs if glyph.is_gap and glyph.text and glyph.right > glyph.left]
    made: list[Glyph] = [ordered[0]]
    for a, b in pairwise(ordered):
        blank = next((glyph for glyph in written if a.right - OVERLAP * size <= glyph.left and glyph.right <= b.left + OVERLAP * size), None)
        if blank or b.left - a.right > OVERLAP * size:
            made.append(blank or Glyph("", a.right, b.left, a.bottom, a.top, True))
        made.append(b)
    return made


def size_of(glyphs: Sequence[Glyph]) -> float:
    """A kanji is as wide as its size in every font; the height of the boxes varies with the font."""
    widths = [g.right - g.left for g in glyphs if IS_KANJI.match(g.text)] or [g.right - g.left for g in glyphs if IS_JAPANESE.match(g.text)]
    size = median(widths) if widths else median([g.top - g.bottom for g in glyphs]) / LATIN_HEIGHT
    return max(float(size), 1.0)


def _blank(before: Glyph, here: Glyph, gap: float, is_written: bool) -> str:
    """What stands for a gap: nothing where Japanese is only set apart from what is next to it, a tab between columns."""
    if gap >= COLUMN_GAP:
        return "\t"
    beside_japanese = IS_JAPANESE.match(before.text) or IS_JAPANESE.match(here.text)
    return "" if beside_japanese and gap < (SQUEEZED_BLANK if is_written else TYPOGRAPHIC_GAP) else " "


def _line(text: str, glyphs: Sequence[Glyph], size: float, tail_left: float) -> PrintedLine:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # PDFium gives the halves of a rare character one by one
    text = LOST.sub("", text).translate(HYPHEN_AT_LINE_END).translate(RADICALS)
    text = LETTER_SPACED.sub(_unspaced, text)
    text = SYMBOL_FONT_BULLET.sub("• ", " ".join(text.split()))
    return PrintedLine(text, glyphs[0].left, max(g.right for g in glyphs), min(g.bottom for g in glyphs), max(g.top for g in glyphs), size, tail_left)


def _unspaced(match: re.Match[str]) -> str:
    """A letter-spaced word or date closed up; figures with a single word among them stay apart."""
    text = match.group()
    has_figures = any(c.isdigit() for c in text)
    return text if has_figures and len(IS_KANJI.findall(text)) < 2 else text.replace(" ", "")
