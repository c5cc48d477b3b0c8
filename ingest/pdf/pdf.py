"""PDF files by PDFium: every page's lines with their places, the title that the file states, and errors in words for its owner."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.content import Progress
from ingest.errors import InputError
from ingest.pdf.aligned_tables import rows_of, taken_aligned
from ingest.pdf.drawn_rules import Upright, page_rules
from ingest.pdf.printed import Glyph, PrintedPage, printed_lines
from ingest.pdf.printed_tables import Lines, taken_tables, with_tables
from ingest.pdf.reading_order import by_columns, by_frames, headline_first, set_downwards, turned
from ingest.pdf.recognition import can_recognise, recognised
from ingest.pdf.rulings import frames, ruled_grids
from ingest.pdf.unseen import is_white_at, without_unseen

MOST_PAGES = 3000  # some minutes of embedding on a small machine; a longer file is a collection that is better split
NOT_FOUND = "文字認識でも文字が見つかりませんでした。元の資料を確かめてください"
NOT_THERE = "文字認識(OCR)をした PDF を追加するか、この調べが動くコンピューターに Tesseract と日本語データ(jpn)を入れてから、もう一度追加してください"
ONE_AT_A_TIME = threading.Lock()  # PDFium isn't safe to call from several threads


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """The pages of a file, those without text too, and the title and author in its properties (often empty or those of another file)."""

    pages: tuple[PrintedPage, ...]
    stated_title: str
    author: str


def read_pdf(data: bytes, name: str, progress: Progress | None = None) -> PrintedFile:
    """All pages of the file ``name``; an empty password opens what needs none to be read.

    Raises InputError for a damaged file, one that asks for a password, too many pages, and one without any text.
    """
    with ONE_AT_A_TIME:
        try:
            with pdfium.PdfDocument(data) as document:
                if len(document) > MOST_PAGES:
                    raise InputError(f"{name}: ページが多すぎます({len(document):,}ページ、上限 {MOST_PAGES:,}ページ。索引に時間がかかりすぎるため)。分けて追加してください")
                pages = tuple(_pages(document, progress))
                title, author = document.get_metadata_value("Title"), document.get_metadata_value("Author")
        except pdfium.PdfiumError as error:
            raise InputError(f"{name}: {_reason(error)}") from error
    if not any(page.lines for page in pages):
        raise InputError(f"{name}: 文字のない PDF です(全{len(pages)}ページが画像のみ)。{NOT_FOUND if can_recognise() else NOT_THERE}")
    return PrintedFile(pages, title, " ".join(author.split()))


def _pages(document: pdfium.PdfDocument, progress: Progress | None) -> Iterator[PrintedPage]:
    for i in range(len(document)):
        yield _page(document, i)
        if progress:
            progress(i + 1, len(document))


def _reason(error: pdfium.PdfiumError) -> str:
    if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
        return "PDF を開くのにパスワードが必要です。パスワードを外した PDF を追加してください"
    if error.err_code == pdfium_c.FPDF_ERR_SECURITY:
        return "この PDF の暗号化方式には対応していません。暗号化を外した PDF を追加してください"
    return "PDF が壊れていて読めません。元の場所から取り直すか、PDF として保存し直して追加してください"


def _page(document: pdfium.PdfDocument, index: int) -> PrintedPage:
    page = document[index]
    text = page.get_textpage()
    try:
        width, height = page.get_size()
        left, bottom, _, _ = page.get_cropbox()
        upright = Upright(page.get_rotation(), width, height, (left, bottom))
        shown, unseen = without_unseen(list(_lines(text, upright)), page, upright)
        return replace(_printed(page, index + 1, shown, upright), unseen=unseen)
    finally:
        text.close()
        page.close()


def _printed(page: pdfium.PdfPage, number: int, shown: Lines, upright: Upright) -> PrintedPage:
    """The page ``number`` with its text ``shown`` in the order of reading, tables at their places."""
    width, height = upright.width, upright.height
    if not any(not glyph.is_gap for line in shown for glyph in line):
        return recognised(page, number) if _shows_something(page) else PrintedPage(number, height, (), "blank")
    if set_downwards(shown):
        return PrintedPage(number, width, tuple(line for glyphs in turned(shown, height) for line in printed_lines(glyphs)))
    rules = page_rules(page, upright)
    grids = ruled_grids(*rules)
    lines, ruled = taken_tables(shown, grids)
    boxes = frames(*rules, [(table.line.left, table.line.right, table.line.bottom, table.line.top) for table in ruled]) if len(ruled) > 1 else []
    if boxes:
        lines, ruled = taken_tables(by_frames(shown, boxes), grids)
    rows = rows_of(lines)
    lines, aligned = taken_aligned(lines, rows)
    tables = sorted([*ruled, *aligned], key=lambda table: table.before)
    if not tables:
        lines = by_columns(lines, rows)
    return PrintedPage(number, height, tuple(headline_first(list(with_tables((printed_lines(line) for line in lines), tables)))))


def _shows_something(page: pdfium.PdfPage) -> bool:
    """Whether a page without text isn't blank: pictures, or letters that are drawn as curves."""
    return next(iter(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=4)), None) is not None


def _lines(text: pdfium.PdfTextPage, upright: Upright) -> Iterator[list[Glyph]]:
    """The glyphs of the page's text, line by line in the order of the file."""
    glyphs: list[Glyph] = []
    box = pdfium_c.FS_RECTF()
    for i in range(text.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text, i)
        character = chr(code) if code <= sys.maxunicode else "\ufffd"
        if character in "\r\n":
            if glyphs:
                yield glyphs
            glyphs = []
            continue
        pdfium_c.FPDFText_GetLooseCharBox(text, i, box)
        is_gap = character.isspace()
        is_written = not is_gap or not pdfium_c.FPDFText_IsGenerated(text, i)
        is_white = bool(glyphs) and glyphs[-1].is_white if is_gap else is_white_at(text, i)
        glyphs.append(Glyph(character if is_written else "", *upright(box.left, box.right, box.bottom, box.top), is_gap, is_white))
    if glyphs:
        yield glyphs
