"""What the embedder learns from: batches of questions beside stretches of the passages that answer them, several of one article in each, since they are the hard ones for each other."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from train.examples import Collection, Example, Passage, windows

SHORT_WINDOW, LONG_WINDOW, SHORT = 90, 350, 0.35  # characters, and how often: single sentences are embedded as well as chunks
BARE = 0.15  # how often a passage comes without what stands above it
TWICE = 0.3  # how often a further question on a passage of the batch is taken: passages that differ teach more


@dataclass(frozen=True, slots=True)
class Positive:
    """A question and a text that answers it; ``passage`` tells from what, ``answer`` is the answer's text."""

    question: str
    text: str
    passage: int
    answer: str


class Pairs:
    """Makes the batches of two collections; each depends on the seed and its number alone, so that a run that resumes goes on the same.

    ``own`` is the share of articles of the second collection, ``together`` how many questions of an article of each come together at most.
    """

    def __init__(self, general: Collection, own: Collection, seed: int, share: float = 0.5, together: tuple[int, int] = (5, 3)) -> None:
        self.collections, self.seed, self.share, self.together = (general, own), seed, share, together
        self.articles = tuple(map(_by_article, self.collections))

    def batch(self, number: int, size: int) -> list[Positive]:
        """``size`` pairs."""
        rng = random.Random(f"{self.seed} {number}")
        found: list[Positive] = []
        while len(found) < size:
            which = int(rng.random() < self.share)
            article = rng.choice(self.articles[which])
            for example in rng.sample(article, min(len(article), self.together[which])):
                shift = which * len(self.collections[0].passages)
                if any(p.passage == example.passage + shift for p in found) and rng.random() >= TWICE:
                    continue
                found.append(_positive(example, self.collections[which].passages[example.passage], shift, rng))
        return found[:size]


def _by_article(collection: Collection) -> list[list[Example]]:
    """The questions that have an answer, those of one article together."""
    found: dict[str, list[Example]] = {}
    for example in collection.examples:
        if example.answer is not None:
            found.setdefault(collection.passages[example.passage].article, []).append(example)
    return list(found.values())


def _positive(example: Example, passage: Passage, shift: int, rng: random.Random) -> Positive:
    start, end = example.answer or (0, 0)
    parts = [w for w in windows(passage.text, SHORT_WINDOW if rng.random() < SHORT else LONG_WINDOW, rng) if w[0] < end and w[1] > start]
    above = f"{passage.context}\n" if passage.context and rng.random() >= BARE else ""
    return Positive(example.question, above + passage.text[parts[0][0] : parts[-1][1]], example.passage + shift, passage.text[start:end])


def answers_too(pairs: Sequence[Positive]) -> np.ndarray:
    """Which texts answer which questions beside their own, ``(n, n)`` bool: other stretches of the same passage with the same answer."""
    return np.array([[a is not b and a.passage == b.passage and a.answer in b.text for b in pairs] for a in pairs], bool)
