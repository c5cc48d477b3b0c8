"""SQuAD-format files: their paragraphs are the documents, and each question's own paragraph is the relevant one."""

import json
from pathlib import Path
from typing import Any

from eval.public.collection import Collection, plain_document, put_documents
from ingest.document import Document
from ingest.errors import InputError
from ingest.library.library import Library
from ingest.settings import Settings

SEPARATOR = " [SEP] "  # JSQuAD sets it between the article's title and the paragraph


def read_squad(path: Path) -> Collection:
    """The collection of a file, named after its folder; questions marked impossible are left out. Raises InputError for other files."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        documents, queries, qrels = _parts(data, path.name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"SQuAD 形式のファイル {path} を読めません: {error}") from error

    def fill(library: Library, settings: Settings) -> None:
        """Put the paragraphs into the library, each a document."""
        put_documents(library, settings, path.name, documents)

    return Collection(path.resolve().parent.name, queries, qrels, fill)


def _parts(data: list[dict[str, Any]], source: str) -> tuple[list[Document], dict[str, str], dict[str, dict[str, int]]]:
    documents: list[Document] = []
    queries: dict[str, str] = {}
    qrels: dict[str, dict[str, int]] = {}
    for a, article in enumerate(data):
        title = str(article.get("title") or "")
        for p, paragraph in enumerate(article["paragraphs"]):
            documents.append(plain_document(f"{a}-{p}", title, paragraph["context"].removeprefix(title + SEPARATOR), source))
            for question in paragraph["qas"]:
                if not question.get("is_impossible"):
                    queries[str(question["id"])] = question["question"]
                    qrels[str(question["id"])] = {f"{a}-{p}": 1}
    return documents, queries, qrels
