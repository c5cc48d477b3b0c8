"""Feedback on answers (👍, or 👎 with a reason), kept with all that is needed to look into it: question, answer, citations, settings."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from index.manifest import read_manifest
from ingest.errors import InputError
from qa.answer import Answer
from qa.assistant import Assistant
from qa.work.conversations import Turn, from_text, to_text
from qa.work.work import Work, now

VERDICTS = ("good", "bad")
REASONS = {"wrong": "誤り", "source": "出典違い", "missing": "回答なし", "old": "古い"}
LONGEST_COMMENT = 1000  # characters


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of an answer; ``reason`` is a key of ``REASONS`` or empty, ``history`` are the turns before it."""

    id: str
    given: str
    verdict: str
    reason: str
    comment: str
    history: tuple[Mapping[str, str], ...]
    answer: Answer
    settings: Mapping[str, Any]


class FeedbackBox:
    """The feedback of all browsers; it names nobody."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def give(self, person: str, turn: Turn, history: Sequence[Mapping[str, str]], verdict: str, reason: str = "", comment: str = "", settings: Mapping[str, Any] | None = None) -> None:
        """Keep what the person says of a turn, in place of what they said of it before; raises InputError for an unknown verdict or reason."""
        if verdict not in VERDICTS or (reason and reason not in REASONS) or (verdict == "bad" and not reason):
            raise InputError("評価を読み取れません。理由を選んで、もう一度お送りください")
        values = (secrets.token_hex(5), person, turn.id, now(), verdict, reason if verdict == "bad" else "", comment.strip()[:LONGEST_COMMENT], json.dumps(list(history), ensure_ascii=False))
        kept = to_text(replace(turn.answer, passages=()))
        with self.work.change() as connection:
            connection.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, kept, json.dumps(settings or {}, ensure_ascii=False)))

    def withdraw(self, person: str, turn: str) -> None:
        """Take back what the person said of a turn."""
        with self.work.change() as connection:
            connection.execute("DELETE FROM feedback WHERE person = ? AND turn = ?", (person, turn))

    def given(self, person: str) -> dict[str, tuple[str, str]]:
        """The person's verdicts and reasons by turn."""
        return {turn: (verdict, reason) for turn, verdict, reason in self.work.rows("SELECT turn, verdict, reason FROM feedback WHERE person = ?", (person,))}

    def all(self) -> list[Feedback]:
        """Everybody's feedback, the oldest first."""
        rows = self.work.rows("SELECT id, given, verdict, reason, comment, history, answer, settings FROM feedback ORDER BY given")
        return [_feedback(row) for row in rows]


def _feedback(row: tuple) -> Feedback:
    id_, given, verdict, reason, comment, history, answer, settings = row
    return Feedback(id_, given, verdict, reason, comment, tuple(json.loads(history)), from_text(answer), json.loads(settings))


def settings_of(assistant: Assistant) -> dict[str, Any]:
    """What an answer was made with: the index's manifest, the library's generation, the search's weights."""
    searcher = assistant.searcher
    home: Path = searcher.library.path.parent
    manifest = read_manifest(home / "manifest.json")
    made_with = {"embedder": manifest.embedder, "chunk_tokens": manifest.chunk_tokens} if manifest else {}
    return {**made_with, "generation": searcher.library.generation, "dense_weight": searcher.dense_weight, "read_passages": searcher.read_passages}
