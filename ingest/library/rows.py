"""How documents and chunks become rows of the library and rows become them again."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict

from ingest.chunking import Chunk
from ingest.document import Cell, Document, DocumentDate, Omission, Page, Section, Segment, Suspicion, Table
from ingest.library.corrections import notice_of
from ingest.library.schema import SEALED, digest_of, seal_of
from ingest.sources import Source

PARTS = {"sections": Section, "segments": Segment, "tables": Table, "omissions": Omission, "suspicions": Suspicion, "pages": Page}
FIELDS = (*SEALED, "seal")


def put_document(connection: sqlite3.Connection, document: Document, position: int) -> None:
    """Write a document's rows, in place of those under its id if there are any; it is current then, and its chunks stay."""
    parts = json.dumps({name: [asdict(x) for x in getattr(document, name)] for name in PARTS} | {"names": document.names}, ensure_ascii=False)
    date = document.date
    row = (
        document.source, position, document.title, document.issuer, document.kind, document.language, date.value, date.basis, date.quote,
        digest_of(document.text), len(document.text), json.dumps(document.names, ensure_ascii=False), len(document.suspicions), notice_of(document.title, document.text),
    )  # fmt: skip
    connection.execute(
        f"INSERT INTO documents (id, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})"
        f" ON CONFLICT(id) DO UPDATE SET is_current = 1, replaced_by = NULL, {', '.join(f'{f} = excluded.{f}' for f in FIELDS)}",
        (document.id, *row, seal_of(document.id, *row, parts)),
    )
    connection.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?)", (document.id, document.text, parts))


def put_source(connection: sqlite3.Connection, source: Source, fingerprint: str, pages: int, warnings: Sequence[str]) -> None:
    """Write a source's row, in place of the one under its name if there is one."""
    values: dict[str, object] = {
        "name": source.name, "is_corpus": source.is_corpus, "fingerprint": fingerprint, "path": str(source.path) if source.is_corpus else f"files/{source.path.name}",
        "owner": source.owner, "label": source.label or source.name, "sha256": source.sha256, "pages": pages, "warnings": json.dumps(list(warnings), ensure_ascii=False),
    }  # fmt: skip
    changed = ", ".join(f"{name} = excluded.{name}" for name in values if name != "name")
    connection.execute(f"INSERT INTO sources ({', '.join(values)}) VALUES ({', '.join('?' * len(values))}) ON CONFLICT(name) DO UPDATE SET {changed}", tuple(values.values()))


def put_chunks(connection: sqlite3.Connection, document_id: str, chunks: Sequence[Chunk]) -> tuple[int, int, int]:
    """Make ``chunks`` the document's chunks; equal ones keep their ids. Returns how many were added, removed and kept."""
    stored = connection.execute("SELECT id, document_id, start, end, text, heading, page, context FROM chunks WHERE document_id = ?", (document_id,)).fetchall()
    old, wanted = {to_chunk(*row): id_ for id_, *row in stored}, set(chunks)
    kept = [chunk for chunk in chunks if chunk in old]
    gone = [id_ for chunk, id_ in old.items() if chunk not in wanted]
    connection.executemany("DELETE FROM chunks WHERE id = ?", [(id_,) for id_ in gone])
    new = [chunk for chunk in chunks if chunk not in old]
    connection.executemany(
        "INSERT INTO chunks (document_id, start, end, text, heading, page, context) VALUES (?,?,?,?,?,?,?)",
        [(c.document_id, c.start, c.end, c.text, json.dumps(c.heading, ensure_ascii=False), c.page, c.context) for c in new],
    )
    return len(new), len(gone), len(kept)


def drop_document(connection: sqlite3.Connection, document_id: str) -> int:
    """Take a document's rows and its chunks away; returns how many chunks."""
    dropped = connection.execute("DELETE FROM chunks WHERE document_id = ?", (document_id,)).rowcount
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
    connection.execute("UPDATE documents SET corrects = NULL WHERE corrects = ?", (document_id,))
    connection.execute("UPDATE documents SET replaced_by = NULL WHERE replaced_by = ?", (document_id,))
    return dropped


def to_chunk(document_id: str, start: int, end: int, text: str, heading: str, page: int | None, context: str) -> Chunk:
    """The chunk of a row, whose id is not part of it."""
    return Chunk(document_id, start, end, text, tuple(json.loads(heading)), page, context)


def to_document(id_: str, title: str, issuer: str, kind: str, language: str, date: str | None, basis: str, quote: str | None, source: str, text: str, parts: str) -> Document:
    """The document of a row; parts that an older version didn't store are empty."""
    stored = json.loads(parts)
    made = {name: tuple(_part(cls, values) for values in stored.get(name, ())) for name, cls in PARTS.items()}
    names = tuple((a, b) for a, b in stored["names"])
    return Document(id_, title, issuer, kind, language, DocumentDate(date, basis, quote), source, text, names=names, **made)  # type: ignore[arg-type]


def _part(cls: type, values: dict) -> object:
    if cls is Table:
        values = values | {"cells": tuple(_part(Cell, cell) for cell in values["cells"])}
    return cls(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})
