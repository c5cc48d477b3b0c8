"""From a query to Hits: a dense and a lexical leg, fused by weighted scores; neighbours are joined into passages."""

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from llama_index.core.vector_stores.types import VectorStoreQuery

from index.embedder import Embedder
from index.embeddings import EmbeddingCache, passage_of
from index.glosses import glosses
from index.names import expand_names, foreign_pairs
from index.passage_reader import PassageReader, Reading
from index.passages import Found, join_neighbours
from index.question import need_of
from index.vectors import FaissStore
from index.where import Condition, matching_documents
from index.word_index import WordIndex
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.library.library import Library
from ingest.words import terms

KEPT = 1000  # documents in memory
CANDIDATES = 60  # of each leg: beyond it nothing was ever right on the tuning questions
FULL_COVERAGE = 0.7  # share of the query's words, by weight, from which on the words have their full say
READ_WITHIN = 0.3  # of the best fused score: what is farther behind was hardly ever right, and reading is what costs time
HOLDS, RELEVANCE = 0.15, 0.05  # weights of the reader's probability and of its relevance (softmax over what it read)
CORRECTED = 0.1  # off the score of what another document corrects
NEED_BONUS = 0.1  # for a passage that holds a date, number, contact … when one is asked for


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: the fused score, cosine, BM25, the words that matched, the legs that found it.

    The passage is one chunk or several neighbours joined; ``sources`` are its chunks' ids, the best first. ``holds`` is
    the reader's probability (0-1) that the passage holds the answer, ``answer`` the offsets into the document between
    which it would stand; both None where the reader didn't read it. ``readings`` are what it read of each of the passage's
    chunks, with the chunk's start in the document.
    """

    chunk: Chunk
    title: str
    score: float
    dense: float
    lexical: float
    matched: tuple[str, ...]
    legs: tuple[str, ...]
    sources: tuple[int, ...]
    holds: float | None = None
    answer: tuple[int, int] | None = None
    readings: tuple[tuple[int, Reading], ...] = ()


class Searcher:
    """Searches one state of a library through its derived indexes; holds nothing of a question."""

    def __init__(self, library: Library, store: FaissStore, word_index: WordIndex, embedder: Embedder, cache: EmbeddingCache, dense_weight: float, reader: PassageReader | None = None, read_passages: int = 0) -> None:
        self.library, self.store, self.word_index, self.embedder, self.cache = library, store, word_index, embedder, cache
        self.dense_weight, self.reader, self.read_passages = dense_weight, reader, read_passages
        self.infos = {info.id: info for info in library.infos(owners=None)}
        self.has_private = any(info.owner for info in self.infos.values())
        self.names = library.name_pairs()
        self._documents: dict[str, Document] = {}
        self._last_query: tuple[str, np.ndarray] = ("", np.empty(0, np.float32))  # searching and answering ask for the same vector
        self._chunks: dict[int, Chunk] = {}

    def search(self, query: str, k: int = 10, where: Sequence[Condition] = ()) -> list[Hit]:
        """The ``k`` best passages, best first; a hit without ``matched`` words was found by meaning alone."""
        documents = matching_documents(list(self.infos.values()), where) if where or self.has_private else None
        if documents is not None and not documents:
            return []
        words = list(dict.fromkeys([*self.words(query), *glosses(query)]))
        vector = self._query_vector(expand_names(query, self.names))
        by_meaning = self._dense(vector, documents)
        by_words = self.word_index.search(words, CANDIDATES, documents)
        found = self._newer_first(self._read_through(query, self._fused(query, words, vector, by_meaning, by_words)))
        passages = join_neighbours(found[: max(20, 2 * k)], self.document)[:k]
        return [self._hit(chunk, group, words, by_meaning) for chunk, group in passages]

    def document(self, document_id: str) -> Document:
        """The whole document, kept once read; raises KeyError for one that is gone."""
        if document_id not in self._documents:
            if len(self._documents) >= KEPT:
                self._documents.clear()
            document = self.library.document(document_id)
            if document is None:
                raise KeyError(document_id)
            self._documents[document_id] = document
        return self._documents[document_id]

    def chunk_ids_of(self, document_id: str) -> list[int]:
        """The ids of a document's chunks."""
        return self.store.ids_of(document_id)

    def words(self, query: str) -> list[str]:
        """The content words of a query, with the other forms of its names."""
        return list(dict.fromkeys(terms(expand_names(query, [*self.names, *foreign_pairs()]))))

    def weight(self, word: str) -> float:
        """How telling a word is: its inverse document frequency as in BM25."""
        n, df = len(self.store.ids), self.word_index.document_frequency(word)
        return math.log(1 + (n - df + 0.5) / (df + 0.5))

    def span_similarities(self, query: str, chunk_ids: Sequence[int]) -> dict[tuple[str, int], float]:
        """Cosine of the query and each segment of the chunks, by document id and the segment's start."""
        vector = self._query_vector(expand_names(query, self.names))
        chunks = list(self._read(set(chunk_ids)).values())
        documents = [self.document(chunk.document_id) for chunk in chunks]
        vectors = self.cache.encode([passage_of(chunk, document) for chunk, document in zip(chunks, documents, strict=True)])
        found = {}
        for chunk, document, held in zip(chunks, documents, vectors, strict=True):
            starts = [s.start for s in document.segments if chunk.start <= s.start and s.end <= chunk.end]
            found.update({(document.id, start): float(cosine) for start, cosine in zip(starts, held.spans @ vector, strict=True)})
        return found

    def phrase_similarities(self, phrases: Sequence[str], labels: Sequence[str]) -> np.ndarray:
        """Cosines of short texts with each other, ``(phrases, labels)`` float32: how words of another language find a table's labels."""
        encoded = self.embedder.encode_labels([*phrases, *labels])
        return encoded[: len(phrases)] @ encoded[len(phrases) :].T

    def _query_vector(self, text: str) -> np.ndarray:
        last = self._last_query  # read once: other threads ask too
        if last[0] != text:
            last = self._last_query = (text, self.embedder.encode_query(text))
        return last[1]

    def _dense(self, vector: np.ndarray, documents: list[str] | None) -> set[int]:
        found = self.store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=CANDIDATES, doc_ids=documents))
        return {int(i) for i in found.ids or []}

    def _fused(self, query: str, words: list[str], vector: np.ndarray, by_meaning: set[int], by_words: dict[int, float]) -> list[Found]:
        chunks = self._read({*by_meaning, *by_words})
        ids = sorted(i for i in chunks if i in self.store)
        if not ids:
            return []
        cosines = self.store.vectors(ids) @ vector
        lexical = np.array([by_words.get(i, 0.0) for i in ids])
        best = next((chunks[i] for i in by_words if i in chunks), None)  # others may have been removed since the index was opened
        coverage = self._coverage(best, query, words) if best else 0.0
        need = need_of(query)
        fused = fuse(cosines, lexical, self.dense_weight, coverage)
        fused += [NEED_BONUS * need.shown_by(chunks[i].text) for i in ids]
        order = np.argsort(-fused, kind="stable")
        return [Found(ids[n], chunks[ids[n]], float(fused[n]), float(cosines[n]), by_words.get(ids[n], 0.0)) for n in order]

    def _read_through(self, query: str, found: list[Found]) -> list[Found]:
        """The first passages in the order that the reader gives them; the rest behind them as they were."""
        near = [f for f in found[: self.read_passages] if f.score >= found[0].score - READ_WITHIN]
        if self.reader is None or not near:
            return found
        readings = self.reader.read(query, [(f.chunk.context, f.chunk.text) for f in near])
        relevance = softmax(np.array([r.relevance for r in readings]))
        read = [
            replace(f, score=f.score + HOLDS * r.holds + RELEVANCE * share, holds=r.holds, answer=(f.chunk.start + r.start, f.chunk.start + r.end), reading=r)
            for f, r, share in zip(near, readings, relevance.tolist(), strict=True)
        ]
        return [*sorted(read, key=lambda f: -f.score), *found[len(near) :]]

    def _newer_first(self, found: list[Found]) -> list[Found]:
        """Passages of documents that another one corrects behind equally good ones of the correction."""
        is_corrected = {i for i, info in self.infos.items() if info.corrected_by}
        if not is_corrected:
            return found
        lowered = [replace(f, score=f.score - CORRECTED) if f.chunk.document_id in is_corrected else f for f in found]
        return sorted(lowered, key=lambda f: -f.score)

    def _coverage(self, chunk: Chunk, query: str, words: list[str]) -> float:
        """The share of the query's words, by weight, that the best chunk by words holds."""
        return share_held({word: self.weight(word) for word in words}, set(terms(query)), words_held(chunk))

    def _read(self, ids: set[int]) -> dict[int, Chunk]:
        missing = [i for i in ids if i not in self._chunks]
        if missing:
            self._chunks.update(self.library.chunks(missing))
        return {i: self._chunks[i] for i in ids if i in self._chunks}

    def _hit(self, chunk: Chunk, group: Sequence[Found], words: list[str], by_meaning: set[int]) -> Hit:
        held = frozenset().union(*(words_held(f.chunk) for f in group))
        matched = tuple(word for word in words if word in held)
        best, lexical = group[0], max(f.lexical for f in group)
        legs = tuple(name for name, found in (("dense", any(f.id in by_meaning for f in group)), ("lexical", lexical > 0)) if found)
        surest = max(group, key=lambda f: f.holds or 0.0)
        return Hit(chunk, self.infos[chunk.document_id].title, best.score, max(f.dense for f in group), lexical, matched, legs, tuple(f.id for f in group), surest.holds, surest.answer, tuple((f.chunk.start, f.reading) for f in group if f.reading))


def softmax(values: np.ndarray) -> np.ndarray:
    """Shares that add up to 1, ``(n,)``."""
    raised = np.exp(values - values.max())
    return raised / raised.sum()


def share_held(weights: dict[str, float], asked: set[str], held: Set[str]) -> float:
    """The part, by weight, of the words asked for that are held, in 0-1; another form of a name counts for the name."""
    total = sum(weight for word, weight in weights.items() if word in asked)
    return min(1.0, sum(weight for word, weight in weights.items() if word in held) / total) if total else 0.0


@lru_cache(maxsize=20_000)
def words_held(chunk: Chunk) -> frozenset[str]:
    """The words of a chunk and its context."""
    return frozenset(terms(chunk.text)) | frozenset(terms(chunk.context))


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
