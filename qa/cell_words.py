"""How cells and rows of tables read: labels, value and unit in one phrase."""

import re

from ingest.document import Cell, Document, Segment

VALUE_AND_BRACKET = re.compile(r"([^()（）]*\d[^()（）]*?)(\s*[(（][^()（）]*[)）])")
QUALIFIER = re.compile(r"\s*(以上|以下|以内|未満|超|程度|前後|余り?)$")


def joined(text: str) -> str:
    """A label or cell in one piece: blanks that a broken line left between Japanese characters are dropped."""
    text = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)
    return re.sub(r"\s+", " ", text).strip()


def in_words(cell: Cell) -> str:
    """The cell as a phrase with row, column and unit: 「市内バス: 7,380台」, 「電話(2023 年): 591,784件」."""
    column = re.sub(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$", "", joined(cell.column_path[-1])) if cell.column_path else ""
    row = joined(cell.row_path[-1]).lstrip("・ ") if cell.row_path else ""
    label = f"{row}({column})" if row and column else row or column
    return f"{label}: {_with_unit(cell)}"


def row_in_words(document: Document, segment: Segment) -> str:
    """A whole row with its columns: 「国土交通部: 2025 年度予算額 約 5,000 億~1 兆ウォン、重点配分 …」."""
    table = next((t for t in document.tables if t.start <= segment.start < t.end), None)
    cells = [c for c in table.cells if segment.start <= c.start and c.end <= segment.end and not c.is_label] if table else []
    if not cells:
        return joined(document.text[segment.start : segment.end])
    caption = re.sub(r"^\s*(【[^】]*】|\d+[).]\s*)", "", (document.sections[segment.section].path or ("",))[-1])
    label = joined(cells[0].row_path[-1]).lstrip("・ ") if cells[0].row_path else joined(caption)
    values = "、".join(f"{_column_label(c)} {_with_unit(c)}".strip() for c in cells)
    return f"{label}: {values}" if label else values


def _column_label(cell: Cell) -> str:
    """The innermost heading without the unit behind it, which stands behind the value."""
    label = joined(cell.column_path[-1]) if cell.column_path else ""
    return re.sub(rf"\s*[(\uff08]{re.escape(cell.unit)}[)\uff09]$", "", label) if cell.unit else label


def _with_unit(cell: Cell) -> str:
    """The cell's text with its unit, which stands before a bracket or qualifier at the end: 「82.5 億ウォン (20/37.5/25)」, 「約 1,000 億ウォン未満」."""
    text, unit = joined(cell.text), cell.unit or ""
    apart = VALUE_AND_BRACKET.fullmatch(text)
    value, bracket = apart.groups() if apart else (text, "")
    qualifier = QUALIFIER.search(value)
    number, behind = (value[: qualifier.start()], qualifier.group()) if qualifier else (value, "")
    return f"{number}{'' if number.endswith(unit) or value.endswith(unit) else unit}{behind}{bracket}"
