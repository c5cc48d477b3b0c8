"""What a file that has been read becomes in the library: new, or the newer version of another, under ids of its own, with the corrections of persons."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count

from ingest.document import Document
from ingest.library.changes import successors
from ingest.library.edits import carried_over, edited
from ingest.library.infos import Edit
from ingest.library.library import Library
from ingest.library.prepared import Prepared

ALIKE = 0.3  # share of lines that a file of the same name has in common with the one that it is a newer version of


@dataclass(slots=True)
class Plan:
    """What a file's documents become: those to put (with corrections), the corrections, and those that other sources have."""

    documents: list[Document] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def source_before(library: Library, prepared: Prepared, path: str | None) -> str | None:
    """The source that a file is a newer version of: that of its path, or the newest of its name that is alike; None where it is new."""
    known = library.known_path(path) if path and not prepared.source.owner else None
    if known and known.source and not library.is_elsewhere(known.source, known.path):
        return known.source
    named = reversed(library.sources_labelled(prepared.source.label, prepared.source.owner))
    return next((name for name in named if _is_alike(library, name, prepared)), None)


def plan_of(library: Library, prepared: Prepared, before: str, documents: Iterable[Document], is_newer: bool, removed: Iterable[str] = ()) -> Plan:
    """The documents of a file under ids that no other file has, with the corrections of those in whose place they come, without removed ones."""
    plan, left_out = Plan(), set(removed)
    named = [replace(d, id=_own_id(library, d.id, (prepared.source.name, before))) for d in documents if d.id not in left_out]
    named = [d for d in named if d.id not in left_out]
    takes_place = {new: old for old, new in successors(library.documents_of(before), [(d.id, d.title) for d in named]).items()}
    edits = library.edits(before)
    for document in named:
        inherited = [e for e in edits if e.document_id == takes_place.get(document.id, document.id)]
        own = carried_over(inherited, document, is_same=not is_newer or document.id not in takes_place)
        plan.edits += own
        plan.documents.append(edited(document, own))
    return plan


def _is_alike(library: Library, source: str, prepared: Prepared) -> bool:
    """Whether a source of the same name says in part the same: titles, or a share of lines."""
    older = library.documents_of(source)
    if set(older.values()) & {d.title for d in prepared.documents}:
        return True
    before = {line for id_ in older if (d := library.document(id_)) for line in d.text.split("\n") if line.strip()}
    now = {line for d in prepared.documents for line in d.text.split("\n") if line.strip()}
    return len(before & now) >= ALIKE * max(1, min(len(before), len(now)))


def _own_id(library: Library, document_id: str, sources: tuple[str, str]) -> str:
    """The id, or where another file has it (the same text, and names that begin alike), the next one free: …-2."""
    numbered = (document_id if n == 1 else f"{document_id}-{n}" for n in count(1))
    return next(id_ for id_ in numbered if library.source_of(id_) in (None, *sources) or _is_older(library, id_))


def _is_older(library: Library, document_id: str) -> bool:
    info = library.info(document_id)
    return info is not None and not info.is_current
