"""Result files: scores with the settings, versions and commit that they came from."""

import json
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from index.manifest import current_manifest
from ingest.settings import Settings

Row = TypeVar("Row")
FOLDER = Path("eval/results")


def commit() -> str:
    """The short hash of the checkout's commit, with ``-dirty`` for changes on top; ``unknown`` outside of one."""
    try:
        found = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def by_kind(rows: Sequence[Row], kind: Callable[[Row], str], scores: Callable[[Sequence[Row]], dict[str, Any]]) -> dict[str, Any]:
    """Scores over all rows and over each kind of question."""
    kinds = sorted({kind(row) for row in rows})
    return {"all": scores(rows)} | {k: scores([row for row in rows if kind(row) == k]) for k in kinds}


def record(name: str, settings: Settings, dimension: int, scores: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A result with everything that it depends on."""
    manifest = asdict(current_manifest(settings, dimension))
    machine = {"processor": platform.processor() or platform.machine(), "python": platform.python_version()}
    return {"name": name, "commit": commit(), "settings": {**manifest, "dense_weight": settings.dense_weight}, "machine": machine, **more, "scores": scores}


def save(result: Mapping[str, Any]) -> Path:
    """Write a result to ``eval/results/NAME.json``; its history is the repository's."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{result['name']}.json"
    path.write_text(json.dumps(rounded(result), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def rounded(value: Any) -> Any:
    """The same with floats to four digits."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, list | tuple) else value
