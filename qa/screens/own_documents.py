"""Which private documents a person sees: those that came from the same browser, under a key made of its cookie."""

import hashlib

from index.where import Condition
from ingest.library.infos import DocumentInfo


def owner_of(person: str) -> str:
    """The key under which a person's private documents stand in the library; the cookie itself is never stored."""
    return hashlib.sha256(f"shirabe {person}".encode()).hexdigest()[:32] if person else ""


def own_documents(person: str) -> list[Condition]:
    """What a search is told so that it finds a person's private documents too."""
    return [Condition("owner", "=", owner_of(person))] if person else []


def visible(info: DocumentInfo | None, person: str) -> bool:
    """Whether a person may see a document."""
    return info is not None and info.owner in ("", owner_of(person))
