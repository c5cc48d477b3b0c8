"""Where sentences end in Japanese text: never inside a bracket, a number or an abbreviation."""

from collections.abc import Iterator

OPENING = "「『([{〈《【〔\uff08\uff3b\uff5b"
CLOSING = "」』)]}〉》】〕\uff09\uff3d\uff5d"
ENDS = "。\uff01\uff1f!?\uff0e"
LONGEST_BRACKET = 160  # an opening bracket that isn't closed within this many characters is a stray one


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
