"""Follow-up questions are completed from the turns before, and others are left alone."""

import pytest

from qa.history import standalone, topic


def after(*turns: str, question: str) -> str:
    return standalone(question, [{"question": turn} for turn in turns])


def test_a_year_takes_the_place_of_the_one_before():
    assert after("国民の苦情は2022年に何件でしたか。", question="では2023年はどうでしたか。") == "国民の苦情は2023年に何件でしたか。"
    assert after("How many people got jobs in 2016?", question="How about in 2015?") == "How many people got jobs in 2015?"


def test_a_place_takes_the_place_of_the_one_before():
    assert after("ソウルの公共Wi-Fiは何台ですか", question="釜山は?") == "釜山の公共Wi-Fiは何台ですか"


def test_a_country_that_is_asked_of_is_not_taken_for_the_place_asked_about():
    read_as = after("光州に研究所を作ったシリコンバレーの企業はどこですか。", question="その資本を出した日本の会社は?")
    assert "光州" in read_as
    assert "日本の会社" in read_as


def test_what_the_turn_before_asked_for_is_not_asked_again():
    assert after("フェスティバルはどこで開かれましたか。", question="その催しは何日から何日まででしたか。") == "フェスティバル、その催しは何日から何日まででしたか。"
    assert after("事業の募集は何社くらいですか。", question="申し込みはどのサイトからできますか。") == "事業の募集、申し込みはどのサイトからできますか。"


def test_turns_are_completed_one_after_the_other():
    read_as = after("光州グローバルモータースはどこの会社ですか。", "その発足式はいつでしたか。", question="そこには誰が来ましたか。")
    assert read_as.startswith("光州グローバルモータース")
    assert read_as.endswith("誰が来ましたか。")


@pytest.mark.parametrize("question", ["札幌市のIT産業国際交流スペースの面積はどれだけありますか", "第4回WeGO総会のテーマを教えてください"])
def test_a_question_with_names_of_its_own_stands_alone(question: str):
    assert after("ソウルの雇用カフェは何か所ありますか", question=question) == question


def test_without_turns_and_with_broken_ones_the_question_stays():
    assert standalone("それはいつですか", []) == "それはいつですか"
    assert standalone("それはいつですか", ["こわれた履歴", {"answer": "x"}, {"question": ""}]) == "それはいつですか"  # type: ignore[list-item]


def test_topic_is_what_is_left_without_the_asking():
    assert topic("2024年に「窓口」を通じた申請は何件ありましたか") == "2024年に「窓口」を通じた申請"
    assert topic("何ですか") == "何ですか"


def test_a_capital_at_the_beginning_names_nothing():
    read_as = after("What was the ceiling per company of Seoul's subsidy?", question="And the cap per person, please?")
    assert read_as.startswith("What was the ceiling") and "per person" in read_as
    assert after("What was the ceiling per company?", question="What does WeGO do for member cities?") == "What does WeGO do for member cities?"


def test_a_korean_turn_before_leaves_its_topic():
    assert after("센터 입주기업 모집의 최종 발표일은 언제였나요?", question="그럼 그 전에 발표 심사는 언제 했어요?") == "센터 입주기업 모집의 최종 발표일 그 전에 발표 심사는 언제 했어요?"
