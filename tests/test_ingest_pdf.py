"""PDF files: every page's lines with their places, encrypted with an empty password too, and refusals in words."""

from pathlib import Path

import pytest
from pdf_fixtures import FONT, PUBLIC, lines, needs_public_files, pdf, together
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import InputError
from ingest.pdf import pdf as reading
from ingest.pdf.pdf import read_pdf

SENTENCE = "札幌市は図書館を建て替えると発表した。"


def texts(data: bytes) -> list[list[str]]:
    """The lines of each page."""
    return [[line.text for line in page.lines] for page in read_pdf(data, "a.pdf").pages]


def test_every_page_is_read_with_its_number() -> None:
    pages = read_pdf(pdf(lines([SENTENCE]), lines([]), lines(["二行の", "ページ"])), "a.pdf").pages
    assert [(page.number, [line.text for line in page.lines]) for page in pages] == [(1, [SENTENCE]), (2, []), (3, ["二行の", "ページ"])]


def test_lines_stand_where_they_were_drawn() -> None:
    (page,) = read_pdf(pdf(lines(["札幌市役所"], left=100, top=700, size=20)), "a.pdf").pages
    (line,) = page.lines
    assert (line.left, line.right, line.size) == pytest.approx((100, 200, 20), abs=0.5)
    assert line.bottom <= 700 <= line.top and page.height == pytest.approx(842)


def test_a_turned_page_is_read_as_it_is_shown() -> None:
    """/Rotate 90 over text that was drawn upwards: on the screen it runs from left to right, 50 below the upper edge, 100 from the left."""

    def landscape(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.rotate(90)
        canvas.setFont(FONT, 12)
        canvas.drawString(100, -50, "横向きの頁")

    (page,) = read_pdf(pdf(landscape), "a.pdf").pages
    (line,) = page.lines
    assert (line.text, line.left, page.height) == ("横向きの頁", pytest.approx(100, abs=0.5), pytest.approx(842))
    assert line.bottom == pytest.approx(842 - 50, abs=4) and line.right == pytest.approx(160, abs=0.5)


def test_characters_beyond_the_basic_plane_are_whole() -> None:
    assert texts(pdf(lines(["𠮷野家の本店"]))) == [["𠮷野家の本店"]]


def test_letter_spacing_and_the_gap_beside_figures_are_no_blanks() -> None:
    def spaced(canvas: Canvas) -> None:
        canvas.setFont(FONT, 12)
        for n, c in enumerate("内閣府・財務省"):
            canvas.drawString(72 + 16 * n, 760, c)
        for x, part in ((72, "平成"), (99, "15"), (114, "年度の予算")):
            canvas.drawString(x, 700, part)
        for n in range(3):
            canvas.drawString(72 + 100 * n, 640, f"{n}億円")

    assert texts(pdf(spaced)) == [["内閣府・財務省", "平成15年度の予算", "0億円 1億円 2億円"]]


def test_columns_are_told_by_wide_gaps() -> None:
    (page,) = read_pdf(pdf(together(lines(["営業職員"], left=72), lines(["88.5%"], left=200), lines(["一続きの行"], top=700))), "a.pdf").pages
    assert [(line.text, line.has_columns, round(line.tail_left)) for line in page.lines] == [("営業職員 88.5%", True, 200), ("一続きの行", False, 72)]


def test_an_empty_password_opens_and_a_real_one_is_asked_for() -> None:
    assert texts(pdf(lines([SENTENCE]), password="")) == [[SENTENCE]]
    with pytest.raises(InputError, match=r"^a\.pdf: .*パスワードが必要です"):
        read_pdf(pdf(lines([SENTENCE]), password="secret"), "a.pdf")


@pytest.mark.parametrize("harm", [lambda data: data[:200], lambda data: b"%PDF-1.7\n" + bytes(3000), lambda data: data[:9]])
def test_a_broken_file_is_refused(harm: object) -> None:
    with pytest.raises(InputError, match=r"^a\.pdf: PDF が壊れていて読めません"):
        read_pdf(harm(pdf(lines([SENTENCE]))), "a.pdf")  # type: ignore[operator]


def test_a_file_of_pictures_is_refused_with_its_pages() -> None:
    with pytest.raises(InputError, match="全2ページが画像のみ"):
        read_pdf(pdf(lambda canvas: canvas.rect(72, 72, 200, 200, fill=1), lines([])), "a.pdf")


def test_too_many_pages_are_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PAGES", 2)
    with pytest.raises(InputError, match="3ページ、上限 2ページ。索引に時間がかかりすぎるため"):
        read_pdf(pdf(*[lines([SENTENCE])] * 3), "a.pdf")


@needs_public_files
def test_public_files_give_the_text_of_every_page() -> None:
    """Pages and characters as two libraries count them; 000956094.pdf and others are encrypted with an empty password."""
    counted = {"000251332.pdf": (35, 39823), "000956094.pdf": (13, 15304), "110329-1a.pdf": (65, 42035), "20231102_sesaku3.pdf": (49, 32992), "r04_04_03.pdf": (15, 6958)}
    for name, (pages, characters) in counted.items():
        read = read_pdf(Path(PUBLIC / name).read_bytes(), name).pages
        assert len(read) == pages
        said = [text for page in read for line in page.lines for text in (line.text, *(cell.text for row in line.table for cell in row if cell))]
        assert sum(len("".join(text.split())) for text in said) == pytest.approx(characters, abs=8), name
