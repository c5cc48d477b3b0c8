"""The steps of a change to the library, each on the connection of the one transaction that they are part of."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.chunking import Chunk
from ingest.document import Document, normalize
from ingest.failures import Failure
from ingest.library.corrections import Candidate, corrected_by
from ingest.library.rows import drop_document, put_chunks, put_document

Pairs = Sequence[tuple[Document, Sequence[Chunk]]]
OLDER = "WITH RECURSIVE older(id) AS (SELECT id FROM documents WHERE replaced_by = ? UNION SELECT d.id FROM documents d JOIN older o ON d.replaced_by = o.id) SELECT id FROM older"


@dataclass(slots=True)
class Changes:
    """What a change to the library did, in documents and in chunks; ``failures`` are files that couldn't be read."""

    documents_added: int = 0
    documents_changed: int = 0
    documents_removed: int = 0
    documents_unchanged: int = 0
    chunks_added: int = 0
    chunks_removed: int = 0
    chunks_unchanged: int = 0
    failures: list[Failure] = field(default_factory=list)


def successors(old: Mapping[str, str], new: Sequence[tuple[str, str]]) -> dict[str, str]:
    """For each document that is gone the one that takes its place: the same title, or the only one for the only one. Ids with titles come in, ids come out."""
    new_ids = {id_ for id_, _ in new}
    gone = {id_: title for id_, title in old.items() if id_ not in new_ids}
    fresh = {id_: title for id_, title in new if id_ not in old}
    if len(old) == len(new) == 1 and gone:
        return {next(iter(gone)): next(iter(fresh))}
    found: dict[str, str] = {}
    for id_, title in gone.items():
        match = next((f for f, t in fresh.items() if normalize(t) == normalize(title)), None)
        if match is not None:
            found[id_] = match
            del fresh[match]
    return found


def put_documents(connection: sqlite3.Connection, pairs: Pairs, old: Mapping[str, str], takes_place: Mapping[str, str], keeps_versions: bool) -> Changes:
    """Put documents in place of the ``old`` ones (ids with titles) of their source, which are kept as older versions or dropped."""
    changes = Changes()
    new_ids = {document.id for document, _ in pairs}
    gone = [id_ for id_ in old if id_ not in new_ids]
    for position, (document, chunks) in enumerate(pairs):
        put_document(connection, document, position)
        added, removed, kept = put_chunks(connection, document.id, chunks)
        changes.chunks_added += added
        changes.chunks_removed += removed
        changes.chunks_unchanged += kept
        is_changed = bool(added or removed) if document.id in old else document.id in takes_place.values()
        changes.documents_changed += is_changed
        changes.documents_unchanged += document.id in old and not is_changed
        changes.documents_added += document.id not in old and not is_changed
    for id_ in gone:
        changes.chunks_removed += _retire(connection, id_, takes_place.get(id_)) if keeps_versions else _give_place(connection, id_, takes_place.get(id_))
    changes.documents_removed += sum(id_ not in takes_place for id_ in gone)
    link_corrections(connection, new_ids)
    return changes


def _retire(connection: sqlite3.Connection, document_id: str, successor: str | None) -> int:
    """Make a document an older version, which is read but not searched; returns how many chunks go."""
    if successor:
        connection.execute("UPDATE documents SET version = (SELECT version + 1 FROM documents WHERE id = ?) WHERE id = ?", (document_id, successor))
    connection.execute("UPDATE documents SET corrects = ? WHERE corrects = ?", (successor, document_id))
    connection.execute("UPDATE documents SET is_current = 0, replaced_by = ?, corrects = NULL WHERE id = ?", (successor, document_id))
    return connection.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,)).rowcount


def _give_place(connection: sqlite3.Connection, document_id: str, successor: str | None) -> int:
    """Drop a document that is read in another way now; its older versions and corrections become its successor's."""
    if successor:
        connection.execute("UPDATE documents SET version = (SELECT version FROM documents WHERE id = ?) WHERE id = ?", (document_id, successor))
        for column in ("replaced_by", "corrects"):
            connection.execute(f"UPDATE documents SET {column} = ? WHERE {column} = ?", (successor, document_id))
    return drop_document(connection, document_id)


def drop_with_versions(connection: sqlite3.Connection, document_ids: Iterable[str]) -> Changes:
    """Take documents away with their older versions, and the sources that hold nothing more."""
    changes = Changes()
    for id_ in document_ids:
        older = [old for (old,) in connection.execute(OLDER, (id_,))]
        connection.execute("UPDATE documents SET replaced_by = (SELECT replaced_by FROM documents WHERE id = ?) WHERE replaced_by = ? AND (SELECT is_current FROM documents WHERE id = ?) = 0", (id_, id_, id_))
        is_current = connection.execute("SELECT is_current FROM documents WHERE id = ?", (id_,)).fetchone()[0]
        for gone in [*(older if is_current else []), id_]:
            changes.chunks_removed += drop_document(connection, gone)
        changes.documents_removed += 1
    return changes


def drop_empty_sources(connection: sqlite3.Connection) -> None:
    """Forget the user's sources that hold no document, not even an older version."""
    connection.execute("DELETE FROM sources WHERE NOT is_corpus AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.source = sources.name)")


def link_corrections(connection: sqlite3.Connection, changed: set[str]) -> None:
    """Find what the changed documents correct, and whether a correction that found nothing so far means one of them.

    Only documents that the same people see are linked: a private one must not show in what others read.
    """
    rows = connection.execute(
        "SELECT d.id, d.notice IS NOT NULL, d.corrects, s.owner FROM documents d JOIN sources s ON s.name = d.source WHERE d.is_current AND d.notice IS NOT NULL"
    ).fetchall()
    connection.executemany("UPDATE documents SET corrects = NULL WHERE id = ?", [(id_,) for id_ in changed])
    for id_, _, corrects, owner in rows:
        if id_ in changed or corrects is None:
            found = _corrected(connection, id_, owner, None if id_ in changed else changed)
            connection.execute("UPDATE documents SET corrects = ? WHERE id = ? AND corrects IS NOT ?", (found, id_, found))


def _corrected(connection: sqlite3.Connection, id_: str, owner: str, among: set[str] | None) -> str | None:
    """What a correction corrects; looked for in all documents, but only where one of ``among`` could be it."""
    candidates = [Candidate(*row) for row in connection.execute(
        "SELECT d.id, d.title, d.issuer, d.date, d.notice FROM documents d JOIN sources s ON s.name = d.source WHERE d.is_current AND s.owner = ?", (owner,)
    )]  # fmt: skip
    correction = next(c for c in candidates if c.id == id_)
    if among is not None and corrected_by(correction, [c for c in candidates if c.id in among]) is None:
        return None
    return corrected_by(correction, candidates)
