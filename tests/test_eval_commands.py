"""``python -m eval``: wrong calls, what is shown, and real runs on a few questions."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from library_fixtures import CORPUS, ROOT, real_embedder, real_home, run_command, settings_of

from eval import commands, results
from eval.__main__ import main
from eval.commands import Evaluation, changes, lines
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
    monkeypatch.setattr(commands, "histories", lambda: results.histories(tmp_path / "results"))
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


def retrieval_run(right: float, count: int = 40) -> dict:
    """A run of retrieval with that share of questions right."""
    rows = [{"id": str(n), "kind": "fact", "measures": {"evidence@1": float(n < right * count)}} for n in range(count)]
    both = {"questions": count, "evidence@1": right, "ndcg@10": None}
    return {"task": "retrieval", "set": "report", "questions": count, "scores": {"all": both, "fact": both}, "intervals": {"evidence@1": [0.1, 0.9]}, "variants": {"dense": both}, "rows": rows, "failures": []}


def test_a_run_is_shown_with_intervals_kinds_and_variants() -> None:
    shown = "\n".join(lines(retrieval_run(0.5)))
    assert shown.splitlines()[0] == "■ 検索 report(40問)"
    assert "0.500(0.100〜0.900)  根拠が最初の一節にある" in shown and "–" in shown
    assert "種類別(根拠が最初の一節にある): 事実 0.500(40問)" in shown and "意味のみ: 根拠が最初の一節にある 0.500" in shown


def test_bench_is_shown_by_its_parts() -> None:
    shown = list(lines({"task": "bench", "set": "report", "questions": 60, "scores": {"search": {"ms_p50": 12.345, "ratio": 1.1}}}))
    assert shown == ["■ 速さ report(60問)", "  search: ms_p50 12.3  ratio 1.1"]


def test_what_changed_significantly_since_the_kept_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "histories", lambda: results.histories(tmp_path))
    assert list(changes("retrieval-report", retrieval_run(0.9))) == []
    results.write({"commit": "abc", "made": "2026-01-01T00:00:00Z", "runs": {"retrieval-report": retrieval_run(0.5)}}, tmp_path / "abc.json")
    assert list(changes("retrieval-report", retrieval_run(0.55))) == []
    (line,) = changes("retrieval-report", retrieval_run(0.9))
    assert line.startswith("  前回より +0.400(p = 0.0") and line.endswith("根拠が最初の一節にある")


def test_everything_is_measured_that_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Public sets are measured where they are, with both legs apart; what isn't there is left out."""
    for name in ("retrieval", "answers", "squad", "reading", "pages", "bench"):
        monkeypatch.setattr(Evaluation, name, lambda _, *given, name=name, **options: (name, [str(g) for g in given], options))
    monkeypatch.setattr(commands, "PUBLIC", tmp_path)
    gold = [(task, [f"eval/gold/{name}.jsonl"], {}) for name in ("tune", "report") for task in ("retrieval", "answers")]
    unread, bench = ("answers", ["eval/gold/report.jsonl"], {"unread": True}), ("bench", [], {})
    assert list(Evaluation(settings_of(tmp_path)).all()) == [*gold, unread, bench]
    (tmp_path / "allganize").mkdir()
    (tmp_path / "jsquad").mkdir()
    (tmp_path / "jsquad" / "valid-v1.3.json").write_text("{}")
    public = list(Evaluation(settings_of(tmp_path)).all())[5:-1]
    assert [made[0] for made in public] == ["squad", "reading", "pages"] and public[0][2] == public[2][2] == {"variants": True}  # type: ignore[index]


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
