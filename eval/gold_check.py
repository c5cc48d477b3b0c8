"""What can be wrong with gold questions: quotes that don't stand, answers outside the evidence, repetitions, sets that overlap."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from eval.gold import KINDS, Question, find_evidence
from ingest.document import Document, normalize


def check(questions: Sequence[Question], documents: Sequence[Document], others: Mapping[str, Sequence[Question]] | None = None) -> list[str]:
    """The faults of a set, a line each; ``others`` are the sets, by name, that must share no question with it."""
    faults = [f"{id_}: id が重複" for id_, n in Counter(q.id for q in questions).items() if n > 1]
    seen: dict[str, str] = {}
    for question in questions:
        key = _key(question)
        if key in seen:
            faults.append(f"{question.id}: {seen[key]} と同じ質問")
        seen[key] = question.id
        faults += [f"{question.id}: {fault}" for fault in _faults(question, documents)]
    return faults + [fault for name, held in (others or {}).items() for fault in shared(questions, name, held)]


def shared(questions: Sequence[Question], name: str, others: Sequence[Question]) -> list[str]:
    """The questions, by id or by wording, that stand in another set too: what is tuned on one must not be reported on the other."""
    ids, keys = {q.id for q in others}, {_key(q): q.id for q in others}
    faults = [f"{q.id}: 同じ id が {name} にもある" for q in questions if q.id in ids]
    return faults + [f"{q.id}: 同じ質問が {name} にもある({keys[_key(q)]})" for q in questions if _key(q) in keys]


def _faults(question: Question, documents: Sequence[Document]) -> Iterator[str]:
    if not normalize(question.question):
        yield "質問が空"
    if question.kind not in KINDS:
        yield f"知らない kind {question.kind}"
    if question.answerable != bool(question.evidence):
        yield "answerable と evidence が合わない"
    yield from (f"根拠が本文にない: {str(e)[:40]}" for e in question.evidence if not find_evidence(e, documents))
    if any(e.page is not None for e in question.evidence):
        return  # a page doesn't say which words of it answer
    quotes = normalize("\n".join(e.quote for e in question.evidence))
    yield from (f"must が根拠にない: {must}" for must in question.must if normalize(must) not in quotes)
    if question.any and not any(normalize(a) in quotes for a in question.any):
        yield "any のどれも根拠にない"


def _key(question: Question) -> str:
    """A question as it is compared, with the turns before it."""
    return normalize(question.question + "".join(turn.get("question", "") for turn in question.history))
