"""A comparison is asked of each side; other questions are not taken apart."""

import pytest

from qa.comparison import sides


@pytest.mark.parametrize(("question", "first", "second"), [
    ("雇用カフェとグローバル不動産は、それぞれ何か所ですか。", "雇用カフェは、何か所ですか", "グローバル不動産は、何か所ですか"),
    ("参加した企業の数は、2015年と2016年でそれぞれ何社ですか。", "参加した企業の数は、2015年は、何社ですか", "参加した企業の数は、2016年は、何社ですか"),
    ("国土交通部と雇用労働部のデジタル予算の規模を比べたいです。", "国土交通部のデジタル予算の規模は、どのくらいですか", "雇用労働部のデジタル予算の規模は、どのくらいですか"),
    ("交流の場で、情報コーナーと会議室はどちらが広い?", "交流の場で、情報コーナーは、どのくらい広い", "交流の場で、会議室は、どのくらい広い"),
])  # fmt: skip
def test_each_side_is_asked_for_itself(question: str, first: str, second: str):
    assert sides(question) == [first, second]


@pytest.mark.parametrize("question", ["ソウル市と大田市が結んだ協定は何ですか", "支援額のうち、国・自治体・民間の負担はそれぞれいくらですか。", "どちらですか", "", "と"])
def test_what_compares_nothing_stays_whole(question: str):
    assert sides(question) == []


def test_clauses_that_are_compared() -> None:
    assert sides("市長が見て回った企業の数と、懇談会に来た企業の数は、どちらが多いですか。") == ["市長が見て回った企業の数はどのくらいですか", "懇談会に来た企業の数はどのくらいですか"]
    assert sides("団地の分譲が始まったのと、その中のセンターが建ったのは、同じ年ですか。") == ["団地の分譲が始まったのはいつですか", "その中のセンターが建ったのはいつですか"]


def test_whose_value_is_greater_asks_for_the_value() -> None:
    assert sides("支援事業では、慶尚北道と全羅南道のどちらの事業費が大きいですか。") == ["支援事業では、慶尚北道は、事業費は", "支援事業では、全羅南道は、事業費は"]
    assert sides("11月の協約と12月の協約では、企業の数が多いのはどちらですか。") == ["11月の協約は、企業の数はどのくらいですか", "12月の協約は、企業の数はどのくらいですか"]
