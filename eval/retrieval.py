"""Retrieval on gold questions: is the evidence among the first passages, how well placed, and within how many characters?"""

import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from eval.gold import Question, Span, find_evidence
from eval.measures import Row, intervals, means, ranked_rows, scores
from index.search import Searcher
from ingest.chunking import Chunk
from qa.assistant import PASSAGES, Assistant
from qa.history import standalone

RANKS = (1, 3, 5, 10)
BUDGETS = (1000, 1500, 3000)  # characters of passages that a reader or a model takes in
CONTEXT = (250, 500, 750, 1000, 1500, 2000, 3000, 5000)
VARIANTS = {"dense": 1.0, "words": 0.0}  # the weight of the dense leg when only one leg has its say
FAILURE_CHARACTERS = 400  # of a passage or an answer that a report shows
Places = Sequence[Sequence[Span]]  # for each piece of evidence, everywhere that it stands
Progress = Callable[[int, int], None]  # questions done, of how many


@dataclass(frozen=True, slots=True)
class Found:
    """What came for one question: its passages, best first, the rank (from 1) of each piece of evidence, and how many
    characters of them, in order, hold the first piece found."""

    question: Question
    passages: tuple[Chunk, ...]
    ranks: tuple[int | None, ...]
    characters: int | None
    milliseconds: float

    @property
    def first(self) -> int | None:
        """The rank of the first piece of evidence found."""
        return min((rank for rank in self.ranks if rank), default=None)


def find(question: Question, places: Places, passages: Sequence[Chunk], milliseconds: float) -> Found:
    """Look for each piece of evidence in the passages that came; any retriever's passages will do."""
    ranks = tuple(next((rank for rank, p in enumerate(passages, 1) if _holds(p, piece)), None) for piece in places)
    read = [_characters(rank, piece, passages) for rank, piece in zip(ranks, places, strict=True) if rank]
    return Found(question, tuple(passages), ranks, min(read, default=None), milliseconds)


def _holds(passage: Chunk, piece: Sequence[Span]) -> bool:
    return any(span.is_covered_by(passage.document_id, passage.start, passage.end, passage.page) for span in piece)


def _characters(rank: int, piece: Sequence[Span], passages: Sequence[Chunk]) -> int:
    """Characters from the start of the first passage to the end of the piece (of the passage, where the piece is a page)."""
    passage = passages[rank - 1]
    inside = [s for s in piece if s.is_covered_by(passage.document_id, passage.start, passage.end, passage.page)]
    end = min(passage.end if s.page is not None else s.end for s in inside)
    return sum(p.end - p.start for p in passages[: rank - 1]) + end - passage.start


def row(found: Found) -> dict[str, float | None]:
    """The measures of one question.

    ``evidence@k``: a piece of evidence is within the first k passages; ``all_evidence@5``: all pieces
    are; ``evidence_in_N_chars``: a piece has been read to its end within N characters of the passages,
    read in order. ``ndcg@10`` and ``mrr@10`` take each piece as one relevant item that stands where it
    is first covered; pieces that first stand in the same passage are one item, so that a passage that
    holds all scores 1.
    """
    first, ranks = found.first, found.ranks
    values: dict[str, float | None] = {f"evidence@{k}": float(first is not None and first <= k) for k in RANKS}
    values["all_evidence@5"] = float(all(rank is not None and rank <= 5 for rank in ranks))
    values |= {f"evidence_in_{n}_chars": _within(found, n) for n in BUDGETS}
    relevant = {f"rank {rank}" if rank else f"piece {n}": 1 for n, rank in enumerate(ranks)}
    came = [f"rank {n}" for n in range(1, len(found.passages) + 1)]
    return values | ranked_rows({"q": came}, {"q": relevant}, ["mrr@10", "ndcg@10"])["q"] | {"ms": found.milliseconds}


def _within(found: Found, characters: int) -> float:
    return float(found.characters is not None and found.characters <= characters)


def evidence_places(question: Question, searcher: Searcher) -> list[list[Span]]:
    """The places of each piece of a question's evidence."""
    documents = [searcher.document(id_) for id_ in searcher.infos]
    return [find_evidence(evidence, documents) for evidence in question.evidence]


