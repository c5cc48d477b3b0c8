"""``python -m eval faults``: what is left of a library after everything that can go wrong with processes, disks, files and clocks."""

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.fault_damage import damages, older_homes
from eval.fault_homes import Case, Homes
from eval.fault_kills import kills
from eval.fault_machine import clocks, full_disks, read_only, two_writers
from eval.fault_processes import Commands
from eval.results import FOLDER, stamped, write

FILE = FOLDER / "faults" / "faults.json"
SEED = 20240611
KILLS, DAMAGES, FULL_DISKS, ROUNDS = 200, 240, 84, 3
SHOWN = 20  # problems that the file tells in full
Progress = Callable[[str, int, int], None]


def run_faults(kills_wanted: int = KILLS, share: float = 1.0, seed: int = SEED, progress: Progress | None = None) -> dict[str, Any]:
    """Try every kind of fault; ``share`` is how much of the cases beside the kills are tried. Cases tried, survived and lost, by kind."""
    folder, found = Path(tempfile.mkdtemp(prefix="shirabe-faults-")), []
    try:
        with Commands(folder) as commands:
            homes = Homes(folder, commands)
            for case in _cases(homes, commands, kills_wanted, share, random.Random(seed)):
                found.append(case)
                if progress:
                    progress(f"{case.kind.partition(':')[0]}(問題 {sum(bool(c.problems) for c in found)})", len(found), 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return figures(found, seed)


def _cases(homes: Homes, commands: Commands, kills_wanted: int, share: float, rng: random.Random) -> Iterator[Case]:
    yield from kills(homes, commands, kills_wanted, rng)
    yield from damages(homes, commands, round(DAMAGES * share), rng)
    yield from full_disks(homes, commands, round(FULL_DISKS * share), rng)
    yield from two_writers(homes, commands, round(ROUNDS * share), rng)
    if share:
        yield from older_homes(homes, commands, rng)
        yield from read_only(homes, commands)
        yield from clocks(homes, commands)


def figures(cases: Sequence[Case], seed: int) -> dict[str, Any]:
    """What the result file tells: for each kind the cases tried and survived and the documents lost, and the first problems."""
    kinds: dict[str, dict[str, Any]] = {}
    for case in cases:
        kind = kinds.setdefault(case.kind, {"tried": 0, "survived": 0, "lost": 0, "stood": Counter()})
        kind["tried"] += 1
        kind["survived"] += not case.problems
        kind["lost"] += case.lost
        kind["stood"][case.stood] += 1
    made = {name: {**{key: value for key, value in kind.items() if key != "stood"}, **({"stood": dict(kind["stood"])} if set(kind["stood"]) != {""} else {})} for name, kind in kinds.items()}
    total = {key: sum(kind[key] for kind in kinds.values()) for key in ("tried", "survived", "lost")}
    return {**total, "seed": seed, "kinds": made, "problems": [[case.kind, *case.problems] for case in cases if case.problems][:SHOWN]}


def keep_faults(result: dict[str, Any], path: Path = FILE) -> Path:
    """Write the result file; returns it."""
    write(stamped(result), path)
    return path


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The result for a person."""
    yield f"■ 障害 {result['tried']}件: 無事 {result['survived']}、失われた文書 {result['lost']}"
    yield from (f"  {name}: {kind['survived']}/{kind['tried']}" for name, kind in result["kinds"].items())
    yield from (f"  ! {'; '.join(problem)}" for problem in result["problems"])
