"""What the reader learns from: questions with the passage that holds the answer, and passages that don't.

``JaQuAD`` (CC BY-SA 3.0) has encyclopaedia paragraphs; ``train/data`` has our own press releases, reports,
tables and city-hall answers, invented for this, so that such texts are not foreign to the reader.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.document import normalize
from ingest.words import words

OWN = Path(__file__).parent / "data"
YEAR = re.compile(r"(?<!\d)(1[5-9]|20)\d{2}(?=年)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to read, the article or file that it is of, and what stands above it (title, issuer, headings)."""

    article: str
    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the index of its passage, and where the answer stands there; None for a near miss that has no answer."""

    question: str
    passage: int
    answer: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages and the examples on them."""

    passages: tuple[Passage, ...]
    examples: tuple[Example, ...]

    def merged(self, other: "Collection") -> "Collection":
        """Both, with the other's passages behind these."""
        shift = len(self.passages)
        moved = (Example(e.question, e.passage + shift, e.answer) for e in other.examples)
        return Collection((*self.passages, *other.passages), (*self.examples, *moved))


def read_squad(paths: Sequence[Path]) -> Collection:
    """Files in SQuAD format; a question's first answer counts."""
    passages: list[Passage] = []
    examples = []
    for path in paths:
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                for asked in paragraph["qas"]:
                    answer = asked["answers"][0]
                    start = int(answer["answer_start"])
                    examples.append(Example(asked["question"], len(passages), (start, start + len(answer["text"]))))
                passages.append(Passage(article["title"], article["title"], paragraph["context"]))
    return Collection(tuple(passages), tuple(examples))


def read_own(names: Sequence[str] | None = None, folder: Path = OWN) -> Collection:
    """Our own passages with their questions, of the files named or of all; raises ValueError where an answer isn't in its passage."""
    passages: list[Passage] = []
    examples = []
    for row in _rows(sorted(folder.glob("*.jsonl")) if names is None else [folder / f"{name}.jsonl" for name in sorted(names)]):
        for asked in row["questions"]:
            start = row["passage"].find(asked["answer"]) if asked["answer"] else None
            if start == -1:
                raise ValueError(f"{row['id']}: {asked['answer']} is not in the passage")
            examples.append(Example(asked["question"], len(passages), None if start is None else (start, start + len(asked["answer"]))))
        # A city hall's answer stands below its own question; elsewhere title and heading stand above.
        passages.append(Passage(row["id"], "\n".join(filter(None, (row["title"], row["context"]))), row["passage"]))
    return Collection(tuple(passages), tuple(examples))


def _rows(paths: Sequence[Path]) -> Iterator[dict]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def windows(text: str, longest: int, rng: random.Random) -> list[tuple[int, int]]:
    """Stretches of whole lines and sentences that together are the text, each of about 60 (or a sixth of ``longest``) to ``longest`` characters."""
    ends = [m.end() for m in re.finditer(r"[。\n]+", text)]
    if not ends or ends[-1] != len(text):
        ends.append(len(text))
    least = min(60, longest // 6)
    found, start, wanted = [], 0, rng.randint(least, longest)
    for end, following in zip(ends, [*ends[1:], None], strict=True):
        if following is None or following - start > wanted:
            found.append((start, end))
            start, wanted = end, rng.randint(least, longest)
    return found


def near_miss(question: str, text: str, others: Sequence[str], rng: random.Random) -> str | None:
    """The question about another year or another name, so that its passage no longer answers it; None where neither is asked with.

    After the swapped entities of SQuAD 2.0's adversarial questions (Rajpurkar et al. 2018), made by rule.
    """
    years = [m for m in YEAR.finditer(question) if m.group() in text]
    if years:
        year = rng.choice(years)
        other = str(int(year.group()) + rng.choice((-12, -7, -5, -3, -2, -1, 1, 2, 3, 4, 6, 10)))
        return None if other in text else question[: year.start()] + other + question[year.end() :]
    names = [w for w in words(question) if w.is_name and len(w.surface) > 1 and w.surface in text]
    if not names or not others:
        return None
    name = rng.choice(names)
    other = rng.choice(others)
    return None if normalize(other) in normalize(text) else question[: name.start] + other + question[name.end :]


def names_in(questions: Sequence[str]) -> dict[str, list[str]]:
    """Proper nouns of questions by their kind (place, person, other), to swap a name for one of its kind."""
    found: dict[str, list[str]] = {}
    for question in questions:
        for word in words(question):
            if word.is_name and len(word.surface) > 1:
                found.setdefault(word.pos[2], []).append(word.surface)
    return found
