"""The regression gate: what falls is told, chance is let through, and today's code doesn't fall behind the committed result."""

from pathlib import Path

import pytest
from library_fixtures import ROOT, real_embedder, real_home, settings_of

from eval import answers, retrieval
from eval.gate import GUARDED, SETS, falls, guarded
from eval.gold import read_questions
from eval.results import FOLDER, newest_of_each
from qa.wiring import open_assistant

COUNT = 60


def run_of(measures: tuple[str, ...], values: list[float]) -> dict:
    """A run in which each measure has those values."""
    return {"rows": [{"id": str(n), "kind": "fact", "measures": dict.fromkeys(measures, value)} for n, value in enumerate(values)]}


def runs(right: int) -> dict[str, dict]:
    """All guarded runs, with so many of 60 questions right."""
    return {name: run_of(measures, [float(n < right) for n in range(COUNT)]) for name, measures in GUARDED.items()}


def committed(right: int) -> dict:
    """A committed result."""
    return {"commit": "abc", "made": "2026-01-01T00:00:00Z", "runs": runs(right)}


def test_a_fall_beyond_chance_is_told_for_every_guarded_measure() -> None:
    """Eight of 60 lost and none won: a sign flip gives that in 2 of 2^8 cases."""
    found = list(falls(committed(50), runs(42)))
    assert {(f.run, f.measure) for f in found} == {(run, measure) for run, measures in GUARDED.items() for measure in measures}
    assert found[0].change.p == 2 / 2**8
    assert "根拠が最初の一節にある" in str(found[0]) and "0.133 低い" in str(found[0]) and "abc" in str(found[0])


@pytest.mark.parametrize("now", [50, 46, 55, 60])
def test_chance_and_gains_are_let_through(now: int) -> None:
    """Four lost of 60 happens in one of eight cases."""
    assert list(falls(committed(50), runs(now))) == []


def test_what_a_result_holds_with_rows_is_compared_and_nothing_else() -> None:
    """A set that no result holds yet stands in nobody's way; a fall is told with the commit of its own run."""
    assert set(guarded(committed(3))) == set(GUARDED) and not guarded(None) and not guarded({"runs": {"answers-report": {"rows": []}}})
    before = committed(50)
    before["runs"] = {"answers-report": before["runs"]["answers-report"] | {"commit": "old"}}
    assert {(f.run, f.commit) for f in falls(before, runs(42))} == {("answers-report", "old")}


@pytest.mark.slow
def test_quality_on_report_has_not_fallen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parts on the questions that nothing was set on, against the newest committed result that holds them."""
    monkeypatch.chdir(ROOT)
    before = newest_of_each(FOLDER)
    if before is None or not guarded(before):
        pytest.skip("eval/results にまだ比べられる結果がありません(`make eval` で作ります)")
    assistant = open_assistant(settings_of(Path(real_home())), real_embedder(), answerer="extractive")
    now = {}
    for name in SETS:
        questions = read_questions(ROOT / "eval" / "gold" / f"{name}.jsonl")
        now[f"retrieval-{name}"] = retrieval.run_of({"both": retrieval.run_retrieval(questions, assistant.searcher)})
        now[f"answers-{name}"] = answers.evaluate(questions, assistant)
    assert [str(fall) for fall in falls(before, now)] == []
