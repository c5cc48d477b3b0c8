"""The saved index: only what changed is encoded, what doesn't match is refused, what is damaged is made anew."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from library_fixtures import BigramEmbedder, built_index, corpus_pairs, count_characters, filled_library, settings_of

from index.embeddings import passage_of
from index.manifest import read_manifest
from index.saved_index import SavedIndex
from index.vectors import FaissStore
from index.wiring import open_searcher
from index.word_index import WordIndex
from ingest.chunking import chunk_document
from ingest.errors import ShirabeError
from ingest.library.library import Library

SAPPORO_ID, SAPPORO_SOURCE = "003-f26a4bcb", "003_sapporo_press_release_2004.txt"


class OtherEmbedder(BigramEmbedder):
    """Vectors that no BigramEmbedder gives."""

    name = "others"

    def encode_passages(self, texts, spans):
        whole, inside = super().encode_passages(texts, spans)
        return -whole, inside


@pytest.fixture(scope="module")
def whole_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is up to date; tests copy it."""
    home = tmp_path_factory.mktemp("whole")
    built_index(home)
    return home


@pytest.fixture
def home(whole_home: Path, tmp_path: Path) -> Path:
    """An up-to-date home of the test's own."""
    return Path(shutil.copytree(whole_home, tmp_path / "home"))


def opened(home: Path, model: BigramEmbedder | None = None, /, **changed: object) -> SavedIndex:
    """The saved index of a home."""
    return SavedIndex(Library(home), model or BigramEmbedder(), settings_of(home, **changed))


def assert_whole(home: Path, model: BigramEmbedder | None = None, /, **changed: object) -> None:
    """Library, FAISS and words agree, and every vector is that of its chunk."""
    index = opened(home, model, **changed)
    assert index.faults() == [] and index.is_current()
    chunks = index.library.chunks(index.library.chunk_ids())
    store, words = FaissStore.load(home / "vectors.faiss"), WordIndex(home / "words")
    assert sorted(store.ids.tolist()) == sorted(words.ids()) == sorted(chunks)
    documents = {i.id: index.library.document(i.id) for i in index.library.infos()}
    expected, _ = (model or BigramEmbedder()).encode_passages([passage_of(c, documents[c.document_id]).text for c in chunks.values()], [()] * len(chunks))
    np.testing.assert_array_equal(store.vectors(list(chunks)), expected)
    for document in ("003-f26a4bcb", "004-f83d6128"):
        held = [i for i, c in chunks.items() if c.document_id == document]
        assert sorted(i for i in words.ids() if i in held) == sorted(held)


def stamps(home: Path) -> dict[str, int]:
    """When each derived file was last written."""
    return {str(p.relative_to(home)): p.stat().st_mtime_ns for p in home.rglob("*") if p.is_file() and p.name.startswith(("vectors", "manifest", "meta.json", "seal.json"))}


def test_a_build_holds_every_chunk_in_both_indexes(home: Path) -> None:
    assert_whole(home)
    manifest = read_manifest(home / "manifest.json")
    assert manifest is not None and (manifest.dimension, manifest.chunk_tokens) == (64, 256)
    assert FaissStore.load(home / "vectors.faiss").generation == WordIndex(home / "words").generation == Library(home).generation == 5


def test_a_second_build_encodes_and_writes_nothing(home: Path) -> None:
    before, embedder = stamps(home), BigramEmbedder()
    assert len(before) >= 4
    opened(home, embedder).bring_up_to_date()
    assert embedder.encoded == [] and stamps(home) == before


def test_a_changed_source_costs_only_its_own_new_chunks(home: Path) -> None:
    """A sentence at the end of the Sapporo release changes its last chunk and nothing else."""
    source, pairs = next((s, p) for s, p in corpus_pairs() if s.name == SAPPORO_SOURCE)
    document = pairs[0][0]
    text = document.text + "追記を一つ加える。\n"
    segments = (*document.segments, replace(document.segments[-1], start=len(document.text), end=len(text) - 1, kind="sentence", parents=()))
    changed = replace(document, text=text, segments=segments)
    chunks = chunk_document(changed, count_characters, 300)
    new = [c for c in chunks if c not in pairs[0][1]]
    assert 0 < len(new) < len(chunks)
    Library(home).replace_source(source, "changed", [(changed, chunks)])
    embedder = BigramEmbedder()
    told: list[tuple[str, int, int]] = []
    opened(home, embedder).bring_up_to_date(lambda *now: told.append(now))
    assert sorted(embedder.encoded) == sorted(passage_of(c, changed).text for c in new)
    assert told[-1] == ("埋め込み", len(new), len(new))
    assert_whole(home)


