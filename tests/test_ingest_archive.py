"""ZIP archives: members as files of their own under safe names, per-file problems, and bombs refused before they unpack."""

import pytest
from office_fixtures import slides, with_part, word, workbook, zip_of

from ingest.content import FileData
from ingest.errors import InputError
from ingest.formats import archive
from ingest.formats.archive import check_package, members, office_kind
from ingest.formats.formats import read_content

TEXT = "札幌市は図書館を建て替えると発表した。"


def names(data: bytes, name: str = "束.zip") -> list[tuple[str, int, bool]]:
    return [(m.name, len(m.data), bool(m.problem)) for m in members(FileData(name, data))]


def test_members_are_files_and_a_plain_file_is_its_own_member() -> None:
    data = zip_of([("一/a.txt", TEXT), ("b.docx", word()), ("__MACOSX/a.txt", "x"), ("一/.DS_Store", "x"), ("~$b.docx", "x"), ("空/", "")])
    found = list(members(FileData("束.zip", data)))
    assert [m.name for m in found] == ["束/一/a.txt", "束/b.docx"]
    assert [line.text for line in read_content(found[0]).lines if line.text] == [TEXT]
    assert next(members(FileData("a.txt", b"x"))) == FileData("a.txt", b"x")
    assert [office_kind(FileData("a", data)) for data in (word(), slides(), workbook(), b"PK\x03\x04")] == [".docx", ".pptx", ".xlsx", ""]
    assert [m.name for m in members(FileData("a.docx", word()))] == ["a.docx"]


@pytest.mark.parametrize(("inner", "expected"), [
    ("../../etc/passwd", "束/etc/passwd"), ("/etc/passwd", "束/etc/passwd"), ("C:\\Windows\\a.txt", "束/Windows/a.txt"), ("a\x00b.txt", "束/a"), ("\u202etxt.exe", "束/_txt.exe"),
    ("x" * 300 + ".txt", "束/" + ("x" * 300 + ".txt")[-80:]), ("😀.txt", "束/😀.txt"), ("..", "束/file"), ("改\n行.txt", "束/改_行.txt"),
])  # fmt: skip
def test_names_lead_nowhere(inner: str, expected: str) -> None:
    assert names(zip_of([(inner, "x")]))[0][0] == expected


def test_names_of_japanese_windows_are_decoded() -> None:
    data = zip_of([("aaaaaa.txt", TEXT)]).replace(b"aaaaaa.txt", "報告書.txt".encode("cp932"))
    assert names(data)[0][0] == "束/報告書.txt"


def test_a_member_with_a_problem_does_not_stop_the_others() -> None:
    data = zip_of([("a.txt", TEXT), ("in.zip", zip_of([("x.txt", "x")])), ("b.txt", TEXT)])
    found = list(members(FileData("束.zip", data)))
    assert [bool(m.problem) for m in found] == [False, True, False]
    with pytest.raises(InputError, match=r"^束/in\.zip: ZIP の中の ZIP は開きません"):
        read_content(found[1])


def test_a_member_with_a_password_is_named() -> None:
    data = bytearray(zip_of([("a.txt", TEXT)]))
    at = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[at + 8] |= 1
    (found,) = members(FileData("束.zip", bytes(data)))
    assert "パスワードつきの ZIP" in found.problem


def test_bombs_are_refused() -> None:
    with pytest.raises(InputError, match="倍に膨らむ"):
        list(members(FileData("b.zip", zip_of([("a.txt", bytes(60_000_000))]))))
    with pytest.raises(InputError, match="中のファイルが多すぎます"):
        list(members(FileData("b.zip", zip_of([(f"{n}.txt", "x") for n in range(archive.MOST_MEMBERS + 1)]))))
    with pytest.raises(InputError, match="倍に膨らむ"):
        check_package(FileData("a.docx", with_part(word(), "word/media/x.bin", bytes(60_000_000))))


def test_large_totals_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 10)
    with pytest.raises(InputError, match="展開すると大きすぎます"):
        list(members(FileData("b.zip", zip_of([("a.txt", TEXT)]))))


def test_a_size_that_lies_is_found_out() -> None:
    """The directory says 10 bytes where more would come out: nothing beyond them is unpacked."""
    data = bytearray(zip_of([("a.txt", bytes(5_000_000))]))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert all(len(m.data) <= 10 for m in members(FileData("b.zip", bytes(data))))


@pytest.mark.parametrize("data", [zip_of([("a.txt", TEXT)])[:40], b"PK\x03\x04" + bytes(100), b"PK\x05\x06" + bytes(18)])
def test_a_damaged_or_empty_archive_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^b\.zip: "):
        list(members(FileData("b.zip", data)))
