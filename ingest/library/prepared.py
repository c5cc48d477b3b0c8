"""A user's file on its way into the library: as it was read, and as it was taken in."""

from dataclasses import dataclass
from typing import Literal

from ingest.content import FileData
from ingest.document import Document
from ingest.library.changes import Changes
from ingest.sources import Source

Status = Literal["added", "replaced", "unchanged"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that has been read: its documents as they read, and what else is to be told of it. Nothing of it is in the library yet."""

    file: FileData
    source: Source
    documents: tuple[Document, ...]
    pages: int = 0
    empty_pages: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """A user's file as it was taken in: its copy, what changed, how many pages it has (0: none), and those without text.

    ``documents`` are the ids of its documents, also those that were there already; ``replaced`` those that are older versions now.
    """

    source: Source
    changes: Changes
    pages: int
    empty_pages: tuple[int, ...]
    status: Status = "added"
    documents: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
