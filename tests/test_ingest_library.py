"""The library: what goes in comes out, every change is one whole, ids are never given again, several writers get along."""

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_fixtures import ROOT, corpus_documents, corpus_pairs, filled_library, report

from eval.faults.older import SECOND_TABLES
from ingest.chunking import Chunk
from ingest.document import Cell, Document, DocumentDate, Omission, Page, Section, Segment, Suspicion, Table
from ingest.errors import ShirabeError
from ingest.library.library import Library
from ingest.library.schema import digest_of
from ingest.sources import Source


def source(name: str, is_corpus: bool = True) -> Source:
    """A source that exists by name only."""
    return Source(Path("files") / name, name, is_corpus=is_corpus)


def document(id_: str, sentences: Sequence[str], source_name: str = "a.txt") -> Document:
    """A document whose chunks are its sentences."""
    return Document(id_, f"題名 {id_}", "札幌市", "press_release", "ja", DocumentDate("2024-05", "inferred", "5月"), source_name, "".join(sentences))


def pair(id_: str, sentences: Sequence[str], source_name: str = "a.txt") -> tuple[Document, list[Chunk]]:
    """A document with a chunk for each sentence."""
    made, at, chunks = document(id_, sentences, source_name), 0, []
    for sentence in sentences:
        chunks.append(Chunk(id_, at, at + len(sentence), sentence, ("見出し",), None, "文脈"))
        at += len(sentence)
    return made, chunks


def texts(library: Library) -> dict[int, str]:
    """The text of every chunk by its id."""
    return {i: c.text for i, c in library.chunks(library.chunk_ids()).items()}


def test_every_document_of_the_corpus_comes_out_as_it_went_in(tmp_path: Path) -> None:
    filled_library(tmp_path)
    reopened = Library(tmp_path)
    assert [reopened.document(d.id) for d in corpus_documents()] == corpus_documents()
    stored = reopened.chunks(reopened.chunk_ids())
    assert sorted(stored.values(), key=lambda c: (c.document_id, c.start)) == sorted((c for _, ds in corpus_pairs() for _, cs in ds for c in cs), key=lambda c: (c.document_id, c.start))
    assert reopened.faults() == []


def test_every_kind_of_part_comes_out_as_it_went_in(tmp_path: Path) -> None:
    """Also empty values, lone quotes and characters beyond the basic plane."""
    cell = Cell(1, 2, 3, 4, "'\"\\😀", ("行", ""), (), None, False)
    made = replace(
        document("x", ["本文\u2028。\t\"'\\"]), date=DocumentDate(), sections=(Section((), 0, 2), Section(("一", "二"), 2, 3)), segments=(Segment("row", 0, 1, 0, (0, 1)),),
        tables=(Table(0, 4, 2, "前書き\n", None, "2025-05", (cell,)),), names=(("a", "b"),), omissions=(Omission("<br>", "markup"),), suspicions=(Suspicion(1, 2, "疑い"),), pages=(Page(3, 0, 4),),
    )  # fmt: skip
    library = Library(tmp_path)
    library.replace_source(source("a.txt"), "f", [(made, [Chunk("x", 0, 2, "本文", (), 7, "")])])
    assert library.document("x") == made
    assert list(library.chunks(library.chunk_ids()).values()) == [Chunk("x", 0, 2, "本文", (), 7, "")]


