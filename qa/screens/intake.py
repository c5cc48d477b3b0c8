"""Takes in the files that people drop, beside the chat: one after the other, in a thread of its own, each with its progress and a stop.

A file is read, cut and encoded before anything of it comes into the library; then it comes in at once, the index is brought
up to date and the chat gets a searcher over the new state. Stopped before that, a file leaves nothing.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from index.saved_index import SavedIndex
from ingest.adding import list_members
from ingest.errors import ShirabeError
from ingest.failures import Failure, failure_of
from ingest.formats.formats import FileData
from ingest.library.library import Library
from ingest.settings import Settings
from ingest.sync import Added, Reader
from qa.assistant import Assistant
from qa.composed import ComposedAnswerer
from qa.extractive import ExtractiveAnswerer

Step = Literal["waiting", "reading", "splitting", "embedding", "registering", "done", "failed", "stopped"]
ENDED = ("done", "failed", "stopped")
KEPT = 200  # ended files that are still told of
PRIVATE_SECONDS = 12 * 3600  # without a sign of their owner, after which private documents go
FAILED = "{name}: 取り込みの途中で問題が起きました({kind})。もう一度お試しのうえ、続く場合は担当者にお伝えください"


class StoppedError(Exception):
    """The person asked to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file on its way: ``person`` gave it, ``owner`` is empty where it goes into the shared library; ``done`` of ``total`` in its step."""

    id: int
    name: str
    person: str
    owner: str
    step: Step = "waiting"
    done: int = 0
    total: int = 0
    failure: Failure | None = None
    added: Added | None = None


class Intake:
    """The files of one assistant's library that are being taken in."""

    def __init__(self, assistant: Assistant, settings: Settings, composer: ComposedAnswerer | None = None) -> None:
        self.assistant, self.settings, self.composer = assistant, settings, composer
        self.jobs: dict[int, Job] = {}
        self._data: dict[int, FileData] = {}
        self._stopped: set[int] = set()
        self._numbers, self._wake, self._lock = count(1), threading.Event(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._reader: Reader | None = None
        self._seen: dict[str, float] = {}

    def add(self, file: FileData, person: str, owner: str) -> int:
        """Put a file in the queue; gives its job's number."""
        with self._lock:
            number = next(self._numbers)
            self.jobs[number] = Job(number, file.name, person, owner)
            self._data[number] = file
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
                self._thread.start()
        self._wake.set()
        return number

    def stop(self, person: str, number: int | None = None) -> None:
        """Stop one file of a person's, or all that haven't ended."""
        for job in list(self.jobs.values()):
            if job.person == person and job.step not in ENDED and number in (None, job.id):
                self._stopped.add(job.id)
                if job.step == "waiting":
                    self._set(job.id, step="stopped")

    def clear(self, person: str) -> None:
        """Tell no more of a person's files that have ended."""
        with self._lock:
            self.jobs = {n: job for n, job in self.jobs.items() if job.person != person or job.step not in ENDED}

    def of(self, person: str) -> list[Job]:
        """A person's files, in the order in which they came."""
        return [job for job in list(self.jobs.values()) if job.person == person]

    @property
    def reader(self) -> Reader:
        """Reads into the library that the assistant answers from."""
        if self._reader is None:
            self._reader = Reader(self.assistant.searcher.library, self.settings)
        return self._reader

    def change(self, change: Callable[[Reader], object]) -> None:
        """Change the library and let the chat see it."""
        change(self.reader)
        self.show()

    def show(self) -> None:
        """Bring the index up to date and answer from it from now on."""
        searcher = self.assistant.searcher
        index = SavedIndex(searcher.library, searcher.embedder, self.settings)
        index.bring_up_to_date()
        newer = index.searcher(searcher.reader)
        self.assistant.renew(newer)
        if self.composer:
            self.composer.searcher, self.composer.fast = newer, ExtractiveAnswerer(newer)

    def see(self, owner: str) -> None:
        """Remember that a session is there; drop the private documents of those that have long been away."""
        now = time.monotonic()
        self._seen[owner] = now
        if any(now - seen > PRIVATE_SECONDS for seen in self._seen.values()):
            self._seen = {o: seen for o, seen in self._seen.items() if now - seen <= PRIVATE_SECONDS}
            self.drop_private(set(self._seen))

    def drop_private(self, kept: set[str]) -> None:
        """Take the private documents away that belong to none of these sessions."""
        library = self.assistant.searcher.library
        gone = [i for i in library.infos(owners=None) if i.owner and i.owner not in kept]
        for info in gone:
            self.reader.remove(info.id, info.owner)
        if gone:
            self.show()

    def _run(self) -> None:
        while True:
            waiting = next((job for job in list(self.jobs.values()) if job.step == "waiting" and job.id in self._data), None)
            if waiting is None:
                self._wake.wait(60)
                self._wake.clear()
                continue
            self._take_in(waiting, self._data.pop(waiting.id))
            with self._lock:
                ended = [n for n, job in self.jobs.items() if job.step in ENDED]
                self.jobs = {n: job for n, job in self.jobs.items() if n not in ended[:-KEPT]}

    def _take_in(self, job: Job, file: FileData) -> None:
        try:
            self._set(job.id, step="reading")
            members = list_members(file)
            if [inner for _, inner in members] != [""]:
                return self._unpack(job, members)
            self._set(job.id, step="done", added=self._added(job, file))
        except StoppedError:
            self._set(job.id, step="stopped")
        except ShirabeError as error:
            self._set(job.id, step="failed", failure=failure_of(job.name, error))
        except Exception as error:  # the border to a person, who would wait for ever
            logging.getLogger("shirabe").exception("intake")
            self._set(job.id, step="failed", failure=Failure(job.name, "retry", FAILED.format(name=job.name, kind=type(error).__name__), 1))

    def _unpack(self, job: Job, members: list[tuple[FileData, str]]) -> None:
        """In place of an archive come its files."""
        with self._lock:
            del self.jobs[job.id]
            for member, inner in members:
                number = next(self._numbers)
                self.jobs[number] = Job(number, f"{job.name}{inner}", job.person, job.owner)
                self._data[number] = member

    def _added(self, job: Job, file: FileData) -> Added:
        """Read, cut, encode, then register; only the last can't be stopped any more."""
        prepared = self.reader.prepare(file, job.name, job.owner, self._progress(job.id, "reading"))
        self._progress(job.id, "splitting")(0, len(prepared.documents))
        pairs = [(document, self.reader.chunks(document)) for document in prepared.documents]
        searcher = self.assistant.searcher
        self._progress(job.id, "embedding")(0, sum(len(chunks) for _, chunks in pairs))
        SavedIndex(searcher.library, searcher.embedder, self.settings).encode_ahead(pairs, self._progress(job.id, "embedding"))
        self._progress(job.id, "registering")(0, 0)
        added = self.reader.commit(prepared)
        self.show()
        return added

    def _progress(self, number: int, step: Step) -> Callable[[int, int], None]:
        def told(done: int, total: int) -> None:
            if number in self._stopped:
                raise StoppedError
            self._set(number, step=step, done=done, total=total)

        return told

    def _set(self, number: int, **values: object) -> None:
        with self._lock:
            if number in self.jobs:
                self.jobs[number] = replace(self.jobs[number], **values)  # type: ignore[arg-type]


def drop_private(settings: Settings) -> None:
    """At the start take the private documents away that sessions before left: none of them can ask for them any more."""
    reader = Reader(Library(settings.home), settings)
    for info in reader.library.infos(owners=None):
        if info.owner:
            reader.remove(info.id, info.owner)
