"""What a correction has replaced: a statement of the corrected document that the correction makes anew, with another value or in nearly the same words.

Quoted beside the correction it would give two values for one thing, of which one is known to be wrong.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from ingest.library.infos import DocumentInfo
from ingest.words import terms
from qa.checks.values import values
from qa.evidence import Unit

SAME_WORDS = 0.5  # share of the older statement's words that the newer one holds too
ALIKE = 0.8  # from which on two statements say the same of each other's things


def standing(found: Sequence[Unit], infos: Mapping[str, DocumentInfo]) -> list[Unit]:
    """The units without those that a unit of a correction of their document replaces, in their order."""
    newer: dict[str, list[Unit]] = defaultdict(list)
    for unit in found:
        info = infos.get(unit.document.id)
        if info and info.corrects:
            newer[info.corrects].append(unit)
    return [unit for unit in found if not any(replaces(correction.text, unit.text) for correction in newer[unit.document.id])] if newer else list(found)


def replaces(newer: str, older: str) -> bool:
    """Whether ``newer`` says the thing that ``older`` says, with another value or in nearly the same words."""
    words, said = set(_words(older)), set(_words(newer))
    if not words or len(words & said) < SAME_WORDS * len(words):
        return False
    before, now = _by_kind(older), _by_kind(newer)
    return any(now[kind] - before[kind] for kind in before.keys() & now.keys()) or SequenceMatcher(None, older, newer).ratio() >= ALIKE


def _words(text: str) -> list[str]:
    return [word for word in terms(text) if not word.isdecimal()]


def _by_kind(text: str) -> dict[str, set[object]]:
    """The values of a text by their kind: the unit of a quantity, days, addresses."""
    read, found = values(text), defaultdict[str, set[object]](set)
    for quantity in read.quantities:
        found[f"quantity {quantity.unit}"].add((quantity.low, quantity.high))
    for day in read.days:
        found["day"].add(text[day.start : day.end])
    for code in read.codes:
        found["address"].add(code.text)
    return found
