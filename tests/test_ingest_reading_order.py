"""Pages are read as people read them: columns one after the other, text set downwards from the right, whatever the order in the file."""

import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pdf_fixtures import FONT, Draw, lines, pdf, together
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Document
from ingest.documents import read_documents
from ingest.formats.formats import FileData, read_here
from ingest.sources import Source

LEFT = ["札幌市は五月一日に市民のための図書館を", "新しく開設すると発表した。利用料金は無", "料であり、開館時間は午前九時から午後八", "時までである。蔵書は十二万冊で、そのう", "ち児童書は三万冊である。市長は市民の学", "びを支えたいと述べた。開館の式は十月三"]
RIGHT = ["日に行い、市民の代表が参加する。式では", "合唱団が歌を披露し、子どもたちが絵本を", "読み聞かせる。駐車場は二百台分あり、近", "くの駅から歩いて五分で着く。図書館の建", "設には三年を要し、費用は二十億円であっ", "た。次の図書館は北区に建てる計画である。"]
STORY = "".join(LEFT + RIGHT)
needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")


def read(data: bytes) -> Document:
    (document,) = read_documents(Source(Path("a.pdf"), "a.pdf", kind="report"), read_here(FileData("a.pdf", data)))
    return document


def columns(by_row: bool) -> Draw:
    """Two columns, written one after the other or row by row as some programs do."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 11)
        places = [(72, n, text) for n, text in enumerate(LEFT)] + [(310, n, text) for n, text in enumerate(RIGHT)]
        for x, n, text in sorted(places, key=lambda place: place[1]) if by_row else places:
            canvas.drawString(x, 700 - 17 * n, text)

    return draw


def downwards(texts: list[str], right: float = 500, top: float = 780, size: float = 12) -> Draw:
    """Text set downwards in columns from right to left."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, size)
        for n, text in enumerate(texts):
            for m, character in enumerate(text):
                canvas.drawString(right - 1.7 * size * n, top - size * m, character)

    return draw


@pytest.mark.parametrize("by_row", [False, True])
def test_two_columns_are_read_one_after_the_other(by_row: bool) -> None:
    document = read(pdf(together(lines(["図書館の開設について"], size=18, top=760), columns(by_row))))
    assert STORY in document.text


def test_fields_of_a_form_stay_beside_each_other() -> None:
    rows = [("申請者の氏名", "札幌太郎"), ("申請者の住所", "中央区北一条西二丁目"), ("電話による連絡先", "市役所総務課"), ("利用する施設", "中央図書館の会議室"), ("利用の目的", "読書会"), ("利用の人数", "大人と子ども")]

    def form(canvas: Canvas) -> None:
        canvas.setFont(FONT, 11)
        for n, (name, value) in enumerate(rows):
            canvas.drawString(72, 700 - 17 * n, name)
            canvas.drawString(310, 700 - 17 * n, value)

    text = read(pdf(form)).text
    assert all(f"{name} {value}" in text or f"{name}\t{value}" in text for name, value in rows)


def test_text_set_downwards_is_read_from_the_right_and_its_lines_are_joined() -> None:
    document = read(pdf(downwards(["図書館の開設について", "", *LEFT, *RIGHT])))
    assert STORY in document.text and document.text.startswith("図書館の開設について")


def test_a_headline_that_is_written_last_is_read_first() -> None:
    """As slides often are; what stands in the letters of the text, or has something above it, stays where the file has it."""
    body = lines(["　札幌市は五月一日に図書館を開設すると発表した。", "利用料金は無料である。"], top=700)
    headline, label = lines(["図書館の開設について"], size=24, top=780), lines(["資料１"], top=830)
    assert read(pdf(together(body, headline))).text.startswith("図書館の開設について")
    assert read(pdf(together(body, label))).text.startswith("札幌市は五月一日に")


def made_by_writer(folder: Path, columns: int = 1, direction: str = "") -> bytes:
    """A PDF that LibreOffice makes of a Word file in columns, or set downwards."""
    word = docx.Document()
    word.add_heading("図書館の開設について", 1)
    section = word.add_section(0) if columns > 1 else word.sections[0]
    section._sectPr.xpath("./w:cols")[0].set(qn("w:num"), str(columns))
    if direction:
        element = OxmlElement("w:textDirection")
        element.set(qn("w:val"), direction)
        section._sectPr.append(element)
    for n in range(12):
        word.add_paragraph(f"第{n + 1}の段落である。{STORY}")
    word.save(str(folder / "a.docx"))
    subprocess.run(["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "a.docx")], check=True, capture_output=True, timeout=180, env={"HOME": str(folder), "PATH": "/usr/bin:/bin:/usr/local/bin"})
    return (folder / "a.pdf").read_bytes()


@needs_libreoffice
@pytest.mark.slow
@pytest.mark.parametrize(("columns", "direction"), [(2, ""), (1, "tbRl")])
def test_pages_that_writer_sets_are_read_whole(tmp_path: Path, columns: int, direction: str) -> None:
    text = read(made_by_writer(tmp_path, columns, direction)).text
    joined = text.replace("\n", "")
    assert all(f"第{n + 1}の段落である。{STORY}" in joined for n in range(12))
    assert sum(f"第{n + 1}の段落である。{STORY}" in text for n in range(12)) >= 9, "only what a page break parts may be parted"
