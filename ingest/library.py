"""The library: sources, documents and chunks in one SQLite file, the only source of truth.

Every change is one transaction and raises the generation by one. What is derived from the library
compares its own generation and chunk ids with the library's. Chunk ids are never used again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.chunking import Chunk
from ingest.document import Document
from ingest.errors import ShirabeError
from ingest.library_rows import drop_document, put_chunks, put_document, to_chunk, to_document
from ingest.library_schema import BUSY_TIMEOUT_MS, SCHEMA_VERSION, prepare
from ingest.sources import Source


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a list shows of a document, without its text; ``position`` is its place in its source."""

    id: str
    title: str
    issuer: str
    kind: str
    language: str
    date: str | None
    date_basis: str
    source: str
    chars: int
    chunks: int


@dataclass(slots=True)
class Changes:
    """What a change to the library did, in documents and in chunks; ``failures`` are files that couldn't be read, in words."""

    documents_added: int = 0
    documents_changed: int = 0
    documents_removed: int = 0
    documents_unchanged: int = 0
    chunks_added: int = 0
    chunks_removed: int = 0
    chunks_unchanged: int = 0
    failures: list[str] = field(default_factory=list)


class Library:
    """Reads and changes the library of one home. Safe to open from several threads and processes."""

    def __init__(self, home: Path) -> None:
        self.path = home / "library.sqlite"
        try:
            home.mkdir(parents=True, exist_ok=True)
            with self._connection() as connection:
                version = prepare(connection)
        except (OSError, sqlite3.Error) as error:
            raise ShirabeError(f"ライブラリ {self.path} を開けません: {error}。フォルダーの権限と空き容量を確かめてください。壊れている場合はフォルダーを退避して `python -m index build` を実行してください") from error
        if version != SCHEMA_VERSION:
            raise ShirabeError(f"ライブラリ {self.path} は別の版のものです(版 {version} → {SCHEMA_VERSION})。フォルダーを退避して `python -m index build` を実行してください")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction under the write lock, which makes a new generation."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    @property
    def generation(self) -> int:
        """How many changes the library has seen."""
        return self._rows("SELECT value FROM meta WHERE key = 'generation'")[0][0]

    def fingerprints(self) -> dict[str, str]:
        """For each source what it was read from: content, description and splitter settings."""
        return dict(self._rows("SELECT name, fingerprint FROM sources"))

    def source_names(self, is_corpus: bool) -> list[str]:
        """The names of the corpus's sources, or of the user's own."""
        return [name for (name,) in self._rows("SELECT name FROM sources WHERE is_corpus = ?", (is_corpus,))]

    def source_path(self, name: str) -> Path:
        """Where the file of a source is; a user's is kept in ``files`` of the home, wherever the home has been moved."""
        rows = self._rows("SELECT path, is_corpus FROM sources WHERE name = ?", (name,))
        path, is_corpus = rows[0] if rows else (name, True)
        return Path(path) if is_corpus else self.path.parent / "files" / Path(path).name

    def removed_documents(self, source: str) -> set[str]:
        """The ids of the documents that were removed from a source which is still there."""
        return {id_ for (id_,) in self._rows("SELECT id FROM removed_documents WHERE source = ?", (source,))}

    def replace_source(self, source: Source, fingerprint: str, documents: Sequence[tuple[Document, Sequence[Chunk]]]) -> Changes:
        """Put a source's documents in place of those that it had, in one transaction; equal chunks keep their ids."""
        changes = Changes()
        with self._change() as connection:
            old = dict(connection.execute("SELECT id, title FROM documents WHERE source = ?", (source.name,)).fetchall())
            connection.execute(
                "INSERT INTO sources VALUES (?, ?, ?, ?) ON CONFLICT(name) DO UPDATE SET is_corpus = excluded.is_corpus, fingerprint = excluded.fingerprint, path = excluded.path",
                (source.name, source.is_corpus, fingerprint, str(source.path) if source.is_corpus else f"files/{source.path.name}"),
            )
            new_ids = {document.id for document, _ in documents}
            gone = {id_: title for id_, title in old.items() if id_ not in new_ids}
            for id_ in gone:
                changes.chunks_removed += drop_document(connection, id_)
            for position, (document, chunks) in enumerate(documents):
                put_document(connection, document, position)
                added, removed, kept = put_chunks(connection, document.id, chunks)
                changes.chunks_added += added
                changes.chunks_removed += removed
                changes.chunks_unchanged += kept
                if document.id in old:
                    changes.documents_changed += bool(added or removed)
                    changes.documents_unchanged += not (added or removed)
                elif document.title in gone.values():
                    changes.documents_changed += 1
                    gone = {id_: title for id_, title in gone.items() if title != document.title}
                else:
                    changes.documents_added += 1
            changes.documents_removed += len(gone)
        return changes

    def remove_source(self, name: str) -> Changes:
        """Take a source away with its documents and chunks."""
        changes = Changes()
        with self._change() as connection:
            ids = [id_ for (id_,) in connection.execute("SELECT id FROM documents WHERE source = ?", (name,))]
            for id_ in ids:
                changes.chunks_removed += drop_document(connection, id_)
            changes.documents_removed = len(ids)
            connection.execute("DELETE FROM sources WHERE name = ?", (name,))
        return changes

    def remove_document(self, document_id: str) -> Changes:
        """Take one document away; its source goes with its last document, else remembers which were removed."""
        with self._change() as connection:
            (source,) = connection.execute("SELECT source FROM documents WHERE id = ?", (document_id,)).fetchone()
            removed = drop_document(connection, document_id)
            connection.execute("INSERT INTO removed_documents VALUES (?, ?)", (document_id, source))
            if not connection.execute("SELECT 1 FROM documents WHERE source = ?", (source,)).fetchone():
                connection.execute("DELETE FROM sources WHERE name = ?", (source,))
        return Changes(documents_removed=1, chunks_removed=removed)

    def infos(self) -> list[DocumentInfo]:
        """All documents as a list shows them, corpus first, in the order of sources and positions."""
        return [
            DocumentInfo(*row)
            for row in self._rows(
                "SELECT d.id, d.title, d.issuer, d.kind, d.language, d.date, d.date_basis, d.source, length(d.text),"
                " (SELECT count(*) FROM chunks c WHERE c.document_id = d.id)"
                " FROM documents d JOIN sources s ON s.name = d.source ORDER BY s.is_corpus DESC, d.source, d.position"
            )
        ]

    def document(self, document_id: str) -> Document | None:
        """The whole document, or None."""
        rows = self._rows("SELECT id, title, issuer, kind, language, date, date_basis, date_quote, source, text, parts FROM documents WHERE id = ?", (document_id,))
        return to_document(*rows[0]) if rows else None

    def chunks(self, ids: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by id; ids that are gone are left out."""
        wanted = list(ids)
        found: dict[int, Chunk] = {}
        for i in range(0, len(wanted), 500):
            part = wanted[i : i + 500]
            marks = ",".join("?" * len(part))
            for id_, *row in self._rows(f"SELECT id, document_id, start, end, text, heading, page, context FROM chunks WHERE id IN ({marks})", part):
                found[id_] = to_chunk(*row)
        return found

    def chunk_ids(self) -> dict[int, str]:
        """The document of every chunk, by chunk id."""
        return dict(self._rows("SELECT id, document_id FROM chunks ORDER BY id"))

    def name_pairs(self) -> list[tuple[str, str]]:
        """The pairs of names that the documents give."""
        pairs: set[tuple[str, str]] = set()
        for (parts,) in self._rows("SELECT json_extract(parts, '$.names') FROM documents"):
            pairs.update((a, b) for a, b in json.loads(parts))
        return sorted(pairs)

    def faults(self) -> list[str]:
        """What doesn't agree inside the library: damage, orphans, chunks that aren't their span."""
        found = [f"SQLite: {row[0]}" for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"文書のないチャンク: {i}" for (i,) in self._rows("SELECT id FROM chunks WHERE document_id NOT IN (SELECT id FROM documents)")]
        found += [f"チャンクのない文書: {i}" for (i,) in self._rows("SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM chunks)")]
        wrong = self._rows("SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id WHERE substr(d.text, c.start + 1, c.end - c.start) != c.text")
        return found + [f"本文と一致しないチャンク: {i}" for (i,) in wrong]
