"""What a file says, whatever its format: lines that know their page, the title where the format shows it.

The format is told by the first bytes, then by the name; the one place to add another.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.cleaning import Line, clean
from ingest.errors import InputError
from ingest.paged import paged_lines
from ingest.pdf import read_pdf

LARGEST_TEXT = 50_000_000  # bytes; a longer one is hardly a press release or a report
LARGEST_PDF = 300_000_000  # bytes: the file is held in memory while it is read
PDF_MARK = b"%PDF-"  # the standard lets other bytes stand before it, within the first 1,024


@dataclass(frozen=True, slots=True)
class Content:
    """The lines of a file in its order. An empty ``title`` or ``kind`` is read off the lines; ``author`` is what its properties say.

    ``pages`` is how many pages the file has, 0 where the format has none; ``empty_pages`` are those without text.
    """

    lines: tuple[Line, ...]
    title: str = ""
    kind: str = ""
    author: str = ""
    pages: int = 0
    empty_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FileData:
    """The bytes of a file and its name."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The hash of the bytes in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def is_pdf(self) -> bool:
        """Whether the bytes are those of a PDF; text that merely speaks of PDF isn't one."""
        return self.data.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(PDF_MARK) or (_named_pdf(self.name) and PDF_MARK in self.data[:1024])


def load_file(path: Path) -> FileData:
    """The bytes of a file; raises InputError where it can't be read or is too large."""
    try:
        largest = LARGEST_PDF if _named_pdf(path.name) else LARGEST_TEXT
        if path.stat().st_size > largest:
            raise InputError(f"{path.name}: ファイルが大きすぎます(上限 {largest // 1_000_000} MB)。分けて追加してください")
        return FileData(path.name, path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name}: ファイルを読めません({error})。名前と権限を確かめてください") from error


def read_content(file: FileData) -> Content:
    """What the file says; raises InputError, in words for its owner, where its format can't be read."""
    if file.is_pdf:
        return _pdf_content(file)
    if _named_pdf(file.name) and file.data:
        raise InputError(f"{file.name}: 名前は .pdf ですが、中身が PDF ではありません。元のファイルを確かめてください")
    return text_content(read_text(file))


def read_text(file: FileData) -> str:
    """The text of a file in one of the usual encodings; raises InputError where it holds none."""
    text = _decode(file.data)
    if text is None:
        raise InputError(f"{file.name}: テキストとして読めません。今読めるのは PDF(.pdf)、テキスト(.txt)、Markdown(.md)です")
    if not text.strip():
        raise InputError(f"{file.name}: 中身が空です")
    return text


def text_content(text: str) -> Content:
    """The content of plain text or Markdown."""
    return Content(tuple(clean(text)[0]))


def _pdf_content(file: FileData) -> Content:
    printed = read_pdf(file.data, file.name)
    lines, title = paged_lines(printed.pages, printed.stated_title)
    return Content(tuple(lines), title, "report", printed.author, len(printed.pages), tuple(page.number for page in printed.pages if not page.lines))


def _named_pdf(name: str) -> bool:
    return name.lower().endswith(".pdf")


def _decode(data: bytes) -> str | None:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(c < " " and c not in "\t\n\r\v\f" for c in text)
        return text if controls <= len(text) // 1000 else None
    return None


def _encodings(data: bytes) -> Iterator[str]:
    """The encodings that the bytes may be in, likeliest first."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    if b"\x1b$" in data or b"\x1b(" in data:  # before UTF-8, which takes these 7-bit escapes as well
        yield "iso2022_jp"
    yield from ("utf-8-sig", "cp932", "euc_jp")
