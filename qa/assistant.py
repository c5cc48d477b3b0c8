"""From a question to an Answer in two hops: search, then answer from what was found."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from index.search import Hit, Searcher
from index.where import Condition
from ingest.errors import InputError
from qa.answer import Answer, Passage
from qa.history import standalone

PASSAGES = 10
LONGEST_QUESTION = 2000  # characters; longer ones are no question but a document


class Answerer(Protocol):
    """Answers a question from the passages that were found for it."""

    name: str

    def answer(self, question: str, hits: Sequence[Hit]) -> Answer:
        """The answer or a refusal; every citation is a span of a document."""


class Assistant:
    """Answers questions over one library."""

    def __init__(self, searcher: Searcher, answerer: Answerer) -> None:
        self.searcher, self.answerer = searcher, answerer

    def ask(self, question: str, where: Sequence[Condition] = (), passages: int = PASSAGES, history: Sequence[Mapping[str, str]] = ()) -> Answer:
        """The answer to ``question``, asked after the turns of ``history``; raises InputError when it is empty or too long."""
        question = checked(question)
        started = time.perf_counter()
        read_as = standalone(question, history)
        hits = self.searcher.search(read_as, passages, where)
        found = time.perf_counter()
        answer = replace(self.answerer.answer(read_as, hits), question=question)
        done = time.perf_counter()
        timings = {"retrieve": _ms(found - started), "answer": _ms(done - found), "total": _ms(done - started)}
        return replace(answer, passages=tuple(map(_passage, range(1, len(hits) + 1), hits)), timings_ms=timings)


def checked(question: str) -> str:
    """The question without what can't be part of one; raises InputError when nothing or too much is left."""
    question = question.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()
    if not question:
        raise InputError("質問が空です。知りたいことを文で入力してください")
    if len(question) > LONGEST_QUESTION:
        raise InputError(f"質問が長すぎます({len(question):,}字。上限 {LONGEST_QUESTION:,}字)。要点だけにしてください")
    return question


def _passage(rank: int, hit: Hit) -> Passage:
    chunk = hit.chunk
    return Passage(rank, chunk.document_id, hit.title, " › ".join(chunk.heading), chunk.start, chunk.end, chunk.text, round(hit.score, 4), round(hit.dense, 4), round(hit.lexical, 3), hit.matched, chunk.page, None if hit.holds is None else round(hit.holds, 4))


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 1)
