"""Evaluations of a user's own questions, kept in the home: result files that hold their questions too, so that runs can be compared."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from eval.report.report import in_japan
from eval.results import Result, Run, commit, described, machine, read, write
from eval.screen.gold_table import Record
from ingest.errors import InputError
from ingest.settings import load_settings

FOLDER = "evaluations"
NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


def keep(name: str, runs: Mapping[str, Run], records: Sequence[Record], home: Path, dimension: int) -> Path:
    """Write the runs on a set of questions, ``name``, into a file of their own; returns it."""
    now = datetime.now(UTC)
    made = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    settings, versions = described(load_settings(home), dimension)
    path = home / FOLDER / f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}.json"
    held = {key: {**run, "made": made, "settings": settings} for key, run in runs.items()}
    write({"commit": commit(), "made": made, "set": name, "settings": settings, "versions": versions, "machine": machine(), "runs": held, "gold": list(records)}, path)
    return path


def kept(home: Path) -> Iterator[tuple[str, Result]]:
    """The evaluations of a home with the names of their files, the newest first; damaged files are left out and logged."""
    for path in sorted((home / FOLDER).glob("*.json"), reverse=True):
        try:
            yield path.stem, read(path)
        except InputError as error:
            logging.getLogger("shirabe").warning("%s", error)


def one(home: Path, name: str) -> Result | None:
    """The evaluation in that file, None where there is none."""
    path = home / FOLDER / f"{name}.json"
    return read(path) if NAME.fullmatch(name) and path.is_file() else None


def runs_before(result: Result, home: Path) -> dict[str, Run]:
    """The runs of the evaluation of the same set before this one, with their date as ``commit``; rows of questions that were changed since are left out."""
    before = next((r for _, r in kept(home) if r.get("set") == result["set"] and r["made"] <= result["made"] and r != result), None)
    if before is None:
        return {}
    same = unchanged(before.get("gold", ()), result["gold"])
    return {name: {**run, "commit": in_japan(before["made"]), "rows": [r for r in run.get("rows", ()) if r["id"] in same]} for name, run in before["runs"].items()}


def unchanged(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> set[str]:
    """The ids of the questions that stand in both sets as they are."""
    old = {record["id"]: record for record in before}
    return {record["id"] for record in after if old.get(record["id"]) == record}
