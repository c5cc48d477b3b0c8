"""What a file says, whatever its format: the format is told by the first bytes, then by the name; the one place to add another.

Formats that are parsed by native or large libraries are read in a process of their own (``child``), plain text here.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.child import CHILD
from ingest.content import Content, FileData, Progress
from ingest.errors import InputError
from ingest.formats.archive import is_archive, members, office_kind
from ingest.formats.encodings import REPLACED, decode
from ingest.formats.sheets import read_separated, read_workbook
from ingest.formats.slides import read_slides
from ingest.formats.web_page import read_page
from ingest.formats.word_file import read_word
from ingest.pdf.paged import paged_lines
from ingest.pdf.pdf import read_pdf
from ingest.pdf.printed import PrintedPage
from ingest.text.cleaning import clean, clean_lines
from ingest.text.markdown_tables import with_pipe_tables

__all__ = ["SUFFIXES", "Content", "FileData", "load_file", "members", "read_content", "read_here", "read_text", "text_content"]

LARGEST_TEXT = 50_000_000  # bytes; a longer one is hardly a press release or a report
LARGEST_FILE = 300_000_000  # bytes: the file is held in memory while it is read
PDF_MARK = b"%PDF-"  # the standard lets other bytes stand before it, within the first 1,024
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, .xls, .ppt, and Office files with a password
PAGE_MARK = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
TEXT_SUFFIXES = (".txt", ".md", ".markdown", ".text")
SEPARATED = (".csv", ".tsv")
PAGES = (".html", ".htm", ".xhtml")
OFFICE = (".docx", ".pptx", ".xlsx", ".docm", ".pptm", ".xlsm")
LARGE = (".pdf", ".zip", *OFFICE)
SUFFIXES = (*TEXT_SUFFIXES, *SEPARATED, *PAGES, *LARGE)
OTHER_FORMATS = {
    ".doc": "Word で .docx に", ".xls": "Excel で .xlsx に", ".ppt": "PowerPoint で .pptx に", ".rtf": "Word で .docx に", ".odt": "LibreOffice で .docx に", ".ods": "LibreOffice で .xlsx に",
    ".odp": "LibreOffice で .pptx に", ".jtd": "一太郎で .docx か PDF に", ".pages": "Pages で .docx か PDF に",
}  # fmt: skip
PICTURES = {
    "picture": "画像のみのページが{count}ページあり、文字は読み込んでいません(ページ: {pages})",
    "recognised": "画像の{count}ページは文字認識で読みました。誤りがあるかもしれません(ページ: {pages})",
}  # fmt: skip
MOST_TOLD = 10  # page numbers
READABLE = "読めるのは PDF、Word(.docx)、PowerPoint(.pptx)、Excel(.xlsx)、CSV、HTML、テキスト(.txt)、Markdown(.md)と、それらの ZIP です"


def load_file(path: Path) -> FileData:
    """The bytes of a file; raises InputError where it can't be read or is too large."""
    try:
        largest = LARGEST_FILE if path.name.lower().endswith(LARGE) else LARGEST_TEXT
        if path.stat().st_size > largest:
            raise InputError(f"{path.name}: ファイルが大きすぎます(上限 {largest // 1_000_000} MB)。分けて追加してください")
        return FileData(path.name, path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name}: ファイルを読めません({error})。名前と権限を確かめてください") from error


def read_content(file: FileData, progress: Progress | None = None) -> Content:
    """What the file says; raises InputError, in words for its owner, where it can't be read. ``progress`` counts its pages."""
    kind = kind_of(file)
    return CHILD.read(file, progress) if kind in (".pdf", ".html", ".docx", ".pptx", ".xlsx") else read_here(file, progress)


def read_here(file: FileData, progress: Progress | None = None) -> Content:
    """The same in this very process."""
    tell, kind = progress or _silent, kind_of(file)
    if kind == ".pdf":
        return _pdf_content(file, tell)
    if kind == ".html":
        return read_page(file)
    if kind == ".docx":
        return read_word(file)
    if kind == ".pptx":
        return read_slides(file, tell)
    if kind == ".xlsx":
        return read_workbook(file, tell)
    text = read_text(file)
    content = read_separated(file, text) if kind == ".csv" else text_content(text)
    return _warned(content, text)


