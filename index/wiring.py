"""The one place that chooses the concrete parts: embedder, library, FAISS and word index."""

import sys

from safetensors import SafetensorError
from tqdm import tqdm

from index.deferred import DeferredEmbedder, DeferredReader
from index.embedder import Embedder, load_embedder
from index.manifest import read_manifest
from index.passage_reader import WEIGHTS, PassageReader, TrainedReader
from index.saved_index import Progress, SavedIndex
from index.search import Searcher
from ingest.errors import ShirabeError
from ingest.library.library import Library
from ingest.settings import Settings
from ingest.sync import Reader


def open_index(settings: Settings, embedder: Embedder | None = None) -> SavedIndex:
    """The saved index of a home; nothing is read or written yet but the library."""
    return SavedIndex(Library(settings.home), embedder or load_embedder(settings), settings)


def open_searcher(settings: Settings, embedder: Embedder | None = None, progress: Progress | None = None, is_deferred: bool = False) -> Searcher:
    """A searcher over the newest state: an empty home is filled from the corpus, a stale index brought up to date.

    With ``is_deferred`` the models are loaded by the first search, or before where the index isn't up to date.
    """
    index = open_index(settings, embedder or (_deferred_embedder(settings) if is_deferred else None))
    if not index.library.infos():
        Reader(index.library, settings).sync_corpus()
    index.refuse_mismatch()
    if not index.is_current():
        index.bring_up_to_date(progress)
    return index.searcher(_deferred_reader(settings) if is_deferred else open_reader(settings))


def _deferred_embedder(settings: Settings) -> Embedder:
    try:
        stored = read_manifest(settings.home / "manifest.json")
    except ShirabeError:  # a damaged record is made anew with the index
        stored = None
    return DeferredEmbedder(settings.embedder, lambda: load_embedder(settings), stored.dimension if stored and stored.embedder == settings.embedder else None)


def _deferred_reader(settings: Settings) -> PassageReader | None:
    return DeferredReader(_trained_reader) if settings.read_passages else None


def open_reader(settings: Settings) -> PassageReader | None:
    """The passage reader, or None where the settings switch it off; raises ShirabeError when its weights can't be read."""
    return _trained_reader() if settings.read_passages else None


def _trained_reader() -> PassageReader:
    try:
        return TrainedReader()
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ShirabeError(f"読解モデル {WEIGHTS} を読み込めません: {error}。リポジトリから取り直すか、設定 read_passages = 0 にしてください") from error


class Bar:
    """A progress bar on standard error, one for each step of a build."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` is done."""
        if self._bar is None or step != self._step:
            self.close()
            self._bar, self._step = tqdm(total=total, desc=step, unit="件", file=sys.stderr), step
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None
