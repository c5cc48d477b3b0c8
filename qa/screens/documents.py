"""The screen of documents: files come in beside the chat, are listed, corrected and removed; the routes that its script asks."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse

from ingest.document import Document
from ingest.errors import ShirabeError
from ingest.formats.formats import FileData
from ingest.settings import Settings, load_settings
from qa.assistant import Assistant
from qa.composed import ComposedAnswerer
from qa.screens.documents_html import FRAME, jobs_html, list_html, versions_html
from qa.screens.filters import period_date
from qa.screens.intake import ENDED, Intake
from qa.screens.own_documents import owner_of, visible
from qa.screens.person import person_of

LARGEST = 300_000_000  # bytes of one upload
STATIC = Path(__file__).parent / "static"
NO_COOKIE = "この操作にはCookieが必要です。ブラウザーの設定を確かめて、画面を開き直してください"
TOO_LARGE = "ファイルが大きすぎます(上限 300 MB)。分けて追加してください"


class DocumentsScreen:
    """The screen over one assistant's library."""

    def __init__(self, assistant: Assistant, settings: Settings | None = None, composer: ComposedAnswerer | None = None) -> None:
        self.assistant, self._settings, self._composer = assistant, settings, composer
        self._intake: Intake | None = None

    @property
    def intake(self) -> Intake:
        """Takes files in; made when first needed."""
        if self._intake is None:
            self._intake = Intake(self.assistant, self._settings or load_settings(self.assistant.searcher.library.path.parent), self._composer)
        return self._intake

    def head(self) -> str:
        """The style and the script of the screen, for the head of its page."""
        return f"<style>{(STATIC / 'documents.css').read_text(encoding='utf-8')}</style><script>{(STATIC / 'documents.js').read_text(encoding='utf-8')}</script>"

    def html(self) -> str:
        """The frame of the screen; its script fills it."""
        return FRAME

    def found(self, document_id: str, person: str) -> tuple[Document | None, str]:
        """A document that a person may see, and what is said above it of versions and corrections."""
        library = self.assistant.searcher.library
        document, info = library.document(document_id), library.info(document_id)
        if document is None or info is None or not visible(info, person):
            return None, ""
        newer, correction = (library.info(id_) if id_ else None for id_ in (info.replaced_by, info.corrected_by))
        return document, versions_html(info, newer, library.older_versions(document_id), correction)

    def state(self, person: str) -> dict[str, Any]:
        """What the screen shows a person now."""
        library, owner = self.assistant.searcher.library, owner_of(person)
        self.intake.see(owner)
        jobs = self.intake.of(person)
        infos = library.infos(("", owner) if owner else ("",))
        return {"jobs": jobs_html(jobs), "busy": any(j.step not in ENDED for j in jobs), "list": list_html(infos, set(library.source_names(is_corpus=True)))}

    def router(self) -> APIRouter:
        """The routes under ``/documents``. Those that change something want a header that no other site's form can send."""
        router = APIRouter(prefix="/documents")

        @router.get("/state")
        def state(request: Request) -> dict[str, Any]:
            return self.state(person_of(request))

        @router.post("/files")
        async def files(request: Request, scope: str = "own") -> dict[str, Any]:
            person = _asking(request)
            data = bytearray()
            async for part in request.stream():
                data += part
                if len(data) > LARGEST:
                    raise HTTPException(413, TOO_LARGE)
            name = unquote(request.headers.get("x-name", ""), errors="replace").replace("\0", "")[:300] or "名前のないファイル"
            self.intake.add(FileData(name, bytes(data)), person, owner_of(person) if scope == "own" else "")
            return {}

        @router.post("/stop")
        def stop(request: Request, job: str = "all") -> dict[str, Any]:
            self.intake.stop(_asking(request), int(job) if job.isdigit() else None)
            return self.state(person_of(request))

        @router.post("/clear")
        def clear(request: Request) -> dict[str, Any]:
            self.intake.clear(_asking(request))
            return self.state(person_of(request))

        @router.post("/edit/{document_id}")
        def edit(request: Request, document_id: str, wanted: dict[str, str]) -> JSONResponse:
            person = _asking(request)

            def change(reader: Any) -> None:
                known = {name: value for name, value in wanted.items() if name in ("title", "issuer", "date")}
                reader.edit(document_id, known | ({"date": period_date(known["date"]) or ""} if "date" in known else {}), owner_of(person))

            return self._changed(change, person)

        @router.post("/remove/{document_id}")
        def remove(request: Request, document_id: str) -> JSONResponse:
            person = _asking(request)
            return self._changed(lambda reader: reader.remove(document_id, owner_of(person)), person)

        return router

    def _changed(self, change: Any, person: str) -> JSONResponse:
        try:
            self.intake.change(change)
        except ShirabeError as error:
            return JSONResponse({"problem": str(error)}, 400)
        return JSONResponse(self.state(person))


def _asking(request: Request) -> str:
    """The person who asks for a change; raises where that could be another site, or the browser keeps no cookie."""
    person = person_of(request)
    if request.headers.get("x-shirabe") != "1" or not person:
        raise HTTPException(403, NO_COOKIE)
    return person
