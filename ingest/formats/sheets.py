"""Sheets as lines: Excel files by openpyxl and files of separated values. A sheet is a section, a block of cells in it a table."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml import etree

from ingest.content import Content, FileData, Progress
from ingest.errors import InputError
from ingest.formats.archive import check_package
from ingest.formats.shown import shown
from ingest.text.cleaning import Line
from ingest.text.told_tables import MOST_COLUMNS, Grid, GridCell, table_lines

MOST_CELLS = 500_000  # with something in them; more are a database, whose rows nobody cites
MOST_ROWS = 1_100_000  # what a sheet can have
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SEPARATORS = (",", "\t", ";", "|")
Row = tuple[int, list[str]]  # number from 1, what the cells show
Merge = tuple[int, int, int, int]  # first row and column, last row and column, from 1


def read_workbook(file: FileData, progress: Progress) -> Content:
    """The content of a .xlsx: its visible sheets; formulas are never executed, what they gave when the file was saved is read."""
    import openpyxl

    check_package(file)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(file.data), read_only=True, data_only=True)
    except Exception as error:
        raise InputError(f"{file.name}: Excel ファイルが壊れていて読めません。Excel で開いて保存し直してから追加してください") from error
    lines: list[Line] = []
    warnings: list[str] = []
    tables, left, sheets = 0, MOST_CELLS, list(workbook.worksheets)
    for n, sheet in enumerate(sheets, 1):
        progress(n, len(sheets))
        if sheet.sheet_state != "visible":
            warnings.append(f"非表示のシート「{sheet.title}」は読み込んでいません")
            continue
        rows, left = _counted(file, _rows(sheet), left)
        merges, unknown = _merges(workbook, sheet)
        if unknown:
            warnings.append(f"シート「{sheet.title}」に計算結果が保存されていない数式が {unknown} 個あり、空欄として扱いました")
        made, tables = sheet_lines(rows, merges, tables)
        lines += [Line("", 0), Line(sheet.title.strip(), 0, 1, is_styled=True), Line("", 0), *made] if made else []
    return _content(file, lines, " ".join((workbook.properties.title or "").split()), tuple(warnings), " ".join((workbook.properties.creator or "").split()))


def read_separated(file: FileData, text: str) -> Content:
    """The content of separated values; a cell that looks like a formula is text as any other."""
    csv.field_size_limit(10_000_000)
    separator = _separator(text)
    try:
        rows, _ = _counted(file, ((n, [cell.strip() for cell in row]) for n, row in enumerate(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator), 1)), MOST_CELLS)
    except csv.Error as error:
        raise InputError(f"{file.name}: 表(CSV)として読めません({error})。区切りと引用符を確かめてください") from error
    made, _ = sheet_lines(rows, [], 0)
    return _content(file, made, "", (), "")


def _separator(text: str) -> str:
    """The separator by which most lines at the beginning have equally many cells, more than one."""
    head = "\n".join(text[:100_000].splitlines()[:50])

    def evenness(separator: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator) if row]
        except csv.Error:
            return 0.0, 0
        common = max(set(widths), key=widths.count, default=1)
        return (widths.count(common) / len(widths) if common > 1 else 0.0), common

    return max(SEPARATORS, key=evenness)


def _content(file: FileData, lines: list[Line], stated: str, warnings: tuple[str, ...], author: str) -> Content:
    said = [line for line in lines if line.text]
    if not said:
        raise InputError(f"{file.name}: 読めるセルがありません(空の表です)")
    text = next((line.text for line in said if not line.row and not line.level), "")
    title = stated if stated and any(stated in line.text for line in said[:20]) else text if 4 <= len(text) <= 60 else file.stem
    return Content(tuple(lines), title, "report", author, warnings=warnings)


def _counted(file: FileData, rows: Iterable[Row], left: int) -> tuple[list[Row], int]:
    """The rows in which something stands; raises InputError beyond ``left`` cells."""
    kept = []
    for number, cells in rows:
        count = sum(bool(cell) for cell in cells)
        if number > MOST_ROWS or count > left:
            raise InputError(f"{file.name}: 表が大きすぎます(上限 {MOST_CELLS:,} セル)。必要な範囲だけを別のファイルにして追加してください")
        left -= count
        if count:
            kept.append((number, cells[:MOST_COLUMNS]))
    return kept, left


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), 1):
        yield number, ["" if cell.value is None else " ".join(shown(cell.value, cell.number_format or "General").split()) for cell in row]


def _merges(workbook: Any, sheet: Any) -> tuple[list[Merge], int]:
    """The merged ranges of a sheet, and how many formulas have no result; openpyxl's reading by rows tells neither."""
    from openpyxl.utils.cell import range_boundaries

    merges: list[Merge] = []
    unknown = 0
    with workbook._archive.open(sheet._worksheet_path) as part:
        for _, element in etree.iterparse(part, tag=(f"{SHEET}c", f"{SHEET}mergeCell", f"{SHEET}row"), resolve_entities=False, no_network=True):
            if element.tag == f"{SHEET}c":
                value = element.find(f"{SHEET}v")
                unknown += element.find(f"{SHEET}f") is not None and (value is None or not value.text)
                continue
            if element.tag == f"{SHEET}mergeCell":
                left, top, right, bottom = range_boundaries(element.get("ref") or "A1")
                merges.append((top, left, bottom, right))
            element.clear()
    return merges, unknown


def sheet_lines(rows: Sequence[Row], merges: Sequence[Merge], tables: int) -> tuple[list[Line], int]:
    """The lines of a sheet, blocks parted by blank rows, and how many tables there are by now."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges}
    made: list[Line] = []
    for block in _blocks(rows, merges):
        head, body = _parted(block, spans)
        made += [Line("", 0), *(Line(next(filter(None, cells)), 0) for _, cells in head)]
        if body:
            tables += 1
            grid: Grid = [[GridCell(cell, *spans.get((n, c), (1, 1))[::-1]) for c, cell in enumerate(cells, 1)] for n, cells in body]
            made += [Line("", 0), *table_lines(grid, tables)]
    return made, tables


def _blocks(rows: Sequence[Row], merges: Sequence[Merge]) -> Iterator[list[Row]]:
    """Rows that follow each other without a blank one, or with one that merged cells cover."""
    covered = {n for top, _, bottom, _ in merges if bottom - top < 1000 for n in range(top + 1, bottom + 1)}
    block: list[Row] = []
    for number, cells in rows:
        if block and not all(n in covered for n in range(block[-1][0] + 1, number)):
            yield block
            block = []
        block.append((number, cells))
    if block:
        yield block


def _parted(block: list[Row], spans: dict[tuple[int, int], tuple[int, int]]) -> tuple[list[Row], list[Row]]:
    """Lines of text above a table (a single cell each), and its rows; a block of single cells is text alone."""
    first = next((i for i, (_, cells) in enumerate(block) if sum(map(bool, cells)) > 1), len(block))
    return block[:first], block[first:]
