"""The process that reads files: it outlives refusals, is started anew after a crash, a hang and a file that wants too much memory."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from library_fixtures import ROOT
from office_fixtures import word
from pdf_fixtures import lines, pdf

from ingest.child import Child
from ingest.content import FileData
from ingest.errors import InputError

FILE = FileData("a.docx", word())


def test_one_process_reads_file_after_file() -> None:
    child = Child()
    first = child.read(FILE)
    process = child._process
    with pytest.raises(InputError, match=r"^b\.docx: "):
        child.read(FileData("b.docx", word()[:3000]))
    assert child.read(FILE) == first and child._process is process
    child.stop()
    assert process is not None and process.poll() is not None


def test_a_crash_is_told_and_the_next_file_is_read() -> None:
    child = Child()
    child.read(FILE)
    assert child._process is not None
    many = FileData("many.pdf", pdf(*[lines([f"{n}行目の文です。" for n in range(40)])] * 400))
    threading.Timer(0.1, os.kill, (child._process.pid, signal.SIGSEGV)).start()
    with pytest.raises(InputError, match=r"^many\.pdf: 読み取りの途中で異常終了しました"):
        child.read(many)
    assert child.read(FILE).title
    child.stop()


def test_a_hang_is_ended() -> None:
    child = Child()
    child.read(FILE)
    assert child._process is not None
    os.kill(child._process.pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(InputError, match="時間がかかりすぎるため中止しました"):
        child.read(FILE, silent=0.3)
    assert time.monotonic() - started < 5
    assert child.read(FILE).title
    child.stop()


def test_pages_are_counted_as_they_are_read() -> None:
    told: list[tuple[int, int]] = []
    child = Child()
    child.read(FileData("a.pdf", pdf(lines(["一頁"]), lines(["二頁"]))), lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
    child.stop()


def test_it_ends_with_the_command_that_started_it() -> None:
    code = "import sys; sys.path[:0] = ['.', 'tests']; from test_ingest_child import FILE; from ingest.child import CHILD; CHILD.read(FILE); print(CHILD._process.pid, flush=True); import os; os._exit(1)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    number = int(run.stdout)
    until = time.monotonic() + 10
    while time.monotonic() < until and _runs(number):
        time.sleep(0.05)
    assert not _runs(number)


def _runs(number: int) -> bool:
    """Whether a process is there and no mere entry that nobody has fetched yet."""
    status = Path(f"/proc/{number}/status")
    return status.exists() and "State:\tZ" not in status.read_text()
