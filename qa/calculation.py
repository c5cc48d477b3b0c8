"""Differences and sums of two table cells, where a question asks for one: written out with both values, never worked out in silence."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from index.question import years_named
from qa.cell_score import FoundCell, is_total
from qa.cell_words import VALUE_AND_BRACKET, joined
from qa.comparison import DIFFERENCE, asks_calculation

PLAIN = re.compile(r"([▲△-]?\d[\d,]*(?:\.\d+)?)\s*([^\d\s~-]{0,6})")
YEAR = re.compile(r"(?:19|20)\d{2}\s?年(?:度)?")


def calculation(question: str, cells: Sequence[FoundCell]) -> str | None:
    """「2024年 − 2023年 = 880,567件 − 902,686件 = −22,119件」 where the question asks for it and the cells are two plain numbers of one unit; else None.

    Of two years the later one stands first, so that a decrease is negative; of two things the greater.
    """
    text = unicodedata.normalize("NFKC", question)
    values = [(value, cell) for cell in cells if not is_total(cell.cell) and (value := _value(cell))]
    if not asks_calculation(text) or len(values) != 2 or len(cells) != 2 or values[0][0][1] != values[1][0][1]:
        return None
    is_difference = bool(DIFFERENCE.search(text))
    if is_difference:
        values.sort(key=lambda pair: (_year(pair[1]), pair[0][0]), reverse=True)
    ((a, unit), first), ((b, _), second) = values
    sign, result = ("−", a - b) if is_difference else ("+", a + b)
    labels = _labels(first, second)
    named = f"{labels[0]} {sign} {labels[1]} = " if labels else ""
    return f"{named}{_written(a, unit)} {sign} {_written(b, unit)} = {_written(result, 'ポイント' if is_difference and unit == '%' else unit)}"


def _written(value: Decimal, unit: str) -> str:
    return f"{value:,}{unit}".replace("-", "−")


def _year(found: FoundCell) -> int:
    return max(years_named(" ".join((*found.cell.row_path[-1:], *found.cell.column_path[-1:]))), default=0)


def _labels(first: FoundCell, second: FoundCell) -> tuple[str, str] | None:
    """What tells the two apart: their rows, or their columns; None where that has numbers of its own, which would read as a part of the calculation."""
    path = "row_path" if first.cell.row != second.cell.row else "column_path"
    a, b = (re.sub(r"(?<=\d) (?=年)", "", joined(getattr(f.cell, path)[-1]).strip("・ ")) if getattr(f.cell, path) else "" for f in (first, second))
    return (a, b) if a and b and not any(re.search(r"\d|[-−+]", YEAR.sub("", label)) for label in (a, b)) else None


def _value(found: FoundCell) -> tuple[Decimal, str] | None:
    """The cell's number with its unit; what stands in brackets behind it is left out, and a range is none."""
    text = unicodedata.normalize("NFKC", joined(found.cell.text))
    apart = VALUE_AND_BRACKET.fullmatch(text)
    match = PLAIN.fullmatch((apart[1] if apart else text).strip())
    if not match:
        return None
    return Decimal(match[1].replace(",", "").translate({ord("▲"): "-", ord("△"): "-"})), match[2] or found.cell.unit or ""
