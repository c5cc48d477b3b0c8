"""The library follows the corpus, and takes in and gives up files of the user's own, whatever they are called."""

import json
import os
import shutil
from pathlib import Path

import pytest
from library_fixtures import CORPUS, SAPPORO, SEOUL, corpus_documents, count_characters, raw_text, settings_of
from pdf_fixtures import lines, pdf

from ingest.chunking import chunk_document
from ingest.errors import InputError
from ingest.library.library import Library
from ingest.sync import Reader

TEXT = "札幌市、新しい施設を開設します\n\n札幌市は2024年5月1日、市民のための新しい施設を開設すると発表した。くわしくは市の窓口で確かめられる。\n"
SECOND = "釧路市、図書館を建て替えます\n\n釧路市は2024年6月2日、古い図書館を建て替えると発表した。工事は来年の春に始まり、二年ほどかかる見込みである。\n"


def reader(home: Path, corpus: Path | None = None, chunk_tokens: int = 300) -> Reader:
    """A reader that counts characters, over a corpus of its own or none."""
    if corpus is None:
        corpus = home / "corpus"
        if not corpus.exists():
            listing(corpus)
    made = Reader(Library(home), settings_of(home, corpus=corpus, chunk_tokens=chunk_tokens))
    made._count = count_characters  # the real tokenizer takes seconds and plays no part here
    return made


def listing(corpus: Path, *names: str) -> Path:
    """(Re)write the listing of a corpus folder; the files themselves are put there by the test."""
    (corpus / "files").mkdir(parents=True, exist_ok=True)
    (corpus / "sources.toml").write_text("".join(f'[[source]]\nfile = "{n}"\nkind = "press_release"\n' for n in names), encoding="utf-8")
    return corpus


def test_the_corpus_comes_in_whole_and_stays_unchanged(tmp_path: Path) -> None:
    r, read_files = reader(tmp_path, CORPUS), []
    first = r.sync_corpus(read_files.append)
    assert (first.documents_added, first.documents_changed, first.documents_removed, first.documents_unchanged) == (24, 0, 0, 0)
    assert [i.id for i in r.library.infos()] == [d.id for d in corpus_documents()]
    assert read_files == sorted({d.source for d in corpus_documents()})
    generation = r.library.generation
    again = r.sync_corpus(read_files.append)
    assert (again.documents_added, again.documents_unchanged, again.chunks_unchanged) == (0, 24, first.chunks_added)
    assert r.library.generation == generation and len(read_files) == 5


def test_stored_chunks_are_those_of_the_settings(tmp_path: Path) -> None:
    r = reader(tmp_path, CORPUS, chunk_tokens=200)
    r.sync_corpus()
    for document in corpus_documents():
        expected = chunk_document(document, count_characters, 200)
        ids = [i for i, d in r.library.chunk_ids().items() if d == document.id]
        assert sorted(r.library.chunks(ids).values(), key=lambda c: c.start) == expected


def test_files_added_changed_and_dropped_are_followed(tmp_path: Path) -> None:
    corpus = listing(tmp_path / "corpus", "a.txt", "b.txt")
    (corpus / "files" / "a.txt").write_text(TEXT)
    (corpus / "files" / "b.txt").write_text(SECOND)
    r = reader(tmp_path)
    assert r.sync_corpus().documents_added == 2
    (corpus / "files" / "a.txt").write_text(TEXT.replace("新しい施設を開設すると", "新しい施設を開くと"))
    changed = r.sync_corpus()
    assert (changed.documents_changed, changed.documents_unchanged, changed.documents_added, changed.documents_removed) == (1, 1, 0, 0)
    listing(corpus, "b.txt")
    dropped = r.sync_corpus()
    assert (dropped.documents_removed, dropped.documents_unchanged) == (1, 1)
    assert [i.title for i in r.library.infos()] == ["釧路市、図書館を建て替えます"]


def test_other_splitter_settings_make_other_chunks_of_the_same_documents(tmp_path: Path) -> None:
    before = reader(tmp_path, CORPUS, chunk_tokens=300)
    before.sync_corpus()
    ids = [i.id for i in before.library.infos()]
    after = reader(tmp_path, CORPUS, chunk_tokens=100)
    changes = after.sync_corpus()
    assert changes.chunks_added > 0 and changes.documents_added == changes.documents_removed == 0
    assert [i.id for i in after.library.infos()] == ids
    assert after.library.faults() == []


def test_the_same_release_in_two_files_is_kept_when_one_goes(tmp_path: Path) -> None:
    corpus = listing(tmp_path / "corpus", "1_a.txt", "2_b.txt")
    for name in ("1_a.txt", "2_b.txt"):
        (corpus / "files" / name).write_text(TEXT)
    r = reader(tmp_path)
    r.sync_corpus()
    listing(corpus, "1_a.txt")
    r.sync_corpus()
    assert [(i.source, i.title) for i in r.library.infos()] == [("1_a.txt", "札幌市、新しい施設を開設します")]


