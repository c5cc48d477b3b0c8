"""Evaluations beside the chat, over the corpus with the cheap embedder: progress, stopping, failures, what is kept and compared."""

import json
import time
from itertools import islice
from pathlib import Path

import pytest
from eval_fixtures import LabellingEmbedder
from library_fixtures import built_index

from eval.report.report import render
from eval.retrieval import variants_of
from eval.screen import kept, parts
from eval.screen.background import STOPPED, Evaluator
from eval.screen.gold_table import Fault, filled, questions_of, read_records, sample
from ingest.errors import InputError
from qa.assistant import Assistant
from qa.extractive import ExtractiveAnswerer

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    """An assistant over a home of the test's own."""
    searcher = built_index(tmp_path, LabellingEmbedder()).searcher()
    return Assistant(searcher, ExtractiveAnswerer(searcher))


def begun(evaluator: Evaluator, records: list[dict], name: str = "見本") -> None:
    """Begin to evaluate these records."""
    held = filled(records)
    evaluator.start(name, list(questions_of(held).values()), list(held.values()))


def ended(evaluator: Evaluator, seconds: float = 60) -> None:
    """Wait until the evaluation has ended."""
    until = time.monotonic() + seconds
    while evaluator.state.is_running:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_an_evaluation_is_kept_and_the_next_is_compared_with_it(assistant: Assistant, tmp_path: Path) -> None:
    evaluator, records = Evaluator(assistant), read_records(sample())
    begun(evaluator, records)
    ended(evaluator)
    first = evaluator.state
    assert first.problem == "" and first.path and first.done == first.total == len(variants_of(assistant.searcher)) * 4 + 5
    result = kept.one(tmp_path, first.path.stem)
    assert result and result["gold"] == records and set(result["runs"]) == {"retrieval-見本", "answers-見本"}
    assert [r["id"] for r in result["runs"]["answers-見本"]["rows"]] == [r["id"] for r in records]
    assert kept.runs_before(result, tmp_path) == {}
    begun(evaluator, [records[0] | {"question": "ほかの質問ですか"}, *records[1:]])
    ended(evaluator)
    assert evaluator.state.path
    second = kept.one(tmp_path, evaluator.state.path.stem)
    assert second
    before = kept.runs_before(second, tmp_path)
    assert [r["id"] for r in before["answers-見本"]["rows"]] == [r["id"] for r in records[1:]], "a question that was changed is no pair"
    html = parts.evaluated(evaluator.state.path.stem, second, before)
    assert "変わりません" in html and "<svg" in html and html.count("p = 1.000") > 5 and "区別できる差はありません" in html
    assert "前回との比較" in render(second, before)
    assert "これまでの評価 2件" in parts.earlier(dict(kept.kept(tmp_path)))


def test_sets_of_another_name_are_not_compared(assistant: Assistant, tmp_path: Path) -> None:
    evaluator, records = Evaluator(assistant), read_records(sample())[:1]
    for name in ("甲", "乙"):
        begun(evaluator, records, name)
        ended(evaluator)
    (_, result), = islice(kept.kept(tmp_path), 1)
    assert kept.runs_before(result, tmp_path) == {}


def test_one_evaluation_at_a_time_and_it_can_be_stopped(assistant: Assistant, tmp_path: Path) -> None:
    evaluator = Evaluator(assistant)
    many = [{"id": str(n), "question": f"市内バスは{n}台ですか", "answerable": False} for n in range(500)]
    begun(evaluator, many, "長い")
    with pytest.raises(InputError, match="「長い」の評価が進んでいます"):
        begun(evaluator, many)
    assert evaluator.state.total == 500
    evaluator.stop()
    ended(evaluator)
    assert evaluator.state.problem == STOPPED and evaluator.state.path is None and evaluator.state.done < 500
    assert list(kept.kept(tmp_path)) == []
    begun(evaluator, many[:2])
    ended(evaluator)
    assert evaluator.state.problem == "" and evaluator.state.path, "one that was stopped stops no other"


def test_a_failure_is_told_and_the_next_evaluation_runs(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluator, records = Evaluator(assistant), read_records(sample())[:1]
    with monkeypatch.context() as patched:
        patched.setattr(assistant.searcher, "search", lambda *_: 1 / 0)
        begun(evaluator, records)
        ended(evaluator)
    assert "ZeroDivisionError" in evaluator.state.problem
    begun(evaluator, records)
    ended(evaluator)
    assert evaluator.state.path


def test_questions_without_evidence_have_no_search_to_measure(assistant: Assistant, tmp_path: Path) -> None:
    evaluator = Evaluator(assistant)
    begun(evaluator, [{"id": MARKUP, "question": f"{MARKUP}{{{{x}}}}", "answerable": False}], MARKUP)
    ended(evaluator)
    assert evaluator.state.path
    result = kept.one(tmp_path, evaluator.state.path.stem)
    assert result and list(result["runs"]) == [f"answers-{MARKUP}"]
    html = parts.evaluated("n", result, {}) + parts.earlier({"n": result}) + parts.fault_list([Fault(0, MARKUP)]) + parts.problem(MARKUP)
    assert "<img" not in html and "&lt;img" in html


def test_damaged_files_and_foreign_names_are_no_evaluations(tmp_path: Path) -> None:
    folder = tmp_path / kept.FOLDER
    folder.mkdir()
    (folder / "20261123T210000Z-0123abcd.json").write_text("{", encoding="utf-8")
    (tmp_path / "secret.json").write_text(json.dumps({"commit": "x", "made": "y", "runs": {}}), encoding="utf-8")
    assert list(kept.kept(tmp_path)) == []
    assert kept.one(tmp_path, "../secret") is None and kept.one(tmp_path, "nothing") is None
