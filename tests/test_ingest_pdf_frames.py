"""What a page of a PDF shows: white text only on coloured ground, the head of a slip above its table, boxes from the top."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pdf_fixtures import FONT, Draw, lines, pdf, together
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Document
from ingest.documents import read_documents
from ingest.formats.formats import FileData, read_here
from ingest.sources import Source

ITEMS = [("品名", "数量", "金額"), ("イワシ", "5", "900円"), ("サンマ", "2", "600円"), ("イナダ", "3", "1,200円")]
WHITE, DARK = HexColor(0xFFFFFF), HexColor(0x404040)


def read(data: bytes) -> Document:
    (document,) = read_documents(Source(Path("a.pdf"), "a.pdf", kind="report"), read_here(FileData("a.pdf", data)))
    return document


def white(text: str, mode: int = 0) -> Draw:
    """White text at one place, with or without an outline in the colour of lines."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(WHITE)
        written = canvas.beginText(100, 600)
        written.setFont(FONT, 14)
        written.setTextRenderMode(mode)
        written.textOut(text)
        canvas.drawText(written)
        canvas.setFillColor(HexColor(0))

    return draw


def box(colour: HexColor) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(colour)
        canvas.rect(90, 590, 300, 30, stroke=0, fill=1)
        canvas.setFillColor(HexColor(0))

    return draw


def gradient(canvas: Canvas) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(90, 590, 300, 30)
    canvas.clipPath(path, stroke=0)
    canvas.linearGradient(90, 590, 390, 590, (DARK, HexColor(0x3060A0)))
    canvas.restoreState()


def picture(canvas: Canvas) -> None:
    """A scan: text laid under its picture is often white."""
    file = io.BytesIO()
    Image.new("RGB", (300, 30), "white").save(file, "PNG")
    canvas.drawImage(ImageReader(file), 90, 590, 300, 30)


def frame(canvas: Canvas) -> None:
    """A border that is drawn as a filled shape, a sheet of white paper in it."""
    canvas.setFillColor(DARK)
    canvas.rect(88, 588, 304, 34, stroke=0, fill=1)
    canvas.setFillColor(WHITE)
    canvas.rect(90, 590, 300, 30, stroke=0, fill=1)
    canvas.setFillColor(HexColor(0))


def nothing(canvas: Canvas) -> None:
    return None


@pytest.mark.parametrize("ground", [nothing, box(WHITE), frame])
def test_white_text_on_white_is_left_out_and_recorded(ground: Callable[[Canvas], None]) -> None:
    document = read(pdf(together(lines(["図書館の利用の案内を次に示す。"]), ground, white("No. 12345678"))))
    assert "1234" not in document.text and "図書館の利用の案内" in document.text
    assert [(o.text, o.reason) for o in document.omissions] == [("No. 12345678", "unseen")]


@pytest.mark.parametrize("ground", [box(DARK), box(HexColor(0xFFE680)), gradient, picture])
def test_white_text_on_a_ground_is_read(ground: Callable[[Canvas], None]) -> None:
    document = read(pdf(together(lines(["図書館の利用の案内を次に示す。"]), ground, white("入荷の記録の作成"))))
    assert "入荷の記録の作成" in document.text and not document.omissions


def test_white_letters_with_an_outline_are_read() -> None:
    assert "入荷の記録の作成" in read(pdf(together(lines(["図書館の利用の案内を次に示す。"]), white("入荷の記録の作成", mode=2)))).text


def slip(top: float, title: str) -> Draw:
    """A slip of paper: its title and date in a box over the whole width, the ruled rows below."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 11)
        canvas.drawString(180, top - 20, title)
        canvas.drawString(110, top - 40, "2014年8月27日")
        for y in (top, *(top - 50 - 20 * n for n in range(len(ITEMS) + 1))):
            canvas.line(100, y, 400, y)
        bottom = top - 50 - 20 * len(ITEMS)
        for x in (100, 400):
            canvas.line(x, bottom, x, top)
        for x in (200, 300):
            canvas.line(x, bottom, x, top - 50)
        for n, row in enumerate(ITEMS):
            for m, text in enumerate(row):
                canvas.drawString(110 + 100 * m, top - 65 - 20 * n, text)

    return draw


def test_the_head_of_a_slip_introduces_its_table() -> None:
    document = read(pdf(slip(700, "納品書(控)")))
    (table,) = document.tables
    assert [(c.row_path, c.column_path, c.text) for c in table.cells if not c.is_label][:2] == [(("イワシ",), ("数量",), "5"), (("イワシ",), ("金額",), "900円")]
    assert document.text[table.start : table.header_end] == "品名\t数量\t金額"
    assert "納品書(控)" in table.introduction and "2014年8月27日" in table.introduction
    assert document.text.index("納品書(控)") < document.text.index("2014年8月27日") < table.start


def test_a_title_over_two_columns_of_three_stays_a_heading() -> None:
    def ruled(canvas: Canvas) -> None:
        canvas.setFont(FONT, 11)
        for left, y, text in [(110, 685, "品名"), (250, 685, "令和5年度"), *((110 + 100 * m, 665 - 20 * n, text) for n, row in enumerate([("", "数量", "金額"), *ITEMS[1:]]) for m, text in enumerate(row))]:
            canvas.drawString(left, y, text)
        for y in range(600, 701, 20):
            canvas.line(200 if y == 680 else 100, y, 400, y)
        for x in (100, 200, 300, 400):
            canvas.line(x, 600, x, 680 if x == 300 else 700)

    (table,) = read(pdf(ruled)).tables
    assert [c.column_path for c in table.cells if c.text == "900円"] == [("令和5年度", "金額")]


def test_boxes_with_tables_are_read_from_the_top() -> None:
    """The file writes the lower box first, its headings in between."""

    def framed(canvas: Canvas) -> None:
        for y in (360, 620):
            canvas.rect(80, y - 150, 440, 250)

    document = read(pdf(together(framed, lines(["入荷の記録を保存する"], left=100, top=420), slip(400, "請求書"), lines(["入荷の記録を作成する"], left=100, top=690), slip(670, "納品書"))))
    places = [document.text.index(text) for text in ("記録を作成", "納品書", "記録を保存", "請求書")]
    assert places == sorted(places) and len(document.tables) == 2
