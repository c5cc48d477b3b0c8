"""Which plots the report shows, and what is said below each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.labels import KINDS, LOWER_IS_BETTER, VARIANTS
from eval.measures import wilson
from eval.report.explained import label
from eval.report.plots import Bin, Point, Series, context_plot, dot_plot, reliability_plot
from eval.report.tables import Runs, Table, gold_runs, kind_label, title_of, variants
from eval.results import Run

COMPARED = {
    "retrieval": ("evidence@1", "evidence@5", "evidence_in_1500_chars", "all_evidence@5"),
    "answers": ("right", "right_and_cited", "citation_recall", "citation_precision", "unanswerable_refused", "answerable_refused"),
}
BY_KIND = {"retrieval": "evidence@1", "answers": "right"}
LEGS = ("evidence@1", "evidence@3", "evidence@5", "evidence_in_1500_chars", "evidence_in_3000_chars")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot with its heading, what it says, and the figures behind it where no other table has them."""

    title: str
    svg: str
    caption: str
    table: Table | None = None


def drawings(runs: Runs) -> list[Drawing]:
    """The plots that the runs have the figures for."""
    return [*_context(runs), *_legs(runs), *_kinds(runs), *_sets(runs), *_peers(runs), *_calibration(runs)]


def _context(runs: Runs) -> Iterator[Drawing]:
    curves = {name: run["context"] for name, run in gold_runs(runs, "retrieval").items() if run.get("context")}
    if curves:
        title = "読む文字数と、根拠を読み終える割合"
        caption = "検索結果を上から何字読めば、質問の根拠を最後まで読めるか。左上に近いほど、少ない文字数で根拠に届きます。"
        yield Drawing(title, context_plot(title, curves), caption)


def _kinds(runs: Runs) -> Iterator[Drawing]:
    for task, measure in BY_KIND.items():
        for name, run in list(gold_runs(runs, task).items())[:1]:
            counts = by_kind(run, measure)
            if counts:
                title = f"質問の種類別: {label(measure)}({name})"
                labels = [f"{kind_label(kind)}({asked}問)" for kind, (_, asked) in counts.items()]
                caption = "線は95%区間です。問題数の少ない種類は区間が広く、点の位置だけでは比べられません。"
                yield Drawing(title, dot_plot(title, labels, {label(measure): [share(*count) for count in counts.values()]}), caption)


def by_kind(run: Run, measure: str) -> dict[str, tuple[int, int]]:
    """For each kind of questions that a measure of 0 or 1 concerns: how many have it, of how many."""
    counts: dict[str, tuple[int, int]] = {}
    for row in run.get("rows", ()):
        value = row["measures"].get(measure)
        if value is not None:
            right, asked = counts.get(row["kind"], (0, 0))
            counts[row["kind"]] = (right + int(value), asked + 1)
    return {kind: counts[kind] for kind in sorted(counts, key=_place)}


def _place(kind: str) -> int:
    """Where a kind stands in the order of ``KINDS``; unknown ones are last."""
    return list(KINDS).index(kind) if kind in KINDS else len(KINDS)


def share(right: int, asked: int) -> Point:
    """A share with its Wilson interval."""
    return Point(right / asked, *wilson(right, asked))


def _legs(runs: Runs) -> Iterator[Drawing]:
    for run in list(gold_runs(runs, "retrieval").values())[:1]:
        held = run.get("variants", {})
        names = [n for n in LEGS if all(scores.get(n) is not None for scores in held.values())]
        if len(held) > 1 and names:
            title = f"意味の検索、語の検索、両方({run['set']})"
            series: Series = {VARIANTS.get(v, v): [Point(scores[n]) for n in names] for v, scores in held.items()}
            caption = "意味が近い一節を探す検索と、同じ語のある一節を探す検索を、それぞれ単独で使った場合と、両方を合わせた場合(ふだんの使い方)です。"
            yield Drawing(title, dot_plot(title, list(map(label, names)), series), caption, variants(run))


def _sets(runs: Runs) -> Iterator[Drawing]:
    for task, names in COMPARED.items():
        held = gold_runs(runs, task)
        if {"report", "tune"} <= set(held):
            title = "検索: tune と report" if task == "retrieval" else "回答: tune と report"
            told = [n for n in names if all(held[s]["scores"]["all"].get(n) is not None for s in ("report", "tune"))]
            series: Series = {s: [_point(held[s], n) for n in told] for s in ("report", "tune")}
            labels = [label(n) + (" ↓" if n in LOWER_IS_BETTER else "") for n in told]
            caption = "tune は調整に使った質問、report は調整に使っていない質問です。tune だけが高ければ、調整がその質問に合いすぎています。" + ("↓ は小さいほど良い値です。" if any(n in LOWER_IS_BETTER for n in told) else "")
            yield Drawing(title, dot_plot(title, labels, series), caption)


def _point(run: Run, name: str) -> Point:
    return Point(run["scores"]["all"][name], *run.get("intervals", {}).get(name, (None, None)))


def _peers(runs: Runs) -> Iterator[Drawing]:
    for name, run in runs.items():
        told = [s for s in run.get("systems", ()) if s["scores"].get("evidence@1") is not None]
        if told:
            title = f"ほかの仕組みとの比較: {title_of(name, run)}"
            series: Series = {label("evidence@1"): [_system(s, "evidence@1") for s in told]}
            yield Drawing(title, dot_plot(title, [s["name"] for s in told], series), f"同じ質問での「{label('evidence@1')}」割合です。線は95%区間です。")


def _system(system: Mapping[str, Any], name: str) -> Point:
    return Point(system["scores"][name], *system.get("intervals", {}).get(name, (None, None)))


def _calibration(runs: Runs) -> Iterator[Drawing]:
    for name, run in runs.items():
        bins: Sequence[Mapping[str, Any]] = run.get("calibration") or ()
        if any(b["count"] for b in bins):
            title = f"確信度と正しさ: {title_of(name, run)}"
            caption = "点が点線に近いほど、確信度をそのまま信じられます。点線より下なら自信過剰、上なら控えめです。"
            yield Drawing(title, reliability_plot(title, [Bin(b["low"], b["high"], b["mean_score"], b["share_right"], b["count"]) for b in bins if b["count"]]), caption)
