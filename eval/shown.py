"""A run on the terminal, for a person."""

from collections.abc import Iterator, Mapping
from typing import Any

from eval.labels import FALSIFIED, KINDS, MEASURES, TASKS, VARIANTS
from eval.peers.table import table
from eval.results import Run, compare, histories

SIGNIFICANT = 0.05
MAIN = ("right", "f1", "caught", "evidence@1", "ndcg@10")  # the measure that kinds are told by: the first that a run has


def lines(run: Run) -> Iterator[str]:
    """A run for a person: every measure with its interval, then each kind and each variant in a line."""
    if run["task"] == "peers":
        yield table(run)
        return
    unit = "文" if run["task"] == "perturbation" else "問"
    yield f"■ {TASKS.get(run['task'], run['task'])} {run.get('set', '')}({run['questions']}{unit})"
    if run["task"] == "bench":
        yield from (f"  {part}: " + "  ".join(f"{key} {value:.3g}" for key, value in values.items()) for part, values in run["scores"].items())
        return
    if run["task"] == "ablation":
        yield from (_worth(name, told) for name, told in run["measures"].items())
        return
    held = run.get("intervals", {})
    for key, value in run["scores"]["all"].items():
        if key != "questions":
            yield f"  {_number(value)}{_interval(held.get(key))}  {MEASURES.get(key, key)}"
    main = next(name for name in MAIN if name in run["scores"]["all"])
    names = FALSIFIED if run["task"] == "perturbation" else KINDS
    kinds = [f"{names.get(kind, kind)} {_number(values.get(main)).strip()}({values['questions']}{unit})" for kind, values in run["scores"].items() if kind != "all"]
    if kinds:
        yield f"  種類別({MEASURES[main]}): {'  '.join(kinds)}"
    for name, values in run.get("variants", {}).items():
        yield f"  {VARIANTS[name]}: " + "  ".join(f"{MEASURES.get(key, key)} {_number(value).strip()}" for key, value in values.items() if key in (main, "hit@1", "ndcg@10"))


def changes(name: str, run: Run) -> Iterator[str]:
    """What changed significantly since the newest kept run of that name."""
    kept = histories().get(name)
    for key, change in compare(kept[0], run).items() if kept else ():
        if change.p < SIGNIFICANT:
            yield f"  前回より {change.difference:+.3f}(p = {change.p:.3f})  {MEASURES.get(key, key)}"


def _worth(name: str, told: Mapping[str, Any]) -> str:
    """A measure with the reader and without, and the difference with its interval."""
    low, high = told["interval"]
    return f"  読解あり {told['with']:.3f}  なし {told['without']:.3f}  差 {told['difference']:+.3f}({low:+.3f}〜{high:+.3f}、p = {told['p']:.3f})  {MEASURES.get(name, name)}"


def _number(value: float | int | None) -> str:
    return f"{value:8.3f}" if value is not None else "       –"


def _interval(held: tuple[float, float] | None) -> str:
    return f"({held[0]:.3f}〜{held[1]:.3f})" if held else " " * 13
