"""Document and what it is made of. All offsets count Unicode code points of ``Document.text``."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

Kind = Literal["press_release", "report"]
Basis = Literal["stated", "inferred", "unknown", "edited"]
SegmentKind = Literal["title", "heading", "sentence", "item", "row", "note"]


@dataclass(frozen=True, slots=True)
class DocumentDate:
    """An ISO date (``2018``, ``2018-05`` or ``2018-05-25``), why we believe it, and the words it stands on."""

    value: str | None = None
    basis: Basis = "unknown"
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch under one heading; ``path`` holds the headings from the outermost inwards."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """The smallest span that is cited whole: a sentence, list item, table row, note or heading.

    ``parents`` are indexes of the list items above it, from the outermost inwards.
    """

    kind: SegmentKind
    start: int
    end: int
    section: int
    parents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table with the headings that give it its meaning."""

    row: int
    column: int
    start: int
    end: int
    text: str
    row_path: tuple[str, ...]
    column_path: tuple[str, ...]
    unit: str | None
    is_label: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table: where it stands, the text that introduces it, its unit and date, its cells without headings."""

    start: int
    end: int
    header_end: int
    introduction: str
    unit: str | None
    as_of: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Where the text of a page stands; ``number`` counts the file's pages from 1, pages without text are left out."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Omission:
    """Text of the file that is not in the canonical text, and why (navigation, markup, repeated headline, page number, running head, unseen)."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A span that looks damaged by text recognition; the text stays as it is."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One press release or report. ``names`` are pairs of two forms of a name, as its text gives them."""

    id: str
    title: str
    issuer: str
    kind: str
    language: str
    date: DocumentDate
    source: str
    text: str
    sections: tuple[Section, ...] = ()
    segments: tuple[Segment, ...] = ()
    tables: tuple[Table, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    omissions: tuple[Omission, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    pages: tuple[Page, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The number of the page on which the character at ``offset`` stands; None in a document without pages."""
        found = bisect_right(self.pages, offset, key=lambda page: page.start)
        return self.pages[found - 1].number if found else None


def normalize(text: str) -> str:
    """NFKC without white space and thousands commas: for comparing, never for citing."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", "", re.sub(r"(?<=\d),(?=\d{3})", "", text))
