"""Trouble of the machine: a full disk, a folder that can't be written, two processes that change one home at once, a clock set back."""

import contextlib
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from eval.faults.homes import BUILD, Case, Homes, Operation, between, copied, disagreements, finish, lost, state_of
from eval.faults.processes import Call, Commands, Ended

DISK = 64_000_000  # bytes of the small disk
DAY = 86_400.0
CLOCKS = (-DAY, -10 * 365 * DAY, 10 * 365 * DAY)
UNLIKE = ({"replace", "remove"}, {"add", "upload"}, {"replace", "upload"})  # both mean one document: either may be too late, or find it there already
READING: tuple[Call, ...] = (("ingest", "list"), ("index", "check"), ("index", "search", "図書館"))


def full_disks(homes: Homes, commands: Commands, count: int, rng: random.Random) -> Iterator[Case]:
    """Operations on a small disk with too little room left, where one may be mounted, and with files that mustn't grow."""
    with small_disk(homes.folder) as disk:
        for i in range(count):
            operation = homes.operations[i % len(homes.operations)]
            if disk and i // len(homes.operations) % 2:
                yield _after("disk full", operation, *_on_full_disk(operation, disk, commands, rng), commands)
            else:
                home = copied(operation.before, homes.folder / "case")
                ended = commands.run(home, *operation.calls, largest_file=_room(rng))
                yield _after("file that can't grow", operation, home, ended, commands)


def _on_full_disk(operation: Operation, disk: Path, commands: Commands, rng: random.Random) -> tuple[Path, Ended]:
    """The home and what the commands said; the disk has room again then."""
    home = copied(operation.before, disk / "case")
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.truncate(0)
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(disk).free - _room(rng)))
    ended = commands.run(home, *operation.calls)
    filler.unlink()
    return home, ended


def _room(rng: random.Random) -> int:
    """From a kilobyte to a megabyte, each size as likely as its half."""
    return int(10 ** rng.uniform(3, 6))


def _after(kind: str, operation: Operation, home: Path, ended: Ended, commands: Commands) -> Case:
    """What is wrong after an operation that could fail: untold, half done, or not to be finished."""
    found = state_of(home)
    gone = lost(found, operation.old, operation.new)
    untold = [] if ended.is_told else [f"終了状態 {ended.status}: {ended.said.strip()[-400:]}"]
    stood = "went through" if ended.status == 0 else "refused"
    return Case(f"{kind}: {operation.name}", (*untold, *between(found, operation.old, operation.new), *gone, *finish(home, operation, commands)), len(gone), stood)


def read_only(homes: Homes, commands: Commands) -> Iterator[Case]:
    """Operations, and commands that only read, in a home that can't be written."""
    with small_disk(homes.folder) as disk:
        for operation in homes.operations:
            home = copied(operation.before, (disk or homes.folder) / "case")
            with unwritable(home, disk):
                ended = [commands.run(home, call) for call in (*operation.calls, *READING)]
            is_same = state_of(home) == operation.old
            case = _after("read-only", operation, home, next((one for one in ended if not one.is_told), ended[0]), commands)
            yield case if is_same else Case(case.kind, (*case.problems, "変わった"), case.lost)


@contextlib.contextmanager
def unwritable(home: Path, disk: Path | None) -> Iterator[None]:
    """Let nobody write: by mounting the disk anew, since modes don't hold for the superuser, or by modes."""
    if disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    else:
        _set_modes(home, 0o500, 0o400)
    try:
        yield
    finally:
        if disk:
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        else:
            _set_modes(home, 0o700, 0o600)


def _set_modes(home: Path, folders: int, files: int) -> None:
    for path in [home, *home.rglob("*")]:
        path.chmod(folders if path.is_dir() else files)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk in memory of a few megabytes; None where this user may not mount one."""
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)], capture_output=True).returncode == 0
    except OSError:
        mounted = False
    try:
        yield disk if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(disk)], check=False)


def two_writers(homes: Homes, commands: Commands, rounds: int, rng: random.Random) -> Iterator[Case]:
    """Each pair of operations on one home, begun at nearly the same moment: both come through, and all that they did is there."""
    base = [operation for operation in homes.operations if operation.before == homes.base]
    build = Operation("build", homes.base, (BUILD,), base[0].old, base[0].old, 1.0)
    pairs = [*combinations([*base, build], 2), *((one, one) for one in (base[0], build))]
    for first, second in [pair for pair in pairs if {one.name for one in pair} not in UNLIKE] * rounds:
        home = copied(homes.base, homes.folder / "case")
        started = []
        for operation in rng.sample((first, second), 2):
            started.append(commands.start(home, operation.calls))
            time.sleep(rng.uniform(0, 0.05))
        ended = [commands.wait(pid) for pid in started]
        said = [f"{one.status}: {one.said.strip()[-300:]}" for one in ended if one.status]
        commands.run(home, BUILD)
        found, wanted = state_of(home), _both(first, second)
        gone = lost(found, wanted, wanted)
        yield Case(f"two at once: {first.name} and {second.name}", (*said, *between(found, wanted, wanted), *gone, *disagreements(home, commands)), len(gone))


def _both(first: Operation, second: Operation) -> dict[str, frozenset[tuple[object, ...]]]:
    """What is to be there when both have been done: for each file what the one that changed it made of it."""
    made = {label: second.new.get(label, frozenset()) if second.new.get(label) != second.old.get(label) else first.new.get(label, frozenset()) for label in first.new.keys() | second.new.keys() | first.old.keys()}
    return {label: rows for label, rows in made.items() if rows}


def clocks(homes: Homes, commands: Commands) -> Iterator[Case]:
    """Operations by a process whose clock was set back or runs ahead, and by one whose clock is right again."""
    for off in CLOCKS:
        for operation in homes.operations:
            home = copied(operation.before, homes.folder / "case")
            ended = commands.run(home, *operation.calls, clock=off)
            case = _after(f"clock {off / DAY:+.0f} days", operation, home, ended, commands)
            yield case if ended.status == 0 and state_of(home) == operation.new else Case(case.kind, (*case.problems, f"時計のために失敗した: {ended.said.strip()[-300:]}"), case.lost)
    yield from (_old_change(homes, commands, same) for same in (False, True))


def _old_change(homes: Homes, commands: Commands, is_same_time: bool) -> Case:
    """A file that changes at the same size and claims to be older, or as old as before: it is noticed all the same."""
    folder, home = homes.folder / "dated", copied(homes.base, homes.folder / "case")
    folder.mkdir(exist_ok=True)
    file: Path = folder / "x.txt"
    file.write_text("札幌市、駅前に広場を開く\n\n札幌市は2024年5月1日、駅前に広場を開くと発表した。広さは111平方メートルである。\n", encoding="utf-8")
    os.utime(file, (time.time() - 10 * DAY,) * 2)
    calls: Sequence[Call] = (("ingest", "sync", str(folder)),)
    commands.run(home, *calls)
    before = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace("111", "222"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns - (0 if is_same_time else 10**13)))
    commands.run(home, *calls, BUILD)
    texts = [ended.said for ended in [commands.run(home, ("index", "search", "駅前の広場の広さ", "--json", "-k", "20"))]]
    problems = disagreements(home, commands) + ([] if "222平方" in texts[0] and "111平方" not in texts[0] else ["変更に気づかない"])
    shutil.rmtree(folder)
    return Case(f"clock: a change of {'the same' if is_same_time else 'an older'} time", tuple(problems))
