"""What the tests of ingest/ and index/ share: the corpus read once, token counts, and a cheap embedder that can be computed by hand."""

import atexit
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from index.embedder import Embedder, SentenceTransformerEmbedder, load_embedder
from index.saved_index import SavedIndex
from index.wiring import open_searcher
from ingest.chunking import Chunk, CountTokens, chunk_document, token_counter
from ingest.document import Document
from ingest.documents import read_documents
from ingest.formats.formats import load_file, read_content, text_content
from ingest.library.library import Library
from ingest.model_folder import load_tokenizer
from ingest.settings import EMBEDDED_EMBEDDER, Settings
from ingest.sources import Source, corpus_sources

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
SEOUL, SMG344, GWANGJU, SAPPORO, REPORT = (
    "000_seoul_press_releases_2017-2018.txt",
    "001_seoul_press_release_smg344.txt",
    "002_gwangju_press_releases_2019-2020.txt",
    "003_sapporo_press_release_2004.txt",
    "004_clair_seoul_dx_report_2025-05.md",
)
OPENING, CLOSING = "「『([{〈《【〔\uff08\uff3b\uff5b", "」』)]}〉》】〕\uff09\uff3d\uff5d"


def raw_text(name: str) -> str:
    """A corpus file as it stands."""
    return (CORPUS / "files" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def corpus() -> dict[str, tuple[Document, ...]]:
    """The documents of each corpus file, in order."""
    return {s.name: tuple(read_documents(s, read_content(load_file(s.path)))) for s in corpus_sources(CORPUS)}


def corpus_documents() -> list[Document]:
    """All 24 documents in order."""
    return [d for documents in corpus().values() for d in documents]


def report() -> Document:
    """The report of CLAIR's Seoul office."""
    return corpus()[REPORT][0]


def read(raw: str, name: str = "x.txt", kind: str = "", issuer: str = "", is_corpus: bool = False) -> list[Document]:
    """The documents of a text as if it were a file of a user."""
    return read_documents(Source(Path(name), name, issuer=issuer, kind=kind, is_corpus=is_corpus), text_content(raw))


@lru_cache(maxsize=1)
def count_tokens() -> CountTokens:
    """Tokens as the embedded embedder counts them."""
    return token_counter(load_tokenizer(EMBEDDED_EMBEDDER))


def count_characters(texts: Sequence[str]) -> list[int]:
    """A token counter that needs no model: a token a character that shows."""
    return [len(re.sub(r"\s", "", text)) for text in texts]


def settings_of(home: Path, **changed: object) -> Settings:
    """Settings with the repository's corpus and a home of the test's own."""
    return Settings(home=home, **({"corpus": CORPUS} | changed))  # type: ignore[arg-type]


class BigramEmbedder:
    """Unit vectors of hashed character pairs: deterministic, cheap, and alike for alike texts. Counts what it encodes."""

    name = "bigrams"
    dimension = 64

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_query(self, text: str) -> np.ndarray:
        """See Embedder."""
        return bigram_vector(text)

    def encode_passages(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> tuple[np.ndarray, list[np.ndarray]]:
        """See Embedder."""
        self.encoded.extend(texts)
        whole = np.array([bigram_vector(text) for text in texts], np.float32).reshape(len(texts), self.dimension)
        inside = [np.array([bigram_vector(text[a:b]) for a, b in part], np.float32).reshape(len(part), self.dimension) for text, part in zip(texts, spans, strict=True)]
        return whole, inside


@lru_cache(maxsize=20_000)
def bigram_vector(text: str) -> np.ndarray:
    """Counts of the text's character pairs in 64 buckets, scaled to length one."""
    vector = np.zeros(BigramEmbedder.dimension, np.float32)
    for a, b in pairwise(text):
        vector[hashlib.blake2b((a + b).encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] % BigramEmbedder.dimension] += 1
    length = float(np.linalg.norm(vector))
    made = vector / length if length else np.eye(1, BigramEmbedder.dimension, dtype=np.float32)[0]
    made.setflags(write=False)  # it is shared by all who ask for this text
    return made


@lru_cache(maxsize=1)
def corpus_pairs() -> tuple[tuple[Source, tuple[tuple[Document, tuple[Chunk, ...]], ...]], ...]:
    """Each source of the corpus with its documents and their chunks, sized in characters."""
    sources = {s.name: s for s in corpus_sources(CORPUS)}
    return tuple((sources[name], tuple((d, tuple(chunk_document(d, count_characters, 300))) for d in documents)) for name, documents in corpus().items())


def filled_library(home: Path) -> Library:
    """A library that holds the corpus, without the model's tokenizer."""
    library = Library(home)
    for source, documents in corpus_pairs():
        library.replace_source(source, "as read", documents)
    return library


def built_index(home: Path, embedder: Embedder | None = None, **changed: object) -> SavedIndex:
    """The saved index of a home that holds the corpus, up to date."""
    index = SavedIndex(filled_library(home), embedder or BigramEmbedder(), settings_of(home, **changed))
    index.bring_up_to_date()
    return index


@lru_cache(maxsize=1)
def real_embedder() -> SentenceTransformerEmbedder:
    """The embedded embedder as the settings load it; takes seconds, so it is loaded once."""
    return load_embedder(Settings())


@lru_cache(maxsize=1)
def real_home() -> Path:
    """A home over the corpus as `index build` makes it, with the real embedder and its tokenizer. Tests copy it or only read."""
    home = Path(mkdtemp(prefix="shirabe-test-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    open_searcher(settings_of(home), real_embedder())
    return home


def run_command(*arguments: str | Path, home: Path | None = None, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """``python -m …`` from the repository root in a process of its own."""
    environment = {k: v for k, v in os.environ.items() if k != "SHIRABE_HOME"} | ({"SHIRABE_HOME": str(home)} if home else {})
    return subprocess.run([sys.executable, "-m", *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout)
