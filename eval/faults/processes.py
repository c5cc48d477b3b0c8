"""Shirabe's own commands in processes that can be killed, limited and set to another time.

They are forked from one process that has the libraries and the model loaded, whose loading takes seconds and writes nothing, so that what
happens to them happens to their work.
"""

import json
import os
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Any, NoReturn

Call = Sequence[str]  # of a command: ("ingest", "add", "a.txt")
START = "from eval.faults.processes import serve; serve()"
CRASHED = 70  # exit status of a command that ended with an exception that nobody told in words


@dataclass(frozen=True, slots=True)
class Ended:
    """How commands ended: the exit status of the last (negative: the signal that killed it), what they printed, and their seconds since they were told to be at work."""

    status: int
    said: str
    seconds: float

    @property
    def is_killed(self) -> bool:
        """Whether it was killed at work."""
        return self.status == -SIGKILL

    @property
    def is_told(self) -> bool:
        """Whether it ended well or told in one line why not."""
        return self.status in (0, 1, 2) and "Traceback" not in self.said


class Commands:
    """Runs commands in one home each; what they print goes into files of ``folder``. To be closed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = os.environ | {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}  # threads don't outlive a fork
        self._server = subprocess.Popen([sys.executable, "-c", START], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._started: dict[int, tuple[float, Path]] = {}

    def __enter__(self) -> "Commands":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(60)

    def start(self, home: Path, calls: Sequence[Call], largest_file: int | None = None, clock: float = 0.0) -> int:
        """Begin commands, one after the other until one fails; ``largest_file`` in bytes is what the disk takes, ``clock`` seconds what the time is off."""
        said = self.folder / f"said{len(self._started)}"
        pid = int(self._ask({"calls": [[*call, "--home", str(home)] for call in calls], "said": str(said), "largest_file": largest_file, "clock": clock}))
        self._started[pid] = time.monotonic(), said
        return pid

    def wait(self, pid: int) -> Ended:
        """Wait until they have ended."""
        status = os.waitstatus_to_exitcode(int(self._ask({"wait": pid})))
        started, said = self._started.pop(pid)
        return Ended(status, said.read_text(encoding="utf-8", errors="replace"), time.monotonic() - started)

    def kill(self, pid: int) -> Ended:
        """Kill them without mercy, wherever they are."""
        os.kill(pid, SIGKILL)  # not waited for yet, so that the number is still theirs
        return self.wait(pid)

    def run(self, home: Path, *calls: Call, largest_file: int | None = None, clock: float = 0.0) -> Ended:
        """Run commands to their end."""
        return self.wait(self.start(home, calls, largest_file, clock))

    def faults(self, home: Path) -> list[str]:
        """What `index check` finds, or how it failed."""
        ended = self.run(home, ("index", "check", "--json"))
        found = [json.loads(line)["faults"] for line in ended.said.splitlines() if line.startswith('{"ok"')]
        return [f"index check: {fault}" for fault in found[-1]] if found else [f"index check: {ended.said.strip()[-300:] or ended.status}"]

    def _ask(self, what: dict[str, Any]) -> str:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(what) + "\n")
        self._server.stdin.flush()
        return self._server.stdout.readline()


def serve() -> None:
    """The loaded process's own loop: a line asks to begin commands or to wait for some, a line answers."""
    modules = _loaded()
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            print(os.waitpid(asked["wait"], 0)[1], flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            _work(asked, modules)
        print(pid, flush=True)


def _loaded() -> dict[str, Callable[[Sequence[str]], int]]:
    """The commands, with all that they load while nothing is at stake."""
    from eval.faults.upload import main as upload_main
    from index.__main__ import main as index_main
    from index.embedder import load_embedder
    from ingest.__main__ import main as ingest_main
    from ingest.model_folder import load_tokenizer
    from ingest.settings import Settings
    from ingest.words import terms

    settings = Settings()
    load_embedder(settings).encode_passages(["暖機"], [[(0, 2)]])
    load_tokenizer(settings.embedder)
    terms("暖機")
    return {"index": index_main, "ingest": ingest_main, "upload": upload_main}


def _work(asked: dict[str, Any], modules: dict[str, Callable[[Sequence[str]], int]]) -> NoReturn:
    """Run the commands in this forked process and leave it."""
    from ingest.command import run

    status = CRASHED
    try:
        said = os.open(asked["said"], os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        for number in (1, 2):
            os.dup2(said, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        _set_clock(asked["clock"])
        if asked["largest_file"] is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"],) * 2)
        for name, *arguments in asked["calls"]:
            status = run(lambda name=name, arguments=arguments: modules[name](arguments))  # type: ignore[misc]
            sys.stdout.flush()
            if status:
                break
    except SystemExit as left:
        status = int(left.code or 0)
    except BaseException:  # noqa: BLE001 - a panic of tantivy is no Exception, and all of them have to be seen
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _set_clock(off: float) -> None:
    """Let this process believe in another time; what the file system notes stays right, which is what a clock that was set back looks like."""
    if off:
        real, real_ns = time.time, time.time_ns
        time.time, time.time_ns = lambda: real() + off, lambda: real_ns() + int(off * 1e9)  # type: ignore[assignment]