def test_a_removed_source_goes_from_everywhere(home: Path) -> None:
    kept = sum(d != SAPPORO_ID for d in Library(home).chunk_ids().values())
    Library(home).remove_source(SAPPORO_SOURCE)
    index = opened(home)
    assert any("世代" in fault for fault in index.faults()) and not index.is_current()
    index.bring_up_to_date()
    assert_whole(home)
    with sqlite3.connect(home / "embeddings.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone()[0] == kept


def test_a_source_that_comes_back_gets_new_ids(home: Path) -> None:
    before = {i for i, d in Library(home).chunk_ids().items() if d == SAPPORO_ID}
    Library(home).remove_source(SAPPORO_SOURCE)
    opened(home).bring_up_to_date()
    filled_library(home)
    opened(home).bring_up_to_date()
    assert not before & set(Library(home).chunk_ids())
    assert_whole(home)


def test_changes_between_builds_add_up(home: Path) -> None:
    """Removed, put back, and removed again before the next build."""
    library = Library(home)
    library.remove_source(SAPPORO_SOURCE)
    filled_library(home)
    library.remove_document("001-d080b325")
    opened(home).bring_up_to_date()
    assert_whole(home)


MISMATCHES = [({"embedder": "ruri"}, "embedder: shirabe-e5-small-1 → ruri"), ({"passage_prefix": "検索文書: "}, "passage_prefix: passage:  → 検索文書: "), ({"query_prefix": ""}, "query_prefix"), ({"chunk_tokens": 100}, "chunk_tokens: 256 → 100")]


@pytest.mark.parametrize(("changed", "said"), MISMATCHES)
def test_an_index_of_other_settings_is_refused_with_the_command(home: Path, changed: dict, said: str) -> None:
    index = opened(home, **changed)
    assert not index.is_current()
    for refusing in (index.searcher, index.refuse_mismatch, lambda: open_searcher(settings_of(home, **changed), BigramEmbedder())):
        with pytest.raises(ShirabeError, match="index build") as refused:
            refusing()
        assert said in str(refused.value)
    assert any(said in fault for fault in index.faults())


@pytest.mark.parametrize(("changed", "said"), MISMATCHES)
def test_a_build_with_other_settings_makes_the_index_anew(home: Path, changed: dict, said: str) -> None:
    assert said
    embedder = OtherEmbedder()
    opened(home, embedder, **changed).bring_up_to_date()
    if "embedder" in changed or "passage_prefix" in changed:
        assert_whole(home, OtherEmbedder(), **changed)
        assert len(embedder.encoded) == len(Library(home).chunk_ids())
    else:  # the same passages of the same embedder: the kept vectors hold
        assert embedder.encoded == []
        assert_whole(home, **changed)


def test_an_index_of_another_dimension_is_refused(home: Path) -> None:
    class Small(BigramEmbedder):
        dimension = 32

    index = SavedIndex(Library(home), Small(), settings_of(home, embedder="small"))
    with pytest.raises(ShirabeError, match="dimension: 64 → 32"):
        index.searcher()


class Stopping(OtherEmbedder):
    """Is stopped while it encodes, as by a kill."""

    def encode_passages(self, texts, spans):
        raise KeyboardInterrupt


def test_a_build_for_another_embedder_that_is_stopped_goes_on_with_it(home: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        opened(home, Stopping(), embedder="others").bring_up_to_date()
    opened(home, OtherEmbedder(), embedder="others").bring_up_to_date()
    assert_whole(home, OtherEmbedder(), embedder="others")


def test_a_first_build_that_is_stopped_goes_on(tmp_path: Path) -> None:
    filled_library(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        opened(tmp_path, Stopping()).bring_up_to_date()
    assert opened(tmp_path).faults()
    opened(tmp_path).bring_up_to_date()
    assert_whole(tmp_path)


def put(path: Path, data: bytes) -> None:
    """Another file in its place: one that is still mapped into memory may not be cut under its readers."""
    path.unlink()
    path.write_bytes(data)


def cut(path: Path) -> None:
    """Leave the first half."""
    put(path, path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Turn one bit over in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    put(path, bytes(data))


def empty(path: Path) -> None:
    """Leave nothing in it."""
    put(path, b"")


HARMS: list[Callable[[Path], None]] = [cut, flip, empty, Path.unlink]


@pytest.mark.parametrize("harm", HARMS, ids=["cut", "flipped", "empty", "gone"])
def test_damaged_vectors_are_made_anew_from_the_kept_ones(home: Path, harm: Callable[[Path], None]) -> None:
    harm(home / "vectors.faiss")
    index = opened(home, embedder := BigramEmbedder())
    assert not index.is_current() and any(f.startswith("FAISS") for f in index.faults())
    index.bring_up_to_date()
    assert embedder.encoded == []
    assert_whole(home)


@pytest.mark.parametrize("harm", HARMS, ids=["cut", "flipped", "empty", "gone"])
def test_a_searcher_over_damaged_vectors_repairs_them_first(home: Path, harm: Callable[[Path], None]) -> None:
    harm(home / "vectors.faiss")
    assert open_searcher(settings_of(home), BigramEmbedder()).search("札幌テクノパーク", 3)
    assert_whole(home)


@pytest.mark.parametrize("harm", [cut, empty, Path.unlink], ids=["cut", "empty", "gone"])
def test_a_damaged_manifest_is_made_anew(home: Path, harm: Callable[[Path], None]) -> None:
    harm(home / "manifest.json")
    index = opened(home)
    assert not index.is_current()
    index.bring_up_to_date()
    assert_whole(home)


def word_files(home: Path) -> list[str]:
    """The files of the word index by kind: one of each extension and the named ones."""
    found = {}
    for path in sorted((home / "words").iterdir()):
        found.setdefault(path.suffix if path.suffix not in ("", ".json", ".lock") else path.name, path.name)
    return sorted(found.values())


def assert_words_heal(home: Path, harm: Callable[[Path], None], kind: str) -> None:
    """A build after the harm leaves a word index that answers as before."""
    before = WordIndex(home / "words").search(["札幌", "施設"], 20)
    (name,) = [n for n in word_files(home) if (n if kind in (".json", "meta.json", "seal.json", ".managed.json") else Path(n).suffix) == kind]
    harm(home / "words" / name)
    opened(home).bring_up_to_date()
    assert_whole(home)
    assert WordIndex(home / "words").search(["札幌", "施設"], 20) == pytest.approx(before)


@pytest.mark.parametrize("harm", [cut, empty, Path.unlink], ids=["cut", "empty", "gone"])
@pytest.mark.parametrize("kind", ["meta.json", "seal.json"])
def test_a_word_index_without_its_head_is_made_anew(home: Path, kind: str, harm: Callable[[Path], None]) -> None:
    assert_words_heal(home, harm, kind)


@pytest.mark.parametrize("harm", [cut, empty, Path.unlink], ids=["cut", "empty", "gone"])
@pytest.mark.parametrize("kind", [".idx", ".term", ".store", ".fast", ".fieldnorm"])
def test_a_word_index_with_a_damaged_part_is_made_anew(home: Path, kind: str, harm: Callable[[Path], None]) -> None:
    assert_words_heal(home, harm, kind)


def scramble(path: Path) -> None:
    """Turn the first bytes over; length and footer stay."""
    data = path.read_bytes()
    put(path, bytes(255 - b for b in data[:48]) + data[48:])


@pytest.mark.parametrize("kind", [".fieldnorm", ".term", ".idx", ".pos", ".store", ".fast"])
def test_a_word_index_with_wrong_bytes_is_made_anew(home: Path, kind: str) -> None:
    assert_words_heal(home, scramble, kind)


def test_a_words_folder_that_is_gone_is_made_anew(home: Path) -> None:
    shutil.rmtree(home / "words")
    assert any("単語索引" in f for f in opened(home).faults())
    opened(home).bring_up_to_date()
    assert_whole(home)


def test_kept_vectors_that_are_gone_are_made_when_needed(home: Path) -> None:
    for path in home.glob("embeddings.sqlite*"):
        path.unlink()
    opened(home, embedder := BigramEmbedder()).bring_up_to_date()
    assert embedder.encoded == []
    (home / "vectors.faiss").unlink()
    opened(home, embedder).bring_up_to_date()
    assert len(embedder.encoded) == len(Library(home).chunk_ids())
    assert_whole(home)


def test_damaged_kept_vectors_are_made_anew(home: Path) -> None:
    (home / "embeddings.sqlite").write_bytes(b"no database" * 500)
    (home / "vectors.faiss").unlink()
    opened(home).bring_up_to_date()
    assert_whole(home)


def test_left_overs_of_a_killed_build_do_no_harm(home: Path) -> None:
    (home / ".vectors.faiss.4711").write_bytes(b"half")
    (home / "manifest.tmp").write_text("{")
    (home / "index.lock").touch()
    opened(home).bring_up_to_date()
    assert_whole(home)


def test_several_builds_at_once_leave_one_whole_index(tmp_path: Path) -> None:
    filled_library(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: opened(tmp_path).bring_up_to_date(), range(4)))
    assert_whole(tmp_path)


def test_an_index_without_anything_says_what_is_missing(tmp_path: Path) -> None:
    filled_library(tmp_path)
    faults = "\n".join(opened(tmp_path).faults())
    assert "FAISS" in faults and "単語索引" in faults


def test_faults_count_what_is_missing_and_what_is_left(home: Path) -> None:
    store = FaissStore.load(home / "vectors.faiss")
    store.drop(store.ids.tolist()[:3])
    store.put([99_999], np.eye(1, 64, dtype=np.float32), ["gone"])
    store.persist(str(home / "vectors.faiss"))
    assert opened(home).faults() == ["FAISS: 3個のチャンクがない", "FAISS: 消えたチャンクが1個残っている"]


def test_a_build_mends_every_fault_that_check_finds(home: Path) -> None:
    store = FaissStore.load(home / "vectors.faiss")
    store.drop(store.ids.tolist()[:3])
    store.persist(str(home / "vectors.faiss"))
    index = opened(home)
    assert index.faults()
    index.bring_up_to_date()
    assert index.faults() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_refused_in_words(home: Path) -> None:
    Library(home).remove_source(SAPPORO_SOURCE)
    home.chmod(0o500)
    try:
        with pytest.raises(ShirabeError, match="書けません"):
            opened(home).bring_up_to_date()
    finally:
        home.chmod(0o700)
