"""The training loop: a low-rank adapter on the upper layers, the heads and the layer norms, with checkpoints that resume."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn

from index.passage_reader import ADAPTED, PairEncoder, ReaderNetwork, load_encoder
from train.batches import UNKNOWN, Batch, Pair, batches
from train.export import imported

POOL = 512  # groups that are sorted by length together


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """Everything that a run depends on beside its data.

    ``rank`` and ``alpha`` of the adapter, ``first_layer`` from which on layers are adapted; learning rates of adapter and
    heads; ``tokens`` of a batch with padding; ``warmup`` as a share of all groups. First ``general`` groups of
    encyclopaedia questions alone, then ``mixed`` more of them among our own questions, each of which comes ``own_epochs`` times.
    ``units`` is the share of the questions that are asked of every sentence of their passage, since answers are chosen among sentences.
    ``own`` names the files of ``train/data`` that are learnt from.
    ``start`` is the SHA-256 of the weights that learning goes on from, empty for a fresh adapter.
    """

    rank: int = 48
    alpha: int = 96
    first_layer: int = 5
    adapter_rate: float = 6e-4
    head_rate: float = 1e-3
    tokens: int = 4000
    general: int = 2000
    mixed: int = 1400
    own_epochs: int = 2
    groups: int = 7200
    warmup: float = 0.04
    seed: int = 20261123
    units: float = 0.0
    own: tuple[str, ...] = ("city_hall_answers", "everyday_wording", "press_releases", "reports")
    start: str = ""


FIRST = TrainSettings()
FURTHER = (*FIRST.own, "crosslingual_and_near_misses")
HARD = ("hard_press_releases", "hard_reports_and_tables")
ROUND_4 = ("round4_press_releases", "round4_reports_and_slides", "round4_tables_and_lists")
ROUND_5 = ("round5_lists_and_notices", "round5_press_releases", "round5_reports_and_slides")
ROUND_6 = ("crosslingual_and_near_misses", "round6_korean_and_english")

# Each stage after the first goes on from the weights of the one before. The shipped weights are round 5's: round 6 was tried and gained nothing (docs/decisions.md).
STAGES = {
    "first": FIRST,
    "further": TrainSettings(adapter_rate=3e-4, head_rate=5e-4, general=0, mixed=800, groups=6900, seed=20261125, own=FURTHER),
    "units": TrainSettings(adapter_rate=2e-4, head_rate=3e-4, general=0, mixed=500, own_epochs=1, groups=3616, seed=20261126, units=0.9, own=FURTHER),
    "encyclopaedia": TrainSettings(first_layer=0, adapter_rate=5e-4, head_rate=4e-4, general=10_000, mixed=0, own_epochs=0, groups=10_000, seed=20261127, units=0.25),
    "hard": TrainSettings(first_layer=0, adapter_rate=2.5e-4, head_rate=3e-4, general=0, mixed=1500, own_epochs=1, groups=5745, seed=20261128, units=0.6, own=(*FURTHER, *HARD)),
    "round4": TrainSettings(first_layer=0, adapter_rate=2.5e-4, head_rate=3e-4, general=0, mixed=500, own_epochs=1, groups=2660, seed=20261129, units=0.5, own=ROUND_4),
    "round5": TrainSettings(first_layer=0, adapter_rate=2e-4, head_rate=2e-4, general=0, mixed=1500, own_epochs=1, groups=7219, seed=20261130, units=0.5, own=(*HARD, *ROUND_4, *ROUND_5)),
    "round6": TrainSettings(first_layer=0, adapter_rate=2e-4, head_rate=2e-4, general=0, mixed=600, own_epochs=1, groups=4963, seed=20261201, units=0.5, own=(*ROUND_5, *ROUND_6)),
}


def build_network(settings: TrainSettings) -> ReaderNetwork:
    """The embedder with a fresh adapter and fresh heads; only they and the adapted layers' norms learn."""
    torch.manual_seed(settings.seed)
    encoder = load_encoder()
    encoder.requires_grad_(False)
    upper = rf"encoder\.layer\.({'|'.join(str(n) for n in range(settings.first_layer, encoder.config.num_hidden_layers))})\..*\.({'|'.join(ADAPTED)})"
    inject_adapter_in_model(LoraConfig(r=settings.rank, lora_alpha=settings.alpha, target_modules=upper, lora_dropout=0.0), encoder)
    for layer in encoder.encoder.layer[settings.first_layer :]:
        for name, parameter in layer.named_parameters():
            if "LayerNorm" in name:
                parameter.requires_grad_(True)
    return ReaderNetwork(encoder, encoder.config.hidden_size)


