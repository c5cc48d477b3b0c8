"""The saved index of a home: the library, and FAISS and the word index derived from it.

The derived parts carry the library's generation. They are brought up to date from the changes
since then, or made anew when they are missing, damaged or made with other settings. Killed at any
moment, the next call goes on: vectors are kept as they are encoded, files appear whole or not at all.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index.embedder import Embedder
from index.embeddings import EmbeddingCache, Passage, passage_of
from index.manifest import Manifest, current_manifest, read_manifest
from index.passage_reader import PassageReader
from index.search import Searcher
from index.vectors import FaissStore
from index.word_index import DamagedIndexError, WordIndex, is_unfinished, sealed_generation
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.errors import ShirabeError
from ingest.library.library import Library
from ingest.settings import Settings

LOCK_SECONDS = 600
BATCH = 2000  # chunks
DAMAGED = (ValueError, OSError, RuntimeError, DamagedIndexError)  # what FAISS and tantivy raise over missing, cut or changed files
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the derived parts stand in a home."""

    home: Path

    @property
    def vectors(self) -> Path:
        """The FAISS store."""
        return self.home / "vectors.faiss"

    @property
    def words(self) -> Path:
        """The folder of the word index."""
        return self.home / "words"

    @property
    def manifest(self) -> Path:
        """The record of what the index was made with."""
        return self.home / "manifest.json"


