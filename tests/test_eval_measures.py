"""Means, intervals and tests against hand-worked numbers and oracles; ranking measures against their formulas."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.measures import EXHAUSTIVE, Paired, intervals, means, paired, ranked_rows, scores, sign_flip_p


def test_a_question_that_isnt_concerned_is_left_out_of_the_mean() -> None:
    assert means([{"right": 1.0, "cited": None}, {"right": 0.0, "cited": 1.0}, {"cited": 0.5}]) == {"right": 0.5, "cited": 0.75}
    assert means([{"right": None}]) == {"right": None}
    assert means([]) == {}


def test_milliseconds_are_given_by_quantiles() -> None:
    found = scores([{"right": 1.0, "ms": float(n)} for n in range(1, 102)])
    assert found == {"questions": 101, "right": 1.0, "ms_p50": 51.0, "ms_p95": 96.0}
    assert scores([]) == {"questions": 0}
    assert "ms" not in intervals([{"ms": 3.0}])


def test_a_bootstrap_interval_is_as_wide_as_the_binomial_standard_error_says() -> None:
    """200 questions, 150 right: 0.75 ± 1.96 · sqrt(0.75 · 0.25 / 200)."""
    rows = [{"right": float(n < 150), "same": 1.0} for n in range(200)]
    error = math.sqrt(0.75 * 0.25 / 200)
    found = intervals(rows)
    assert found["right"] == pytest.approx((0.75 - 1.96 * error, 0.75 + 1.96 * error), abs=0.008)
    assert found["same"] == (1.0, 1.0)
    assert found == intervals(rows) and found != intervals(rows, seed=1)


def test_an_interval_counts_only_the_questions_that_are_concerned() -> None:
    some = [{"right": float(n % 2)} for n in range(40)]
    assert intervals(some)["right"] == intervals([*some, *({"right": None} for _ in range(60))])["right"]


def test_the_test_between_runs_equals_trying_all_signs() -> None:
    """Four of five questions better, one worse; the 32 patterns of signs are counted below."""
    before = {f"q{n}": {"right": 0.0} for n in range(4)} | {"q4": {"right": 1.0}}
    after = {f"q{n}": {"right": 1.0} for n in range(4)} | {"q4": {"right": 0.0}}
    # |sum| >= 3 of five ±1: sums of ±5 (2 patterns) and ±3 (10 patterns) of 32.
    found = paired(before, after)["right"]
    assert found.difference == pytest.approx(0.6) and found.p == 12 / 32
    assert found.low <= found.difference <= found.high


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), min_size=1, max_size=9))
def test_few_differences_are_tested_exactly(differences: list[float]) -> None:
    """The oracle flips the signs of all differences, zeros included, in plain Python."""
    flipped = [abs(sum(s * d for s, d in zip(signs, differences, strict=True))) for signs in product((1, -1), repeat=len(differences))]
    expected = sum(f >= abs(sum(differences)) for f in flipped) / len(flipped)
    assert sign_flip_p(np.array(differences)) == pytest.approx(expected)


def test_many_differences_are_sampled_close_to_the_binomial_sign_test() -> None:
    """30 questions changed, 21 for the better: P(|S| >= 12) of 30 fair coins, from the binomial distribution."""
    exact = 2 * sum(math.comb(30, k) for k in range(21, 31)) / 2**30
    assert sign_flip_p(np.array([1.0] * 21 + [-1.0] * 9 + [0.0] * 50)) == pytest.approx(exact, abs=0.006)
    assert EXHAUSTIVE < 30


def test_only_questions_of_both_runs_are_compared_and_only_where_both_are_concerned() -> None:
    before = {"a": {"right": 1.0, "cited": None, "ms": 1.0}, "b": {"right": 0.0, "cited": 1.0}, "gone": {"right": 0.0}}
    after = {"a": {"right": 1.0, "cited": 1.0, "ms": 9.0}, "b": {"right": 1.0, "cited": 1.0}, "new": {"right": 1.0}}
    found = paired(before, after)
    assert set(found) == {"right", "cited"}
    assert found["right"].difference == 0.5 and found["right"].p == 1.0  # one change in two can be chance
    assert found["cited"] == Paired(0.0, 0.0, 0.0, 1.0)
    assert paired(before, {}) == {}


def test_ranking_measures_by_hand() -> None:
    """Grades 2 at rank 1 and 1 at rank 3 of a, b with grade 1 missed: gains and discounts as in trec_eval."""
    qrels = {"q": {"a": 2, "b": 1, "c": 1}, "none": {"a": 0}, "unfound": {"z": 1}}
    found = ranked_rows({"q": ["a", "x", "c"], "none": ["a"]}, qrels)
    ideal = 2 + 1 / math.log2(3) + 1 / math.log2(4)
    assert set(found) == {"q", "unfound"}
    assert found["q"] == pytest.approx({"ndcg@10": (2 + 1 / math.log2(4)) / ideal, "mrr@10": 1.0, "hit@1": 1.0, "recall@100": 2 / 3})
    assert found["unfound"] == {"ndcg@10": 0.0, "mrr@10": 0.0, "hit@1": 0.0, "recall@100": 0.0}
    assert ranked_rows({"q": ["x", "y", "c"]}, qrels)["q"]["mrr@10"] == pytest.approx(1 / 3)


def test_the_order_counts_not_the_ids() -> None:
    """Ties broken by id would put z before a."""
    for items in (["z", "a"], ["a", "z"]):
        assert ranked_rows({"q": items}, {"q": {items[1]: 1}}, ["mrr@10"])["q"]["mrr@10"] == 0.5


def test_nothing_found_at_all() -> None:
    assert ranked_rows({}, {"q": {"a": 1}}, ["ndcg@10"]) == {"q": {"ndcg@10": 0.0}}
    assert ranked_rows({}, {}) == {}
    assert ranked_rows({"q": [f"x{n}" for n in range(10)] + ["a"]}, {"q": {"a": 1}})["q"] == {"ndcg@10": 0.0, "mrr@10": 0.0, "hit@1": 0.0, "recall@100": 1.0}
