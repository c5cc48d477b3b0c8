"""Versions, corrections, edits, private documents and synced folders in the library, through the Reader that commands use."""

import os
import time
from pathlib import Path

import pytest
from test_ingest_sync import SECOND, TEXT, reader, written

from ingest.adding import add_paths, sync_folder
from ingest.errors import InputError
from ingest.failures import Failure
from ingest.formats.formats import load_file
from ingest.sync import Added, Reader

NEWER = TEXT.replace("くわしくは市の窓口で", "料金は500円である。くわしくは市の窓口で")
CORRECTION = "「札幌市、新しい施設を開設します」の訂正について\n\n札幌市は2024年5月9日、2024年5月1日に発表した「札幌市、新しい施設を開設します」の料金に誤りがあったと発表した。正しくは300円である。\n"


def added(outcomes) -> list:
    return [o.result for o in outcomes if o.name]


def settle(folder: Path) -> None:
    """Files so old that their looks are trusted: a look counts from two seconds after the last change."""
    time.sleep(2.1)


def test_a_file_of_the_same_path_replaces_its_older_version_which_stays_readable(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    old = r.add_file(written(tmp_path, "a.txt", TEXT)).documents[0]
    new = r.add_file(written(tmp_path, "a.txt", NEWER))
    assert (new.status, new.replaced) == ("replaced", (old,))
    (info,) = r.library.infos()
    assert (info.id, info.version) == (new.documents[0], 2)
    assert [(i.id, i.version, i.replaced_by, i.chunks) for i in r.library.older_versions(info.id)] == [(old, 1, info.id, 0)]
    assert r.library.document(old).text == TEXT and r.library.source(r.library.info(old).source).path.read_text() == TEXT
    assert set(r.library.chunk_ids().values()) == {info.id} and r.library.faults() == []


def test_going_back_to_the_first_text_makes_it_the_newest_version(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    first, second, third = (r.add_file(written(tmp_path, "a.txt", text)) for text in (TEXT, NEWER, TEXT))
    assert third.documents == first.documents
    (info,) = r.library.infos()
    assert (info.id, info.version, [i.id for i in r.library.older_versions(info.id)]) == (first.documents[0], 3, list(second.documents))
    assert r.library.faults() == []


def test_removing_a_document_takes_its_older_versions_along(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    r.add_file(written(tmp_path, "a.txt", TEXT))
    (id_,) = r.add_file(written(tmp_path, "a.txt", NEWER)).documents
    r.remove(id_)
    assert r.library.infos(versions=True) == [] and list((tmp_path / "home" / "files").iterdir()) == []


def test_only_alike_files_of_the_same_name_are_versions(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    for folder, text in (("x", TEXT), ("y", SECOND), ("z", NEWER)):
        (tmp_path / folder).mkdir()
        result = r.add_file(written(tmp_path / folder, "a.txt", text))
    assert (result.status == "replaced" and [i.version for i in r.library.infos()] == [1, 2]) or [i.version for i in r.library.infos()] == [2, 1]


def test_a_replacement_is_named(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    (old,) = r.add_file(written(tmp_path, "a.txt", TEXT)).documents
    (result,) = added(add_paths(r, [written(tmp_path, "b.txt", SECOND)], replaces=old))
    assert result.replaced == (old,) and [i.version for i in r.library.infos()] == [2]
    with pytest.raises(InputError):
        r.commit(r.prepare(load_file(written(tmp_path, "c.txt", TEXT)), "c.txt"), replaces="user-nothing")


def test_a_release_that_changes_in_a_bundle_leaves_the_others(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    first = r.add_file(written(tmp_path, "two.txt", f"{TEXT}\n\n\n\n{SECOND}")).documents
    second = r.add_file(written(tmp_path, "two.txt", f"{NEWER}\n\n\n\n{SECOND}"))
    assert second.replaced == first[:1] and second.documents[1] == first[1]
    assert [i.version for i in r.library.infos()] == [2, 1] and r.library.faults() == []


def test_a_correction_is_linked_whichever_comes_first(tmp_path: Path) -> None:
    for name, order in (("h1", (TEXT, CORRECTION)), ("h2", (CORRECTION, TEXT))):
        r = reader(tmp_path / name)
        for n, text in enumerate(order):
            r.add_file(written(tmp_path, f"{name}{n}.txt", text))
        infos = {i.title: i for i in r.library.infos()}
        earlier = infos["札幌市、新しい施設を開設します"]
        assert earlier.corrected_by and r.library.info(earlier.corrected_by).corrects == earlier.id
        r.remove(earlier.corrected_by)
        assert r.library.info(earlier.id).corrected_by is None and r.library.faults() == []


def test_edits_outlive_another_reading_and_hold_for_a_newer_version_that_reads_the_same(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    (id_,) = r.add_file(written(tmp_path, "a.txt", TEXT)).documents
    r.edit(id_, {"issuer": "札幌市 建設局", "date": "2024-05-02"})
    again = reader(tmp_path / "home", chunk_tokens=100)
    again.sync_corpus()
    info = again.library.info(id_)
    assert (info.issuer, info.date, info.date_basis) == ("札幌市 建設局", "2024-05-02", "edited")
    assert all("札幌市 建設局" in c.context for c in again.library.chunks(again.library.chunk_ids()).values())
    (newer,) = again.add_file(written(tmp_path, "a.txt", NEWER)).documents
    assert again.library.info(newer).issuer == "札幌市 建設局"
    again.edit(newer, {"issuer": "札幌市"})
    assert again.library.info(newer).issuer == "札幌市" and again.library.faults() == []


@pytest.mark.parametrize("wanted", [{"date": "昨日"}, {"date": "2024-13"}, {"title": " "}, {"title": "長" * 999}])
def test_edits_that_cannot_be_are_refused(tmp_path: Path, wanted: dict[str, str]) -> None:
    r = reader(tmp_path / "home")
    (id_,) = r.add_file(written(tmp_path, "a.txt", TEXT)).documents
    before = r.library.infos()
    with pytest.raises(InputError):
        r.edit(id_, wanted)
    assert r.library.infos() == before


def test_private_documents_are_seen_by_their_owner_alone(tmp_path: Path) -> None:
    r = reader(tmp_path / "home")
    (mine,) = r.add_file(written(tmp_path, "a.txt", TEXT), owner="k" * 32).documents
    (other,) = r.add_file(written(tmp_path, "a.txt", TEXT), owner="q" * 32).documents
    (shared,) = r.add_file(written(tmp_path, "a.txt", TEXT)).documents
    assert len({mine, other, shared}) == 3
    assert [i.id for i in r.library.infos()] == [shared]
    assert {i.id for i in r.library.infos(("", "k" * 32))} == {shared, mine}
    for action in (lambda: r.remove(mine, "q" * 32), lambda: r.edit(mine, {"title": "x"}, "q" * 32), lambda: r.remove(mine)):
        with pytest.raises(InputError):
            action()
    assert r.remove(mine, "k" * 32).documents_removed == 1 and r.library.faults() == []


def sync(r: Reader, folder: Path, **options) -> tuple[list, Added]:
    *files, total = list(sync_folder(r, folder, **options))
    return [o.result for o in files], total.result


def test_a_folder_is_followed(tmp_path: Path) -> None:
    folder, r = tmp_path / "in", reader(tmp_path / "home")
    (folder / "sub").mkdir(parents=True)
    written(folder, "a.txt"), written(folder / "sub", "b.txt", SECOND), written(folder, "copy.txt"), written(folder, "empty.txt", "")
    files, total = sync(r, folder)
    assert [getattr(f, "status", "failed") for f in files] == ["added", "unchanged", "failed", "added"] and total.changes.documents_added == 2
    settle(folder)
    sync(r, folder)
    read: list[Path] = []
    real = Reader.prepare
    Reader.prepare = lambda self, file, *rest: read.append(file.name) or real(self, file, *rest)  # type: ignore[method-assign,assignment]
    try:
        assert [type(f) for f in sync(r, folder)[0]] == [Failure] and read == ["empty.txt"]
        written(folder / "sub", "b.txt", SECOND.replace("二年", "三年"))
        assert [f.status for f in sync(r, folder)[0] if isinstance(f, Added)] == ["replaced"]
    finally:
        Reader.prepare = real  # type: ignore[method-assign]
    (folder / "a.txt").unlink()
    assert sync(r, folder)[1].changes.documents_removed == 0, "the same text still lies in copy.txt"
    (folder / "copy.txt").unlink(), (folder / "sub" / "b.txt").unlink()
    assert sync(r, folder)[1].changes.documents_removed == 2
    assert r.library.infos(versions=True) == [] and r.library.faults() == []


def test_an_empty_or_missing_folder_takes_nothing_away_unasked(tmp_path: Path) -> None:
    folder, r = tmp_path / "in", reader(tmp_path / "home")
    folder.mkdir()
    path = written(folder, "a.txt")
    sync(r, folder)
    path.unlink()
    with pytest.raises(InputError, match="allow-empty"):
        sync(r, folder)
    folder.rmdir()
    with pytest.raises(InputError, match="フォルダー"):
        sync(r, folder)
    folder.mkdir()
    assert sync(r, folder, allow_empty=True)[1].changes.documents_removed == 1


def test_a_renamed_file_stays_one_document(tmp_path: Path) -> None:
    folder, r = tmp_path / "in", reader(tmp_path / "home")
    folder.mkdir()
    path = written(folder, "a.txt")
    sync(r, folder)
    path.rename(folder / "b.txt")
    (id_,) = [i.id for i in r.library.infos()]
    assert sync(r, folder)[1].changes.documents_removed == 0 and [i.id for i in r.library.infos()] == [id_]


def test_a_change_of_the_same_size_and_time_is_seen(tmp_path: Path) -> None:
    folder, r = tmp_path / "in", reader(tmp_path / "home")
    folder.mkdir()
    path = written(folder, "a.txt")
    os.utime(path, (1e9, 1e9))
    sync(r, folder)
    settle(folder)
    sync(r, folder)
    written(folder, "a.txt", TEXT.replace("2024年5月1日", "2024年5月2日"))
    os.utime(path, (1e9, 1e9))
    assert [f.status for f in sync(r, folder)[0]] == ["replaced"]


def test_a_clock_set_back_costs_reading_and_loses_nothing(tmp_path: Path) -> None:
    folder, r = tmp_path / "in", reader(tmp_path / "home")
    folder.mkdir()
    path = written(folder, "a.txt")
    os.utime(path, (4e9, 4e9))
    sync(r, folder)
    written(folder, "a.txt", TEXT.replace("2024年5月1日", "2024年5月2日"))
    os.utime(path, (4e9, 4e9))
    assert [f.status for f in sync(r, folder)[0]] == ["replaced"] and sync(r, folder)[0] == []
