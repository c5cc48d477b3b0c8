"""Result files: ``eval/results/<commit>.json`` holds the runs of one commit with the settings, versions and machine that they came from."""

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.measures import Paired, Row, paired
from index.manifest import current_manifest
from ingest.errors import InputError
from ingest.settings import Settings

FOLDER = Path("eval/results")
CODE = ("ingest", "index", "qa", "eval/*.py", "eval/gold", "corpus", "pyproject.toml", "requirements.lock")  # what figures depend on
PLACES = ("home", "corpus")  # settings that say where things are; they change no figure
DIGITS = 4
ORIGIN = ("commit", "made", "settings", "versions", "machine")  # of a run, where it doesn't say otherwise: its file's
UNFOLDED = 4  # levels of a result file that have a line for each key; deeper ones share a line

Run = dict[str, Any]
Result = dict[str, Any]


def commit() -> str:
    """The short hash of the checkout's commit, with ``-dirty`` where code or questions were changed on top; ``unknown`` outside of one."""
    try:
        head = _git("rev-parse", "--short=10", "HEAD")
        return f"{head}-dirty" if _git("status", "--porcelain", "--", *CODE) else head
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def machine() -> dict[str, Any]:
    """What timings depend on."""
    return {"processor": platform.processor() or platform.machine(), "cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}


def described(settings: Settings, dimension: int) -> tuple[dict[str, Any], dict[str, str]]:
    """Every setting that a figure can depend on, with the index's own, and the versions of the libraries."""
    manifest = asdict(current_manifest(settings, dimension))
    versions = manifest.pop("versions")
    return manifest | {name: value for name, value in asdict(settings).items() if name not in PLACES}, versions


def keep(name: str, run: Mapping[str, Any], settings: Settings, dimension: int, folder: Path = FOLDER) -> Path:
    """Put a run into the file of the current commit, in place of one with its name; returns the file.

    The run gets ``made`` and, should the settings of its file's other runs differ, they stay with those runs.
    """
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said, versions = described(settings, dimension)
    path = folder / f"{commit()}.json"
    runs = read(path)["runs"] if path.is_file() else {}
    runs[name] = {**run, "made": made, "settings": said}
    write({"commit": path.stem, "made": made, "settings": said, "versions": versions, "machine": machine(), "runs": runs}, path)
    return path


def stamped(figures: Mapping[str, Any]) -> Result:
    """Figures of a result file of their own, behind the commit, time and machine that they came from."""
    return {"commit": commit(), "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "machine": machine(), **figures}


def write(result: Mapping[str, Any], path: Path) -> None:
    """Write a result file; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(unfolded(rounded(result)) + "\n", encoding="utf-8")
    temporary.replace(path)


def read(path: Path) -> Result:
    """A result file; raises InputError when it can't be read as one."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
        if not all(isinstance(result[key], kind) for key, kind in (("commit", str), ("made", str), ("runs", dict))):
            raise ValueError("commit、made、runs の形が違います")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"評価の結果 {path} を読めません: {error}。取り除いて `make eval` を実行してください") from error
    return result


def results(folder: Path = FOLDER) -> list[Result]:
    """All result files of a folder, the newest first."""
    return sorted(map(read, folder.glob("*.json")), key=lambda result: result["made"], reverse=True)


def newest(folder: Path = FOLDER) -> Result | None:
    """The newest result file, if there is one."""
    return next(iter(results(folder)), None)


def newest_of_each(folder: Path = FOLDER) -> Result | None:
    """The newest result file with, for every name of a run, the newest run over all files; each run says where it came from.

    So a file that holds only some runs takes none of the others' figures away. None where there is no file.
    """
    last = newest(folder)
    return last and {**last, "runs": {name: runs[0] for name, runs in histories(folder).items()}}


def histories(folder: Path = FOLDER) -> dict[str, list[Run]]:
    """All runs of a folder's files by name, the newest first, each with the ``commit``, ``made``, ``settings``, ``versions`` and ``machine`` that it came from."""
    found: dict[str, list[Run]] = {}
    for result in results(folder):
        for name, run in result["runs"].items():
            found.setdefault(name, []).append({key: result.get(key, {}) for key in ORIGIN} | run)
    return {name: sorted(runs, key=lambda run: run["made"], reverse=True) for name, runs in found.items()}


def runs_before(result: Result, folder: Path = FOLDER) -> dict[str, Run]:
    """For each run of a result, the newest run of the same name of an earlier commit, with that ``commit`` in it."""
    earlier = histories(folder)
    found = {name: next((old for old in earlier.get(name, ()) if _is_before(old, {**result, **run})), None) for name, run in result["runs"].items()}
    return {name: run for name, run in found.items() if run is not None}


def _is_before(old: Run, run: Run) -> bool:
    return old["commit"] != run["commit"] and old["made"] < run["made"]


def compare(before: Run, after: Run) -> dict[str, Paired]:
    """How each measure changed between two runs, over the questions of both; empty where the runs keep no rows."""
    return paired(_rows(before), _rows(after))


def _rows(run: Run) -> dict[str, Row]:
    return {row["id"]: row["measures"] for row in run.get("rows", ())}


def rounded(value: Any) -> Any:
    """The same with floats to four digits."""
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list | tuple) else value


def unfolded(value: Any, level: int = 0) -> str:
    """JSON with a line for each key of the outer levels, and for each row and failure: small, and its changes can be read."""
    if level >= UNFOLDED or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    inner = ",\n".join(" " * (level + 1) + part for part in _parts(value, level + 1))
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inner}\n{' ' * level}{closing}"


def _parts(value: dict[str, Any] | list[Any], level: int) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{json.dumps(key, ensure_ascii=False)}: {unfolded(part, level)}" for key, part in value.items())
    else:
        yield from (json.dumps(part, ensure_ascii=False) for part in value)
