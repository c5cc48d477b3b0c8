"""Joins the lines that a page has wrapped inside a paragraph, an item or a word; all other lines stay lines.

A line goes on in the next one if that stands right below it in the same column, opens nothing of
its own, and the line reaches the margin. Short lines side by side (slides, tables) reach no common
margin, so that they stay apart; in a narrow column only a word that is cut joins two lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf.printed import IS_JAPANESE, PrintedLine, PrintedPage
from ingest.text.told_tables import GridCell
from ingest.words import words

Margins = dict[int, tuple[float, float]]  # left and right, by the identity of a line

BULLET = re.compile(r"^[○◯●◎◇◆□■△▲▽▼☆★※⇒➡➢➤✓✔☑•・･]|^[-–—]\s|^[【〔＜《〈]")  # no line of running text begins with these
NUMBERED = re.compile(  # running text may begin with these as well: …、(2)…, …20 歳…
    r"^[①-⑳❶-❿]|^[(（]([0-9０-９]{1,2}|[ア-ンa-z一-十])[)）]|^[0-9０-９]{1,2}([.．][0-9０-９]{1,2})*([)）]|[.．](?![0-9０-９])|\s+(?=[ぁ-んァ-ヶ一-龯]))"
    r"|^第[0-9０-９一-十]+[章節部条]|^[ア-コ]\s|^[(（]?注"
)
DATED = re.compile(r"^(令和|平成|昭和)\s*[0-9０-９元]|^(19|20)\d\d年")  # 第１号|令和５年: no 号令
LEADERS = re.compile(r"[.．・…‥]{4,}\s*\S{0,6}$")  # a line of a table of contents
WIDEST_GUTTER = 8.0  # of the size, between two columns of text
LONG_LINE = 12  # characters
COLUMN_LINES = 4  # full lines of a column: running text; boxes on slides have fewer
ENDED = re.compile(r"[。！？!?：:]$")
SAME_SIZE = 1.25
LARGEST_PITCH = 2.15  # of the size, from line to line; wider stands a gap between paragraphs
LOW_BLANK = 0.75  # empty lines are up to a quarter lower than written ones
WIDER, SEVERAL_WIDER = 3.0, 5  # of the size; so many lines that go so much farther show where the column ends
MOST_BLANKS = 9  # as good as any more
STACKED_GAP = 0.35  # of the size, between the characters of a word that is set downwards
NARROWEST, NARROW = 4.5, 12.0  # of the size: shorter columns wrap nothing that can be told from a list; up to NARROW only a cut word tells
AT_MARGIN = 1.5  # of the size: closer to the margin no further character fits (a bracket or full stop takes another along)
FIRST_LINE_INDENT = 3.5  # of the size
HANGING_INDENT = 8.0  # of the size: ・様式1 …, whose further lines stand under the text behind the mark
STRAIGHT = 0.7  # of the size: lefts that differ by less are the same


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, item, heading, row or other line of a page; ``top`` is its upper edge, ``follows`` if it stands right below the one before it.

    ``blanks`` is how many lines would have room between it and the one before it, 0 where it follows or stands elsewhere.
    """

    text: str
    size: float
    top: float
    follows: bool
    table: tuple[tuple[GridCell | None, ...], ...] = ()
    blanks: int = 0
    doubtful: tuple[str, ...] = ()


def paragraphs(page: PrintedPage) -> list[Paragraph]:
    """What the lines of a page say, in their order, with wrapped lines joined."""
    made: list[list[PrintedLine]] = []
    margins = _margins(page.lines)
    for line in page.lines:
        if made and _goes_on(made[-1], line, page.lines, margins):
            made[-1].append(line)
        else:
            made.append([line])
    befores: list[PrintedLine | None] = [None, *(lines[-1] for lines in made)]
    pitch = _pitch(page.lines)
    return [_paragraph(lines, before, pitch) for lines, before in zip(made, befores, strict=False)]


