"""The library's connections to its file: one a thread, kept open, since opening and closing one for each question costs a checkpoint each time."""

import os
import sqlite3
import threading
from pathlib import Path

from ingest.library.schema import BUSY_TIMEOUT_MS

_INHERITED: list[sqlite3.Connection] = []  # of the process that forked this one; closing them here would harm it


class Connections:
    """The connections to one file, of a thread and process each; another file under its name, or none, is noticed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()

    def own(self) -> sqlite3.Connection:
        """This thread's connection; raises sqlite3.Error where the file can't be opened."""
        held: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if held is not None and self._own.file == self._file():
            return held
        if held is not None and self._own.file[0] != os.getpid():
            _INHERITED.append(held)
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None)
        connection.execute("PRAGMA foreign_keys=ON")
        self._own.connection, self._own.file = connection, self._file()
        return connection

    def _file(self) -> tuple[int, int, int]:
        try:
            found = os.stat(self.path)
            return os.getpid(), found.st_dev, found.st_ino
        except OSError:
            return os.getpid(), 0, 0