def run_retrieval(questions: Sequence[Question], searcher: Searcher, progress: Progress | None = None) -> list[Found]:
    """Search for every question that has evidence; the others have no retrieval measure anywhere."""
    concerned = [q for q in questions if q.evidence]
    rows = []
    for done, question in enumerate(concerned, 1):
        started = time.perf_counter()
        hits = searcher.search(standalone(question.question, question.history), PASSAGES)
        spent = 1000 * (time.perf_counter() - started)
        rows.append(find(question, evidence_places(question, searcher), [hit.chunk for hit in hits], spent))
        if progress:
            progress(done, len(concerned))
    return rows


def evaluate(questions: Sequence[Question], assistant: Assistant, progress: Progress | None = None) -> dict[str, Any]:
    """The run of retrieval on gold questions, as result files hold it: scores, intervals, context curve, variants, rows, failures."""
    return run_of(search_variants(questions, assistant.searcher, progress))


def search_variants(questions: Sequence[Question], searcher: Searcher, progress: Progress | None = None) -> dict[str, list[Found]]:
    """What the searcher finds (``both``), and each of its legs alone; ``progress`` counts the searches of all of them."""
    concerned = [q for q in questions if q.evidence]
    searchers = variants_of(searcher)
    found: dict[str, list[Found]] = {}
    for name, varied in searchers.items():
        found[name] = run_retrieval(concerned, varied, part_of(progress, len(found), len(searchers)))
    return found


def part_of(progress: Progress | None, part: int, parts: int) -> Progress | None:
    """The progress of one of several equal parts (from 0), as progress of the whole."""
    return (lambda done, total: progress(part * total + done, parts * total)) if progress else None


def variants_of(searcher: Searcher) -> dict[str, Searcher]:
    """The searcher as it is (``both``), the same without its reader (``unread``), and each leg alone, also without; the one given stays as it is, others may be using it."""
    found = {"both": searcher}
    for name, weight in VARIANTS.items():
        found[name] = copy(searcher)
        found[name].dense_weight, found[name].reader = weight, None
    if searcher.reader is not None:
        found["unread"] = copy(searcher)
        found["unread"].reader = None
    return found


def run_of(found: Mapping[str, Sequence[Found]]) -> dict[str, Any]:
    """The run that the results of the variants make; all but the means of the variants is of ``both``."""
    rows = _rows(found["both"])
    return {
        "task": "retrieval",
        "questions": len(rows),
        "scores": by_kind(rows),
        "intervals": intervals([r["measures"] for r in rows]),
        "context": {str(n): means([{"in": _within(f, n)} for f in found["both"]]).get("in") for n in CONTEXT},
        "variants": {name: scores([r["measures"] for r in _rows(held)]) for name, held in found.items()},
        "rows": rows,
        "failures": [_failure(f) for f in found["both"] if f.first != 1],
    }


def rows_of(found: Sequence[Found]) -> dict[str, Row]:
    """The measures of each question by its id."""
    return {f.question.id: row(f) for f in found}


def _rows(found: Sequence[Found]) -> list[dict[str, Any]]:
    return [{"id": f.question.id, "kind": f.question.kind, "measures": row(f)} for f in found]


def ranking(found: Found) -> dict[str, float]:
    """The passages as items of a TREC run, ``document:start-end``, scored by their ranks."""
    return {f"{p.document_id}:{p.start}-{p.end}": 1 / rank for rank, p in enumerate(found.passages, 1)}


def by_kind(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float | int | None]]:
    """Scores over all rows and over each kind of question."""
    measured: dict[str, list[Row]] = {"all": [r["measures"] for r in rows]}
    measured |= {kind: [r["measures"] for r in rows if r["kind"] == kind] for kind in sorted({r["kind"] for r in rows})}
    return {name: scores(held) for name, held in measured.items()}


def _failure(found: Found) -> dict[str, Any]:
    q = found.question
    got = found.passages[0].text[:FAILURE_CHARACTERS] if found.passages else ""
    return {"id": q.id, "kind": q.kind, "question": q.question, "expected": list(map(str, q.evidence)), "got": got, "rank": found.first, "refused": False, "reason": None}
