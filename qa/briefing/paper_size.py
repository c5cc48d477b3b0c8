"""How much room a briefing takes on paper: the sizes that the Word file is set in, and an estimate of its height from them.

Word and LibreOffice break lines by the widths of their fonts, which differ by some per cent; ``SURE`` leaves room for that.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from qa.briefing.briefing import Briefing, Length, Statement
from qa.briefing.form import FIGURE_NOTE, facts, left_out_line, shown, source_lines

PAGE = (210, 297)  # A4, millimetres
POINT = 72 / 25.4  # points in a millimetre
INDENT = 5.0  # millimetres of a list's text
NARROW = 0.6  # width of Latin letters and digits against the font's size
SURE = {"1page": 0.985, "3pages": 0.93}  # share of the pages that may be filled; headings and rows that stay whole leave gaps on three
PAGES: dict[Length, int] = {"1page": 1, "3pages": 3}


@dataclass(frozen=True, slots=True)
class Look:
    """Sizes of one length of paper: fonts and lines in points, margins in millimetres; pairs are font and line, or before and after."""

    top: float
    bottom: float
    side: float
    body: float
    line: float
    title: float
    title_line: float
    title_before: float
    title_after: float
    heading: float
    around_heading: tuple[float, float]
    theme: float
    around_theme: tuple[float, float]
    after_item: float
    table: tuple[float, float]
    meta: tuple[float, float]
    small: tuple[float, float]
    source: tuple[float, float]
    caution: tuple[float, float]
    note: tuple[float, float]

    @property
    def width(self) -> float:
        """Of the text, in millimetres."""
        return PAGE[0] - 2 * self.side

    @property
    def height(self) -> float:
        """Of the text on one page, in points."""
        return (PAGE[1] - self.top - self.bottom) * POINT


LOOKS: dict[Length, Look] = {
    "1page": Look(15, 15, 21, 10, 14.5, 14, 20, 0, 3, 10.5, (5, 2), 10, (2, 0), 0.5, (8.5, 12), (9, 12), (8, 11), (8.5, 11.5), (9, 13), (8, 11)),
    "3pages": Look(20, 18, 24, 10.5, 16.5, 15, 24, 4, 8, 11.5, (10, 4), 10.5, (6, 2), 2, (9, 13), (9.5, 14), (8.5, 12), (9, 13), (10, 15.5), (8, 11)),
}


def overfull(briefing: Briefing) -> bool:
    """Whether the paper needs more pages than its length allows, its notes apart."""
    length = briefing.commission.length
    return height(briefing) > SURE[length] * PAGES[length] * LOOKS[length].height


def pages(briefing: Briefing) -> int:
    """About how many pages the paper takes, its notes apart; at most those of its length where it isn't ``overfull``."""
    length = briefing.commission.length
    return max(1, math.ceil(height(briefing) / (SURE[length] * LOOKS[length].height)))


def height(briefing: Briefing) -> float:
    """The estimated height of all but the notes, in points."""
    look = LOOKS[briefing.commission.length]
    heading = look.around_heading[0] + look.line + look.around_heading[1] + 1.5
    total = look.title_before + look.title_line * _lines(briefing.commission.topic, look.title, look.width) + look.title_after
    total += sum(look.meta[1] * _lines(f"{name}\uff1a{value}", look.meta[0], look.width) for name, value in facts(briefing))
    kinds = {section.kind for section in briefing.sections}
    total += heading * (len(kinds) + bool(briefing.figures) + bool(briefing.comparison) + bool(briefing.cautions) + 1)
    for section in briefing.sections:
        total += (look.around_theme[0] + look.line * _lines(f"(1) {section.heading}", look.theme, look.width) + look.around_theme[1]) * (section.kind == "theme")
        total += 4 * (section.kind == "points") + sum(_items(section.statements, look))
    for caution in briefing.cautions:
        total += look.caution[1] * _lines(caution.text + _marks(caution.citations), look.caution[0], look.width - INDENT) + look.after_item
    total += look.small[1] * bool(left_out_line(briefing))
    total += sum(look.source[1] * _lines(line, look.source[0], look.width - 4) for line in source_lines(briefing))
    return total + _figures(briefing, look) + _comparison(briefing, look)


def _items(statements: Sequence[Statement], look: Look) -> list[float]:
    texts: list[str] = []
    for statement in statements:
        text = shown(statement) + _marks(statement.citations)
        if statement.follows and texts:
            texts[-1] += text
        else:
            texts.append(text)
    return [look.line * _lines(text, look.body, look.width - INDENT) + look.after_item for text in texts]


def _figures(briefing: Briefing, look: Look) -> float:
    if not briefing.figures:
        return 0.0
    widths = figure_widths(look)
    groups = len([f for i, f in enumerate(briefing.figures) if not i or f.group != briefing.figures[i - 1].group])
    rows = sum(_row([f.item, f.value, f.unit, f.as_of], widths[:4], look) for f in briefing.figures)
    return rows + (look.table[1] + 1) * (groups + 1) + look.small[1] * _lines(FIGURE_NOTE, look.small[0], look.width)


def _comparison(briefing: Briefing, look: Look) -> float:
    if not briefing.comparison:
        return 0.0
    width = (look.width - FIRST) / len(briefing.comparison.places) - 4
    cells = (max(sum(look.table[1] * _lines(f"・{s.text}{_marks(s.citations)}", look.table[0], width) for s in cell) for cell in row.cells) for row in briefing.comparison.rows)
    return look.table[1] + 2 + sum(max(cell, look.table[1]) + 2 for cell in cells)


FIRST = 22  # millimetres of the comparison's first column


def figure_widths(look: Look) -> tuple[float, ...]:
    """Millimetres of the columns of the table of figures."""
    value, unit, when, source = 29.0, 19.0, 38.0, 12.0
    return look.width - value - unit - when - source, value, unit, when, source


def _row(texts: Sequence[str], widths: Sequence[float], look: Look) -> float:
    return look.table[1] * max(_lines(text, look.table[0], width - 5) for text, width in zip(texts, widths, strict=True)) + 1


def _marks(numbers: Sequence[int]) -> str:
    return "".join(f"{n}" for n in numbers)[: 3 * len(numbers)]


def _lines(text: str, size: float, width: float) -> int:
    """Lines that a text takes in ``width`` millimetres."""
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else NARROW for c in text) * size
    return max(1, math.ceil(wide * 1.01 / (width * POINT)))
