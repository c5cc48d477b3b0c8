"""From the lines of one release or report to its canonical text with sections, segments, tables and pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.document import Page, Section, Segment, Suspicion, Table
from ingest.sentences import sentences
from ingest.text.cleaning import Line
from ingest.text.marks import NOTE, NOTE_RANK, heading_name, item_rank, marked_heading_rank, plain_heading_rank
from ingest.text.tables import parse_table
from ingest.text.told_tables import told_table

UNFINISHED = re.compile(r"[^。\uff0e.!?\uff01\uff1f」』)\uff09:\uff1a>〉】]$")
CONTINUATION = re.compile(r"^[ぁ-んァ-ヶ一-龯(\uff08\dA-Za-z]")
ABOVE = 400  # segments that are looked at for a table's introduction
STYLED_RANK = 0.1  # of a level: headings that the format makes stand above those that are read off plain lines
DOUBTFUL = "文字認識で確かに読めなかった文字"
WRAPPED_FROM = 38  # characters from which a line without an end is taken to be broken by the page, not by the writer


@dataclass
class Structure:
    """The canonical text of a document and what stands in it."""

    text: str
    sections: list[Section] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    suspicions: list[Suspicion] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line with its offsets in the canonical text."""

    start: int
    end: int
    line: Line

    @property
    def text(self) -> str:
        return self.line.text


def lay_out(lines: list[Line]) -> tuple[str, list[Line]]:
    """The canonical text (one blank line between blocks) and its lines that aren't blank, in order."""
    parts: list[str] = []
    kept: list[Line] = []
    blank = False
    for line in lines:
        if line.is_blank:
            blank = bool(kept)
            continue
        if kept:
            parts.append("\n\n" if blank else "\n")
        parts.append(line.text)
        kept.append(line)
        blank = False
    return "".join(parts) + ("\n" if parts else ""), kept


def build_structure(text: str, lines: list[Line], title: str) -> Structure:
    """The parts of ``text``, whose lines that aren't blank are ``lines``, in order."""
    placed, at = [], 0
    for line in lines:
        at = text.index(line.text, at)
        placed.append(_Placed(at, at + len(line.text), line))
        at += len(line.text)
    builder = _Builder(Structure(text, pages=_pages(placed, len(text))), title)
    i = 0
    while i < len(placed):
        i = builder.take(placed, i)
    builder.close()
    builder.made.suspicions += [suspicion for here in placed for suspicion in _doubtful(here)]
    return builder.made


def _doubtful(here: _Placed) -> Iterator[Suspicion]:
    """The words of a line that were recognised without certainty."""
    at = 0
    for word in here.line.doubtful:
        found = here.text.find(word, at)
        if found >= 0:
            at = found + len(word)
            yield Suspicion(here.start + found, here.start + at, DOUBTFUL)


def _pages(placed: list[_Placed], end: int) -> list[Page]:
    """The pages, each up to the beginning of the next one; none where lines know no page."""
    starts = [here for before, here in zip([None, *placed], placed, strict=False) if before is None or before.line.page != here.line.page]
    bounds = [0, *(here.start for here in starts[1:]), end]
    return [Page(here.line.page, a, b) for here, (a, b) in zip(starts, pairwise(bounds), strict=False) if here.line.page is not None]


