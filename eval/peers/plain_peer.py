"""The pipeline that one writes by hand for Japanese: recursive chunks, vectors, BM25 over MeCab's words, reciprocal rank fusion."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import bm25s
import numpy as np

from eval.peers.langchain_peer import STOCK
from eval.peers.pipeline import DEPTH, Index, Peer, encode, fuse_ranks, known_of
from index.embedder import SentenceTransformerEmbedder
from ingest.document import Document
from ingest.words import terms

CANDIDATES = 20  # of each leg: as good as 10 and better than 60 on tune


def build(titled: bool, documents: Sequence[Document], embedder: SentenceTransformerEmbedder) -> Index:
    """Cut, embed and index the documents; ``titled`` puts title, issuer and date before each chunk for both legs."""
    contexts = {d.id: " ".join(known_of(d).values()) + "\n" if titled else "" for d in documents}
    chunks = tuple(replace(chunk, context=contexts[chunk.document_id]) for chunk in STOCK.chunks(documents))
    texts = [chunk.context + chunk.text for chunk in chunks]
    vectors = np.array(encode(embedder, texts), np.float32)
    words = bm25s.BM25()
    words.index([terms(text) for text in texts], show_progress=False)

    def rank(query: str) -> Sequence[int]:
        """Positions of chunks by reciprocal ranks in both legs, the best first."""
        by_meaning = np.argsort(-(vectors @ embedder.encode_query(query)), kind="stable")[:CANDIDATES]
        scores = words.get_scores(known) if (known := [term for term in terms(query) if term in words.vocab_dict]) else np.zeros(len(chunks))
        by_words = [n for n in np.argsort(-scores, kind="stable")[:CANDIDATES] if scores[n] > 0]
        return fuse_ranks([by_meaning.tolist(), list(map(int, by_words))])[:DEPTH]

    return Index(chunks, rank)


def peer(name: str, titled: bool) -> Peer:
    """One row of the table."""
    settings = {**STOCK.settings(), "search": "reciprocal rank fusion of cosines and BM25", "words": "MeCab", "metadata": "in the text" if titled else "none"}
    return Peer(f"手組み {name}", settings, ("langchain-text-splitters", "bm25s"), partial(build, titled))


PEERS = (peer(f"両方+MeCab {STOCK}", titled=False), peer(f"両方+MeCab+題名 {STOCK}", titled=True))
