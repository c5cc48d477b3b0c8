"""Addresses: read from lists, fetched within limits, never inside the own network, also not by redirects or by names that lead there."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from library_fixtures import run_command
from test_ingest_sync import listing, reader

from ingest import web
from ingest.adding import add_addresses
from ingest.content import FileData
from ingest.errors import InputError
from ingest.failures import Failure
from ingest.library.prepared import Added
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
    asked: ClassVar[list[str]] = []
    release = "<html><title>札幌市、広場を開く</title><body><article><h1>札幌市、広場を開く</h1><p>札幌市は2024年5月1日、駅前に広場を開くと発表した。広さは111平方メートルである。</p></article></body></html>"

    def do_GET(self) -> None:
        _Site.asked.append(self.path)
        where = {"/inside": "http://127.0.0.1:1/", "/around": "/around", "/once": "/page"}.get(self.path)
        self.send_response(302 if where else 404 if self.path == "/none" else 200)
        if where:
            self.send_header("Location", where)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if not where:
            self.wfile.write(b"x" * 3000 if self.path == "/large" else _Site.release.encode() if self.path == "/release" else "<html><p>本文です。</p></html>".encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


def allowed(place: str) -> bool:
    """The site's own address, and those of the open internet."""
    return place == "127.0.0.9" or is_public(place)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of this machine under the name site.example; its tests allow its address."""
    server = ThreadingHTTPServer(("127.0.0.9", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    real = socket.getaddrinfo
    monkeypatch.setattr(web.socket, "getaddrinfo", lambda host, *args, **more: real("127.0.0.9" if host == "site.example" else host, *args, **more))
    yield f"http://site.example:{server.server_port}"
    server.shutdown()


def test_a_page_is_fetched_through_redirects_within_limits(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fetch(f"{site}/page", allowed) == FileData("page.html", "<html><p>本文です。</p></html>".encode())
    assert fetch(f"{site}/once", allowed).name == "page.html"
    for path, said in (("/inside", "アドレスは取得しません"), ("/around", "転送が多すぎます"), ("/none", "応答 404")):
        with pytest.raises(InputError, match=said):
            fetch(site + path, allowed)
    monkeypatch.setattr(web, "LARGEST", 1000)
    with pytest.raises(InputError, match="大きすぎます"):
        fetch(f"{site}/large", allowed)


def test_a_list_of_addresses_comes_in_and_what_fails_is_told_by_its_address(site: str, tmp_path: Path) -> None:
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{site}/release\n{site}/none\nhttp://127.0.0.1:1/\n{site}/inside\n", encoding="utf-8")
    r = reader(tmp_path / "home")
    _Site.asked.clear()
    added, *failed = add_addresses(r, listed, allowed)
    assert _Site.asked == ["/release", "/none", "/inside"]  # nothing but what the list names
    assert isinstance(added.result, Added) and (added.result.status, added.path) == ("added", f"{site}/release")
    assert [i.title for i in r.library.infos()] == ["札幌市、広場を開く"]
    assert [(o.path, isinstance(o.result, Failure)) for o in failed] == [(f"{site}/none", True), ("http://127.0.0.1:1/", True), (f"{site}/inside", True)]
    assert all(o.path in str(o.result) for o in failed)


def test_an_address_that_says_something_else_now_is_a_newer_version(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{site}/release\n", encoding="utf-8")
    r = reader(tmp_path / "home")
    (first,) = add_addresses(r, listed, allowed)
    (again,) = add_addresses(r, listed, allowed)
    monkeypatch.setattr(_Site, "release", _Site.release.replace("111", "222"))
    (newer,) = add_addresses(r, listed, allowed)
    assert [o.result.status for o in (first, again, newer) if isinstance(o.result, Added)] == ["added", "unchanged", "replaced"]
    assert [i.version for i in r.library.infos()] == [2]


def test_the_command_refuses_addresses_of_the_own_network(tmp_path: Path) -> None:
    corpus, listed = listing(tmp_path / "corpus"), tmp_path / "urls.txt"
    listed.write_text("http://127.0.0.1:9/a\nhttp://localhost/b\n", encoding="utf-8")
    (home := tmp_path / "home").mkdir()
    (home / "settings.toml").write_text(f"corpus = '{corpus}'\n", encoding="utf-8")
    ended = run_command("ingest", "add", "--urls", listed, home=home)
    assert ended.returncode == 2 and "Traceback" not in ended.stderr
    assert ended.stderr.count("アドレスは取得しません") == 2 and "http://127.0.0.1:9/a" in ended.stderr
    assert run_command("ingest", "add", home=home).returncode == 2
