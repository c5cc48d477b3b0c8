"""Who asks: a random id that a cookie keeps in each browser, so that colleagues who share a server don't see each other's work."""

import re
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Protocol

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "shirabe_person"
LIFETIME = 400 * 24 * 3600  # seconds; browsers keep no cookie longer, and every visit begins it anew
ID = re.compile(r"[A-Za-z0-9_-]{20,64}")


class HasCookies(Protocol):
    """A request, FastAPI's or Gradio's."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies by their names."""


def person_of(request: HasCookies) -> str:
    """The id of the browser that a request came from; empty where it keeps no cookies."""
    return _valid(str(dict(request.cookies).get(COOKIE, "")))


def _valid(value: str) -> str:
    return value if ID.fullmatch(value) else ""


class PersonCookie:
    """ASGI middleware that gives each browser its id when it opens the screen. It passes everything else on untouched,
    Gradio's event streams too.

    The cookie can't be read by scripts, and other sites' forms don't send it (``Lax``; ``Strict`` would lose it when a link in a
    mail leads here, and a new one would hide the person's notes).
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] != "/":
            return await self.app(scope, receive, send)
        kept = _cookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")) or secrets.token_urlsafe(24)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", f"{COOKIE}={kept}; Path=/; Max-Age={LIFETIME}; HttpOnly; SameSite=Lax")
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return _valid(found.value) if found else ""
