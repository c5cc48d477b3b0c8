"""What a person narrows the documents to, as the screens take it and as conditions of a search."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from index.where import Condition
from ingest.errors import InputError
from ingest.text.dates import mentions
from qa import texts


def period_date(text: str) -> str | None:
    """What a person typed into a period box as ``2018``, ``2018-05`` or ``2018-05-25``; None when empty, else InputError."""
    typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text or ""))
    if not typed:
        return None
    short = re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2}))?", typed)
    spelled = f"{short[1]}年" + (f"{short[2]}月" if short[2] else "") if short else typed
    found = next(mentions(spelled), None)
    if found is None or not found.iso or (found.start, found.end) != (0, len(spelled)):
        raise InputError(texts.PERIOD_UNREADABLE.format(text=text.strip()[:40]))
    return found.iso


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person narrows the documents to; empty choices narrow nothing."""

    issuers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    @classmethod
    def read(cls, issuers: Sequence[str] | None, kinds: Sequence[str] | None, since: str, until: str) -> "Filters":
        """From the screen's boxes; raises InputError for a period that can't be read or runs backwards."""
        first, last = period_date(since), period_date(until)
        if first and last and first > last and not first.startswith(last):  # 2018-05 to 2018 is no mistake: it ends with that year
            raise InputError(texts.PERIOD_REVERSED)
        return cls(tuple(issuers or ()), tuple(kinds or ()), first, last)

    def conditions(self, all_issuers: Sequence[str]) -> list[Condition]:
        """As conditions of a search, which all have to hold: several issuers are said as 'none of the others'."""
        period = [Condition("date", sign, date) for sign, date in ((">=", self.since), ("<=", self.until)) if date]
        return _one_of("issuer", self.issuers, all_issuers) + _one_of("kind", self.kinds, tuple(texts.KINDS)) + period

    def summary(self) -> str:
        """In words: 札幌市・光州広域市 / 報告書 / 2018年から."""
        first = f"{texts.date_words(self.since)}から" if self.since else ""
        last = f"{texts.date_words(self.until)}まで" if self.until else ""
        return " / ".join(filter(None, ("・".join(self.issuers), "・".join(texts.KINDS.get(k, k) for k in self.kinds), first + last)))


def _one_of(field: str, chosen: Sequence[str], every: Sequence[str]) -> list[Condition]:
    if len(chosen) == 1:
        return [Condition(field, "=", chosen[0])]
    return [Condition(field, "!=", value) for value in every if value not in chosen] if chosen else []
