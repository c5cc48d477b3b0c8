"""Documents into chunks: the cheapest partition of their segments under a limit in tokens.

A boundary is cheap between sections, dearer between paragraphs, items and rows, dear inside a
paragraph, and very dear behind a heading or an introducing sentence; small chunks cost too.
A segment longer than the limit is cut between words, inside a number or a bracket only if nothing else keeps the limit.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tokenizers import Tokenizer

from ingest.document import Document, Segment, Table
from ingest.sentences import CLOSING, OPENING
from ingest.words import Word, words

CountTokens = Callable[[Sequence[str]], list[int]]

SECTION, PARAGRAPH, ITEM, NESTED_ITEM, ROW, SENTENCE, INTRODUCED, HEADED = 0.3, 1.0, 1.5, 2.5, 2.0, 2.5, 6.0, 20.0  # what a boundary costs
MIXED = 0.7  # what a chunk costs for each section that begins inside it
EMPTINESS = 3.0  # what a chunk costs that holds nothing, against 0 for a full one
INTRODUCES = re.compile(r"(とおり|通り)(である|です|だ)?。?$|[:\uff1a]$|(以下|次)[^。]{0,20}。$")
CUT_BEHIND = "、。,;:\uff1a・ \n\t"
LONGEST_TOKEN = 8  # characters: farther than this many for each token of the limit no cut is looked for


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document that is searched and shown as one; ``document.text[start:end] == text``.

    ``context`` is what the embedder and the word index see besides: title, issuer, date, headings.
    """

    document_id: str
    start: int
    end: int
    text: str
    heading: tuple[str, ...]
    page: int | None
    context: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span that stays whole, its tokens, what a boundary before it costs, its segment and its page."""

    start: int
    end: int
    tokens: int
    cost: float
    segment: int
    page: int | None


def token_counter(tokenizer: Tokenizer) -> CountTokens:
    """Counts as the embedder does, without its special tokens."""
    return lambda texts: [len(e.ids) for e in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


def chunk_document(document: Document, count_tokens: CountTokens, limit: int) -> list[Chunk]:
    """The chunks of a document, in order, each of at most ``limit`` tokens and on one page."""
    pieces = _pieces(document, count_tokens, limit)
    return [_chunk(document, pieces[a:b]) for a, b in _cheapest(pieces, limit)]


def _pieces(document: Document, count_tokens: CountTokens, limit: int) -> list[_Piece]:
    segments = document.segments
    counts = count_tokens([document.text[s.start : s.end] for s in segments])
    pieces = []
    for i, (segment, tokens) in enumerate(zip(segments, counts, strict=True)):
        cost, page = _boundary_cost(document, i), document.page_at(segment.start)
        if tokens <= limit:
            pieces.append(_Piece(segment.start, segment.end, tokens, cost, i, page))
            continue
        for n, (start, end) in enumerate(_cut_long(document.text, segment, count_tokens, limit)):
            share = count_tokens([document.text[start:end]])[0]
            pieces.append(_Piece(start, end, share, SENTENCE if n else cost, i, page))
    return pieces


def _boundary_cost(document: Document, i: int) -> float:
    if i == 0:
        return 0.0
    before, here = document.segments[i - 1], document.segments[i]
    if before.kind in ("heading", "title"):
        return HEADED
    if here.kind == "heading" and here.section != before.section:
        return SECTION
    if here.kind == "row":
        return ROW
    if INTRODUCES.search(document.text[before.start : before.end]):
        return INTRODUCED
    if here.kind == "item":
        return NESTED_ITEM if here.parents else ITEM
    return PARAGRAPH if "\n" in document.text[before.end : here.start] else SENTENCE


def _cheapest(pieces: list[_Piece], limit: int) -> list[tuple[int, int]]:
    """The partition into runs of at most ``limit`` tokens on one page with the least cost, by dynamic programming."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        options = []
        size, mixed = 0, 0.0
        for start in range(end - 1, -1, -1):
            size += pieces[start].tokens
            if start < end - 1 and (size > limit or pieces[start].page != pieces[end - 1].page):
                break
            emptiness = EMPTINESS * max(0.0, 1 - size / limit) ** 2
            options.append((best[start][0] + pieces[start].cost + emptiness + mixed, start))
            mixed += MIXED if pieces[start].cost == SECTION else 0.0
        best.append(min(options))
    cuts, at = [len(pieces)], len(pieces)
    while at:
        at = best[at][1]
        cuts.append(at)
    return list(pairwise(reversed(cuts)))


