"""Encodings: every usual one is told by the bytes alone; damaged and mixed files keep what can be read; no text is no text."""

import pytest
from library_fixtures import GWANGJU, SAPPORO, raw_text

from ingest.content import FileData
from ingest.formats.encodings import decode
from ingest.formats.formats import read_content

TEXT = "札幌市、新しい施設を開設します\n\n札幌市は2024年5月1日、市民のための新しい施設を開設すると発表した。\n"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "iso2022_jp")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", [TEXT, "ひらがなだけのみじかいぶん\n", "カタカナ\n", "図書館\n", "令和6年度 予算(案)\t1,234,567円\n", "plain English text only\n", "①②㈱ を含む\n"])
def test_text_is_read_whatever_its_encoding(text: str, encoding: str) -> None:
    if text.encode(encoding, "ignore").decode(encoding) != text:
        pytest.skip("the encoding has no such characters")
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", [SAPPORO, GWANGJU])
def test_corpus_files_are_the_same_in_every_encoding(name: str, encoding: str) -> None:
    text = raw_text(name).encode(encoding, "ignore").decode(encoding)
    assert decode(text.encode(encoding)) == text


def test_a_few_broken_bytes_lose_only_themselves() -> None:
    data = (TEXT * 30).encode()
    broken = data[:100] + b"\xff" + data[100:]
    text = decode(broken)
    assert text is not None and text.count("\ufffd") <= 3 and text.endswith(TEXT * 28)
    assert any("読めない文字が" in warning for warning in read_content(FileData("a.txt", broken)).warnings)


def test_lines_in_different_encodings_are_each_read() -> None:
    lines = [TEXT.split("\n")[2], "次の行は別の符号化で書かれている。", "三行目の文もきちんと読める。"]
    data = b"\n".join(line.encode(encoding) for line, encoding in zip(lines, ("utf-8", "cp932", "euc_jp"), strict=True))
    assert decode(data) == "\n".join(lines)


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n" + bytes(2000), "あ".encode() * 10 + b"\0" * 10, bytes(1000), b"\xff\xd8\xff\xe0" + bytes(range(256)) * 10])
def test_what_is_no_text_is_none(data: bytes) -> None:
    assert decode(data) is None


def test_lone_surrogates_do_not_come_through() -> None:
    for data in (b"\xed\xa0\x80" * 3 + TEXT.encode() * 20, b"\xff\xfe" + b"\x00\xd8" + TEXT.encode("utf-16-le")):
        text = decode(data)
        assert text is None or not any("\ud800" <= c <= "\udfff" for c in text)
