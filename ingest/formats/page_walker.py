"""The lines of a web page's main content: headings, paragraphs, list items with their marks, tables with their spans."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.document import Omission
from ingest.text.cleaning import Line
from ingest.text.told_tables import GridCell, grid_of, table_lines

NEVER = {"script", "style", "noscript", "template", "iframe", "object", "embed", "head", "canvas", "audio", "video", "select", "textarea", "button", "map"}
FRAME_TAGS = {"nav", "aside", "form", "menu"}
FRAME_ROLES = {"navigation", "search", "banner", "complementary", "contentinfo"}
FRAME_NAMES = re.compile(r"(?:^|[\s_-])(?:g?nav|navi|navigation|gnavi?|lnavi?|menu|breadcrumbs?|topic-?path|pankuzu|side(?:bar)?|sns|share|social|footer|header|skip|search|banner|cookie|pagetop|print)(?:$|[\s_-])", re.I)
BLOCKS = {"address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
DEEPEST = 200


@dataclass
class PageWalker:
    """Walks over the page once; ``main`` is the element whose text stays."""

    main: Any
    lines: list[Line] = field(default_factory=list)
    left_out: list[Omission] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    tables: int = 0
    uses_blanks: bool = False
    mark: str = ""
    indent: int = 0

    def read(self, tree: Any) -> list[Line]:
        """The lines of the main content; what stands outside it is left out with the first of them."""
        paragraphs = list(self.main.iter("p"))
        empty = sum(not "".join(p.itertext()).strip() for p in paragraphs)
        self.uses_blanks = empty > 2 and empty >= 0.1 * len(paragraphs)
        outside = [text for text in _outside(tree, self.main) if text]
        self._element(self.main, 0)
        self._end()
        head = [Line("", 0, left_out=tuple(Omission(text, "navigation") for text in outside))]
        return [*head, *self.lines, Line("", 0, left_out=tuple(self.left_out))]

    def _element(self, element: Any, depth: int) -> None:
        tag = element.tag
        if not isinstance(tag, str) or depth > DEEPEST:
            return
        if tag in NEVER or (element is not self.main and _is_frame(element)):
            self._leave_out(element)
        elif re.fullmatch("h[1-6]", tag):
            self._heading(element, int(tag[1]))
        elif tag == "table" and _is_data(element):
            self._table(element)
        elif tag == "br":
            self._end()
        elif tag == "pre":
            self._end()
            self.lines += [Line(line.rstrip(), len(line) - len(line.lstrip())) for line in element.text_content().split("\n")]
        elif tag in BLOCKS:
            self._block(element, depth)
        else:
            self._inside(element, depth)

    def _inside(self, element: Any, depth: int) -> None:
        self.text.append(element.text or "")
        for child in element:
            self._element(child, depth + 1)
            self.text.append(child.tail or "")

    def _block(self, element: Any, depth: int) -> None:
        self._end()
        tag = element.tag
        if tag in ("ul", "ol", "dl", "section", "article") or (tag == "p" and not self.uses_blanks):
            self._blank()
        before = self.indent
        if tag == "li":
            self.mark = _mark(element)
        if tag in ("ul", "ol"):
            self.indent += 2 if any(a.tag == "li" for a in element.iterancestors()) else 0
        if tag == "p" and not "".join(element.itertext()).strip():
            self.lines.append(Line("", 0))
        self._inside(element, depth)
        self._end()
        self.indent = before
        if tag in ("ul", "ol", "dl", "section", "article"):
            self._blank()

    def _heading(self, element: Any, level: int) -> None:
        self._end()
        text = " ".join(element.text_content().split())
        if text:
            self._blank()
            self.lines += [Line(text, 0, level, is_styled=True), Line("", 0)]

    def _table(self, table: Any) -> None:
        self._end()
        self.tables += 1
        caption = table.find("caption")
        if caption is not None:
            self.lines += [Line("", 0), Line(" ".join(caption.text_content().split()), 0)]
        rows = [[_cell(c) for c in row if c.tag in ("td", "th")] for row in _rows(table)]
        heads = {id(row) for head in table.iter("thead") for row in head.iter("tr")}
        marked = [[GridCell(c.text, c.columns, c.rows, c.is_heading or id(row) in heads) for c in cells] for row, cells in zip(_rows(table), rows, strict=True)]
        self.lines += [Line("", 0), *table_lines(grid_of(marked), self.tables), Line("", 0)]

    def _leave_out(self, element: Any) -> None:
        text = " ".join(element.text_content().split())
        if text and element.tag not in ("head", "script", "style"):
            self.left_out.append(Omission(text, "navigation"))

    def _end(self) -> None:
        """End the line that inline text has made."""
        text, self.text = "".join(self.text), []
        shown = re.sub(r"[ \t\r\n\f]+", " ", text).strip(" ")
        if not shown.strip():
            return
        indent = len(shown) - len(shown.lstrip("\xa0\u3000"))
        mark, self.mark = self.mark, ""
        self.lines.append(Line(f"{mark} {shown}" if mark else shown.strip("\xa0\u3000"), self.indent + indent))

    def _blank(self) -> None:
        if self.lines and not self.lines[-1].is_blank:
            self.lines.append(Line("", 0))


def _is_frame(element: Any) -> bool:
    """Whether an element is part of the site and not of what the page says."""
    if element.tag in FRAME_TAGS or element.get("role") in FRAME_ROLES or element.get("aria-hidden") == "true":
        return True
    if element.tag in ("header", "footer"):
        return not any(a.tag in ("article", "main", "section") for a in element.iterancestors())
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(FRAME_NAMES.search(names)) and len(element.text_content()) < 2000 and element.find(".//h1") is None


def _is_data(table: Any) -> bool:
    """Whether a table holds data; one that holds another, or that has one column, only places things."""
    if table.get("role") in ("presentation", "none") or table.find(".//table") is not None:
        return False
    return any(len(row) > 1 for row in _rows(table)) and next(table.iter("h1", "h2", "h3"), None) is None


def _rows(table: Any) -> list[Any]:
    return list(table.iter("tr"))


def _cell(cell: Any) -> GridCell:
    for br in cell.iter("br", "p", "li", "div", "dt", "dd"):
        br.tail = f" {br.tail or ''}"
    text = "".join(_said(cell))
    return GridCell(" ".join(text.split()), _span(cell.get("colspan")), _span(cell.get("rowspan")), cell.tag == "th")


def _said(element: Any) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in NEVER:
        yield element.text or ""
        for child in element:
            yield from _said(child)
            yield child.tail or ""


def _span(value: str | None) -> int:
    return min(max(int(value), 1), 1000) if value and value.strip().isascii() and value.strip().isdigit() else 1


def _mark(item: Any) -> str:
    """What a browser shows before an item."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "•"
    n = sum(1 for before in item.itersiblings("li", preceding=True)) + 1
    start = parent.get("start") or "1"
    return f"{n + int(start) - 1 if start.isdigit() and len(start) < 6 else n}."


def _outside(tree: Any, main: Any) -> Iterator[str]:
    """The text of what stands beside the main element and around it."""
    for element in [main, *main.iterancestors()]:
        for sibling in [*element.itersiblings(preceding=True), *element.itersiblings()]:
            if isinstance(sibling.tag, str) and sibling.tag not in ("head", "script", "style"):
                yield " ".join("".join(_said(sibling)).split())
