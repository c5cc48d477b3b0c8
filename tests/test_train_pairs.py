"""What the embedder learns from, its training, and that its adapter does what was learnt."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from train.examples import Collection, Example, Passage
from train.pairs import Pairs, Positive, answers_too

TEXT = "緑川市は2021年4月、支援センターを開いた。利用は無料である。\n場所は駅前のビルの3階で、月曜は休む。"


def _collection(article: str) -> Collection:
    start = TEXT.index("駅前")
    return Collection((Passage(article, "題", TEXT), Passage(f"{article}2", "題", TEXT)), (Example("どこ?", 0, (start, start + 8)), Example("どこですか", 1, (start, start + 8)), Example("費用は?", 0, None)))


def test_batches_hold_texts_with_the_answer_and_depend_on_their_number_alone():
    pairs = Pairs(_collection("a"), _collection("b"), seed=1)
    batch = pairs.batch(3, 16)
    assert len(batch) == 16 and all("駅前のビルの3階" in p.text and p.answer == "駅前のビルの3階" for p in batch)
    assert {p.question for p in batch} == {"どこ?", "どこですか"}
    assert {p.passage for p in batch} == {0, 1, 2, 3}  # of both collections
    assert any(p.text.startswith("題\n") for p in batch) and any(len(p.text) < len(TEXT) for p in batch)
    assert pairs.batch(3, 16) == batch != pairs.batch(4, 16)


def test_other_stretches_with_the_same_answer_are_not_wrong():
    a, b, c, d = Positive("q", "答は三。", 1, "三"), Positive("r", "三である。", 1, "三"), Positive("s", "答は三。", 2, "三"), Positive("t", "四である。", 1, "四")
    assert answers_too([a, b, c, d]).tolist() == [[False, True, False, False], [True, False, False, False], [False] * 4, [False] * 4]


@pytest.mark.slow
def test_training_goes_on_where_it_stopped_and_its_adapter_does_what_was_learnt(tmp_path: Path):
    pytest.importorskip("peft", reason="training packages are not installed (pip install '.[train]')")
    from index.adapter import merge, read_weights
    from index.passage_reader import load_encoder
    from train.embedder import EmbedderSettings, EmbedderTrainer
    from train.export import write_weights

    settings = EmbedderSettings(rank=4, alpha=8, first_layer=10, batch=6, steps=3, warmup=1, rate=5e-3)
    pairs = Pairs(_collection("a"), _collection("b"), settings.seed)
    whole = EmbedderTrainer(settings, tmp_path / "whole", "cpu")
    whole.run(pairs)
    stopped = EmbedderTrainer(settings, tmp_path / "stopped", "cpu")
    stopped.run_step(pairs), stopped.save()
    resumed = EmbedderTrainer(settings, tmp_path / "stopped", "cpu")
    assert resumed.done == 1
    resumed.run(pairs)
    assert all(torch.allclose(v, resumed.state()[k], atol=1e-5) for k, v in whole.state().items())
    with pytest.raises(ValueError, match="other settings"):
        EmbedderTrainer(replace(settings, rank=8), tmp_path / "whole", "cpu")

    ids = torch.tensor([[0, 5, 6, 7, 2]])
    write_weights(whole.state(), {"rank": 4, "alpha": 8.0}, tmp_path / "w.safetensors")
    merged = load_encoder()
    merge(merged, read_weights(tmp_path / "w.safetensors")[0])
    with torch.inference_mode():
        learnt, again, before = (e.eval()(input_ids=ids).last_hidden_state for e in (whole.encoder, merged, load_encoder()))
    assert torch.allclose(learnt, again, atol=0.02)
    assert not torch.allclose(learnt, before, atol=0.02)


def test_the_own_embedder_is_the_embedded_one_with_its_adapter_merged():
    from index.adapter import read_weights
    from index.embedder import ADAPTER, load_embedder
    from index.passage_reader import load_encoder
    from ingest.settings import Settings

    learnt, said = read_weights(ADAPTER)
    name = "encoder.layer.11.attention.self.query.weight"
    base = dict(load_encoder().named_parameters())[name].detach()
    held = dict(load_embedder(Settings()).model[0].model.named_parameters())[name].detach().float()
    expected = base + learnt[f"{name}.lora_B"] @ learnt[f"{name}.lora_A"]
    assert np.allclose(held.numpy(), expected.numpy(), atol=4e-3)  # bfloat16 where the CPU has it
    assert float((expected - base).abs().max()) > 4e-3
    assert ADAPTER.stat().st_size < 4_000_000 and said["rank"] == 32
