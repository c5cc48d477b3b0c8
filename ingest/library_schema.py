"""The library's tables, and how an older library becomes one of today."""

import sqlite3
import time

SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY, is_corpus INTEGER NOT NULL, fingerprint TEXT NOT NULL, path TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
  id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES sources(name) ON DELETE CASCADE, position INTEGER NOT NULL,
  title TEXT NOT NULL, issuer TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL,
  date TEXT, date_basis TEXT NOT NULL, date_quote TEXT, text TEXT NOT NULL, parts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL, page INTEGER, context TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks(document_id, start);
CREATE TABLE IF NOT EXISTS removed_documents (id TEXT NOT NULL, source TEXT NOT NULL REFERENCES sources(name) ON DELETE CASCADE);
"""
FROM_1 = (
    "DROP INDEX IF EXISTS chunks_by_generation",
    "ALTER TABLE chunks DROP COLUMN generation",
    "DROP TABLE IF EXISTS removed_chunks",
)
BUSY_TIMEOUT_MS = 10_000


def prepare(connection: sqlite3.Connection) -> int:
    """Make the tables or bring those of an older version up to date; returns the version that is found then."""
    _write_ahead(connection)
    connection.executescript(SCHEMA)
    version = _version(connection)
    return version if version not in (None, 1) else _bring_up_to_date(connection)


def _version(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return row[0] if row else None


def _bring_up_to_date(connection: sqlite3.Connection) -> int:
    connection.execute("BEGIN IMMEDIATE")  # two processes may open an older library at once
    try:
        if _version(connection) == 1:
            for statement in FROM_1:
                connection.execute(statement)
        connection.execute("INSERT OR IGNORE INTO meta VALUES ('generation', 0)")
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return SCHEMA_VERSION


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite's own timeout doesn't hold for this while another process makes the file."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
