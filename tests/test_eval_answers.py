"""Grades and measures of answers worked out by hand, on citations of real documents."""

import json
from dataclasses import replace

import pytest
from eval_fixtures import answer, cheap_searcher, citation, question
from library_fixtures import SAPPORO, corpus

from eval.answers import CHECKED, Graded, evaluate, grade, is_right, reliability, row, run_of
from eval.gold import Evidence, Question
from qa.answer import Answer, Check
from qa.assistant import Assistant
from qa.extractive import ExtractiveAnswerer

(DOCUMENT,) = corpus()[SAPPORO]
QUOTE = DOCUMENT.text[100:140]
ASKED = Question("q", "何?", must=(QUOTE[:6],), evidence=(Evidence("003", QUOTE), Evidence("003", DOCUMENT.text[200:230])))
UNANSWERABLE = Question("u", "何?", kind="unanswerable", answerable=False)
REFUSAL = answer("見つかりませんでした。", refused=True)


def assistant() -> Assistant:
    """A real assistant on the cheap vectors."""
    return Assistant(cheap_searcher(), ExtractiveAnswerer(cheap_searcher()))


def cited(*spans: tuple[int, int], text: str = QUOTE, **more: object) -> Answer:
    """An answer that cites those spans of the document."""
    return answer(text, [citation(DOCUMENT.id, a, b, DOCUMENT.text[a:b], n) for n, (a, b) in enumerate(spans, 1)], **more)  # type: ignore[arg-type]


def graded(asked: Question, came: Answer) -> Graded:
    """The grade of an answer."""
    return grade(asked, came, assistant())


@pytest.mark.parametrize(
    "must, any_, text, expected",
    [
        (("1,234台",), (), "全部で\uff11\uff12\uff13\uff14 台です", True),
        (("1234台", "5月"), (), "1234台です", False),
        ((), ("5月", "五月"), "五月です", True),
        ((), ("5月", "五月"), "六月です", False),
        (("1234台",), ("5月",), "5月に1,234台", True),
        ((), (), "何でも", True),
    ],
)
def test_a_right_answer_holds_all_of_must_and_one_of_any(must: tuple, any_: tuple, text: str, expected: bool) -> None:
    assert is_right(Question("q", "?", must=must, any=any_), answer(text)) is expected


def test_a_refusal_is_right_only_where_there_is_no_answer() -> None:
    assert is_right(UNANSWERABLE, REFUSAL) and not is_right(UNANSWERABLE, answer("x"))
    assert not is_right(replace(ASKED, must=()), REFUSAL)


def test_citations_against_the_evidence() -> None:
    """Three citations: one covers the first piece, one touches the second, one is elsewhere. Recall 1/2, precision 2/3."""
    found = graded(ASKED, cited((90, 150), (225, 260), (300, 320)))
    assert (found.covered, found.relevant, found.offsets_hold, found.right) == ((True, False), (True, True, False), True, True)
    values = row(found)
    assert (values["citation_recall"], values["citation_precision"]) == (0.5, pytest.approx(2 / 3))
    assert (values["right"], values["right_and_cited"]) == (1.0, 0.0)
    assert row(graded(ASKED, cited((90, 150), (190, 240))))["right_and_cited"] == 1.0


def test_a_citation_whose_offsets_dont_give_its_quote_is_told() -> None:
    wrong = answer(QUOTE, [citation(DOCUMENT.id, 100, 140, "別の文")])
    assert row(graded(ASKED, wrong))["offsets_hold"] == 0.0
    assert row(graded(ASKED, cited((100, 140))))["offsets_hold"] == 1.0


def test_an_answer_without_citations_has_none_right_and_none_wrong() -> None:
    values = row(graded(ASKED, answer("何か", cited=False)))
    assert (values["citation_recall"], values["citation_precision"], values["every_sentence_cited"]) == (0.0, 0.0, 0.0)
    assert values["offsets_hold"] is None


