"""Which document corrects which: a release that says 訂正 or 差替え and names the earlier one by its title or its date.

A notice is linked only where one earlier document fits best; a guess would warn of what is right.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ingest.document import normalize
from ingest.text.dates import mentions

WORD = r"(?:訂正|正誤|差し?替え?|修正版|改訂版)"
MARK = re.compile(WORD)
HEADING = re.compile(rf"^[【\[(\uff08〔<〈]?\s*(?:お詫びと)?{WORD}|{WORD}[】\])\uff09〕>〉版]|{WORD}(?:の?お知らせ|について|とお詫び|とおわび|表|します|いたします|させていただ)|(?:次|下記|以下)の(?:とおり|通り){WORD}")
DECORATION = re.compile(rf"[【\[(\uff08〔][^】\])\uff09〕]{{0,8}}{WORD}[^】\])\uff09〕]{{0,8}}[】\])\uff09〕]|の?(?:お詫びと)?{WORD}(?:の?お知らせ|について|とお詫び|とおわび|版)?|(?:報道発表|プレスリリース|記者発表)(?:資料)?|[「」『』]")
HEAD = 600  # characters in which a correction names what it corrects
HEAD_LINES, LONGEST_HEADING = 4, 70
SHORTEST_TITLE = 6  # characters; shorter ones stand anywhere
ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a document when corrections are looked for; ``notice`` is the head of a correction, else None."""

    id: str
    title: str
    issuer: str
    date: str | None
    notice: str | None = None


def notice_of(title: str, text: str) -> str | None:
    """The head of a document that says of itself that it corrects another one, else None."""
    head = text[:HEAD]
    lines = [line.strip() for line in head.split("\n") if line.strip()][:HEAD_LINES]
    says_so = MARK.search(title) or any(HEADING.search(line) for line in lines if len(line) <= LONGEST_HEADING)
    return f"{title}\n{head}" if says_so else None


def corrected_by(correction: Candidate, others: Sequence[Candidate]) -> str | None:
    """The id of the document that ``correction`` corrects: the one that it names best, or None where none or several fit."""
    if correction.notice is None:
        return None
    said, dates = normalize(correction.notice), {m.iso for m in mentions(correction.notice) if m.iso}
    bare = normalize(DECORATION.sub("", correction.title))
    scored = [(_fit(other, correction, said, dates, bare), other.id) for other in others if other.id != correction.id and _may_be(other, correction)]
    best = max((score for score, _ in scored), default=0.0)
    found = [id_ for score, id_ in scored if score == best]
    return found[0] if best >= 1 and len(found) == 1 else None


def _may_be(other: Candidate, correction: Candidate) -> bool:
    """Whether the issuer and the order of the dates allow it."""
    issuers = {normalize(x.issuer) for x in (other, correction)}
    later = bool(other.date and correction.date and len(other.date) == len(correction.date) == 10 and other.date > correction.date)
    return not later and (len(issuers) == 1 or "発表者不明" in issuers)


def _fit(other: Candidate, correction: Candidate, said: str, dates: set[str], bare: str) -> float:
    """1 where the title is named or the same, more where the date is named too or is nearer; 0 where nothing names it."""
    title = normalize(other.title)
    named = len(title) >= SHORTEST_TITLE and (title in said or (bool(bare) and SequenceMatcher(None, bare, title).ratio() >= ALIKE))
    if not named:
        return 0.0
    same = 0.25 if title == bare else 0.0
    return 1.0 + same + (0.5 if other.date and len(other.date) == 10 and other.date in dates - {correction.date} else 0.0)
