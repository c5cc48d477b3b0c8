"""Brings the library up to date with the corpus, and takes in or removes files of the user's own."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from itertools import count
from pathlib import Path

from ingest.chunking import CountTokens, chunk_document, token_counter
from ingest.document import Document
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats import Content, FileData, load_file, read_content
from ingest.library import Changes, Library
from ingest.model_folder import load_tokenizer
from ingest.settings import Settings
from ingest.sources import Source, corpus_sources

READER_VERSION = 10  # raise it when the same file would give other documents or chunks than before
LONGEST_NAME = 120  # bytes of a copy's name; file systems allow 255
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Added:
    """A user's file as it was taken in: its copy, what changed, how many pages it has (0: none), and those without text."""

    source: Source
    changes: Changes
    pages: int
    empty_pages: tuple[int, ...]


class Reader:
    """Reads files into the library with one embedder's token counts; the tokenizer is loaded when first needed."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library, self.settings = library, settings
        self._count: CountTokens | None = None

    def count_tokens(self, texts: Iterable[str]) -> list[int]:
        """Tokens of each text, as the embedder counts."""
        if self._count is None:
            self._count = token_counter(load_tokenizer(self.settings.embedder))
        return self._count(list(texts))

    def sync_corpus(self, progress: Progress | None = None) -> Changes:
        """Read what is new or changed in the corpus, drop what is gone; user files are read anew only if the reader changed.

        A file that can't be read doesn't stop the others; it is told in ``failures``, and what was read of it before stays.
        """
        sources = corpus_sources(self.settings.corpus)
        total = Changes()
        for name in set(self.library.source_names(is_corpus=True)) - {s.name for s in sources}:
            _add(total, self.library.remove_source(name))
        # A user's file that somebody deleted by hand keeps what was read of it, and must not stop the rest.
        own = [s for s in map(self._user_source, self.library.source_names(is_corpus=False)) if s.path.is_file()]
        for source in [*sources, *own]:
            try:
                _add(total, self.take_in(source, progress))
            except InputError as error:
                total.failures.append(str(error))
        return total

    def take_in(self, source: Source, progress: Progress | None = None) -> Changes:
        """Put one file's documents into the library unless they are there already."""
        file = load_file(source.path)
        fingerprint = self._fingerprint(source, file)
        if self.library.fingerprints().get(source.name) == fingerprint:
            infos = [i for i in self.library.infos() if i.source == source.name]
            return Changes(documents_unchanged=len(infos), chunks_unchanged=sum(i.chunks for i in infos))
        if progress:
            progress(source.name)
        return self._put(source, file, read_content(file))

    def _put(self, source: Source, file: FileData, content: Content) -> Changes:
        pairs = [(d, chunk_document(d, self.count_tokens, self.settings.chunk_tokens)) for d in self._documents(source, content)]
        return self.library.replace_source(source, self._fingerprint(source, file), pairs)

    def _documents(self, source: Source, content: Content) -> list[Document]:
        """The documents of a file under ids that no other file has, without those that its owner removed from it."""
        documents = {d.id: d for d in read_documents(source, content)}  # a release that stands twice is one document
        if not documents:
            raise InputError(f"{source.name}: 読める本文がありません")
        owners = {i.id: i.source for i in self.library.infos()}
        removed = self.library.removed_documents(source.name)
        named = [replace(d, id=_own_id(d.id, source.name, owners)) for d in documents.values() if d.id not in removed]
        return [d for d in named if d.id not in removed]

    def add_file(self, path: Path) -> Added:
        """Copy a user's file into the home and take it in; the same text again is refused with its id."""
        file = load_file(path)
        content = read_content(file)
        folder = self.library.path.parent / "files"
        kept = folder / f"{file.sha256[:8]}_{_safe_name(path.name)}"
        source = Source(kept, kept.name, is_corpus=False)
        known = {_digest(i.id): i for i in self.library.infos()}
        twice = [known[_digest(d.id)] for d in read_documents(source, content) if _digest(d.id) in known]
        if twice:
            raise InputError(f"{path.name}: 同じ内容の文書がすでにあります({twice[0].id} 「{twice[0].title}」)")
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(file.data)
        try:
            return Added(source, self._put(source, file, content), content.pages, content.empty_pages)
        except BaseException:
            kept.unlink(missing_ok=True)
            raise

    def remove(self, document_id: str) -> Changes:
        """Remove a document of the user's own; raises InputError for unknown ids and for the corpus's."""
        info = next((i for i in self.library.infos() if i.id == document_id), None)
        if info is None:
            raise InputError(f"文書 {document_id} はありません。`python -m ingest list` で id を確かめてください")
        if info.source in self.library.source_names(is_corpus=True):
            raise InputError(f"文書 {document_id} はコーパスのものです。{self.settings.corpus / 'sources.toml'} から外して `python -m index build` を実行してください")
        path = self.library.source_path(info.source)
        changes = self.library.remove_document(document_id)
        if info.source not in self.library.source_names(is_corpus=False):
            path.unlink(missing_ok=True)
        return changes

    def _user_source(self, name: str) -> Source:
        return Source(self.library.source_path(name), name, is_corpus=False)

    def _fingerprint(self, source: Source, file: FileData) -> str:
        said = (source.name, source.issuer, source.kind, source.language, self.settings.embedder, self.settings.chunk_tokens, READER_VERSION)
        return hashlib.sha256(file.data + repr(said).encode()).hexdigest()


def _digest(document_id: str) -> str:
    """The part of an id that is made of the text."""
    return document_id.split("-")[1]


def _own_id(document_id: str, source: str, owners: dict[str, str]) -> str:
    """The id, or where another file has it (the same text, and names that begin alike), the next one free: …-2."""
    numbered = (document_id if n == 1 else f"{document_id}-{n}" for n in count(1))
    return next(id_ for id_ in numbered if owners.get(id_, source) == source)


def _safe_name(name: str) -> str:
    """A file name without separators and control characters, short enough for every file system."""
    safe = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in name).strip(". ")
    return safe.encode()[-LONGEST_NAME:].decode(errors="ignore") or "file"


def _add(total: Changes, part: Changes) -> None:
    for f in fields(Changes):
        setattr(total, f.name, getattr(total, f.name) + getattr(part, f.name))
