"""Where sentences end in Japanese, Korean and English text: never inside a bracket, a number or an abbreviation."""

import re
from collections.abc import Iterator

OPENING = "「『([{〈《【〔\uff08\uff3b\uff5b"
CLOSING = "」』)]}〉》】〕\uff09\uff3d\uff5d"
QUOTES = "\"'”’"
ENDS = "。\uff01\uff1f!?\uff0e"
LONGEST_BRACKET = 160  # an opening bracket that isn't closed within this many characters is a stray one
SEEN = 24  # characters before a full stop and behind it that tell what it is
# A word of two letters or more, a number or what closes, then the stop; behind it a blank and what begins a sentence.
STOPPED = re.compile(r"(?:[A-Za-z가-힣][A-Za-z가-힣'’-]*|[\d%])[)\]\"'”’]*$")
BEGINS = re.compile(r"\.*[)\]\"'”’]*\s+[(\[\"'“‘]*([A-Z가-힣]|\d)")
NEVER_LAST = re.compile(  # what a name or a number follows
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Rev|Hon|Gov|Sen|Rep|Gen|Col|Capt|Lt|Sgt|St|Mt|Ft|No|Nos|Fig|Figs|Eq|Sec|Ch|Vol|vol|Art|pp|p|vs|cf|ca|approx|est|e\.g|i\.e|viz"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$|\bno$"
)
SELDOM_LAST = re.compile(r"(?:\b[A-Za-z]\.)+[A-Za-z]$|\b(?:[A-Z]|Inc|Ltd|Co|Corp|Bros|Jr|Sr|etc|al|Ph\.D|Dept|Univ|Ave|Blvd|Rd)$")
STARTERS = re.compile(r"\.?[)\]\"'”’]*\s+[(\[\"'“‘]*(?:The|This|These|Those|That|It|Its|In|On|At|For|From|By|With|As|If|When|While|After|Before|He|She|They|We|You|There|A|An|But|And|However|Moreover|According)\b")


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of ``text[start:end]``, without white space around them."""
    at = start
    for cut in [*_cuts(text, start, end), end]:
        first, last = at, cut
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            yield first, last
        at = cut


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    closes_at = -1
    i = start
    while i < end:
        c = text[i]
        if i > closes_at and c in OPENING:
            closes_at = max(closes_at, _closing(text, i, end))
        elif i > closes_at and c in ENDS and not _inside_word(text, i, end):
            while i + 1 < end and (text[i + 1] in ENDS or text[i + 1] in CLOSING):
                i += 1
            yield i + 1
        elif i > closes_at and c == "." and _is_full_stop(text, start, i, end):
            while i + 1 < end and (text[i + 1] == "." or text[i + 1] in CLOSING + QUOTES):
                i += 1
            yield i + 1
        i += 1


def _closing(text: str, opening: int, end: int) -> int:
    """The offset of the bracket that closes the one at ``opening``; ``opening`` itself for a stray one."""
    left, right = text[opening], CLOSING[OPENING.index(text[opening])]
    depth = 0
    for i in range(opening, min(end, opening + LONGEST_BRACKET)):
        depth += (text[i] == left) - (text[i] == right)
        if depth == 0:
            return i
    return opening


def _inside_word(text: str, i: int, end: int) -> bool:
    """Whether a ``!``, ``?`` or full-width stop stands inside a word, an address or for a lost character (深? (シンセン))."""
    if text[i] == "。" or i + 1 >= end:
        return False
    if text[i] == "\uff0e" and text[i - 1 : i].isdigit():
        return True  # １．概要 is a numbered heading, １．５ a number
    if text[i] == "?" and text[i + 1 : end].lstrip(" ")[:1] in ("(", "\uff08"):
        return True
    return not text[i + 1].isspace() and (text[i + 1].isascii() or text[i] == "?")


def _is_full_stop(text: str, start: int, i: int, end: int) -> bool:
    """Whether the ``.`` at ``i`` ends a sentence in Latin letters or Hangul: not 3.5, 2018. 5. 3., 1. Overview, Mr. Kim, U.S. or J. Lee."""
    before, behind = text[max(start, i - SEEN) : i].rsplit("\n", 1)[-1], text[i : min(end, i + SEEN)]
    begins = BEGINS.match(behind)
    if begins is None or not STOPPED.search(before) or NEVER_LAST.search(before):
        return False
    if before[-1].isdigit():
        return begins[1].isascii() and begins[1].isalpha() and not re.fullmatch(r"\W*\d{1,3}", text[start:i].rsplit("\n", 1)[-1])
    return not SELDOM_LAST.search(before) or bool(STARTERS.match(behind))
