"""Gold questions: reading them, finding their evidence in the corpus, checking them."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.document import Document, normalize
from ingest.errors import InputError

KINDS = {"fact", "date", "table", "list", "contact", "comparison", "definition", "everyday", "name", "korean", "english", "followup", "unanswerable"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote of a document; ``doc`` is its id, its source file's name or the beginning of one."""

    doc: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """A gold question in the contract's format."""

    id: str
    question: str
    kind: str = "fact"
    lang: str = "ja"
    answerable: bool = True
    must: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Where evidence stands: ``start`` and ``end`` are offsets into the document's text."""

    document_id: str
    start: int
    end: int

    def is_covered_by(self, document_id: str, start: int, end: int) -> bool:
        """Whether that stretch holds the whole span."""
        return document_id == self.document_id and start <= self.start and self.end <= end


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSONL file; raises InputError with the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"評価用の質問 {path} を読めません: {error}") from error
    return [_question(line, path, n) for n, line in enumerate(lines, 1) if line.strip()]


def _question(line: str, path: Path, number: int) -> Question:
    try:
        raw = json.loads(line)
        evidence = tuple(Evidence(e["doc"], e["quote"]) for e in raw.get("evidence", []))
        return Question(
            str(raw["id"]), raw["question"], raw.get("kind", "fact"), raw.get("lang", "ja"), bool(raw.get("answerable", True)),
            tuple(raw.get("must", [])), tuple(raw.get("any", [])), evidence, tuple(raw.get("history", [])),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} の {number} 行目が評価用の質問の形式ではありません: {error}") from error


def find_evidence(evidence: Evidence, documents: Iterable[Document]) -> list[Span]:
    """Every place of the quote in the documents that ``doc`` names, compared after NFKC without white space and commas."""
    wanted = normalize(evidence.quote)
    return [Span(d.id, *span) for d in documents if _is_named(d, evidence.doc) for span in find_normalized(d.text, wanted)]


def _is_named(document: Document, doc: str) -> bool:
    return document.id == doc or document.source == doc or document.source.startswith(doc) or document.id.startswith(doc)


def find_normalized(text: str, wanted: str) -> list[tuple[int, int]]:
    """Spans of ``text`` whose normalized form is ``wanted`` (itself normalized)."""
    if not wanted:
        return []
    folded, starts = _normalized_with_offsets(text)
    found = []
    at = folded.find(wanted)
    while at >= 0:
        found.append((starts[at], starts[at + len(wanted) - 1] + 1))
        at = folded.find(wanted, at + 1)
    return found


def _normalized_with_offsets(text: str) -> tuple[str, list[int]]:
    characters: list[str] = []
    offsets: list[int] = []
    for i, c in enumerate(text):
        for part in unicodedata.normalize("NFKC", c):
            if not part.isspace():
                characters.append(part)
                offsets.append(i)
    folded = "".join(characters)
    commas = {m.start() for m in re.finditer(r"(?<=\d),(?=\d{3})", folded)}
    kept = [i for i in range(len(folded)) if i not in commas]
    return "".join(folded[i] for i in kept), [offsets[i] for i in kept]


def check(questions: Sequence[Question], documents: Sequence[Document]) -> list[str]:
    """What is wrong with gold questions: quotes that don't stand, ``must`` strings outside the evidence, repetitions."""
    faults = []
    seen: dict[str, str] = {}
    for q in questions:
        key = normalize(q.question + "".join(turn.get("question", "") for turn in q.history))
        if key in seen:
            faults.append(f"{q.id}: {seen[key]} と同じ質問")
        seen[key] = q.id
        if q.kind not in KINDS:
            faults.append(f"{q.id}: 知らない kind {q.kind}")
        if q.answerable != bool(q.evidence):
            faults.append(f"{q.id}: answerable と evidence が合わない")
        faults += [f"{q.id}: 引用が本文にない: {e.quote[:40]}" for e in q.evidence if not find_evidence(e, documents)]
        quotes = normalize("\n".join(e.quote for e in q.evidence))
        faults += [f"{q.id}: must が根拠にない: {m}" for m in q.must if normalize(m) not in quotes]
        if q.any and not any(normalize(a) in quotes for a in q.any):
            faults.append(f"{q.id}: any のどれも根拠にない")
    return faults + [f"{id_}: id が重複" for id_ in sorted({q.id for q in questions if sum(o.id == q.id for o in questions) > 1})]

