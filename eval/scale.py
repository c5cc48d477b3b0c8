"""``python -m eval scale``: large libraries of made-up releases — what a start costs, what a changed file costs, memory and speed while many come in."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from eval.made_up import release
from eval.results import FOLDER, commit, stamped, write

FILE = FOLDER / "faults" / "scale.json"
FILES = 2500  # of the library whose start is timed
FEW, MANY = 1000, 10_000  # documents whose coming in is compared in memory
SPEED_FILES, ROUNDS = 200, 3
CHILD = "import sys; from eval.scale_child import main; main(sys.argv[1], *sys.argv[2:])"
SCREEN = Path(__file__).parent.parent / "app.py"
READY, LOADED = "準備ができました", "モデルを読み込みました"
Progress = Callable[[str, int, int], None]


def run_scale(files: int = FILES, few: int = FEW, many: int = MANY, progress: Progress | None = None, keep: Callable[[dict[str, Any]], object] | None = None, only: str = "") -> dict[str, Any]:
    """Measure all of it, or the parts whose names begin with ``only``, in processes of their own; seconds, megabytes, ratios. ``keep`` gets what is there after each part."""
    folder, made = Path(tempfile.mkdtemp(prefix="shirabe-scale-")), {}
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "start" if files == FILES else f"start {files}": lambda: _start(folder, files), f"add {few}": lambda: _grown(folder, few), f"add {many}": lambda: _grown(folder, many), "speed": lambda: _speed(folder),
    }  # fmt: skip
    parts = {name: part for name, part in parts.items() if name.startswith(only)}
    try:
        for done, (name, part) in enumerate(parts.items()):
            if progress:
                progress(name, done, len(parts))
            made[name] = part() | {"commit": commit()}
            if keep:
                keep(made)
        return made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_scale(result: dict[str, Any], path: Path = FILE) -> Path:
    """Write the result file, in which parts that weren't measured now stay as they were; returns it."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = {name: {**part, "commit": part.get("commit", before["commit"])} for name, part in before.items() if name not in ("commit", "made", "machine")}
    write(stamped(kept | result), path)
    return path


def lines(result: dict[str, Any]) -> list[str]:
    """The result for a person."""
    return [f"■ 規模 {part}: " + "  ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in values.items()) for part, values in result.items()]


def write_files(folder: Path, count: int, seed: int = 0, sentences: int = 1) -> Path:
    """A folder of so many releases, a hundred to a folder within."""
    for n in range(count):
        path = folder / f"{n // 100:03d}" / f"{n:05d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(release(n, seed, sentences), encoding="utf-8")
    return folder


def new_home(folder: Path, name: str) -> Path:
    """An empty home whose corpus is empty too."""
    corpus, home = folder / "corpus", folder / name
    for part in (corpus, home):
        part.mkdir(exist_ok=True)
    (corpus / "sources.toml").write_text("", encoding="utf-8")
    (home / "settings.toml").write_text(f"corpus = '{corpus}'\n", encoding="utf-8")
    return home


def _grown(folder: Path, count: int) -> dict[str, Any]:
    files, home = write_files(folder / f"files{count}", count), new_home(folder, f"home{count}")
    return _child("grow", home, files)


def _start(folder: Path, files: int) -> dict[str, Any]:
    """Starts on a library of many files of which none has changed, the median of three; then one changes."""
    given, home = write_files(folder / "files", files, seed=1), new_home(folder, "home")
    _child("grow", home, given)
    time.sleep(2.1)  # files that have just been written are looked at again
    _child("sync", home, given)
    made: dict[str, Any] = {"files": files}
    for kind in ("build", "sync", "open"):
        runs = [_child(kind, home, given) for _ in range(ROUNDS)]
        made |= {f"{kind}_over_imports_seconds": median(run["seconds"] for run in runs)}
    made |= _screen(home)
    made["imports_seconds"] = median(run["imports_seconds"] for run in runs)
    made["of_that_model_seconds"] = median(run["model_seconds"] for run in runs)
    path = given / "000" / "00007.txt"
    path.write_text(path.read_text(encoding="utf-8") + "追って詳しい日程を知らせる。\n", encoding="utf-8")
    changed = _child("change", home, given)
    return made | {f"changed_{key}": changed[key] for key in ("files", "passages", "seconds")}


def _screen(home: Path) -> dict[str, Any]:
    """The screen itself, medians of three: seconds from its call until it is ready, and until its models are loaded, less the imports alone of the same run."""
    runs = []
    for _ in range(ROUNDS):
        imports = {"screen_over_imports_seconds": _seconds("import app"), "models_over_imports_seconds": _seconds("import app, sentence_transformers")}
        runs.append({name: seconds - imports[name] for name, seconds in _started(home).items()})
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _started(home: Path) -> dict[str, float]:
    """Seconds until the screen says that it is ready and that its models are loaded."""
    begun, seen = time.perf_counter(), {}
    screen = subprocess.Popen([sys.executable, str(SCREEN), "--port", "0", "--home", str(home)], cwd=SCREEN.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert screen.stdout is not None
    for line in screen.stdout:
        seen.update({name: time.perf_counter() - begun for name, said in (("screen_over_imports_seconds", READY), ("models_over_imports_seconds", LOADED)) if said in line})
        if len(seen) == 2:
            break
    screen.terminate()
    screen.wait()
    return seen


def _seconds(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=SCREEN.parent, check=True)
    return time.perf_counter() - begun


def _speed(folder: Path) -> dict[str, Any]:
    """Taking in against a bare read and a bare encode of the same texts, in turns within one process; files as long as real releases, and short ones."""
    made: dict[str, Any] = {}
    for name, sentences in (("short", 1), ("releases", 16)):
        files = write_files(folder / f"speed {name}", SPEED_FILES if name == "short" else SPEED_FILES // 4, seed=2, sentences=sentences)
        made |= {f"{name}_{key}": value for key, value in _child("speed", new_home(folder, f"speed home {name}"), files).items()}
    return made


def _child(kind: str, home: Path, files: Path) -> dict[str, Any]:
    """What a process of its own measured."""
    ended = subprocess.run([sys.executable, "-c", CHILD, kind, str(home), str(files)], capture_output=True, text=True, env=os.environ | {"TOKENIZERS_PARALLELISM": "false"})
    if ended.returncode:
        raise RuntimeError(f"{kind}: {ended.stderr[-2000:]}")
    return dict(json.loads(ended.stdout.splitlines()[-1]))
