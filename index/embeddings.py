"""Vectors kept on disk by content, so that nothing is encoded twice and a killed build goes on."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from index.embedder import Embedder
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.errors import ShirabeError

COMMIT_EVERY = 64  # passages: what a kill can cost at most
LAYOUT = 3
DAMAGE = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
SEAL = 8  # bytes that tell a row whose bits were turned over
Progress = Callable[[int, int], None]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Passage:
    """What the embedder sees of a chunk, and the spans of its segments in it."""

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Vectors:
    """A passage's vector, ``(dimension,)``, and those of its spans, ``(spans, dimension)``: float32, unit length."""

    passage: np.ndarray
    spans: np.ndarray


def passage_of(chunk: Chunk, document: Document) -> Passage:
    """The chunk behind its context, with the document's segments that stand in it."""
    head = f"{chunk.context}\n"
    shift = len(head) - chunk.start
    return Passage(head + chunk.text, tuple((s.start + shift, s.end + shift) for s in document.segments if chunk.start <= s.start and s.end <= chunk.end))


class EmbeddingCache:
    """One SQLite file of vectors by the hash of embedder and passage. It can be deleted at any time."""

    def __init__(self, path: Path, embedder: Embedder, settings_key: str) -> None:
        self.path, self.embedder, self.settings_key = path, embedder, settings_key
        self._whole(self._prepare)

    def _whole(self, work: Callable[[], Made]) -> Made:
        """Do something with the file; a damaged one is made anew first, which loses nothing but the time to encode again."""
        try:
            return work()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) not in DAMAGE:
                raise ShirabeError(f"{self.path} に書けません: {error}。何も失われていません。空き容量と権限を確かめて、もう一度実行してください") from error  # the file is well
            for part in self.path.parent.glob(f"{self.path.name}*"):
                part.unlink(missing_ok=True)
            self._prepare()
            return work()

    def _prepare(self) -> None:
        with self._connect() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            if connection.execute("PRAGMA user_version").fetchone()[0] != LAYOUT:
                connection.execute("DROP TABLE IF EXISTS vectors")  # another layout: the vectors are made anew
                connection.execute(f"PRAGMA user_version = {LAYOUT}")
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, passage BLOB NOT NULL, spans BLOB NOT NULL, seal BLOB NOT NULL)")
            connection.execute("CREATE TABLE IF NOT EXISTS held (chunk INTEGER PRIMARY KEY, key BLOB NOT NULL)")
            connection.execute("CREATE INDEX IF NOT EXISTS held_by_key ON held(key)")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=10)

    def encode(self, passages: Sequence[Passage], progress: Progress | None = None) -> list[Vectors]:
        """The vectors of ``passages``; only those not seen before are encoded, longest first."""
        keys = [self._key(p) for p in passages]
        known = self._whole(lambda: self._known(set(keys)))
        missing = sorted({k: p for k, p in zip(keys, passages, strict=True) if k not in known}.items(), key=lambda item: -len(item[1].text))
        for i in range(0, len(missing), COMMIT_EVERY):
            part = missing[i : i + COMMIT_EVERY]
            whole, inside = self.embedder.encode_passages([p.text for _, p in part], [p.spans for _, p in part])
            made = {key: Vectors(vector, spans) for (key, _), vector, spans in zip(part, whole, inside, strict=True)}
            self._whole(lambda made=made: self._keep(made))  # type: ignore[misc]
            known.update(made)
            if progress:
                progress(min(i + COMMIT_EVERY, len(missing)), len(missing))
        return [known[k] for k in keys]

    def hold(self, chunks: Mapping[int, Passage]) -> None:
        """Remember which chunk a vector is kept for."""
        rows = [(id_, self._key(passage)) for id_, passage in chunks.items()]

        def put() -> None:
            with self._connect() as connection:
                connection.executemany("INSERT OR REPLACE INTO held VALUES (?, ?)", rows)

        self._whole(put)

    def held(self) -> set[int]:
        """The chunks that vectors are kept for."""
        return self._whole(lambda: {id_ for (id_,) in self._connect().execute("SELECT chunk FROM held")})

    def keep_only(self, chunks: Iterable[int]) -> None:
        """Forget the vectors that none of these chunks has."""
        rows = [(id_,) for id_ in chunks]

        def forget() -> None:
            with self._connect() as connection:
                connection.execute("CREATE TEMP TABLE wanted (chunk INTEGER PRIMARY KEY)")
                connection.executemany("INSERT INTO wanted VALUES (?)", rows)
                connection.execute("DELETE FROM held WHERE chunk NOT IN (SELECT chunk FROM wanted)")
                connection.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM held)")

        self._whole(forget)

    def _keep(self, made: dict[bytes, Vectors]) -> None:
        rows = [(key, v.passage.tobytes(), v.spans.astype(np.float16).tobytes()) for key, v in made.items()]
        with self._connect() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", ((*row, _seal(*row)) for row in rows))

    def _key(self, passage: Passage) -> bytes:
        said = f"{self.settings_key}\0{passage.spans}\0{passage.text}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()

    def _known(self, keys: set[bytes]) -> dict[bytes, Vectors]:
        found = {}
        dimension = self.embedder.dimension
        ordered = sorted(keys)
        with self._connect() as connection:
            for i in range(0, len(ordered), 500):
                part = ordered[i : i + 500]
                marks = ",".join("?" * len(part))
                for key, passage, spans, seal in connection.execute(f"SELECT key, passage, spans, seal FROM vectors WHERE key IN ({marks})", part):
                    if seal == _seal(key, passage, spans) and len(passage) == 4 * dimension:
                        found[key] = Vectors(np.frombuffer(passage, np.float32), np.frombuffer(spans, np.float16).astype(np.float32).reshape(-1, dimension))
        return found


def _seal(key: bytes, passage: object, spans: object) -> bytes:
    """What a row's bits have to add up to; nothing does where one of them is no longer bytes."""
    if not isinstance(passage, bytes) or not isinstance(spans, bytes):
        return b""
    return hashlib.blake2b(key + passage + spans, digest_size=SEAL).digest()
