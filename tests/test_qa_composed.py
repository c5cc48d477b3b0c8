"""What a model writes stands only where the documents carry it; else what was quoted does."""

import pytest
from eval_fixtures import answer as quoted
from model_fixtures import Script, real_searcher

from qa.answer import Answer, Sentence
from qa.assistant import Assistant
from qa.composed import ComposedAnswerer, pays, unanswered
from qa.extractive import ExtractiveAnswerer

FAIR = "外国人就職博覧会で仕事が決まった人は、2015年と2016年でそれぞれ何人でしたか。"
RIGHT = "2015年の博覧会では外国人求職者のうち50人が就職を果たし、2016年の博覧会では65人が就職に成功しました。"


def composed(model: Script, keep: bool = False) -> Assistant:
    """An assistant whose answers this model words."""
    searcher = real_searcher()
    return Assistant(searcher, ComposedAnswerer(searcher, ExtractiveAnswerer(searcher), model, keep_unsupported=keep))


def quotes_hold(answer: Answer) -> bool:
    """Whether every citation is the span that it says."""
    return all(real_searcher().document(c.document_id).text[c.start : c.end] == c.quote for c in answer.citations)


@pytest.mark.slow
def test_a_sentence_that_the_documents_carry_stands_with_its_citation() -> None:
    found = composed(Script(RIGHT + "[7]")).ask(FAIR)
    assert (found.answerer, found.refused, [s.text for s in found.sentences]) == ("llm", False, [RIGHT])
    assert found.answer == f"{RIGHT}[1]" and all(s.citations and s.supported for s in found.sentences) and quotes_hold(found)
    assert {c.value for c in found.sentences[0].checks if c.found} >= {"50人", "65人"}


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["51人", "50%", "500人"])
def test_a_wrong_value_never_stands(wrong: str) -> None:
    *_, last = composed(Script(RIGHT.replace("50人", wrong))).steps(FAIR)
    assert last.answer.answerer == "extractive" and "50人" in last.answer.answer and wrong not in last.answer.answer
    assert "使いませんでした" in last.note


@pytest.mark.slow
def test_a_sentence_without_support_is_dropped_or_shown_as_such() -> None:
    wrong = "2017年の博覧会では9,999人が就職しました。"
    found = composed(Script(f"{RIGHT}{wrong}")).ask(FAIR)
    assert found.answerer == "llm" and [s.text for s in found.sentences] == [RIGHT]
    shown = composed(Script(f"{RIGHT}{wrong}"), keep=True).ask(FAIR)
    assert [(s.text, s.citations, s.supported) for s in shown.sentences[1:]] == [(wrong, (), False)]
    assert shown.answer == found.answer, "what isn't carried is never in the answer's text"


@pytest.mark.slow
def test_a_model_that_fails_leaves_the_quoted_answer() -> None:
    *_, last = composed(Script()).steps(FAIR)
    assert last.answer.answerer == "extractive" and "50人" in last.answer.answer and "資料からの抜粋で答えます" in last.note


@pytest.mark.slow
def test_the_quoted_answer_is_there_before_the_model_is_asked() -> None:
    model = Script(RIGHT)
    steps = composed(model).steps(FAIR)
    first = next(steps)
    assert first.answer.answerer == "extractive" and first.draft is None and not model.asked
    drafts = [s.draft for s in steps]
    assert drafts[0] == "" and drafts[-2] == RIGHT and drafts[-1] is None


@pytest.mark.slow
def test_what_is_refused_is_not_worded() -> None:
    model = Script("9,999台です。")
    found = composed(model).ask("火星の公共Wi-Fiは何台ですか。")
    assert found.refused and not model.asked


@pytest.mark.slow
def test_a_korean_question_is_answered_in_korean_above_the_japanese_lines() -> None:
    question = "2017년 서울시 외국인 취업박람회에는 한국 기업이 모두 몇 개 참가하나요?"
    found = composed(Script("2017년 박람회에는 한국 기업 60개사가 참가합니다.")).ask(question)
    assert found.answerer == "llm" and found.sentences[0].text.startswith("2017년") and "60社" in found.answer
    assert all(s.citations and s.supported for s in found.sentences) and quotes_hold(found)
    *_, last = composed(Script("2017年の博覧会には、韓国企業計60社が参加する。")).steps(question)
    assert last.answer.answerer == "extractive", "an answer in another language is none"


def test_composing_pays_for_questions_in_other_languages() -> None:
    assert pays("몇 곳입니까?") and pays("How many?") and not pays("何社ですか。")


@pytest.mark.parametrize(
    ("question", "text", "fast", "why"),
    [
        ("何社ですか。", "", "12社です。", "文がありません"),
        ("何社ですか。", "多くの企業です。", "12社です。", "値がありません"),
        ("何社ですか。", "12社です。", "12社です。", None),
        ("몇 곳입니까?", "많은 기업입니다.", "12社です。", "値がありません"),
        ("몇 곳입니까?", "12개입니다.", "12社です。", None),
        ("誰ですか。", "市長です。", "12社です。", None),
    ],
)
def test_whether_what_is_left_answers(question: str, text: str, fast: str, why: str | None) -> None:
    found = unanswered(question, text, quoted(fast))
    assert (found is None) if why is None else (found is not None and why in found)


def test_a_list_that_was_quoted_whole_is_worded_whole() -> None:
    items = tuple(Sentence(text, (1,), True) for text in ("戦略は次のとおりです。", "デジタルインフラの構築", "サービスの普及", "ガバナンスの構築"))
    fast = Answer("戦略は。", "", False, None, "extractive", items)
    assert unanswered("戦略を挙げてください。", "戦略は、デジタルインフラの構築、サービスの普及、ガバナンスの構築です。", fast) is None
    assert unanswered("戦略を挙げてください。", "戦略は、デジタルインフラの構築などです。", fast) == "挙げられた項目が足りません"
