"""The real default model, asked in two ways: served by a child of ours, and as an OpenAI-compatible address by URL."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from library_fixtures import ROOT, settings_of
from model_fixtures import model_or_skip, real_searcher

from ingest.errors import ShirabeError
from qa.assistant import Assistant
from qa.composed import ComposedAnswerer
from qa.extractive import ExtractiveAnswerer
from qa.model import process as model_process
from qa.model.language_model import LanguageModel, ServedModel, open_model
from qa.model.process import ModelError, ModelProcess, refuse_short_memory
from qa.model.prompts import SYSTEM

PATIENT = 240.0  # seconds, on a machine that runs other tests too
COUNT = "1から500までの整数を、1つずつすべて書いてください。"
KOREAN = "서울국제경제자문단(SIBAC)은 몇 년도에 설립되었습니까?"


@dataclass(frozen=True)
class Way:
    """A model, and the id of the process that serves it now."""

    model: LanguageModel
    pid: Callable[[], int | None]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    """llama.cpp's own server, started by the test: its address and process id."""
    command = [sys.executable, "-m", "qa.model.server", str(model_or_skip()), "--threads", str(os.cpu_count() or 1)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_WAIT_POLICY": "passive"})
    assert process.stdout is not None
    yield f"{process.stdout.readline().strip()}/v1", process.pid
    process.kill()
    process.wait()


@pytest.fixture(params=["child", "url"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    """The same model behind both ways."""
    if request.param == "url":
        url, pid = request.getfixturevalue("server")
        yield Way(open_model(settings_of(tmp_path, model_url=url, model_name="any name")), lambda: pid)
        return
    process = ModelProcess(model_or_skip())
    yield Way(ServedModel("local", process.address, process.key, process.end_if_hung, is_local=True), lambda: process.pid)
    process.stop()


@pytest.mark.slow
def test_text_comes_in_pieces_and_an_answer_broken_off_doesnt_hold_up_the_next(way: Way) -> None:
    stream = way.model.stream(SYSTEM, COUNT, 2000, PATIENT)
    pieces = list(islice(filter(None, stream), 5))
    stream.close()
    assert len(pieces) == 5
    started = time.monotonic()
    assert "東京" in "".join(way.model.stream(SYSTEM, "日本の首都はどこですか。", 20, PATIENT))
    assert time.monotonic() - started < 120, "2,000 tokens would take longer"


@pytest.mark.slow
def test_who_waits_is_given_a_chance_to_stop(way: Way) -> None:
    stream = way.model.stream(SYSTEM, COUNT * 60, 5, PATIENT)
    started, first = time.monotonic(), next(stream)
    assert first == "" or time.monotonic() - started < 5
    stream.close()


@pytest.mark.slow
def test_a_composed_answer_is_cited_and_checked_whichever_way_the_model_is_asked(way: Way) -> None:
    searcher = real_searcher()
    found = Assistant(searcher, ComposedAnswerer(searcher, ExtractiveAnswerer(searcher), way.model, seconds=PATIENT)).ask(KOREAN)
    assert "2001" in found.answer and all(s.citations and s.supported for s in found.sentences)
    assert all(searcher.document(c.document_id).text[c.start : c.end] == c.quote for c in found.citations)
    assert found.answerer == "llm" and re.search("[가-힣]", found.sentences[0].text)


@pytest.mark.slow
def test_a_hang_costs_the_time_limit_and_the_next_answer_comes(way: Way) -> None:
    stream = way.model.stream(SYSTEM, COUNT, 2000, 60.0)
    next(filter(None, stream))
    pid, started = way.pid(), time.monotonic()
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(ModelError, match="時間内"):
            list(stream)
        assert time.monotonic() - started < 75
    finally:
        if way.pid() == pid:  # a server that isn't ours is left alone; ours has been ended
            os.kill(pid, signal.SIGCONT)
    assert "東京" in "".join(way.model.stream(SYSTEM, "日本の首都はどこですか。", 20, PATIENT))


@pytest.fixture
def child() -> Iterator[ModelProcess]:
    """The default model as a child process."""
    process = ModelProcess(model_or_skip())
    yield process
    process.stop()


@pytest.mark.slow
def test_a_server_killed_amid_an_answer_leaves_the_quoted_one_and_is_started_again(child: ModelProcess) -> None:
    searcher = real_searcher()
    model = ServedModel("local", child.address, child.key, child.end_if_hung, is_local=True)
    assistant = Assistant(searcher, ComposedAnswerer(searcher, ExtractiveAnswerer(searcher), model, seconds=PATIENT))
    steps = assistant.steps(KOREAN)
    next(s for s in steps if s.draft)  # its first word is written
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    *_, last = steps
    assert (last.answer.answerer, last.answer.refused) == ("extractive", False) and "2001" in last.answer.answer
    assert "資料からの抜粋で答えます" in last.note
    assert "東京" in "".join(model.stream(SYSTEM, "日本の首都はどこですか。", 20, PATIENT))


@pytest.mark.slow
def test_the_server_ends_with_the_process_that_started_it() -> None:
    code = "import sys, time; from pathlib import Path; from qa.model.process import ModelProcess; p = ModelProcess(Path(sys.argv[1])); p.address(); print(p.pid, flush=True); time.sleep(600)"
    parent = subprocess.Popen([sys.executable, "-c", code, str(model_or_skip())], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and is_alive(pid):
        time.sleep(0.1)
    assert not is_alive(pid)


def is_alive(pid: int) -> bool:
    """Whether a process is there that is more than an entry to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
def test_the_server_wants_its_key_and_listens_on_this_machine_only(child: ModelProcess) -> None:
    with pytest.raises(ModelError, match="AuthenticationError"):
        list(ServedModel("local", child.address, "another", is_local=True).stream(SYSTEM, "?", 5, PATIENT))
    assert child.address().startswith("http://127.0.0.1:")


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"broken\.gguf を起動できません"):
        ModelProcess(broken).address()


def test_short_memory_is_told_before_anything_is_started() -> None:
    with pytest.raises(ModelError, match="メモリーが足りません"):
        refuse_short_memory(10**15)
    refuse_short_memory(-model_process.BESIDE)


def test_an_address_that_nobody_answers_is_told_in_time() -> None:
    started = time.monotonic()
    with pytest.raises(ModelError, match="答えられませんでした"):
        list(ServedModel("x", lambda: "http://127.0.0.1:9/v1").stream("", "", 5, 20))
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(("changed", "said"), [({"model": ""}, "使わない設定"), ({"model": "none.gguf"}, "none.gguf がありません")])
def test_a_model_that_isnt_there_is_told_with_what_to_do(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        open_model(settings_of(tmp_path, **changed))


def test_the_default_model_that_wasnt_fetched_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIRABE_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="make model"):
        open_model(settings_of(tmp_path))


@pytest.mark.parametrize(("changed", "said"), [({"model_url": "localhost:11434"}, "http://"), ({"model_url": "http://x/v1"}, "model_name")])
def test_settings_of_an_address_are_checked(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(ShirabeError, match=said):
        settings_of(tmp_path, **changed)
