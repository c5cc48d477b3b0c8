"""The files that documents come from: the corpus's ``sources.toml`` and files that a user adds."""

import hashlib
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import InputError

KINDS = ("press_release", "report")


@dataclass(frozen=True, slots=True)
class Source:
    """A file and what its owner says of it; an empty ``issuer`` or ``kind`` is read off the text.

    ``name`` is its key in the library, ``label`` the name under which it was given. ``owner`` is the session that alone
    sees it, empty for what all see.
    """

    path: Path
    name: str
    issuer: str = ""
    kind: str = ""
    language: str = ""
    origin: str = ""
    sha256: str = ""
    is_corpus: bool = True
    owner: str = ""
    label: str = ""


def hash_of(path: Path) -> str:
    """The hash of a file's bytes in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def corpus_sources(corpus: Path, hashed: Callable[[Path], str] = hash_of) -> list[Source]:
    """The entries of ``sources.toml``, their files hashed by ``hashed``; raises InputError where one is wrong or its file has changed."""
    listing = corpus / "sources.toml"
    if not listing.is_file():
        raise InputError(f"コーパスの一覧 {listing} がありません。--corpus に正しいフォルダーを指定してください")
    try:
        listed = tomllib.loads(listing.read_text(encoding="utf-8")).get("source", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"コーパスの一覧 {listing} を読めません: {error}") from error
    if not isinstance(listed, list) or not all(isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values()) for entry in listed):
        raise InputError(f"コーパスの一覧 {listing} は [[source]] ごとに、項目 = \"文字列\" の形で書いてください")
    return [_source(entry, corpus, listing, hashed) for entry in listed]


def _source(entry: dict[str, str], corpus: Path, listing: Path, hashed: Callable[[Path], str]) -> Source:
    name = entry.get("file", "")
    path = corpus / "files" / name
    if not name or Path(name).name != name or not path.is_file():
        raise InputError(f"{listing}: file = {name!r} が {corpus / 'files'} にありません")
    if entry.get("kind") not in KINDS:
        raise InputError(f"{listing}: {name} の kind は {' か '.join(KINDS)} にしてください")
    allowed = {"file", "issuer", "kind", "language", "origin", "sha256"}
    if set(entry) - allowed:
        raise InputError(f"{listing}: {name} に知らない項目があります: {', '.join(sorted(set(entry) - allowed))}")
    found = hashed(path)
    if entry.get("sha256") and entry["sha256"] != found:
        raise InputError(f"{path} の内容が {listing} の sha256 と違います。意図した変更なら sha256 を {found} に直してください")
    return Source(path, name, entry.get("issuer", ""), entry["kind"], entry.get("language", ""), entry.get("origin", ""), found, label=name)
