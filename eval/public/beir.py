"""BEIR folders (``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``), and TREC runs as output."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.public.collection import Collection, Rankings, plain_document, put_documents
from ingest.errors import InputError
from ingest.library.library import Library
from ingest.settings import Settings

CORPUS = "corpus.jsonl"


def read_beir(folder: Path) -> Collection:
    """The collection of a folder, with the queries that have grades; raises InputError for what can't be read."""
    qrels = read_qrels(folder / "qrels" / "test.tsv")
    queries = {str(row["_id"]): str(row["text"]) for row in _rows(folder / "queries.jsonl", "text") if str(row["_id"]) in qrels}

    def fill(library: Library, settings: Settings) -> None:
        rows = _rows(folder / CORPUS, "text")
        put_documents(library, settings, CORPUS, (plain_document(str(r["_id"]), str(r.get("title") or ""), str(r["text"]), CORPUS) for r in rows))

    return Collection(folder.resolve().name, queries, qrels, fill)


def _rows(path: Path, *wanted: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file, which have to have an id and the ``wanted`` keys."""
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict) or not all(key in row for key in ("_id", *wanted)):
                    raise ValueError(f"{number} 行目に {'、'.join(('_id', *wanted))} がありません")
                yield row
    except (OSError, ValueError) as error:
        raise InputError(f"BEIR 形式のファイル {path} を読めません: {error}") from error


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Grades by query and document from ``qrels/test.tsv``, which has a heading line."""
    grades: dict[str, dict[str, int]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for query, document, grade in list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]:
                grades.setdefault(query, {})[document] = int(grade)
    except (OSError, ValueError) as error:
        raise InputError(f"BEIR 形式のファイル {path} を読めません: {error}") from error
    return grades


def write_trec(rankings: Rankings, path: Path) -> None:
    """A TREC run: ``query Q0 document rank score shirabe``."""
    lines = [f"{query} Q0 {item} {rank} {score:.6f} shirabe\n" for query, ranking in rankings.items() for rank, (item, score) in enumerate(ranking.items(), 1)]
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise InputError(f"検索結果を {path} に書けません: {error}") from error
