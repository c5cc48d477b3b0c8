"""The library's tables, and how an older library becomes one of today.

What a list shows stands in ``documents``; the texts stand apart in ``bodies``, so that a list reads none of them.
"""

import hashlib
import sqlite3
import time

SCHEMA_VERSION = 5
SEALED = ("source", "position", "title", "issuer", "kind", "language", "date", "date_basis", "date_quote", "digest", "chars", "names", "suspicions", "notice")  # what a reading or a person says of a document
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sources (
  name TEXT PRIMARY KEY, is_corpus INTEGER NOT NULL, fingerprint TEXT NOT NULL, path TEXT NOT NULL,
  owner TEXT NOT NULL DEFAULT '', label TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '', pages INTEGER NOT NULL DEFAULT 0, warnings TEXT NOT NULL DEFAULT '[]');
CREATE TABLE IF NOT EXISTS documents (
  id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES sources(name) ON DELETE CASCADE, position INTEGER NOT NULL,
  title TEXT NOT NULL, issuer TEXT NOT NULL, kind TEXT NOT NULL, language TEXT NOT NULL,
  date TEXT, date_basis TEXT NOT NULL, date_quote TEXT,
  digest TEXT NOT NULL DEFAULT '', chars INTEGER NOT NULL DEFAULT 0, names TEXT NOT NULL DEFAULT '[]', suspicions INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 1, is_current INTEGER NOT NULL DEFAULT 1, replaced_by TEXT, notice TEXT, corrects TEXT, seal TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS bodies (document_id TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE, text TEXT NOT NULL, parts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL, page INTEGER, context TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS removed_documents (id TEXT NOT NULL, source TEXT NOT NULL REFERENCES sources(name) ON DELETE CASCADE, reason TEXT NOT NULL DEFAULT 'removed');
CREATE TABLE IF NOT EXISTS edits (document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, field TEXT NOT NULL, was TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (document_id, field));
CREATE TABLE IF NOT EXISTS paths (
  path TEXT PRIMARY KEY, folder TEXT NOT NULL, source TEXT REFERENCES sources(name) ON DELETE SET NULL, sha256 TEXT NOT NULL, stat TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks(document_id, start);
CREATE INDEX IF NOT EXISTS documents_by_digest ON documents(digest);
CREATE INDEX IF NOT EXISTS documents_of_source ON documents(source);
CREATE INDEX IF NOT EXISTS corrections ON documents(corrects) WHERE corrects IS NOT NULL;
CREATE INDEX IF NOT EXISTS replaced ON documents(replaced_by) WHERE replaced_by IS NOT NULL;
CREATE INDEX IF NOT EXISTS paths_of_source ON paths(source);
CREATE INDEX IF NOT EXISTS paths_of_folder ON paths(folder);
CREATE INDEX IF NOT EXISTS sources_by_label ON sources(label, owner);
CREATE INDEX IF NOT EXISTS notices ON documents(id) WHERE notice IS NOT NULL;
"""
FROM_1 = """
DROP INDEX IF EXISTS chunks_by_generation;
ALTER TABLE chunks DROP COLUMN generation;
DROP TABLE IF EXISTS removed_chunks;
"""
FROM_2 = """
ALTER TABLE sources ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
UPDATE sources SET label = CASE WHEN is_corpus THEN name ELSE substr(name, 10) END;
ALTER TABLE documents ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN chars INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN names TEXT NOT NULL DEFAULT '[]';
ALTER TABLE documents ADD COLUMN suspicions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE documents ADD COLUMN is_current INTEGER NOT NULL DEFAULT 1;
ALTER TABLE documents ADD COLUMN replaced_by TEXT;
ALTER TABLE documents ADD COLUMN notice TEXT;
ALTER TABLE documents ADD COLUMN corrects TEXT;
UPDATE documents SET digest = digest_of(text), chars = length(text), names = json_extract(parts, '$.names'), suspicions = coalesce(json_array_length(parts, '$.suspicions'), 0);
CREATE TABLE bodies (document_id TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE, text TEXT NOT NULL, parts TEXT NOT NULL);
INSERT INTO bodies SELECT id, text, parts FROM documents;
ALTER TABLE documents DROP COLUMN text;
ALTER TABLE documents DROP COLUMN parts;
ALTER TABLE removed_documents ADD COLUMN reason TEXT NOT NULL DEFAULT 'removed';
"""
SEAL = f"seal_of(id, {', '.join(SEALED)}, (SELECT parts FROM bodies WHERE document_id = id))"  # in SQL
FROM_4 = f"""
ALTER TABLE documents ADD COLUMN seal TEXT NOT NULL DEFAULT '';
UPDATE documents SET seal = {SEAL};
"""
STEPS = {None: (), 1: (FROM_1, FROM_2, FROM_4), 2: (FROM_2, FROM_4), 3: (FROM_4,), 4: (FROM_4,)}  # by the version that is found: what comes before the tables of today
BUSY_TIMEOUT_MS = 10_000


def prepare(connection: sqlite3.Connection) -> int:
    """Make the tables or bring those of an older version up to date; returns the version that is found then."""
    _write_ahead(connection)
    version = _version(connection)
    return _bring_up_to_date(connection) if version in STEPS else int(version or 0)


def digest_of(text: str) -> str:
    """By what equal texts are known: 128 bits of the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def seal_of(*values: str | int | None) -> str:
    """What a document's row has to add up to: its id, the columns ``SEALED`` and its parts; a bit that turned over shows."""
    return hashlib.blake2b(ascii(values).encode(), digest_size=16).hexdigest()


def teach(connection: sqlite3.Connection) -> None:
    """Make ``digest_of`` and ``seal_of`` known to the connection's SQL."""
    connection.create_function("digest_of", 1, digest_of, deterministic=True)
    connection.create_function("seal_of", -1, seal_of, deterministic=True)


def _version(connection: sqlite3.Connection) -> int | None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() if "meta" in tables else None
    if row is None and "documents" in tables:
        return 2  # the second version made its tables before it wrote its number, and may have been killed in between
    return row[0] if row else None


def _bring_up_to_date(connection: sqlite3.Connection) -> int:
    """In one transaction: two processes may open an older library at once, and a kill leaves it as it was."""
    teach(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for script in (*STEPS.get(_version(connection), ()), SCHEMA):
            for statement in script.split(";\n"):
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
