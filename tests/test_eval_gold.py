"""Reading gold questions, finding evidence, and what the checker finds."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from library_fixtures import REPORT, ROOT, SAPPORO, corpus, corpus_documents, read, report

from eval.gold import Evidence, Question, Span, find_evidence, find_normalized, is_named, question_of, read_questions
from eval.gold_check import check
from ingest.document import Document
from ingest.errors import InputError

GOLD = ROOT / "eval" / "gold"
SETS = {name: read_questions(GOLD / f"{name}.jsonl") for name in ("tune", "report")}


@pytest.mark.parametrize("name, other", [("tune", "report"), ("report", "tune")])
def test_the_gold_sets_have_no_faults_and_share_no_question(name: str, other: str) -> None:
    assert check(SETS[name], corpus_documents(), {other: SETS[other]}) == []


def test_the_gold_sets_are_what_they_have_to_be() -> None:
    every = [q for questions in SETS.values() for q in questions]
    assert len(every) >= 200 and sum(not q.answerable for q in every) >= 40
    assert {e for d in corpus_documents() for e in [d.source[:3]]} == {e.doc[:3] for q in every for e in q.evidence}
    held = {span.document_id for q in every for e in q.evidence for span in find_evidence(e, corpus_documents())}
    assert held == {d.id for d in corpus_documents()}, "a document that no question is about"
    assert {"comparison", "korean", "english", "followup", "everyday", "name", "contact", "list", "definition", "table", "date", "fact", "unanswerable"} == {q.kind for q in every}


def test_a_quote_is_found_whatever_its_widths_spaces_and_commas() -> None:
    text = "予算は\uff11,\uff12\uff13\uff14 億ウォン\nである。"
    (start, end), = find_normalized(text, "1234億ウォンである")
    assert text[start:end] == "\uff11,\uff12\uff13\uff14 億ウォン\nである"
    assert find_normalized("あああ", "ああ") == [(0, 2), (1, 3)]
    assert find_normalized("あ", "") == []


def test_evidence_is_looked_for_only_in_the_document_that_is_named() -> None:
    (sapporo,) = corpus()[SAPPORO]
    quote = sapporo.text[40:70]
    assert find_evidence(Evidence("003", quote), corpus_documents())[0] == Span(sapporo.id, 40, 70)
    assert find_evidence(Evidence("004", quote), corpus_documents()) == []


def named(source: str, id_: str = "user-1234abcd") -> Document:
    """A document of that file."""
    return replace(read("# 見出し\n本文です。")[0], source=source, id=id_)


@pytest.mark.parametrize(
    "source, doc, expected",
    [
        ("004_clair.md", "004", True),
        ("004_clair.md", "004_clair.md", True),
        ("004_clair.md", "user-1234abcd", True),
        ("004_clair.md", "clair.md", False),
        ("004_clair.md", "", False),
        ("0123abcd_1c202401.pdf", "1c202401.pdf", True),
        ("0123abcd_1c202401.pdf", "finance/1c202401.pdf", True),
        ("0123abcd_1c202401.pdf", "0123abcd_1c202401.pdf", True),
        ("0123abcd_1c202401.pdf", "finance/other.pdf", False),
        ("finance/1c202401.pdf", "finance/1c202401.pdf", True),
        ("finance/1c202401.pdf", "1c202401.pdf", True),
        ("finance/1c202401.pdf", "traffic/1c202401.pdf", False),
    ],
)
def test_a_document_is_named_by_id_file_path_or_beginning(source: str, doc: str, expected: bool) -> None:
    assert is_named(named(source), doc) is expected


def test_a_page_is_relevant_as_a_whole() -> None:
    span = Span("d", 0, 100, page=3)
    assert span.is_covered_by("d", 40, 50, 3) and span.is_touched_by("d", 40, 50, 3)
    assert not span.is_covered_by("d", 0, 100, 2) and not span.is_covered_by("e", 0, 100, 3) and not span.is_covered_by("d", 0, 100)


def test_a_span_is_covered_whole_and_touched_by_a_character() -> None:
    span = Span("d", 10, 20)
    assert span.is_covered_by("d", 10, 20) and not span.is_covered_by("d", 11, 30) and not span.is_covered_by("e", 0, 99)
    assert span.is_touched_by("d", 19, 30) and span.is_touched_by("d", 12, 13)
    assert not span.is_touched_by("d", 20, 30) and not span.is_touched_by("d", 0, 10) and not span.is_touched_by("e", 12, 13)


def test_a_question_is_read_with_quotes_or_pages() -> None:
    raw = {"id": 7, "question": "何?", "evidence": [{"doc": "a", "quote": "x"}, {"doc": "b.pdf", "page": 2}]}
    question = question_of(raw)
    assert (question.id, question.kind, question.answerable) == ("7", "fact", True)
    assert question.evidence == (Evidence("a", "x"), Evidence("b.pdf", page=2))
    assert [str(e) for e in question.evidence] == ["x", "b.pdf 2ページ"]


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": 1}', '{"id": 1, "question": 2}', '{"id": 1, "question": "q", "must": "x"}', '{"id": 1, "question": "q", "evidence": [{"doc": "a"}]}', '{"id": 1, "question": "q", "evidence": ["a"]}'],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": 0, "question": "q"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="3 行目"):
        read_questions(path)


def test_a_file_that_isnt_there_or_isnt_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.jsonl"):
        read_questions(tmp_path / "none.jsonl")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(InputError, match="bytes"):
        read_questions(tmp_path / "bytes")


def test_the_checker_finds_every_fault() -> None:
    quote = report().text[200:240]
    good = Question("a", "どこ?", evidence=(Evidence("004", quote),), must=(quote[:5],))
    assert check([good], corpus_documents()) == []
    bad = [
        replace(good, id="b"),  # the same question
        replace(good, question="誰?", kind="riddle"),  # an id twice, and a kind that nobody knows
        replace(good, id="c", question="いつ?", answerable=False),
        replace(good, id="d", question="なぜ?", evidence=(Evidence("004", "どこにもない文です"),), must=()),
        replace(good, id="e", question="何が?", must=("外にある語",)),
        replace(good, id="f", question="何を?", must=(), any=("外", "よそ")),
        replace(good, id="g", question=" "),
    ]
    faults = "\n".join(check([good, *bad], corpus_documents()))
    for said in ("a: id が重複", "b: a と同じ質問", "知らない kind riddle", "c: answerable と", "d: 根拠が本文にない: どこにもない文です", "e: must が根拠にない: 外にある語", "f: any のどれも", "g: 質問が空"):
        assert said in faults
    assert len(faults.splitlines()) == 8


def test_the_same_words_after_another_turn_are_another_question() -> None:
    quote = report().text[200:240]
    asked = Question("a", "それはいつ?", evidence=(Evidence(REPORT, quote),), history=({"question": "会議は?"},))
    assert check([asked, replace(asked, id="b", history=({"question": "祭りは?"},))], corpus_documents()) == []


def test_sets_that_share_a_question_are_told() -> None:
    quote = report().text[200:240]
    mine = Question("a", "それはいつ?", evidence=(Evidence(REPORT, quote),))
    assert check([mine], corpus_documents(), {"other.jsonl": [replace(mine, id="z", question="それは いつ\uff1f")]}) == ["a: 同じ質問が other.jsonl にもある(z)"]
    assert check([mine], corpus_documents(), {"other.jsonl": [replace(mine, question="別の質問")]}) == ["a: 同じ id が other.jsonl にもある"]


def test_gold_files_are_one_object_a_line_with_the_contracts_keys() -> None:
    for name in SETS:
        for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            assert {"id", "question", "kind", "lang", "answerable", "must", "any", "evidence"} <= set(json.loads(line))
