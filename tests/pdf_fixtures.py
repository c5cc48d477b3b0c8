"""Real PDF files, written by reportlab with the Japanese font that every reader knows, and where the public ones lie."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from library_fixtures import ROOT
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "HeiseiMin-W3"
WIDTH, HEIGHT = 595, 842  # A4 in points
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
PUBLIC = ROOT.parent / "shared" / "data" / "allganize" / "pdfs"
needs_public_files = pytest.mark.skipif(not PUBLIC.is_dir(), reason="../shared/data/allganize/pdfs (ten PDFs of Japanese ministries) is not there")

Draw = Callable[[Canvas], None]


def pdf(*pages: Draw, title: str = "", author: str = "", password: str | None = None) -> bytes:
    """A PDF with a page for each of ``pages``; with a password (an empty one too) it is encrypted."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), encrypt=None if password is None else StandardEncryption(password, "owner"))
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(texts: Sequence[str], left: float = 72, top: float = 760, size: float = 12, pitch: float = 1.5) -> Draw:
    """Lines below each other from ``top``; a full-width blank at a line's beginning is an indent."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, size)
        for n, text in enumerate(texts):
            indent = len(text) - len(text.lstrip("\u3000"))
            canvas.drawString(left + indent * size, top - n * pitch * size, text.lstrip("\u3000"))

    return draw


def together(*parts: Draw) -> Draw:
    """Several parts on one page."""

    def draw(canvas: Canvas) -> None:
        for part in parts:
            part(canvas)

    return draw


def written(path: Path, data: bytes) -> Path:
    """A file of a test."""
    path.write_bytes(data)
    return path
