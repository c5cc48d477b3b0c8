"""Spans of a document as HTML: lines, headings, list items and tables, with what is cited and what is suspect marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from ingest.document import Document, Segment, Table
from qa import texts

Span = tuple[int, int]

LINE = re.compile(r"[^\n]+")
NUMBER = re.compile(r"^[\d,.\s%‐△▲+-]+$")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A table cell as it stands in the text; ``columns`` is how many columns it spans."""

    start: int
    end: int
    columns: int = 1


class Body:
    """Renders spans of one document; offsets of the text stay traceable because nothing is reordered within a cell or line."""

    def __init__(self, document: Document, cited: Span | None = None, is_page: bool = False, focus: Span | None = None) -> None:
        self.document, self.text, self.cited, self.is_page, self.focus = document, document.text, cited, is_page, focus
        self.segments = {segment.start: segment for segment in document.segments}
        self.pages = {page.start: page.number for page in document.pages} if is_page else {}
        self.labels = {cell.start for table in document.tables for cell in table.cells if cell.is_label}

    def html(self, start: int, end: int) -> str:
        """``text[start:end]`` as paragraphs, headings, list items and tables."""
        parts: list[str] = []
        for table in sorted(self.document.tables, key=lambda t: t.start):
            if table.start < end and table.end > start:
                parts += self._lines(start, table.start)
                parts.append(self._page_start(table.start))
                parts.append(self._table(table, start, end))
                start = table.end
        return "".join([*parts, *self._lines(start, end)])

    def marked(self, start: int, end: int) -> str:
        """``text[start:end]`` escaped, the cited span in ``<mark>`` with what it is cited for stronger, suspected faults underlined."""
        spans = [(s.start, s.end) for s in self.document.suspicions] + [span for span in (self.cited, self.focus) if span]
        cuts = sorted({start, end} | {point for span in spans for point in span if start < point < end})
        return "".join(self._piece(a, b) for a, b in pairwise(cuts))

    def _piece(self, start: int, end: int) -> str:
        html = escape(self.text[start:end])
        reasons = [s.reason for s in self.document.suspicions if s.start <= start and end <= s.end]
        if reasons:
            html = f'<span class="suspect" title="{escape("、".join(reasons))}">{html}</span>'
        if not self.cited or start < self.cited[0] or end > self.cited[1]:
            return html
        anchor = ' id="cited"' if self.is_page and start == self.cited[0] else ""
        if self.focus and self.focus[0] <= start and end <= self.focus[1]:
            html = f"<strong>{html}</strong>"
        return f"<mark{anchor}>{html}</mark>"

    def _lines(self, start: int, end: int) -> Iterator[str]:
        for match in LINE.finditer(self.text, start, max(start, end)):
            if match.group().strip():
                yield self._page_start(match.start())
                yield self._line(match.start(), match.end())

    def _page_start(self, start: int) -> str:
        """The number of the page that begins there."""
        number = self.pages.get(start)
        return f'<p class="page-start" id="page-{number}"><span>{number}ページ</span></p>' if number else ""

    def _line(self, start: int, end: int) -> str:
        segment = self.segments.get(start)
        tag, classes = self._tag(segment)
        if start > 0 and self.text[max(0, start - 2) : start] != "\n\n":
            classes += " tight"
        anchor = f' id="at-{start}"' if self.is_page and tag != "p" else ""
        return f'<{tag}{anchor} class="{classes}">{self.marked(start, end)}</{tag}>'

    def _tag(self, segment: Segment | None) -> tuple[str, str]:
        if segment is None:
            return "p", "line"
        if segment.kind == "heading":
            level = len(self.document.sections[segment.section].path) if self.document.sections else 1
            return (f"h{min(level + 1, 6)}" if self.is_page else "p"), f"heading level-{min(level, 5)}"
        return "p", f"line {segment.kind} depth-{min(len(segment.parents), 4)}"

    def _table(self, table: Table, start: int, end: int) -> str:
        rows = [self._cells(match.start(), match.group()) for match in LINE.finditer(self.text, table.start, table.end)]
        head, body = ([row for row in rows if (row[0].start < table.header_end) == is_head] for is_head in (True, False))
        width = max((i + 1 for row in [*body, *head[-1:]] for i, cell in enumerate(row) if cell.end > cell.start), default=1)
        merged = [merge_header(row, width, table, self.text) for row in head[:-1]] + [row[:width] for row in head[-1:]]
        within = [row for row in body if row[-1].end > start and row[0].start < end] or body[:1]
        shown = [row[:width] for row in within]
        header = "".join(f"<tr>{''.join(self._cell(cell, 'col') for cell in row)}</tr>" for row in merged)
        content = "".join(f"<tr>{''.join(self._cell(cell, 'row' if cell.start in self.labels else '') for cell in row)}</tr>" for row in shown)
        return f'<div class="table-box" tabindex="0" role="group" aria-label="表"><table style="--columns: {width}">{self._caption(table, start)}<thead>{header}</thead><tbody>{content}</tbody></table></div>'

    def _caption(self, table: Table, start: int) -> str:
        if self.is_page or not table.unit or table.unit in self.text[start : table.start]:
            return ""
        as_of = f"、{texts.date_words(table.as_of)}時点" if table.as_of else ""
        return f"<caption>単位: {escape(table.unit)}{as_of}</caption>"  # it stands above the table, outside of what is shown

    def _cells(self, start: int, line: str) -> list[TableCell]:
        cells = []
        for part in line.split("\t"):
            inner = start + len(part) - len(part.lstrip())
            cells.append(TableCell(inner, max(inner, start + len(part.rstrip()))))
            start += len(part) + 1
        return cells

    def _cell(self, cell: TableCell, scope: str) -> str:
        tag = "th" if scope and cell.end > cell.start else "td"
        attributes = f' scope="{scope}group"' if cell.columns > 1 else f' scope="{scope}"' if tag == "th" else ""
        attributes += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
        attributes += ' class="number"' if NUMBER.match(self.text[cell.start : cell.end]) else ""
        return f"<{tag}{attributes}>{self.marked(cell.start, cell.end)}</{tag}>"


def merge_header(row: Sequence[TableCell], width: int, table: Table, text: str) -> list[TableCell]:
    """An upper header row with each cell over the columns whose path names it; cells that no path names keep a place."""
    filled = [cell for cell in row if cell.end > cell.start]
    paths = {cell.column: cell.column_path for cell in table.cells}

    def owner(column: int) -> TableCell | None:
        return next((cell for cell in filled if any(step.startswith(text[cell.start : cell.end]) for step in paths.get(column, ())[:-1])), None)

    groups = [(cell, len(list(columns))) for cell, columns in groupby(range(width), owner)]
    left = [cell for cell in filled if cell not in {owned for owned, _ in groups}]
    merged: list[TableCell] = []
    for place, (cell, columns) in enumerate(groups):
        if cell is None and left and place > 0:
            cell, left = TableCell(left[0].start, left[-1].end), []
        merged.append(TableCell(cell.start, cell.end, columns) if cell else TableCell(row[0].start, row[0].start, columns))
    return merged + left
