"""The PDF's own page beside a document's text, with the cited span marked, and the route that gives its picture."""

from collections.abc import Callable
from functools import lru_cache
from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ingest.document import Document, Page
from ingest.errors import InputError
from ingest.pdf.page_picture import PagePicture, is_pdf, page_picture
from ingest.sources import Source
from qa.screens.document_text import Span
from qa.screens.person import person_of

KEPT = 32  # pictures, of about 200 kB each
SECONDS = 3600  # that a browser may keep one; its address names the file's content
Find = Callable[[str, str], Document | None]
SourceOf = Callable[[str], Source | None]


class PagePictures:
    """Pictures of the pages of documents that a person may see: ``find`` gives a document for an id and a person."""

    def __init__(self, find: Find, source_of: SourceOf) -> None:
        self.find, self.source_of = find, source_of

    def figure(self, document: Document, cited: Span | None, wanted: str) -> str:
        """The page that is wanted, else the cited one, else the first, as HTML; empty where the document is no PDF."""
        source = self.source_of(document.source) if document.pages else None
        if source is None or not is_pdf(source):
            return ""
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 6 else (document.page_at(cited[0]) if cited else document.pages[0].number) or 1
        try:
            shown = page_picture(source, number, *_quoted(document, cited, number))
        except InputError:
            return '<aside class="page-picture" id="page-picture"><p class="note">原本のページを表示できませんでした。本文はそのまま読めます。</p></aside>'
        return _figure(document, cited, number, shown, source.sha256[:12])

    def router(self) -> APIRouter:
        """``/document/{id}/page/{number}.jpg``, for whoever may see the document."""
        router = APIRouter()

        @router.get("/document/{document_id}/page/{number}.jpg")
        def picture(request: Request, document_id: str, number: int) -> Response:
            document = self.find(document_id, person_of(request))
            source = self.source_of(document.source) if document else None
            try:
                if source is None or not is_pdf(source):
                    return Response(status_code=404)
                return Response(_jpeg(source, number), media_type="image/jpeg", headers={"Cache-Control": f"private, max-age={SECONDS}", "X-Content-Type-Options": "nosniff"})
            except InputError:
                return Response(status_code=404)

        return router


@lru_cache(maxsize=KEPT)
def _jpeg(source: Source, number: int) -> bytes:
    return page_picture(source, number).jpeg


def _quoted(document: Document, cited: Span | None, number: int) -> tuple[str, str]:
    """What of the cited span stands on a page, and what stands before it there."""
    page = next((page for page in document.pages if page.number == number), None)
    if cited is None or page is None or cited[0] >= page.end or cited[1] <= page.start:
        return "", ""
    start, end = max(cited[0], page.start), min(cited[1], page.end)
    return document.text[start:end], document.text[page.start : start]


def _figure(document: Document, cited: Span | None, number: int, shown: PagePicture, version: str) -> str:
    marks = "".join(f'<span class="page-mark" style="left:{100 * left:.2f}%;top:{100 * top:.2f}%;width:{100 * width:.2f}%;height:{100 * height:.2f}%"></span>' for left, top, width, height in shown.marks)
    told = "(色の付いた所が該当箇所です)" if marks else ""
    back, on = (_turn(document, cited, n, label) if 1 <= n <= shown.pages else f'<a class="button small" role="link" aria-disabled="true">{label}</a>' for n, label in ((number - 1, "前のページ"), (number + 1, "次のページ")))
    return (
        f'<aside class="page-picture" id="page-picture" aria-label="原本のページ"><header><h2>原本 {number} / {shown.pages}ページ</h2>{back}{on}</header>'
        f'<div class="page-frame"><div class="page-sheet"><img src="{escape(document.id)}/page/{number}.jpg?v={version}" width="{shown.width}" height="{shown.height}" alt="原本の{number}ページ目の画像{told}">{marks}</div></div></aside>'
    )


def _turn(document: Document, cited: Span | None, number: int, label: str) -> str:
    """A link to another page; where it has text, the text is opened there too."""
    pages: list[Page] = [page for page in document.pages if page.number == number]
    span = f"start={cited[0]}&amp;end={cited[1]}&amp;" if cited else ""
    return f'<a class="button small" href="?{span}page={number}#{f"page-{number}" if pages else "page-picture"}">{label}</a>'
