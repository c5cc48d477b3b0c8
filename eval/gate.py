"""The regression gate: quality may not fall by more than chance explains against the committed result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eval.labels import MEASURES
from eval.measures import Paired
from eval.results import Result, Run, compare

GUARDED = {"retrieval-report": ("evidence@1", "evidence@5", "ndcg@10"), "answers-report": ("right", "truthfulness")}
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


def guarded(result: Result | None) -> bool:
    """Whether a result holds what the gate compares with: every guarded run, with its rows."""
    return result is not None and all(result["runs"].get(name, {}).get("rows") for name in GUARDED)


def falls(committed: Result, runs: Mapping[str, Run]) -> Iterator[Fall]:
    """The guarded measures that fell significantly (paired test, p < 0.05) from the committed result to ``runs``, by name."""
    for name, measures in GUARDED.items():
        changes = compare(committed["runs"][name], runs[name])
        for measure in measures:
            change = changes.get(measure)
            if change is not None and change.difference < 0 and change.p < SIGNIFICANT:
                yield Fall(name, measure, change, committed["commit"])
