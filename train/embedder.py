"""``python -m train.embedder --jaquad DIR``: makes index/embedder_adapter.safetensors. Resumes from its checkpoint.

A low-rank adapter on the embedded embedder, learnt by contrast: of all texts of a batch the one that answers has to be the
nearest to its question (InfoNCE, van den Oord et al. 2018). What was learnt is added in part only, which keeps more of what
the embedder could before and does better on other texts ("Robust fine-tuning of zero-shot models", Wortsman et al. 2022).
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from index.embedder import ADAPTER
from index.passage_reader import ADAPTED, load_encoder
from ingest.model_folder import load_tokenizer
from ingest.settings import EMBEDDED_EMBEDDER
from train.__main__ import general_collection, keep_memory
from train.examples import read_own
from train.export import write_weights
from train.pairs import Pairs, Positive, answers_too

NOT_ASKED = -1e4  # similarity of a text that answers too, and so is neither right nor wrong
SAVE_EVERY = 40  # steps
PARTS = 4  # of a batch, by length: padding is most of the work otherwise


@dataclass(frozen=True, slots=True)
class EmbedderSettings:
    """Everything that a run depends on beside its data.

    ``rank`` and ``alpha`` of the adapter, ``first_layer`` from which on layers are adapted; ``share`` of what was learnt that is
    added (0-1). ``batch`` pairs in each of ``steps``, the rate rises over ``warmup`` of them and falls to the end. ``temperature`` of
    the softmax over cosines, ``backward`` the weight of finding the question from its text; texts are cut to so many tokens.
    """

    rank: int = 32
    alpha: int = 64
    first_layer: int = 4
    share: float = 0.5
    batch: int = 40
    steps: int = 240
    warmup: int = 20
    rate: float = 2e-4
    temperature: float = 0.03
    backward: float = 0.3
    question_tokens: int = 64
    text_tokens: int = 224
    seed: int = 20261128


class EmbedderTrainer:
    """One run in one folder: ``embedder.pt`` to resume from, ``embedder.jsonl`` with a line for each step."""

    def __init__(self, settings: EmbedderSettings, folder: Path, device: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(settings.seed)
        self.settings, self.folder, self.device = settings, folder, device
        self.tokenizer, self.encoder = load_tokenizer(EMBEDDED_EMBEDDER), load_encoder()
        self.encoder.requires_grad_(False)
        layers = "|".join(str(n) for n in range(settings.first_layer, self.encoder.config.num_hidden_layers))
        targets = rf"encoder\.layer\.({layers})\..*\.({'|'.join(ADAPTED)})"
        inject_adapter_in_model(LoraConfig(r=settings.rank, lora_alpha=settings.alpha, target_modules=targets, lora_dropout=0.0), self.encoder)
        self.encoder.to(device)
        self.optimizer = torch.optim.AdamW(list(self._learning()), lr=settings.rate, weight_decay=0.01)
        self.done = 0  # steps
        self._resume()

    def run(self, pairs: Pairs) -> None:
        """Learn; goes on where the last checkpoint stopped."""
        while self.done < self.settings.steps:
            self.run_step(pairs)
            if self.done % SAVE_EVERY == 0 or self.done == self.settings.steps:
                self.save()

    def run_step(self, pairs: Pairs) -> None:
        """Learn from the next batch."""
        started = time.monotonic()
        loss = self._step(pairs.batch(self.done, self.settings.batch), self.done)
        self._log({"step": self.done, "loss": round(loss, 4), "seconds": round(time.monotonic() - started, 2)})
        self.done += 1

    def state(self) -> dict[str, Tensor]:
        """What was learnt, by name."""
        return {n: p.detach().cpu() for n, p in self.encoder.named_parameters() if p.requires_grad}

    def _step(self, pairs: Sequence[Positive], number: int) -> float:
        said = self.settings
        for group in self.optimizer.param_groups:
            group["lr"] = said.rate * min((number + 1) / said.warmup, max(0.02, 1 - number / said.steps))
        questions = self._embed([f"query: {p.question}" for p in pairs], said.question_tokens)
        texts = self._embed([f"passage: {p.text}" for p in pairs], said.text_tokens)
        near = (questions @ texts.T / said.temperature).masked_fill(torch.from_numpy(answers_too(pairs)).to(self.device), NOT_ASKED)
        own = torch.arange(len(pairs), device=self.device)
        loss = cross_entropy(near, own) + said.backward * cross_entropy(near.T, own)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._learning(), 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _embed(self, texts: Sequence[str], longest: int) -> Tensor:
        """Unit vectors ``(n, width)`` float32, the mean of the tokens as the embedder takes it."""
        ids = [encoded.ids[:longest] for encoded in self.tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
        size = -(-len(order) // PARTS)
        parts = [order[at : at + size] for at in range(0, len(order), size)]
        vectors = torch.cat([self._pooled([ids[n] for n in part]) for part in parts])
        return normalize(vectors[torch.tensor(order).argsort().to(self.device)], dim=1)

    def _pooled(self, ids: Sequence[Sequence[int]]) -> Tensor:
        padded = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in ids], batch_first=True, padding_value=self.encoder.config.pad_token_id).to(self.device)
        attention = (padded != self.encoder.config.pad_token_id).long()
        with torch.autocast(self.device, torch.bfloat16):
            states = self.encoder(input_ids=padded, attention_mask=attention).last_hidden_state.float()
        weights = attention.unsqueeze(-1).float()
        return (states * weights).sum(1) / weights.sum(1)

    def _learning(self) -> Iterator[nn.Parameter]:
        return (p for p in self.encoder.parameters() if p.requires_grad)

    def save(self) -> None:
        """Write the checkpoint; it appears whole or not at all."""
        whole: dict[str, Any] = {"settings": asdict(self.settings), "done": self.done, "state": self.state(), "optimizer": self.optimizer.state_dict()}
        torch.save(whole, self.folder / "embedder.tmp")
        (self.folder / "embedder.tmp").rename(self.folder / "embedder.pt")

    def _resume(self) -> None:
        path = self.folder / "embedder.pt"
        if not path.is_file():
            return
        whole = torch.load(path, weights_only=True)
        if {**whole["settings"], "share": 0} != {**asdict(self.settings), "share": 0}:
            raise ValueError(f"{path} was made with other settings: {whole['settings']}")
        self.encoder.load_state_dict(whole["state"], strict=False)
        self.optimizer.load_state_dict(whole["optimizer"])
        self.done = whole["done"]

    def _log(self, values: dict[str, float]) -> None:
        with (self.folder / "embedder.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(values) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, or go on training, and write the adapter."""
    parser = argparse.ArgumentParser(prog="python -m train.embedder", description=__doc__)
    parser.add_argument("--jaquad", type=Path, required=True, help="folder of JaQuAD's training files")
    parser.add_argument("--work", type=Path, default=Path(".train"), help="checkpoint and log")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    given = parser.parse_args(arguments)
    keep_memory()
    settings = EmbedderSettings()
    trainer = EmbedderTrainer(settings, given.work, given.device)
    trainer.run(Pairs(general_collection(given.jaquad), read_own(), settings.seed))
    write_weights(trainer.state(), {**asdict(settings), "alpha": settings.alpha * settings.share}, ADAPTER)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
