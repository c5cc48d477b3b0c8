"""The units that an answer can quote (sentences, items, rows) from the passages found, scored against the question."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from index.question import Need, need_of
from index.search import Hit, Searcher, share_held
from ingest.document import Document, Segment
from ingest.words import terms

PASSAGES_READ = 3  # of the best passages; further ones held an answer in hardly any tuning question
ABOVE, TITLE = 0.5, 0.3  # a word that stands in the heading or item above, or in the title, counts this much
SIMILARITY, SHOWN, PASSAGE = 6.0, 0.15, 0.4  # weights against the share of the question's words (0-1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment of a document as a candidate for the answer.

    ``share`` is the part of the question's words, by weight, that it and its headings hold (0-1);
    ``similarity`` the cosine with the question; ``shown`` whether what is asked for stands in it.
    """

    document: Document
    index: int
    rank: int
    score: float
    share: float
    similarity: float
    shown: bool

    @property
    def segment(self) -> Segment:
        """The segment itself."""
        return self.document.segments[self.index]

    @property
    def text(self) -> str:
        """The segment's text."""
        return self.document.text[self.segment.start : self.segment.end]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the answerer sees it: its words with their weights, and what it asks for.

    ``weights`` also holds the other forms of names, which stand for the form that was asked with.
    """

    question: str
    weights: dict[str, float]
    own: frozenset[str]
    need: Need

    def share(self, words: Set[str]) -> float:
        """The part of the question's words, by weight, that ``words`` hold (0-1)."""
        return share_held(self.weights, set(self.own), words)


def asked(question: str, searcher: Searcher) -> Asked:
    """Weigh the question's words."""
    weights = {word: searcher.weight(word) for word in searcher.words(question)}
    return Asked(question, weights, frozenset(terms(question)), need_of(question))


def units(question: Asked, hits: Sequence[Hit], searcher: Searcher) -> list[Unit]:
    """The units of the best passages, best first."""
    if not hits:
        return []
    read = hits[:PASSAGES_READ]
    similarities = searcher.span_similarities(question.question, [i for hit in read for i in hit.sources])
    found: dict[tuple[str, int], Unit] = {}
    for rank, hit in enumerate(read):
        document = searcher.document(hit.chunk.document_id)
        title = set(terms(f"{document.title} {document.issuer}"))
        for index, segment in enumerate(document.segments):
            if hit.chunk.start <= segment.start and segment.end <= hit.chunk.end and segment.kind not in ("heading", "title"):
                similarity = similarities.get((document.id, segment.start), 0.0)
                unit = _unit(question, document, index, rank, similarity, title, hit.score / (hits[0].score or 1.0))
                found.setdefault((document.id, index), unit)
    return sorted(found.values(), key=lambda u: -u.score)


def _unit(question: Asked, document: Document, index: int, rank: int, similarity: float, title: set[str], passage: float) -> Unit:
    segment = document.segments[index]
    text = document.text[segment.start : segment.end]
    own = set(terms(text))
    above = set(terms(heading_text(document, index)))
    share = question.share(own) + ABOVE * question.share(above - own) + TITLE * question.share(title - above - own)
    shown = question.need.shown_by(text)
    score = share + SIMILARITY * similarity + SHOWN * shown + PASSAGE * passage
    return Unit(document, index, rank, score, share, similarity, shown)


def heading_text(document: Document, index: int) -> str:
    """What stands above a segment: the innermost heading, the items that hold it, and a table's heading rows."""
    segment = document.segments[index]
    parents = [document.text[p.start : p.end] for p in (document.segments[i] for i in segment.parents)]
    header = [document.text[t.start : t.header_end] + t.introduction for t in document.tables if t.start <= segment.start < t.end]
    return "\n".join([*document.sections[segment.section].path[-1:], *parents, *header])