def _pitch(lines: Sequence[PrintedLine]) -> float:
    """The usual distance from line to line; that of widely set ones where no line stands below another."""
    pitches = sorted(above.top - below.top for above, below in pairwise(lines) if _is_below(above, below))
    return pitches[len(pitches) // 2] if pitches else LARGEST_PITCH * max((line.size for line in lines), default=1.0)


def _paragraph(lines: Sequence[PrintedLine], before: PrintedLine | None, pitch: float) -> Paragraph:
    text = lines[0].text
    for above, below in pairwise(lines):
        text += _seam(above.text, below.text) + below.text
    follows = before is not None and _is_below(before, lines[0])
    blanks = 0 if before is None or follows or pitch <= 0 else min(max(int((before.top - lines[0].top) / pitch - 1 + LOW_BLANK), 0), MOST_BLANKS)
    return Paragraph(text, lines[0].size, lines[0].top, follows, lines[0].table, blanks, tuple(word for line in lines for word in line.doubtful))


def _seam(above: str, below: str) -> str:
    """A blank between words of Latin script, nothing where Japanese meets the line's end or a number of a Japanese text is cut."""
    if above[-1:].isdigit() and re.match(r"[\d,.]", below) and IS_JAPANESE.search(above):
        return ""
    return "" if IS_JAPANESE.match(above[-1]) or IS_JAPANESE.match(below) or above.endswith("-") else " "


def _margins(lines: Sequence[PrintedLine]) -> Margins:
    """For each line (by its identity) from where to where its block reaches: lines below each other in one column, or one item."""
    block: list[PrintedLine] = []
    margins: Margins = {}
    for line in lines:
        if line.table or _opens_item(line) or (block and not (_is_below(block[-1], line) and abs(block[-1].tail_left - line.left) < HANGING_INDENT * line.size)):
            block = []
        block.append(line)
        margin = min(member.left for member in block), max(member.right for member in block)
        margins.update((id(member), margin) for member in block)
    return margins


def _opens_item(line: PrintedLine) -> bool:
    return bool(BULLET.match(line.text) or NUMBERED.match(line.text))


def _is_below(above: PrintedLine, below: PrintedLine) -> bool:
    """Whether a line stands right below another, in letters of the same size; nothing continues a table."""
    if above.table or below.table:
        return False
    size = min(above.size, below.size)
    pitch = (above.bottom + above.top - below.bottom - below.top) / 2
    overlap = min(above.right, below.right) - max(above.left, below.left)
    return max(above.size, below.size) <= SAME_SIZE * size and 0.5 * size < pitch <= LARGEST_PITCH * size and overlap > 0


def _goes_on(paragraph: Sequence[PrintedLine], here: PrintedLine, page: Sequence[PrintedLine], margins: Margins) -> bool:
    """Whether ``here`` continues a paragraph."""
    last = paragraph[-1]
    if _opens_column(last, here):
        return not ENDED.search(last.text) and not _opens_item(here) and len(last.text) >= LONG_LINE and _fills_column(last, here, page)
    if not _is_below(last, here):
        return False
    if _is_stacked(last, here):
        return True
    if here.has_columns or LEADERS.search(last.text) or BULLET.match(here.text) or not _is_aligned(paragraph, here) or not _reaches(last, here, margins[id(last)][1]):
        return False
    if ENDED.search(last.text) and here.left > margins[id(here)][0] + STRAIGHT * here.size and not _opens_item(paragraph[0]):
        return False  # indented again: the next paragraph, though the one before ends at the margin
    if NUMBERED.match(here.text) and (ENDED.search(last.text) or NUMBERED.match(paragraph[0].text) or here.left > last.left + STRAIGHT * here.size):
        return False
    width = (last.right - last.tail_left) / last.size
    if width < NARROW:
        return width >= NARROWEST and not DATED.match(here.text) and (last.text.endswith("、") or cuts_word(last.text, here.text))
    return last.text.endswith("、") or here.text.endswith("。") or _is_margin(last, page) or cuts_word(last.text, here.text)


def _opens_column(last: PrintedLine, here: PrintedLine) -> bool:
    """Whether a line stands at the top of the column beside the one that the line before ends, in letters of the same size."""
    size = min(last.size, here.size)
    close = last.right < here.left < last.right + WIDEST_GUTTER * size and here.bottom > last.top + size
    return close and max(last.size, here.size) <= 1.05 * size and not (last.table or here.table or last.has_columns or here.has_columns)


def _fills_column(last: PrintedLine, here: PrintedLine, page: Sequence[PrintedLine]) -> bool:
    """Whether two lines stand in equally wide columns of running text, and the first one fills its own."""
    widths = []
    for line in (last, here):
        column = [other for other in page if abs(other.left - line.left) < STRAIGHT * line.size and other.size == line.size]
        full = max(other.right for other in column) - line.left
        widths.append(full)
        if sum(other.right - other.left > full - AT_MARGIN * line.size for other in column) < COLUMN_LINES:
            return False
    return abs(widths[0] - widths[1]) < 2 * AT_MARGIN * last.size and last.right - last.left > widths[0] - AT_MARGIN * last.size


def _is_stacked(last: PrintedLine, here: PrintedLine) -> bool:
    """Whether both are single characters of a word that is set downwards."""
    widest = 1.6 * last.size
    straight = abs(last.left + last.right - here.left - here.right) / 2 < 0.4 * last.size
    gap = (last.bottom - here.top) / last.size
    return max(last.right - last.left, here.right - here.left) <= widest and straight and gap <= STACKED_GAP and all(IS_JAPANESE.match(x.text) and len(x.text) <= 4 for x in (last, here))


def _is_aligned(paragraph: Sequence[PrintedLine], here: PrintedLine) -> bool:
    """Whether the line begins where the further lines of the paragraph do."""
    last, size = paragraph[-1], here.size
    shift = (here.left - last.tail_left) / size
    if len(paragraph) > 1:
        return -AT_MARGIN <= shift <= STRAIGHT
    return -FIRST_LINE_INDENT <= shift <= HANGING_INDENT if _opens_item(last) else -FIRST_LINE_INDENT <= shift <= STRAIGHT


def _reaches(last: PrintedLine, here: PrintedLine, margin: float) -> bool:
    """Whether the beginning of ``here`` wouldn't have fitted behind ``last``."""
    word = re.match(r"[!-~]*", here.text)
    needed = max(AT_MARGIN, 0.6 * len(word.group()) + 0.5 if word else 0.0)
    return last.right >= margin - needed * last.size


def _is_margin(last: PrintedLine, page: Sequence[PrintedLine]) -> bool:
    """Whether another line of the page ends where this one does, as wrapped lines do, and its column isn't wider."""
    others = [line for line in page if line.text != last.text and not line.has_columns]
    wider = sum(abs(line.left - last.left) < STRAIGHT * last.size and abs(line.size - last.size) < 0.05 * last.size and line.right > last.right + WIDER * last.size for line in others)
    return wider < SEVERAL_WIDER and any(abs(line.right - last.right) <= 1.1 * last.size for line in others)


def cuts_word(above: str, below: str) -> bool:
    """Whether MeCab sees a word of Japanese across the end of a line."""
    head = above[-20:]
    across = [word for word in words(head + below[:20]) if word.start < len(head) < word.end]
    return any(IS_JAPANESE.match(word.surface) and word.in_dictionary for word in across)
