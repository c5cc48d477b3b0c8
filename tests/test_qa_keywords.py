"""Keywords are read as the question that they stand for; questions and greetings stay as they are."""

import pytest

from qa.keywords import as_question


@pytest.mark.parametrize(("typed", "question"), [
    ("マゴク 公共支援センター 面積", "マゴクの公共支援センターの面積はどのくらいですか"), ("創業保育空間の応募締切", "創業保育空間の応募締切はいつですか"),
    ("市役所 IT 交流スペース 住所", "市役所のIT交流スペースの住所はどこですか"), ("苦情 件数 2023年", "2023年の苦情の件数はどのくらいですか"), ("協会の会長", "協会の会長は誰ですか"),
    ("スマート工場の事業費は", "スマート工場の事業費はいくらですか"), ("補助金 対象業種", "補助金の対象業種は何ですか"),
])  # fmt: skip
def test_keywords_become_a_question(typed: str, question: str) -> None:
    assert as_question(typed) == question


@pytest.mark.parametrize("typed", [
    "", "?", "2023年", "SIBAC", "予算は?", "室内型の台数は?", "ありがとう", "市の予算はいくらですか", "予算を教えて", "どこの予算", "市の予算と、その内訳", "공공 와이파이 대수", "public Wi-Fi units", "一 二 三 四 五 六 七 八",
])  # fmt: skip
def test_other_text_stays_as_it_is(typed: str) -> None:
    assert as_question(typed) == typed
