"""From a question to an Answer in two hops: search, then answer from what was found."""

import time
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from index.search import Hit, Searcher
from index.where import Condition
from ingest.errors import InputError
from ingest.library.infos import DocumentInfo
from qa.answer import Answer, Passage
from qa.history import standalone
from qa.readings import readings

PASSAGES = 10
CORRECTED = "この資料は「{title}」{date}で訂正されています。そちらも確かめてください"
CORRECTS = "この資料は「{title}」{date}の訂正です"
LONGEST_QUESTION = 2000  # characters; longer ones are no question but a document


class Answerer(Protocol):
    """Answers a question from the passages that were found for it."""

    name: str

    def answer(self, question: str, hits: Sequence[Hit]) -> Answer:
        """The answer or a refusal; every citation is a span of a document."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where answering stands: the answer that holds now, the ``draft`` that is being written beside it, and a ``note`` to people."""

    answer: Answer
    draft: str | None = None
    note: str = ""


@runtime_checkable
class StepwiseAnswerer(Answerer, Protocol):
    """An answerer with something to show before its answer is whole."""

    def steps(self, question: str, hits: Sequence[Hit]) -> Iterator[Step]:
        """What holds at each moment, the last of it as ``answer`` gives it; closing the iterator stops the work."""


class Assistant:
    """Answers questions over one library."""

    def __init__(self, searcher: Searcher, answerer: Answerer) -> None:
        self.searcher, self.answerer = searcher, answerer

    def renew(self, searcher: Searcher) -> None:
        """Answer from a newer state of the library from the next question on; those that are being answered end with the old one."""
        answerer = over(self.answerer, searcher)
        self.searcher, self.answerer = searcher, answerer

    def ask(self, question: str, where: Sequence[Condition] = (), passages: int = PASSAGES, history: Sequence[Mapping[str, str]] = ()) -> Answer:
        """The answer to ``question``, asked after the turns of ``history``; raises InputError when it is empty or too long."""
        *_, last = self.steps(question, where, passages, history)
        return last.answer

    def steps(self, question: str, where: Sequence[Condition] = (), passages: int = PASSAGES, history: Sequence[Mapping[str, str]] = ()) -> Iterator[Step]:
        """The same as it comes about: at least one step, the last of which holds the answer."""
        question = checked(question)
        started = time.perf_counter()
        read_as = standalone(question, history)
        searcher = self.searcher
        hits = searcher.search(read_as, passages, where)
        found = time.perf_counter()
        meant = readings(question, hits) if read_as == question else ()  # what the turns before add decides
        considered = tuple(map(_passage, range(1, len(hits) + 1), hits))
        answerer = self.answerer
        for step in answerer.steps(read_as, hits) if isinstance(answerer, StepwiseAnswerer) else iter([Step(answerer.answer(read_as, hits))]):
            done = time.perf_counter()
            timings = {"retrieve": _ms(found - started), "answer": _ms(done - found), "total": _ms(done - started)}
            yield replace(step, answer=replace(with_notices(step.answer, searcher.infos), question=question, passages=considered, timings_ms=timings, read_as=None if read_as == question else read_as, readings=meant))


def over(answerer: Any, searcher: Searcher) -> Any:
    """The same answerer over another searcher, and so the one that it falls back on."""
    made = copy(answerer)
    made.searcher = searcher
    if hasattr(made, "fast"):
        made.fast = over(made.fast, searcher)
    return made


def with_notices(answer: Answer, infos: Mapping[str, DocumentInfo]) -> Answer:
    """The answer whose citations say where their document has been corrected by another one, or corrects one."""
    return replace(answer, citations=tuple(replace(c, notice=_notice(infos[c.document_id], infos)) if c.document_id in infos else c for c in answer.citations))


def _notice(info: DocumentInfo, infos: Mapping[str, DocumentInfo]) -> str:
    for other, said in ((info.corrected_by, CORRECTED), (info.corrects, CORRECTS)):
        if other and other in infos:
            date = infos[other].date
            return said.format(title=infos[other].title, date=f"({date})" if date else "")
    return ""


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
