"""The library: sources, documents and chunks in one SQLite file, the only source of truth.

Every change is one transaction and raises the generation by one. What is derived from the library
compares its own generation and chunk ids with the library's. Chunk ids are never used again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.chunking import Chunk
from ingest.document import Document
from ingest.errors import ShirabeError
from ingest.library.changes import Changes, Pairs, drop_empty_sources, drop_with_versions, put_documents, successors
from ingest.library.faults import damaged_sources, faults
from ingest.library.infos import Edit, KnownPath
from ingest.library.queries import LibraryQueries
from ingest.library.rows import put_chunks, put_document, put_source
from ingest.library.schema import SCHEMA_VERSION, prepare
from ingest.sources import Source

LOCK_SECONDS = 600


class Library(LibraryQueries):
    """Reads and changes the library of one home. Safe to open from several threads and processes."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "library.sqlite")
        try:
            home.mkdir(parents=True, exist_ok=True)
            version = prepare(self._connections.own())
        except (OSError, sqlite3.Error) as error:
            raise ShirabeError(f"ライブラリ {self.path} を開けません: {error}。フォルダーの権限と空き容量を確かめてください。壊れている場合はフォルダーを退避して `python -m index build` を実行してください") from error
        if version != SCHEMA_VERSION:
            raise ShirabeError(f"ライブラリ {self.path} は別の版のものです(版 {version} → {SCHEMA_VERSION})。フォルダーを退避して `python -m index build` を実行してください")

    @contextmanager
    def _change(self, is_new: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction under the write lock, which makes a new generation; raises ShirabeError where the disk doesn't take it."""
        connection = self._connections.own()
        try:
            connection.execute(f"PRAGMA synchronous={'FULL' if is_new else 'NORMAL'}")  # how files look can be looked up again after a power cut
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE meta SET value = value + ? WHERE key = 'generation'", (is_new,))
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise ShirabeError(f"ライブラリ {self.path} に書けません: {error}。何も変わっていません。空き容量と権限を確かめて、もう一度実行してください") from error
            raise

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nobody else decides what to change meanwhile: for changes that stand on what is there."""
        try:
            with FileLock(self.path.with_name("library.lock"), timeout=LOCK_SECONDS):
                yield
        except Timeout as error:
            raise ShirabeError("別の処理が資料を登録しています。終わってからもう一度実行してください") from error

    def replace_source(
        self, source: Source, fingerprint: str, documents: Pairs, *, replaces: str | None = None, pages: int = 0, warnings: Sequence[str] = (), edits: Iterable[Edit] = (), elsewhere: Iterable[str] = (), only: str | None = None
    ) -> Changes:
        """Put a source's documents in place of those that it had, in one transaction; equal chunks keep their ids.

        With ``replaces``, the name of the same or another source whose file this is a newer version of, what goes stays
        readable as an older version. With ``only``, that is so for
        this one of its documents. ``elsewhere`` are ids of documents of this file that another source has.
        """
        with self._change() as connection:
            old = dict(connection.execute("SELECT id, title FROM documents WHERE source = ? AND is_current ORDER BY position", (replaces or source.name,)).fetchall())
            old = {id_: title for id_, title in old.items() if only in (None, id_)}
            put_source(connection, source, fingerprint, pages, warnings)
            takes_place = successors(old, [(d.id, d.title) for d, _ in documents])
            changes = put_documents(connection, documents, old, takes_place, keeps_versions=replaces is not None)
            connection.executemany("INSERT OR REPLACE INTO edits VALUES (?, ?, ?, ?)", [(e.document_id, e.field, e.was, e.value) for e in edits])
            connection.execute("DELETE FROM removed_documents WHERE source = ? AND reason = 'elsewhere'", (source.name,))
            connection.executemany("INSERT INTO removed_documents VALUES (?, ?, 'elsewhere')", [(id_, source.name) for id_ in elsewhere])
            if replaces is not None:
                drop_empty_sources(connection)
        return changes

    def remove_source(self, name: str) -> Changes:
        """Take a source away with its documents and their older versions; files that hold one of them too are read again at the next occasion."""
        with self._change() as connection:
            ids = [id_ for (id_,) in connection.execute("SELECT id FROM documents WHERE source = ? ORDER BY is_current DESC", (name,))]
            changes = Changes()
            for id_ in ids:
                if connection.execute("SELECT 1 FROM documents WHERE id = ?", (id_,)).fetchone():  # not gone yet as an older version of another
                    is_current = connection.execute("SELECT is_current FROM documents WHERE id = ?", (id_,)).fetchone()[0]
                    part = drop_with_versions(connection, [id_])
                    changes.chunks_removed += part.chunks_removed
                    changes.documents_removed += is_current
                again = "(SELECT source FROM removed_documents WHERE id = ? AND reason = 'elsewhere')"
                connection.execute(f"UPDATE sources SET fingerprint = '' WHERE name IN {again}", (id_,))
                connection.execute("DELETE FROM removed_documents WHERE id = ? AND reason = 'elsewhere'", (id_,))
            connection.execute("DELETE FROM sources WHERE name = ?", (name,))
            drop_empty_sources(connection)
        return changes

    def remove_document(self, document_id: str) -> Changes:
        """Take one document away, with its older versions; its source goes with its last document, else remembers which were removed."""
        with self._change() as connection:
            (source,) = connection.execute("SELECT source FROM documents WHERE id = ?", (document_id,)).fetchone()
            changes = drop_with_versions(connection, [document_id])
            connection.execute("INSERT INTO removed_documents (id, source) VALUES (?, ?)", (document_id, source))
            connection.execute("DELETE FROM sources WHERE name = ? AND NOT EXISTS (SELECT 1 FROM documents WHERE source = ?)", (source, source))
            drop_empty_sources(connection)
        return changes

    def put_edited(self, document: Document, chunks: Sequence[Chunk], edits: Iterable[Edit]) -> Changes:
        """Put a document whose title, issuer or date a person corrected in place of itself."""
        with self._change() as connection:
            (position, is_current, replaced_by) = connection.execute("SELECT position, is_current, replaced_by FROM documents WHERE id = ?", (document.id,)).fetchone()
            put_document(connection, document, position)
            connection.execute("UPDATE documents SET is_current = ?, replaced_by = ? WHERE id = ?", (is_current, replaced_by, document.id))
            added, removed, kept = put_chunks(connection, document.id, chunks if is_current else ())
            connection.execute("DELETE FROM edits WHERE document_id = ?", (document.id,))
            connection.executemany("INSERT INTO edits VALUES (?, ?, ?, ?)", [(e.document_id, e.field, e.was, e.value) for e in edits])
        return Changes(documents_changed=1, chunks_added=added, chunks_removed=removed, chunks_unchanged=kept)

    def put_paths(self, known: Iterable[KnownPath], gone: Iterable[str] = ()) -> None:
        """Remember how files look on disk and which source they are, and forget those that are gone."""
        with self._change(is_new=False) as connection:
            connection.executemany("DELETE FROM paths WHERE path = ?", [(path,) for path in gone])
            connection.executemany("INSERT OR REPLACE INTO paths SELECT ?, ?, (SELECT name FROM sources WHERE name = ?), ?, ?", [(k.path, k.folder, k.source, k.sha256, k.stat) for k in known])

    def distrust_damaged(self) -> None:
        """Have the files read again whose documents aren't as they were written."""
        damaged = damaged_sources(self._connections.own())
        if damaged:
            with self._change() as connection:
                connection.executemany("UPDATE sources SET fingerprint = '' WHERE name = ?", [(name,) for name in damaged])

    def faults(self) -> list[str]:
        """What doesn't agree inside the library: damage, orphans, chunks that aren't their span."""
        return faults(self._connections.own())
