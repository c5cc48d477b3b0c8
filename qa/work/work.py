"""``work.sqlite`` of the home: what people keep of their own work, apart from the library, which can be rebuilt at any time."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import ShirabeError

VERSION = 1
BUSY_SECONDS = 10.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (id TEXT PRIMARY KEY, person TEXT NOT NULL, changed TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS turns (
  id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  asked TEXT NOT NULL, filters TEXT NOT NULL, question TEXT NOT NULL, searched TEXT NOT NULL, answer TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS turns_of_conversation ON turns(conversation, position);
CREATE INDEX IF NOT EXISTS conversations_of_person ON conversations(person, changed);
CREATE TABLE IF NOT EXISTS notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, place REAL NOT NULL, source TEXT NOT NULL, taken TEXT NOT NULL,
  kind TEXT NOT NULL, question TEXT NOT NULL, text TEXT NOT NULL, citations TEXT NOT NULL, removed TEXT, UNIQUE (person, source));
CREATE TABLE IF NOT EXISTS feedback (
  id TEXT PRIMARY KEY, person TEXT NOT NULL, turn TEXT NOT NULL, given TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, comment TEXT NOT NULL,
  history TEXT NOT NULL, answer TEXT NOT NULL, settings TEXT NOT NULL, UNIQUE (person, turn));
"""


class Work:
    """Opens ``work.sqlite`` of a home; safe to use from several threads and processes."""

    def __init__(self, home: Path) -> None:
        self.path = home / "work.sqlite"
        try:
            home.mkdir(parents=True, exist_ok=True)
            with self.change() as connection:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:
                    for statement in SCHEMA.split(";"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {VERSION}")
        except (OSError, sqlite3.Error) as error:
            raise ShirabeError(f"ノートと会話のファイル {self.path} を開けません: {error}。フォルダーの権限と空き容量を確かめるか、ファイルを退避してください") from error
        if version not in (0, VERSION):
            raise ShirabeError(f"ノートと会話のファイル {self.path} は別の版のものです(版 {version} → {VERSION})。ファイルを退避してください")

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction under the write lock; what fails leaves everything as it was."""
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        finally:
            connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:
        """What a query finds."""
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()


def now() -> str:
    """The time as it is kept, in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
