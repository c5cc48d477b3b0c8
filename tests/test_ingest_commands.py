"""``python -m ingest``: the contract's keys, the text byte for byte, errors as one line with their exit status."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from library_fixtures import ROOT, SAPPORO, SEOUL, corpus, corpus_documents, filled_library, run_command
from pdf_fixtures import lines as page_of
from pdf_fixtures import pdf, written

from ingest.command import run
from ingest.errors import InputError, ShirabeError

KEYS = ["id", "title", "issuer", "kind", "language", "date", "date_basis", "source", "chars", "chunks", "version", "replaced_by", "corrects", "corrected_by", "pages", "suspicions", "warnings", "file"]
TEXT = "釧路市、図書館を建て替えます\n\n釧路市は2024年6月2日、古い図書館を建て替えると発表した。工事は来年の春に始まり、二年ほどかかる見込みである。\n"


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds the corpus; tests copy it."""
    home = tmp_path_factory.mktemp("filled")
    filled_library(home)
    return home


@pytest.fixture
def home(filled_home: Path, tmp_path: Path) -> Path:
    """A home of the test's own that holds the corpus."""
    return Path(shutil.copytree(filled_home, tmp_path / "home"))


def lines(done: CompletedProcess[str]) -> list[dict]:
    """The JSON lines of a command that went well."""
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_refused(done: CompletedProcess[str], status: int, *said: str) -> None:
    """One line on standard error that says what is wrong, nothing else, and the exit status."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("エラー: "), done.stderr
    assert all(s in done.stderr for s in said), done.stderr


def test_list_gives_a_line_a_document_with_the_contracts_keys(home: Path) -> None:
    rows = lines(run_command("ingest", "list", "--json", "--home", home))
    assert len(rows) == 24
    assert all(list(row) == KEYS for row in rows)
    expected = [(d.id, d.title, d.issuer, d.kind, "ja", d.date.value, d.date.basis, d.source, len(d.text)) for d in corpus_documents()]
    assert [tuple(row[k] for k in KEYS[:9]) for row in rows] == expected
    assert all(row["chunks"] > 0 for row in rows)


@pytest.mark.slow
def test_list_of_an_empty_home_fills_it_first(tmp_path: Path) -> None:
    rows = lines(run_command("ingest", "list", "--json", "--home", tmp_path / "new"))
    assert [row["id"] for row in rows] == [d.id for d in corpus_documents()]
    assert [list(row) for row in rows] == [KEYS] * 24
    assert 100 <= sum(row["chunks"] for row in rows) <= 200  # 44,000 characters in chunks of up to 256 tokens


def test_list_for_people_is_japanese(home: Path) -> None:
    done = run_command("ingest", "list", "--home", home)
    assert done.stdout.count("\n") == 24
    assert "003-f26a4bcb" in done.stdout and "札幌市「「札幌市IT産業国際交流スペース」の開設について」" in done.stdout
    assert "日付不明(不明)" in done.stdout and "2025-05(記載)" in done.stdout and "2004-10-27(推定)" in done.stdout


def test_home_comes_from_the_environment_too(home: Path) -> None:
    assert len(lines(run_command("ingest", "list", "--json", home=home))) == 24


def test_show_is_the_text_byte_for_byte(home: Path) -> None:
    for document in (corpus()[SAPPORO][0], corpus()[SEOUL][2], corpus_documents()[-1]):
        done = run_command("ingest", "show", document.id, "--home", home)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.encode() == document.text.encode()


def test_show_as_json_is_the_whole_document(home: Path) -> None:
    (row,) = lines(run_command("ingest", "show", "003-f26a4bcb", "--json", "--home", home))
    assert row["text"] == corpus()[SAPPORO][0].text
    assert {"id", "title", "issuer", "date", "sections", "segments", "tables", "omissions", "suspicions"} <= set(row)


def test_output_survives_a_locale_without_japanese(home: Path) -> None:
    environment = {"LANG": "C", "LC_ALL": "C"}
    before = {k: os.environ.get(k) for k in environment}
    os.environ.update(environment)
    try:
        assert run_command("ingest", "show", "003-f26a4bcb", "--home", home).stdout == corpus()[SAPPORO][0].text
    finally:
        for k, v in before.items():
            os.environ.pop(k) if v is None else os.environ.update({k: v})


@pytest.mark.slow
def test_add_and_remove(home: Path, tmp_path: Path) -> None:
    (tmp_path / "図書館.txt").write_text(TEXT, encoding="utf-8")
    (added,) = lines(run_command("ingest", "add", tmp_path / "図書館.txt", "--json", "--home", home))
    assert added["file"] == str(tmp_path / "図書館.txt") and added["chunks"] == 1
    (id_,) = added["documents"]
    assert id_.startswith("user-")
    last = lines(run_command("ingest", "list", "--json", "--home", home))[-1]
    assert (last["id"], last["title"], last["issuer"], last["date"]) == (id_, "釧路市、図書館を建て替えます", "釧路市", "2024-06-02")
    assert run_command("ingest", "show", id_, "--home", home).stdout == TEXT
    (again,) = lines(run_command("ingest", "add", tmp_path / "図書館.txt", "--json", "--home", home))
    assert (again["status"], again["documents"], again["chunks"]) == ("unchanged", [id_], 0)
    assert lines(run_command("ingest", "remove", id_, "--json", "--home", home)) == [{"removed": id_, "chunks": 1}]
    assert len(lines(run_command("ingest", "list", "--json", "--home", home))) == 24
    assert list((home / "files").iterdir()) == []


@pytest.mark.slow
def test_one_file_that_fails_does_not_stop_the_others(home: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "empty.txt").write_text("")
    done = run_command("ingest", "add", tmp_path / "empty.txt", tmp_path / "none.txt", tmp_path / "good.txt", "--json", "--home", home)
    assert done.returncode == 2
    assert [(row["file"], row["status"]) for line in done.stdout.splitlines() if (row := json.loads(line))] == [(str(tmp_path / f"{n}.txt"), "added" if n == "good" else "failed") for n in ("empty", "none", "good")]
    assert [line.split(":")[1].strip() for line in done.stderr.splitlines()] == ["none.txt", "empty.txt"]  # grouped by what can be done


@pytest.mark.slow
def test_a_file_name_of_bytes_that_are_no_text_is_reported(home: Path, tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"\xff.txt")
    with open(path, "wb") as file:
        file.write(TEXT.encode())
    done = run_command("ingest", "add", os.fsdecode(path), "--json", "--home", home)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_pdf_is_added_with_its_pages_and_a_locked_one_refused(home: Path, tmp_path: Path) -> None:
    good, locked = written(tmp_path / "good.pdf", pdf(page_of(TEXT.split()), page_of([]))), written(tmp_path / "locked.pdf", pdf(page_of(TEXT.split()), password="secret"))
    done = run_command("ingest", "add", locked, good, "--home", home)
    assert done.returncode == 2 and done.stdout.endswith("を追加しました(全2ページ、文字のないページ1: 2)\n")
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("エラー: locked.pdf: ") and "パスワードが必要です" in done.stderr
    assert "同じ内容" in run_command("ingest", "add", good, "--home", home).stdout


def test_an_error_about_a_file_with_a_line_end_in_its_name_is_one_line(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a\nb.txt").write_text("")
    assert_refused(run_command("ingest", "add", tmp_path / "a\nb.txt", "--home", home), 2)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["show", "000-00000000"], 2, "000-00000000"),
        (["remove", "user-00000000"], 2, "user-00000000"),
        (["remove", "003-f26a4bcb"], 2, "sources.toml"),
        (["add", "/nonexistent/file.txt"], 2, "file.txt"),
        (["add", "/usr/bin/env"], 2, "テキスト"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(home: Path, arguments: list[str], status: int, said: str) -> None:
    assert_refused(run_command("ingest", *arguments, "--home", home), status, said)


@pytest.mark.parametrize("settings", ["chunk_tokens = 5", "unknown = 1", "= broken"])
def test_wrong_settings_are_one_line_and_status_2(home: Path, settings: str) -> None:
    (home / "settings.toml").write_text(settings)
    assert_refused(run_command("ingest", "list", "--home", home), 2)


def test_a_damaged_library_is_one_line_and_status_1(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no database" * 1000)
    assert_refused(run_command("ingest", "list", "--home", tmp_path), 1, "library.sqlite", "index build")


@pytest.mark.parametrize("arguments", [[], ["lst"], ["show"], ["list", "--jsn"], ["add"]])
def test_a_wrong_call_has_status_2(arguments: list[str]) -> None:
    done = run_command("ingest", *arguments)
    assert done.returncode == 2 and done.stdout == "" and done.stderr


@pytest.mark.parametrize("arguments", [[], ["lst"], ["show"]])
def test_a_wrong_call_is_told_in_one_line(arguments: list[str]) -> None:
    assert_refused(run_command("ingest", *arguments), 2)


def test_a_reader_that_goes_away_is_no_error(home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "ingest", "show", corpus_documents()[-1].id, "--json", "--home", str(home)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0


def test_an_interrupt_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert run(interrupted) == 130
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and said.err.startswith("エラー: ")


@pytest.mark.parametrize(("error", "status"), [(ShirabeError("一行目\n二行目"), 1), (InputError("一行目\n\t二行目"), 2)])
def test_errors_of_several_lines_are_told_in_one(error: ShirabeError, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    def failing() -> int:
        raise error

    assert run(failing) == status
    assert capsys.readouterr().err == "エラー: 一行目 二行目\n"