class SavedIndex:
    """The derived indexes of one library with one embedder."""

    def __init__(self, library: Library, embedder: Embedder, settings: Settings) -> None:
        self.library, self.embedder, self.settings = library, embedder, settings
        self.paths = Paths(settings.home)
        self.wanted: Manifest = current_manifest(settings, embedder.dimension)

    def refuse_mismatch(self) -> None:
        """Raise ShirabeError, with the command that repairs it, when the index was made with other settings."""
        stored = read_manifest(self.paths.manifest)
        different = stored.differences(self.wanted) if stored else []
        if different:
            raise ShirabeError(f"索引が今の設定と合いません({'、'.join(different)})。`python -m index build` で作り直してください")

    def is_current(self) -> bool:
        """Whether both derived parts show the library's generation and were made with these settings."""
        try:
            stored = read_manifest(self.paths.manifest)
            generation = self.library.generation
            return stored is not None and not stored.differences(self.wanted) and self._load_store().generation == generation == WordIndex(self.paths.words).generation
        except (ShirabeError, *DAMAGED):
            return False

    def is_behind(self) -> bool:
        """Whether all that is wrong is that the derived parts show an older state, or that a build of theirs was stopped. Damage and other settings are something else."""
        try:
            stored = read_manifest(self.paths.manifest)
            if stored is not None and stored.differences(self.wanted):
                return False
            vectors = self._load_store().generation if self.paths.vectors.exists() else 0
        except (ShirabeError, *DAMAGED):
            return False
        words = sealed_generation(self.paths.words)
        if not self.library.generation:
            return False  # nothing was ever put in
        return (words > 0 or is_unfinished(self.paths.words)) and not vectors == words == self.library.generation

    def bring_up_to_date(self, progress: Progress | None = None) -> None:
        """Show the library's newest state; at no cost when nothing has changed."""
        try:
            with FileLock(self.paths.home / "index.lock", timeout=LOCK_SECONDS):
                self._bring_up_to_date(progress)
        except Timeout as error:
            raise ShirabeError("別の処理が索引を作成中です。終わってからもう一度実行してください") from error
        except (*DAMAGED, sqlite3.OperationalError) as error:
            raise ShirabeError(f"索引を {self.paths.home} に書けません: {error}。空き容量と権限を確かめてください") from error

    def _bring_up_to_date(self, progress: Progress | None) -> None:
        generation = self.library.generation
        try:
            stored = read_manifest(self.paths.manifest)
        except ShirabeError:
            stored = None
        fresh = stored is None or bool(stored.differences(self.wanted))
        store = FaissStore(self.embedder.dimension) if fresh else self._load_or_new()
        words = self._open_words(fresh)
        if fresh:  # what was made with other settings must not be taken for new when we are stopped here
            self.paths.vectors.unlink(missing_ok=True)
            self.wanted.write(self.paths.manifest)
        self._update_store(store, generation, progress)
        self._update_words(words, generation)

    def _update_words(self, words: WordIndex, generation: int) -> None:
        added, removed = self._missing_and_left(words.ids()) if len(words) else (list(self.library.chunk_ids()), [])
        if added or removed or words.generation != generation:
            words.update((item for part in _batches(added) for item in self.library.chunks(part).items()), removed, generation)

    def _missing_and_left(self, held: Iterable[int]) -> tuple[list[int], list[int]]:
        """The chunks that a derived part lacks, and those that it still holds though they are gone."""
        known, present = set(self.library.chunk_ids()), set(held)
        return sorted(known - present), sorted(present - known)

    def _update_store(self, store: FaissStore, generation: int, progress: Progress | None) -> None:
        added, removed = self._missing_and_left(int(i) for i in store.ids)
        if not added and not removed and store.generation == generation:
            return
        cache, is_new = self._cache(), not store.ids.size
        store.drop(removed)
        for part in _batches(added):
            chunks = self.library.chunks(part)
            passages = self._passages(chunks)  # what another process has removed since isn't among them
            vectors = cache.encode(list(passages.values()), _told(progress, part[0], added))
            cache.hold(passages)
            store.put(list(passages), np.array([v.passage for v in vectors], np.float32).reshape(len(passages), store.dimension), [chunks[i].document_id for i in passages])
        store.generation = generation
        store.persist(str(self.paths.vectors))
        if removed or is_new:
            self._forget_vectors(cache)

    def _forget_vectors(self, cache: EmbeddingCache) -> None:
        """Drop the kept vectors of chunks that are gone."""
        known = set(self.library.chunk_ids())
        for part in _batches(sorted(known - cache.held())):  # of an earlier layout, which didn't say what it held them for
            cache.hold(self._passages(self.library.chunks(part)))
        cache.keep_only(known)

    def _passages(self, chunks: Mapping[int, Chunk]) -> dict[int, Passage]:
        """What the embedder sees of each chunk whose document is still there."""
        found: dict[int, Passage] = {}
        document: Document | None = None  # one at a time: chunks come in the order of their documents
        for id_, chunk in chunks.items():
            if document is None or document.id != chunk.document_id:
                document = self.library.document(chunk.document_id)
            if document is not None:
                found[id_] = passage_of(chunk, document)
        return found

    def _cache(self) -> EmbeddingCache:
        return EmbeddingCache(self.paths.home / "embeddings.sqlite", self.embedder, self.wanted.embedder + self.wanted.passage_prefix)

    def encode_ahead(self, pairs: Iterable[tuple[Document, Sequence[Chunk]]], progress: Callable[[int, int], None] | None = None) -> None:
        """Encode what is going to come into the library, so that it can be searched a moment after it has come in; ``progress`` may raise to stop."""
        self._cache().encode([passage_of(chunk, document) for document, chunks in pairs for chunk in chunks], progress)

    def searcher(self, reader: PassageReader | None = None) -> Searcher:
        """A searcher over the saved state, with a reader if given; raises ShirabeError when the index doesn't match the settings."""
        self.refuse_mismatch()
        return Searcher(self.library, self._load_store(), WordIndex(self.paths.words), self.embedder, self._cache(), self.settings.dense_weight, reader, self.settings.read_passages)

    def faults(self) -> list[str]:
        """What doesn't agree between library, FAISS and words; empty when all is well."""
        found = self.library.faults()
        known = set(self.library.chunk_ids())
        if not self.library.generation:
            return found  # nothing was ever put in, and nothing is derived from it
        try:
            self.refuse_mismatch()
        except ShirabeError as error:
            return [*found, f"FAISS: {error}"]  # all is made anew then
        try:
            store = self._load_store()
            found += _compare("FAISS", known, {int(i) for i in store.ids}, store.generation, self.library.generation)
        except (ShirabeError, *DAMAGED) as error:
            found.append(f"FAISS: {error}")
        try:
            if not sealed_generation(self.paths.words):
                raise DamagedIndexError("ファイルが欠けているか、途中で切れています")
            words = WordIndex(self.paths.words)
            found += _compare("単語索引", known, set(words.ids()), words.generation, self.library.generation)
        except DAMAGED as error:
            found.append(f"単語索引: {error}")
        return found

    def _load_store(self) -> FaissStore:
        return FaissStore.load(self.paths.vectors)

    def _load_or_new(self) -> FaissStore:
        try:
            return self._load_store()
        except DAMAGED:  # made anew from the kept vectors
            return FaissStore(self.embedder.dimension)

    def _open_words(self, fresh: bool) -> WordIndex:
        if fresh or not sealed_generation(self.paths.words):
            return WordIndex.fresh(self.paths.words)
        try:
            words = WordIndex(self.paths.words)
            words.probe()
            return words
        except DAMAGED:
            return WordIndex.fresh(self.paths.words)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Parts that fit into memory with their texts and vectors, however many documents come at once."""
    return (ids[i : i + BATCH] for i in range(0, len(ids), BATCH))


def _told(progress: Progress | None, first: int, added: Sequence[int]) -> Callable[[int, int], None] | None:
    """Progress over a part as progress over all; what was encoded before counts as done."""
    before = added.index(first)
    return (lambda done, of: progress("埋め込み", before + done, len(added) if len(added) > BATCH else of)) if progress else None


def _compare(name: str, known: set[int], held: set[int], generation: int, wanted: int) -> list[str]:
    found = []
    if known - held:
        found.append(f"{name}: {len(known - held)}個のチャンクがない")
    if held - known:
        found.append(f"{name}: 消えたチャンクが{len(held - known)}個残っている")
    if generation != wanted:
        found.append(f"{name}: 世代 {generation} が古い(ライブラリは {wanted})")
    return found
