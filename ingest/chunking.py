"""Documents into chunks: the cheapest partition of their segments under a limit in tokens.

A boundary is cheap between sections, dearer between paragraphs, items and rows, dear inside a
paragraph, and very dear behind a heading or an introducing sentence; small chunks cost too.
A segment longer than the limit is cut between words, never inside a number or a bracket.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tokenizers import Tokenizer

from ingest.document import Document, Segment, Table
from ingest.sentences import CLOSING, OPENING
from ingest.words import words

CountTokens = Callable[[Sequence[str]], list[int]]

SECTION, PARAGRAPH, ITEM, NESTED_ITEM, ROW, SENTENCE, INTRODUCED, HEADED = 0.3, 1.0, 1.5, 2.5, 2.0, 2.5, 6.0, 20.0  # what a boundary costs
MIXED = 0.7  # what a chunk costs for each section that begins inside it
EMPTINESS = 3.0  # what a chunk costs that holds nothing, against 0 for a full one
INTRODUCES = re.compile(r"(とおり|通り)(である|です|だ)?。?$|[:\uff1a]$|(以下|次)[^。]{0,20}。$")
CUT_BEHIND = "、。,;:\uff1a・ \n"


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
    """A span that stays whole, its tokens, and what a boundary before it costs."""

    start: int
    end: int
    tokens: int
    cost: float
    segment: int


def token_counter(tokenizer: Tokenizer) -> CountTokens:
    """Counts as the embedder does, without its special tokens."""
    return lambda texts: [len(e.ids) for e in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def chunk_document(document: Document, count_tokens: CountTokens, limit: int) -> list[Chunk]:
    """The chunks of a document, in order, each of at most ``limit`` tokens."""
    pieces = _pieces(document, count_tokens, limit)
    return [_chunk(document, pieces[a:b]) for a, b in _cheapest(pieces, limit)]


def _pieces(document: Document, count_tokens: CountTokens, limit: int) -> list[_Piece]:
    segments = document.segments
    counts = count_tokens([document.text[s.start : s.end] for s in segments])
    pieces = []
    for i, (segment, tokens) in enumerate(zip(segments, counts, strict=True)):
        cost = _boundary_cost(document, i)
        if tokens <= limit:
            pieces.append(_Piece(segment.start, segment.end, tokens, cost, i))
            continue
        for n, (start, end) in enumerate(_cut_long(document.text, segment, count_tokens, limit)):
            share = count_tokens([document.text[start:end]])[0]
            pieces.append(_Piece(start, end, share, SENTENCE if n else cost, i))
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
    """The partition into runs of at most ``limit`` tokens with the least cost, by dynamic programming."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        options = []
        size, mixed = 0, 0.0
        for start in range(end - 1, -1, -1):
            size += pieces[start].tokens
            if size > limit and start < end - 1:
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
    """A segment over the limit, cut between words at a comma or blank where there is one."""
    per_token = (segment.end - segment.start) / max(1, count_tokens([text[segment.start : segment.end]])[0])
    width = max(20, int(limit * per_token * 0.8))
    safe = safe_cuts(text[segment.start : segment.end])
    start = 0
    length = segment.end - segment.start
    while length - start > width:
        window = [c for c in safe if start + width // 2 <= c <= start + width] or [c for c in safe if c > start]
        if not window or window[0] >= length:
            break
        good = [c for c in window if c <= start + width and text[segment.start + c - 1] in CUT_BEHIND]
        cut = good[-1] if good else (window[-1] if window[-1] <= start + width else window[0])
        yield segment.start + start, segment.start + cut
        start = cut
    yield segment.start + start, segment.end


def safe_cuts(text: str) -> list[int]:
    """Offsets at which ``text`` may be cut: between words, outside of brackets, numbers with units and addresses."""
    found, depth = [], 0
    parsed = words(text)
    for before, here in pairwise(parsed):
        depth += sum(c in OPENING for c in before.surface) - sum(c in CLOSING for c in before.surface)
        depth = max(0, depth)
        number = before.pos[1] == "数詞" or before.surface in (",", ".", "約") or (here.pos[1] == "数詞" and before.surface in ("第", "年", "月"))
        ascii_run = before.end == here.start and before.surface[-1].isascii() and here.surface[0].isascii() and before.surface[-1] not in ",;"
        if depth == 0 and not number and not ascii_run and here.surface not in "、。」』)\uff09,.%":
            found.append(here.start)
    return found or [w.start for w in parsed[1:]]


def _chunk(document: Document, pieces: list[_Piece]) -> Chunk:
    start, end = pieces[0].start, pieces[-1].end
    segments = [document.segments[p.segment] for p in pieces]
    inner = [document.sections[s.section].path for s in segments if s.kind not in ("heading", "title")] or [document.sections[s.section].path for s in segments]
    heading = _common(inner)
    parents = [document.segments[i] for i in segments[0].parents]
    above = [document.text[p.start : p.end] for p in parents if p.end <= start]
    header = [document.text[t.start : t.header_end] for t in document.tables if _table_begins_above(t, start)]
    context = "\n".join([_about(document), *([" › ".join(inner[0])] if inner[0] else []), *above, *header])
    return Chunk(document.id, start, end, document.text[start:end], heading, None, context)


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
