"""Follow-up questions: what they leave unsaid is taken from the turn before."""

import re
from collections.abc import Mapping, Sequence

REFERS_BACK = re.compile(r"それ|その|そこ|これ|この(?!度)|そちら|同じ|前述|上記|彼|では|じゃあ|ちなみに|ほかに|他に|もう少し|^(次|あと)|\b(it|its|they|that|those|there)\b|그|이것|거기", re.I)
SHORT = 18  # characters up to which a question without a subject leans on the one before


def standalone(question: str, history: Sequence[Mapping[str, str]]) -> str:
    """The question with the one before it where it refers back or is too short to stand alone; else as it is."""
    before = next((turn["question"] for turn in reversed(history) if isinstance(turn, Mapping) and turn.get("question")), None)
    if before and (REFERS_BACK.search(question) or len(question) <= SHORT):
        return f"{before} {question}"
    return question
