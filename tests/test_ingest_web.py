"""Addresses: read from lists, fetched within limits, never inside the own network, also not by redirects or by names that lead there."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ingest import web
from ingest.content import FileData
from ingest.errors import InputError
from ingest.web import addresses, fetch, is_public


def test_addresses_are_read_from_lists_and_shortcuts() -> None:
    assert addresses(FileData("a.txt", "https://a.example/1\n\n# 注\nhttps://a.example/1\nhttp://b.example/\n".encode("cp932"))) == ["https://a.example/1", "http://b.example/"]
    assert addresses(FileData("a.url", b"[InternetShortcut]\r\nURL=https://a.example/x\r\n")) == ["https://a.example/x"]
    for text in ("", "file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)"):
        with pytest.raises(InputError, match="URL がありません"):
            addresses(FileData("a.txt", text.encode()))
    with pytest.raises(InputError, match="多すぎます"):
        addresses(FileData("a.txt", "\n".join(f"https://a.example/{n}" for n in range(300)).encode()))


@pytest.mark.parametrize("place", ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"])
def test_addresses_of_the_own_network_are_not_public(place: str) -> None:
    assert not is_public(place)


def test_addresses_of_the_internet_are_public() -> None:
    assert is_public("8.8.8.8") and is_public("2001:4860:4860::8888") and is_public("::ffff:8.8.8.8")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/meta-data", "http://2130706433/", "http://0x7f.1/", "file:///etc/passwd", "http://user:pass@8.8.8.8/", "http://", "http://a:99999/", "gopher://8.8.8.8/"])
def test_what_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(InputError, match=r"アドレスは取得しません|だけを取得できます|見つかりません|読めません"):
        fetch(address)


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        where = {"/inside": "http://127.0.0.1:1/", "/around": "/around", "/once": "/page"}.get(self.path)
        self.send_response(302 if where else 404 if self.path == "/none" else 200)
        if where:
            self.send_header("Location", where)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if not where:
            self.wfile.write(b"x" * 3000 if self.path == "/large" else "<html><p>本文です。</p></html>".encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of this machine that counts as public under the name site.example."""
    server = ThreadingHTTPServer(("127.0.0.9", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    real = socket.getaddrinfo
    monkeypatch.setattr(web.socket, "getaddrinfo", lambda host, *args, **more: real("127.0.0.9" if host == "site.example" else host, *args, **more))
    monkeypatch.setattr(web, "is_public", lambda place: place == "127.0.0.9" or is_public(place))
    yield f"http://site.example:{server.server_port}"
    server.shutdown()


def test_a_page_is_fetched_through_redirects_within_limits(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch(f"{site}/page") == FileData("page.html", "<html><p>本文です。</p></html>".encode())
    assert fetch(f"{site}/once").name == "page.html"
    for path, said in (("/inside", "アドレスは取得しません"), ("/around", "転送が多すぎます"), ("/none", "応答 404")):
        with pytest.raises(InputError, match=said):
            fetch(site + path)
    monkeypatch.setattr(web, "LARGEST", 1000)
    with pytest.raises(InputError, match="大きすぎます"):
        fetch(f"{site}/large")