def test_a_list_shows_the_corpus_first_and_counts_code_points(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.replace_source(source("000_user.txt", is_corpus=False), "f", [pair("user-1", ["😀あ。"], "000_user.txt")])
    library.replace_source(source("b.txt"), "f", [pair("b-2", ["一。", "二。"], "b.txt"), pair("b-1", ["三。"], "b.txt")])
    assert [(i.id, i.chars, i.chunks, i.source) for i in library.infos()] == [("b-2", 4, 2, "b.txt"), ("b-1", 2, 1, "b.txt"), ("user-1", 3, 1, "000_user.txt")]
    assert library.source_names(is_corpus=True) == ["b.txt"] and library.source_names(is_corpus=False) == ["000_user.txt"]


def test_every_change_raises_the_generation_by_one(tmp_path: Path) -> None:
    library = Library(tmp_path)
    assert library.generation == 0
    library.replace_source(source("a.txt"), "f", [pair("a", ["一。"])])
    assert library.generation == 1
    library.replace_source(source("a.txt"), "g", [pair("a", ["一。"])])
    assert library.generation == 2 and library.fingerprints() == {"a.txt": "g"}
    library.remove_source("a.txt")
    assert library.generation == 3 == Library(tmp_path).generation
    assert library.infos() == [] and library.fingerprints() == {}


def test_equal_chunks_keep_their_ids_when_a_source_is_replaced(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.replace_source(source("a.txt"), "f", [pair("a", ["一。", "二。", "三。"])])
    before = texts(library)
    changes = library.replace_source(source("a.txt"), "g", [pair("a", ["一。", "二。", "四。"])])
    after = texts(library)
    assert (changes.chunks_added, changes.chunks_removed, changes.chunks_unchanged) == (1, 1, 2)
    assert {i: t for i, t in after.items() if i in before} == {i: t for i, t in before.items() if t != "三。"}
    assert (changes.documents_changed, changes.documents_unchanged) == (1, 0)


def test_the_corpus_put_in_again_changes_no_chunk(tmp_path: Path) -> None:
    library = filled_library(tmp_path)
    before = library.chunk_ids()
    filled_library(tmp_path)
    assert library.chunk_ids() == before


def test_ids_are_never_given_again(tmp_path: Path) -> None:
    library = Library(tmp_path)
    seen: set[int] = set()
    for round_ in range(5):
        library.replace_source(source("a.txt"), str(round_), [pair("a", ["一。", "二。"])])
        ids = set(library.chunk_ids())
        assert len(ids) == 2 and not ids & seen
        seen |= ids
        library.remove_source("a.txt") if round_ % 2 else library.remove_document("a")


OPERATION = st.tuples(st.sampled_from(["a.txt", "b.txt"]), st.lists(st.lists(st.sampled_from(["一。", "二。", "三。", "四。"]), min_size=1, max_size=3, unique=True), max_size=3))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(OPERATION, min_size=1, max_size=8))
def test_random_changes_never_give_an_id_again_and_leave_no_fault(tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, list[list[str]]]]) -> None:
    """Sources are replaced and removed at random."""
    library = Library(tmp_path_factory.mktemp("home"))
    states, seen = [dict(library.chunk_ids())], set()
    for name, contents in operations:
        pairs = [pair(f"{name}-{i}", sentences, name) for i, sentences in enumerate(contents)]
        library.replace_source(source(name), "f", pairs) if pairs else library.remove_source(name)
        fresh = set(library.chunk_ids()) - set(states[-1])
        assert not fresh & seen
        seen |= fresh
        states.append(dict(library.chunk_ids()))
    assert library.faults() == []


def test_documents_are_counted_as_added_changed_removed(tmp_path: Path) -> None:
    """A new text under a title that goes away is a change of that document."""
    library = Library(tmp_path)
    library.replace_source(source("a.txt"), "f", [pair("a-1", ["一。"]), pair("a-2", ["二。"]), pair("a-3", ["三。"])])
    renamed = replace(pair("a-9", ["新。"])[0], title="題名 a-1")
    changes = library.replace_source(source("a.txt"), "g", [(renamed, [Chunk("a-9", 0, 2, "新。", (), None, "")]), pair("a-2", ["二。"]), pair("a-4", ["四。"])])
    assert (changes.documents_added, changes.documents_changed, changes.documents_removed, changes.documents_unchanged) == (1, 1, 1, 1)