def test_the_same_release_in_two_files_of_one_prefix_is_kept_when_one_goes(tmp_path: Path) -> None:
    corpus = listing(tmp_path / "corpus", "report_1.txt", "report_2.txt")
    for name in ("report_1.txt", "report_2.txt"):
        (corpus / "files" / name).write_text(TEXT)
    r = reader(tmp_path)
    r.sync_corpus()
    listing(corpus, "report_1.txt")
    r.sync_corpus()
    assert [i.title for i in r.library.infos()] == ["札幌市、新しい施設を開設します"]


def test_a_release_that_stands_twice_in_a_file_is_one_document(tmp_path: Path) -> None:
    corpus = listing(tmp_path / "corpus", "a.txt")
    (corpus / "files" / "a.txt").write_text(f"{TEXT}\n\n\n\n{SECOND}\n\n\n\n{TEXT}")
    r = reader(tmp_path)
    assert r.sync_corpus().documents_added == 2


def written(folder: Path, name: str | bytes, data: str | bytes = TEXT) -> Path:
    """A file with any name that the file system takes."""
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    with open(path, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
    return Path(os.fsdecode(path))


EMOJI = "😀" * 62 + ".txt"  # 252 bytes, which a file system allows; the copy's name gets nine more
HOSTILE = ["a b.txt", "改行\n入り.txt", "右から\u202e左txt.exe", "x" * 250 + ".txt", "😀.txt", "'; DROP TABLE sources; --.txt", "%s{0}$HOME`id`.txt", " .txt", "\t", "CON", "a:b*c?.txt", "市" * 80 + ".txt"]


@pytest.mark.parametrize("name", HOSTILE)
def test_files_with_hostile_names_are_kept_within_the_home(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    r = reader(tmp_path / "home")
    added = r.add_file(written(folder, name))
    source, changes = added.source, added.changes
    assert changes.documents_added == 1
    assert source.path.parent == tmp_path / "home" / "files" and source.path.read_text() == TEXT
    assert source.name.isprintable() and len(source.path.name.encode()) <= 255
    assert [i.title for i in r.library.infos()] == ["札幌市、新しい施設を開設します"]
    r.remove(r.library.infos()[0].id)
    assert list((tmp_path / "home" / "files").iterdir()) == [] and r.library.infos() == []


def test_a_name_of_bytes_that_are_no_text_is_kept(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    source = r.add_file(written(tmp_path, b"\xff\xfe\x80.txt")).source
    assert source.path.read_text() == TEXT
    assert source.name.encode("utf-8").decode() == source.name


def test_a_name_of_many_emoji_is_kept(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    assert r.add_file(written(tmp_path, EMOJI)).changes.documents_added == 1


@pytest.mark.parametrize("path", ["../outside.txt", "./x/../../outside.txt"])
def test_a_path_upwards_is_only_read_from(tmp_path: Path, path: str) -> None:
    (tmp_path / "in" / "x").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text(TEXT)
    (tmp_path / "in" / "outside.txt").write_text(TEXT)
    source = reader(tmp_path / "home").add_file(tmp_path / "in" / path).source
    assert source.path.parent == tmp_path / "home" / "files"
    assert source.name.endswith("_outside.txt")


def test_the_same_text_twice_is_refused_with_its_id(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    r.add_file(written(tmp_path, "a.txt"))
    (info,) = r.library.infos()
    for name, text in (("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", f"\n\n{TEXT}\n"), ("d.md", TEXT.replace("\n", "\r\n"))):
        again = r.add_file(written(tmp_path, name, text))
        assert (again.status, again.documents) == ("unchanged", (info.id,))
    assert [i.id for i in r.library.infos()] == [info.id]
    assert len(list((tmp_path / "home" / "files").iterdir())) == 1


def test_a_document_of_the_corpus_is_known_as_such(tmp_path: Path) -> None:
    r = reader(tmp_path / "home", CORPUS)
    r.sync_corpus()
    sapporo = next(d for d in corpus_documents() if d.source == SAPPORO)
    assert r.add_file(written(tmp_path, "mine.txt", raw_text(SAPPORO))).documents == (sapporo.id,)
    assert not (tmp_path / "home" / "files").exists()


@pytest.mark.parametrize("data", ["", "  \n", bytes(range(256)) * 9])
def test_a_refused_file_leaves_nothing(tmp_path: Path, data: str | bytes) -> None:
    r = reader(tmp_path / "home")
    with pytest.raises(InputError):
        r.add_file(written(tmp_path, "a.txt", data))
    assert r.library.infos() == [] and not (tmp_path / "home" / "files").exists()


def test_a_shift_jis_file_is_stored_as_its_text(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    r.add_file(written(tmp_path, "a.txt", TEXT.encode("cp932")))
    document = r.library.document(r.library.infos()[0].id)
    assert document is not None and document.text == TEXT


def test_a_bundle_of_a_user_is_several_documents(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    changes = r.add_file(written(tmp_path, "two.txt", f"{TEXT}\n\n\n\n{SECOND}")).changes
    assert changes.documents_added == 2
    assert [i.title for i in r.library.infos()] == ["札幌市、新しい施設を開設します", "釧路市、図書館を建て替えます"]


def test_removing_one_of_two_keeps_the_file_until_the_last(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    source = r.add_file(written(tmp_path, "two.txt", f"{TEXT}\n\n\n\n{SECOND}")).source
    first, second = (i.id for i in r.library.infos())
    assert r.remove(first).documents_removed == 1
    assert source.path.exists() and [i.id for i in r.library.infos()] == [second]
    r.remove(second)
    assert not source.path.exists() and r.library.fingerprints() == {}


def test_a_removed_document_stays_removed_when_settings_change(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    r.add_file(written(tmp_path, "two.txt", f"{TEXT}\n\n\n\n{SECOND}"))
    first, second = (i.id for i in r.library.infos())
    r.remove(first)
    again = reader(tmp_path / "home", chunk_tokens=100)
    again.sync_corpus()
    assert [i.id for i in again.library.infos()] == [second]


def test_a_home_can_be_moved(tmp_path: Path) -> None:
    reader(tmp_path / "old").add_file(written(tmp_path, "a.txt"))
    shutil.move(tmp_path / "old", tmp_path / "new")
    moved = reader(tmp_path / "new")
    moved.sync_corpus()
    assert len(moved.library.infos()) == 1


def test_documents_of_the_corpus_and_unknown_ones_are_not_removed(tmp_path: Path) -> None:
    r = reader(tmp_path / "home", CORPUS)
    r.sync_corpus()
    with pytest.raises(InputError, match=r"sources\.toml"):
        r.remove(r.library.infos()[0].id)
    with pytest.raises(InputError, match="ingest list"):
        r.remove("user-00000000")
    assert len(r.library.infos()) == 24


def test_a_users_files_stay_when_the_corpus_is_read_again(tmp_path: Path) -> None:
    r = reader(tmp_path / "home", CORPUS)
    r.sync_corpus()
    r.add_file(written(tmp_path, "a.txt"))
    changes = r.sync_corpus()
    assert changes.documents_unchanged == 25
    assert r.library.infos()[-1].id.startswith("user-")


def test_every_document_reads_back_as_it_was_read(tmp_path: Path) -> None:
    r = reader(tmp_path, CORPUS)
    r.sync_corpus()
    for document in corpus_documents():
        assert r.library.document(document.id) == document
    assert json.dumps([i.source for i in r.library.infos()]).count(SEOUL) == 12


def test_a_stray_nul_does_no_harm(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    text = TEXT + "\n" + "市民は施設を使う。" * 200 + "\0" + "市民は施設を使う。" * 200 + "\n"
    r.add_file(written(tmp_path, "a.txt", text))
    (info,) = r.library.infos()
    assert (info.chars, r.library.faults()) == (len(r.library.document(info.id).text), [])  # type: ignore[union-attr]


def test_a_file_of_lone_bullets_is_refused_or_harmless(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    try:
        r.add_file(written(tmp_path, "a.txt", "・\n・\n"))
    except InputError:
        return
    assert r.library.faults() == []


def test_a_pdf_comes_in_with_its_pages(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    added = r.add_file(written(tmp_path, "報告.pdf", pdf(lines(["図書館の建て替えに関する報告書"], size=24), lines([]), lines(SECOND.split()), password="")))
    assert (added.pages, added.empty_pages, added.changes.documents_added) == (3, (2,), 1)
    (info,) = r.library.infos()
    assert (info.title, info.kind) == ("図書館の建て替えに関する報告書", "press_release")
    document = r.library.document(info.id)
    assert document is not None and [(page.number, document.page_at(page.start)) for page in document.pages] == [(1, 1), (3, 3)]
    assert {chunk.page for chunk in r.library.chunks(r.library.chunk_ids()).values()} == {1, 3}


def test_a_file_of_the_corpus_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    corpus = listing(tmp_path / "corpus", "a.txt", "b.pdf", "c.txt")
    for name, data in (("a.txt", TEXT.encode()), ("b.pdf", b"%PDF-1.7 broken"), ("c.txt", SECOND.encode())):
        (corpus / "files" / name).write_bytes(data)
    changes = reader(tmp_path / "home", corpus).sync_corpus()
    assert changes.documents_added == 2
    assert [failure.name for failure in changes.failures] == ["b.pdf"]
