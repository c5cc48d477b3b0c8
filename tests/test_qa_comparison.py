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
