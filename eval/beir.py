"""BEIR folders through the same indexing path as documents, with a TREC run as output."""

import csv
import json
import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import mean

from index.embedder import Embedder
from index.saved_index import Progress
from index.search import Searcher
from index.wiring import open_index
from ingest.chunking import Chunk, chunk_document, token_counter
from ingest.cleaning import Line
from ingest.document import Document, DocumentDate
from ingest.errors import InputError
from ingest.library import Library
from ingest.model_folder import load_tokenizer
from ingest.settings import Settings
from ingest.sources import Source
from ingest.structure import build_structure, lay_out

DEPTH = 100
Run = dict[str, dict[str, float]]  # query id → document id → score


def read_jsonl(path: Path) -> Iterator[dict[str, str]]:
    """The objects of a JSONL file; raises InputError where it can't be read."""
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise InputError(f"BEIR 形式のファイル {path} を読めません: {error}") from error


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document from ``qrels/test.tsv``."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t"))
    except OSError as error:
        raise InputError(f"BEIR 形式のファイル {path} を読めません: {error}") from error
    grades: dict[str, dict[str, int]] = {}
    for query, document, grade in rows[1:]:
        grades.setdefault(query, {})[document] = int(grade)
    return grades


def run_beir(folder: Path, settings: Settings, embedder: Embedder, progress: Progress | None = None) -> Run:
    """Index the corpus in a home of its own and search for every query that has grades."""
    grades = read_qrels(folder / "qrels" / "test.tsv")
    queries = [q for q in read_jsonl(folder / "queries.jsonl") if q["_id"] in grades]
    with tempfile.TemporaryDirectory() as home:
        settings = replace(settings, home=Path(home))
        _fill(Library(settings.home), folder, settings)
        index = open_index(settings, embedder)
        index.bring_up_to_date(progress)
        searcher = index.searcher()
        return {q["_id"]: ranked(searcher, q["text"]) for q in queries}


def ranked(searcher: Searcher, query: str) -> dict[str, float]:
    """The best documents, each by its best passage."""
    found: dict[str, float] = {}
    for hit in searcher.search(query, DEPTH):
        found.setdefault(hit.chunk.document_id, hit.score)
    return found


def _fill(library: Library, folder: Path, settings: Settings) -> None:
    count = token_counter(load_tokenizer(settings.embedder))
    pairs: list[tuple[Document, list[Chunk]]] = []
    for row in read_jsonl(folder / "corpus.jsonl"):
        document = _document(row)
        pairs.append((document, chunk_document(document, count, settings.chunk_tokens)))
    library.replace_source(Source(folder / "corpus.jsonl", "corpus.jsonl"), "beir", [(d, c) for d, c in pairs if c])


def _document(row: Mapping[str, str]) -> Document:
    lines = [Line(text.strip(), 0) for text in row["text"].split("\n")]
    text, kept = lay_out(lines)
    made = build_structure(text, kept, "")
    return Document(row["_id"], row.get("title", ""), "", "report", "ja", DocumentDate(), "corpus.jsonl", text, tuple(made.sections), tuple(made.segments), tuple(made.tables))


def beir_scores(run: Run, grades: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """nDCG@10 (gains are the grades, as in trec_eval), hit@1 and recall@100, means over the queries that have a relevant document."""
    judged = {q: g for q, g in grades.items() if any(v > 0 for v in g.values())}
    best = {q: sorted(run.get(q, {}), key=lambda d: -run[q][d]) for q in judged}
    return {
        "queries": len(judged),
        "ndcg@10": mean(_ndcg([judged[q].get(d, 0) for d in best[q][:10]], list(judged[q].values())) for q in judged),
        "hit@1": mean(bool(best[q]) and judged[q].get(best[q][0], 0) > 0 for q in judged),
        "recall@100": mean(sum(judged[q].get(d, 0) > 0 for d in best[q][:100]) / sum(v > 0 for v in judged[q].values()) for q in judged),
    }


def _ndcg(gains: list[int], ideal: list[int]) -> float:
    best = _dcg(sorted((max(0, g) for g in ideal), reverse=True)[:10])
    return _dcg([max(0, g) for g in gains]) / best if best else 0.0


def _dcg(gains: list[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def write_trec(run: Run, path: Path) -> None:
    """A TREC run: ``query Q0 document rank score shirabe``."""
    with path.open("w", encoding="utf-8") as out:
        for query, found in run.items():
            for rank, (document, score) in enumerate(sorted(found.items(), key=lambda x: -x[1]), 1):
                out.write(f"{query} Q0 {document} {rank} {score:.6f} shirabe\n")
