"""Scanned pages: recognised by Tesseract where it is installed with its Japanese data, else named and counted as pictures."""

import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pdf_fixtures import lines, pdf
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ingest.document import normalize
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats.formats import Content, FileData, read_here
from ingest.pdf import recognition
from ingest.pdf.printed import PrintedLine
from ingest.sources import Source

TITLE = "図書館の開館時間について"
TEXT = ["札幌市は令和６年５月１日、市民のための図書館を新しく開設すると発表した。", "利用料金は500円であり、開館時間は午前９時から午後８時までである。"]
SHARE = 0.9  # of the characters: recognition isn't exact, and other versions read other characters wrongly
needs_tesseract = pytest.mark.skipif(not recognition.can_recognise(), reason="Tesseract with its Japanese data is not installed")


FONT = subprocess.run(["fc-match", "-f", "%{file}", ":lang=ja"], capture_output=True, text=True, check=False).stdout if shutil.which("fc-match") else ""
pytestmark = pytest.mark.skipif(not any(name in FONT for name in ("CJK", "IPA", "Gothic", "Mincho", "Takao")), reason="no Japanese font to draw a scan with")


def scanned(texts: Sequence[str], downwards: bool = False) -> bytes:
    """A PDF of one page that is a picture of ``texts``."""
    page, font = Image.new("L", (1654, 2339), 255), ImageFont.truetype(FONT, 38)
    draw = ImageDraw.Draw(page)
    for n, text in enumerate(texts):
        if downwards:
            for m, character in enumerate(text):
                draw.text((1400 - 75 * n, 200 + 38 * m), character, font=font, fill=0)
        else:
            draw.text((150, 200 + 70 * n), text, font=font, fill=0)
    file = io.BytesIO()
    page.save(file, "PDF", resolution=200)
    return file.getvalue()


def together(*files: bytes) -> bytes:
    """The pages of several PDFs in one."""
    made, out = pdfium.PdfDocument.new(), io.BytesIO()
    for data in files:
        made.import_pages(pdfium.PdfDocument(data))
    made.save(out)
    return out.getvalue()


def read(data: bytes) -> Content:
    return read_here(FileData("a.pdf", data))


def said(content: Content) -> str:
    return normalize("".join(line.text for line in content.lines))


def share_of(wanted: Sequence[str], text: str) -> float:
    """How many of the wanted characters stand in the text in their order."""
    target, at, found = normalize("".join(wanted)), 0, 0
    for character in target:
        place = text.find(character, at, at + 4)
        if place >= 0:
            at, found = place + 1, found + 1
    return found / len(target)


@pytest.fixture
def without_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("PATH", str(tmp_path))
    recognition.installed_languages.cache_clear()
    yield
    recognition.installed_languages.cache_clear()


@needs_tesseract
def test_a_scan_is_recognised_and_its_reader_is_told() -> None:
    content = read(scanned([TITLE, "", *TEXT]))
    assert share_of([TITLE, *TEXT], said(content)) >= SHARE and "500円" in said(content)
    assert content.warnings == ("画像の1ページは文字認識で読みました。誤りがあるかもしれません(ページ: 1)",) and content.empty_pages == ()


@needs_tesseract
def test_a_scan_set_downwards_is_recognised() -> None:
    if "jpn_vert" not in recognition.installed_languages():
        pytest.skip("Tesseract's data for vertical Japanese is not installed")
    text = ["札幌市は令和六年五月一日、市民のための図書館を新しく開設すると発表した。", "利用料金は無料であり、開館時間は午前九時から午後八時までである。"]
    assert share_of(text, said(read(scanned(text, downwards=True)))) >= SHARE


@needs_tesseract
def test_pages_with_text_and_scans_keep_their_numbers() -> None:
    data = together(pdf(lines(["札幌市は図書館を建て替えると発表した。"])), scanned(TEXT), pdf(lines([])))
    (document,) = read_documents(Source(Path("a.pdf"), "a.pdf", kind="report"), read(data))
    assert [page.number for page in document.pages] == [1, 2] and document.page_at(document.text.index("500円")) == 2


@needs_tesseract
def test_words_that_were_recognised_without_certainty_are_told_as_such() -> None:
    """A blurred line is read partly wrongly; what Tesseract was unsure of can be seen in the document, and nothing else is."""
    page, font = Image.new("L", (1654, 2339), 255), ImageFont.truetype(FONT, 30)
    blurred = Image.new("L", page.size, 255)
    ImageDraw.Draw(blurred).text((150, 500), "議会の承認を経て予算は三億八千万円と決まり、鶴羽地区の橋梁を修繕する。", font=font, fill=60)
    page.paste(blurred.filter(ImageFilter.GaussianBlur(1.2)))
    for n, text in enumerate(TEXT):
        ImageDraw.Draw(page).text((150, 200 + 70 * n), text, font=ImageFont.truetype(FONT, 38), fill=0)
    file = io.BytesIO()
    page.save(file, "PDF", resolution=200)
    (document,) = read_documents(Source(Path("a.pdf"), "a.pdf", kind="report"), read(file.getvalue()))
    doubtful = [document.text[s.start : s.end] for s in document.suspicions if s.reason == "文字認識で確かに読めなかった文字"]
    words = {word for line in recognised_lines(file.getvalue()) for word in line.doubtful}
    assert doubtful and set(doubtful) <= words
    assert sum(map(len, doubtful)) < 0.4 * len(document.text)


def recognised_lines(data: bytes) -> Sequence[PrintedLine]:
    """The lines of the first page."""
    return recognition.recognised(pdfium.PdfDocument(data)[0], 1).lines


def test_without_tesseract_scans_are_named_and_counted(without_tesseract: None) -> None:
    content = read(together(pdf(lines(["札幌市は図書館を建て替えると発表した。"])), scanned(TEXT), scanned(TEXT), pdf(lines([]))))
    assert content.warnings == ("画像のみのページが2ページあり、文字は読み込んでいません(ページ: 2、3)",)
    assert (content.pages, content.empty_pages) == (4, (2, 3, 4))


def test_without_tesseract_a_file_of_scans_is_refused_with_the_way_out(without_tesseract: None) -> None:
    with pytest.raises(InputError, match=r"全1ページが画像のみ.*Tesseract と日本語データ"):
        read(scanned(TEXT))


def test_a_picture_without_text_is_told_as_one() -> None:
    picture = Image.effect_noise((600, 800), 90)
    file = io.BytesIO()
    picture.save(file, "PDF")
    content = read(together(pdf(lines(["札幌市は図書館を建て替えると発表した。"])), file.getvalue()))
    assert said(content).startswith("札幌市は図書館を") and content.pages == 2 and len(content.warnings) == 1
