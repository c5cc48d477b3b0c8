"""``python -m eval faults``: what is left of a library after everything that can go wrong with processes, disks, files and clocks."""

import json
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.faults.damage import damages, older_homes
from eval.faults.homes import Case, Homes
from eval.faults.kills import kills
from eval.faults.machine import clocks, full_disks, read_only, two_writers
from eval.faults.processes import Commands
from eval.results import FOLDER, commit, stamped, write

FILE = FOLDER / "faults" / "faults.json"
SEED = 20240611
KILLS, DAMAGES, FULL_DISKS, ROUNDS = 200, 240, 84, 3
OPERATIONS = 8  # that are killed and find full disks
SHOWN = 20  # problems that the file tells in full
Progress = Callable[[str, int, int], None]


def run_faults(kills_wanted: int = KILLS, share: float = 1.0, seed: int = SEED, progress: Progress | None = None, only: Sequence[str] = ()) -> dict[str, Any]:
    """Try every kind of fault; ``share`` is how much of the cases beside the kills are tried. ``only`` names operations that are to be killed and to find
    full disks, and nothing else. Cases tried, survived and lost, by kind."""
    folder, found = Path(tempfile.mkdtemp(prefix="shirabe-faults-")), []
    try:
        with Commands(folder) as commands:
            homes = Homes(folder, commands)
            homes.operations = [operation for operation in homes.operations if not only or operation.name in only]
            tried = _cases_of_some if only else _cases
            for case in tried(homes, commands, kills_wanted, share, random.Random(seed)):
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


def _cases_of_some(homes: Homes, commands: Commands, kills_wanted: int, share: float, rng: random.Random) -> Iterator[Case]:
    yield from kills(homes, commands, kills_wanted, rng)
    yield from full_disks(homes, commands, round(FULL_DISKS * share * len(homes.operations) / OPERATIONS), rng)


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


def keep_faults(result: dict[str, Any], path: Path = FILE, is_part: bool = False) -> Path:
    """Write the result file; returns it. A part takes the place of the same kinds in the file, each with its commit; the others stay as they were."""
    write(_with_part(json.loads(path.read_text(encoding="utf-8")), result) if is_part else stamped(result), path)
    return path


def _with_part(before: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    kinds = before["kinds"] | {name: {**kind, "commit": commit(), "seed": part["seed"]} for name, kind in part["kinds"].items()}
    total = {key: sum(kind[key] for kind in kinds.values()) for key in ("tried", "survived", "lost")}
    return before | total | {"kinds": kinds, "problems": [problem for problem in before["problems"] if problem[0] not in part["kinds"]] + part["problems"]}


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The result for a person."""
    yield f"■ 障害 {result['tried']}件: 無事 {result['survived']}、失われた文書 {result['lost']}"
    yield from (f"  {name}: {kind['survived']}/{kind['tried']}" for name, kind in result["kinds"].items())
    yield from (f"  ! {'; '.join(problem)}" for problem in result["problems"])
