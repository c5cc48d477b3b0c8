"""Reading on SQuAD-format files: is the span that the reader marks in a question's own paragraph the answer?

Exact match and F1 over characters, the best of the gold answers, as JGLUE measures JSQuAD (Kurihara et al. 2022);
compared after NFKC, without white space and the brackets and full stops around an answer.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.measures import intervals, means
from eval.public.squad import SEPARATOR
from eval.retrieval import Progress
from index.passage_reader import PassageReader
from ingest.document import normalize
from ingest.errors import InputError

AROUND = "「」『』()。、,.・\"'“”"


@dataclass(frozen=True, slots=True)
class Read:
    """A question with its paragraph and its gold answers."""

    question: str
    title: str
    paragraph: str
    answers: tuple[str, ...]


def read_questions(path: Path) -> list[Read]:
    """The answerable questions of a SQuAD-format file; raises InputError for other files."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        return [
            Read(q["question"], a["title"], p["context"].removeprefix(a["title"] + SEPARATOR), tuple(x["text"] for x in q["answers"]))
            for a in data
            for p in a["paragraphs"]
            for q in p["qas"]
            if not q.get("is_impossible")
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"SQuAD 形式のファイル {path} を読めません: {error}") from error


def exact_match(said: str, answers: Sequence[str]) -> float:
    """Whether it is one of the answers."""
    return float(any(_compared(said) == _compared(answer) for answer in answers))


def f1(said: str, answers: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over characters, for the answer that it is most like."""
    return max(_f1(_compared(said), _compared(answer)) for answer in answers)


def _f1(said: str, answer: str) -> float:
    shared = sum((Counter(said) & Counter(answer)).values())
    return 2 * shared / (len(said) + len(answer)) if shared else 0.0


def _compared(text: str) -> str:
    return normalize(text).strip(AROUND)


def evaluate(questions: Sequence[Read], reader: PassageReader, progress: Progress | None = None) -> dict[str, Any]:
    """The run of reading each question's own paragraph, as result files hold it."""
    rows: list[dict[str, float | None]] = []
    for question in questions:
        (reading,) = reader.read(question.question, [(question.title, question.paragraph)])
        said = question.paragraph[reading.start : reading.end]
        rows.append({"exact_match": exact_match(said, question.answers), "f1": f1(said, question.answers)})
        if progress:
            progress(len(rows), len(questions))
    return {"task": "reading", "questions": len(rows), "scores": {"all": {"questions": len(rows), **means(rows)}}, "intervals": intervals(rows)}
