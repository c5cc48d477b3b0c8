"""The library: sources, documents and chunks in one SQLite file, the only source of truth.

Every change is one transaction and raises the generation by one. What is derived from the library
compares its own generation and chunk ids with the library's. Chunk ids are never used again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.chunking import Chunk
from ingest.document import Document
from ingest.errors import ShirabeError
from ingest.library_changes import OLDER, Changes, Pairs, drop_empty_sources, drop_with_versions, put_documents, successors
from ingest.library_faults import faults
from ingest.library_infos import INFOS, DocumentInfo, Edit, KnownPath, to_info
from ingest.library_rows import put_chunks, put_document, put_source, to_chunk, to_document
from ingest.library_schema import BUSY_TIMEOUT_MS, SCHEMA_VERSION, prepare
from ingest.sources import Source

LOCK_SECONDS = 600


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
    def _change(self, is_new: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction under the write lock, which makes a new generation; raises ShirabeError where the disk doesn't take it."""
        with self._connection() as connection:
            try:
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

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    @property
    def generation(self) -> int:
        """How many changes the library has seen."""
        return self._rows("SELECT value FROM meta WHERE key = 'generation'")[0][0]

    def is_empty(self) -> bool:
        """Whether no document is there."""
        return not self._rows("SELECT 1 FROM documents LIMIT 1")

    def fingerprints(self) -> dict[str, str]:
        """For each source what it was read from: content, description and splitter settings."""
        return dict(self._rows("SELECT name, fingerprint FROM sources"))

    def hashes(self) -> dict[str, str]:
        """For each source the hash of its file; empty where an older version didn't store it."""
        return dict(self._rows("SELECT name, sha256 FROM sources"))

    def source_names(self, is_corpus: bool) -> list[str]:
        """The names of the corpus's sources, or of the user's own."""
        return [name for (name,) in self._rows("SELECT name FROM sources WHERE is_corpus = ?", (is_corpus,))]

    def source(self, name: str) -> Source | None:
        """A source as it is stored, None for an unknown one; a user's file is kept in ``files`` of the home, wherever that has been moved."""
        for path, is_corpus, owner, label, sha256 in self._rows("SELECT path, is_corpus, owner, label, sha256 FROM sources WHERE name = ?", (name,)):
            where = Path(path) if is_corpus else self.files / Path(path).name
            return Source(where, name, is_corpus=bool(is_corpus), owner=owner, label=label, sha256=sha256)
        return None

    @property
    def files(self) -> Path:
        """The folder of the files that users gave."""
        return self.path.parent / "files"

    def kept_files(self) -> set[str]:
        """The names of the files that belong to a source."""
        return {Path(path).name for (path,) in self._rows("SELECT path FROM sources WHERE NOT is_corpus")}

    def removed_documents(self, source: str) -> set[str]:
        """The ids of the documents that were removed from a source which is still there, or stand in another one."""
        return {id_ for (id_,) in self._rows("SELECT id FROM removed_documents WHERE source = ?", (source,))}

    def same_texts(self, digests: Iterable[str], owner: str = "") -> dict[str, tuple[str, str]]:
        """For each text, by its digest, that a current document of all or of ``owner`` has: that document's id and source."""
        found: dict[str, tuple[str, str]] = {}
        for digest in digests:
            for id_, source in self._rows("SELECT d.id, d.source FROM documents d JOIN sources s ON s.name = d.source WHERE d.digest = ? AND d.is_current AND s.owner IN ('', ?) LIMIT 1", (digest, owner)):
                found[digest] = id_, source
        return found

    def source_of(self, document_id: str) -> str | None:
        """The source of a document, older versions too; None for an unknown id."""
        return next((source for (source,) in self._rows("SELECT source FROM documents WHERE id = ?", (document_id,))), None)

    def sources_labelled(self, label: str, owner: str) -> list[str]:
        """The user's sources that were given under this name and are current, the newest last."""
        return [name for (name,) in self._rows("SELECT name FROM sources s WHERE label = ? AND owner = ? AND NOT is_corpus AND EXISTS (SELECT 1 FROM documents d WHERE d.source = s.name AND d.is_current) ORDER BY rowid", (label, owner))]

    def documents_of(self, source: str) -> dict[str, str]:
        """The current documents of a source: ids with titles, in order."""
        return dict(self._rows("SELECT id, title FROM documents WHERE source = ? AND is_current ORDER BY position", (source,)))

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

    def edits(self, source: str) -> list[Edit]:
        """What persons corrected of the documents of a source."""
        return [Edit(*row) for row in self._rows("SELECT e.document_id, e.field, e.was, e.value FROM edits e JOIN documents d ON d.id = e.document_id WHERE d.source = ?", (source,))]

    def known_paths(self, folder: str) -> dict[str, KnownPath]:
        """The files of a synced folder, or with an empty name those that were given one by one, by path."""
        return {row[0]: KnownPath(*row) for row in self._rows("SELECT path, folder, source, sha256, stat FROM paths WHERE folder = ?", (folder,))}

    def known_path(self, path: str) -> KnownPath | None:
        """What is remembered of the file at ``path``."""
        return next((KnownPath(*row) for row in self._rows("SELECT path, folder, source, sha256, stat FROM paths WHERE path = ?", (path,))), None)

    def put_paths(self, known: Iterable[KnownPath], gone: Iterable[str] = ()) -> None:
        """Remember how files look on disk and which source they are, and forget those that are gone."""
        with self._change(is_new=False) as connection:
            connection.executemany("DELETE FROM paths WHERE path = ?", [(path,) for path in gone])
            connection.executemany("INSERT OR REPLACE INTO paths SELECT ?, ?, (SELECT name FROM sources WHERE name = ?), ?, ?", [(k.path, k.folder, k.source, k.sha256, k.stat) for k in known])

    def is_elsewhere(self, source: str, path: str) -> bool:
        """Whether a source is also the file at another path than this."""
        return bool(self._rows("SELECT 1 FROM paths WHERE source = ? AND path != ? LIMIT 1", (source, path)))

    def infos(self, owners: Sequence[str] | None = ("",), versions: bool = False) -> list[DocumentInfo]:
        """The documents as a list shows them, corpus first, in the order of sources and positions.

        ``owners`` are the sessions whose own documents are told too, None all of them; ``versions`` tells older versions as well.
        """
        shown: list[str] = [] if versions else ["d.is_current"]
        shown += [] if owners is None else [f"s.owner IN ({','.join('?' * len(owners))})"]
        where = f" WHERE {' AND '.join(shown)}" if shown else ""
        rows = self._rows(f"{INFOS}{where} ORDER BY s.is_corpus DESC, d.source, d.position, d.version", owners or ())
        return [to_info(row) for row in rows]

    def info(self, document_id: str) -> DocumentInfo | None:
        """What a list would show of one document, older versions too; None for an unknown id."""
        rows = self._rows(f"{INFOS} WHERE d.id = ?", (document_id,))
        return to_info(rows[0]) if rows else None

    def older_versions(self, document_id: str) -> list[DocumentInfo]:
        """The older versions of a document, the newest first."""
        return sorted((to_info(row) for row in self._rows(f"{INFOS} WHERE d.id IN ({OLDER})", (document_id,))), key=lambda i: -i.version)

    def document(self, document_id: str) -> Document | None:
        """The whole document, or None."""
        rows = self._rows("SELECT id, title, issuer, kind, language, date, date_basis, date_quote, source, text, parts FROM documents JOIN bodies ON document_id = id WHERE id = ?", (document_id,))
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
        """The pairs of names that the documents give which all see."""
        pairs: set[tuple[str, str]] = set()
        for (names,) in self._rows("SELECT DISTINCT d.names FROM documents d JOIN sources s ON s.name = d.source WHERE d.is_current AND s.owner = ''"):
            pairs.update((a, b) for a, b in json.loads(names))
        return sorted(pairs)

    def faults(self) -> list[str]:
        """What doesn't agree inside the library: damage, orphans, chunks that aren't their span."""
        with self._connection() as connection:
            return faults(connection)
