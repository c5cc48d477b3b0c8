"""The copies of users' files that a home keeps: each appears whole or not at all, and goes with the last document that came from it."""

import os
from pathlib import Path

from ingest.errors import ShirabeError
from ingest.library.library import Library
from ingest.sources import hash_of

LONGEST_NAME = 120  # bytes of a copy's name; file systems allow 255


def copy_name(label: str, sha256: str, owner: str = "") -> str:
    """The name of a file's copy, which no other text and no other owner's file has."""
    return f"{sha256[:8]}_{f'{owner[:8]}_' if owner else ''}{_safe_name(label)}"


def keep(path: Path, data: bytes, sha256: str) -> None:
    """Copy a file's bytes into the home; raises ShirabeError where the disk doesn't take them. A copy without documents is swept away later."""
    temporary = path.with_name(f".{os.getpid()}.part")
    try:
        if path.is_file() and hash_of(path) == sha256:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ShirabeError(f"{path.name} を {path.parent} に写せません: {error}。空き容量と権限を確かめて、もう一度追加してください") from error


def sweep(library: Library) -> None:
    """Delete copies that belong to no source: what a killed change or a removal left. Nothing else may be changed meanwhile."""
    if library.files.is_dir():
        kept = library.kept_files()
        for file in library.files.iterdir():
            if file.name not in kept:
                file.unlink(missing_ok=True)


def _safe_name(name: str) -> str:
    """A file name without separators and control characters, short enough for every file system."""
    safe = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in name).strip(". ")
    return safe.encode()[-LONGEST_NAME:].decode(errors="ignore") or "file"
