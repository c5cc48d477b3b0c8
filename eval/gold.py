"""Gold questions: reading them, and finding their evidence in the documents."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.document import Document, normalize
from ingest.errors import InputError

KINDS = {"fact", "date", "table", "list", "contact", "comparison", "definition", "everyday", "name", "korean", "english", "followup", "unanswerable"}
COPY = re.compile(r"^[0-9a-f]{8}_")  # what the home puts before the name of a user's file


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote of a document, or one of its pages (counted from 1); ``doc`` is its id, its source file's name or path, or the beginning of a name."""

    doc: str
    quote: str = ""
    page: int | None = None

    def __str__(self) -> str:
        return self.quote or f"{self.doc} {self.page}ページ"


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
    """Where a piece of evidence stands: ``start`` and ``end`` are offsets into the document's text; with ``page`` it is that page."""

    document_id: str
    start: int
    end: int
    page: int | None = None

    def is_covered_by(self, document_id: str, start: int, end: int, page: int | None = None) -> bool:
        """Whether that stretch, which stands on ``page``, holds the whole span, or is of the span's page."""
        if self.page is not None:
            return (document_id, page) == (self.document_id, self.page)
        return document_id == self.document_id and start <= self.start and self.end <= end

    def is_touched_by(self, document_id: str, start: int, end: int, page: int | None = None) -> bool:
        """Whether that stretch shares a character with the span, or is of the span's page."""
        if self.page is not None:
            return (document_id, page) == (self.document_id, self.page)
        return document_id == self.document_id and start < self.end and self.start < end


def read_questions(path: Path) -> list[Question]:
    """The questions of a JSONL file; raises InputError with the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # splitlines would cut inside strings, at U+2028 and its like
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"評価用の質問 {path} を読めません: {error}") from error
    return [_question(line, path, n) for n, line in enumerate(lines, 1) if line.strip()]


def _question(line: str, path: Path, number: int) -> Question:
    try:
        return question_of(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} の {number} 行目が評価用の質問の形式ではありません: {error}") from error


def question_of(raw: Mapping[str, Any]) -> Question:
    """A question from its JSON object; raises ValueError, KeyError or TypeError for one that isn't in the contract's format."""
    if not isinstance(raw["question"], str):
        raise ValueError("question は文字列にしてください")
    evidence = tuple(_evidence(e) for e in raw.get("evidence") or [])
    return Question(
        str(raw["id"]), raw["question"], raw.get("kind") or "fact", raw.get("lang") or "ja", bool(raw.get("answerable", True)),
        _strings(raw.get("must")), _strings(raw.get("any")), evidence, tuple(raw.get("history") or []),
    )  # fmt: skip


def _evidence(raw: Mapping[str, Any]) -> Evidence:
    quote, page = raw.get("quote") or "", raw.get("page")
    if not isinstance(quote, str) or not (quote or isinstance(page, int)):
        raise ValueError("evidence には quote(文字列)か page(整数)が必要です")
    return Evidence(str(raw["doc"]), quote, None if quote else page)


def _strings(values: object) -> tuple[str, ...]:
    if values is not None and not (isinstance(values, list) and all(isinstance(v, str) for v in values)):
        raise ValueError("must と any は文字列の配列にしてください")
    return tuple(values or ())


def find_evidence(evidence: Evidence, documents: Iterable[Document]) -> list[Span]:
    """Every place of the evidence in the documents that ``doc`` names; quotes are compared after NFKC without white space and commas."""
    named = [d for d in documents if is_named(d, evidence.doc)]
    if evidence.page is not None:
        return [Span(d.id, page.start, page.end, page.number) for d in named for page in d.pages if page.number == evidence.page]
    wanted = normalize(evidence.quote)
    return [Span(d.id, *span) for d in named for span in find_normalized(d.text, wanted)]


def is_named(document: Document, doc: str) -> bool:
    """Whether ``doc`` is the document's id, the name or path of its file, or the beginning of one of them."""
    return (bool(doc) and document.id.startswith(doc)) or is_source(document.source, doc)


def is_source(source: str, doc: str) -> bool:
    """Whether ``doc`` is the name or path of the file ``source``, or the beginning of one."""
    name = COPY.sub("", source)
    if "/" not in name:  # files of a user's own are kept by their names alone
        doc = doc.rsplit("/", 1)[-1]
    return bool(doc) and any(n.startswith(doc) for n in (source, name, name.rsplit("/", 1)[-1]))


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


@lru_cache(maxsize=64)  # the same few documents are searched for every question
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
