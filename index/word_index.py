"""The word index: tantivy over words that MeCab has cut, joined by blanks."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import tantivy

from ingest.chunking import Chunk
from ingest.sources import hash_of
from ingest.words import terms

CONTEXT_BOOST = 0.4  # a word of the title or headings says less than one of the passage itself
WRITER_BYTES = 64_000_000
SEAL = "seal.json"  # the generation, and the hash of each file: reading a file that was cut can end the process (SIGBUS)


class DamagedIndexError(Exception):
    """The files of the word index are not what tantivy wrote."""


def sealed_generation(folder: Path) -> int:
    """The generation that the files in ``folder`` show; 0 where one is missing or isn't as it was written."""
    try:
        seal = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        whole = all(hash_of(folder / name) == digest for name, digest in seal["files"].items())
        return int(seal["generation"]) if whole else 0
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0


def is_unfinished(folder: Path) -> bool:
    """Whether an update was begun and not ended, or nothing was ever written: the seal is taken away before files change, and comes last."""
    return not (folder / SEAL).exists()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("context", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class WordIndex:
    """The word index in one folder; ``generation`` is that of the library when it was last brought up to date."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.schema = _schema()
        self._index = tantivy.Index(self.schema, path=str(folder))
        self._index.config_reader("manual", 0)  # no thread that reads files behind our back

    @classmethod
    def fresh(cls, folder: Path) -> "WordIndex":
        """An empty index in ``folder``, whatever was there."""
        (folder / SEAL).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        return cls(folder)

    @property
    def generation(self) -> int:
        """The library's generation that the index shows; 0 when it was never finished or isn't whole."""
        return sealed_generation(self.folder)

    def update(self, add: Mapping[int, Chunk] | Iterable[tuple[int, Chunk]], remove: Sequence[int], generation: int) -> None:
        """Add and remove chunks in one commit; doing it again after a kill changes nothing."""
        (self.folder / SEAL).unlink(missing_ok=True)  # what is found without it was stopped, not damaged
        writer = self._index.writer(WRITER_BYTES, 1)
        for id_ in remove:
            writer.delete_documents_by_term("id", id_)
        for id_, chunk in add.items() if isinstance(add, Mapping) else add:
            writer.delete_documents_by_term("id", id_)
            writer.add_document(
                tantivy.Document(id=id_, document=chunk.document_id, body=" ".join(terms(chunk.text)), context=" ".join(terms(chunk.context)))
            )
        writer.commit()
        writer.wait_merging_threads()
        temporary = self.folder / f".{SEAL}.lock"
        hashes = {p.name: hash_of(p) for p in self.folder.iterdir() if p.suffix != ".lock"}
        temporary.write_text(json.dumps({"generation": generation, "files": hashes}), encoding="utf-8")
        temporary.replace(self.folder / SEAL)
        self._index.reload()

    def search(self, words: Sequence[str], k: int, documents: Sequence[str] | None = None) -> dict[int, float]:
        """BM25 of the ``k`` best chunks for ``words``, best first, among ``documents`` if given; empty when no word matches."""
        wanted = list(dict.fromkeys(words))
        if not wanted or (documents is not None and not documents):
            return {}
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term(word)) for word in wanted])
        if documents is not None:
            among = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self.schema, "document", list(documents)), 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, among)])
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=k, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        return {int(id_ or 0): float(score) for id_, (score, _) in zip(ids, hits, strict=True)}

    def ids(self) -> list[int]:
        """The ids of all chunks that the index holds."""
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        return [int(id_ or 0) for id_ in searcher.fast_field_values("id", [address for _, address in hits])]

    def probe(self) -> None:
        """Read every part once; raises DamagedIndexError where files are cut or changed.

        tantivy panics over wrong bytes, and its PanicException is no Exception.
        """
        try:
            self.ids()
            self.search(["の", "市"], 1, ["-"])
            if len(self):
                self.search(["年", "月", "日", "市"], 3)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            raise DamagedIndexError(str(error)) from error

    def document_frequency(self, word: str) -> int:
        """In how many chunks the word stands, in text or context."""
        searcher = self._index.searcher()
        return max(int(searcher.doc_freq("body", word)), int(searcher.doc_freq("context", word)))

    def __len__(self) -> int:
        return self._index.searcher().num_docs

    def _term(self, word: str) -> tantivy.Query:
        body = tantivy.Query.term_query(self.schema, "body", word, "freq")
        context = tantivy.Query.boost_query(tantivy.Query.term_query(self.schema, "context", word, "freq"), CONTEXT_BOOST)
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, body), (tantivy.Occur.Should, context)])
