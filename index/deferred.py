"""Embedder and passage reader that are loaded when they are first needed, so that a screen opens before its models are there.

Loading takes seconds; what needs a model meanwhile waits for it, in whatever thread it asks.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np

from index.embedder import Embedder, Spans
from index.passage_reader import PassageReader, Reading
from ingest.errors import ShirabeError

Part = TypeVar("Part")


class Once(Generic[Part]):
    """Something that is made once, by whoever asks first; the others wait. What goes wrong is told to each, who tries again."""

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: Part | None = None

    def __call__(self) -> Part:
        """The thing itself."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made


class DeferredEmbedder:
    """An embedder that ``load`` loads; ``dimension`` is what the saved index says of it, None where only the model can say."""

    def __init__(self, name: str, load: Callable[[], Embedder], dimension: int | None) -> None:
        self.name, self._load, self._dimension = name, Once(load), dimension

    @property
    def dimension(self) -> int:
        """See Embedder."""
        return self._dimension or self._load().dimension

    def encode_query(self, text: str) -> np.ndarray:
        """See Embedder."""
        return self._loaded().encode_query(text)

    def encode_labels(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        return self._loaded().encode_labels(texts)

    def encode_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> tuple[np.ndarray, list[np.ndarray]]:
        """See Embedder."""
        return self._loaded().encode_passages(texts, spans)

    def _loaded(self) -> Embedder:
        embedder = self._load()
        if embedder.dimension != self.dimension:  # the name stayed and the model behind it didn't
            raise ShirabeError(f"索引が今の設定と合いません(dimension: {self.dimension} → {embedder.dimension})。`python -m index build` で作り直してください")
        return embedder


class DeferredReader:
    """A passage reader that ``load`` loads."""

    def __init__(self, load: Callable[[], PassageReader]) -> None:
        self._load = Once(load)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """See PassageReader."""
        return self._load().read(question, passages)
