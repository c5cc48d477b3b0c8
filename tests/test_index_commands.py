"""``python -m index``: the contract's keys, what a build reports, errors as one line with their exit status."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from library_fixtures import CORPUS, SAPPORO, corpus, corpus_documents, filled_library, real_embedder, real_home, run_command

from index import wiring
from index.__main__ import main
from ingest.command import run
from ingest.library.library import Library
from ingest.settings import Settings

CONTRACT = ["rank", "document_id", "title", "start", "end", "page", "heading", "text", "score", "dense", "lexical"]
QUESTION = "公共 Wi-Fi はバス停留所に何台ありますか?"
Said = tuple[int, list, str]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs a command in this process with the real embedder, loaded once; gives status, JSON lines or lines, errors."""

    def loaded(_: Settings) -> object:
        return real_embedder()

    monkeypatch.setattr(wiring, "load_embedder", loaded)
    monkeypatch.chdir(CORPUS.parent)

    def call(*arguments: str | Path) -> Said:
        status = run(lambda: main([*map(str, arguments)]))
        said = capsys.readouterr()
        lines = said.out.splitlines()
        return status, [json.loads(line) for line in lines] if "--json" in arguments else lines, said.err

    return call


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A built home of the test's own."""
    return Path(shutil.copytree(real_home(), tmp_path / "home"))


def counts(added: int = 0, changed: int = 0, removed: int = 0, unchanged: int = 0) -> dict[str, int]:
    """What a build reports of documents or chunks."""
    return {"added": added, "changed": changed, "removed": removed, "unchanged": unchanged}


@pytest.mark.slow
def test_search_gives_the_contracts_keys(home: Path) -> None:
    """In a process of its own, as a script of somebody else would call it."""
    done = run_command("index", "search", QUESTION, "-k", "3", "--json", "--home", home)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    texts = {d.id: d for d in corpus_documents()}
    for row in rows:
        assert list(row)[: len(CONTRACT)] == CONTRACT
        document = texts[row["document_id"]]
        assert document.text[row["start"] : row["end"]] == row["text"] and row["title"] == document.title
        assert isinstance(row["score"], float) and isinstance(row["dense"], float) and isinstance(row["lexical"], float) and row["page"] is None
    assert "2,672" in rows[0]["text"] and rows[0]["heading"].endswith("【表 3】公共 Wi-Fi 設置地域数 (ソウル特別市)")


@pytest.mark.slow
def test_a_second_build_changes_nothing(home: Path, command: Callable[..., Said]) -> None:
    chunks = len(Library(home).chunk_ids())
    status, rows, said = command("build", "--json", "--home", home)
    assert (status, rows) == (0, [{"documents": counts(unchanged=24), "chunks": counts(unchanged=chunks)}])
    assert "読み込み中" not in said and "埋め込み" not in said


@pytest.mark.slow
def test_a_build_over_a_changed_corpus_reports_and_finds_the_change(home: Path, tmp_path: Path, command: Callable[..., Said]) -> None:
    changed = Path(shutil.copytree(CORPUS, tmp_path / "corpus"))
    listing = (changed / "sources.toml").read_text().split("[[source]]")
    (changed / "sources.toml").write_text("[[source]]".join(part for part in listing if SAPPORO not in part) + '\n[[source]]\nfile = "new.txt"\nkind = "press_release"\n')
    (changed / "files" / "new.txt").write_text("釧路市、図書館を建て替えます\n\n釧路市は2024年6月2日、古い図書館を建て替えると発表した。工事は来年の春に始まり、二年ほどかかる見込みである。\n")
    gone = sum(d == corpus()[SAPPORO][0].id for d in Library(home).chunk_ids().values())
    status, (row,), _ = command("build", "--json", "--home", home, "--corpus", changed)
    assert (status, row["documents"]) == (0, counts(added=1, removed=1, unchanged=23))
    assert row["chunks"]["added"] == 1 and row["chunks"]["removed"] == gone
    assert command("check", "--json", "--home", home)[:2] == (0, [{"ok": True, "faults": [], "updated": False}])
    (home / "settings.toml").write_text(f'corpus = "{changed}"')
    _, (best, *_), _ = command("search", "釧路の図書館の建て替え", "-k", "2", "--json", "--home", home)
    assert best["text"].startswith("釧路市、図書館を建て替えます")


@pytest.mark.slow
def test_filters_hold(home: Path, command: Callable[..., Said]) -> None:
    _, rows, _ = command("search", QUESTION, "-k", "20", "--where", "issuer=光州広域市", "--where", "date>=2019-11", "--json", "--home", home)
    dates = {d.id: d.date.value or "" for d in corpus()["002_gwangju_press_releases_2019-2020.txt"]}
    assert rows and all(dates[row["document_id"]] >= "2019-11" for row in rows)
    assert command("search", QUESTION, "--where", "issuer=東京都", "--json", "--home", home)[:2] == (0, [])
    assert command("search", QUESTION, "--where", "issuer=東京都", "--home", home)[1] == ["見つかりませんでした"]


