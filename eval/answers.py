"""Answers on gold questions: right, cited where the evidence is, refused when they have to be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from eval.gold import Question
from eval.retrieval import evidence_spans
from ingest.document import normalize
from qa.answer import Answer
from qa.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer beside its gold question. ``covered``: every piece of evidence lies in a citation."""

    question: Question
    answer: Answer
    right: bool
    covered: bool
    offsets_hold: bool


def grade(question: Question, answer: Answer, assistant: Assistant) -> Graded:
    """Compare an answer with the gold: all ``must`` strings and one of ``any`` in it, its citations against the evidence."""
    text = normalize(answer.answer)
    held = all(normalize(m) in text for m in question.must) and (not question.any or any(normalize(a) in text for a in question.any))
    right = answer.refused if not question.answerable else held and not answer.refused
    spans = evidence_spans(question, assistant.searcher)
    covered = bool(spans) and all(any(s.is_covered_by(c.document_id, c.start, c.end) for s in places for c in answer.citations) for places in spans)
    offsets = all(assistant.searcher.document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations)
    return Graded(question, answer, right, covered, offsets)


def run_answers(questions: Sequence[Question], assistant: Assistant) -> list[Graded]:
    """Answer and grade every question."""
    return [grade(q, assistant.ask(q.question, history=q.history), assistant) for q in questions]


def answer_scores(rows: Sequence[Graded]) -> dict[str, Any]:
    """Shares over the questions that each concerns; truthfulness after CRAG: +1 right, 0 refused though answerable, -1 wrong."""
    answerable = [r for r in rows if r.question.answerable]
    unanswerable = [r for r in rows if not r.question.answerable]
    answered = [r for r in rows if not r.answer.refused]
    spent = sorted(r.answer.timings_ms["total"] for r in rows)
    refused = [r for r in rows if r.answer.refused]
    return {
        "questions": len(rows),
        "right": _share(r.right for r in answerable),
        "right_and_cited": _share(r.right and r.covered for r in answerable),
        "evidence_cited": _share(r.covered for r in answerable),
        "every_sentence_cited": _share(all(s.citations for s in r.answer.sentences) for r in answered),
        "numbers_supported": _share(c.found for r in answered for s in r.answer.sentences for c in s.checks),
        "offsets_hold": _share(r.offsets_hold for r in rows),
        "unanswerable_refused": _share(r.answer.refused for r in unanswerable),
        "answerable_refused": _share(r.answer.refused for r in answerable),
        "refusal_precision": _share(not r.question.answerable for r in refused),
        "truthfulness": mean(1 if r.right else 0 if r.answer.refused else -1 for r in rows) if rows else None,
        "ms_p50": spent[len(spent) // 2] if spent else None,
        "ms_p95": spent[int(0.95 * (len(spent) - 1))] if spent else None,
    }


def _share(values: Iterable[object]) -> float | None:
    held = list(values)
    return mean(map(bool, held)) if held else None
