"""Public test collections: their documents go the way that all documents go, and their items are ranked for each query.

A collection says how a home is filled, and which items a hit stands for: documents (BEIR, SQuAD), or
pages of files. Measures come from ir_measures over whole rankings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from eval.measures import Qrels, Row, intervals, means, ranked_rows
from eval.retrieval import Progress, by_kind, part_of, variants_of
from index.embedder import Embedder, Spans
from index.saved_index import Progress as BuildProgress
from index.search import Hit, Searcher
from index.wiring import open_searcher
from ingest.chunking import chunk_document, token_counter
from ingest.document import Document, DocumentDate
from ingest.errors import InputError
from ingest.library.library import Library
from ingest.model_folder import load_tokenizer
from ingest.settings import Settings
from ingest.sources import Source
from ingest.text.cleaning import Line
from ingest.text.structure import build_structure, lay_out

DEPTH = 100  # passages asked for; a ranking has at most as many items
CLOSEST = 1e-6  # between two scores of a ranking: what six decimals can tell apart
FAILURES = 50
SAID = 200  # characters of an item that a failure shows

Ranking = dict[str, float]  # items with scores, best first
Rankings = dict[str, Ranking]  # by query


def documents_of(hit: Hit, _: Searcher) -> list[str]:
    """A hit stands for its document."""
    return [hit.chunk.document_id]


@dataclass(frozen=True, slots=True)
class Collection:
    """Queries with graded items; ``fill`` puts the documents into a library, ``items`` are what a hit stands for, the best first."""

    name: str
    queries: Mapping[str, str]
    qrels: Qrels
    fill: Callable[[Library, Settings], None]
    items: Callable[[Hit, Searcher], Sequence[str]] = documents_of
    kinds: Mapping[str, str] = field(default_factory=dict)


class QueriesEncodedAhead:
    """An embedder that has encoded, in batches, the queries that it will be asked for one by one; see Embedder."""

    def __init__(self, embedder: Embedder, queries: Sequence[str]) -> None:
        self.embedder, self.name, self.dimension = embedder, embedder.name, embedder.dimension
        self._known = dict(zip(queries, embedder.encode_labels(queries), strict=True)) if queries else {}

    def encode_query(self, text: str) -> np.ndarray:
        """See Embedder."""
        return self._known[text] if text in self._known else self.embedder.encode_query(text)

    def encode_labels(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        return self.embedder.encode_labels(texts)

    def encode_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> tuple[np.ndarray, list[np.ndarray]]:
        """See Embedder."""
        return self.embedder.encode_passages(texts, spans)


@contextmanager
def opened(collection: Collection, settings: Settings, embedder: Embedder, kept: Path | None = None, progress: BuildProgress | None = None) -> Iterator[Searcher]:
    """A searcher over the collection's documents, indexed in a folder of their own.

    With ``kept``, a home, that is ``collections/NAME`` in it and what was encoded once stays there; else it is
    temporary. Documents are read and cut anew each time, so that nothing can be out of date.
    """
    with TemporaryDirectory() as temporary:
        home = kept / "collections" / collection.name if kept else Path(temporary)
        own = replace(settings, home=home)
        library = Library(home)
        collection.fill(library, own)
        if not library.infos():
            raise InputError(f"評価用のデータ {collection.name} に文書がありません")
        searcher = open_searcher(own, embedder, progress)
        searcher.embedder = QueriesEncodedAhead(embedder, list(dict.fromkeys(collection.queries.values())))
        yield searcher


def put_documents(library: Library, settings: Settings, name: str, documents: Iterable[Document]) -> None:
    """Cut documents into chunks and put them into a library as the only file ``name``; those without text are left out."""
    count = token_counter(load_tokenizer(settings.embedder))
    pairs = [(d, chunks) for d in documents if (chunks := chunk_document(d, count, settings.chunk_tokens))]
    library.replace_source(Source(Path(name), name), "collection", pairs)


def plain_document(id_: str, title: str, text: str, source: str) -> Document:
    """A document of a collection that has a title and a text."""
    canonical, kept = lay_out([Line(line.strip(), 0) for line in text.split("\n")])
    made = build_structure(canonical, kept, "")
    return Document(id_, title, "", "report", "ja", DocumentDate(), source, canonical, tuple(made.sections), tuple(made.segments), tuple(made.tables))


def rank_all(collection: Collection, searcher: Searcher, progress: Progress | None = None) -> Rankings:
    """The ranking of every query."""
    found: Rankings = {}
    for id_, query in collection.queries.items():
        found[id_] = rank(query, searcher, collection.items)
        if progress:
            progress(len(found), len(collection.queries))
    return found


def rank(query: str, searcher: Searcher, items: Callable[[Hit, Searcher], Sequence[str]] = documents_of) -> Ranking:
    """Items in the order of their best passage. Scores fall strictly, so that whoever reads them finds the same order."""
    found: Ranking = {}
    lowest = float("inf")
    for hit in searcher.search(query, DEPTH):
        for item in items(hit, searcher):
            if item not in found:
                lowest = found[item] = min(hit.score, lowest - CLOSEST)
    return found


def evaluate(collection: Collection, searcher: Searcher, progress: Progress | None = None, variants: bool = False) -> tuple[dict[str, Any], Rankings]:
    """The run on a collection, as result files hold it, and its rankings; with ``variants`` of each leg alone too.

    ``progress`` counts the searches of all variants.
    """
    found = rank_variants(collection, variants_of(searcher) if variants else {"both": searcher}, progress)
    return told(collection, found, searcher), found["both"]


def rank_variants(collection: Collection, searchers: Mapping[str, Searcher], progress: Progress | None = None) -> dict[str, Rankings]:
    """The rankings of each searcher; ``progress`` counts the searches of all of them."""
    found: dict[str, Rankings] = {}
    for name, searcher in searchers.items():
        found[name] = rank_all(collection, searcher, part_of(progress, len(found), len(searchers)))
    return found


def told(collection: Collection, found: Mapping[str, Rankings], searcher: Searcher) -> dict[str, Any]:
    """The run that the rankings of ``both`` make, with the means of every variant where there are more."""
    run = run_of(collection, found["both"], searcher)
    if len(found) > 1:
        run["variants"] = {name: means(list(rows_of(collection, rankings).values())) for name, rankings in found.items()}
    return run


def rows_of(collection: Collection, rankings: Rankings) -> dict[str, Row]:
    """The measures of each query by its id."""
    return {**ranked_rows(_orders(rankings), collection.qrels)}


def run_of(collection: Collection, rankings: Rankings, searcher: Searcher) -> dict[str, Any]:
    """The run that these rankings make: no rows, since public sets are large, and at most 50 failures, the worst first."""
    measured = rows_of(collection, rankings)
    rows = [{"id": id_, "kind": collection.kinds.get(id_, ""), "measures": row} for id_, row in measured.items()]
    failed = sorted((id_ for id_, row in measured.items() if row["hit@1"] == 0), key=lambda id_: measured[id_]["ndcg@10"] or 0.0)
    return {
        "task": "retrieval",
        "questions": len(rows),
        "scores": by_kind(rows) if collection.kinds else {"all": by_kind(rows)["all"]},
        "intervals": intervals(list(measured.values())),
        "failures": [_failure(collection, id_, list(rankings.get(id_, {})), searcher) for id_ in failed[:FAILURES]],
    }


def _orders(rankings: Rankings) -> dict[str, list[str]]:
    return {query: list(ranking) for query, ranking in rankings.items()}


def _failure(collection: Collection, id_: str, came: Sequence[str], searcher: Searcher) -> dict[str, Any]:
    wanted = [item for item, grade in collection.qrels[id_].items() if grade > 0]
    rank = next((n for n, item in enumerate(came, 1) if item in wanted), None)
    shown = {"expected": [_said(item, searcher) for item in wanted], "got": _said(came[0], searcher) if came else "", "rank": rank}
    return {"id": id_, "kind": collection.kinds.get(id_, ""), "question": collection.queries[id_], **shown, "refused": False, "reason": None}


def _said(item: str, searcher: Searcher) -> str:
    """What a person sees of an item: the beginning of a document, the name of a page."""
    return searcher.document(item).text[:SAID] if item in searcher.infos else item
