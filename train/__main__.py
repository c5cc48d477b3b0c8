"""``python -m train --jaquad DIR``: makes index/passage_reader.safetensors. Resumes from its checkpoint."""

import argparse
import ctypes
import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from eval.gold import read_questions
from index.passage_reader import WEIGHTS, PairEncoder
from index.wiring import open_searcher
from ingest.settings import load_settings
from train.batches import Groups
from train.calibrate import fit, labelled_logits
from train.examples import Collection, names_in, read_own, read_squad
from train.export import write_weights
from train.loop import STAGES, Trainer, TrainSettings
from train.mining import hard_negatives
from train.units import TUNE

HELD_OUT_FILES = 2  # of JaQuAD: never learnt from, for calibration
NAMES_FROM = 3000  # questions


def general_collection(jaquad: Path) -> Collection:
    """JaQuAD without the files held out."""
    return read_squad(sorted(jaquad.glob("*.json"))[:-HELD_OUT_FILES])


def negatives_of(general: Collection, own: Collection, order: Sequence[int]) -> dict[int, list[int]]:
    """Hard negatives of the examples in ``order``, each from its own kind of text: so a change to one leaves the other's as they were."""
    first, shift = len(general.examples), len(general.passages)
    chosen = sorted(set(order))
    ours = hard_negatives(own, [n - first for n in chosen if n >= first])
    return hard_negatives(general, [n for n in chosen if n < first]) | {n + first: [i + shift for i in found] for n, found in ours.items()}


def order_of(settings: TrainSettings, general: int, total: int) -> list[int]:
    """The examples in the order in which they are learnt from."""
    rng = random.Random(settings.seed)
    encyclopaedia = rng.sample(range(general), settings.general + settings.mixed)
    mixed = encyclopaedia[settings.general :] + list(range(general, total)) * settings.own_epochs
    random.Random(settings.seed + 1).shuffle(mixed)
    return [*encyclopaedia[: settings.general], *mixed][: settings.groups]


def keep_memory() -> None:
    """Let glibc keep what it has freed: giving it back and taking it again costs a tenth of the time."""
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
        mallopt(-1, 1 << 30), mallopt(-4, 0)  # M_TRIM_THRESHOLD, M_MMAP_MAX
    except OSError:
        pass  # another C library


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(prog="python -m train", description=__doc__)
    parser.add_argument("--jaquad", type=Path, required=True, help="folder of JaQuAD's training files")
    parser.add_argument("--work", type=Path, default=Path(".train"), help="checkpoints and log")
    parser.add_argument("--stage", choices=list(STAGES), default="first", help="what is learnt (train/loop.py)")
    parser.add_argument("--start", type=Path, help="weights to go on from instead of a fresh adapter")
    parser.add_argument("--home", type=Path, help="home with the index of the corpus")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    given = parser.parse_args(arguments)
    keep_memory()
    start = hashlib.sha256(given.start.read_bytes()).hexdigest() if given.start else ""
    settings = replace(STAGES[given.stage], start=start)
    general, own = general_collection(given.jaquad), read_own(settings.own)
    collection = general.merged(own)
    order = order_of(settings, len(general.examples), len(collection.examples))
    names = names_in([collection.examples[n].question for n in order[:NAMES_FROM]])
    groups = Groups(collection, negatives_of(general, own, order), names, settings.seed, settings.units)
    print(json.dumps({**asdict(settings), "groups": len(order), "own": len(own.examples)}), flush=True)
    trainer = Trainer(settings, given.work, given.device, given.start)
    trainer.run(groups.group, order, PairEncoder())
    write_calibrated(trainer.state(), {**asdict(settings), "groups": len(order)}, given.home)
    return 0


def write_calibrated(state: Mapping[str, Tensor], settings: Mapping[str, Any], home: Path | None) -> None:
    """Write the weights, then once more with the calibration that the tuning questions give them."""
    write_weights(state, {**settings, "holds_scale": 1.0, "holds_shift": 0.0}, WEIGHTS)
    searcher = open_searcher(load_settings(home))
    questions = [question for path in TUNE for question in read_questions(path)]
    scale, shift = fit(*labelled_logits(questions, searcher))
    write_weights(state, {**settings, "holds_scale": scale, "holds_shift": shift}, WEIGHTS)
    print(json.dumps({"holds_scale": scale, "holds_shift": shift}), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
