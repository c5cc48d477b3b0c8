"""What a question asks of: terms to be explained, and the words beside the question word."""

import pytest

from qa.subject import beside_question_word, explained_term, explains


@pytest.mark.parametrize(
    "question, term",
    [
        ("慶尚北道の「モイソ」とは何ですか。", "モイソ"), ("韓国のマイスター高校とはどういう学校ですか。", "マイスター高校"), ("e-シルクロードって何?", "e-シルクロード"),
        ("市の「スマートポール(S-Pole)」とは何か、簡単に説明してください。", "スマートポール(S-Pole)"), ("デジタル・セサック(新芽)事業の意味と中身は?", "デジタル・セサック(新芽)"),
        ("拠点は何か所ですか。", None), ("予算は何か変わりましたか。", None), ("募集は何社ですか。", None), ("開設日は何月何日ですか。", None), ("発表審査はいつ行われますか。", None), ("What is DQ?", None),
        ("NATECの正式な日本語名は", "NATEC"), ("WeGOは何の略ですか", "WeGO"), ("DXの予算は", None),
    ],
)  # fmt: skip
def test_the_term_that_a_question_wants_explained(question: str, term: str | None) -> None:
    assert explained_term(question) == term


def test_what_explains_a_term() -> None:
    assert explains("マイスター高校", "※「マイスター高校」とは、担い手を育成する特殊目的高校のことで、", "") == 1.0
    assert explains("創業保育空間", "※ 創業保育空間(インキュベーションオフィス)支援は、初期創業者を助ける事業である。", "") == 0.8
    assert explains("モイソ", "道民を支援する行政サービスプラットフォーム。", "1) デジタル行政サービス「モイソ」") == 0.6
    assert explains("NATEC", "ベトナムのNATEC(技術企業・商用化開発局)と、協定を結んだ。", "") == 0.9
    assert explains("WeGO", "「世界都市電子政府協議体」(以下、「WeGO」)の総会が開かれた。", "") == 0.9
    assert explains("WeGO", "会場(WeGO事務局)で開かれた。", "") == 0.0
    assert explains("モイソ", "モイソは、申請が増えた。", "") < 0.5
    assert explains("モイソ", "市は3月に説明会を開いた。", "1) デジタル行政サービス「モイソ」") == 0.0


def test_words_beside_the_question_word() -> None:
    assert beside_question_word("発表審査はいつ行われますか。") == {"発表", "審査"}
    assert "応募" in beside_question_word("応募の締切は何日ですか。")
    assert beside_question_word("教えてください") == frozenset()
