"""Names in both their forms, as the documents give the pairs: a query with one form asks for the other too."""

from collections.abc import Iterable

from ingest.words import folded


def expand_names(query: str, names: Iterable[tuple[str, str]]) -> str:
    """The query with the other form behind each name that the documents give in two forms: 麻谷 → 麻谷(マゴク)."""
    text = folded(query)
    others = []
    for a, b in names:
        for form, other in ((a, b), (b, a)):
            if folded(form) in text and folded(other) not in text and _stands_alone(folded(form), text):
                others.append(other)
    return f"{query}({'、'.join(dict.fromkeys(others))})" if others else query


def _stands_alone(form: str, text: str) -> bool:
    """Latin forms only as whole words: AI is not in Taiwan."""
    if not form.isascii():
        return True
    at = text.find(form)
    before, behind = text[at - 1 : at], text[at + len(form) : at + len(form) + 1]
    return not (before.isascii() and before.isalnum()) and not (behind.isascii() and behind.isalnum())
