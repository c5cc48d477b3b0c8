"""The user guide (docs/guide.md) as a page of the screen, with its pictures."""

import re
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from markdown_it import MarkdownIt

from qa.screens.document_page import page

DOCS = Path(__file__).parent.parent.parent / "docs"
GUIDE = DOCS / "guide.md"
PICTURE = re.compile(r"[a-z_]+-(?:wide|narrow)-(?:light|dark)\.png")


def guide_router(head: str, policy: dict[str, str]) -> APIRouter:
    """Serves the guide and the pictures that it shows."""
    router = APIRouter()

    @router.get("/guide", response_class=HTMLResponse)
    def guide() -> HTMLResponse:
        return HTMLResponse(page("使い方の手引き", f'<div class="document-text guide">{guide_html()}</div>', head), headers=policy)

    @router.get("/screens/{name}")
    def picture(name: str) -> Response:
        file = DOCS / "screens" / name
        return FileResponse(file) if PICTURE.fullmatch(name) and file.is_file() else Response(status_code=404)

    return router


def guide_html() -> str:
    """The guide as HTML; links to other files of docs/ lose their target, which the screen doesn't serve."""
    html = MarkdownIt("commonmark").render(GUIDE.read_text(encoding="utf-8"))
    return re.sub(r'<a href="\w+\.md">(.*?)</a>', r"\1(docs)", html).replace("<img ", '<img loading="lazy" ')
