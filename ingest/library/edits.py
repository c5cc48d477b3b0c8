"""What a person corrects of a document — title, issuer, date — and how that outlives another reading of its file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from ingest.document import Document, DocumentDate
from ingest.errors import InputError
from ingest.library.infos import Edit

FIELDS = ("title", "issuer", "date")
LONGEST = 300  # characters


def value_of(document: Document, field: str) -> str:
    """The title, issuer or date of a document; empty for a date that isn't known."""
    return {"title": document.title, "issuer": document.issuer, "date": document.date.value or ""}[field]


def edited(document: Document, edits: Iterable[Edit]) -> Document:
    """The document as it was read with a person's corrections."""
    for edit in edits:
        if edit.field == "date":
            document = replace(document, date=DocumentDate(edit.value or None, "edited" if edit.value else "unknown"))
        elif edit.field == "title":
            document = replace(document, title=edit.value)
        else:
            document = replace(document, issuer=edit.value)
    return document


def as_read(document: Document, edits: Iterable[Edit]) -> dict[str, str]:
    """Title, issuer and date as they were read, of a document with these corrections."""
    return {field: value_of(document, field) for field in FIELDS} | {e.field: e.was for e in edits}


def edits_of(document_id: str, read: Mapping[str, str], wanted: Mapping[str, str]) -> list[Edit]:
    """The corrections that make of what was ``read`` what is ``wanted``; raises InputError for values that can't be."""
    return [Edit(document_id, field, read[field], value) for field in FIELDS if field in wanted and (value := _checked(field, wanted[field])) != read[field]]


def carried_over(edits: Iterable[Edit], document: Document, is_same: bool) -> list[Edit]:
    """The corrections that hold for a new reading: all of them for the same document, for a newer version those of what is read wrong again."""
    return [replace(e, document_id=document.id, was=value_of(document, e.field)) for e in edits if is_same or e.was == value_of(document, e.field)]


def _checked(field: str, value: str) -> str:
    value = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if len(value) > LONGEST:
        raise InputError(f"長すぎます({len(value)}字)。{LONGEST}字までにしてください")
    if field == "date":
        return _checked_date(value)
    if not value:
        raise InputError("題名と発行者は空にできません")
    return value


def _checked_date(value: str) -> str:
    parts = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value) if value else None
    try:
        if parts:
            date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        parts = None
    if value and not parts:
        raise InputError(f"日付 {value} を読めません。2018、2018-05、2018-05-25 の形で入力してください")
    return value
