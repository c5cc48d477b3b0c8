"""The text of pages that are pictures, by Tesseract with its Japanese data where both are installed (https://tesseract-ocr.github.io)."""

import io
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from statistics import median

import pypdfium2 as pdfium

from ingest.pdf.printed import COLUMN_GAP, IS_JAPANESE, PrintedLine, PrintedPage

DOTS_PER_INCH = 300  # what Tesseract is trained for
LARGEST_SIDE = 5000  # pixels
LONGEST = 100  # seconds for a page; the reader's own limit is 120 without a page
BLANK = 0.35  # of the size, between words of other scripts
SURE = 65.0  # per cent on average: less may be text set downwards, which has data of its own
LEAST_SURE, LONE_SURE = 40.0, 85.0  # per cent on average of a line
DOUBTFUL = 70.0  # per cent: words below are told as doubtful
SAME_SIZE = 0.25  # lines whose size differs less from the page's are set in that size: boxes of pictures are rough


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as Tesseract sees it, its box in points from the upper left corner, its line, and how sure it is in per cent."""

    line: tuple[str, ...]
    left: float
    top: float
    width: float
    height: float
    sure: float
    text: str


@lru_cache(maxsize=1)
def installed_languages() -> frozenset[str]:
    """The data that the installed Tesseract has, none where it isn't installed."""
    if not shutil.which("tesseract"):
        return frozenset()
    try:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(listed.split("\n")[1:])


def can_recognise() -> bool:
    """Whether Tesseract and its Japanese data are there."""
    return "jpn" in installed_languages()


def recognised(page: pdfium.PdfPage, number: int) -> PrintedPage:
    """The page with the lines that are recognised in its picture; without any where there are none or Tesseract isn't there."""
    width, height = page.get_size()
    picture_only = PrintedPage(number, height, (), "picture")
    if not can_recognise():
        return picture_only
    scale = min(DOTS_PER_INCH / 72, LARGEST_SIDE / max(width, height, 1))
    picture = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
    words = _words(picture.getvalue(), scale, "jpn", "3")
    if words and median(w.sure for w in words) < SURE and "jpn_vert" in installed_languages():
        upright = _words(picture.getvalue(), scale, "jpn_vert", "5")
        if upright and median(w.sure for w in upright) > median(w.sure for w in words):
            words, height = [_turned(w) for w in upright], width
    lines = tuple(_lines(words, height))
    return PrintedPage(number, height, lines, "recognised") if lines else picture_only


def _words(picture: bytes, scale: float, language: str, layout: str) -> list[_Word]:
    command = ["tesseract", "stdin", "stdout", "-l", language, "--psm", layout, "--dpi", str(DOTS_PER_INCH), "tsv"]
    try:
        said = subprocess.run(command, input=picture, capture_output=True, timeout=LONGEST, check=True, env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"}).stdout
    except (OSError, subprocess.SubprocessError):
        return []  # the page is told as a picture
    return list(_read(said.decode("utf-8", "replace"), scale))


def _read(table: str, scale: float) -> Iterator[_Word]:
    for row in table.split("\n")[1:]:
        columns = row.split("\t")
        if len(columns) == 12 and columns[0] == "5" and columns[11].strip():
            left, top, width, height = (int(value) / scale for value in columns[6:10])
            yield _Word(tuple(columns[2:5]), left, top, width, height, float(columns[10]), columns[11].strip())


def _turned(word: _Word) -> _Word:
    """The word as on a page turned by a quarter, on which columns from right to left are lines from top to bottom."""
    return _Word(word.line, word.top, -word.left - word.width, word.height, word.width, word.sure, word.text)


def _lines(words: Sequence[_Word], height: float) -> Iterator[PrintedLine]:
    """The lines from the top of each block, in the order in which Tesseract reads them."""
    lines = [line for _, words in groupby(words, key=lambda word: word.line) if _is_sure(line := list(words))]
    if not lines:
        return
    sizes = [_size(line) for line in lines]
    usual = median(sizes)
    for line, size in zip(lines, sizes, strict=True):
        size = usual if abs(size - usual) < SAME_SIZE * usual else size
        text, tail, top = "", line[0].left, min(word.top for word in line)
        for before, word in zip([None, *line], line, strict=False):
            gap = (word.left - before.left - before.width) / size if before else 0.0
            tail = word.left if gap >= COLUMN_GAP else tail
            text += (_blank(text, word.text, gap) if before else "") + word.text
        yield PrintedLine(text, line[0].left, max(w.left + w.width for w in line), height - top - max(w.height for w in line), height - top, size, tail, doubtful=tuple(word.text for word in line if word.sure < DOUBTFUL))


def _is_sure(line: Sequence[_Word]) -> bool:
    """Whether a line is letters and no part of a drawing; a lone character has to be surer."""
    letters = sum(len(word.text) for word in line)
    return sum(word.sure * len(word.text) for word in line) >= (LEAST_SURE if letters > 1 else LONE_SURE) * letters


def _blank(before: str, here: str, gap: float) -> str:
    beside_japanese = IS_JAPANESE.match(before[-1]) or IS_JAPANESE.match(here)
    return " " if gap >= (COLUMN_GAP if beside_japanese else BLANK) else ""


def _size(line: Sequence[_Word]) -> float:
    """The width of a full-width character of the line, wide gaps left out."""
    wide = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.5 for word in line for c in word.text)
    gaps = [here.left - before.left - before.width for before, here in pairwise(line)]
    width = max(w.left + w.width for w in line) - line[0].left - sum(gap for gap in gaps if gap > line[0].height)
    return max(width / wide, 1.0)
