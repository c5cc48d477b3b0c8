"""Answers on gold questions: right, cited where the evidence is, refused when they have to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean
from typing import Any

from eval.gold import Question
from eval.measures import Row, intervals
from eval.retrieval import FAILURE_CHARACTERS, Places, Progress, by_kind, evidence_places
from ingest.document import normalize
from qa.answer import Answer, Citation
from qa.assistant import Assistant

BINS = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # of probabilities, for the reliability plot
CHECKED = ("number", "date")  # the kinds of values whose support is measured


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer beside its gold question: whether it is right, the pieces of evidence that a citation covers, the citations
    that touch the evidence, whether every citation's offsets give its quote, and for each passage that the reader read
    its probability and whether the passage holds a piece."""

    question: Question
    answer: Answer
    right: bool
    covered: tuple[bool, ...]
    relevant: tuple[bool, ...]
    offsets_hold: bool
    read: tuple[tuple[float, bool], ...]


def grade(question: Question, answer: Answer, assistant: Assistant) -> Graded:
    """Compare an answer with the gold."""
    places = evidence_places(question, assistant.searcher)
    offsets = all(assistant.searcher.document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations)
    covered = tuple(any(span.is_covered_by(*_stretch(c)) for span in piece for c in answer.citations) for piece in places)
    read = tuple((p.holds, any(s.is_covered_by(p.document_id, p.start, p.end, p.page) for piece in places for s in piece)) for p in answer.passages if p.holds is not None)
    return Graded(question, answer, is_right(question, answer), covered, _relevant(places, answer), offsets, read)


def is_right(question: Question, answer: Answer) -> bool:
    """Whether all ``must`` strings and one of ``any`` stand in the answer; for an unanswerable question, whether it is refused."""
    if not question.answerable or answer.refused:
        return answer.refused and not question.answerable
    text = normalize(answer.answer)
    return all(normalize(m) in text for m in question.must) and (not question.any or any(normalize(a) in text for a in question.any))


def _relevant(places: Places, answer: Answer) -> tuple[bool, ...]:
    return tuple(any(span.is_touched_by(*_stretch(c)) for piece in places for span in piece) for c in answer.citations)


def _stretch(citation: Citation) -> tuple[str, int, int, int | None]:
    return citation.document_id, citation.start, citation.end, citation.page


def row(graded: Graded) -> dict[str, float | None]:
    """The measures of one question, None where they don't concern it.

    ``citation_recall`` and ``citation_precision``, over the answerable questions that were answered, are
    ALCE's (Gao et al., "Enabling Large Language Models to Generate Text with Citations", 2023) with gold
    evidence in the entailment model's place: the share of the pieces of evidence that one citation
    covers whole, and the share of the citations that share a character with a piece (or its page); an answer
    without citations has 0 in both. ``truthfulness`` is CRAG's (Yang et al. 2024): 1 for a right
    answer or a right refusal, 0 for refusing an answerable question, -1 for a wrong answer.
    """
    q, a = graded.question, graded.answer
    answered, concerned = not a.refused, q.answerable and not a.refused
    checks = [float(c.found) for s in a.sentences for c in s.checks if c.kind in CHECKED]
    return {
        "right": float(graded.right) if q.answerable else None,
        "right_and_cited": float(graded.right and bool(graded.covered) and all(graded.covered)) if q.answerable else None,
        "citation_recall": mean(map(float, graded.covered)) if concerned and graded.covered else None,
        "citation_precision": mean(map(float, graded.relevant)) if concerned and graded.relevant else 0.0 if concerned else None,
        "every_sentence_cited": float(bool(a.sentences) and all(s.citations for s in a.sentences)) if answered else None,
        "numbers_supported": mean(checks) if answered and checks else None,
        "offsets_hold": float(graded.offsets_hold) if a.citations else None,
        "unanswerable_refused": None if q.answerable else float(a.refused),
        "answerable_refused": float(a.refused) if q.answerable else None,
        "refusal_precision": float(not q.answerable) if a.refused else None,
        "refusal_recall": None if q.answerable else float(a.refused),
        "truthfulness": 1.0 if graded.right else 0.0 if a.refused else -1.0,
        "ms": a.timings_ms["total"],
    }


def run_answers(questions: Sequence[Question], assistant: Assistant, progress: Progress | None = None) -> list[Graded]:
    """Answer and grade every question."""
    rows = []
    for done, question in enumerate(questions, 1):
        rows.append(grade(question, assistant.ask(question.question, history=question.history), assistant))
        if progress:
            progress(done, len(questions))
    return rows


def evaluate(questions: Sequence[Question], assistant: Assistant, progress: Progress | None = None) -> dict[str, Any]:
    """The run of answering gold questions, as result files hold it: scores, intervals, rows, failures."""
    return run_of(run_answers(questions, assistant, progress))


def run_of(graded: Sequence[Graded]) -> dict[str, Any]:
    """The run that these answers make."""
    rows: list[dict[str, Any]] = [{"id": g.question.id, "kind": g.question.kind, "measures": row(g)} for g in graded]
    return {
        "task": "answers",
        "questions": len(graded),
        "scores": by_kind(rows),
        "intervals": intervals([r["measures"] for r in rows]),
        "rows": rows,
        "calibration": reliability([pair for g in graded for pair in g.read]),
        "failures": [_failure(g) for g in graded if not g.right or (g.question.answerable and not all(g.covered))],
    }


def rows_of(graded: Sequence[Graded]) -> dict[str, Row]:
    """The measures of each question by its id."""
    return {g.question.id: row(g) for g in graded}


def reliability(read: Sequence[tuple[float, bool]]) -> list[dict[str, float | int]]:
    """How often passages hold a piece of evidence, by what the reader said of them: what is drawn against the diagonal."""
    bins = []
    for low, high in pairwise(BINS):
        inside = [(said, held) for said, held in read if low <= said < high or said == high == 1.0]
        if inside:
            bins.append({"low": low, "high": high, "mean_score": mean(said for said, _ in inside), "share_right": mean(float(held) for _, held in inside), "count": len(inside)})
    return bins


def _failure(graded: Graded) -> dict[str, Any]:
    """What was expected and what came; a right answer is here when it doesn't cite the evidence."""
    q, a = graded.question, graded.answer
    expected = {"expected": list(map(str, q.evidence)), "must": list(q.must), "any": list(q.any)}
    return {"id": q.id, "kind": q.kind, "question": q.question, **expected, "got": a.answer[:FAILURE_CHARACTERS], "rank": None, "refused": a.refused, "reason": a.reason, "right": graded.right}
