"""The routes under ``/work`` that the script asks for notes, conversations and feedback; each concerns the browser that asks, by its cookie.

Changes come as JSON, which no other site's form can send with our cookie.
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse

from ingest.errors import InputError
from qa.screens.notebook import conversations_html
from qa.screens.person import person_of
from qa.screens.work import WorkScreen

NO_COOKIES = "このブラウザーはCookieを保存しないため、会話とノートを残せません。Cookieを許可してから画面を開き直してください"
NOT_SAVED = "保存できませんでした。サーバーの空き容量とフォルダーの権限を確かめて、もう一度お試しください"
LONGEST_WORDS = 200

Text = Annotated[str, Body(max_length=2000)]
Ids = Annotated[list[int], Body(embed=True, max_length=2000)]
Sure = Annotated[Literal[True], Body(embed=True)]
Shown = Callable[[str], Mapping[str, Any]]


def work_router(work: WorkScreen) -> APIRouter:
    """The routes over one home's work."""
    router = APIRouter(prefix="/work")
    _add_notes(router, work)
    _add_conversations(router, work)
    _add_feedback(router, work)
    return router


def _told(request: Request, shown: Shown, change: Callable[[str], object] | None = None) -> JSONResponse:
    """What is shown after a change; what is wrong as ``problem``."""
    person = person_of(request)
    if not person:
        return JSONResponse({"problem": NO_COOKIES}, 403)
    try:
        if change:
            change(person)
        return JSONResponse(shown(person), headers={"Cache-Control": "no-store"})
    except InputError as error:
        return JSONResponse({"problem": str(error)}, 400)
    except sqlite3.Error:
        return JSONResponse({"problem": NOT_SAVED}, 500)


def _add_notes(router: APIRouter, work: WorkScreen) -> None:
    notebook = work.notebook

    @router.get("/notes")
    def notes(request: Request) -> JSONResponse:
        return _told(request, work.notes)

    @router.post("/notes/take")
    def take(request: Request, source: Annotated[Text, Body(embed=True)]) -> JSONResponse:
        return _told(request, work.notes, lambda person: work.take(person, source))

    @router.post("/notes/drop")
    def drop(request: Request, source: Annotated[Text, Body(embed=True)]) -> JSONResponse:
        return _told(request, work.notes, lambda person: notebook.remove(person, source=source))

    @router.post("/notes/order")
    def order(request: Request, ids: Ids) -> JSONResponse:
        return _told(request, work.notes, lambda person: notebook.order(person, ids))

    @router.post("/notes/remove")
    def remove(request: Request, ids: Ids) -> JSONResponse:
        return _told(request, work.notes, lambda person: notebook.remove(person, ids))

    @router.post("/notes/clear")
    def clear(request: Request, sure: Sure) -> JSONResponse:
        return _told(request, work.notes, notebook.remove)

    @router.post("/notes/restore")
    def restore(request: Request, sure: Sure) -> JSONResponse:
        return _told(request, work.notes, notebook.restore)


def _add_conversations(router: APIRouter, work: WorkScreen) -> None:
    def listed(person: str, words: str) -> dict[str, str]:
        return {"html": conversations_html(work.conversations.found(person, words), words)}

    @router.get("/conversations")
    def found(request: Request, words: str = "") -> JSONResponse:
        return _told(request, lambda person: listed(person, words[:LONGEST_WORDS]))

    @router.post("/conversations/delete")
    def delete(request: Request, id: Text, words: Text = "") -> JSONResponse:
        return _told(request, lambda person: listed(person, words[:LONGEST_WORDS]), lambda person: work.conversations.delete(person, id))


def _add_feedback(router: APIRouter, work: WorkScreen) -> None:
    @router.post("/feedback")
    def give(request: Request, turn: Text, verdict: Text, reason: Text = "", comment: Text = "") -> JSONResponse:
        return _told(request, work.state, lambda person: work.give(person, turn, verdict, reason, comment))

    @router.post("/feedback/withdraw")
    def withdraw(request: Request, turn: Annotated[Text, Body(embed=True)]) -> JSONResponse:
        return _told(request, work.state, lambda person: work.feedback.withdraw(person, turn))
