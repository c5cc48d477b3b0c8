"""From a query to Hits: a dense and a lexical leg, fused by weighted scores; neighbours are joined into passages."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core.vector_stores.types import VectorStoreQuery

from index.embedder import Embedder
from index.names import expand_names
from index.passages import Found, join_neighbours
from index.question import Need, need_of
from index.vectors import FaissStore
from index.where import Condition, matching_documents
from index.word_index import WordIndex
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.library import Library
from ingest.words import terms

CANDIDATES = 60  # of each leg: beyond it nothing was ever right on the tuning questions
FULL_COVERAGE = 0.5  # share of the query's words, by weight, from which on the words have their full say
NEED_BONUS = 0.1  # for a passage that holds a date, number, contact … when one is asked for


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: the fused score, cosine, BM25, the words that matched, the legs that found it.

    The passage is one chunk or several neighbours joined; ``sources`` are its chunks' ids, the best first.
    """

    chunk: Chunk
    title: str
    score: float
    dense: float
    lexical: float
    matched: tuple[str, ...]
    legs: tuple[str, ...]
    sources: tuple[int, ...]


class Searcher:
    """Searches one state of a library through its derived indexes; holds nothing of a question."""

    def __init__(self, library: Library, store: FaissStore, word_index: WordIndex, embedder: Embedder, dense_weight: float) -> None:
        self.library, self.store, self.word_index, self.embedder = library, store, word_index, embedder
        self.dense_weight = dense_weight
        self.infos = {info.id: info for info in library.infos()}
        self.names = library.name_pairs()
        self._documents: dict[str, Document] = {}
        self._chunks: dict[int, Chunk] = {}

    def search(self, query: str, k: int = 10, where: Sequence[Condition] = ()) -> list[Hit]:
        """The ``k`` best passages, best first; a hit without ``matched`` words was found by meaning alone."""
        documents = matching_documents(list(self.infos.values()), where) if where else None
        if documents is not None and not documents:
            return []
        expanded = expand_names(query, self.names)
        words = list(dict.fromkeys(terms(expanded)))
        vector = self.embedder.encode_query(expanded)
        by_meaning = self._dense(vector, documents)
        by_words = self.word_index.search(words, CANDIDATES, documents)
        found = self._fused(vector, by_meaning, by_words, words, need_of(query))
        passages = join_neighbours(found[: max(20, 2 * k)], self.document)[:k]
        return [self._hit(chunk, group, words, by_meaning) for chunk, group in passages]

    def document(self, document_id: str) -> Document:
        """The whole document, kept once read; raises KeyError for one that is gone."""
        if document_id not in self._documents:
            document = self.library.document(document_id)
            if document is None:
                raise KeyError(document_id)
            self._documents[document_id] = document
        return self._documents[document_id]

    def weight(self, word: str) -> float:
        """How telling a word is: its inverse document frequency as in BM25."""
        n, df = len(self.store.ids), self.word_index.document_frequency(word)
        return math.log(1 + (n - df + 0.5) / (df + 0.5))

    def _dense(self, vector: np.ndarray, documents: list[str] | None) -> set[int]:
        found = self.store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=CANDIDATES, doc_ids=documents))
        return {int(i) for i in found.ids or []}

    def _fused(self, vector: np.ndarray, by_meaning: set[int], by_words: dict[int, float], words: list[str], need: Need) -> list[Found]:
        chunks = self._read({*by_meaning, *by_words})
        ids = sorted(i for i in chunks if i in self.store)
        if not ids:
            return []
        cosines = self.store.vectors(ids) @ vector
        lexical = np.array([by_words.get(i, 0.0) for i in ids])
        coverage = self._coverage(chunks[next(iter(by_words))], words) if by_words else 0.0
        fused = fuse(cosines, lexical, self.dense_weight, coverage)
        fused += [NEED_BONUS * need.shown_by(chunks[i].text) for i in ids]
        order = np.argsort(-fused, kind="stable")
        return [Found(ids[n], chunks[ids[n]], float(fused[n]), float(cosines[n]), by_words.get(ids[n], 0.0)) for n in order]

    def _coverage(self, chunk: Chunk, words: list[str]) -> float:
        """The share of the query's words, by weight, that the best chunk by words holds."""
        held = set(terms(chunk.text)) | set(terms(chunk.context))
        weights = {word: self.weight(word) for word in words}
        return sum(w for word, w in weights.items() if word in held) / (sum(weights.values()) or 1.0)

    def _read(self, ids: set[int]) -> dict[int, Chunk]:
        missing = [i for i in ids if i not in self._chunks]
        if missing:
            self._chunks.update(self.library.chunks(missing))
        return {i: self._chunks[i] for i in ids if i in self._chunks}

    def _hit(self, chunk: Chunk, group: Sequence[Found], words: list[str], by_meaning: set[int]) -> Hit:
        held = set(terms(chunk.text)) | set(terms(chunk.context))
        matched = tuple(word for word in words if word in held)
        best, lexical = group[0], max(f.lexical for f in group)
        legs = tuple(name for name, found in (("dense", any(f.id in by_meaning for f in group)), ("lexical", lexical > 0)) if found)
        return Hit(chunk, self.infos[chunk.document_id].title, best.score, max(f.dense for f in group), lexical, matched, legs, tuple(f.id for f in group))


def fuse(cosines: np.ndarray, lexical: np.ndarray, dense_weight: float, coverage: float = 1.0) -> np.ndarray:
    """Weighted sum of the legs' scores, ``(n,)``: cosines scaled from their least to their greatest, BM25 by its greatest.

    The words' part shrinks with ``coverage``: where the best match holds few of the query's words,
    matches are chance. Weighted score fusion beat reciprocal rank fusion in Bruch et al., "An
    Analysis of Fusion Functions for Hybrid Retrieval" (2022), and on our own tuning questions.
    """
    spread = float(cosines.max() - cosines.min())
    dense = (cosines - cosines.min()) / spread if spread > 0 else np.ones_like(cosines)
    best = float(lexical.max())
    if best <= 0:
        return dense
    return dense_weight * dense + (1 - dense_weight) * min(1.0, coverage / FULL_COVERAGE) * lexical / best
