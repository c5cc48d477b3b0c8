"""The passage reader: its tokens, its span, its weights, and what it says of real passages."""

import numpy as np
import pytest
import torch
from torch import nn

from index.adapter import merge
from index.passage_reader import CONTEXT_TOKENS, LONGEST_ANSWER, PairEncoder, PairInput, TrainedReader, answer_span, padded

QUESTION = "子育て支援センターの電話番号を教えてください"
CONTEXT = "緑川市 子育て支援センターを開設します 2021-04-01"
RIGHT = "緑川市は4月1日、駅前に子育て支援センターを開設する。利用は無料で、予約はいらない。\n問い合わせ: 子育て支援センター 電話 0123-45-6789"
OTHER = "緑川市の図書館は、蔵書点検のため2月10日から14日まで休館する。返却ポストは使える。"


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    return TrainedReader()


@pytest.fixture(scope="module")
def encoder() -> PairEncoder:
    return PairEncoder()


def test_tokens_of_a_pair_lead_back_to_the_passage(encoder):
    (pair,) = encoder.encode([QUESTION], [CONTEXT], [RIGHT])
    assert pair.ids[0] == 0 and pair.ids[-1] == 2 and len(pair.ids) == pair.first + len(pair.offsets) + 1
    assert "".join(RIGHT[b:d] for (_, b), (_, d) in zip(((0, 0), *pair.offsets), pair.offsets, strict=False)) == RIGHT


def test_a_long_context_keeps_its_beginning_and_its_end(encoder):
    (pair,) = encoder.encode(["問"], ["題名。" + "中" * 300 + "。見出し行"], ["本文"])
    text = encoder.tokenizer.decode(list(pair.ids))
    assert "題名" in text and "見出し行" in text
    assert pair.first <= CONTEXT_TOKENS + 12


def test_padding_is_masked_and_only_the_passage_is_inside():
    short, long = PairInput((0, 5, 2, 6, 2), 3, ((0, 1),)), PairInput((0, 5, 2, 6, 7, 8, 2), 3, ((0, 1), (1, 2), (2, 3)))
    ids, attention, inside = padded([short, long])
    assert ids.shape == (2, 16) and attention.sum(1).tolist() == [5, 7]
    assert inside.nonzero().tolist() == [[0, 3], [1, 3], [1, 4], [1, 5]]


def test_the_span_is_the_best_of_all_spans():
    rng = np.random.default_rng(5)
    n = LONGEST_ANSWER + 40
    pair = PairInput((0,) * (n + 4), 3, tuple((i, i + 1) for i in range(n)))
    for _ in range(20):
        starts, ends = rng.normal(size=n + 4), rng.normal(size=n + 4)
        best = max((starts[3 + i] + ends[3 + j], i, j) for i in range(n) for j in range(i, min(n, i + LONGEST_ANSWER)))
        assert answer_span(pair, starts, ends) == (best[1], best[2] + 1)
    assert answer_span(PairInput((0, 2), 1, ()), starts, ends) == (0, 0)


def test_merging_adds_the_product_of_the_low_rank_matrices():
    network = nn.Linear(3, 2, bias=False)
    before = network.weight.detach().clone()
    down, up = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[10.0], [20.0]])
    merge(network, {"weight.lora_A": down, "weight.lora_B": up})
    assert torch.allclose(network.weight - before, torch.tensor([[10.0, 20, 30], [20, 40, 60]]), atol=1e-5)
    merge(network, {"weight": torch.zeros(2, 3)})
    assert not network.weight.any()


def test_it_tells_the_passage_that_answers_and_marks_the_answer(reader):
    right, other = reader.read(QUESTION, [(CONTEXT, RIGHT), ("緑川市 図書館の休館 2021-02-01", OTHER)])
    assert right.holds > 0.6 > 0.2 > other.holds
    assert right.relevance > other.relevance
    assert "0123-45-6789" in RIGHT[right.start : right.end]


def test_a_question_that_the_right_passage_leaves_open_is_told_apart(reader):
    (asked,) = reader.read(QUESTION, [(CONTEXT, RIGHT)])
    (open_,) = reader.read("子育て支援センターの建設費はいくらでしたか", [(CONTEXT, RIGHT)])
    assert open_.holds < asked.holds


def test_reading_together_is_reading_alone(reader):
    passages = [(CONTEXT, RIGHT), ("図書館", OTHER), ("", "短い。"), *[("市報", RIGHT + OTHER)] * 9]
    together = reader.read(QUESTION, passages)
    for passage, found in zip(passages[:3], together, strict=False):
        (alone,) = reader.read(QUESTION, [passage])
        assert abs(alone.holds - found.holds) < 0.05  # bfloat16 sums in another order
        assert abs(alone.start - found.start) <= 2
    assert reader.read(QUESTION, []) == []


def test_weights_are_small_and_no_pickle():
    from index.passage_reader import WEIGHTS

    assert WEIGHTS.suffix == ".safetensors" and WEIGHTS.stat().st_size <= 12_000_000
