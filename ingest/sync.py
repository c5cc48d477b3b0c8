"""Brings the library up to date with the corpus, and takes in, corrects or removes documents of the user's own."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path

from ingest.chunking import Chunk, CountTokens, chunk_document, token_counter
from ingest.document import Document
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.failures import failure_of
from ingest.formats.formats import Content, FileData, load_file, read_content
from ingest.library.changes import Changes
from ingest.library.copies import copy_name, keep, sweep
from ingest.library.edits import as_read, edited, edits_of
from ingest.library.infos import Edit
from ingest.library.library import Library
from ingest.library.looks import Looks, path_key
from ingest.library.prepared import Added, Prepared
from ingest.library.schema import digest_of
from ingest.library.versions import Plan, plan_of, source_before
from ingest.model_folder import load_tokenizer
from ingest.settings import Settings
from ingest.sources import Source, corpus_sources

READER_VERSION = 17  # raise it when the same file would give other documents or chunks than before
Progress = Callable[[str], None]


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

    def chunks(self, document: Document) -> list[Chunk]:
        """The chunks of a document under the settings."""
        return chunk_document(document, self.count_tokens, self.settings.chunk_tokens)

    def sync_corpus(self, progress: Progress | None = None) -> Changes:
        """Read what is new or changed in the corpus, drop what is gone; user files are read anew only if the reader changed.

        A file that can't be read doesn't stop the others; it is told in ``failures``, and what was read of it before stays.
        """
        with self.library.exclusive():
            sweep(self.library)
            looks = Looks(self.library, "corpus")
            sources = corpus_sources(self.settings.corpus, looks.hash_of)
            looks.keep()
            total = Changes()
            for name in set(self.library.source_names(is_corpus=True)) - {s.name for s in sources}:
                add_up(total, self.library.remove_source(name))
            unchanged = self._take_in_all([*sources, *self._own_sources()], total, progress)
            for info in self.library.infos(owners=None) if unchanged else ():
                total.documents_unchanged += info.source in unchanged
                total.chunks_unchanged += info.chunks if info.source in unchanged else 0
        return total

    def _own_sources(self) -> list[Source]:
        return [source for name in self.library.source_names(is_corpus=False) if (source := self.library.source(name))]

    def _take_in_all(self, sources: Iterable[Source], total: Changes, progress: Progress | None) -> set[str]:
        """Read what changed; the names of the sources that didn't."""
        fingerprints, hashes, unchanged = self.library.fingerprints(), self.library.hashes(), set()
        for source in sources:
            if source.sha256 and fingerprints.get(source.name) == self._fingerprint(source):
                unchanged.add(source.name)
                continue
            if not source.is_corpus and not source.path.is_file():
                continue  # a user's file that somebody deleted by hand keeps what was read of it, and must not stop the rest
            if progress:
                progress(source.name)
            try:
                is_newer = source.is_corpus and bool(hashes.get(source.name)) and hashes[source.name] != source.sha256
                add_up(total, self._read_again(source, is_newer))
            except InputError as error:
                total.failures.append(failure_of(source.label or source.name, error))
        return unchanged

    def take_in(self, source: Source) -> Changes:
        """Put one file's documents into the library unless they are there already; raises InputError where it can't be read."""
        total = Changes()
        with self.library.exclusive():
            unchanged = self._take_in_all([source if source.sha256 else replace(source, sha256=load_file(source.path).sha256)], total, None)
        if total.failures:
            raise InputError(total.failures[0].message)
        infos = [i for i in self.library.infos(owners=None) if i.source in unchanged]
        return replace(total, documents_unchanged=total.documents_unchanged + len(infos), chunks_unchanged=total.chunks_unchanged + sum(i.chunks for i in infos))

    def _read_again(self, source: Source, is_newer: bool) -> Changes:
        file = load_file(source.path)
        prepared = self._prepared(file, replace(source, sha256=file.sha256), read_content(file))
        plan = plan_of(self.library, prepared, source.name, prepared.documents, is_newer, self.library.removed_documents(source.name) if not is_newer else set())
        return self._put(prepared, plan, source.name if is_newer else None)

    def prepare(self, file: FileData, label: str, owner: str = "", progress: Callable[[int, int], None] | None = None) -> Prepared:
        """Read a user's file, which changes nothing yet; ``progress`` counts its pages. Raises InputError where it can't be read."""
        sha256 = file.sha256
        label = os.fsencode(label).decode("utf-8", "replace")  # bytes of a name that are no text
        name = copy_name(label, sha256, owner)
        return self._prepared(file, Source(self.library.files / name, name, is_corpus=False, owner=owner, label=label, sha256=sha256), read_content(file, progress))

    def _prepared(self, file: FileData, source: Source, content: Content) -> Prepared:
        documents = {d.id: d for d in read_documents(source, content)}  # a release that stands twice is one document
        if not documents:
            raise InputError(f"{source.label or source.name}: 読める本文がありません")
        empty = (f"文字のないページ: {'、'.join(map(str, content.empty_pages))}",) if content.empty_pages else ()
        return Prepared(file, source, tuple(documents.values()), content.pages, content.empty_pages, tuple(getattr(content, "warnings", ())) or empty)

    def commit(self, prepared: Prepared, replaces: str | None = None, path: str | None = None) -> Added:
        """Put a file that was read into the library: as new, as the newer version of the document ``replaces``, of the file at ``path``
        or of one of its name and likeness; or not at all where all of it is there already.
        """
        with self.library.exclusive():
            source = prepared.source
            older = self._own_source(replaces, source.owner) if replaces is not None else source_before(self.library, prepared, path)
            before = self.library.documents_of(older) if older else {}
            known = self.library.same_texts((digest_of(d.text) for d in prepared.documents), source.owner)
            twice = {d.id: known[digest] for d in prepared.documents if (digest := digest_of(d.text)) in known}
            if len(twice) == len(prepared.documents) and set(before) <= {id_ for id_, _ in twice.values()} and replaces is None:
                ids = tuple(dict.fromkeys(id_ for id_, _ in twice.values()))
                held = self.library.source(next(iter(twice.values()))[1]) or source
                return Added(held, Changes(documents_unchanged=len(ids)), prepared.pages, prepared.empty_pages, "unchanged", ids, (), prepared.warnings)
            elsewhere = [d.id for d in prepared.documents if d.id in twice and twice[d.id][1] not in (source.name, older)]
            fresh = [d for d in prepared.documents if d.id not in elsewhere]
            plan = plan_of(self.library, prepared, older or source.name, fresh, older is not None)
            plan.elsewhere = elsewhere
            changes = self._put(prepared, plan, older, replaces)
            ids = (*(d.id for d in plan.documents), *(twice[id_][0] for id_ in elsewhere))
            replaced = tuple(id_ for id_ in before if (info := self.library.info(id_)) and not info.is_current)
            return Added(source, changes, prepared.pages, prepared.empty_pages, "replaced" if replaced else "added", ids, replaced, prepared.warnings)

    def add_file(self, path: Path, owner: str = "") -> Added:
        """Copy a user's file into the home and take it in."""
        return self.commit(self.prepare(load_file(path), path.name, owner), path=path_key(path))

    def _put(self, prepared: Prepared, plan: Plan, replaces: str | None, only: str | None = None) -> Changes:
        source = prepared.source
        pairs = [(d, self.chunks(d)) for d in plan.documents]
        if not source.is_corpus:
            keep(source.path, prepared.file.data, source.sha256)
        return self.library.replace_source(
            source, self._fingerprint(source), pairs, replaces=replaces, only=only, pages=prepared.pages, warnings=prepared.warnings, edits=plan.edits, elsewhere=plan.elsewhere
        )

    def sweep_alone(self) -> None:
        """Delete copies that belong to no source, where nothing else is being changed."""
        with self.library.exclusive():
            sweep(self.library)

    def remove(self, document_id: str, owner: str = "") -> Changes:
        """Remove a document of the user's own with its older versions; raises InputError for unknown ids and for the corpus's."""
        with self.library.exclusive():
            self._own_source(document_id, owner)
            changes = self.library.remove_document(document_id)
            sweep(self.library)
            return changes

    def _own_source(self, document_id: str, owner: str) -> str:
        """The source of a document of the user's own; raises InputError for another."""
        info = self.library.info(document_id)
        if info is None or info.owner not in ("", owner):
            raise InputError(f"文書 {document_id} はありません。`python -m ingest list` で id を確かめてください")
        source = self.library.source(info.source)
        if source is None or source.is_corpus:
            raise InputError(f"文書 {document_id} はコーパスのものです。{self.settings.corpus / 'sources.toml'} から外して `python -m index build` を実行してください")
        return info.source

    def edit(self, document_id: str, wanted: Mapping[str, str], owner: str = "") -> Changes:
        """Correct title, issuer or date of a document, which outlives another reading of its file; raises InputError for what can't be."""
        with self.library.exclusive():
            info, document = self.library.info(document_id), self.library.document(document_id)
            if info is None or document is None or info.owner not in ("", owner):
                raise InputError(f"文書 {document_id} はありません。一覧を開き直してください")
            before = [e for e in self.library.edits(info.source) if e.document_id == document_id]
            read = as_read(document, before)
            edits = edits_of(document_id, read, {e.field: e.value for e in before} | dict(wanted))
            untouched = [Edit(document_id, e.field, e.was, e.was) for e in before if e.field not in {made.field for made in edits}]
            changed = edited(document, [*untouched, *edits])
            return self.library.put_edited(changed, self.chunks(changed), edits)

    def _fingerprint(self, source: Source) -> str:
        said = (source.name, source.issuer, source.kind, source.language, self.settings.embedder, self.settings.chunk_tokens, READER_VERSION)
        return hashlib.sha256(f"{source.sha256}{said!r}".encode()).hexdigest()


def add_up(total: Changes, part: Changes) -> None:
    """Add what one change did to a total."""
    for f in fields(Changes):
        setattr(total, f.name, getattr(total, f.name) + getattr(part, f.name))
