"""Reads files in a process of its own: a file made to crash or to busy a parser takes neither the command nor the screen along.

The process is started when the first such file comes and kept for the next ones. What goes to it is the file, what comes back are
pickled messages of our own reader: ``("progress", (done, of))``, then ``("content", …)`` or ``("refused", …)``.
"""

import atexit
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from select import select
from time import monotonic
from typing import IO, Any

from ingest.content import Content, FileData, Progress
from ingest.errors import InputError

SILENT = 120  # seconds without a page read: a parser is caught in a loop
LONGEST = 1800  # seconds for a file: hundreds of pages whose text has to be recognised
MEMORY = 6 << 30  # bytes of address space; the libraries themselves take about one
HEAD = struct.Struct("<Q")
ROOT = str(Path(__file__).parents[1])
START = f"import sys; sys.path.insert(0, {ROOT!r}); from ingest.child import serve; serve(*sys.argv[1:])"
Work = Callable[..., Any]  # of a file, further details, and ``progress``


class Child:
    """The process that reads, or does what else ``function`` of ``module`` does with a file; one file at a time, others wait."""

    def __init__(self, module: str = "ingest.formats.formats", function: str = "read_here") -> None:
        self._work = module, function
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        atexit.register(self.stop)

    def read(self, file: FileData, progress: Progress | None = None, silent: float = SILENT, longest: float = LONGEST) -> Content:
        """What the file says; raises InputError where it can't be read, crashes the reader, or takes too long."""
        return self.ask(file, progress, silent, longest)  # type: ignore[no-any-return]

    def ask(self, file: FileData, progress: Progress | None, silent: float, longest: float, details: tuple[Any, ...] = ()) -> Any:
        """What the process's function gives for the file and the ``details``; raises InputError as ``read`` does."""
        with self._turn:
            try:
                return self._ask(file, progress, silent, longest, details)
            except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
                self.stop()
                raise InputError(f"{file.name}: 読み取りの途中で異常終了しました(壊れているか、大きすぎます)。元の場所から取り直すか、別の形式で保存し直して追加してください") from error
            except BaseException as error:
                if not isinstance(error, InputError):
                    self.stop()  # interrupted in the middle of a file
                raise

    def stop(self) -> None:
        """End the process; the next file starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def _ask(self, file: FileData, progress: Progress | None, silent: float, longest: float, details: tuple[Any, ...]) -> Any:
        process = self._started()
        assert process.stdin
        assert process.stdout
        _send(process.stdin, (file, details, int(longest) + 5))
        until = monotonic() + longest
        while True:
            kind, said = self._message(process.stdout, file, min(monotonic() + silent, until))
            if kind == "content":
                return said
            if kind == "refused":
                raise InputError(said)
            if progress:
                progress(*said)

    def _message(self, pipe: IO[bytes], file: FileData, until: float) -> tuple[str, Any]:
        length = HEAD.unpack(self._bytes(pipe, HEAD.size, file, until))[0]
        return pickle.loads(self._bytes(pipe, length, file, until))  # type: ignore[no-any-return]

    def _bytes(self, pipe: IO[bytes], count: int, file: FileData, until: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            if not select([pipe], [], [], max(0.0, until - monotonic()))[0]:
                self.stop()
                raise InputError(f"{file.name}: 読み取りに時間がかかりすぎるため中止しました。ファイルを分けるか、別の形式で保存し直して追加してください")
            part = os.read(pipe.fileno(), min(1 << 20, count - len(parts)))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen([sys.executable, "-c", START, *self._work], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        return self._process


CHILD = Child()


def _send(pipe: IO[bytes], message: object) -> None:
    data = pickle.dumps(message)
    rest = memoryview(HEAD.pack(len(data)) + data)
    while rest:
        rest = rest[pipe.write(rest) :]


def serve(module: str, function: str) -> None:
    """The process's own loop: do the work for the files that come in, until no more do."""
    work = getattr(import_module(module), function)
    _limit_memory()
    source, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # parsers write warnings where they like
        os.dup2(quiet, number)
    while head := source.read(HEAD.size):
        file, details, seconds = pickle.loads(source.read(HEAD.unpack(head)[0]))
        _die_after(seconds)
        _send(answers, _answer(file, details, work, lambda done, of: _send(answers, ("progress", (done, of)))))
        _die_after(0)


def _answer(file: FileData, details: tuple[Any, ...], work: Work, progress: Progress) -> tuple[str, Any]:
    try:
        return "content", work(file, *details, progress=progress)
    except InputError as error:
        return "refused", str(error)
    except MemoryError:
        return "refused", f"{file.name}: 読み取りに必要なメモリが多すぎます。ファイルを分けて追加してください"
    except Exception:  # noqa: BLE001 - whatever a parser trips over, the file is at fault for its owner
        return "refused", f"{file.name}: 壊れているか、対応していない内容のため読めません。元の場所から取り直すか、保存し直して追加してください"


def _die_after(seconds: int) -> None:
    """Ends the process when it hangs and its parent, which would stop it, is gone."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):  # no such limits on this system: time is limited all the same
        pass
