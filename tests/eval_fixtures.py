"""What the tests of eval/ share: a searcher over the corpus with the cheap embedder, passages and answers worked out by hand."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from library_fixtures import BigramEmbedder, bigram_vector, built_index

from eval.gold import Evidence, Question
from index.search import Searcher
from ingest.chunking import Chunk
from qa.answer import Answer, Check, Citation, Sentence


class LabellingEmbedder(BigramEmbedder):
    """The cheap embedder with labels."""

    def encode_labels(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        return np.array([bigram_vector(text) for text in texts], np.float32).reshape(len(texts), self.dimension)


@lru_cache(maxsize=1)
def cheap_searcher() -> Searcher:
    """A searcher over the corpus whose vectors are counts of character pairs. Tests only read."""
    return built_index(Path(mkdtemp(prefix="shirabe-eval-")), LabellingEmbedder()).searcher()


def passage(start: int, end: int, document: str = "d", page: int | None = None) -> Chunk:
    """A passage of that span."""
    return Chunk(document, start, end, "x" * (end - start), (), page, "")


def question(id_: str = "q", pieces: int = 1, **changed: object) -> Question:
    """A question with so many pieces of evidence."""
    given = {"evidence": tuple(Evidence("d", f"piece {n}") for n in range(pieces))} | changed
    return Question(id_, f"{id_}?", **given)  # type: ignore[arg-type]


def answer(text: str = "", citations: Sequence[Citation] = (), checks: Sequence[Check] = (), refused: bool = False, cited: bool = True) -> Answer:
    """An answer of one sentence, or a refusal."""
    sentences = () if refused else (Sentence(text, tuple(c.n for c in citations) if cited else (), True, tuple(checks)),)
    return Answer("q?", text, refused, "理由" if refused else None, "extractive", sentences, tuple(citations), (), {"total": 5.0})


def citation(document: str, start: int, end: int, quote: str, n: int = 1) -> Citation:
    """A citation of that span."""
    return Citation(n, document, "題", "市", None, "unknown", None, "", start, end, quote)