def test_a_change_that_fails_half_way_leaves_everything_as_it_was(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.replace_source(source("a.txt"), "f", [pair("a", ["一。", "二。"])])
    before = (library.generation, texts(library), library.infos(), library.fingerprints())
    unstorable = replace(document("c", ["三。"]), kind=object())  # SQLite can't bind it: the third of three documents fails
    with pytest.raises(sqlite3.Error):
        library.replace_source(source("a.txt"), "g", [pair("a", ["一。", "五。"]), pair("b", ["四。"]), (unstorable, [])])
    assert (library.generation, texts(library), library.infos(), library.fingerprints()) == before
    library.replace_source(source("a.txt"), "g", [pair("a", ["一。"])])
    assert library.generation == 2


def test_an_interrupted_change_is_rolled_back(tmp_path: Path) -> None:
    library = Library(tmp_path)

    def interrupted() -> None:
        with library._change() as connection:
            connection.execute("INSERT INTO sources (name, is_corpus, fingerprint, path) VALUES ('x', 1, 'f', 'x')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert library.generation == 0 and library.fingerprints() == {}


def test_a_second_document_with_the_same_offsets_but_other_text_gets_new_chunks(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.replace_source(source("a.txt"), "f", [pair("a", ["一。"])])
    library.replace_source(source("a.txt"), "g", [pair("a", ["二。"])])
    assert list(texts(library).values()) == ["二。"]
    assert library.faults() == []


def test_faults_name_what_does_not_agree(tmp_path: Path) -> None:
    library = filled_library(tmp_path)
    with sqlite3.connect(library.path) as connection:
        connection.execute("UPDATE chunks SET start = start + 1 WHERE id = 3")
        connection.execute("UPDATE chunks SET document_id = 'gone' WHERE id = 5")
        connection.execute("DELETE FROM chunks WHERE document_id = ?", (report().id,))
    found = "\n".join(library.faults())
    assert "本文と一致しないチャンク: 3" in found and "文書のないチャンク: 5" in found and f"チャンクのない文書: {report().id}" in found


def test_a_file_that_is_no_library_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(ShirabeError, match="index build"):
        Library(tmp_path)


def test_a_library_of_another_version_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(Library(tmp_path).path) as connection:
        connection.execute("UPDATE meta SET value = 99 WHERE key = 'schema'")
    with pytest.raises(ShirabeError, match="版 99"):
        Library(tmp_path)


def test_a_home_that_is_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    with pytest.raises(ShirabeError, match="権限"):
        Library(tmp_path / "home")


def test_many_chunks_are_read_at_once(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.replace_source(source("a.txt"), "f", [pair("a", [f"{i:04d}。" for i in range(1800)])])
    found = library.chunks(range(0, 2500))
    assert len(found) == 1800 and found[1].text == "0000。" and found[1800].text == "1799。"
    assert library.chunks([]) == {}


def test_threads_write_without_losing_a_change(tmp_path: Path) -> None:
    def write(name: str) -> None:
        library = Library(tmp_path)
        for round_ in range(10):
            library.replace_source(source(name), str(round_), [pair(name, ["一。", f"{round_}。"], name)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [f"{i}.txt" for i in range(4)]))
    library = Library(tmp_path)
    assert library.generation == 40
    assert sorted(texts(library).values()) == ["9。"] * 4 + ["一。"] * 4
    assert library.faults() == []


WRITER = """
import sys
from pathlib import Path
from eval.faults.older import SECOND_TABLES
from ingest.chunking import Chunk
from ingest.document import Document, DocumentDate
from ingest.library.library import Library
from ingest.sources import Source
name = sys.argv[2]
for round_ in range(25):
    document = Document(name, "題名", "札幌市", "press_release", "ja", DocumentDate(), name, f"一。{round_}。")
    chunks = [Chunk(name, 0, 2, "一。", (), None, ""), Chunk(name, 2, len(document.text), f"{round_}。", (), None, "")]
    Library(Path(sys.argv[1])).replace_source(Source(Path(name), name), str(round_), [(document, chunks)])
"""


def test_processes_that_write_at_once_get_along(tmp_path: Path) -> None:
    Library(tmp_path / "home")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "home"), f"{i}.txt"], cwd=ROOT, stderr=subprocess.PIPE, text=True) for i in range(3)]
    said = [(w.communicate(timeout=120)[1], w.returncode) for w in writers]
    assert said == [("", 0)] * 3
    library = Library(tmp_path / "home")
    assert library.generation == 75
    assert sorted(texts(library).values()) == ["24。"] * 3 + ["一。"] * 3
    assert library.faults() == []


def test_opening_a_home_waits_for_the_process_that_is_making_it(tmp_path: Path) -> None:
    maker = sqlite3.connect(tmp_path / "library.sqlite", isolation_level=None, check_same_thread=False)
    maker.execute("BEGIN IMMEDIATE")
    maker.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL)")
    done = Timer(0.5, maker.execute, ["COMMIT"])
    done.start()
    try:
        assert Library(tmp_path).generation == 0
    finally:
        done.join()
        maker.close()


def test_a_reader_sees_whole_changes_only(tmp_path: Path) -> None:
    """While another connection is in the middle of a change, the old state is read."""
    library = filled_library(tmp_path)
    before = library.chunk_ids()
    with library._change() as connection:
        connection.execute("DELETE FROM chunks")
        assert Library(tmp_path).chunk_ids() == before
        connection.execute("INSERT INTO chunks SELECT 9999, id, 0, 0, '', '[]', NULL, '' FROM documents LIMIT 1")
    assert list(library.chunk_ids()) == [9999]