def losses(network: ReaderNetwork, batch: Batch) -> dict[str, Tensor]:
    """Relevance by softmax over a group's ranked passages, holding the answer by cross-entropy on each pair, start and end by softmax over the passage's tokens."""
    judged, span = network(batch.ids, batch.attention, batch.inside)
    relevance, holds = judged[:, 0], judged[:, 1]
    ranked = [nn.functional.cross_entropy(relevance[a:b].unsqueeze(0), torch.zeros(1, dtype=torch.int64, device=relevance.device)) for a, b in batch.groups if b - a > 1]
    spans = [nn.functional.cross_entropy(span[..., n], at, ignore_index=UNKNOWN) for n, at in enumerate((batch.starts, batch.ends)) if (at != UNKNOWN).any()]
    zero = relevance.sum() * 0
    return {
        "relevance": torch.stack(ranked).mean() if ranked else zero,
        "holds": nn.functional.binary_cross_entropy_with_logits(holds, batch.holds),
        "span": torch.stack(spans).mean() if spans else zero,
    }


class Trainer:
    """One run in one folder: ``checkpoint.pt`` to resume from, ``log.jsonl`` with a line every few steps."""

    def __init__(self, settings: TrainSettings, folder: Path, device: str, start: Path | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings, self.folder, self.device = settings, folder, device
        self.network = build_network(settings).to(device)
        heads = [p for n, p in self.network.named_parameters() if p.requires_grad and not n.startswith("encoder.")]
        adapter = [p for n, p in self.network.named_parameters() if p.requires_grad and n.startswith("encoder.")]
        self.optimizer = torch.optim.AdamW([{"params": adapter, "lr": settings.adapter_rate}, {"params": heads, "lr": settings.head_rate}], weight_decay=0.01)
        self.rates = [g["lr"] for g in self.optimizer.param_groups]
        self.done = 0  # groups
        if start:
            self.network.load_state_dict(imported(start, settings.alpha / settings.rank), strict=False)
        self.resume()

    def run(self, group: Callable[[int], list[Pair]], order: Sequence[int], encoder: PairEncoder, save_every: float = 300) -> None:
        """Learn from the groups in ``order``; goes on where the last checkpoint stopped."""
        saved, since, seen = time.monotonic(), time.monotonic(), 0
        for pool_start in range(self.done, len(order), POOL):
            pool = [group(n) for n in order[pool_start : pool_start + POOL]]
            rng = random.Random(self.settings.seed + pool_start)
            step_groups = 0
            for batch in batches(pool, encoder, self.settings.tokens, rng):
                values = self.step(self._on_device(batch), (pool_start + step_groups) / self.settings.groups)
                step_groups += len(batch.groups)
                seen += len(batch.holds)
                self._log({"groups": pool_start + step_groups, "pairs_per_second": round(seen / (time.monotonic() - since), 2), **values})
            self.done = pool_start + len(pool)
            if time.monotonic() - saved > save_every or self.done == len(order):
                self.save()
                saved = time.monotonic()

    def step(self, batch: Batch, progress: float) -> dict[str, float]:
        """One step at ``progress`` (0-1) of the schedule: linear warm-up, then linear decay."""
        scale = min(progress / self.settings.warmup, 1.0) if progress < self.settings.warmup else (1 - progress) / (1 - self.settings.warmup)
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * max(scale, 0.02)
        with torch.autocast(self.device, torch.bfloat16):
            parts = losses(self.network, batch)
        loss = parts["relevance"] + parts["holds"] + 0.5 * parts["span"]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._learning(), 1.0)
        self.optimizer.step()
        return {name: round(float(part.detach()), 4) for name, part in parts.items()}

    def state(self) -> dict[str, Tensor]:
        """What was learnt, by name."""
        return {n: p.detach().cpu() for n, p in self.network.named_parameters() if p.requires_grad}

    def save(self) -> None:
        """Write the checkpoint; it appears whole or not at all."""
        whole: dict[str, Any] = {"settings": asdict(self.settings), "done": self.done, "state": self.state(), "optimizer": self.optimizer.state_dict()}
        torch.save(whole, self.folder / "checkpoint.tmp")
        (self.folder / "checkpoint.tmp").rename(self.folder / "checkpoint.pt")

    def resume(self) -> None:
        """Go on from the checkpoint if there is one of the same settings."""
        path = self.folder / "checkpoint.pt"
        if not path.is_file():
            return
        whole = torch.load(path, weights_only=True)
        if whole["settings"] != asdict(self.settings):
            raise ValueError(f"{path} was made with other settings: {whole['settings']}")
        self.network.load_state_dict(whole["state"], strict=False)
        self.optimizer.load_state_dict(whole["optimizer"])
        self.done = whole["done"]

    def _learning(self) -> Iterator[nn.Parameter]:
        return (p for p in self.network.parameters() if p.requires_grad)

    def _on_device(self, batch: Batch) -> Batch:
        moved = {name: getattr(batch, name).to(self.device) for name in ("ids", "attention", "inside", "holds", "starts", "ends")}
        return Batch(**moved, groups=batch.groups)

    def _log(self, values: dict[str, float]) -> None:
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(values) + "\n")