def test_what_a_refusal_of_an_answerable_question_concerns() -> None:
    assert row(graded(ASKED, REFUSAL)) == {
        "right": 0.0, "right_and_cited": 0.0, "citation_recall": None, "citation_precision": None, "every_sentence_cited": None,
        "numbers_supported": None, "offsets_hold": None, "unanswerable_refused": None, "answerable_refused": 1.0,
        "refusal_precision": 0.0, "refusal_recall": None, "truthfulness": 0.0, "ms": 5.0,
    }  # fmt: skip


def test_what_an_unanswerable_question_concerns() -> None:
    refused, answered = row(graded(UNANSWERABLE, REFUSAL)), row(graded(UNANSWERABLE, cited((0, 20))))
    assert {k: v for k, v in refused.items() if v is not None} == {"unanswerable_refused": 1.0, "refusal_precision": 1.0, "refusal_recall": 1.0, "truthfulness": 1.0, "ms": 5.0}
    assert answered["truthfulness"] == -1.0 and answered["unanswerable_refused"] == 0.0
    assert answered["right"] is answered["citation_precision"] is answered["refusal_precision"] is None
    assert answered["every_sentence_cited"] == 1.0


def test_only_numbers_and_dates_are_counted_as_supported() -> None:
    checks = [Check("number", "1", True), Check("date", "2", False), Check("name", "3", False)]
    assert CHECKED == ("number", "date")
    assert row(graded(ASKED, cited((0, 20), checks=checks)))["numbers_supported"] == 0.5
    assert row(graded(ASKED, cited((0, 20), checks=checks[2:])))["numbers_supported"] is None


def test_truthfulness_and_refusals_over_a_run() -> None:
    """Right, wrong, false refusal, right refusal, false answer: (1 - 1 + 0 + 1 - 1) / 5; one of two refusals is right."""
    pairs = [(ASKED, cited((90, 240))), (ASKED, cited((0, 20), text="ちがう")), (ASKED, REFUSAL), (UNANSWERABLE, REFUSAL), (UNANSWERABLE, cited((0, 20)))]
    run = run_of([graded(replace(q, id=str(n)), a) for n, (q, a) in enumerate(pairs)])
    scores = run["scores"]["all"]
    assert (scores["truthfulness"], scores["refusal_precision"], scores["refusal_recall"]) == (0.0, 0.5, 0.5)
    assert (scores["right"], scores["answerable_refused"]) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert scores["citation_recall"] == 0.5  # of two answered answerable questions
    assert [f["id"] for f in run["failures"]] == ["1", "2", "4"]
    assert run["failures"][0]["expected"] == [QUOTE, DOCUMENT.text[200:230]] and run["failures"][0]["must"] == [QUOTE[:6]]
    assert (run["failures"][1]["refused"], run["failures"][1]["reason"]) == (True, "理由")
    assert json.loads(json.dumps(run)).keys() == run.keys()


def test_a_right_answer_that_doesnt_cite_the_evidence_is_listed() -> None:
    run = run_of([graded(ASKED, cited((0, 20)))])
    assert run["failures"][0]["right"] is True


def test_the_corpus_is_really_asked() -> None:
    seen: list[tuple[int, int]] = []
    run = evaluate([question("a", pieces=0, answerable=False), replace(ASKED, id="b", question=QUOTE)], assistant(), lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)] and [r["id"] for r in run["rows"]] == ["a", "b"]
    assert run["scores"]["all"]["offsets_hold"] in (1.0, None) and run["scores"]["all"]["ms_p50"] > 0


def test_the_readers_probabilities_are_put_beside_what_came_true() -> None:
    """Bins take their lower bound; 1.0 belongs to the last one; empty bins are left out."""
    found = reliability([(0.05, False), (0.1, True), (0.15, False), (0.8, True), (1.0, True), (0.9, False)])
    assert [(b["low"], b["high"], b["count"]) for b in found] == [(0.0, 0.1, 1), (0.1, 0.2, 2), (0.8, 1.0, 3)]
    assert found[1]["share_right"] == 0.5 and found[1]["mean_score"] == pytest.approx(0.125)
    assert found[2]["share_right"] == pytest.approx(2 / 3) and found[2]["mean_score"] == pytest.approx(0.9)
    assert reliability([]) == []
