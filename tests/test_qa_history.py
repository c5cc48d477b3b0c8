"""Follow-up questions are completed from the turns before, and others are left alone."""

from pathlib import Path

import pytest

from eval.gold import read_questions
from qa.history import standalone, topic


def after(*turns: str, question: str) -> str:
    return standalone(question, [{"question": turn} for turn in turns])


def test_a_year_takes_the_place_of_the_one_before():
    assert after("国民の苦情は2022年に何件でしたか。", question="では2023年はどうでしたか。") == "国民の苦情は2023年に何件でしたか。"
    assert after("How many people got jobs in 2016?", question="How about in 2015?") == "How many people got jobs in 2015?"


def test_a_place_takes_the_place_of_the_one_before():
    assert after("ソウルの公共Wi-Fiは何台ですか", question="釜山は?") == "釜山の公共Wi-Fiは何台ですか"


def test_a_thing_takes_the_place_of_the_one_that_is_called_alike():
    assert after("国土交通部の予算はいくらですか", question="保健福祉部は?") == "保健福祉部の予算はいくらですか"
    assert after("室外型の台数は?", question="室内型は?") == "室内型の台数は?"
    assert after("国土交通部と教育部の予算は?", question="保健福祉部は?") == "国土交通部と教育部の予算は? 保健福祉部は?"  # which of the two isn't said


def test_a_topic_in_front_with_its_year_stands_alone():
    asked = "苦情は何件ありましたか 2023年"
    assert after("マゴク 公共支援センター 面積", question=asked) == asked
    assert after("市の相談窓口への苦情", question="苦情は2023年に何件ありましたか").startswith("市の相談窓口への")
    assert after("就職博覧会の参加企業", question="定員は2023年に何人でしたか").startswith("就職博覧会")


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


@pytest.mark.parametrize(
    "question",
    [
        "札幌市のIT産業国際交流スペースの面積はどれだけありますか", "第4回WeGO総会のテーマを教えてください", "マイスター高校とは?", "札幌の開設日はいつ", "光州の人口は?", "マゴク産業団地の広さは",
        "保健福祉部の予算とその重点配分を教えて", "説明会では何件の業務協定が結ばれ、誰が署名しましたか", "よその国から来た人が会社を起こすとき、家賃の手伝いはある?", "SIBACがこれまでに出した提言は何件?",
        "서울시 디지털도시국의 2025년도 예산 총액은 얼마입니까?", "How much did it cost to build the Sapporo Electronics Center?",
    ],
)  # fmt: skip
def test_a_question_with_names_of_its_own_stands_alone(question: str):
    assert after("ソウル市の公共Wi-Fiは何台ありますか", question=question) == question


@pytest.mark.parametrize("question", ["担当は誰", "電話番号は", "釜山の台数は?", "全北特別自治道のほうはいくら?", "ほかにどんな支援がありますか", "参加した企業の数は?", "専門家向けのコースだとどれくらいかかりますか?", "申込受付期間はいつまで", "거기 몇 층이에요?", "How long does it take?"])
def test_a_question_that_leaves_its_subject_unsaid_leans_on_the_one_before(question: str):
    assert after("ソウル市の公共Wi-Fiは何台ありますか", question=question) != question


def test_new_questions_of_the_gold_sets_are_not_glued_to_the_turn_before():
    questions = [q for path in sorted(Path("eval/gold").glob("*.jsonl")) for q in read_questions(path)]
    fresh = [q.question for q in questions if not q.history]
    glued = [q for n, q in enumerate(fresh) if after(fresh[n - 100], question=q) != standalone(q, ())]  # keywords are made a question either way
    assert len(glued) < 0.03 * len(fresh), glued  # a third of them were, once
    followed = [q for q in questions if q.history and q.kind == "followup"]
    left_alone = [q.question for q in followed if standalone(q.question, q.history) == q.question]
    assert len(left_alone) < 0.1 * len(followed), left_alone


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
