"""Measures of retrieval on passages worked out by hand, and a run over the corpus."""

import json
import math
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import pytest
from eval_fixtures import cheap_searcher, passage, question
from library_fixtures import SAPPORO, corpus

from eval.gold import Evidence, Question, Span
from eval.measures import intervals, means
from eval.retrieval import BUDGETS, CONTEXT, find, part_of, ranking, row, run_of, run_retrieval, search_variants, variants_of
from index.passage_reader import Reading
from qa.history import standalone

ONE = [[Span("d", 100, 120)]]
TWO = [[Span("d", 100, 120)], [Span("d", 300, 320), Span("e", 0, 20)]]


def test_the_rank_and_the_characters_up_to_the_end_of_the_evidence() -> None:
    found = find(question(), ONE, [passage(0, 90), passage(100, 110), passage(95, 400)], 3.0)
    assert found.ranks == (3,) and found.first == 3
    assert found.characters == 90 + 10 + (120 - 95)
    missed = find(question(), ONE, [passage(0, 119), passage(101, 400), passage(100, 120, "e")], 3.0)
    assert (missed.ranks, missed.first, missed.characters) == ((None,), None, None)


def test_a_page_is_read_to_the_end_of_the_passage_that_stands_on_it() -> None:
    found = find(question(), [[Span("d", 0, 5000, page=4)]], [passage(0, 50, page=3), passage(60, 160, page=4)], 1.0)
    assert found.ranks == (2,) and found.characters == 150


@pytest.mark.parametrize(
    "passages, first, all_pieces, ndcg, mrr",
    [
        ([passage(90, 330)], 1.0, 1.0, 1.0, 1.0),  # one passage holds both pieces
        ([passage(90, 130), passage(290, 330)], 1.0, 1.0, 1.0, 1.0),
        ([passage(90, 130), passage(0, 9), passage(0, 30, "e")], 1.0, 1.0, (1 + 1 / 2) / (1 + 1 / math.log2(3)), 1.0),
        ([passage(90, 130)], 1.0, 0.0, 1 / (1 + 1 / math.log2(3)), 1.0),
        ([passage(0, 9), passage(90, 330)], 0.0, 1.0, 1 / math.log2(3), 0.5),
        ([], 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_questions_with_two_pieces(passages: list, first: float, all_pieces: float, ndcg: float, mrr: float) -> None:
    """Gains and discounts by hand: 1/log2(2) = 1, 1/log2(3), 1/log2(4) = 1/2."""
    values = row(find(question(pieces=2), TWO, passages, 1.0))
    assert (values["evidence@1"], values["all_evidence@5"]) == (first, all_pieces)
    assert (values["ndcg@10"], values["mrr@10"]) == (pytest.approx(ndcg), pytest.approx(mrr))


def test_evidence_at_ranks_and_within_budgets() -> None:
    rest = [passage(1000 * n, 1000 * n + 400, "e") for n in range(3)]
    values = row(find(question(), ONE, [*rest, passage(80, 480)], 7.5))
    assert {k: v for k, v in values.items() if k.startswith("evidence@")} == {"evidence@1": 0.0, "evidence@3": 0.0, "evidence@5": 1.0, "evidence@10": 1.0}
    assert [values[f"evidence_in_{n}_chars"] for n in BUDGETS] == [0.0, 1.0, 1.0]  # 3 · 400 + 40 characters
    assert values["mrr@10"] == 0.25 and values["ms"] == 7.5


def test_a_run_is_made_of_its_rows() -> None:
    found = [find(question("a", kind="fact"), ONE, [passage(100, 400)], 2.0), find(question("b", kind="date"), ONE, [passage(0, 99), passage(90, 300)], 4.0)]
    run = run_of({"both": found, "dense": found[:1]})
    rows = [r["measures"] for r in run["rows"]]
    assert run["task"] == "retrieval" and run["questions"] == 2 and [r["id"] for r in run["rows"]] == ["a", "b"]
    assert run["scores"]["all"]["evidence@1"] == means(rows)["evidence@1"] == 0.5 and run["scores"]["all"]["ms_p50"] == 3.0
    assert set(run["scores"]) == {"all", "fact", "date"} and run["scores"]["date"]["mrr@10"] == 0.5
    assert run["intervals"] == intervals(rows)
    assert list(run["context"]) == [str(n) for n in CONTEXT] and run["context"]["250"] == 1.0
    assert run["variants"]["dense"]["evidence@1"] == 1.0
    assert run["failures"] == [{"id": "b", "kind": "date", "question": "b?", "expected": ["piece 0"], "got": "x" * 99, "rank": 2, "refused": False, "reason": None}]
    assert json.loads(json.dumps(run)).keys() == run.keys()


def test_a_run_without_questions() -> None:
    run = run_of({"both": []})
    assert run["questions"] == 0 and run["scores"] == {"all": {"questions": 0}} and run["rows"] == run["failures"] == []


class UnreadReader:
    """A reader that is never asked to read."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """See PassageReader."""
        raise AssertionError(question, passages)


def test_the_legs_alone_leave_the_searcher_as_it_is() -> None:
    searcher = copy(cheap_searcher())
    weight, searcher.reader = searcher.dense_weight, UnreadReader()
    varied = variants_of(searcher)
    assert {name: v.dense_weight for name, v in varied.items()} == {"both": weight, "unread": weight, "dense": 1.0, "words": 0.0}
    assert {name for name, v in varied.items() if v.reader is searcher.reader} == {"both"}
    assert set(variants_of(cheap_searcher())) == {"both", "dense", "words"}  # where no reader is, nothing is left out by that


def test_quotes_of_the_corpus_are_found_and_questions_without_evidence_left_out() -> None:
    """Asked for by its own words, each passage comes first by words; progress counts the searches of all variants."""
    (sapporo,) = corpus()[SAPPORO]
    quotes = [sapporo.text[s.start : s.end] for s in sapporo.segments if s.kind == "sentence" and 40 < s.end - s.start < 90][:4]
    asked = [Question(str(n), quote, evidence=(Evidence("003", quote),)) for n, quote in enumerate(quotes)]
    seen: list[tuple[int, int]] = []
    found = search_variants([*asked, Question("none", "?", answerable=False)], cheap_searcher(), lambda done, total: seen.append((done, total)))
    assert [f.question.id for f in found["words"]] == ["0", "1", "2", "3"]
    assert [f.first for f in found["words"]] == [1, 1, 1, 1]
    assert seen == [(n, 12) for n in range(1, 13)]
    first = found["words"][0].passages[0]
    assert next(iter(ranking(found["words"][0]).items())) == (f"{sapporo.id}:{first.start}-{first.end}", 1.0)


def test_a_followup_is_searched_for_with_the_turn_before() -> None:
    """On the turn before alone, the passages that it is about would come; on the follow-up alone, any."""
    before = "札幌テクノパークのソフトウェア産業に関する調査"
    alone = Question("alone", "それは何人ですか?", evidence=(Evidence("003", "x"),))
    followup = replace(alone, id="followup", history=({"question": before},))
    whole = replace(alone, id="whole", question=standalone(alone.question, [{"question": before}]))
    assert before in whole.question
    found = {f.question.id: f.passages for f in run_retrieval([alone, followup, whole], cheap_searcher())}
    assert found["followup"] == found["whole"] != found["alone"]


def test_no_progress_is_no_progress() -> None:
    assert part_of(None, 0, 3) is None
