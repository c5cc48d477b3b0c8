"""Names in both their forms, as the documents give the pairs: a query with one form asks for the other too."""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from itertools import permutations
from pathlib import Path

from ingest.words import folded


@lru_cache(maxsize=1)
def place_names() -> tuple[tuple[str, ...], ...]:
    """Each place in its forms: Japanese first, then Korean and English."""
    return tuple(tuple(forms) for forms in tomllib.loads(Path(__file__).with_name("places.toml").read_text(encoding="utf-8"))["places"])


@lru_cache(maxsize=50_000)
def _folded(form: str) -> str:
    """The same few forms are compared with every question."""
    return folded(form)


@lru_cache(maxsize=1)
def foreign_pairs() -> tuple[tuple[str, str], ...]:
    """A place's Korean and English forms, each with its first Japanese form; and its Japanese forms with each other."""
    pairs = []
    for forms in place_names():
        japanese = [form for form in forms if not form.isascii() and not _is_hangul(form)]
        pairs += [(form, forms[0]) for form in forms if form not in japanese]
        pairs += [(a, b) for a, b in permutations(japanese, 2) if a < b]
    return tuple(pairs)


def _is_hangul(text: str) -> bool:
    return any("가" <= c <= "힣" for c in text)


def expand_names(query: str, names: Iterable[tuple[str, str]]) -> str:
    """The query with the other form behind each name that the documents give in two forms: 麻谷 → 麻谷(マゴク)."""
    text = folded(query)
    others = []
    for a, b in names:
        for form, other in ((a, b), (b, a)):
            if _folded(form) not in text:
                continue
            hangul_or_latin = form.isascii() or _is_hangul(form)
            asked_in_japanese = not hangul_or_latin and (other.isascii() or _is_hangul(other)) and (a, b) in _foreign()
            if not asked_in_japanese and _folded(other) not in text and _stands_alone(_folded(form), text):
                others.append(other)
    return f"{query}({'、'.join(dict.fromkeys(others))})" if others else query


@lru_cache(maxsize=1)
def _foreign() -> frozenset[tuple[str, str]]:
    """Pairs across languages: only a foreign question gets the Japanese form, never the other way round."""
    return frozenset((a, b) for a, b in foreign_pairs() if a.isascii() or _is_hangul(a))


def _stands_alone(form: str, text: str) -> bool:
    """Latin forms only as whole words: ILO is not in PILOT."""
    return not form.isascii() or bool(re.search(rf"(?<![a-z0-9]){re.escape(form)}(?![a-z0-9])", text))
