"""Whether a file is still as it was hashed, told from how it looks on disk: unchanged files aren't read again.

Size, both times and the inode have to be the same. A file that changed within two seconds of being looked at, or has a
time in the future (a clock set back), could change again without a sign, so that its look is never trusted ("racy git").
"""

import os
import time
from pathlib import Path

from ingest.library.infos import KnownPath
from ingest.library.library import Library
from ingest.sources import hash_of

TRUSTED_AFTER = 2_000_000_000  # nanoseconds: the coarsest times that file systems keep
UNTRUSTED = ""


def look_of(path: Path) -> str:
    """How a file looks on disk now, empty where that mustn't be trusted later; raises OSError."""
    found = path.stat()
    if max(found.st_mtime_ns, found.st_ctime_ns) + TRUSTED_AFTER > time.time_ns():
        return UNTRUSTED
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


class Looks:
    """The hashes of the files of one folder, computed only where a file looks other than before."""

    def __init__(self, library: Library, folder: str) -> None:
        self.library, self.folder = library, folder
        self.known = library.known_paths(folder)
        self._seen: dict[str, KnownPath] = {}

    def hash_of(self, path: Path) -> str:
        """The hash of a file; raises OSError where it can't be read."""
        key, look = path_key(path), look_of(path)
        before = self.known.get(key)
        sha256 = before.sha256 if before and look != UNTRUSTED and before.stat == look else hash_of(path)
        self._seen[key] = KnownPath(key, self.folder, before.source if before else None, sha256, look)
        return sha256

    def keep(self) -> None:
        """Remember what was seen, and forget the files that weren't."""
        changed = [k for key, k in self._seen.items() if self.known.get(key) != k]
        gone = set(self.known) - set(self._seen)
        if changed or gone:
            self.library.put_paths(changed, gone)


def path_key(path: Path) -> str:
    """The absolute path as text, whatever bytes it is made of."""
    return os.fsencode(os.path.abspath(path)).decode("utf-8", "backslashreplace")
