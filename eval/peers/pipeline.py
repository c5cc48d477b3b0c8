"""What a stock pipeline is: it cuts Shirabe's own documents into chunks and ranks them for a query; all else is the same for all.

The embedder is Shirabe's, the text is the canonical text, and the chunks are spans of it, so that the
measures are those of Shirabe's own passages.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.embedder import SentenceTransformerEmbedder
from ingest.chunking import Chunk
from ingest.document import Document

DEPTH = 60  # passages asked of a pipeline: 3,000 characters even where it cuts paragraphs of 70
LEG = 10  # passages of each leg that is fused by ranks: 10 to 20 in all fill 3,000 characters, and 20 or 60 served none better on tune


@dataclass(frozen=True, slots=True)
class Index:
    """The chunks that a pipeline has cut, and its ranking for a query: positions in ``chunks``, best first."""

    chunks: tuple[Chunk, ...]
    rank: Callable[[str], Sequence[int]]

    def search(self, query: str) -> list[Chunk]:
        """The best chunks for a query, best first."""
        return [self.chunks[n] for n in self.rank(query)]


@dataclass(frozen=True, slots=True)
class Peer:
    """A pipeline: its name in the table, the settings a user would have chosen, the packages it stands on, and how it is built."""

    name: str
    settings: Mapping[str, object]
    packages: tuple[str, ...]
    build: Callable[[Sequence[Document], SentenceTransformerEmbedder], Index]


def chunk_at(document: Document, start: int, text: str, context: str = "") -> Chunk:
    """The chunk that a splitter cut at ``start``; raises ValueError where the document has another text there."""
    end = start + len(text)
    if start < 0 or document.text[start:end] != text:
        raise ValueError(f"{document.id}: the chunk {text[:30]!r} doesn't stand at {start}")
    return Chunk(document.id, start, end, text, (), None, context)


def locate(document: Document, pieces: Iterable[str]) -> Iterator[Chunk]:
    """The chunks that a splitter without offsets cut, in the order of the text, where it may have made several blanks one.

    Raises ValueError for a piece that doesn't follow the one before.
    """
    at = 0
    for piece in pieces:
        match = re.compile(re.escape(piece).replace(r"\ ", " +")).search(document.text, at)
        if match is None:
            raise ValueError(f"{document.id}: the chunk {piece[:30]!r} isn't in the text behind {at}")
        yield chunk_at(document, match.start(), match.group())
        at = match.end()


def known_of(document: Document) -> dict[str, str]:
    """What is known of a document besides its text: what a user of a framework would give it as metadata."""
    known = {"title": document.title, "issuer": document.issuer, "date": document.date.value or ""}
    return {name: value for name, value in known.items() if value}


def encode(embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> list[list[float]]:
    """Vectors of passages, with the embedder's prefix, as frameworks take them."""
    vectors, _ = embedder.encode_passages(texts, [()] * len(texts))
    return vectors.tolist()


def fuse_ranks(rankings: Iterable[Sequence[int]], constant: int = 60) -> list[int]:
    """Reciprocal rank fusion, best first: each ranking gives ``1 / (constant + rank)``, ranks from 1 (Cormack et al. 2009)."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (constant + rank)
    return sorted(scores, key=lambda item: -scores[item])
