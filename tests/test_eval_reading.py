"""Exact match and F1 over characters, against hand-worked numbers."""

import json

import pytest

from eval.public.reading import evaluate, exact_match, f1, read_questions
from index.passage_reader import Reading
from ingest.errors import InputError


@pytest.mark.parametrize("said, answer, match, score", [
    ("東京", "東京", 1, 1.0), ("「東京」。", "東京", 1, 1.0), ("1,200人", "1200人", 1, 1.0), ("東京都", "東京", 0, 0.8), ("大阪", "東京", 0, 0.0), ("ああい", "あい", 0, 0.8), ("", "東京", 0, 0.0),
])  # fmt: skip
def test_by_hand(said, answer, match, score):
    assert exact_match(said, [answer]) == match
    assert f1(said, [answer]) == pytest.approx(score)
    assert f1(said, ["無関係", answer]) == pytest.approx(score)


class FirstTwo:
    """Marks the first two characters of every passage."""

    def read(self, question, passages):
        return [Reading(0.0, 0.5, 0, 2) for _ in passages]


def test_means_over_questions(tmp_path):
    squad = {"data": [{"title": "都市", "paragraphs": [{"context": "都市 [SEP] 東京は大きい。", "qas": [{"question": "どこ?", "answers": [{"text": "東京"}]}, {"question": "何?", "answers": [{"text": "大"}]}, {"question": "無?", "is_impossible": True}]}]}]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(squad), encoding="utf-8")
    run = evaluate(read_questions(path), FirstTwo())
    assert run["scores"]["all"] == {"questions": 2, "exact_match": 0.5, "f1": 0.5}
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="SQuAD"):
        read_questions(path)