def _cut_long(text: str, segment: Segment, count_tokens: CountTokens, limit: int) -> Iterable[tuple[int, int]]:
    """A segment over the limit, cut into spans that keep it unless a single word is longer."""
    whole = text[segment.start : segment.end]
    # Brackets of some length may be cut if nothing else helps, then all, then numbers and addresses (yet not 82|%).
    choices = [*(_cuts_between(whole, longest) for longest in (len(whole), limit // 2, 0)), [w.start for w in words(whole)[1:] if not re.match(r"\d%", whole[w.start - 1 :])]]
    start = 0
    while cut := _next_cut(whole, start, choices, count_tokens, limit):
        yield segment.start + start, segment.start + cut
        start = cut
    yield segment.start + start, segment.end


def _next_cut(text: str, start: int, choices: Sequence[Sequence[int]], count_tokens: CountTokens, limit: int) -> int | None:
    """Where the span from ``start`` ends by the first of ``choices`` that can keep the limit; None if all the rest fits."""
    farthest = start + limit * LONGEST_TOKEN
    if len(text) <= farthest and count_tokens([text[start:]])[0] <= limit:
        return None
    for cuts in choices:
        near = [c for c in cuts if start < c <= farthest]
        fitting = near[: bisect_right(near, limit, key=lambda c: count_tokens([text[start:c]])[0])]
        good = [c for c in fitting if text[c - 1] in CUT_BEHIND and 2 * (c - start) >= fitting[-1] - start]
        if fitting:
            return (good or fitting)[-1]
    return next((c for c in choices[-1] if c > start), None)


def safe_cuts(text: str) -> list[int]:
    """Offsets at which ``text`` may be cut: between words, outside of brackets, numbers with units and addresses; if there is none, any word's."""
    return _cuts_between(text, len(text)) or [w.start for w in words(text)[1:]]


def _cuts_between(text: str, longest_bracket: int) -> list[int]:
    """The safe cuts of ``text`` where brackets of more than ``longest_bracket`` characters may be cut."""
    bracketed = _inside_brackets(text, longest_bracket)
    return [here.start for before, here in pairwise(words(text)) if here.start not in bracketed and _may_part(before, here, text[before.end : here.start])]


def _may_part(before: Word, here: Word, gap: str) -> bool:
    """Whether two neighbouring words may go to different chunks."""
    if "\t" in gap:  # cells of a row
        return True
    number = before.pos[1] == "数詞" or before.surface in (",", ".", "約") or (here.pos[1] == "数詞" and before.surface in ("第", "年", "月"))
    ascii_run = not gap and before.surface[-1].isascii() and here.surface[0].isascii() and before.surface[-1] not in ",;"
    return not number and not ascii_run and here.surface not in "、。」』)\uff09,.%"


def _inside_brackets(text: str, longest: int) -> set[int]:
    """Offsets at which a cut would part a pair of brackets of at most ``longest`` characters."""
    inside: set[int] = set()
    opened: list[int] = []
    for at, c in enumerate(text):
        if c in OPENING:
            opened.append(at)
        elif c in CLOSING and opened and OPENING.index(text[opened[-1]]) == CLOSING.index(c):
            start = opened.pop()
            if at + 1 - start <= longest:
                inside.update(range(start + 1, at + 1))
    return inside


def _chunk(document: Document, pieces: list[_Piece]) -> Chunk:
    start, end = pieces[0].start, pieces[-1].end
    segments = [document.segments[p.segment] for p in pieces]
    inner = [document.sections[s.section].path for s in segments if s.kind not in ("heading", "title")] or [document.sections[s.section].path for s in segments]
    heading = _common(inner)
    parents = [document.segments[i] for i in segments[0].parents]
    above = [document.text[p.start : p.end] for p in parents if p.end <= start]
    header = [document.text[t.start : t.header_end] for t in document.tables if _table_begins_above(t, start)]
    context = "\n".join([_about(document), *([" › ".join(inner[0])] if inner[0] else []), *above, *header])
    return Chunk(document.id, start, end, document.text[start:end], heading, pieces[0].page, context)


def _table_begins_above(table: Table, start: int) -> bool:
    return table.start < start < table.end


def _about(document: Document) -> str:
    return " ".join(filter(None, (document.title, document.issuer, document.date.value)))


def _common(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The headings that all ``paths`` begin with; those of the first if they share none."""
    shared = []
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return tuple(shared) or paths[0]
