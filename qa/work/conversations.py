"""Earlier conversations: each browser's own turns, kept with their whole answers, found again by words."""

import json
import secrets
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from pydantic import TypeAdapter

from ingest.document import normalize
from qa.answer import Answer
from qa.work.work import Work, now

LISTED = 100  # conversations in the list; older ones are found by their words
POPULAR_FROM = 2  # browsers that have asked the same before it is proposed to all: a question asked once stays its asker's own


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer as they were given; ``filters`` in words, ``asked`` in UTC."""

    id: str
    conversation: str
    asked: str
    filters: str
    answer: Answer

    def as_history(self) -> dict[str, str]:
        """What a follow-up question is told of it."""
        return {"question": self.answer.question, "answer": self.answer.answer}


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the list shows of a conversation: its first question, its turns, and where in it the words were found."""

    id: str
    title: str
    changed: str
    turns: int
    found: str = ""


class Conversations:
    """The conversations of all browsers; every question to it says whose are meant."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def add(self, person: str, conversation: str, answer: Answer, filters: str = "") -> Turn:
        """Keep a turn at the end of the person's conversation, or in a new one where it isn't (or is no longer) theirs."""
        turn, time, kept = secrets.token_urlsafe(12), now(), _without_texts(answer)
        with self.work.change() as connection:
            known = connection.execute("SELECT 1 FROM conversations WHERE id = ? AND person = ?", (conversation, person)).fetchone()
            conversation = conversation if known else secrets.token_urlsafe(12)
            connection.execute("INSERT INTO conversations VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET changed = excluded.changed", (conversation, person, time))
            position = connection.execute("SELECT count(*) FROM turns WHERE conversation = ?", (conversation,)).fetchone()[0]
            searched = normalize(f"{answer.question}\n{answer.answer}").lower()
            connection.execute("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (turn, conversation, position, time, filters, answer.question, searched, to_text(kept)))
        return Turn(turn, conversation, time, filters, answer)

    def revise(self, person: str, turn: Turn, answer: Answer) -> Turn:
        """Put another answer in the place of the person's turn, which stays where it is."""
        searched = normalize(f"{answer.question}\n{answer.answer}").lower()
        with self.work.change() as connection:
            mine = "conversation IN (SELECT id FROM conversations WHERE person = ?)"
            connection.execute(f"UPDATE turns SET searched = ?, answer = ? WHERE id = ? AND {mine}", (searched, to_text(_without_texts(answer)), turn.id, person))
        return replace(turn, answer=answer)

    def turns(self, person: str, conversation: str) -> list[Turn]:
        """The turns of the person's conversation in their order; none where it isn't theirs."""
        query = "SELECT t.id, conversation, asked, filters, answer FROM turns t JOIN conversations c ON c.id = conversation WHERE person = ? AND conversation = ? ORDER BY position"
        return list(map(_turn, self.work.rows(query, (person, conversation))))

    def turn(self, person: str, id_: str) -> Turn | None:
        """One turn of the person's."""
        query = "SELECT t.id, conversation, asked, filters, answer FROM turns t JOIN conversations c ON c.id = conversation WHERE person = ? AND t.id = ?"
        return next(map(_turn, self.work.rows(query, (person, id_))), None)

    def before(self, person: str, turn: Turn) -> list[Turn]:
        """The turns of its conversation that were before it."""
        return list(takewhile(lambda t: t.id != turn.id, self.turns(person, turn.conversation)))

    def found(self, person: str, words: str = "") -> list[Conversation]:
        """The person's conversations, the newest first; with words those in one turn of which all of them stand."""
        wanted = [normalize(word).lower() for word in words.split() if normalize(word)]
        holds = "".join(" AND instr(t.searched, ?) > 0" for _ in wanted)
        matching = f"(SELECT t.question FROM turns t WHERE t.conversation = c.id{holds} ORDER BY t.position LIMIT 1)"
        query = f"""SELECT c.id, (SELECT question FROM turns WHERE conversation = c.id ORDER BY position LIMIT 1), changed,
            (SELECT count(*) FROM turns WHERE conversation = c.id), {matching} AS matched
            FROM conversations c WHERE person = ? AND matched IS NOT NULL ORDER BY changed DESC LIMIT {LISTED}"""
        rows = self.work.rows(query, (*wanted, person))
        return [Conversation(id_, title, changed, turns, matched if wanted and matched != title else "") for id_, title, changed, turns, matched in rows]

    def delete(self, person: str, conversation: str) -> bool:
        """Delete the person's conversation for good; whether it was there."""
        with self.work.change() as connection:
            return connection.execute("DELETE FROM conversations WHERE id = ? AND person = ?", (conversation, person)).rowcount > 0

    def recent(self, person: str, count: int) -> list[str]:
        """The questions that the person asked last, each once; those that stand without the turn before."""
        query = "SELECT question FROM turns t JOIN conversations c ON c.id = conversation WHERE person = ? AND position = 0 GROUP BY question ORDER BY max(asked) DESC LIMIT ?"
        return [question for (question,) in self.work.rows(query, (person, count))]

    def popular(self, count: int) -> list[str]:
        """First questions of conversations that several browsers have asked in the same words and that were answered."""
        query = f"""SELECT question FROM turns t JOIN conversations c ON c.id = conversation WHERE position = 0 AND json_extract(answer, '$.refused') = 0
            GROUP BY question HAVING count(DISTINCT person) >= {POPULAR_FROM} ORDER BY count(DISTINCT person) DESC, max(asked) DESC LIMIT ?"""
        return [question for (question,) in self.work.rows(query, (count,))]


def _turn(row: tuple) -> Turn:
    id_, conversation, asked, filters, answer = row
    return Turn(id_, conversation, asked, filters, from_text(answer))


def _without_texts(answer: Answer) -> Answer:
    """The passages' texts stand in the library; a conversation keeps their places."""
    return replace(answer, passages=tuple(replace(p, text="") for p in answer.passages))


def to_text(answer: Answer) -> str:
    """An answer as JSON."""
    return json.dumps(answer.to_json(), ensure_ascii=False)


def from_text(text: str) -> Answer:
    """An answer from its JSON; what a later version knows and this one doesn't is left out."""
    return _adapter().validate_json(text)


@lru_cache(1)
def _adapter() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)
