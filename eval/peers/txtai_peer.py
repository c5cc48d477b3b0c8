"""txtai as its guides set it up: an Embeddings index with hybrid search, over its own paragraphs or chunks of 400 characters."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from txtai import Embeddings
from txtai.pipeline import Segmentation
from txtai.scoring import BM25

from eval.peers.langchain_peer import STOCK
from eval.peers.pipeline import DEPTH, Index, Peer, locate
from index.embedder import BATCH, SentenceTransformerEmbedder, unit
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.words import terms

Split = Callable[[Sequence[Document]], tuple[Chunk, ...]]
HYBRID = {"terms": True, "normalize": True}  # of `hybrid=True`; written out, since a tokenizer can only be given that way
OWN, MECAB = "bm25", "eval.peers.txtai_peer.MecabBM25"


class MecabBM25(BM25):
    """txtai's BM25 with MeCab's words in place of its own tokenizer."""

    def loadtokenizer(self) -> Callable[[str], list[str]]:
        """The tokenizer of documents and queries."""
        return terms


def paragraphs(documents: Sequence[Document]) -> tuple[Chunk, ...]:
    """txtai's own paragraphs."""
    segment = Segmentation(paragraphs=True)
    return tuple(chunk for d in documents for chunk in locate(d, segment(d.text)))


def build(split: Split, method: str, documents: Sequence[Document], embedder: SentenceTransformerEmbedder) -> Index:
    """Cut, embed and index the documents; txtai puts the embedder's prefixes before texts itself."""

    def transform(texts: Sequence[str]) -> np.ndarray:
        """Vectors of unit length, ``(n, dimension)``."""
        return unit(np.asarray(embedder.model.encode(list(texts), batch_size=BATCH, show_progress_bar=False), np.float32))

    chunks = split(documents)
    prefixes = {"query": embedder.query_prefix, "data": embedder.passage_prefix}
    embeddings = Embeddings(method="external", transform=transform, instructions=prefixes, scoring={"method": method, **HYBRID})
    embeddings.index((n, chunk.text, None) for n, chunk in enumerate(chunks))
    return Index(chunks, lambda query: [position for position, _ in embeddings.search(query, DEPTH)])


def peer(name: str, split: Split, method: str, settings: dict[str, object]) -> Peer:
    """One row of the table."""
    told = {**settings, "search": "hybrid, 0.5 each", "words": "MeCab" if method == MECAB else "default"}
    return Peer(f"txtai {name}", told, ("txtai",), partial(build, split, method))


PEERS = (
    peer("両方 段落", paragraphs, OWN, {"splitter": "Segmentation(paragraphs=True)"}),
    peer(f"両方 {STOCK}", STOCK.chunks, OWN, STOCK.settings()),
    peer(f"両方+MeCab {STOCK}", STOCK.chunks, MECAB, STOCK.settings()),
)
