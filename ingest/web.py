"""Fetches what a list of addresses names: only when its owner asks for it, only http(s), never inside the own network, within limits.

A name is looked up once and the connection goes to the very address that was checked, at every redirect anew, so that a name that
changes its address between check and use leads nowhere.
"""

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable
from time import monotonic
from urllib.parse import quote, unquote, urljoin, urlsplit

from ingest.content import FileData
from ingest.errors import InputError
from ingest.formats.encodings import decode

LARGEST = 50_000_000  # bytes of a page or file
MOST_ADDRESSES = 200  # of a list
MOST_REDIRECTS = 5
SILENT, LONGEST = 15.0, 120.0  # seconds without a byte, and for a whole file
PART = 64 * 1024
ADDRESS = re.compile(r"^(?:URL=)?(https?://[^\s<>\"]+)$", re.I)
ENDINGS = {"application/pdf": ".pdf", "text/html": ".html", "application/xhtml+xml": ".html", "text/csv": ".csv", "text/plain": ".txt", "application/zip": ".zip"}


def addresses(file: FileData) -> list[str]:
    """The addresses of a list (a line each) or of a shortcut of Windows (.url), each once; raises InputError where there is none."""
    text = decode(file.data) or ""
    found = list(dict.fromkeys(match.group(1) for line in text.splitlines() if (match := ADDRESS.match(line.strip()))))
    if not found:
        raise InputError(f"{file.name}: http:// か https:// で始まる URL がありません。1行に1つずつ書いてください")
    if len(found) > MOST_ADDRESSES:
        raise InputError(f"{file.name}: URL が多すぎます({len(found)}件、上限 {MOST_ADDRESSES}件)。分けて追加してください")
    return found


def fetch(address: str, allowed: Callable[[str], bool] | None = None) -> FileData:
    """The file at an address; raises InputError where it can't or mustn't be fetched. ``allowed`` says of a numeric address whether one may go there."""
    until = monotonic() + LONGEST
    here = address
    for _ in range(MOST_REDIRECTS + 1):
        response = _asked(here, address, allowed or is_public)
        try:
            if response.status in (301, 302, 303, 307, 308) and response.getheader("Location"):
                here = urljoin(here, response.getheader("Location") or "")
                continue
            if response.status != 200:
                raise InputError(f"{address}: 取得できません(応答 {response.status})。URL を確かめてください")
            return FileData(_name(here, response), _body(response, address, until))
        except (OSError, http.client.HTTPException) as error:
            raise InputError(f"{address}: 取得の途中で切れました({type(error).__name__})。しばらくしてからもう一度試してください") from error
        finally:
            response.close()
    raise InputError(f"{address}: 転送が多すぎます(上限 {MOST_REDIRECTS}回)。最終的な URL を指定してください")


def _asked(here: str, address: str, allowed: Callable[[str], bool]) -> http.client.HTTPResponse:
    """The answer of the server, whose address has been checked."""
    try:
        parts = urlsplit(here)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise InputError(f"{address}: URL として読めません。確かめてください") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise InputError(f"{address}: http か https の、利用者名を含まない URL だけを取得できます")
    place = _place(host, port, address, allowed)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else "")
    try:
        connection = _Connection(place, host, port, parts.scheme == "https")
        connection.request("GET", path, headers={"Host": parts.netloc.encode("idna").decode() if parts.netloc.isascii() is False else parts.netloc, "User-Agent": "Shirabe", "Accept-Encoding": "identity"})
        return connection.getresponse()
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        raise InputError(f"{address}: サーバーにつながりません({type(error).__name__})。URL とネットワークを確かめてください") from error


def _place(host: str, port: int, address: str, allowed: Callable[[str], bool]) -> str:
    """The numeric address of a host; raises InputError unless all that the host has are allowed."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise InputError(f"{address}: {host} が見つかりません。URL を確かめてください") from error
    if not found or not all(allowed(str(place)) for place in found):
        raise InputError(f"{address}: 組織内やこの機械自身のアドレスは取得しません。ファイルとして保存してから追加してください")
    return str(min(found, key=lambda place: ":" in str(place)))


def is_public(place: str) -> bool:
    """Whether a numeric address is one of the open internet, also inside an IPv6 address that wraps it."""
    found = ipaddress.ip_address(place.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner)) and (found.ipv4_mapped is not None)
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


class _Connection(http.client.HTTPConnection):
    """A connection to a numeric address that speaks, and checks the certificate, for a host's name."""

    def __init__(self, place: str, host: str, port: int, is_secure: bool) -> None:
        super().__init__(host, port, timeout=SILENT)
        self.place, self.is_secure = place, is_secure

    def connect(self) -> None:
        """Open the connection to the address that was checked."""
        self.sock = socket.create_connection((self.place, self.port), SILENT)
        if self.is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _body(response: http.client.HTTPResponse, address: str, until: float) -> bytes:
    data = bytearray()
    while part := response.read1(PART):
        data += part
        if len(data) > LARGEST:
            raise InputError(f"{address}: ファイルが大きすぎます(上限 {LARGEST // 1_000_000} MB)。保存し、分けてから追加してください")
        if monotonic() > until:
            raise InputError(f"{address}: 取得に時間がかかりすぎるため中止しました。保存してから追加してください")
    return bytes(data)


def _name(address: str, response: http.client.HTTPResponse) -> str:
    """The last part of the address, with the ending that the server's type calls for."""
    parts = urlsplit(address)
    name = unquote(parts.path.rstrip("/").rsplit("/", 1)[-1]) or parts.hostname or "page"
    name = "".join(c if c.isprintable() and c not in '/\\' else "_" for c in name)[-80:]
    ending = ENDINGS.get((response.getheader("Content-Type") or "").split(";")[0].strip().lower(), "")
    return name if not ending or name.lower().endswith((ending, ".htm", ".md")) else name + ending
