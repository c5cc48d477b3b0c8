"""The files that documents come from: the corpus's ``sources.toml`` and files that a user adds."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import InputError

KINDS = ("press_release", "report")
LARGEST_FILE = 50_000_000  # bytes; a longer one is hardly a press release or a report


@dataclass(frozen=True, slots=True)
class Source:
    """A file and what its owner says of it; an empty ``issuer`` or ``kind`` is read off the text."""

    path: Path
    name: str
    issuer: str = ""
    kind: str = ""
    language: str = ""
    origin: str = ""
    sha256: str = ""
    is_corpus: bool = True


def corpus_sources(corpus: Path) -> list[Source]:
    """The entries of ``sources.toml``; raises InputError where one is wrong or its file has changed."""
    listing = corpus / "sources.toml"
    if not listing.is_file():
        raise InputError(f"コーパスの一覧 {listing} がありません。--corpus に正しいフォルダーを指定してください")
    try:
        listed = tomllib.loads(listing.read_text(encoding="utf-8")).get("source", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"コーパスの一覧 {listing} を読めません: {error}") from error
    if not isinstance(listed, list) or not all(isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values()) for entry in listed):
        raise InputError(f"コーパスの一覧 {listing} は [[source]] ごとに、項目 = \"文字列\" の形で書いてください")
    return [_source(entry, corpus, listing) for entry in listed]


def _source(entry: dict[str, str], corpus: Path, listing: Path) -> Source:
    name = entry.get("file", "")
    path = corpus / "files" / name
    if not name or Path(name).name != name or not path.is_file():
        raise InputError(f"{listing}: file = {name!r} が {corpus / 'files'} にありません")
    if entry.get("kind") not in KINDS:
        raise InputError(f"{listing}: {name} の kind は {' か '.join(KINDS)} にしてください")
    allowed = {"file", "issuer", "kind", "language", "origin", "sha256"}
    if set(entry) - allowed:
        raise InputError(f"{listing}: {name} に知らない項目があります: {', '.join(sorted(set(entry) - allowed))}")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if entry.get("sha256") and entry["sha256"] != found:
        raise InputError(f"{path} の内容が {listing} の sha256 と違います。意図した変更なら sha256 を {found} に直してください")
    return Source(path, name, entry.get("issuer", ""), entry["kind"], entry.get("language", ""), entry.get("origin", ""), found)


def read_text(path: Path) -> tuple[bytes, str]:
    """The bytes and the text of a file; raises InputError, in words for its owner, when it isn't readable text."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path.name}: ファイルが大きすぎます(上限 {LARGEST_FILE // 1_000_000} MB)。分けて追加してください")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name}: ファイルを読めません({error})。名前と権限を確かめてください") from error
    text = _decode(data)
    if text is None:
        raise InputError(f"{path.name}: テキストとして読めません。今読めるのはテキスト(.txt)と Markdown(.md)です")
    if not text.strip():
        raise InputError(f"{path.name}: 中身が空です")
    return data, text


def _decode(data: bytes) -> str | None:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = sum(c < " " and c not in "\t\n\r\v\f" for c in text)
        return text if controls <= len(text) // 1000 else None
    return None


def _encodings(data: bytes) -> Iterator[str]:
    """The encodings that the bytes may be in, likeliest first."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    if b"\x1b$" in data or b"\x1b(" in data:  # before UTF-8, which takes these 7-bit escapes as well
        yield "iso2022_jp"
    yield from ("utf-8-sig", "cp932", "euc_jp")
