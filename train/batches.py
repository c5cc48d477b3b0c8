"""Groups of pairs for one step: a question beside its passage, hard negatives, and near misses; and their batches."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from index.passage_reader import PairEncoder, PairInput, padded
from train.examples import Collection, Example, Passage, near_miss, windows

NEGATIVES = 2  # other passages beside each question
SAME_PARAGRAPH = 0.35  # how often one of them is another stretch of the paragraph that holds the answer
NEAR_MISS = 0.4  # how often the question is also asked about another year or name
LONGEST_WINDOW = 380  # characters: a chunk of 256 tokens has about 350
SHORT_WINDOW, SHORT = 90, 0.35  # characters, and how often: single sentences and rows are read as well
MOST_UNITS = 6  # sentences of one passage that compete
UNKNOWN = -1  # span of a pair that isn't asked for one


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text; ``answer`` are offsets into the text; ``ranked`` pairs compete for relevance in their group."""

    question: str
    context: str
    text: str
    answer: tuple[int, int] | None
    ranked: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded pairs ``(n, tokens)`` with their labels ``(n,)``; ``groups`` gives each group's first row and the row after its last ranked one."""

    ids: Tensor
    attention: Tensor
    inside: Tensor
    holds: Tensor
    starts: Tensor
    ends: Tensor
    groups: tuple[tuple[int, int], ...]


class Groups:
    """Makes the groups of pairs of a collection; what is chance depends on the seed and the example, so that a run that resumes goes on the same."""

    def __init__(self, collection: Collection, negatives: Mapping[int, Sequence[int]], names: dict[str, list[str]], seed: int, units: float = 0.0) -> None:
        self.collection, self.negatives, self.seed, self.units = collection, negatives, seed, units
        self.rng = random.Random(seed)
        self.names = [name for kind in names.values() for name in kind]

    def group(self, n: int) -> list[Pair]:
        """The pairs of one example; the first is the right one, where there is an answer."""
        self.rng.seed(self.seed + n)
        example = self.collection.examples[n]
        passage = self.collection.passages[example.passage]
        by_units = self.units > 0 and self.rng.random() < self.units
        if example.answer is None:
            start, end = self.rng.choice(windows(passage.text, SHORT_WINDOW, self.rng)) if by_units else (0, len(passage.text))
            return [Pair(example.question, passage.context, passage.text[start:end], None, ranked=False)]
        if by_units:
            return self._by_units(example.question, passage, example.answer)
        longest = SHORT_WINDOW if self.rng.random() < SHORT else LONGEST_WINDOW
        parts = windows(passage.text, longest, self.rng)
        a, b = _around(parts, example.answer)
        answer = (example.answer[0] - a, example.answer[1] - a)
        pairs = [Pair(example.question, passage.context, passage.text[a:b], answer, ranked=True)]
        pairs += self._negatives(n, example, longest, [w for w in parts if w[1] <= a or w[0] >= b])
        if self.rng.random() < NEAR_MISS:
            other = near_miss(example.question, passage.text[a:b] + passage.context, self.names, self.rng)
            pairs += [Pair(other, passage.context, passage.text[a:b], None, ranked=False)] if other else []
        return pairs

    def _by_units(self, question: str, passage: Passage, answer: tuple[int, int]) -> list[Pair]:
        """The sentence with the answer before the others of its passage, of those that don't hold it too."""
        parts = windows(passage.text, 1, self.rng)
        a, b = _around(parts, answer)
        others = [(x, y) for x, y in parts if (y <= a or x >= b) and passage.text[slice(*answer)] not in passage.text[x:y]]
        kept = self.rng.sample(others, min(len(others), MOST_UNITS - 1))
        right = Pair(question, passage.context, passage.text[a:b], (answer[0] - a, answer[1] - a), ranked=True)
        return [right, *(Pair(question, passage.context, passage.text[x:y], None, ranked=True) for x, y in kept)]

    def _negatives(self, n: int, example: Example, longest: int, elsewhere: Sequence[tuple[int, int]]) -> list[Pair]:
        passages = self.collection.passages
        own = passages[example.passage]
        answer = own.text[slice(*example.answer)] if example.answer else ""
        found: list[Pair] = []
        usable = [w for w in elsewhere if answer not in own.text[slice(*w)] and w[1] - w[0] > 15]
        if usable and self.rng.random() < SAME_PARAGRAPH:
            start, end = self.rng.choice(usable)
            found.append(Pair(example.question, own.context, own.text[start:end], None, ranked=True))
        others = list(self.negatives[n])
        self.rng.shuffle(others)
        for i in others[: NEGATIVES - len(found)]:
            start, end = self.rng.choice(windows(passages[i].text, longest, self.rng))
            found.append(Pair(example.question, passages[i].context, passages[i].text[start:end], None, ranked=True))
        return found


def _around(parts: Sequence[tuple[int, int]], answer: tuple[int, int]) -> tuple[int, int]:
    """The stretch of whole windows that the answer lies in."""
    touched = [w for w in parts if w[0] < answer[1] and w[1] > answer[0]]
    return touched[0][0], touched[-1][1]


def batches(groups: Sequence[Sequence[Pair]], encoder: PairEncoder, tokens: int, rng: random.Random) -> Iterator[Batch]:
    """Groups of like length together, in batches of at most ``tokens`` tokens with padding, in random order."""
    encoded = [encoder.encode([p.question for p in g], [p.context for p in g], [p.text for p in g]) for g in groups]
    longest = [max(len(p.ids) for p in pairs) for pairs in encoded]
    planned: list[list[int]] = []
    for n in sorted(range(len(groups)), key=lambda n: longest[n]):
        rows = sum(len(encoded[m]) for m in planned[-1]) if planned else 0
        if not planned or (rows + len(encoded[n])) * longest[n] > tokens:
            planned.append([])
        planned[-1].append(n)
    rng.shuffle(planned)
    for chosen in planned:
        yield _batch([groups[n] for n in chosen], [encoded[n] for n in chosen])


def _batch(groups: Sequence[Sequence[Pair]], encoded: Sequence[Sequence[PairInput]]) -> Batch:
    pairs, inputs = [p for g in groups for p in g], [i for e in encoded for i in e]
    spans = [token_span(i, p.answer) for i, p in zip(inputs, pairs, strict=True)]
    edges, row = [], 0
    for group in groups:
        ranked = sum(p.ranked for p in group)
        edges.append((row, row + ranked))
        row += len(group)
    starts, ends = torch.tensor([s for s, _ in spans]), torch.tensor([e for _, e in spans])
    return Batch(*padded(inputs), torch.tensor([float(p.answer is not None) for p in pairs]), starts, ends, tuple(edges))


def token_span(pair: PairInput, answer: tuple[int, int] | None) -> tuple[int, int]:
    """First and last token of the answer, as positions in the pair; UNKNOWN twice where there is none or it was cut off."""
    if answer is None:
        return UNKNOWN, UNKNOWN
    inside = [i for i, (a, b) in enumerate(pair.offsets) if b > answer[0] and a < answer[1]]
    if not inside or pair.offsets[inside[-1]][1] < answer[1]:
        return UNKNOWN, UNKNOWN
    return pair.first + inside[0], pair.first + inside[-1]
