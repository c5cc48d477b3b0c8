"""``python -m eval``: wrong calls, what is shown, and real runs on a few questions."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from library_fixtures import CORPUS, ROOT, real_embedder, real_home, run_command, settings_of

from eval import commands, results, shown
from eval.__main__ import main
from eval.commands import Evaluation
from eval.gold import read_questions
from eval.labels import KINDS, LOWER_IS_BETTER, MEASURES
from eval.measures import RANKED
from eval.results import read
from ingest.command import run

Said = tuple[int, str, str]
GOLD = ROOT / "eval" / "gold" / "tune.jsonl"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Said]:
    """Runs a command in this process with the real embedder, loaded once, and an empty folder of results."""
    monkeypatch.setattr(commands, "load_embedder", lambda _: real_embedder())
    monkeypatch.setattr(shown, "histories", lambda: results.histories(tmp_path / "results"))
    monkeypatch.chdir(CORPUS.parent)

    def call(*arguments: str | Path) -> Said:
        try:
            status = run(lambda: main([*map(str, arguments)]))
        except SystemExit as left:
            status = int(left.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """A gold file with two answerable questions and one that isn't."""
    rows = GOLD.read_text(encoding="utf-8").splitlines()
    unanswerable = next(row for row in rows if not json.loads(row)["answerable"])
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join([*rows[:2], unanswerable]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nothing"], ["retrieval"], ["retrieval", "--gold", "a", "--beir", "b"], ["retrieval", "--pages", "a"], ["retrieval", "--gold", "a", "--files", "b"],
        ["retrieval", "--gold", "none.jsonl"], ["retrieval", "--beir", "none"], ["retrieval", "--squad", "none.json"], ["retrieval", "--pages", "none.tsv", "--files", "none"],
        ["ablation"], ["ablation", "--gold", "a", "--squad", "b"], ["ablation", "--gold", "none.jsonl"], ["ablation", "--beir", "none"], ["perturb", "--files", "none"], ["perturb", "--seed", "x"],
        ["answers"], ["answers", "--gold", "none.jsonl"], ["answers", "--gold", "a", "--answerer", "other"], ["check"], ["peers", "--gold"],
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_in_one_line_with_status_2(command: Callable[..., Said], arguments: list[str]) -> None:
    status, out, err = command(*arguments)
    assert (status, out, err.count("\n"), err[:4]) == (2, "", 1, "エラー:")


def test_a_model_that_isnt_there_is_a_failure_not_a_wrong_call(command: Callable[..., Said], few: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('model = ""')
    status, out, err = command("answers", "--gold", few, "--answerer", "llm", "--home", tmp_path)
    assert (status, out) == (1, "") and "--answerer extractive" in err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["few.jsonl", "settings.toml"], "said before an index is opened"


def test_every_measure_and_kind_has_a_name() -> None:
    from test_eval_answers import ASKED, REFUSAL, graded
    from test_eval_retrieval import ONE

    from eval import answers, retrieval

    measured = {*answers.row(graded(ASKED, REFUSAL)), *retrieval.row(retrieval.find(ASKED, ONE, [], 1.0)), *RANKED, "ms_p50", "ms_p95"} - {"ms"}
    assert measured <= set(MEASURES) and set(MEASURES) >= LOWER_IS_BETTER
    assert {q.kind for q in read_questions(GOLD)} <= set(KINDS)


def test_everything_is_measured_that_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Public sets are measured where they are, with both legs apart; what isn't there is left out."""
    for name in ("retrieval", "answers", "ablation", "perturbation", "collection_ablation", "reading", "bench"):
        made = lambda _, *given, name=name: [(name, *map(str, given[:1]))] if name.startswith("collection") else (name, *map(str, given[:1]))  # noqa: E731
        monkeypatch.setattr(Evaluation, name, made)
    monkeypatch.setattr(commands, "PUBLIC", tmp_path)
    monkeypatch.setattr(commands, "read_squad", str)
    monkeypatch.setattr(commands, "read_pages", lambda *_: None)
    gold = [(task, f"eval/gold/{name}.jsonl") for name in ("tune", "report", "report_ordinary", "report_blind") for task in ("retrieval", "answers")]
    worth = [("ablation", f"eval/gold/{name}.jsonl") for name in ("report", "report_ordinary", "report_blind")]
    assert list(Evaluation(settings_of(tmp_path)).all()) == [*gold, *worth, ("perturbation",), ("bench",)]
    assert list(Evaluation(settings_of(tmp_path, read_passages=0)).all()) == [*gold, ("perturbation",), ("bench",)]
    (tmp_path / "allganize").mkdir()
    (tmp_path / "jsquad").mkdir()
    (squad := tmp_path / "jsquad" / "valid-v1.3.json").write_text("{}")
    public = list(Evaluation(settings_of(tmp_path)).all())[12:-1]
    assert public == [("collection_ablation", "squad"), ("reading", str(squad)), ("collection_ablation", "pages")]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A built home of the test's own."""
    return Path(shutil.copytree(real_home(), tmp_path / "home"))


@pytest.mark.slow
def test_retrieval_and_answers_on_a_gold_file(command: Callable[..., Said], few: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "keep", lambda *given: results.keep(*given, folder=tmp_path / "results"))
    status, out, _ = command("retrieval", "--gold", few, "--run", tmp_path / "out.trec", "--home", home, "--json", "--save")
    found = json.loads(out)
    assert (status, found["name"], found["set"], found["questions"], len(found["rows"])) == (0, "retrieval-few", "few", 2, 2)
    assert set(found["variants"]) == {"both", "unread", "dense", "words"} and found["settings"]["chunk_tokens"] == 256
    trec = [line.split() for line in (tmp_path / "out.trec").read_text().splitlines()]
    assert len(trec) == 20 and {row[0] for row in trec} == {r["id"] for r in found["rows"]}
    status, out, err = command("answers", "--gold", few, "--home", home, "--save")
    assert status == 0 and "■ 回答 few(3問)" in out and "誠実さ" in out and "結果:" in err
    (kept,) = (tmp_path / "results").glob("*.json")
    assert set(read(kept)["runs"]) == {"retrieval-few", "answers-few"}


@pytest.mark.slow
def test_check_compares_with_the_other_files_of_the_folder(command: Callable[..., Said], few: Path, home: Path) -> None:
    assert command("check", "--gold", few, "--home", home)[:2] == (0, f"{few}: 誤りはありません\n")
    shutil.copyfile(few, few.parent / "other.jsonl")
    status, out, _ = command("check", "--gold", few, "--home", home)
    assert status == 1 and out.count("同じ質問が other.jsonl にもある") == 3


@pytest.mark.slow
def test_a_beir_folder_as_a_script_of_somebody_else_calls_it(tmp_path: Path) -> None:
    folder = tmp_path / "faq"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "a", "title": "ごみ", "text": "燃やすごみは月曜日です。"}\n{"_id": "b", "title": "", "text": "図書館は火曜日が休みです。"}\n', encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "図書館の休館日は?"}\n', encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\tb\t1\n", encoding="utf-8")
    done = run_command("eval", "retrieval", "--beir", folder, "--run", tmp_path / "out.trec", "--json", "--home", tmp_path / "home")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["scores"]["all"] == {"questions": 1, "ndcg@10": 1.0, "mrr@10": 1.0, "hit@1": 1.0, "recall@100": 1.0}
    rows = [row.split(" ") for row in (tmp_path / "out.trec").read_text().splitlines()]
    assert [row[:4] for row in rows] == [["q", "Q0", "b", "1"], ["q", "Q0", "a", "2"]]


@pytest.mark.slow
def test_what_the_reader_is_worth_on_a_gold_file_and_on_a_collection(command: Callable[..., Said], few: Path, home: Path, tmp_path: Path) -> None:
    """Both with intervals and a test; a collection's own run comes from the same searches."""
    status, out, _ = command("ablation", "--gold", few, "--home", home, "--json")
    found = json.loads(out)
    assert (status, found["name"], found["set"], found["questions"]) == (0, "ablation-few", "few", 3)
    told = found["measures"]
    assert {name: told[name]["questions"] for name in ("evidence@1", "right", "unanswerable_refused", "answerable_refused")} == {"evidence@1": 2, "right": 2, "unanswerable_refused": 1, "answerable_refused": 2}
    assert all(each["difference"] == pytest.approx(each["with"] - each["without"], abs=2e-4) and 0 < each["p"] <= 1 for each in told.values())
    squad = tmp_path / "own" / "few.json"
    squad.parent.mkdir()
    paragraphs = [{"context": f"{name} [SEP] {name}は{day}曜日が休みです。", "qas": [{"id": name, "question": f"{name}の休みは何曜日?", "answers": [{"text": day}]}]} for name, day in (("図書館", "火"), ("美術館", "月"))]
    squad.write_text(json.dumps({"data": [{"title": p["context"].split(" ")[0], "paragraphs": [p]} for p in paragraphs]}, ensure_ascii=False), encoding="utf-8")
    status, out, _ = command("ablation", "--squad", squad, "--home", home, "--json")
    run, worth = map(json.loads, out.splitlines())
    assert status == 0 and (run["name"], worth["name"]) == ("squad-own", "ablation-own") and "unread" in run["variants"]
    assert worth["measures"]["hit@1"]["with"] == run["scores"]["all"]["hit@1"] and worth["measures"]["hit@1"]["without"] == run["variants"]["unread"]["hit@1"]


@pytest.mark.slow
def test_a_reader_that_is_switched_off_has_no_worth_to_measure(command: Callable[..., Said], few: Path, home: Path) -> None:
    (home / "settings.toml").write_text("read_passages = 0")
    status, _, err = command("ablation", "--gold", few, "--home", home)
    assert status == 2 and "read_passages" in err


def test_falsified_sentences_of_files_of_ones_own(command: Callable[..., Said], tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.txt").write_text("発表\n\n市は2020年に図書館を35か所に増やした。\n利用者は年間48,000人である。\n", encoding="utf-8")
    status, out, _ = command("perturb", "--files", folder, "--seed", "5", "--json")
    found = json.loads(out)
    assert (status, found["name"], found["seed"], found["scores"]["all"]["false_alarms"]) == (0, "perturbation-own", 5, 0.0)
    assert {"number", "unit", "year"} <= set(found["scores"]) and found["scores"]["all"]["caught"] == 1.0
    (tmp_path / "empty").mkdir()
    status, _, err = command("perturb", "--files", tmp_path / "empty")
    assert status == 2 and "ファイルがありません" in err