def test_name_pairs_of_all_documents(tmp_path: Path) -> None:
    pairs = filled_library(tmp_path).name_pairs()
    assert {("マゴク", "麻谷"), ("プクチョン", "北村"), ("国際労働機関", "ILO")} <= set(pairs)
    assert pairs == sorted(set(pairs))


SECOND_VERSION = SECOND_TABLES + """
INSERT INTO meta VALUES ('generation', 5), ('schema', 2);
INSERT INTO sources VALUES ('a.txt', 1, 'f', 'files/a.txt'), ('12345678_b.txt', 0, 'f', 'files/12345678_b.txt');
INSERT INTO documents VALUES ('a', 'a.txt', 0, '題名', '札幌市', 'press_release', 'ja', '2024-05', 'inferred', '5月', '一。',
  '{"sections": [], "segments": [{"kind": "sentence", "start": 0, "end": 2, "section": 0, "parents": []}], "tables": [], "omissions": [], "suspicions": [{"start": 0, "end": 1, "reason": "疑い"}], "names": [["マゴク", "麻谷"]]}');
INSERT INTO documents VALUES ('user-1', '12345678_b.txt', 0, '二', '札幌市', 'press_release', 'ja', NULL, 'unknown', NULL, '二。', '{"names": []}');
INSERT INTO chunks VALUES (7, 'a', 0, 2, '一。', '[]', NULL, ''), (9, 'user-1', 0, 2, '二。', '[]', NULL, '');
INSERT INTO removed_documents VALUES ('user-0', '12345678_b.txt');
"""
FIRST_VERSION = """
DELETE FROM sources WHERE name = '12345678_b.txt';
DROP TABLE chunks;
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL, heading TEXT NOT NULL, page INTEGER, context TEXT NOT NULL, generation INTEGER NOT NULL);
CREATE INDEX chunks_by_generation ON chunks(generation);
CREATE TABLE removed_chunks (id INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
INSERT INTO chunks VALUES (7, 'a', 0, 2, '一。', '[]', NULL, '', 1);
UPDATE documents SET parts = json_remove(parts, '$.pages');
UPDATE meta SET value = 1 WHERE key = 'schema';
"""


def test_a_library_of_the_first_version_opens_as_it_was(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library.sqlite") as connection:
        connection.executescript(f"{SECOND_VERSION}PRAGMA foreign_keys=ON;{FIRST_VERSION}")
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Library, [tmp_path] * 4))
    assert [library.chunk_ids() for library in opened] == [{7: "a"}] * 4
    found = opened[0].document("a")
    assert found is not None and found.pages == () and opened[0].faults() == []
    opened[0].replace_source(source("a.txt"), "g", [pair("a", ["一。", "二。"])])
    assert min(set(opened[0].chunk_ids()) - {7}) > 7


def test_a_library_of_the_second_version_opens_with_all_that_it_held(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library.sqlite") as connection:
        connection.executescript(SECOND_VERSION)
    with ThreadPoolExecutor(4) as pool:
        _, library, *_ = pool.map(Library, [tmp_path] * 4)
    assert (library.chunk_ids(), library.generation, library.faults()) == ({7: "a", 9: "user-1"}, 5, [])
    first, second = library.infos()
    assert (first.chars, first.chunks, first.version, first.suspicions, first.file) == (2, 1, 1, 1, "a.txt")
    assert (second.id, second.file, library.removed_documents(second.source)) == ("user-1", "b.txt", {"user-0"})
    found = library.document("a")
    assert found is not None and (found.text, found.date.value, found.segments) == ("一。", "2024-05", (Segment("sentence", 0, 2, 0, ()),))
    assert library.name_pairs() == [("マゴク", "麻谷")]
    assert library.same_texts([digest_of("二。")]) == {digest_of("二。"): ("user-1", "12345678_b.txt")}


def test_a_migration_that_is_killed_leaves_the_older_library(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "library.sqlite") as connection:
        connection.executescript(SECOND_VERSION)
    code = "import os, sqlite3, sys; import ingest.library.schema as s; from pathlib import Path; from ingest.library.library import Library; s.digest_of = lambda text: os.kill(os.getpid(), 9); Library(Path(sys.argv[1]))"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT).returncode == -9
    with sqlite3.connect(tmp_path / "library.sqlite") as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == (2,)
    assert Library(tmp_path).document("a") is not None
