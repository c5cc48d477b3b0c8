"""Homes as earlier versions made them, with the documents of today's."""

import json
import sqlite3
from pathlib import Path

SECOND_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE sources (name TEXT PRIMARY KEY, is_corpus INTEGER NOT NULL, fingerprint TEXT NOT NULL, path TEXT NOT NULL);
CREATE TABLE documents (
  id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES sources(name) ON DELETE CASCADE, position INTEGER NOT NULL,
  title TEXT NOT NULL, issuer TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL,
  date TEXT, date_basis TEXT NOT NULL, date_quote TEXT, text TEXT NOT NULL, parts TEXT NOT NULL);
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL, page INTEGER, context TEXT NOT NULL);
CREATE INDEX chunks_of_document ON chunks(document_id, start);
CREATE TABLE removed_documents (id TEXT NOT NULL, source TEXT NOT NULL REFERENCES sources(name) ON DELETE CASCADE);
"""
FROM_TODAY = """
INSERT INTO meta VALUES ('generation', (SELECT value FROM today.meta WHERE key = 'generation')), ('schema', 2);
INSERT INTO sources SELECT name, is_corpus, fingerprint, path FROM today.sources;
INSERT INTO documents SELECT id, source, position, title, issuer, kind, language, date, date_basis, date_quote, text, parts FROM today.documents JOIN today.bodies ON document_id = id WHERE is_current;
INSERT INTO chunks SELECT * FROM today.chunks;
"""
TO_FIRST = """
ALTER TABLE chunks ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
CREATE INDEX chunks_by_generation ON chunks(generation);
CREATE TABLE removed_chunks (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
UPDATE meta SET value = 1 WHERE key = 'schema';
"""
TO_FOURTH = "ALTER TABLE documents DROP COLUMN seal; UPDATE meta SET value = 4 WHERE key = 'schema';"
TO_THIRD = f"{TO_FOURTH} DROP INDEX paths_of_folder; DROP INDEX sources_by_label; DROP INDEX notices; UPDATE meta SET value = 3 WHERE key = 'schema';"
FIRST_LAYOUT = "DROP TABLE vectors; CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL); INSERT INTO vectors VALUES (x'00', x'00'); PRAGMA user_version = 0;"


def make_older(home: Path, version: int) -> None:
    """Turn a home's library into one of an earlier version, with the same documents and chunks."""
    if version in (3, 4):
        with sqlite3.connect(home / "library.sqlite") as connection:
            connection.executescript(TO_THIRD if version == 3 else TO_FOURTH)
        connection.close()
        return
    now, then = home / "library.sqlite", home / "then.sqlite"
    with sqlite3.connect(then) as connection:
        connection.execute("ATTACH ? AS today", (str(now),))
        connection.executescript(SECOND_TABLES + FROM_TODAY + (TO_FIRST if version == 1 else ""))
    connection.close()
    for part in home.glob("library.sqlite*"):
        part.unlink()
    then.replace(now)


def make_newer(home: Path, version: int) -> None:
    """Say that a library is of a version that nobody knows yet."""
    with sqlite3.connect(home / "library.sqlite") as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
    connection.close()


def make_manifest_older(home: Path) -> None:
    """Say that an index was made with an earlier idea of what to embed."""
    path = home / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"index_version": 0}), encoding="utf-8")


def make_vectors_older(home: Path) -> None:
    """Keep vectors as the first layout did, and none in FAISS, so that they would be used."""
    with sqlite3.connect(home / "embeddings.sqlite") as connection:
        connection.executescript(FIRST_LAYOUT)
    connection.close()
    (home / "vectors.faiss").unlink()
