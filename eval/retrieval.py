"""Retrieval on gold questions: is the evidence among the first passages, and within how many characters?"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from eval.gold import Question, Span, find_evidence
from index.search import Hit, Searcher
from qa.history import standalone

DEPTH = 10
RANKS = (1, 3, 5, 10)
BUDGETS = (1000, 1500, 3000)  # characters of passages that a reader or a model takes in


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What came for one question: the rank (from 1) of the first and of the last piece of evidence, and the characters up to it."""

    question: Question
    first: int | None
    last: int | None
    characters: int | None
    milliseconds: float


def retrieve(question: Question, spans: Sequence[Sequence[Span]], milliseconds: float, hits: Sequence[Hit]) -> Retrieved:
    """Find each piece of evidence among the hits; ``spans`` are its places in the corpus."""
    ranks = [next((rank for rank, hit in enumerate(hits, 1) if any(s.is_covered_by(hit.chunk.document_id, hit.chunk.start, hit.chunk.end) for s in places)), None) for places in spans]
    found = [rank for rank in ranks if rank]
    first = min(found, default=None)
    last = max(found) if found and len(found) == len(ranks) else None
    characters = sum(len(hit.chunk.text) for hit in hits[:first]) if first else None
    return Retrieved(question, first, last, characters, milliseconds)


def evidence_spans(question: Question, searcher: Searcher) -> list[list[Span]]:
    """The places of each piece of a question's evidence."""
    documents = [searcher.document(id_) for id_ in searcher.infos]
    return [find_evidence(evidence, documents) for evidence in question.evidence]


def run_retrieval(questions: Sequence[Question], searcher: Searcher) -> list[Retrieved]:
    """Search for every answerable question; those without evidence have no retrieval score anywhere."""
    rows = []
    for question in questions:
        if question.evidence:
            started = time.perf_counter()
            hits = searcher.search(standalone(question.question, question.history), DEPTH)
            spent = 1000 * (time.perf_counter() - started)
            rows.append(retrieve(question, evidence_spans(question, searcher), spent, hits))
    return rows


def retrieval_scores(rows: Sequence[Retrieved]) -> dict[str, Any]:
    """Shares of questions: evidence within the first ranks, all pieces within five, within a budget of characters; MRR@10."""
    if not rows:
        return {"questions": 0}
    scores: dict[str, Any] = {"questions": len(rows)}
    scores |= {f"evidence@{rank}": mean(bool(r.first and r.first <= rank) for r in rows) for rank in RANKS}
    scores["all_evidence@5"] = mean(bool(r.last and r.last <= 5) for r in rows)
    scores |= {f"evidence_in_{budget}_chars": mean(bool(r.characters and r.characters <= budget) for r in rows) for budget in BUDGETS}
    scores["mrr@10"] = mean(1 / r.first if r.first else 0.0 for r in rows)
    spent = sorted(r.milliseconds for r in rows)
    scores |= {"ms_p50": spent[len(spent) // 2], "ms_p95": spent[int(0.95 * (len(spent) - 1))]}
    return scores
