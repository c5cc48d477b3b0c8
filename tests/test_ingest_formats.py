"""Files of every kind that somebody might hand over: told by their bytes, read, or refused in words."""

from pathlib import Path

import pytest
from library_fixtures import raw_text
from pdf_fixtures import lines, pdf, written

from ingest.errors import InputError
from ingest.formats.formats import LARGEST_FILE, LARGEST_TEXT, load_file, read_content, read_text

TEXT = "札幌市、新しい施設を開設します\n\n札幌市は2024年5月1日、市民のための新しい施設を開設すると発表した。くわしくは市のホームページで確かめられる。\n"


def read(path: Path) -> str:
    """The text of a file."""
    return read_text(load_file(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
def test_japanese_files_are_read_in_their_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode(encoding))
    assert read(tmp_path / "a.txt") == TEXT


def test_mail_encoding_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT.encode("iso2022_jp"))
    assert read(tmp_path / "a.txt") == TEXT


def test_the_sapporo_release_in_shift_jis_is_the_same_text(tmp_path: Path) -> None:
    text = raw_text("003_sapporo_press_release_2004.txt")
    (tmp_path / "a.txt").write_bytes(text.encode("cp932"))
    assert read(tmp_path / "a.txt") == text


@pytest.mark.parametrize("name", ["003_sapporo_press_release_2004.txt", "002_gwangju_press_releases_2019-2020.txt"])
def test_corpus_files_in_euc_are_the_same_text(tmp_path: Path, name: str) -> None:
    """What EUC-JP can't write is left out first."""
    text = raw_text(name).encode("euc_jp", "ignore").decode("euc_jp")
    (tmp_path / "a.txt").write_bytes(text.encode("euc_jp"))
    assert read(tmp_path / "a.txt") == text


@pytest.mark.parametrize("data", [b"", b" \n\t ", b"\xef\xbb\xbf"])
def test_empty_files_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(InputError, match="空"):
        read(tmp_path / "a.txt")


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n" + bytes(2000), b"PK\x03\x04" + bytes(500), "あ".encode() * 10 + b"\0" * 10])
def test_binary_files_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(InputError, match="テキストとして読めません"):
        read(tmp_path / "a.txt")


def test_a_folder_a_missing_file_and_a_giant_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.txt", tmp_path / ("x" * 300)):
        with pytest.raises(InputError, match="読めません"):
            load_file(path)
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(LARGEST_TEXT + 1)
    with pytest.raises(InputError, match="大きすぎます"):
        load_file(tmp_path / "big.txt")


def test_the_bytes_tell_a_pdf_whatever_its_name(tmp_path: Path) -> None:
    data = pdf(lines(["札幌市は図書館を建て替えると発表した。"]))
    for name in ("a.pdf", "A.PDF", "a.txt", "a"):
        content = read_content(load_file(written(tmp_path / name, data)))
        assert (content.kind, content.pages, [line.text for line in content.lines if line.text]) == ("", 1, ["札幌市は図書館を建て替えると発表した。"])


def test_text_about_pdf_is_text(tmp_path: Path) -> None:
    assert read_content(load_file(written(tmp_path / "a.md", "PDF は %PDF- で始まる。".encode()))).pages == 0


@pytest.mark.parametrize("data", [TEXT.encode(), b"PK\x03\x04" + bytes(500)])
def test_what_is_no_pdf_though_it_is_called_so_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"^a\.pdf: 名前は \.pdf ですが、中身が PDF ではありません"):
        read_content(load_file(written(tmp_path / "a.pdf", data)))


def test_a_giant_pdf_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "big.pdf").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(InputError, match="大きすぎます"):
        load_file(tmp_path / "big.pdf")
