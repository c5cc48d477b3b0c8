"""Korean and English words of administration in Japanese: a question in these languages finds by words too."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from ingest.words import folded, terms

HANGUL, JAPANESE = re.compile("[가-힣]"), re.compile("[ぁ-んァ-ヶ一-龥]")


@lru_cache(maxsize=1)
def _glossary() -> dict[str, tuple[str, ...]]:
    """The Japanese words of each Korean and English one, in dictionary form; long ones first."""
    entries = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["words"]
    pairs = sorted(((form, japanese) for japanese, *forms in entries for form in forms), key=lambda pair: -len(pair[0]))
    return {form: tuple(terms(japanese)) for form, japanese in pairs}


def glosses(query: str) -> list[str]:
    """The Japanese words of a question in Korean or English, in the form that the word index holds; none for a Japanese one.

    Korean words count wherever they stand, since particles follow without a blank: of two that overlap the longer one
    (전화번호, not 전화). English ones count as whole words.
    """
    text = folded(query)
    if HANGUL.search(text):
        found = []
        for form in filter(HANGUL.search, _glossary()):
            if form in text:
                found.append(form)
                text = text.replace(form, " ")
    else:
        found = [] if JAPANESE.search(text) else [word for word in re.findall(r"[a-z][a-z-]*", text) if word in _glossary()]
    return list(dict.fromkeys(word for form in found for word in _glossary()[form]))
