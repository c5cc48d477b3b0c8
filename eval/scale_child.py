"""What the processes of ``eval.scale`` do: each measures one thing and prints it as JSON."""

import time

STARTED = time.perf_counter()

import json  # noqa: E402 - the clock runs while the rest is imported
import resource  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import replace  # noqa: E402
from pathlib import Path  # noqa: E402
from shutil import rmtree  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import sentence_transformers  # noqa: E402, F401 - as the commands do when they load the model

from index.__main__ import main as index_main  # noqa: E402
from index.embedder import SentenceTransformerEmbedder, load_embedder  # noqa: E402
from index.embeddings import passage_of  # noqa: E402
from index.saved_index import SavedIndex  # noqa: E402
from ingest.__main__ import main as ingest_main  # noqa: E402
from ingest.adding import sync_folder  # noqa: E402
from ingest.library.library import Library  # noqa: E402
from ingest.settings import Settings, load_settings  # noqa: E402
from ingest.sync import Reader  # noqa: E402
from qa.wiring import open_assistant  # noqa: E402

IMPORTED = time.perf_counter()
ROUNDS = 3


class Counting:
    """The embedder, with a count of what it encodes."""

    def __init__(self, inner: SentenceTransformerEmbedder) -> None:
        self.inner, self.name, self.dimension, self.passages = inner, inner.name, inner.dimension, 0

    def encode_query(self, text: str) -> np.ndarray:
        """See Embedder."""
        return self.inner.encode_query(text)

    def encode_labels(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        return self.inner.encode_labels(texts)

    def encode_passages(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> tuple[np.ndarray, list[np.ndarray]]:
        """See Embedder."""
        self.passages += len(texts)
        return self.inner.encode_passages(texts, spans)


def main(kind: str, home: str, files: str) -> None:
    """Measure one thing; the seconds are those after the imports."""
    settings = load_settings(Path(home))
    measure = {"grow": grow, "build": build, "sync": sync, "open": open_all, "change": change, "speed": speed}[kind]
    print(json.dumps(measure(settings, Path(files))))


def grow(settings: Settings, files: Path) -> dict[str, Any]:
    """Take a folder in and index it; the memory that all of it took at most, and on the way: megabytes after each tenth of the documents and of the passages."""
    reader = Reader(Library(settings.home), settings)
    total = sum(1 for _ in files.rglob("*.txt"))
    adding, indexing = Curve(total), Curve(total)
    begun = time.perf_counter()
    for added, outcome in enumerate(sync_folder(reader, files), 1):
        if outcome.name:
            adding.note(added)
    taken_in = time.perf_counter()
    SavedIndex(reader.library, load_embedder(settings), settings).bring_up_to_date(lambda _, done, of: indexing.note(done * total // of))
    times = {"documents": total, "passages": len(reader.library.chunk_ids()), "add_seconds": taken_in - begun, "index_seconds": time.perf_counter() - taken_in}
    return times | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "adding_mb": adding.points, "indexing_mb": indexing.points}


class Curve:
    """The memory of this process after each tenth of some work."""

    def __init__(self, total: int) -> None:
        self.total, self.points = total, list[int]()

    def note(self, done: int) -> None:
        """Look if another tenth is done."""
        if 10 * done >= (len(self.points) + 1) * self.total:
            self.points.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20)


def build(settings: Settings, files: Path) -> dict[str, Any]:
    """`index build` where nothing has changed."""
    index_main(["build", "--home", str(settings.home)])
    return _times()


def sync(settings: Settings, files: Path) -> dict[str, Any]:
    """`ingest sync` where nothing has changed."""
    ingest_main(["sync", str(files), "--home", str(settings.home)])
    return _times()


def open_all(settings: Settings, files: Path) -> dict[str, Any]:
    """An assistant with everything loaded at once, as the commands open it: model, reader, and the index in memory."""
    begun = time.perf_counter()
    load_embedder(settings)
    loaded = time.perf_counter()
    open_assistant(settings)
    return _times() | {"model_seconds": loaded - begun}


def change(settings: Settings, files: Path) -> dict[str, Any]:
    """A folder in which one file has changed: the files and passages that are read and encoded anew, and the seconds without loading the model."""
    embedder = Counting(load_embedder(settings))
    reader = Reader(Library(settings.home), settings)
    reader.count_tokens(["暖機"])
    begun = time.perf_counter()
    read = sum(outcome.name != "" for outcome in sync_folder(reader, files))
    SavedIndex(reader.library, embedder, settings).bring_up_to_date()
    return {"files": read, "passages": embedder.passages, "seconds": time.perf_counter() - begun}


def speed(settings: Settings, files: Path) -> dict[str, Any]:
    """Taking a folder in, from its files to the written index, against reading the same files' text and encoding the same passages in one call."""
    embedder, ratios, whole, bare = load_embedder(settings), [], [], []
    Reader(Library(settings.home), settings).count_tokens(["暖機"])
    embedder.encode_passages(["暖機"], [[]])
    for n in range(ROUNDS):
        fresh = replace(settings, home=settings.home / str(n))
        begun = time.perf_counter()
        reader = Reader(Library(fresh.home), fresh)
        list(sync_folder(reader, files))
        SavedIndex(reader.library, embedder, fresh).bring_up_to_date()
        whole.append(time.perf_counter() - begun)
        texts = _passages(reader.library, settings)
        rmtree(fresh.home)
        begun = time.perf_counter()
        for path in files.rglob("*.txt"):
            path.read_text(encoding="utf-8")
        embedder.model.encode(texts, batch_size=32, show_progress_bar=False)
        bare.append(time.perf_counter() - begun)
        ratios.append(whole[-1] / bare[-1])
    return {"texts": len(texts), "seconds": median(whole), "bare_seconds": median(bare), "ratio": median(ratios)}


def _passages(library: Library, settings: Settings) -> list[str]:
    documents = {info.id: library.document(info.id) for info in library.infos()}
    chunks = library.chunks(library.chunk_ids()).values()
    return [settings.passage_prefix + passage_of(chunk, document).text for chunk in chunks if (document := documents[chunk.document_id])]


def _times() -> dict[str, Any]:
    return {"imports_seconds": IMPORTED - STARTED, "seconds": time.perf_counter() - IMPORTED}