class _Builder:
    """Walks over the lines once; ``headings`` and ``items`` are the open ones, outermost first."""

    def __init__(self, made: Structure, title: str) -> None:
        self.made, self.title = made, title
        self.headings: list[tuple[float, str]] = []
        self.items: list[tuple[float, int]] = []  # rank (deeper with indentation), index of the segment
        self.section_start = 0

    def take(self, placed: list[_Placed], i: int) -> int:
        """Read what begins at line ``i``; return the line behind it."""
        here = placed[i]
        if here.line.row or "\t" in here.text:
            return self._table(placed, i)
        rank = self._heading_rank(placed, i)
        if rank is not None:
            self._heading(here, rank)
            return i + 1
        return self._prose(placed, i)

    def close(self) -> None:
        """End the last section."""
        self._end_section(len(self.made.text))

    def _segment(self, kind: str, start: int, end: int, parents: tuple[int, ...] = ()) -> int:
        self.made.segments.append(Segment(kind, start, end, len(self.made.sections), parents))  # type: ignore[arg-type]
        return len(self.made.segments) - 1

    def _end_section(self, at: int) -> None:
        if at > self.section_start or not self.made.sections:
            self.made.sections.append(Section(tuple(name for _, name in self.headings), self.section_start, at))
            self.section_start = at

    def _heading_rank(self, placed: list[_Placed], i: int) -> float | None:
        text, line = placed[i].text, placed[i].line
        if self._continues_numbering(text):
            return 6
        if text == self.title and not self.made.segments:
            return 0
        if line.level:
            rank = marked_heading_rank(text)
            return line.level * STYLED_RANK if line.is_styled and rank != NOTE_RANK else rank
        follower = placed[i + 1].text if i + 1 < len(placed) else ""
        return plain_heading_rank(text, follower)

    def _continues_numbering(self, text: str) -> bool:
        """``- 2. …`` set as a list item although ``1. …`` is the heading above it."""
        match = re.match(r"^[-*]\s+(\d{1,2})[.\uff0e]\s*(?!\d)", text)
        above = next((re.match(r"^(\d{1,2})", name) for rank, name in self.headings if rank == 6), None)
        return bool(match and above and int(match.group(1)) == int(above.group(1)) + 1)

    def _heading(self, here: _Placed, rank: float) -> None:
        self.items = []
        if rank == 0:
            self._segment("title", here.start, here.end)
            return
        if here.start > self.section_start:
            self._end_section(here.start)
        self.headings = [h for h in self.headings if h[0] < rank] + [(rank, heading_name(here.text))]
        self._segment("note" if NOTE.match(here.text) else "heading", here.start, here.end)

    def _table(self, placed: list[_Placed], i: int) -> int:
        first = i
        width = placed[i].text.count("\t")
        while i < len(placed) and (i == first or self._same_table(placed, i, width)):
            i += 1
        rows = [(p.start, p.end) for p in placed[first:i]]
        told = [p.line.row for p in placed[first:i] if p.line.row]
        introduction = self._introduction(placed[first].start)
        table, suspicions = told_table(self.made.text, rows, told, introduction) if told else parse_table(self.made.text, rows, introduction)
        self.made.tables.append(table)
        self.made.suspicions.extend(suspicions)
        self.items = []
        for start, end in rows:
            indent = len(self.made.text[start:end]) - len(self.made.text[start:end].lstrip())
            self._segment("heading" if end <= table.header_end else "row", start + indent, end)
        return i

    def _same_table(self, placed: list[_Placed], i: int, width: int) -> bool:
        """The next row; in text without pages rows go on behind a page break if they have as many cells."""
        before, here = placed[i - 1].line, placed[i].line
        if here.row or before.row:
            return bool(here.row and before.row and here.row.table == before.row.table and here.page == before.page)
        if "\t" not in here.text or here.page != before.page:
            return False
        adjacent = self.made.text[placed[i - 1].end : placed[i].start].count("\n") == 1
        return adjacent or placed[i].text.count("\t") == width

    def _introduction(self, at: int) -> str:
        """The lines right above a table that say what it shows: heading, caption, unit, the sentence before it."""
        above = [s for s in self.made.segments[-ABOVE:] if s.end <= at and s.kind != "row"][-4:]
        headings = [name for _, name in self.headings[-1:]]
        return "\n".join([*headings, *(self.made.text[s.start : s.end] for s in above if s.section == len(self.made.sections))])

    def _prose(self, placed: list[_Placed], i: int) -> int:
        text = placed[i].text
        rank = item_rank(text)
        behind = i + 1
        while behind < len(placed) and self._goes_on(placed, behind):
            behind += 1
        start, end = placed[i].start, placed[behind - 1].end
        if rank is not None:
            self._item(start, end, rank + placed[i].line.indent / 2)
        elif NOTE.match(text):
            self._sentences("note", start, end, ())
        else:
            self._sentences("sentence", start, end, self._paragraph_parents())
        return behind

    def _goes_on(self, placed: list[_Placed], i: int) -> bool:
        """Whether line ``i`` is the rest of a sentence that a page or line break has cut."""
        before, here = placed[i - 1], placed[i]
        if before.line.page != here.line.page:  # a chunk has one page
            return False
        if here.line.level or here.line.row or "\t" in here.text or item_rank(here.text) is not None or NOTE.match(here.text):
            return False
        if plain_heading_rank(here.text, "") is not None or not UNFINISHED.search(before.text):
            return False
        adjacent = self.made.text[before.end : here.start].count("\n") == 1
        if before.text.endswith(("、", "・")):
            return True
        wrapped = len(before.text) >= WRAPPED_FROM and "http" not in before.text[-60:] and CONTINUATION.match(here.text)
        starts_inside = bool(re.match(r"^[ぁ-ん]", here.text))
        return bool(wrapped) and (adjacent or starts_inside) and "。" in here.text[:200]

    def _item(self, start: int, end: int, rank: float) -> None:
        """An item is one segment unless it holds several sentences; then the first is the parent of the others."""
        self.items = [x for x in self.items if x[0] < rank]
        parents = tuple(index for _, index in self.items)
        kind = "note" if self.made.text[start] == "※" else "item"
        spans = list(sentences(self.made.text, start, end))
        head = self._segment(kind, *spans[0], parents)
        for span in spans[1:]:
            self._segment(kind, *span, (*parents, head))
        self.items.append((rank, head))

    def _paragraph_parents(self) -> tuple[int, ...]:
        """The open items if the last reads like a heading (2)「基本計画」樹立); else plain text ends the list."""
        if self.items:
            last = self.made.segments[self.items[-1][1]]
            text = self.made.text[last.start : last.end]
            if len(text) > 60 or text.endswith("。") or "※" in text[:3]:
                self.items = []
        return tuple(index for _, index in self.items)

    def _sentences(self, kind: str, start: int, end: int, parents: tuple[int, ...]) -> None:
        for span in sentences(self.made.text, start, end):
            self._segment(kind, *span, parents)
