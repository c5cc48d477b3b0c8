"""The notebook (作業ノート): answers and passages that a person collects, in an order of their own, with the places that prove them."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from pydantic import TypeAdapter

from ingest.document import Document
from ingest.errors import InputError
from qa.answer import Answer, Citation, Passage
from qa.work.conversations import Turn
from qa.work.work import Work, now

MOST = 500  # notes of one browser
MARK = re.compile(r"\[(\d+)\]")
PART = re.compile(r"(?:|#\d{1,4}|~\d{1,4})")
CITATIONS = TypeAdapter(tuple[Citation, ...])

Lookup = Callable[[str], Document | None]


@dataclass(frozen=True, slots=True)
class Note:
    """An answer (``kind`` answer: its text has ``[n]`` marks) or a quoted place (``kind`` quote) with the question that led to it.

    ``source`` says what it was taken from: a turn's id, with ``#n`` one of its citations, with ``~n`` one of its passages.
    """

    id: int
    source: str
    kind: str
    question: str
    text: str
    citations: tuple[Citation, ...]


class Notebook:
    """The notes of all browsers; every question to it says whose are meant."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def notes(self, person: str) -> list[Note]:
        """The person's notes in their order."""
        rows = self.work.rows("SELECT id, source, kind, question, text, citations FROM notes WHERE person = ? AND removed IS NULL ORDER BY place, id", (person,))
        return [_note(row) for row in rows]

    def topics(self, person: str) -> list[str]:
        """The questions that led to the person's notes, each once, in the notes' order: what a briefing is about."""
        return list(dict.fromkeys(" ".join(note.question.split()) for note in self.notes(person)))

    def take(self, person: str, turn: Turn, part: str, find: Lookup) -> None:
        """Put a turn's answer, or with ``#n`` or ``~n`` one of its places, at the notebook's end; raises InputError for what isn't there."""
        if not PART.fullmatch(part):
            raise InputError("ノートに取る箇所を読み取れません。画面を開き直してください")
        kind, text, citations = _content(turn.answer, part, find)
        kept = json.dumps([asdict(c) for c in citations], ensure_ascii=False)
        with self.work.change() as connection:
            if connection.execute("SELECT count(*) FROM notes WHERE person = ? AND removed IS NULL", (person,)).fetchone()[0] >= MOST:
                raise InputError(f"ノートがいっぱいです(上限 {MOST}件)。要らないものを消してから取ってください")
            place = connection.execute("SELECT coalesce(max(place), 0) + 1 FROM notes WHERE person = ?", (person,)).fetchone()[0]
            connection.execute("DELETE FROM notes WHERE person = ? AND source = ? AND removed IS NOT NULL", (person, turn.id + part))
            connection.execute(
                "INSERT INTO notes (person, place, source, taken, kind, question, text, citations) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (person, place, turn.id + part, now(), kind, turn.answer.question, text, kept),
            )

    def order(self, person: str, ids: Sequence[int]) -> None:
        """Put the person's notes into the order of ``ids``; notes that it doesn't name come after, in their order."""
        rest = [note.id for note in self.notes(person) if note.id not in ids]
        with self.work.change() as connection:
            connection.executemany("UPDATE notes SET place = ? WHERE person = ? AND id = ?", [(place, person, id_) for place, id_ in enumerate([*ids, *rest], 1)])

    def remove(self, person: str, ids: Iterable[int] | None = None, source: str | None = None) -> None:
        """Remove notes by their ids, the one from ``source``, or all; until the next removal ``restore`` brings them back."""
        chosen = [n.id for n in self.notes(person) if (ids is None and source is None) or n.id in (ids or ()) or n.source == source]
        with self.work.change() as connection:
            connection.execute("DELETE FROM notes WHERE person = ? AND removed IS NOT NULL", (person,))
            connection.executemany("UPDATE notes SET removed = ? WHERE person = ? AND id = ?", [(now(), person, id_) for id_ in chosen])

    def restore(self, person: str) -> None:
        """Bring back what was removed last, at its old place."""
        with self.work.change() as connection:
            connection.execute("UPDATE notes SET removed = NULL WHERE person = ?", (person,))


def _note(row: tuple) -> Note:
    id_, source, kind, question, text, citations = row
    return Note(id_, source, kind, question, text, CITATIONS.validate_json(citations))


def _content(answer: Answer, part: str, find: Lookup) -> tuple[str, str, tuple[Citation, ...]]:
    if not part:
        return "answer", answer.answer, answer.citations
    number = int(part[1:])
    places: list[Citation | None] = [c for c in answer.citations if part[0] == "#" and c.n == number]
    places += [_cited(p, find) for p in answer.passages if part[0] == "~" and p.rank == number]
    found = next(iter(places), None)
    if found is None:
        raise InputError("その出典は見つかりません。資料が更新された可能性があります。もう一度質問してください")
    return "quote", found.quote, (replace(found, n=1),)


def _cited(passage: Passage, find: Lookup) -> Citation | None:
    """A passage that was near as a place to quote."""
    document = find(passage.document_id)
    if document is None:
        return None
    date, quote = document.date, document.text[passage.start : passage.end]
    return Citation(1, document.id, document.title, document.issuer, date.value, date.basis, passage.page, passage.heading, passage.start, passage.end, quote)


def is_current(citation: Citation, find: Lookup) -> bool:
    """Whether the quote still stands at its place: documents can be updated or removed after a note was taken."""
    document = find(citation.document_id)
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def renumbered(notes: Sequence[Note]) -> tuple[list[Note], tuple[Citation, ...]]:
    """The notes with their citations numbered through, a place that several notes cite once; and all citations in the order of their numbers."""
    numbers: dict[tuple[str, int, int], int] = {}
    listed: list[Citation] = []
    shown = []
    for note in notes:
        own: dict[str, str] = {}
        for citation in note.citations:
            key = (citation.document_id, citation.start, citation.end)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                listed.append(replace(citation, n=numbers[key]))
            own[str(citation.n)] = str(numbers[key])
        text = MARK.sub(lambda m, own=own: f"[{own.get(m[1], m[1])}]", note.text) if note.kind == "answer" else note.text  # type: ignore[misc]
        cited = tuple(replace(c, n=int(own[str(c.n)])) for c in note.citations)
        shown.append(replace(note, text=text, citations=cited))
    return shown, tuple(listed)