@pytest.mark.slow
def test_search_for_people_says_when_no_word_matched(home: Path, command: Callable[..., Said]) -> None:
    _, lines, _ = command("search", "ぷょぷょ qwrtzpl", "-k", "1", "--home", home)
    assert lines[-1] == "質問の語そのものはどの資料にもありません。意味の近さだけで探しました"
    _, lines, _ = command("search", QUESTION, "-k", "1", "--home", home)
    assert lines[0].startswith("1. 先進事例調査項目(") and "一致した語: " in lines[0]
    assert not any("意味の近さだけ" in line for line in lines)


@pytest.mark.slow
def test_check_says_what_does_not_agree(home: Path, command: Callable[..., Said]) -> None:
    assert command("check", "--home", home)[:2] == (0, ["文書、チャンク、FAISS、単語索引は一致しています"])
    (home / "vectors.faiss").write_bytes(b"")
    status, lines, _ = command("check", "--home", home)
    assert status == 1 and lines[0].startswith("FAISS: ") and lines[-1] == "`python -m index build` で直せます"
    assert command("build", "--home", home)[0] == 0
    assert command("check", "--json", "--home", home)[:2] == (0, [{"ok": True, "faults": [], "updated": False}])


@pytest.mark.slow
def test_other_settings_are_refused_with_the_command_and_mended_by_it(home: Path, command: Callable[..., Said]) -> None:
    (home / "settings.toml").write_text('query_prefix = "frage: "')
    status, rows, said = command("search", QUESTION, "--json", "--home", home)
    assert (status, rows) == (1, []) and said.count("\n") == 1
    assert said.startswith("エラー: ") and "query_prefix: query: → frage:" in said and "python -m index build" in said
    status, (row,), _ = command("build", "--json", "--home", home)
    assert status == 0 and row["documents"]["added"] == row["documents"]["removed"] == 0 and row["chunks"]["added"] == 0  # the passages stay, and so do their vectors
    assert command("check", "--json", "--home", home)[0] == 0


def test_wrong_conditions_are_one_line_and_status_2(tmp_path: Path) -> None:
    done = run_command("index", "search", "x", "--where", "issuer", "--home", tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("エラー: --where") and "issuer=ソウル特別市" in done.stderr


@pytest.mark.parametrize("arguments", [["search"], ["bild"], ["build", "--home"], ["search", "x", "-k", "many"]])
def test_a_wrong_call_has_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2 and capsys.readouterr().err


@pytest.mark.slow
def test_a_corpus_that_is_not_there_is_one_line_and_status_2(tmp_path: Path, command: Callable[..., Said]) -> None:
    status, lines, said = command("build", "--home", tmp_path / "home", "--corpus", tmp_path / "none")
    assert (status, lines, said.count("\n")) == (2, [], 1)
    assert "--corpus" in said and str(tmp_path / "none") in said


@pytest.mark.slow
def test_a_file_that_changed_against_its_checksum_is_named(home: Path, tmp_path: Path, command: Callable[..., Said]) -> None:
    changed = Path(shutil.copytree(CORPUS, tmp_path / "corpus"))
    (changed / "files" / SAPPORO).write_text("別の内容\n")
    status, _, said = command("build", "--home", home, "--corpus", changed)
    assert status == 2 and SAPPORO in said and "sha256" in said and said.count("\n") == 1
    assert len(Library(home).infos()) == 24


@pytest.mark.slow
def test_check_brings_an_index_that_is_behind_up_to_date_and_says_so(tmp_path: Path, command: Callable[..., Said]) -> None:
    filled_library(tmp_path)
    for _ in range(2):  # without an index, then with one that shows an older state
        status, (row,), said = command("check", "--json", "--home", tmp_path)
        assert (status, row) == (0, {"ok": True, "faults": [], "updated": True}) and "資料より前の状態でした" in said
        assert command("check", "--json", "--home", tmp_path)[1] == [{"ok": True, "faults": [], "updated": False}]
        Library(tmp_path).remove_source(SAPPORO)


@pytest.mark.slow
def test_a_title_that_changed_by_itself_is_told_and_mended_by_a_build(home: Path, command: Callable[..., Said]) -> None:
    before = Library(home).infos()
    for column, value in (("title", "別の題名"), ("date", "1999-01-01"), ("issuer", "別の市")):
        with sqlite3.connect(home / "library.sqlite") as connection:
            connection.execute(f"UPDATE documents SET {column} = ? WHERE id = ?", (value, before[0].id))
        status, lines, _ = command("check", "--home", home)
        assert status == 1 and lines[0] == f"登録後に変わった題名・日付などの記録: {before[0].id}"
        assert command("build", "--home", home)[0] == command("check", "--home", home)[0] == 0
        assert Library(home).infos() == before
