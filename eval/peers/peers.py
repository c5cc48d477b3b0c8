"""Shirabe beside stock pipelines: the same questions and documents, in one process, measured by the same functions.

The pipelines get the embedder that our own was made from, as anyone can have it; Shirabe is measured with that one as well.

Every system's passages are spans of the canonical text, so that evidence is looked for in the same way and
at equal numbers of characters. The packages of the pipelines are in the dependency group ``peers``.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from eval.gold import Question, Span, read_questions
from eval.measures import TIMES, Row, intervals, paired, scores
from eval.peers.pipeline import Index, Peer
from eval.results import PLACES
from eval.retrieval import Found, evidence_places, find, row, variants_of
from index.embedder import SentenceTransformerEmbedder, load_embedder
from index.saved_index import Progress
from index.search import Searcher
from index.wiring import open_searcher
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.errors import ShirabeError
from ingest.settings import EMBEDDED_EMBEDDER, OWN_EMBEDDER, Settings
from qa.assistant import PASSAGES
from qa.history import standalone

PIPELINES = ("eval.peers.llama_index_peer", "eval.peers.langchain_peer", "eval.peers.txtai_peer", "eval.peers.plain_peer")
OURS, UNREAD, STOCK = "調べ", "調べ(読解なし)", "調べ(読解なし・元の埋め込み)"
PACKAGES = ("sentence-transformers", "faiss-cpu", "tantivy", "fugashi", "unidic-lite")  # of Shirabe, that its figures depend on

Asked = Sequence[tuple[Question, Sequence[Sequence[Span]]]]  # questions with the places of each piece of evidence
Search = Callable[[str], Sequence[Chunk]]


@dataclass(frozen=True, slots=True)
class System:
    """What one system did: how long it took to build, in seconds, its chunks' sizes in characters, what it found for each question."""

    name: str
    settings: Mapping[str, object]
    packages: Sequence[str]
    index_seconds: float
    sizes: Sequence[int]
    found: Sequence[Found]

    def rows(self) -> dict[str, Row]:
        """The measures of each question."""
        return {f.question.id: row(f) for f in self.found}


def all_peers() -> list[Peer]:
    """Every pipeline; raises ShirabeError naming the command that installs what is missing."""
    try:
        return [peer for module in PIPELINES for peer in import_module(module).PEERS]
    except ImportError as error:
        raise ShirabeError(f"比較に使うパッケージ {error.name} がありません。`make peers` を実行してください(専用の環境 .venv-peers を作って比べます)") from error


def run_peers(settings: Settings, gold: Path, progress: Progress | None = None) -> dict[str, Any]:
    """The run of Shirabe and every pipeline on the gold questions that have evidence, as result files hold it.

    Shirabe's ``index_seconds`` includes reading the source files, which the pipelines are spared: they
    get the text that it made of them. Raises ShirabeError for a missing package, InputError for a wrong gold file.
    """
    questions = [question for question in read_questions(gold) if question.evidence]
    systems = try_all(settings, questions, progress)
    return {"task": "peers", "set": gold.stem, "questions": len(questions), "systems": [told(system, systems[0]) for system in systems]}


def try_all(settings: Settings, questions: Sequence[Question], progress: Progress | None = None) -> list[System]:
    """Shirabe, Shirabe without its reader and then without its embedder, which no pipeline has, and every pipeline; all index the corpus anew."""
    peers, stock = all_peers(), replace(settings, embedder=EMBEDDED_EMBEDDER, read_passages=0)
    embedder = SentenceTransformerEmbedder(stock.embedder, stock.query_prefix, stock.passage_prefix)
    embedder.encode_query("")  # what the first call costs is nobody's build time
    systems = []
    with TemporaryDirectory() as home, TemporaryDirectory() as other:
        searcher, spent = _built(replace(settings, home=Path(home)), load_embedder(settings))
        asked = [(question, evidence_places(question, searcher)) for question in questions]
        systems.append(_ourselves(OURS, searcher, settings, spent, asked, progress))
        if unread := variants_of(searcher).get("unread"):
            systems.append(_ourselves(UNREAD, unread, replace(settings, read_passages=0), spent, asked, progress))
        if settings.embedder == OWN_EMBEDDER:
            plain, needed = _built(replace(stock, home=Path(other)), embedder)
            systems.append(_ourselves(STOCK, plain, stock, needed, asked, progress))
        documents = [searcher.document(id_) for id_ in searcher.infos]
        return systems + [_tried(peer, documents, embedder, asked, progress) for peer in peers]


def _built(settings: Settings, embedder: SentenceTransformerEmbedder) -> tuple[Searcher, float]:
    """A searcher over the corpus, indexed anew, and the seconds that it took."""
    started = time.perf_counter()
    searcher = open_searcher(settings, embedder)
    return searcher, time.perf_counter() - started


def _ourselves(name: str, searcher: Searcher, settings: Settings, spent: float, asked: Asked, progress: Progress | None) -> System:
    chosen = {key: value for key, value in asdict(settings).items() if key not in PLACES}
    found = ask(name, lambda query: [hit.chunk for hit in searcher.search(query, PASSAGES)], asked, progress)
    sizes = [len(chunk.text) for chunk in searcher.library.chunks(searcher.store.ids.tolist()).values()]
    return System(name, chosen, PACKAGES, spent, sizes, found)


def _tried(peer: Peer, documents: Sequence[Document], embedder: SentenceTransformerEmbedder, asked: Asked, progress: Progress | None) -> System:
    started = time.perf_counter()
    index: Index = peer.build(documents, embedder)
    spent = time.perf_counter() - started
    return System(peer.name, peer.settings, peer.packages, spent, [len(c.text) for c in index.chunks], ask(peer.name, index.search, asked, progress))


def ask(name: str, search: Search, asked: Asked, progress: Progress | None = None) -> list[Found]:
    """What a system finds for every question; a follow-up is made to stand alone in the way that Shirabe does it."""
    found = []
    for question, places in asked:
        started = time.perf_counter()
        passages = search(standalone(question.question, question.history))
        found.append(find(question, places, passages, 1000 * (time.perf_counter() - started)))
        if progress:
            progress(name, len(found), len(asked))
    return found


def told(system: System, ours: System) -> dict[str, Any]:
    """A system's part of the run; ``p`` is that of Shirabe against it, by measure, ``ahead`` how far Shirabe is ahead."""
    rows, against = system.rows(), ours.rows()
    tested = paired(rows, against) if system is not ours else {}
    measured = scores(list(rows.values()))
    return {
        "name": system.name,
        "settings": {**system.settings, "chunks": len(system.sizes), "chunk_characters_p50": median(system.sizes)},
        "versions": {package: version(package) for package in system.packages},
        "scores": {name: value for name, value in measured.items() if name != "questions" and not name.startswith(TIMES)},
        "intervals": intervals(list(rows.values())),
        "p": {name: change.p for name, change in tested.items()},
        "ahead": {name: change.difference for name, change in tested.items()},
        "index_seconds": system.index_seconds,
        "search_ms_p50": measured["ms_p50"],
    }
