"""Commands that are killed (SIGKILL) at random moments of their work."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from eval.faults.homes import Case, Homes, Operation, between, copied, finish, lost, state_of
from eval.faults.processes import Commands

OVER = 1.05  # moments are spread a little over the time that the work takes
TRIES = 30  # for a kill that comes too late
SOONER = 0.85


def kills(homes: Homes, commands: Commands, count: int, rng: random.Random) -> Iterator[Case]:
    """``count`` kills spread evenly over the operations, and over the time that each takes; those that come too late don't count."""
    for at, operation in enumerate(homes.operations):
        share = count // len(homes.operations) + (at < count % len(homes.operations))
        for i in range(share):
            yield _kill(homes, operation, commands, (i + rng.random()) / share, rng)


def _kill(homes: Homes, operation: Operation, commands: Commands, moment: float, rng: random.Random) -> Case:
    kind, takes = f"kill: {operation.name}", operation.seconds
    for _ in range(TRIES):
        home = copied(operation.before, homes.folder / "case")
        pid = commands.start(home, operation.calls)
        time.sleep(moment * OVER * takes)
        if commands.kill(pid).is_killed:
            found = state_of(home)
            stood = "before" if found == operation.old else "after" if found == operation.new else "between files"
            gone = lost(found, operation.old, operation.new)
            problems = [*between(found, operation.old, operation.new), *gone, *_check(home, operation, commands), *finish(home, operation, commands)]
            return Case(kind, tuple(problems), len(gone), stood)
        takes *= SOONER  # the machine is less busy than when it was timed
        moment = rng.random()
    return Case(kind, ("止める前に終わった",), 0, "too late")


def _check(home: Path, operation: Operation, commands: Commands) -> list[str]:
    """What `index check` finds right after the kill, in a copy, so that the next command finds what the kill left. All is well, but for settings that were
    changed before and that no build has taken over yet, of which it has to tell."""
    looked = copied(home, home.with_name("checked"))
    return [f"直後の {fault}" for fault in commands.faults(looked) if fault not in operation.told] + (["確認で変わった"] if state_of(looked) != state_of(home) else [])
