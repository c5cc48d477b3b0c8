"""Filters on documents: issuer, kind, language, document, date range."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ingest.document import normalize
from ingest.errors import InputError
from ingest.library.infos import DocumentInfo

FIELDS = ("issuer", "kind", "language", "document", "date")
CONDITION = re.compile(r"^\s*([a-z]+)\s*(>=|<=|!=|=)\s*(.+?)\s*$")
ISO_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, such as ``date>=2018-05``; all conditions of a search have to hold."""

    field: str
    operator: str
    value: str


def parse_where(texts: Iterable[str]) -> tuple[Condition, ...]:
    """Read conditions as a person writes them; raises InputError for others."""
    return tuple(_parse(text) for text in texts)


def _parse(text: str) -> Condition:
    match = CONDITION.match(text)
    if not match or match.group(1) not in FIELDS:
        raise InputError(f"--where {text!r} が読めません。issuer=ソウル特別市、kind=report、language=ja、document=ID、date>=2018-01 の形で書いてください")
    field, operator, value = match.groups()
    if field == "date" and not _is_date(value):
        raise InputError(f"--where {text!r}: 日付は 2018、2018-05、2018-05-25 の形で書いてください")
    if field != "date" and operator in (">=", "<="):
        raise InputError(f"--where {text!r}: {operator} が使えるのは date だけです")
    return Condition(field, operator, value)


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(_stretch(value)[0] if ISO_DATE.match(value) else value)
    except ValueError:
        return False
    return bool(ISO_DATE.match(value))


def matching_documents(infos: Sequence[DocumentInfo], where: Sequence[Condition]) -> list[str]:
    """Ids of the documents for which every condition holds.

    Another session's private documents match nothing: ``owner=KEY``, which no text that a person types can be, adds those of
    the session with that key to what all see.
    """
    owners = {"", *(c.value for c in where if c.field == "owner")}
    conditions = [c for c in where if c.field != "owner"]
    seen = [i for i in infos if i.owner in owners]
    issuers = {normalize(i.issuer) for i in seen}
    return [i.id for i in seen if all(_holds(i, c, issuers) for c in conditions)]


def _holds(info: DocumentInfo, condition: Condition, issuers: set[str]) -> bool:
    if condition.field == "date":
        return _date_holds(info.date, condition)
    wanted = normalize(condition.value)
    if condition.field == "issuer":
        # An exact name means that issuer alone; part of a name (ソウル) means all that hold it.
        found = normalize(info.issuer)
        equal = found == wanted if wanted in issuers else wanted in found
    else:
        equal = {"kind": info.kind, "language": info.language, "document": info.id}[condition.field] == condition.value
    return equal == (condition.operator == "=")


def _date_holds(day: str | None, condition: Condition) -> bool:
    """Dates of a month or a year are that whole stretch; a document without a date matches no condition on it."""
    if day is None:
        return False
    first, last = _stretch(day)
    wanted_first, wanted_last = _stretch(condition.value)
    if condition.operator == ">=":
        return last >= wanted_first
    if condition.operator == "<=":
        return first <= wanted_last
    overlaps = first <= wanted_last and last >= wanted_first
    return overlaps == (condition.operator == "=")


def _stretch(day: str) -> tuple[str, str]:
    """The first and the last day of a year, month or day, for comparing as text."""
    return day + "-01-01"[len(day) - 4 :], day + "-12-31"[len(day) - 4 :]
