"""Vectors of texts kept on disk by content, so that nothing is encoded twice and a killed build goes on."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.embedder import Embedder

COMMIT_EVERY = 64  # texts: what a kill can cost at most
Progress = Callable[[int, int], None]


class EmbeddingCache:
    """One SQLite file of unit vectors, by the hash of embedder and text. It can be deleted at any time."""

    def __init__(self, path: Path, embedder: Embedder, settings_key: str) -> None:
        self.path, self.embedder, self.settings_key = path, embedder, settings_key
        with self._connect() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=10)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """``(n, dimension)`` float32 for ``texts``; only those not seen before are encoded, longest first."""
        keys = [self._key(text) for text in texts]
        known = self._known(set(keys))
        missing = sorted({k: t for k, t in zip(keys, texts, strict=True) if k not in known}.items(), key=lambda kt: -len(kt[1]))
        for i in range(0, len(missing), COMMIT_EVERY):
            part = missing[i : i + COMMIT_EVERY]
            vectors = self.embedder.encode_passages([text for _, text in part])
            rows = [(key, vector.tobytes()) for (key, _), vector in zip(part, vectors, strict=True)]
            with self._connect() as connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
            known.update((key, vector) for (key, _), vector in zip(part, vectors, strict=True))
            if progress:
                progress(min(i + COMMIT_EVERY, len(missing)), len(missing))
        return np.stack([known[k] for k in keys]) if keys else np.empty((0, self.embedder.dimension), np.float32)

    def keep_only(self, texts: Sequence[str]) -> None:
        """Forget the vectors of all other texts."""
        wanted = [(self._key(text),) for text in texts]
        with self._connect() as connection:
            connection.execute("CREATE TEMP TABLE wanted (key BLOB PRIMARY KEY)")
            connection.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", wanted)
            connection.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM wanted)")

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.settings_key}\0{text}".encode("utf-8", "surrogatepass")).digest()

    def _known(self, keys: set[bytes]) -> dict[bytes, np.ndarray]:
        found = {}
        with self._connect() as connection:
            ordered = sorted(keys)
            for i in range(0, len(ordered), 500):
                part = ordered[i : i + 500]
                marks = ",".join("?" * len(part))
                for key, vector in connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part):
                    found[key] = np.frombuffer(vector, np.float32)
        return {key: vector for key, vector in found.items() if vector.size == self.embedder.dimension}
