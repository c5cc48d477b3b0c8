"""Small Office files, made as their libraries make them."""

import datetime
import io
import zipfile
from collections.abc import Sequence

import docx
import openpyxl
import pptx


def saved(document: object) -> bytes:
    """The bytes of a document of one of the three libraries."""
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def filled(table: object, rows: Sequence[Sequence[str]]) -> None:
    """Write the cells of a table."""
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text  # type: ignore[attr-defined]


def word() -> bytes:
    """A release with a title, headings, lists, a table with merged headings and a contact with a tab."""
    made = docx.Document()
    made.core_properties.author, made.core_properties.title = "札幌市", "無題"
    made.add_heading("図書館の建て替えについて", 0)
    made.add_paragraph("令和6年5月1日 札幌市")
    made.add_heading("概要", 1)
    made.add_paragraph("札幌市は図書館を建て替える。")
    for text, style in (("最初の項目", "List Number"), ("次の項目", "List Number"), ("入れ子の項目", "List Bullet 2")):
        made.add_paragraph(text, style=style)
    made.add_heading("件数", 2)
    table = made.add_table(4, 4)
    filled(table, [["区分", "件数(件)", "", ""], ["", "男", "女", "計"], ["市内", "1", "2", "3"], ["市外", "4", "5", "9"]])
    table.cell(0, 1).merge(table.cell(0, 3))
    table.cell(0, 0).merge(table.cell(1, 0))
    made.add_paragraph("問い合わせ\t011-211-2111")
    made.sections[0].header.paragraphs[0].text = "札幌市の資料"
    return saved(made)


def slides() -> bytes:
    """Two slides: one with a list, a table and notes, one without text."""
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "図書館計画の概要"
    slide.placeholders[1].text = "蔵書を増やす\n席を増やす"
    slide.notes_slide.notes_text_frame.text = "予算は来月に話す。"
    table = slide.shapes.add_table(3, 3, 0, 3_000_000, 3_000_000, 1_000_000).table
    filled(table, [["年度", "件数", ""], ["令和5年度", "10件", "増"], ["令和6年度", "12件", "増"]])
    table.cell(0, 1).merge(table.cell(0, 2))
    made.slides.add_slide(made.slide_layouts[6])
    return saved(made)


def workbook() -> bytes:
    """A sheet with a caption, headings in two rows, formats and formulas without results; a hidden sheet."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "人口"
    for row in (["札幌市の人口(単位:人)"], [], ["区", "人口", None, "割合"], [None, "男", "女", None], ["中央区", 111000, 122000, 0.125], ["北区", 131000, 142000, 0.25]):
        sheet.append(row)
    sheet.append(["基準日", datetime.date(2024, 4, 1), "=1+1", '=HYPERLINK("http://example.jp")'])
    for merged in ("B3:C3", "A3:A4", "D3:D4"):
        sheet.merge_cells(merged)
    for r in (5, 6):
        sheet.cell(r, 2).number_format = sheet.cell(r, 3).number_format = "#,##0"
        sheet.cell(r, 4).number_format = "0.0%"
    sheet.cell(7, 2).number_format = '[$-411]ggge"年"m"月"d"日"'
    made.create_sheet("控え").sheet_state = "hidden"
    return saved(made)


def zip_of(files: Sequence[tuple[str, bytes | str]]) -> bytes:
    """A ZIP of named files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return file.getvalue()


def with_part(data: bytes, part: str, content: bytes | str) -> bytes:
    """An Office file with one of its parts exchanged or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist() if name != part]
    return zip_of([*parts, (part, content)])


def part_of(data: bytes, part: str) -> str:
    """The text of a part of an Office file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(part).decode()
