"""Candidates from feedback: what the checker accepts, and what it asks a person to complete."""

from test_qa_work import DOCUMENT, answer

from eval.screen.feedback_gold import candidates, merged
from eval.screen.gold_table import as_record, faults_of, questions_of
from qa.work.conversations import Conversations
from qa.work.feedback import FeedbackBox
from qa.work.work import Work


def given(tmp_path, *judged):
    """A box in which each answer has been judged by a browser of its own."""
    work = Work(tmp_path)
    talks, box = Conversations(work), FeedbackBox(work)
    for n, (said, verdict, reason, history) in enumerate(judged):
        box.give(f"browser-{n}", talks.add(f"browser-{n}", "", said), history, verdict, reason, "橋の数" if reason else "", {"embedder": "e"})
    return box.all()


def test_a_good_answer_becomes_a_question_whose_evidence_the_checker_finds(tmp_path):
    (record,) = candidates(given(tmp_path, (answer("橋は?", "甲市は<b>橋</b>を2本かけた。", "乙市は3本かけた。"), "good", "", [])))
    assert [piece["quote"] for piece in record["evidence"]] == ["甲市は<b>橋</b>を2本かけた。", "乙市は3本かけた。"]
    assert record["feedback"]["settings"] == {"embedder": "e"}
    assert as_record(record) == record
    assert faults_of(questions_of({1: record}), [DOCUMENT]) == []


def test_a_good_refusal_becomes_a_question_without_answer(tmp_path):
    (record,) = candidates(given(tmp_path, (answer("月の橋は?", refused=True, citations=(), sentences=()), "good", "", [])))
    assert (record["answerable"], record["kind"], record["evidence"]) == (False, "unanswerable", [])
    assert faults_of(questions_of({1: record}), [DOCUMENT]) == []


def test_a_bad_answer_becomes_a_candidate_that_says_what_is_missing(tmp_path):
    (record,) = candidates(given(tmp_path, (answer("橋は?"), "bad", "source", [{"question": "前", "answer": "答"}])))
    assert (record["answerable"], record["evidence"], record["kind"], record["history"]) == (True, [], "followup", [{"question": "前", "answer": "答"}])
    assert "出典違い(橋の数)" in record["feedback"]["said"]
    assert [fault.row for fault in faults_of(questions_of({1: record}), [DOCUMENT])] == [1]


def test_one_question_is_taken_once_and_a_good_word_counts_more(tmp_path):
    found = candidates(given(tmp_path, (answer("橋は？"), "bad", "old", []), (answer("橋は?"), "good", "", []), (answer("橋 は?"), "bad", "wrong", []), (answer("Which bridge?"), "good", "", [])))
    assert [(r["feedback"]["said"], r["lang"], r["kind"]) for r in found] == [("よい回答", "ja", "fact"), ("よい回答", "en", "english")]
    assert merged([{"id": "q1", "question": "橋は ?"}], found) == found[1:]
