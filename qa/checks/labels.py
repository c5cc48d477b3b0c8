"""What a cited span says and what labels it from above: title, headings, list items, a table's headings and notes.

A cell is labelled by its own row and column alone: the figures of 2023 don't stand for those of 2024 beside them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.document import Cell, Document, Table

NOTES_ABOVE = 3  # segments above a table in which its unit and date stand


@dataclass(frozen=True, slots=True)
class Evidence:
    """A cited span of a document: the citation's number and the offsets."""

    n: int
    document: Document
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that evidence consists of; ``at`` is its offset in the document, None for a title without one.

    ``cell`` is set for a table's cell, ``table`` for what labels a table as a whole.
    """

    n: int
    document_id: str
    text: str
    at: int | None
    cell: Cell | None = None
    dates_document: bool = False


def pieces(evidence: Evidence) -> tuple[Piece, ...]:
    """What the span itself says: its cells where it lies in a table, its segments elsewhere."""
    return _pieces(_Key(evidence.document), evidence.n, evidence.start, evidence.end)


def labels(evidence: Evidence) -> tuple[Piece, ...]:
    """What stands above the span, without the columns of its table (see ``columns``)."""
    return _labels(_Key(evidence.document), evidence.n, evidence.start)


def columns(cells: Sequence[tuple[Evidence, Cell]]) -> tuple[Piece, ...]:
    """The row and column headings of cells."""
    return tuple(Piece(e.n, e.document.id, label, None, c) for e, c in cells for label in (*c.row_path, *c.column_path))


def table_of(document: Document, offset: int) -> Table | None:
    """The table that holds an offset."""
    return next((t for t in document.tables if t.start <= offset < t.end), None)


class _Key:
    """A document that is told apart by its object: hashing whole documents would take longer than reading them."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.document is self.document


@lru_cache(maxsize=20_000)
def _pieces(key: _Key, n: int, start: int, end: int) -> tuple[Piece, ...]:
    return tuple(_spoken(key.document, n, start, end))


def _spoken(document: Document, n: int, start: int, end: int) -> Iterator[Piece]:
    inside = [s for s in document.segments[max(0, _index(document, start)) :] if s.start < end and s.end > start]
    if not inside:
        yield Piece(n, document.id, document.text[start:end], start)
    for segment in inside:
        first, last = max(start, segment.start), min(end, segment.end)
        table = table_of(document, segment.start) if segment.kind == "row" else None
        cells = [c for c in table.cells if first <= c.start and c.end <= last] if table else []
        if cells:
            yield from (Piece(n, document.id, c.text, c.start, c) for c in cells)
            yield from _between(document, n, cells, first, last)
        else:
            yield Piece(n, document.id, document.text[first:last], first)


def _between(document: Document, n: int, cells: Sequence[Cell], first: int, last: int) -> Iterator[Piece]:
    """What stands in a row outside its cells: debris of text recognition that was left out of the table."""
    edges = sorted((c.start, c.end) for c in cells)
    for start, end in zip([first, *(e for _, e in edges)], [*(s for s, _ in edges), last], strict=True):
        if document.text[start:end].strip():
            yield Piece(n, document.id, document.text[start:end], start)


def _index(document: Document, offset: int) -> int:
    """The index of the last segment that starts at or before an offset."""
    return bisect_right(document.segments, offset, key=lambda s: s.start) - 1


@lru_cache(maxsize=20_000)
def _labels(key: _Key, n: int, start: int) -> tuple[Piece, ...]:
    document = key.document
    found = [Piece(n, document.id, document.title, None), Piece(n, document.id, document.issuer, None)]
    if document.date.value:
        found.append(Piece(n, document.id, document.date.value, None, None, True))
    index = _index(document, start)
    if index < 0:
        return tuple(found)
    segment = document.segments[index]
    found += [_heading(document, n, name, start) for name in document.sections[segment.section].path]
    found += [Piece(n, document.id, document.text[p.start : p.end], p.start) for p in (document.segments[i] for i in segment.parents)]
    table = table_of(document, start)
    if table:
        found.append(Piece(n, document.id, table.introduction, None))
        above = [s for s in document.segments[max(0, index - 80) : index] if s.end <= table.start and s.kind != "row"]
        found += [Piece(n, document.id, document.text[s.start : s.end], s.start) for s in above[-NOTES_ABOVE:]]
        if table.as_of:
            found.append(Piece(n, document.id, table.as_of, None))
    return tuple(found)


def _heading(document: Document, n: int, name: str, before: int) -> Piece:
    at = document.text.rfind(name, 0, before)
    return Piece(n, document.id, name, at if at >= 0 else None)
