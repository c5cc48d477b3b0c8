"""What the reader is worth: both sides as measured, the difference over the questions that a measure concerns in both."""

import pytest

from eval.ablation import run_of


def test_both_sides_with_intervals_and_the_tested_difference() -> None:
    """Of twelve questions the reader wins eight and loses none: 2 of 2^8 signs are as extreme."""
    without = {str(n): {"right": float(n < 2), "unanswerable_refused": None} for n in range(12)}
    with_reader = {str(n): {"right": float(n < 10), "unanswerable_refused": None} for n in range(12)}
    found = run_of("own", [(with_reader, without)])
    assert (found["task"], found["set"], found["questions"], set(found["measures"])) == ("ablation", "own", 12, {"right"})
    told = found["measures"]["right"]
    assert (told["questions"], told["with"], told["without"], told["difference"], told["p"]) == (12, pytest.approx(10 / 12), pytest.approx(2 / 12), pytest.approx(8 / 12), 2 / 2**8)
    for value, (low, high) in ((told["with"], told["with_interval"]), (told["without"], told["without_interval"]), (told["difference"], told["interval"])):
        assert low < value < high
    assert told["interval"][0] > 0


def test_searches_and_answers_are_told_together_and_other_measures_left_out() -> None:
    searched = {"a": {"evidence@1": 1.0, "mrr@10": 1.0, "ms": 5.0}}
    answered = {"a": {"right": 1.0}, "b": {"right": None, "unanswerable_refused": 1.0}}
    worse = {"a": {"right": 0.0}, "b": {"right": None, "unanswerable_refused": 0.0}}
    found = run_of("own", [(searched, searched), (answered, worse)])
    assert found["questions"] == 2 and {name: told["difference"] for name, told in found["measures"].items()} == {"evidence@1": 0.0, "right": 1.0, "unanswerable_refused": 1.0}