def kind_of(file: FileData) -> str:
    """The ending that stands for the file's format, told by its bytes before its name; raises InputError for what can't be read."""
    if file.problem:
        raise InputError(file.problem)
    if _is_pdf(file):
        return ".pdf"
    office = office_kind(file)
    if office:
        return office
    _refuse_others(file)
    if PAGE_MARK.match(file.data[:4096].lstrip(b"\xef\xbb\xbf")) or (file.suffix in PAGES and file.data.strip()):
        return ".html"
    return ".csv" if file.suffix in SEPARATED else ".txt"


def _refuse_others(file: FileData) -> None:
    """Say of files that are something else what they are and what their owner can do."""
    if file.suffix in (".pdf", *OFFICE) and file.data:
        if file.data.startswith(OLD_OFFICE):
            raise InputError(f"{file.name}: パスワードつきか、古い形式のファイルです。パスワードを外し、{file.suffix} で保存し直して追加してください")
        raise InputError(f"{file.name}: 名前は {file.suffix} ですが、中身が {_called(file.suffix)} ではありません(壊れているかもしれません)。元のファイルを確かめてください")
    if file.suffix in OTHER_FORMATS or file.data.startswith(OLD_OFFICE):
        raise InputError(f"{file.name}: この形式は読めません。{OTHER_FORMATS.get(file.suffix, '新しい形式に')}保存し直して追加してください")
    if is_archive(file):
        raise InputError(f"{file.name}: テキストとして読めません(ZIP です)。中のファイルを取り出して追加してください")


def _called(suffix: str) -> str:
    return {"pdf": "PDF", "doc": "Word ファイル", "ppt": "PowerPoint ファイル", "xls": "Excel ファイル"}[suffix[1:4]]


def read_text(file: FileData) -> str:
    """The text of a file in one of the usual encodings; raises InputError where it holds none."""
    text = decode(file.data)
    if text is None:
        raise InputError(f"{file.name}: テキストとして読めません。{READABLE}")
    if not text.strip():
        raise InputError(f"{file.name}: 中身が空です")
    return text


def text_content(text: str) -> Content:
    """The content of plain text or Markdown."""
    return Content(tuple(with_pipe_tables(clean(text)[0])))


def _warned(content: Content, text: str) -> Content:
    lost = text.count(REPLACED)
    if not lost:
        return content
    return Content(content.lines, content.title, content.kind, content.author, warnings=(*content.warnings, f"読めない文字が {lost} か所あり、{REPLACED} として残しました"))


def _pdf_content(file: FileData, progress: Progress) -> Content:
    printed = read_pdf(file.data, file.name, progress)
    lines, title = paged_lines(printed.pages, printed.stated_title)
    empty = tuple(page.number for page in printed.pages if not page.lines)
    return Content(tuple(clean_lines(lines)), title, "", printed.author, len(printed.pages), empty, warnings=tuple(_picture_warnings(printed.pages)))


def _picture_warnings(pages: Sequence[PrintedPage]) -> Iterator[str]:
    """What a reader has to know of pages that are pictures."""
    for made, told in PICTURES.items():
        numbers = [page.number for page in pages if page.made == made]
        if numbers:
            more = f" ほか{len(numbers) - MOST_TOLD}ページ" if len(numbers) > MOST_TOLD else ""
            yield told.format(count=len(numbers), pages="、".join(map(str, numbers[:MOST_TOLD])) + more)


def _is_pdf(file: FileData) -> bool:
    """Whether the bytes are those of a PDF; text that merely speaks of PDF isn't one."""
    return file.data.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(PDF_MARK) or (file.suffix == ".pdf" and PDF_MARK in file.data[:1024])


def _silent(done: int, of: int) -> None:
    """No one wants to know."""
