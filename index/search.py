"""From a query to Hits: a dense and a lexical leg, fused by weighted scores."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core.vector_stores.types import VectorStoreQuery

from index.embedder import Embedder
from index.vectors import FaissStore
from index.where import Condition, matching_documents
from index.word_index import WordIndex
from ingest.chunking import Chunk
from ingest.library import Library
from ingest.words import folded, terms

CANDIDATES = 60  # of each leg: beyond it nothing was ever right on the tuning questions


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found: the fused score in 0-1, cosine, BM25, the words that matched, the legs that found it."""

    chunk_id: int
    chunk: Chunk
    title: str
    score: float
    dense: float
    lexical: float
    matched: tuple[str, ...]
    legs: tuple[str, ...]


class Searcher:
    """Searches one library through its derived indexes; holds no state of a question."""

    def __init__(self, library: Library, store: FaissStore, word_index: WordIndex, embedder: Embedder, dense_weight: float) -> None:
        self.library, self.store, self.word_index, self.embedder = library, store, word_index, embedder
        self.dense_weight = dense_weight
        self.infos = {info.id: info for info in library.infos()}
        self.names = library.name_pairs()

    def search(self, query: str, k: int = 10, where: Sequence[Condition] = ()) -> list[Hit]:
        """The ``k`` best chunks, best first; a hit without ``matched`` words was found by meaning alone."""
        documents = matching_documents(list(self.infos.values()), where) if where else None
        if documents is not None and not documents:
            return []
        expanded = expand_names(query, self.names)
        vector = self.embedder.encode_query(expanded)
        by_meaning = self._dense(vector, documents)
        by_words = {hit.id: hit for hit in self.word_index.search(terms(expanded), CANDIDATES, documents)}
        ids = [i for i in dict.fromkeys([*by_meaning, *by_words]) if i in self.store._nodes]
        if not ids:
            return []
        cosines = self.store.vectors(ids) @ vector
        lexical = np.array([by_words[i].score if i in by_words else 0.0 for i in ids])
        fused = fuse(cosines, lexical, self.dense_weight)
        order = np.lexsort((ids, -fused))[:k]
        chunks = self.library.chunks(ids[n] for n in order)
        return [self._hit(ids[n], chunks, fused[n], cosines[n], by_meaning, by_words) for n in order if ids[n] in chunks]

    def _dense(self, vector: np.ndarray, documents: list[str] | None) -> list[int]:
        found = self.store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=CANDIDATES, doc_ids=documents))
        return [int(i) for i in found.ids or []]

    def _hit(self, id_: int, chunks: dict[int, Chunk], score: float, cosine: float, by_meaning: list[int], by_words: dict) -> Hit:
        chunk = chunks[id_]
        words = by_words.get(id_)
        legs = tuple(name for name, found in (("dense", id_ in by_meaning), ("lexical", words is not None)) if found)
        return Hit(id_, chunk, self.infos[chunk.document_id].title, float(score), float(cosine), words.score if words else 0.0, words.matched if words else (), legs)


def fuse(cosines: np.ndarray, lexical: np.ndarray, dense_weight: float) -> np.ndarray:
    """Weighted sum of the legs' scores, ``(n,)`` in 0-1: cosines scaled from their least to their greatest, BM25 by its greatest.

    Weighted score fusion beat reciprocal rank fusion in Bruch et al., "An Analysis of Fusion
    Functions for Hybrid Retrieval" (2022), and on our own tuning questions.
    """
    spread = float(cosines.max() - cosines.min())
    dense = (cosines - cosines.min()) / spread if spread > 0 else np.ones_like(cosines)
    best = float(lexical.max())
    if best <= 0:
        return dense
    return dense_weight * dense + (1 - dense_weight) * lexical / best


def expand_names(query: str, names: Iterable[tuple[str, str]]) -> str:
    """The query with the other form behind each name that the documents give in two forms: 麻谷 → 麻谷(マゴク)."""
    text = folded(query)
    others = []
    for a, b in names:
        for form, other in ((a, b), (b, a)):
            if folded(form) in text and folded(other) not in text and _stands_alone(folded(form), text):
                others.append(other)
    return f"{query}({'、'.join(dict.fromkeys(others))})" if others else query


def _stands_alone(form: str, text: str) -> bool:
    """Latin forms only as whole words: AI is not in Taiwan."""
    if not form.isascii():
        return True
    at = text.find(form)
    before, behind = text[at - 1 : at], text[at + len(form) : at + len(form) + 1]
    return not (before.isascii() and before.isalnum()) and not (behind.isascii() and behind.isalnum())
