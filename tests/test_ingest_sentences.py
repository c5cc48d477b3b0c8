"""Sentences end at 。 and its like, but not inside brackets, numbers and addresses."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import LONGEST_BRACKET, sentences


def cut(text: str) -> list[str]:
    """The sentences of ``text``."""
    return [text[a:b] for a, b in sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("開いた。閉じた。", ["開いた。", "閉じた。"]),
        ("市長は「はい。そうです。」と述べた。次の文。", ["市長は「はい。そうです。」と述べた。", "次の文。"]),
        ("条件(注。下を見よ)がある。次。", ["条件(注。下を見よ)がある。", "次。"]),
        ("「外『内。側』です。」と言う。次。", ["「外『内。側』です。」と言う。", "次。"]),
        ("比率は3.5%、値は1,234.5です。次。", ["比率は3.5%、値は1,234.5です。", "次。"]),
        ("http://a.jp/x?q=1!2&y=3.html を見る。次。", ["http://a.jp/x?q=1!2&y=3.html を見る。", "次。"]),
        ("入居企業を募集します!詳しくは下へ。", ["入居企業を募集します!", "詳しくは下へ。"]),
        ("本当ですか? はい。", ["本当ですか?", "はい。"]),
        ("開いた\uff01すごい\uff1fそう。", ["開いた\uff01", "すごい\uff1f", "そう。"]),
        ("終わり。。。次。", ["終わり。。。", "次。"]),
        ("と述べた。」次。", ["と述べた。」", "次。"]),
        ("深? (シンセン)市で開く。次。", ["深? (シンセン)市で開く。", "次。"]),
        ("The city opened a hall. It has 3.5 floors.", ["The city opened a hall.", "It has 3.5 floors."]),
        ("It opened in 2018. The cost was $1.5 million. 77 firms moved in.", ["It opened in 2018.", "The cost was $1.5 million.", "77 firms moved in."]),
        ("Mr. Kim met Dr. J. H. Lee of the U.S. Embassy. He left.", ["Mr. Kim met Dr. J. H. Lee of the U.S. Embassy.", "He left."]),
        ("Firms moved to the U.S. The city helped.", ["Firms moved to the U.S.", "The city helped."]),
        ("It opens at 10 a.m. on Monday. Doors close at 6 p.m. The fee is 5,000 won.", ["It opens at 10 a.m. on Monday.", "Doors close at 6 p.m.", "The fee is 5,000 won."]),
        ("Some fields, e.g. AI, i.e. learning, grow. See Fig. 3 and No. 5.", ["Some fields, e.g. AI, i.e. learning, grow.", "See Fig. 3 and No. 5."]),
        ("Samsung Electronics Co., Ltd. Seoul branch opened. LG Inc. The rest closed.", ["Samsung Electronics Co., Ltd. Seoul branch opened.", "LG Inc.", "The rest closed."]),
        ('He said "We will go." She stayed. (It was late.) Then all left.', ['He said "We will go."', "She stayed.", "(It was late.) Then all left."]),
        ("1. Overview of the plan", ["1. Overview of the plan"]),
        ("Released on Aug. 5, 2019. 5. 3. in Seoul", ["Released on Aug. 5, 2019. 5. 3. in Seoul"]),
        ("See www.seoul.go.kr or mail a.b@c.kr. Visit us... Then call.", ["See www.seoul.go.kr or mail a.b@c.kr.", "Visit us...", "Then call."]),
        ("시는 센터를 열었다. 입주 기업은 77개다. 2018. 5. 3. 발표했다.", ["시는 센터를 열었다.", "입주 기업은 77개다.", "2018. 5. 3. 발표했다."]),
        ("Smart City Seoul. 市はこの計画を立てた。次。", ["Smart City Seoul. 市はこの計画を立てた。", "次。"]),
        ("終わらない文", ["終わらない文"]),
        ("  前後の空白。 \n 次。 ", ["前後の空白。", "次。"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_stray_open_bracket_does_not_swallow_the_rest() -> None:
    assert cut("開いた(括弧のまま。次の文。さらに文。") == ["開いた(括弧のまま。", "次の文。", "さらに文。"]


def test_a_bracket_that_closes_far_away_is_stray() -> None:
    near, far = "あ" * (LONGEST_BRACKET - 10), "あ" * (LONGEST_BRACKET + 10)
    assert len(cut(f"「始め。{near}」と言う。")) == 1
    assert cut(f"「始め。{far}」と言う。")[0] == "「始め。"


def test_only_the_given_stretch_is_cut() -> None:
    text = "一。二。三。四。"
    assert [text[a:b] for a, b in sentences(text, 2, 6)] == ["二。", "三。"]


@given(st.text(alphabet="あ漢가AbU1.,。!?\"「」()『』 \n\uff01\uff1f\uff0e", max_size=80))
def test_sentences_hold_every_character_that_shows(text: str) -> None:
    spans = list(sentences(text, 0, len(text)))
    assert all(a < b for a, b in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    held = {i for a, b in spans for i in range(a, b)}
    assert all(i in held or c.isspace() for i, c in enumerate(text))


@given(st.lists(st.sampled_from(["市は", "計画を立てた", "3.5%", "1,234.5円", "「はい。」", "(注。)", "、", "AI", "https://a.jp/?b=1"]), min_size=1, max_size=12), st.integers(1, 4))
def test_a_sentence_of_whole_parts_is_one_sentence(parts: list[str], times: int) -> None:
    """However numbers, quotes and addresses are put together, the only end is the 。 that is put behind."""
    sentence = "".join(parts).replace("https://a.jp/?b=1", " https://a.jp/?b=1 ").strip() + "です。"
    assert cut(sentence * times) == [sentence] * times
