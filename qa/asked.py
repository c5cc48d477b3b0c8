"""A question as the answerer sees it: its words with their weights, and what it asks for and of."""

import re
from collections.abc import Set
from dataclasses import dataclass

from index.question import Need, need_of, years_named
from index.search import Searcher, share_held
from ingest.words import terms
from qa.subject import beside_question_word, explained_term


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question, and what it asks for.

    ``weights`` also holds the other forms of names, which stand for the form that was asked with; ``explained`` is the term that
    it wants explained, ``beside`` the words next to its question word.
    """

    question: str
    weights: dict[str, float]
    own: frozenset[str]
    need: Need
    years: frozenset[int] = frozenset()
    explained: str | None = None
    beside: frozenset[str] = frozenset()

    def share(self, words: Set[str]) -> float:
        """The part of the question's words, by weight, that ``words`` hold (0-1)."""
        return share_held(self.weights, set(self.own), words)

    def beside_share(self, words: Set[str]) -> float:
        """The part of the words next to the question word, by weight, that ``words`` hold (0-1)."""
        total = sum(self.weights.get(word, 0.0) for word in self.beside)
        return sum(self.weights.get(word, 0.0) for word in self.beside & words) / total if total else 0.0


def asked(question: str, searcher: Searcher) -> Asked:
    """Weigh the question's words."""
    weights = {word: searcher.weight(word) for word in searcher.words(question)}
    term = explained_term(question) if is_japanese(question) else None
    return Asked(question, weights, frozenset(terms(question)), need_of(question), frozenset(years_named(question)), term, beside_question_word(question))


def is_japanese(question: str) -> bool:
    """Whether kana stand in it."""
    return bool(re.search(r"[ぁ-んァ-ヶ]", question))
