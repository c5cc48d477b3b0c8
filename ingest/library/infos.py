"""What the library tells of its documents without their texts, and what it remembers of files and edits."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

INFOS = (
    "SELECT d.id, d.title, d.issuer, d.kind, d.language, d.date, d.date_basis, d.source, d.chars, (SELECT count(*) FROM chunks c WHERE c.document_id = d.id),"
    " d.version, d.replaced_by, d.corrects, (SELECT c.id FROM documents c WHERE c.corrects = d.id AND c.is_current ORDER BY c.date DESC LIMIT 1),"
    " s.pages, d.suspicions, s.warnings, s.label, s.owner, d.is_current FROM documents d JOIN sources s ON s.name = d.source"
)


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a list shows of a document, without its text.

    ``version`` counts from 1; ``replaced_by`` is the newer version's id where this is an older one; ``corrects`` and
    ``corrected_by`` are ids of documents. ``pages``, ``warnings`` and ``file`` (the name as it was given) are its
    file's; ``owner`` is the session that alone sees it, empty for what all see.
    """

    id: str
    title: str
    issuer: str
    kind: str
    language: str
    date: str | None
    date_basis: str
    source: str
    chars: int
    chunks: int
    version: int = 1
    replaced_by: str | None = None
    corrects: str | None = None
    corrected_by: str | None = None
    pages: int = 0
    suspicions: int = 0
    warnings: tuple[str, ...] = ()
    file: str = ""
    owner: str = ""
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person corrected of a document: title, issuer or date; what was read, and what stands now."""

    document_id: str
    field: str
    was: str
    value: str


@dataclass(frozen=True, slots=True)
class KnownPath:
    """A file that was given or lies in a synced folder: its source (None: nothing of it is kept), its hash, and how it looked on disk then."""

    path: str
    folder: str
    source: str | None
    sha256: str
    stat: str


def to_info(row: Sequence) -> DocumentInfo:
    """The info of a row of ``INFOS``."""
    values = dict(zip(DocumentInfo.__slots__, row, strict=True))
    return DocumentInfo(**values | {"warnings": tuple(json.loads(values["warnings"])), "is_current": bool(values["is_current"])})
