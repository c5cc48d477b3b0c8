"""Neighbouring chunks that were both found are shown as one passage, so that what belongs together is read together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.passage_reader import Reading
from ingest.chunking import Chunk
from ingest.document import Document

LONGEST = 900  # characters of a joined passage: three chunks of the usual size. From 1,200 on less evidence is within the first 1,000
AT_LEAST = 0.7  # of the better chunk's score


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk with its score, cosine and BM25, and what the reader says of it (see Hit)."""

    id: int
    chunk: Chunk
    score: float
    dense: float
    lexical: float
    holds: float | None = None
    answer: tuple[int, int] | None = None
    reading: Reading | None = None


def join_neighbours(found: Sequence[Found], document: Callable[[str], Document]) -> list[tuple[Chunk, list[Found]]]:
    """Passages in the order of their best chunk; each takes in the found neighbours that score nearly as well."""
    used: set[int] = set()
    passages = []
    for best in found:
        if best.id in used:
            continue
        group = [best]
        used.add(best.id)
        while (neighbour := _neighbour(group, [f for f in found if f.id not in used])) is not None:
            group.append(neighbour)
            used.add(neighbour.id)
        passages.append((_joined(group, document), group))
    return passages


def _neighbour(group: Sequence[Found], others: Sequence[Found]) -> Found | None:
    """The best-scoring chunk that touches the group and may join it."""
    start, end = min(f.chunk.start for f in group), max(f.chunk.end for f in group)
    fits = [
        f
        for f in others
        if f.chunk.document_id == group[0].chunk.document_id
        and (f.chunk.page == group[0].chunk.page or f.chunk.heading == group[0].chunk.heading)  # a section goes over the page, a slide doesn't
        and f.score >= AT_LEAST * group[0].score
        and (0 <= f.chunk.start - end <= 2 or 0 <= start - f.chunk.end <= 2)
        and max(end, f.chunk.end) - min(start, f.chunk.start) <= LONGEST
    ]
    return max(fits, key=lambda f: f.score, default=None)


def _joined(group: Sequence[Found], document: Callable[[str], Document]) -> Chunk:
    best = group[0].chunk
    if len(group) == 1:
        return best
    start, end = min(f.chunk.start for f in group), max(f.chunk.end for f in group)
    return Chunk(best.document_id, start, end, document(best.document_id).text[start:end], best.heading, best.page, best.context)
