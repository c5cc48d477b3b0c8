"""The report: one HTML file in Japanese that needs nothing else, from a result and the runs before it.

Documents, questions and answers may hold anything: the template escapes all that isn't drawn by ``eval.report.plots``,
and the page forbids itself scripts and everything from elsewhere.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.labels import FALSIFIED
from eval.report import tables
from eval.report.explained import interval, number
from eval.report.figures import drawings
from eval.report.tables import Runs, gold_runs, kind_label, title_of
from eval.results import Run

TEMPLATES = Path(__file__).parent / "templates"
JAPAN = timezone(timedelta(hours=9))
RECORDED = {"settings": "設定", "versions": "ライブラリの版", "machine": "測った機械"}
MAIN = {"retrieval": "evidence@1", "answers": "right_and_cited"}  # what a question was right in, for the mark of questions that were right before


@dataclass(frozen=True, slots=True)
class Failed:
    """A failed question: in words what happened, what was expected, what came."""

    id: str
    question: str
    happened: str
    expected: tuple[str, ...]
    wanted: tuple[str, ...]
    got: str
    was_right: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A line of the record: a run's name, its number of questions, when (in Japan) and on which commit it was made."""

    title: str
    questions: int | None
    at: str
    commit: str


@dataclass(frozen=True, slots=True)
class Group:
    """The failed questions of a run by kind."""

    title: str
    count: int
    kinds: tuple[tuple[str, tuple[Failed, ...]], ...]


def write_report(result: Mapping[str, Any], before: Mapping[str, Run] | None, path: Path) -> Path:
    """Write the report on a result; ``before`` holds, by name, the runs to compare with. The file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(render(result, before or {}), encoding="utf-8")
    temporary.replace(path)
    return path


def render(result: Mapping[str, Any], before: Runs) -> str:
    """The report as HTML."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["drawn"] = lambda drawing: Markup(drawing.svg)  # made by matplotlib, which escapes its text
    return environment.get_template("report.html").render(**view(result, before))


def view(result: Mapping[str, Any], before: Runs) -> dict[str, Any]:
    """All that the template shows."""
    runs: Runs = result["runs"]
    commits = {result["commit"], *(run.get("commit", result["commit"]) for run in runs.values())}
    return {
        "commit": result["commit"],
        "made": in_japan(result["made"]),
        "measured": [measured(name, run, result) for name, run in runs.items()],
        "is_of_several": len(commits) > 1,
        "is_dirty": any(commit.endswith("-dirty") for commit in commits),
        "records": records(result),
        "points": list(points(runs)),
        "summaries": list(tables.summaries(runs)),
        "public": tables.public(runs),
        "drawings": drawings(runs),
        "ablations": list(tables.ablations(runs)),
        "perturbations": [(table, wrong(run)) for run, table in zip(those(runs, "perturbation"), tables.perturbations(runs), strict=True)],
        "has_before": bool(before),
        "comparisons": list(tables.comparisons(runs, before)),
        "peers": [(title_of(name, run), tables.peers(run)) for name, run in runs.items() if run.get("systems")],
        "speed": [tables.speed(run) for run in those(runs, "bench")],
        "failures": [group(name, run, before.get(name)) for name, run in runs.items() if "failures" in run],
    }


def measured(name: str, run: Run, result: Mapping[str, Any]) -> Measured:
    """What was measured, when, and on which commit: the run's own where it comes from another file than the rest."""
    return Measured(title_of(name, run), run.get("questions"), in_japan(run.get("made", result["made"])), run.get("commit", result["commit"]))


def those(runs: Runs, task: str) -> list[Run]:
    """The runs of a task."""
    return [run for run in runs.values() if run["task"] == task]


def wrong(run: Run) -> list[tuple[str, str, str]]:
    """What a check got wrong: what was falsified (or that the sentence is true), the sentence, the document's own."""
    return [(FALSIFIED.get(case["kind"], case["kind"] or "正しい文を疑った"), case["sentence"], case["original"]) for case in run["wrong"]]


