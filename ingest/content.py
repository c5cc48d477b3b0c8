"""What a file is before it is read (its bytes and name) and what it says once it is read."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from ingest.text.cleaning import Line

Progress = Callable[[int, int], None]  # pages or parts done, of how many


@dataclass(frozen=True, slots=True)
class Content:
    """The lines of a file in its order. An empty ``title`` or ``kind`` is read off the lines; ``author`` is what its properties say.

    ``pages`` is how many pages (slides) the file has, 0 where the format has none; ``empty_pages`` are those without text.
    ``date`` is the day of publication in ISO form where the format itself states one; ``warnings`` say in Japanese what
    couldn't be read as well as the rest.
    """

    lines: tuple[Line, ...]
    title: str = ""
    kind: str = ""
    author: str = ""
    pages: int = 0
    empty_pages: tuple[int, ...] = ()
    date: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileData:
    """The bytes of a file and its name; ``problem`` says in Japanese why a member of an archive couldn't be taken out."""

    name: str
    data: bytes
    problem: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the bytes in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def suffix(self) -> str:
        """The ending of the name in small letters, with its dot; empty without one."""
        stem, dot, ending = self.name.rpartition(".")
        return f".{ending.lower()}" if dot and stem and len(ending) <= 8 else ""

    @property
    def stem(self) -> str:
        """The name without its folders and ending."""
        name = self.name.replace("\\", "/").rsplit("/", 1)[-1]
        return name[: -len(self.suffix)] if self.suffix else name
