"""Gold-question candidates from feedback: what was good becomes a question with its evidence, what wasn't one to be completed by a person."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ingest.document import normalize
from qa.work.feedback import REASONS, Feedback

HANGUL, JAPANESE = re.compile(r"[가-힣]"), re.compile(r"[ぁ-ゖァ-ヺ一-鿿]")


def candidates(given: Iterable[Feedback]) -> list[dict[str, Any]]:
    """A record for each question, in the contract's format and with what was said of the answer under ``feedback``.

    Of several who judged the same question, one who found it good counts, then the newest: evidence that a person has seen
    is worth more than a gap.
    """
    chosen: dict[str, Feedback] = {}
    for feedback in given:
        key = normalize(feedback.answer.question + "".join(turn.get("question", "") for turn in feedback.history))
        if key not in chosen or feedback.verdict == "good" or chosen[key].verdict == "bad":
            chosen[key] = feedback
    return [_record(feedback) for feedback in chosen.values()]


def _record(feedback: Feedback) -> dict[str, Any]:
    answer, is_good = feedback.answer, feedback.verdict == "good"
    refusal = is_good and answer.refused
    evidence = [{"doc": c.document_id, "quote": c.quote} for c in answer.citations] if is_good else []
    lang = "ko" if HANGUL.search(answer.question) else "ja" if JAPANESE.search(answer.question) else "en"
    kind = "unanswerable" if refusal else "followup" if feedback.history else {"ko": "korean", "en": "english"}.get(lang, "fact")
    return {
        "id": f"feedback-{feedback.id}", "question": answer.question, "kind": kind, "lang": lang, "answerable": not refusal, "must": [], "any": [], "evidence": evidence,
        **({"history": [dict(turn) for turn in feedback.history]} if feedback.history else {}),
        "feedback": {"said": _said(feedback), "given": feedback.given, "answer": answer.answer, "settings": dict(feedback.settings)},
    }  # fmt: skip


def _said(feedback: Feedback) -> str:
    """What a person reads beside the question."""
    if feedback.verdict == "good":
        return "よい回答"
    comment = f"({' '.join(feedback.comment.split())})" if feedback.comment else ""
    return f"問題のある回答: {REASONS.get(feedback.reason, feedback.reason)}{comment}。正しい根拠を選んでください"


def merged(records: list[Mapping[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The candidates whose question, after the same turns, doesn't stand in the records yet."""
    known = {_key(record) for record in records}
    return [record for record in found if _key(record) not in known]


def _key(record: Mapping[str, Any]) -> str:
    turns = [turn for turn in record.get("history") or [] if isinstance(turn, Mapping)]
    return normalize(str(record.get("question", "")) + "".join(str(turn.get("question", "")) for turn in turns))
