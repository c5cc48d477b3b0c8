"""Answer, Citation and what they are made of; their JSON is the contract's."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

REFUSAL = "お尋ねの内容は、登録されている資料の中に見つかりませんでした。"  # the one sentence for it, everywhere


@dataclass(frozen=True, slots=True)
class Check:
    """A value of a sentence and whether the cited spans bear it; ``kind`` is number, date, name or direction.

    ``citation`` is the number of the citation that it stands in, ``start`` and ``end`` its offsets in that citation's
    document where they are known (a title or a heading that labels the span may bear it without); ``note`` says in
    Japanese why it doesn't hold.
    """

    kind: str
    value: str
    found: bool
    citation: int | None = None
    start: int | None = None
    end: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer without its marks; ``citations`` are the numbers of what it stands on."""

    text: str
    citations: tuple[int, ...]
    supported: bool
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of a document: ``document.text[start:end] == quote``. ``warnings`` tell of suspected faults in it.

    ``focus`` are the offsets of the part that it is cited for, where that is known: a cell of a row, a value in a sentence.
    ``notice`` says that the document has been corrected, or corrects another one.
    """

    n: int
    document_id: str
    title: str
    issuer: str
    date: str | None
    date_basis: str
    page: int | None
    heading: str
    start: int
    end: int
    quote: str
    warnings: tuple[str, ...] = ()
    focus: tuple[int, int] | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was considered, with its scores and the question's words that stand in it.

    ``holds`` is the reader's probability (0-1) that it holds the answer; None where it wasn't read.
    """

    rank: int
    document_id: str
    title: str
    heading: str
    start: int
    end: int
    text: str
    score: float
    dense: float
    lexical: float
    matched: tuple[str, ...] = ()
    page: int | None = None
    holds: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: its text with ``[n]`` marks, sentence by sentence, or a refusal with its reason.

    ``read_as`` is a follow-up question as it was understood, with what the turns before say; None where it stands alone.
    ``readings`` are questions that it may have meant as well, where it names a thing by its kind only.
    """

    question: str
    answer: str
    refused: bool
    reason: str | None
    answerer: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    id: str | None = None
    read_as: str | None = None
    readings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract's JSON object, its keys in the contract's order."""
        values = asdict(self)
        return {"id": values.pop("id"), **values}
