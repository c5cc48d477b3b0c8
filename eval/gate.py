"""The regression gate: quality may not fall by more than chance explains against the committed result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eval.labels import MEASURES
from eval.measures import Paired
from eval.results import Result, Run, compare

SETS = ("report", "report_ordinary", "report_blind")
MEASURED = {"retrieval": ("evidence@1", "evidence@5", "ndcg@10"), "answers": ("right", "truthfulness")}
GUARDED = {f"{task}-{set_}": measures for set_ in SETS for task, measures in MEASURED.items()}
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Fall:
    """A measure of a run that is significantly lower than in the committed result."""

    run: str
    measure: str
    change: Paired
    commit: str

    def __str__(self) -> str:
        by = self.change
        return f"{self.run} の「{MEASURES[self.measure]}」が {self.commit} の結果より {-by.difference:.3f} 低い(95%区間 {by.low:+.3f}〜{by.high:+.3f}、p = {by.p:.3f})"


def guarded(result: Result | None) -> dict[str, Run]:
    """The guarded runs that a result holds with their rows, by name; empty where there is nothing to compare with."""
    held = result["runs"] if result else {}
    return {name: held[name] for name in GUARDED if held.get(name, {}).get("rows")}


def falls(committed: Result, runs: Mapping[str, Run]) -> Iterator[Fall]:
    """The guarded measures that fell significantly (paired test, p < 0.05) from the committed result to ``runs``, by name."""
    for name, before in guarded(committed).items():
        changes = compare(before, runs[name])
        for measure in GUARDED[name]:
            change = changes.get(measure)
            if change is not None and change.difference < 0 and change.p < SIGNIFICANT:
                yield Fall(name, measure, change, before.get("commit") or committed["commit"])
