"""The body of a Word file as lines: paragraphs with their headings and list marks, tables with merged cells, footnotes, text boxes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.formats.numbering import Numbering, W
from ingest.text.cleaning import Line
from ingest.text.told_tables import Grid, GridCell, table_lines

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
HEADING_STYLE = re.compile(r"^(?:heading|見出し)\s*([1-9])", re.I)
TITLE_STYLE = re.compile(r"^(title|表題)$", re.I)
SKIPPED = {f"{W}{tag}" for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "comment")} | {f"{MC}Fallback"}
HEADING_LEVELS = 6
DEEPEST = 40  # nested tables and text boxes


@dataclass
class WordBody:
    """Walks over the body once; what stands outside the flow (text boxes, notes) comes behind the paragraph that holds it."""

    styles: dict[str, tuple[str, str]]  # id: name, the style it is based on
    style_numbers: dict[str, tuple[str, int]]
    numbering: Numbering
    notes: dict[tuple[str, str], Any]
    lines: list[Line] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)
    tables: int = 0
    title: str = ""
    uses_blanks: bool = False

    def body(self, element: Any, depth: int = 0) -> None:
        """Read the paragraphs and tables of an element in order."""
        if depth > DEEPEST:
            return
        for child in element:
            if child.tag == f"{W}p":
                self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag not in SKIPPED and isinstance(child.tag, str):
                self.body(child, depth + 1)  # content controls, insertions, text box content

    def _paragraph(self, p: Any, depth: int) -> None:
        text = self.text(p)
        style, level = self._style(p)
        if TITLE_STYLE.match(style) and text.strip() and not self.title:
            self.title = " ".join(text.split())
            level = 1
        mark, indent = self._mark(p)
        if (not self.uses_blanks and not mark) or level:
            self.lines.append(Line("", 0))
        for n, part in enumerate(text.split("\n")):
            shown = f"{mark} {part.strip()}" if mark and not n and part.strip() else part
            self.lines.append(Line(shown.rstrip(), indent, level if part.strip() else 0, is_styled=level > 0))
        if level:
            self.lines.append(Line("", 0))
        self._outside(depth)

    def _outside(self, depth: int) -> None:
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.body(box, depth + 1)
        noted, self.noted = self.noted, []
        for kind, id_ in noted:
            if (kind, id_) in self.notes:
                said = " ".join(self.text(p).strip() for p in self.notes[kind, id_].iter(f"{W}p"))
                self.lines.append(Line(f"注{id_}) {' '.join(said.split())}", 0))

    def text(self, element: Any) -> str:
        """The text of a paragraph as it is shown: without deleted passages, readings behind their characters."""
        return "".join(self._parts(element))

    def _parts(self, element: Any) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in SKIPPED or not isinstance(tag, str):
                continue
            if tag == f"{W}t":
                yield child.text or ""
            elif tag == f"{W}tab":
                yield "\t"
            elif tag in (f"{W}br", f"{W}cr"):
                yield "\n"
            elif tag == f"{W}noBreakHyphen":
                yield "-"
            elif tag == f"{W}ruby":
                yield self._ruby(child)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                yield self._note_mark(tag, child.get(f"{W}id") or "")
            elif tag == f"{W}txbxContent":
                self.boxes.append(child)
            else:
                yield from self._parts(child)

    def _note_mark(self, tag: str, id_: str) -> str:
        self.noted.append((tag[len(W) :].removesuffix("Reference"), id_))
        return f"(注{id_})"

    def _ruby(self, ruby: Any) -> str:
        base, reading = ("".join(t.text or "" for part in ruby.findall(f"{W}{name}") for t in part.iter(f"{W}t")) for name in ("rubyBase", "rt"))
        return f"{base}({reading})" if reading.strip() else base

    def _style(self, p: Any) -> tuple[str, int]:
        """The style's name and the heading level that it, or the paragraph itself, gives (0: none)."""
        found = p.find(f"{W}pPr/{W}outlineLvl")
        if found is not None and (found.get(f"{W}val") or "9").isdigit() and int(found.get(f"{W}val") or 9) < HEADING_LEVELS:
            return "", int(found.get(f"{W}val")) + 1
        id_, first = self._style_id(p), ""
        for _ in range(10):
            name, id_ = self.styles.get(id_, ("", ""))
            first = first or name
            match = HEADING_STYLE.match(name)
            if match:
                return first, min(int(match.group(1)), HEADING_LEVELS)
            if TITLE_STYLE.match(name):
                return name, 0
            if not id_:
                break
        return first, 0

    def _style_id(self, p: Any) -> str:
        found = p.find(f"{W}pPr/{W}pStyle")
        return (found.get(f"{W}val") or "") if found is not None else ""

    def _mark(self, p: Any) -> tuple[str, int]:
        """The list mark before a paragraph, and its indent in columns."""
        number, depth = p.find(f"{W}pPr/{W}numPr/{W}numId"), p.find(f"{W}pPr/{W}numPr/{W}ilvl")
        if number is None:
            id_, level = self.style_numbers.get(self._style_id(p), ("0", 0))
        else:
            id_, level = number.get(f"{W}val") or "0", int(depth.get(f"{W}val") or 0) if depth is not None else 0
        level = min(max(level, 0), 8)
        return ("", 0) if id_ == "0" or not any((t.text or "").strip() for t in p.iter(f"{W}t")) else (self.numbering.mark(id_, level), 2 * level)

    def _table(self, table: Any) -> None:
        self.tables += 1
        made = table_lines(self._grid(table), self.tables)
        self.lines += [Line("", 0), *made, Line("", 0)]
        self._outside(1)

    def _grid(self, table: Any) -> Grid:
        """The cells where they begin; a cell that goes on downwards covers the rows below."""
        grid: Grid = []
        begun: dict[int, tuple[int, int]] = {}  # column: row and column of the cell that goes on downwards
        for r, row in enumerate(_inner(table, "tr")):
            places: list[GridCell | None] = [None] * _number(row.find(f"{W}trPr/{W}gridBefore"))
            is_heading = row.find(f"{W}trPr/{W}tblHeader") is not None
            for cell in _inner(row, "tc"):
                column, width = len(places), max(1, _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                if merge is not None and merge.get(f"{W}val") != "restart" and column in begun:
                    top = begun[column][0]
                    above = grid[top][column]
                    assert above is not None
                    grid[top][column] = GridCell(above.text, above.columns, r - top + 1, above.is_heading)
                    places += [None] * width
                    continue
                begun.pop(column, None)
                if merge is not None:
                    begun[column] = r, column
                places += [GridCell(self._cell_text(cell), width, 1, is_heading), *[None] * (width - 1)]
            grid.append(places)
        return grid

    def _cell_text(self, cell: Any) -> str:
        """The paragraphs of a cell and of tables in it, parted by blanks."""
        marked = []
        for p in cell.iter(f"{W}p"):
            mark, _ = self._mark(p)
            text = " ".join(self.text(p).split())
            marked.append(f"{mark} {text}" if mark and text else text)
        return " ".join(filter(None, marked))


def _inner(element: Any, tag: str) -> Iterator[Any]:
    """The rows or cells of a table, those in content controls too, but not those of tables inside."""
    for child in element:
        if child.tag == f"{W}{tag}":
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            yield from _inner(child, tag)


def _number(element: Any, default: int = 0) -> int:
    value = element.get(f"{W}val") if element is not None else None
    return min(int(value), 500) if value and value.isdigit() else default
