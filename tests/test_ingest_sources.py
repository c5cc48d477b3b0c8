"""The corpus's listing, right and wrong."""

import hashlib
from pathlib import Path

import pytest
from library_fixtures import CORPUS, corpus

from ingest.errors import InputError
from ingest.sources import corpus_sources

TEXT = "札幌市、新しい施設を開設します\n\n札幌市は2024年5月1日、市民のための新しい施設を開設すると発表した。くわしくは市のホームページで確かめられる。\n"
DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()


def corpus_of(folder: Path, listing: str) -> Path:
    """A corpus folder with one file ``a.txt``."""
    (folder / "files").mkdir()
    (folder / "files" / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "sources.toml").write_text(listing, encoding="utf-8")
    return folder


def test_the_corpus_listing_names_its_five_files() -> None:
    found = corpus_sources(CORPUS)
    assert [s.name for s in found] == list(corpus())
    assert [s.issuer for s in found] == ["ソウル特別市", "ソウル特別市", "光州広域市", "札幌市", "CLAIR ソウル事務所"]
    assert [s.kind for s in found] == ["press_release"] * 4 + ["report"]
    assert all(s.is_corpus and s.origin and s.sha256 == hashlib.sha256(s.path.read_bytes()).hexdigest() for s in found)


def test_an_entry_is_read_with_what_it_says(tmp_path: Path) -> None:
    listing = f'[[source]]\nfile = "a.txt"\nissuer = "札幌市"\nkind = "press_release"\nlanguage = "ja"\norigin = "手元"\nsha256 = "{DIGEST}"\n'
    (found,) = corpus_sources(corpus_of(tmp_path, listing))
    assert (found.path, found.name, found.issuer, found.kind, found.language, found.origin, found.sha256) == (tmp_path / "files" / "a.txt", "a.txt", "札幌市", "press_release", "ja", "手元", DIGEST)


def test_an_entry_needs_no_more_than_file_and_kind(tmp_path: Path) -> None:
    (found,) = corpus_sources(corpus_of(tmp_path, '[[source]]\nfile = "a.txt"\nkind = "report"\n'))
    assert (found.issuer, found.language, found.sha256) == ("", "", DIGEST)


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ('[[source]]\nfile = "a.txt', "読めません"),
        ('[[source]]\nkind = "report"', "file = ''"),
        ('[[source]]\nfile = "b.txt"\nkind = "report"', "b.txt"),
        ('[[source]]\nfile = "../sources.toml"\nkind = "report"', "sources.toml"),
        ('[[source]]\nfile = "/etc/passwd"\nkind = "report"', "passwd"),
        ('[[source]]\nfile = "a.txt"', "kind"),
        ('[[source]]\nfile = "a.txt"\nkind = "novel"', "press_release か report"),
        ('[[source]]\nfile = "a.txt"\nkind = "report"\nisuer = "x"', "isuer"),
        (f'[[source]]\nfile = "a.txt"\nkind = "report"\nsha256 = "{"0" * 64}"', DIGEST),
    ],
)
def test_wrong_listings_are_refused_in_words(tmp_path: Path, listing: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        corpus_sources(corpus_of(tmp_path, listing))
    assert said in str(refused.value) and "sources.toml" in str(refused.value)


@pytest.mark.parametrize("listing", ['source = "a.txt"', 'source = ["a.txt"]', '[source]\nfile = "a.txt"\nkind = "report"', '[[source]]\nfile = 5\nkind = "report"', '[[source]]\nfile = "a.txt"\nkind = "report"\nissuer = 5'])
def test_listings_of_wrong_types_are_refused_in_words(tmp_path: Path, listing: str) -> None:
    with pytest.raises(InputError):
        corpus_sources(corpus_of(tmp_path, listing))


def test_a_folder_without_a_listing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--corpus"):
        corpus_sources(tmp_path)


def test_a_listing_that_is_no_text_is_refused(tmp_path: Path) -> None:
    corpus_of(tmp_path, "")
    (tmp_path / "sources.toml").write_bytes("[[source]]\nfile = 'あ'".encode("cp932"))
    with pytest.raises(InputError, match="読めません"):
        corpus_sources(tmp_path)
