"""A build that is killed at any moment leaves a home that the next build finishes: real processes, SIGKILL, no mercy."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from library_fixtures import CORPUS, ROOT, SAPPORO, SEOUL, BigramEmbedder, corpus_documents, count_characters, real_embedder, settings_of
from test_index_saved_index import assert_whole

from index.embedder import Embedder
from index.saved_index import SavedIndex
from index.wiring import open_index
from ingest.library.library import Library
from ingest.sync import Reader

KILLS_OF_A_CHEAP_BUILD = 20
PATIENCE = 240  # seconds that a sign of progress may take on a busy machine
STARTER = """
import os, sys
sys.path[:0] = [".", "tests"]
{prepare}
for line in sys.stdin:
    home = line.strip()
    pid = os.fork()
    if pid == 0:
        out = os.open(home + ".out", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(out, 1), os.dup2(out, 2)
        os._exit({run})
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


class SlowEmbedder(BigramEmbedder):
    """Takes a little time for each text, as models do, so that kills find it at work."""

    def encode_passages(self, texts, spans):
        time.sleep(0.001 * len(texts))
        return super().encode_passages(texts, spans)


def slowed(model: Embedder) -> Embedder:
    """The model, which takes at least a tenth of a second for each passage, so that a fast machine is still at work when it is killed."""
    encode = model.encode_passages

    def encode_slowly(texts, spans):
        time.sleep(0.1 * len(texts))
        return encode(texts, spans)

    model.encode_passages = encode_slowly  # type: ignore[method-assign]
    return model


def build(home: Path) -> int:
    """What `index build` does, with cheap vectors and token counts."""
    settings = settings_of(home, chunk_tokens=150)
    reader = Reader(Library(home), settings)
    reader._count = count_characters
    reader.sync_corpus()
    SavedIndex(reader.library, SlowEmbedder(), settings).bring_up_to_date()
    return 0


class Builds:
    """Forks builds from a process that has the libraries loaded: their loading takes seconds and writes nothing."""

    def __init__(self, prepare: str, run: str) -> None:
        code, environment = STARTER.format(prepare=prepare, run=run), os.environ | {"OMP_NUM_THREADS": "1"}  # threads don't survive a fork
        self.process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, home: Path) -> int:
        """Begin a build; gives its process id."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{home}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def wait(self) -> int:
        """How the build ended, as waitpid says it."""
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def kill(self, pid: int) -> bool:
        """Kill the build; whether it was still at work."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return self.wait() == signal.SIGKILL

    def close(self) -> None:
        """End the starter."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


@pytest.fixture
def cheap_builds() -> Iterator[Builds]:
    """Builds as in ``build``."""
    builds = Builds("from pathlib import Path; import test_index_killed_build as cheap", "cheap.build(Path(home))")
    yield builds
    builds.close()


@pytest.fixture
def commands() -> Iterator[Builds]:
    """`python -m index build --json --home …` with the real embedder, which is loaded already."""
    prepare = (
        "import sentence_transformers, index.__main__ as command, index.wiring as wiring, test_index_killed_build as slow\n"
        "from ingest.settings import Settings\nmodel = slow.slowed(wiring.load_embedder(Settings()))\nwiring.load_embedder = lambda settings: model"
    )
    builds = Builds(prepare, "command.run(lambda: command.main(['build', '--json', '--home', home]))")
    yield builds
    builds.close()


@pytest.mark.slow
@pytest.mark.flaky(reruns=2)  # its moments depend on the machine
def test_a_cheap_build_killed_at_twenty_random_moments_is_finished_by_the_next(tmp_path: Path, cheap_builds: Builds) -> None:
    """Homes are killed five times over, sometimes with the corpus changed in between, and then finished."""
    rng, home, killed = random.Random(4), tmp_path / "home", 0
    cheap_builds.start(tmp_path / "warm"), cheap_builds.wait()
    started = time.monotonic()
    cheap_builds.start(tmp_path / "timed"), cheap_builds.wait()
    takes = time.monotonic() - started
    for i in range(KILLS_OF_A_CHEAP_BUILD):
        if i % 5 == 0:
            shutil.rmtree(home, ignore_errors=True)
        elif i % 3 == 0:
            Library(home).remove_source("003_sapporo_press_release_2004.txt")
        pid = cheap_builds.start(home)
        time.sleep(rng.uniform(0, takes))
        killed += cheap_builds.kill(pid)
        library = Library(home)
        assert all((found := library.document(d.id)) is None or (found.text, found.segments) == (d.text, d.segments) for d in corpus_documents()), "half a document"
        if i % 5 == 4:
            build(home)
            assert_whole(home, chunk_tokens=150)
            assert [d.id for d in library.infos()] == [d.id for d in corpus_documents()]
    assert killed >= KILLS_OF_A_CHEAP_BUILD // 4  # the time of one build is a poor guess of the next where other work comes and goes


def wait_for(path: Path) -> None:
    """Wait until a build has written a file, at most as long as patience lasts."""
    end = time.monotonic() + PATIENCE
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.002)


def small_corpus(folder: Path) -> Path:
    """Thirteen of the documents: the releases of Seoul and Sapporo."""
    shutil.copytree(CORPUS, folder)
    head, *entries = (folder / "sources.toml").read_text().split("[[source]]")
    (folder / "sources.toml").write_text("[[source]]".join([head, *(e for e in entries if SEOUL in e or SAPPORO in e)]))
    return folder


MOMENTS = [  # home, the file whose appearance is waited for, and the most seconds that then go by
    ("a", "library.sqlite", 0.3), ("a", "embeddings.sqlite", 2.0), ("a", "", 3.0), ("a", "", 5.0),
    ("b", "manifest.json", 0.3), ("b", "embeddings.sqlite", 4.0), ("b", "vectors.faiss", 0.2), ("b", "", 3.0),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.flaky(reruns=2)  # its moments depend on the machine
def test_the_command_killed_at_random_moments_is_finished_by_the_next(tmp_path: Path, commands: Builds) -> None:
    """`index build` with the real embedder over two of the files, killed in each of its stages, again and again in the same home."""
    rng, killed = random.Random(11), 0
    corpus = small_corpus(tmp_path / "corpus")
    for name, sign, most in MOMENTS:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "settings.toml").write_text(f'corpus = "{corpus}"')
        pid = commands.start(tmp_path / name)
        wait_for(tmp_path / name / sign)
        time.sleep(rng.uniform(0, most))
        killed += commands.kill(pid)
    assert killed >= 5
    for name in ("a", "b"):
        commands.start(tmp_path / name)
        assert commands.wait() == 0, (tmp_path / f"{name}.out").read_text()
        index = open_index(settings_of(tmp_path / name, corpus=corpus), real_embedder())
        assert index.faults() == [] and index.is_current()
        assert [i.id for i in index.library.infos()] == [d.id for d in corpus_documents() if d.source in (SEOUL, SAPPORO)]
