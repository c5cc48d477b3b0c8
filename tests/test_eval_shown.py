"""Runs on the terminal: every figure with its interval, and what changed since the run before."""

from pathlib import Path

import pytest

from eval import results, shown
from eval.ablation import run_of
from eval.shown import changes, lines


def retrieval_run(right: float, count: int = 40) -> dict:
    """A run of retrieval with that share of questions right."""
    rows = [{"id": str(n), "kind": "fact", "measures": {"evidence@1": float(n < right * count)}} for n in range(count)]
    both = {"questions": count, "evidence@1": right, "ndcg@10": None}
    return {"task": "retrieval", "set": "report", "questions": count, "scores": {"all": both, "fact": both}, "intervals": {"evidence@1": [0.1, 0.9]}, "variants": {"dense": both}, "rows": rows, "failures": []}


def test_a_run_is_shown_with_intervals_kinds_and_variants() -> None:
    said = "\n".join(lines(retrieval_run(0.5)))
    assert said.splitlines()[0] == "■ 検索 report(40問)"
    assert "0.500(0.100〜0.900)  根拠が最初の一節にある" in said and "–" in said
    assert "種類別(根拠が最初の一節にある): 事実 0.500(40問)" in said and "意味のみ: 根拠が最初の一節にある 0.500" in said


def test_bench_is_shown_by_its_parts() -> None:
    said = list(lines({"task": "bench", "set": "report", "questions": 60, "scores": {"search": {"ms_p50": 12.345, "ratio": 1.1}}}))
    assert said == ["■ 速さ report(60問)", "  search: ms_p50 12.3  ratio 1.1"]


def test_what_changed_significantly_since_the_kept_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "histories", lambda: results.histories(tmp_path))
    assert list(changes("retrieval-report", retrieval_run(0.9))) == []
    results.write({"commit": "abc", "made": "2026-01-01T00:00:00Z", "runs": {"retrieval-report": retrieval_run(0.5)}}, tmp_path / "abc.json")
    assert list(changes("retrieval-report", retrieval_run(0.55))) == []
    (line,) = changes("retrieval-report", retrieval_run(0.9))
    assert line.startswith("  前回より +0.400(p = 0.0") and line.endswith("根拠が最初の一節にある")


def test_what_a_reader_is_worth_is_shown_with_both_sides_and_the_test() -> None:
    with_reader, without = ({str(n): {"hit@1": value} for n, value in enumerate(values)} for values in ([1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]))
    head, line = lines(run_of("own", [(with_reader, without)]))
    assert head == "■ 読解の効き目 own(4問)"
    assert line.startswith("  読解あり 0.750  なし 0.500  差 +0.250(+0.000〜+0.750、p = 1.000)") and line.endswith("正解が1位")