def in_japan(moment: str) -> str:
    """A moment such as ``2026-11-23T21:00:00Z`` in words and Japanese time."""
    made = datetime.fromisoformat(moment).astimezone(JAPAN)
    return f"{made.year}年{made.month}月{made.day}日 {made.hour}時{made.minute:02}分"


def records(result: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Settings, versions and machine of the result, and for each run those in which it differs."""
    found = {said: result.get(key, {}) for key, said in RECORDED.items()}
    for name, run in result["runs"].items():
        for key, said in RECORDED.items():
            common = result.get(key, {})
            if other := {k: value for k, value in run.get(key, common).items() if common.get(k) != value}:
                found[f"{title_of(name, run)}だけの{said}"] = other
    return {title: held for title, held in found.items() if held}


def points(runs: Runs) -> list[str]:
    """The main figures in sentences, on ``report`` where it was measured."""
    said = []
    for run in list(gold_runs(runs, "retrieval").values())[:1]:
        said.append(f"根拠のある{run['questions']}問のうち{_with_interval(run, 'evidence@1')}で、根拠が検索結果の最初の一節に入っていました。最初の5節までなら{_with_interval(run, 'evidence@5')}です。")
    for run in list(gold_runs(runs, "answers").values())[:1]:
        scores = run["scores"]["all"]
        said.append(f"答えのある質問の{_with_interval(run, 'right')}に正しく答えました。正答で、根拠の箇所も示せたのは{_with_interval(run, 'right_and_cited')}です。")
        if scores.get("unanswerable_refused") is not None:
            said.append(f"答えのない質問の{_with_interval(run, 'unanswerable_refused')}を正しく断り、答えのある質問の{_with_interval(run, 'answerable_refused')}を誤って断りました。")
    return said


def _with_interval(run: Run, name: str) -> str:
    held = interval(name, run.get("intervals", {}).get(name))
    return number(name, run["scores"]["all"].get(name)) + (f"({held})" if held else "")


def group(name: str, run: Run, before: Run | None) -> Group:
    """The failures of a run, by kind; those that were right in the run before are marked."""
    main = MAIN.get(run["task"], "")
    right = {r["id"] for r in (before or {}).get("rows", ()) if r["measures"].get(main) == 1}
    held: dict[str, list[Failed]] = {}
    for failure in run["failures"]:
        held.setdefault(failure.get("kind", ""), []).append(failed(failure, run["task"], failure["id"] in right))
    return Group(title_of(name, run), len(run["failures"]), tuple((kind_label(kind), tuple(those)) for kind, those in held.items()))


def failed(failure: Mapping[str, Any], task: str, was_right: bool = False) -> Failed:
    """A failure as the report shows it."""
    expected, must, any_ = (tuple(failure.get(key) or ()) for key in ("expected", "must", "any"))
    wanted = [f"すべて必要: {'、'.join(must)}"] if must else []
    wanted += [f"どれか一つが必要: {'、'.join(any_)}"] if any_ else []
    happened = (answer_happened if task == "answers" else search_happened)(failure)
    return Failed(str(failure["id"]), failure["question"], happened, expected, tuple(wanted), failure["got"], was_right)


def search_happened(failure: Mapping[str, Any]) -> str:
    """How a search failed."""
    return f"根拠は{failure['rank']}番目" if failure.get("rank") else "根拠が検索結果にない"


def answer_happened(failure: Mapping[str, Any]) -> str:
    """How an answer failed."""
    if not (failure.get("expected") or failure.get("must") or failure.get("any")):
        return "断るべき質問に答えた"
    if failure.get("refused"):
        return f"答えがあるのに断った({failure.get('reason') or '理由なし'})"
    return "正答だが、用意した根拠の一部を出典に示していない" if failure.get("right") else "回答に必要な語がない"
