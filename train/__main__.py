"""``python -m train --jaquad DIR``: makes index/passage_reader.safetensors. Resumes from its checkpoint."""

import argparse
import ctypes
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
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
from train.loop import Trainer, TrainSettings
from train.mining import hard_negatives

HELD_OUT_FILES = 2  # of JaQuAD: never learnt from, for calibration
NAMES_FROM = 3000  # questions
TUNE = (Path("eval/gold/tune.jsonl"), Path("eval/gold/tune_more.jsonl"))


def collection_of(jaquad: Path) -> tuple[Collection, int]:
    """JaQuAD without the files held out, then our own data; and the number of JaQuAD's examples."""
    general = read_squad(sorted(jaquad.glob("*.json"))[:-HELD_OUT_FILES])
    return general.merged(read_own()), len(general.examples)


def order_of(settings: TrainSettings, general: int, total: int) -> list[int]:
    """The examples in the order in which they are learnt from."""
    rng = random.Random(settings.seed)
    encyclopaedia = rng.sample(range(general), settings.general + settings.mixed)
    mixed = encyclopaedia[settings.general :] + list(range(general, total)) * settings.own_epochs
    random.Random(settings.seed + 1).shuffle(mixed)
    return [*encyclopaedia[: settings.general], *mixed][: settings.groups]


def _keep_memory() -> None:
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
    parser.add_argument("--home", type=Path, help="home with the index of the corpus")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    given = parser.parse_args(arguments)
    _keep_memory()
    settings = TrainSettings()
    collection, general = collection_of(given.jaquad)
    order = order_of(settings, general, len(collection.examples))
    names = names_in([collection.examples[n].question for n in order[:NAMES_FROM]])
    groups = Groups(collection, hard_negatives(collection, sorted(set(order))), names, settings.seed)
    print(json.dumps({**asdict(settings), "groups": len(order), "own": len(collection.examples) - general}), flush=True)
    trainer = Trainer(settings, given.work, given.device)
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
