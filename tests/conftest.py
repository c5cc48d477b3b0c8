"""What several tests share: a real server over the corpus with the real embedder, and a real browser."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
START_UP = 300  # seconds: unpacking and building on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in the browser that failed is tried twice more, as Playwright's own runner does: a busy machine is no fault of the screen."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=2))


@dataclass(frozen=True)
class Site:
    """A running screen."""

    url: str
    home: Path
    started: str  # what start-up printed


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The screen that most tests share."""
    yield from served(tmp_path_factory.mktemp("home"))


def served(home: Path) -> Iterator[Site]:
    """``python app.py`` on a free port, over a home of its own that it builds from the corpus."""
    command = [sys.executable, "app.py", "--port", "0", "--home", str(home)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    timer = threading.Timer(START_UP, process.kill)
    timer.start()
    printed = ""
    assert process.stdout is not None
    for line in process.stdout:
        printed += line
        if "準備ができました" in line:
            break
    timer.cancel()
    found = re.search(r"http://\S+", printed)
    assert found, printed
    threading.Thread(target=process.stdout.read, daemon=True).start()  # a full pipe would stop the server
    yield Site(found[0], home, printed)
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Chromium, the system's where there is one."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        path = str(CHROMIUM) if CHROMIUM.exists() else None
        opened = started.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()
