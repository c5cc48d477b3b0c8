"""A PDF's page as a picture, and where on it a piece of the document's text stands."""

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.child import Child
from ingest.content import FileData
from ingest.errors import InputError
from ingest.pdf.drawn_rules import Upright
from ingest.sources import Source, hash_of

WIDTH, HIGHEST = 1100, 2200  # pixels: sharp on half of a wide screen
QUALITY = 82  # of the JPEG: small letters stay clear
PATIENCE = 20.0  # seconds for a page; a map of many thousand lines takes some
PDF_MARK = b"%PDF-"
WINDOW = 12  # characters: pieces in which a text is looked for that doesn't stand on the page in one stretch
ENOUGH = 0.6  # of a text's characters: less is found by chance
CLOSE = 120  # characters of the page: as far as a row reaches
SAME_LINE = 0.5  # of a character's height
APART = 2.0  # of a character's height: farther apart stand two marks
LONGEST = 4000  # characters that are marked

Box = tuple[float, float, float, float]  # left, top, width, height, as shares of the page's


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as JPEG, its size in pixels, how many pages the file has, and the boxes of what was looked for."""

    jpeg: bytes
    width: int
    height: int
    pages: int
    marks: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A character of the page as it is compared, and its box (left, right, bottom, top in points) as shown."""

    text: str
    box: tuple[float, float, float, float]


PICTURES = Child("ingest.pdf.page_picture", "drawn")


def is_pdf(source: Source) -> bool:
    """Whether a source's file is there, is a PDF, and is the one that was read."""
    try:
        with source.path.open("rb") as file:
            return PDF_MARK in file.read(1024) and (not source.sha256 or hash_of(source.path) == source.sha256)
    except OSError:
        return False


def page_picture(source: Source, number: int, quote: str = "", before: str = "") -> PagePicture:
    """Page ``number`` (from 1) of a PDF with the places of ``quote``, which follows the text ``before`` on the page; drawn in a process of its own; raises InputError where that fails."""
    return PICTURES.ask(FileData(source.name, b""), None, PATIENCE, PATIENCE, (str(source.path), number, quote, before))  # type: ignore[no-any-return]


def drawn(file: FileData, path: str, number: int, quote: str, before: str, progress: object = None) -> PagePicture:
    """The same in this very process."""
    try:
        with pdfium.PdfDocument(Path(path)) as document:
            if not 1 <= number <= len(document):
                raise InputError(f"{file.name}: {number}ページはありません(全{len(document)}ページ)")
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(WIDTH / max(width, 1), HIGHEST / max(height, 1))
            picture, made = io.BytesIO(), page.render(scale=scale).to_pil().convert("RGB")
            made.save(picture, "JPEG", quality=QUALITY)
            return PagePicture(picture.getvalue(), made.width, made.height, len(document), tuple(_shares(marks_of(page, quote, before), width, height)))
    except pdfium.PdfiumError as error:
        raise InputError(f"{file.name}: ページを表示できません") from error


def _shares(boxes: Sequence[tuple[float, float, float, float]], width: float, height: float) -> Iterator[Box]:
    for left, right, bottom, top in boxes:
        yield round(left / width, 4), round(1 - top / height, 4), round((right - left) / width, 4), round((top - bottom) / height, 4)


def marks_of(page: pdfium.PdfPage, quote: str, before: str = "") -> list[tuple[float, float, float, float]]:
    """The boxes, in points, of the lines in which ``quote`` stands on the page; none where too little of it is found."""
    wanted = _plain(quote[:LONGEST])
    if not wanted:
        return []
    marks = list(_characters(page))
    hay = "".join(mark.text for mark in marks)
    found = _places(hay, quote[:LONGEST], _plain(before).count(wanted))
    if sum(end - start for start, end in found) < ENOUGH * len(wanted):
        return []
    return [box for start, end in found for box in _lines([mark.box for mark in marks[start:end]])]


def _places(hay: str, quote: str, skipped: int) -> list[tuple[int, int]]:
    """Where the quote stands: in one stretch, else each of its cells and lines, else their pieces, near to each other."""
    whole = _plain(quote)
    at = hay.find(whole)
    while skipped and (further := hay.find(whole, at + 1)) >= 0:
        at, skipped = further, skipped - 1
    if at >= 0:
        return [(at, at + len(whole))]
    parts = [part for line in quote.replace("\t", "\n").split("\n") for part in _parts(hay, line)]
    anchor = max((part for part in parts if part in hay), key=len, default="")
    near = hay.find(anchor) if anchor else 0
    return sorted({place for part in parts if (place := _nearest(hay, part, near))})


def _parts(hay: str, line: str) -> list[str]:
    """A line or cell whole where the page has it so, else its words, else pieces of these."""
    if (plain := _plain(line)) in hay:
        return [plain] if plain else []
    words = [plain for word in line.split() if (plain := _plain(word))]
    return [part for word in words for part in ([word] if word in hay else [word[i : i + WINDOW] for i in range(0, len(word), WINDOW)])]


def _nearest(hay: str, part: str, near: int) -> tuple[int, int] | None:
    """The occurrence that is closest to where the longest part stands; a lone character counts only close by."""
    before, after = hay.rfind(part, 0, near + len(part)), hay.find(part, near)
    places = [at for at in (before, after) if at >= 0 and (len(part) > 1 or abs(at - near) < CLOSE)]
    if not places:
        return None
    at = min(places, key=lambda place: abs(place - near))
    return at, at + len(part)


def _plain(text: str) -> str:
    """The text as it is compared: compatibility forms as one, without white space and what only the page's setting needs."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c.isprintable())


def _characters(page: pdfium.PdfPage) -> Iterator[_Mark]:
    """The page's characters in the order of the file."""
    text, box = page.get_textpage(), pdfium_c.FS_RECTF()
    left, bottom, _, _ = page.get_cropbox()
    width, height = page.get_size()
    upright = Upright(page.get_rotation(), width, height, (left, bottom))
    for i in range(text.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text, i)
        plain = _plain(chr(code)) if 0x20 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else ""
        if plain:
            pdfium_c.FPDFText_GetLooseCharBox(text, i, box)
            place = upright(box.left, box.right, box.bottom, box.top)
            yield from (_Mark(c, place) for c in plain)


def _lines(boxes: Sequence[tuple[float, float, float, float]]) -> list[tuple[float, float, float, float]]:
    """The boxes of characters that follow each other in a line, or downwards, as one."""
    made = [boxes[0]]
    for before, here in pairwise(boxes):
        size = max(before[3] - before[2], 1.0)
        level = abs(before[2] + before[3] - here[2] - here[3]) / 2 < SAME_LINE * size and -size < here[0] - before[1] < APART * size
        below = abs(before[0] + before[1] - here[0] - here[1]) / 2 < SAME_LINE * size and -size < before[2] - here[3] < APART * size
        if level or (below and before[1] - before[0] < APART * size and made[-1][1] - made[-1][0] < APART * size):
            last = made[-1]
            made[-1] = min(last[0], here[0]), max(last[1], here[1]), min(last[2], here[2]), max(last[3], here[3])
        else:
            made.append(here)
    return made
