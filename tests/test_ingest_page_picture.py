"""A PDF's page as a picture: where a quote stands on it, whatever the page's setting, and nothing where it doesn't."""

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pdf_fixtures import FONT, PUBLIC, lines, needs_public_files, pdf, together, written
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats.formats import load_file, read_here
from ingest.pdf.page_picture import is_pdf, marks_of, page_picture
from ingest.sources import Source

FIRST, SECOND = "札幌市は図書館を建て替えると発表した。", "費用は20億円で、工事は3年かかる。"


def boxes(data: bytes, quote: str, before: str = "") -> list[tuple[float, float, float, float]]:
    """The marks (left, right, bottom, top) on the first page."""
    return marks_of(pdfium.PdfDocument(data)[0], quote, before)


def test_a_line_is_marked_where_it_was_drawn() -> None:
    (mark,) = boxes(pdf(lines([FIRST, SECOND], left=100, top=700, size=12)), SECOND)
    assert (mark[0], mark[2]) == (pytest.approx(100, abs=1), pytest.approx(682, abs=5)) and mark[3] - mark[2] < 16 and 250 < mark[1] < 320


def test_a_sentence_over_lines_gets_a_mark_for_each() -> None:
    marks = boxes(pdf(lines(["市は図書館を", "建て替える。"], left=100, top=700)), "図書館を建て替える。")
    assert [round(mark[0]) for mark in marks] == [124, 100] and marks[0][2] > marks[1][3] - 3


def test_cells_of_a_row_are_marked_each() -> None:
    row = together(lines(["北区"], left=72), lines(["12,345人"], left=200), lines(["8.8%"], left=330), lines(["8.8%"], left=330, top=600))
    marks = boxes(pdf(row), "北区\t12,345人\t8.8%")
    assert [round(mark[0]) for mark in marks] == [72, 200, 330] and max(mark[2] for mark in marks) - min(mark[2] for mark in marks) < 3


def test_of_equal_lines_the_one_that_follows_the_same_text_is_marked() -> None:
    data = pdf(lines(["合計 12人", "市外", "合計 12人"], top=700))
    assert [round(boxes(data, "合計 12人", before)[0][3]) for before in ("", "合計 12人\n市外\n")] == [pytest.approx(710, abs=6), pytest.approx(674, abs=6)]


def test_a_turned_page_is_marked_as_it_is_shown() -> None:
    def landscape(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        canvas.setFont(FONT, 12)
        canvas.drawString(100, -50, FIRST)

    (mark,) = boxes(pdf(landscape), FIRST)
    assert (mark[0], mark[2]) == (pytest.approx(100, abs=1), pytest.approx(842 - 50, abs=4)) and mark[1] > 300


@pytest.mark.parametrize("quote", ["", " \n", "ここにはない文である。", "令和8年"])
def test_what_does_not_stand_there_is_not_marked(quote: str) -> None:
    assert boxes(pdf(lines([FIRST, SECOND])), quote) == []


def test_the_picture_shows_the_page_and_shares_of_it(tmp_path: Path) -> None:
    source = Source(written(tmp_path / "a.pdf", pdf(lines([FIRST]), lines([SECOND], left=100, top=421), password="")), "a.pdf")
    shown = page_picture(source, 2, SECOND)
    picture = Image.open(io.BytesIO(shown.jpeg))
    ((left, top, width, height),) = shown.marks
    assert picture.size == (shown.width, shown.height) and shown.pages == 2 and shown.width == pytest.approx(1100, abs=2)
    assert left == pytest.approx(100 / 595, abs=0.01) and top == pytest.approx(0.49, abs=0.02) and width < 0.5 and height < 0.03
    marked = picture.convert("L").crop((int(left * shown.width), int(top * shown.height), int((left + width) * shown.width), int((top + height) * shown.height)))
    assert marked.getextrema()[0] < 60, "letters stand under the mark"


def test_a_page_that_is_not_there_and_a_broken_file_are_told(tmp_path: Path) -> None:
    source = Source(written(tmp_path / "a.pdf", pdf(lines([FIRST]))), "a.pdf")
    with pytest.raises(InputError, match="9ページはありません"):
        page_picture(source, 9)
    with pytest.raises(InputError, match="表示できません"):
        page_picture(Source(written(tmp_path / "b.pdf", b"%PDF-1.7 broken"), "b.pdf"), 1)
    assert page_picture(source, 1, FIRST).marks, "the next one is drawn"


def test_only_the_pdf_that_was_read_has_a_picture(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf", pdf(lines([FIRST])))
    read = Source(path, "a.pdf", sha256=load_file(path).sha256)
    assert is_pdf(read) and not is_pdf(Source(written(tmp_path / "a.txt", b"text"), "a.txt")) and not is_pdf(Source(tmp_path / "none.pdf", "none.pdf"))
    written(path, pdf(lines([SECOND])))
    assert not is_pdf(read)


@needs_public_files
def test_what_is_read_of_public_files_is_found_on_their_pages() -> None:
    """Text that was recognised has no place; every fourth segment of three files."""
    found = total = 0
    for name in ("1c202401.pdf", "r04_04_03.pdf", "01point.pdf"):
        opened, path = pdfium.PdfDocument(PUBLIC / name), PUBLIC / name
        (document,) = read_documents(Source(path, name, kind="report"), read_here(load_file(path)))
        for segment in document.segments[::4]:
            number = document.page_at(segment.start)
            assert number is not None
            total, found = total + 1, found + bool(marks_of(opened[number - 1], document.text[segment.start : segment.end]))
    assert total > 100 and found >= 0.98 * total
