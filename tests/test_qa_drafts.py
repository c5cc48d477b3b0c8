"""What a model wrote, cut into sentences in three languages, without the marks that it made up."""

import pytest

from qa.drafts import is_in, sentences_of


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        ("7,380台です。34,363台のうちです。", ["7,380台です。", "34,363台のうちです。"]),
        ("市は「増やす。続ける。」と述べた[1]。終わり", ["市は「増やす。続ける。」と述べた。", "終わり"]),
        ("시내버스는 7,380대입니다. 총 3.5% 증가했습니다.", ["시내버스는 7,380대입니다.", "총 3.5% 증가했습니다."]),
        ("2020. 2. 19. 유치했습니다.", ["2020. 2. 19. 유치했습니다."]),
        ("Gwangju Global Motors Co. Ltd. was chosen. It has 3.5 million.", ["Gwangju Global Motors Co. Ltd. was chosen.", "It has 3.5 million."]),
        ("Is it so? Yes!", ["Is it so?", "Yes!"]),
        ("- 電子\n- バイオ\n1. 情報通信", ["電子", "バイオ", "情報通信"]),
        ("**答え**: 3社です。", ["3社です。"]),
        ("回答: 3社です。\n3社です。", ["3社です。"]),
        ("", []),
        (" \n。\n", []),
    ],
)
def test_sentences(draft: str, found: list[str]) -> None:
    assert sentences_of(draft) == found


@pytest.mark.parametrize("mark", ["[1]", "[12]", "【1】", "【資料1】", "(資料1)", "[1, 2]", "[資料2]", "(出典1)", "(Source 1)", "〔1〕"])
def test_marks_of_the_model_are_taken_away(mark: str) -> None:
    assert sentences_of(f"12社です{mark}。") == ["12社です。"]


@pytest.mark.parametrize("text", ["英語(170)です。", "4つの戦略(4)です。", "昭和61年(1986)です。", "(株)ソクァンです。", "「資料1」です。"])
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert sentences_of(text) == [text]


@pytest.mark.parametrize("draft", ["戦略は以下の通りです。", "内容は次のとおりです:", "다음과 같습니다.", "They are as follows:"])
def test_an_introduction_alone_says_nothing(draft: str) -> None:
    assert sentences_of(draft) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ko", "시내버스에 7,380대가 있습니다.", True),
        ("ko", "光州市は14社と協約を締結しました。", False),
        ("ko", "건축 분야 중小企業は1社입니다.", False),
        ("ko", "14社", False),
        ("en", "It has 14 schools (光州市).", True),
        ("en", "60%", False),
        ("ja", "Gwangju Global Motorsです。", True),
        ("ja", "It has 14 schools.", False),
    ],
)
def test_the_language_that_a_sentence_reads_as(language: str, text: str, expected: bool) -> None:
    assert is_in(language, text) is expected  # type: ignore[arg-type]
