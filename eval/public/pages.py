"""Page-labelled questions on PDF files: all pages of all files in a folder are ranked, each by its best passage."""

import csv
from collections.abc import Sequence
from pathlib import Path

from eval.gold import Evidence, Question, is_source, read_questions
from eval.public.collection import Collection
from index.search import Hit, Searcher
from ingest.errors import InputError
from ingest.library.library import Library
from ingest.settings import Settings
from ingest.sources import Source
from ingest.sync import Reader


def read_pages(questions: Path, files: Path) -> Collection:
    """The collection of a question file and the PDFs in a folder and its folders, named after the question file's folder.

    Questions stand in gold JSONL with ``{"doc", "page"}``, or in lines of id, file, page, kind and question
    parted by tabs. Raises InputError where a question names a file that isn't there.
    """
    names = {path.relative_to(files).as_posix(): path for path in sorted(files.rglob("*")) if path.suffix.lower() == ".pdf"}
    if not names:
        raise InputError(f"{files} に PDF がありません。--files に PDF のあるフォルダーを指定してください")
    asked = _tab_separated(questions) if questions.suffix == ".tsv" else [q for q in read_questions(questions) if q.evidence]
    qrels = {q.id: {item: 1 for e in q.evidence for item in _items(e, q, list(names))} for q in asked}

    def fill(library: Library, settings: Settings) -> None:
        """Read what is new or changed of the folder's PDFs, and take out what is no longer there."""
        reader = Reader(library, settings)
        for gone in set(library.source_names(is_corpus=True)) - set(names):
            library.remove_source(gone)
        for name, path in names.items():
            reader.take_in(Source(path, name, kind="report"))

    return Collection(questions.resolve().parent.name, {q.id: q.question for q in asked}, qrels, fill, pages_of, {q.id: q.kind for q in asked})


def pages_of(hit: Hit, searcher: Searcher) -> list[str]:
    """The pages of the chunks that a hit is made of, the best chunk's first."""
    source = searcher.infos[hit.chunk.document_id].source
    chunks = searcher.library.chunks(hit.sources)
    return list(dict.fromkeys(_page(source, chunks[id_].page) for id_ in hit.sources if id_ in chunks))


def _page(source: str, page: int | None) -> str:
    return f"{source}#{page}"


def _items(evidence: Evidence, question: Question, names: Sequence[str]) -> list[str]:
    found = [name for name in names if is_source(name, evidence.doc)]
    if evidence.page is None or not found:
        raise InputError(f"質問 {question.id}: {evidence.doc} のページを確かめられません。evidence に page があるか、PDF が --files のフォルダーにあるか確かめてください")
    return [_page(name, evidence.page) for name in found]


def _tab_separated(path: Path) -> list[Question]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row]
        return [Question(id_, question, kind, evidence=(Evidence(file, page=int(page)),)) for id_, file, page, kind, question in rows]
    except (OSError, ValueError) as error:
        raise InputError(f"ページつきの質問 {path} を読めません: {error}。id、ファイル、ページ、種類、質問をタブで区切ってください") from error
