"""What the library tells: every question that can be asked of it, none of which changes anything."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingest.chunking import Chunk
from ingest.document import Document
from ingest.library.changes import OLDER
from ingest.library.connection import Connections
from ingest.library.infos import INFOS, DocumentInfo, Edit, KnownPath, to_info
from ingest.library.rows import to_chunk, to_document
from ingest.sources import Source


class LibraryQueries:
    """Reads the library at ``path``; each thread by a connection of its own, so that none has to wait for its turn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections = Connections(path)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:
        return self._connections.own().execute(query, values).fetchall()

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

    def edits(self, source: str) -> list[Edit]:
        """What persons corrected of the documents of a source."""
        return [Edit(*row) for row in self._rows("SELECT e.document_id, e.field, e.was, e.value FROM edits e JOIN documents d ON d.id = e.document_id WHERE d.source = ?", (source,))]

    def known_paths(self, folder: str) -> dict[str, KnownPath]:
        """The files of a synced folder, or with an empty name those that were given one by one, by path."""
        return {row[0]: KnownPath(*row) for row in self._rows("SELECT path, folder, source, sha256, stat FROM paths WHERE folder = ?", (folder,))}

    def known_path(self, path: str) -> KnownPath | None:
        """What is remembered of the file at ``path``."""
        return next((KnownPath(*row) for row in self._rows("SELECT path, folder, source, sha256, stat FROM paths WHERE path = ?", (path,))), None)

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
