"""What the reader learns from: windows, near misses, spans of tokens, our own data, and the exported weights."""

import json
import random

import pytest
import torch

from index.adapter import merge
from index.passage_reader import PairEncoder, ReaderNetwork, load_encoder, padded
from train.batches import UNKNOWN, Groups, batches, token_span
from train.examples import Collection, Example, Passage, near_miss, read_own, read_squad, windows
from train.mining import hard_negatives

TEXT = "緑川市は2021年4月、支援センターを開いた。利用は無料である。\n場所は駅前のビルの3階で、月曜は休む。"


def test_windows_are_the_text_cut_at_sentences():
    for seed in range(30):
        parts = windows(TEXT * 6, 120, random.Random(seed))
        assert [a for a, _ in parts][1:] == [b for _, b in parts][:-1] and (parts[0][0], parts[-1][1]) == (0, len(TEXT * 6))
        assert all((TEXT * 6)[b - 1] in "。\n" for _, b in parts)


def test_a_near_miss_asks_about_another_year_or_name():
    rng = random.Random(1)
    other = near_miss("2021年に緑川市が開いたのは何?", TEXT, ["大阪"], rng)
    assert other and "2021" not in other and other.endswith("年に緑川市が開いたのは何?")
    assert near_miss("利用にお金はかかる?", TEXT, ["大阪"], rng) is None


def test_token_spans_hold_the_answer():
    (pair,) = PairEncoder().encode(["いつ?"], ["題"], [TEXT])
    start = TEXT.index("駅前")
    first, last = token_span(pair, (start, start + 5))
    assert TEXT[pair.offsets[first - pair.first][0] : pair.offsets[last - pair.first][1]].strip().startswith("駅前のビル"[:2])
    assert token_span(pair, None) == (UNKNOWN, UNKNOWN)
    assert token_span(pair, (10_000, 10_001)) == (UNKNOWN, UNKNOWN)


def test_our_own_data_is_sound():
    own = read_own()
    assert len(own.examples) > 1500
    assert 0.2 < sum(e.answer is None for e in own.examples) / len(own.examples) < 0.5
    assert all(own.passages[e.passage].text[slice(*e.answer)].strip() for e in own.examples if e.answer)


def test_groups_begin_with_the_passage_that_answers_and_negatives_do_not_hold_it(tmp_path):
    squad = {"data": [{"title": t, "paragraphs": [{"context": c, "qas": [{"question": q, "answers": [{"text": a, "answer_start": c.index(a)}]}]}]} for t, c, q, a in (
        ("緑川", TEXT, "支援センターはどこにある?", "駅前のビルの3階"), ("青山", "青山町の支援センターは公園の隣にある。" * 3, "青山町の支援センターはどこ?", "公園の隣"), ("山", "山は高い。支援センターはない。" * 4, "山は?", "高い"))]}  # fmt: skip
    (tmp_path / "a.json").write_text(json.dumps(squad), encoding="utf-8")
    collection = read_squad([tmp_path / "a.json"])
    negatives = hard_negatives(collection, [0, 1, 2])
    assert all(0 not in negatives[0] and n >= 0 for n in negatives[0]) and negatives[0]
    groups = Groups(collection, negatives, {}, 3)
    first, *rest = groups.group(0)
    assert first.text[slice(*first.answer)] == "駅前のビルの3階" and first.ranked
    assert all(p.answer is None and "駅前のビルの3階" not in p.text for p in rest)
    assert groups.group(0) == groups.group(0)
    made = list(batches([groups.group(n) for n in range(3)], PairEncoder(), 400, random.Random(1)))
    assert sum(len(b.groups) for b in made) == 3 and all(b.holds[a] == 1 for b in made for a, _ in b.groups)


def test_an_example_without_an_answer_is_one_unranked_pair():
    groups = Groups(Collection((Passage("a", "題", TEXT),), (Example("費用は?", 0, None),)), {0: []}, {}, 1)
    (pair,) = groups.group(0)
    assert pair.answer is None and not pair.ranked


def test_the_sentence_with_the_answer_competes_with_those_around_it():
    start = TEXT.index("駅前のビルの3階")
    groups = Groups(Collection((Passage("a", "題", TEXT),), (Example("支援センターはどこ?", 0, (start, start + 8)), Example("費用は?", 0, None))), {0: [], 1: []}, {}, 1, units=1.0)
    right, *others = groups.group(0)
    assert right.text[slice(*right.answer)] == "駅前のビルの3階" and right.text.strip() == "場所は駅前のビルの3階で、月曜は休む。"
    assert {p.text.strip() for p in others} == {"緑川市は2021年4月、支援センターを開いた。", "利用は無料である。"} and all(p.ranked and p.answer is None for p in others)
    (missing,) = groups.group(1)
    assert missing.answer is None and missing.text in TEXT and not missing.ranked


@pytest.mark.slow
def test_exported_weights_give_what_the_adapter_gave(tmp_path):
    pytest.importorskip("peft", reason="training packages are not installed (pip install '.[train]')")
    from safetensors.torch import load_file

    from train.export import write_weights
    from train.loop import Trainer, TrainSettings

    trainer = Trainer(TrainSettings(rank=4, alpha=8), tmp_path / "run", "cpu")
    for parameter in trainer.network.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.05)
    inputs = padded(PairEncoder().encode(["いつ?"] * 2, ["題"] * 2, [TEXT, TEXT[:30]]))
    with torch.inference_mode():
        learnt = trainer.network.eval()(*inputs)
    write_weights(trainer.state(), {"rank": 4, "alpha": 8}, tmp_path / "w.safetensors")
    encoder = load_encoder()
    network = ReaderNetwork(encoder, encoder.config.hidden_size).eval()
    merge(network, {k: v.float() for k, v in load_file(tmp_path / "w.safetensors").items()})
    with torch.inference_mode():
        merged = network(*inputs)
    for a, b in zip(learnt, merged, strict=True):
        assert torch.allclose(a, b, atol=0.05)
    trainer.save()
    again = Trainer(TrainSettings(rank=4, alpha=8), tmp_path / "run", "cpu")
    assert all(torch.equal(v, again.state()[k]) for k, v in trainer.state().items())
    with pytest.raises(ValueError, match="other settings"):
        Trainer(TrainSettings(rank=5), tmp_path / "run", "cpu")
