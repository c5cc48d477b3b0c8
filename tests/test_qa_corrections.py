"""Questions over a release and what corrects it, through the commands: the correction answers, and the answer says so."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from library_fixtures import real_embedder

from index import wiring
from ingest.__main__ import main as ingest_main
from ingest.library.library import Library
from ingest.settings import load_settings
from qa.__main__ import main as qa_main
from qa.superseded import replaces
from qa.wiring import open_assistant

TITLE = "稚内市、港の見える図書館「灯台文庫」を開館します"
RELEASE = f"{TITLE}\n\n稚内市は2024年6月1日、港の見える図書館「灯台文庫」を開館すると発表した。開館時間は午前9時から午後8時までである。年会費は1,200円である。定員は80人である。\n"
OTHER = "根室市、花咲線の記念切符を発売します\n\n根室市は2024年6月3日、花咲線の記念切符を発売すると発表した。価格は1,200円である。\n"
NOTICE = f"「{TITLE}」の訂正について\n\n稚内市は2024年6月8日、2024年6月1日に発表した「{TITLE}」の年会費に誤りがあったと発表した。灯台文庫の年会費は正しくは900円である。\n"
REPLACEMENT = RELEASE.replace(TITLE, f"【差替え】{TITLE}", 1).replace("2024年6月1日", "2024年6月9日").replace("1,200円", "700円")
QUESTION = "灯台文庫の年会費はいくらですか?"


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Adds files in an order, asks as a person would, and gives what is printed."""
    monkeypatch.setattr(wiring, "load_embedder", lambda _: real_embedder())
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "sources.toml").write_text("")
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.toml").write_text(f"corpus = '{tmp_path / 'corpus'}'\n")

    def asked(files: dict[str, str], *options: str) -> str:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            assert ingest_main(["add", str(tmp_path / name), "--home", str(home)]) == 0
        capsys.readouterr()
        assert qa_main(["ask", QUESTION, "--answerer", "extractive", "--home", str(home), *options]) == 0
        return capsys.readouterr().out

    asked.library = lambda: Library(home)  # type: ignore[attr-defined]
    return asked


@pytest.mark.slow
@pytest.mark.parametrize(("name", "text", "right"), [("訂正.txt", NOTICE, "900円"), ("差替え.txt", REPLACEMENT, "700円")])
@pytest.mark.parametrize("comes_first", [False, True])
def test_the_correction_answers_and_the_answer_says_so(ask: Callable[..., str], name: str, text: str, right: str, comes_first: bool) -> None:
    both = [("release.txt", RELEASE), (name, text)]
    files = dict([("other.txt", OTHER), *(reversed(both) if comes_first else both)])
    answer = json.loads(ask(files, "--json"))
    assert not answer["refused"] and right in answer["answer"] and "1,200円" not in answer["answer"]
    first = answer["citations"][0]
    corrected = next(i for i in ask.library().infos() if i.corrected_by)  # type: ignore[attr-defined]
    assert first["document_id"] == corrected.corrected_by and corrected.title == TITLE
    assert first["notice"] == f"この資料は「{TITLE}」(2024-06-01)の訂正です"
    assert f"※{first['notice']}" in ask({})


@pytest.mark.slow
def test_what_only_the_corrected_release_says_is_answered_with_a_warning(ask: Callable[..., str]) -> None:
    ask({"release.txt": RELEASE, "訂正.txt": NOTICE})
    home = ask.library().path.parent  # type: ignore[attr-defined]
    answer = open_assistant(load_settings(home), real_embedder(), answerer="extractive").ask("灯台文庫の開館時間は何時からですか?")
    assert "午前9時" in answer.answer and answer.citations[0].notice.startswith("この資料は「") and "訂正されています" in answer.citations[0].notice


@pytest.mark.parametrize(
    ("newer", "older", "expected"),
    [
        ("灯台文庫の年会費は正しくは900円である。", "年会費は1,200円である。", True),
        ("年会費「1,200円」とあるのは「900円」の誤りでした。", "年会費は1,200円である。", True),
        ("灯台文庫の年会費は正しくは900円である。", "定員は80人である。", False),
        ("年会費に誤りがあった。", "年会費は1,200円である。", False),
        ("開館日は2024年7月2日である。", "開館日は2024年7月1日である。", True),
        ("会場は市立文化会館の大ホールである。", "会場は市立文化会館の小ホールである。", True),
        ("会場は市民会館である。", "問い合わせ先は総務課である。", False),
    ],
)
def test_a_statement_replaces_that_of_the_same_thing(newer: str, older: str, expected: bool) -> None:
    assert replaces(newer, older) is expected
