"""Every measure has words, and figures are written as people read them."""

from eval.labels import MEASURES
from eval.report.explained import EXPLANATIONS, change, change_interval, explanation, interval, number


def test_every_measure_is_explained_in_one_line() -> None:
    assert set(EXPLANATIONS) == set(MEASURES) - {"questions"}
    assert not any("\n" in said or said.endswith("。") for said in EXPLANATIONS.values())


def test_where_less_is_better_it_is_said() -> None:
    assert explanation("answerable_refused").endswith("小さいほど良い値です")
    assert "小さいほど" not in explanation("right") and explanation("unheard of") == ""


def test_values_are_written_by_what_they_are() -> None:
    assert [number(*pair) for pair in (("right", 0.8769), ("ndcg@10", 0.93684), ("truthfulness", -0.25), ("ms_p95", 1188.6), ("right", None))] == ["87.7%", "0.937", "−0.25", "1,189ミリ秒", "–"]
    assert number("right", 99 / 130) == number("right", 0.7615), "a mean of rows and the rounded one of the result file"
    assert change("right", -0.0123) == "−1.2ポイント" and change("ndcg@10", 0.01) == "+0.010"


def test_intervals_name_their_unit_once_and_equal_values_are_no_interval() -> None:
    assert interval("right", [0.81, 0.9316]) == "81.0〜93.2%" and interval("mrr@10", (0.5, 0.75)) == "0.500〜0.750"
    assert interval("right", (1.0, 1.0)) == "全問で同じ値" and interval("right", None) == ""
    assert change_interval("right", -0.01, 0.02) == "−1.0〜+2.0ポイント" and change_interval("right", 0.0, 0.0) == "全問で同じ値"
