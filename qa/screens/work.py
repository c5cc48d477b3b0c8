"""What the screen keeps for a person: conversations, notes and feedback, in the home of the assistant's library."""

import logging
import sqlite3
from typing import Any

from ingest.errors import InputError
from qa.answer import Answer
from qa.assistant import Assistant
from qa.screens.notebook import notes_html, notes_text
from qa.work.conversations import Conversations, Turn
from qa.work.feedback import FeedbackBox, settings_of
from qa.work.notebook import Notebook
from qa.work.work import Work

GONE = "この回答は残っていません。会話が消されたか、画面が古くなっています。画面を開き直してください"


class WorkScreen:
    """The work of all browsers; every method says whose is meant."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant, self.find = assistant, assistant.searcher.library.document
        work = Work(assistant.searcher.library.path.parent)
        self.conversations, self.notebook, self.feedback = Conversations(work), Notebook(work), FeedbackBox(work)

    def keep(self, person: str, conversation: str, answer: Answer, filters: str) -> Turn | None:
        """Keep an answer in the person's conversation; None where it can't be kept, which must not cost the answer."""
        if not person:
            return None
        try:
            return self.conversations.add(person, conversation, answer, filters)
        except sqlite3.Error:
            logging.getLogger("shirabe").exception("keep")
            return None

    def revise(self, person: str, kept: Turn | None, answer: Answer) -> Turn | None:
        """Another answer in the place of one that is kept; where that fails, the answer is shown all the same."""
        if kept is None or not person:
            return kept
        try:
            return self.conversations.revise(person, kept, answer)
        except sqlite3.Error:
            logging.getLogger("shirabe").exception("revise")
            return kept

    def state(self, person: str) -> dict[str, Any]:
        """What the buttons of the chat show: what has been noted, and what was said of which turn."""
        return {"noted": [note.source for note in self.notebook.notes(person)], "feedback": self.feedback.given(person)}

    def notes(self, person: str) -> dict[str, Any]:
        """The notebook as HTML and as text, with its topics."""
        notes = self.notebook.notes(person)
        return {"html": notes_html(notes, self.find), "text": notes_text(notes), "topics": self.notebook.topics(person), **self.state(person)}

    def take(self, person: str, source: str) -> None:
        """Note what ``source`` names: a turn, or with ``#n`` or ``~n`` one of its places; raises InputError where it is gone."""
        id_, sign = source, ""
        for mark in "#~":
            if mark in source:
                id_, sign = source[: source.index(mark)], source[source.index(mark) :]
        self.notebook.take(person, self._turn(person, id_), sign, self.find)

    def give(self, person: str, turn: str, verdict: str, reason: str, comment: str) -> None:
        """Keep what a person says of a turn; raises InputError where it is gone or what is said can't be understood."""
        found = self._turn(person, turn)
        history = [before.as_history() for before in self.conversations.before(person, found)]
        self.feedback.give(person, found, history, verdict, reason, comment, settings_of(self.assistant))

    def _turn(self, person: str, id_: str) -> Turn:
        turn = self.conversations.turn(person, id_)
        if turn is None:
            raise InputError(GONE)
        return turn
