"""What can be checked in a text, read once: its quantities, its dates and times, its numbers and addresses of contact.

Names are in ``qa.checks.naming``, directions in ``qa.checks.directions``. Offsets count in the text as given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.checks.days import Day, days
from qa.checks.quantities import Quantity, fold, quantities

ADDRESS = re.compile(r"https?://[^\s、。()「」]+|www\.[\w./?=&%-]+|[\w.+-]+@[\w.-]+\.\w+|(?<![\w.])[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:go|or|co|lg|ac|ne|gg)?\.?(?:kr|jp|com|org|net)(?:/[\w./?=&%-]*)?(?![A-Za-z])")
TELEPHONE = re.compile(r"(?<![\d-])(?:\+\d{1,3}-?)?\(?\d{1,4}\)?-\d{2,4}-\d{4}(?![\d-])|(?<![\d-])\d{3,4}-\d{4}(?![\d-])")
MARKS = re.compile(r"\[\d{1,3}\]")
ENUMERATOR = re.compile(r"(?:^|(?<=[\n\t]))\s*(?:[-•]\s*)?\(?\d{1,2}[).](?!\d)")


@dataclass(frozen=True, slots=True)
class Code:
    """A telephone number, web or mail address: equal or not, never a quantity."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one text."""

    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    codes: tuple[Code, ...]


@lru_cache(maxsize=20_000)
def values(text: str) -> Values:
    """Read a text; marks of citation ([1]) and numbers of list items are no values."""
    folded = fold(text)
    for pattern in (MARKS, ENUMERATOR):
        folded = pattern.sub(_blank, folded)
    codes = tuple(_codes(folded))
    for code in codes:
        folded = _without(folded, code.start, code.end)
    found = days(folded)
    rest = folded
    for day in found:
        if not (day.year and day.end - day.start == 4):  # a year alone may be a number in a table
            rest = _without(rest, day.start, day.end)
    read = (replace(q, year=False) if q.year and not any(d.start <= q.start < d.end for d in found) else q for q in quantities(rest))
    return Values(tuple(read), found, codes)


def _codes(folded: str) -> Iterator[Code]:
    for pattern in (ADDRESS, TELEPHONE):
        for match in pattern.finditer(folded):
            text = match[0].rstrip(".,")
            yield Code(match.start(), match.start() + len(text), text)
        folded = pattern.sub(_blank, folded)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without(text: str, start: int, end: int) -> str:
    """The text with a span blanked; a bar keeps what stood around it apart."""
    return text[:start] + "|" * (end - start) + text[end:]
