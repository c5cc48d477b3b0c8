"""The tables of the report: figures with their intervals in words, from the runs of a result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from eval.labels import FALSIFIED, KINDS, LOWER_IS_BETTER, TASKS, VARIANTS
from eval.measures import Paired
from eval.report.explained import REPEATED, change, change_interval, explanation, interval, label, number
from eval.results import Run, compare

SIGNIFICANT = 0.05
FORMS = {"beir": "BEIR", "squad": "SQuAD", "pages": "ページの検索"}
PEER_MEASURES = ("evidence@1", "evidence@5", "evidence_in_1500_chars", "ndcg@10")
GOLD_FORMS = ("retrieval", "answers")
SETS = ("report", "report_ordinary", "report_blind", "tune")
ALWAYS_EQUAL = frozenset({"refusal_precision"})  # of a question that both runs refused
Runs = Mapping[str, Run]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with what is said in smaller letters below it; ``tone`` is ``good``, ``bad`` or empty."""

    text: str
    detail: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its name, one line that explains it, its cells."""

    name: str
    explained: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``columns`` name the cells, ``first`` the names of the rows."""

    title: str
    first: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""


def title_of(name: str, run: Run) -> str:
    """What a run is called: ``検索(report)``, with what is special about it: ``回答(report、両方(読解なし))``."""
    form = FORMS.get(name.split("-")[0], "") if run["task"] == "retrieval" else ""
    set_ = run.get("set") or name
    special = name.rpartition(f"-{set_}-")[2] if f"-{set_}-" in name else ""
    return f"{form or TASKS.get(run['task'], run['task'])}({'、'.join(filter(None, (set_, VARIANTS.get(special, special))))})"


def gold_runs(runs: Runs, task: str) -> dict[str, Run]:
    """The runs of a task on whole gold sets by set: those of ``SETS`` first, then a user's own; not those with something switched off or changed."""
    held = {run["set"]: run for name, run in runs.items() if run["task"] == task and name == f"{task}-{run.get('set')}"}
    order = [*(s for s in SETS if s in held), *(s for s in held if s not in SETS)]
    return {name: held[name] for name in order}


def summaries(runs: Runs) -> Iterator[Table]:
    """For retrieval and for answers, every measure on every gold set."""
    for task in GOLD_FORMS:
        if held := gold_runs(runs, task):
            names = dict.fromkeys(name for run in held.values() for name in run["scores"]["all"] if name not in REPEATED)
            columns = tuple(f"{set_}({run['questions']}問)" for set_, run in held.items())
            lines = tuple(Line(label(name), explanation(name), tuple(scored(run, name) for run in held.values())) for name in names)
            yield Table(f"{TASKS[task]}の質", "指標", columns, lines)


def scored(run: Run, name: str) -> Cell:
    """A measure of a run over all questions, with its interval."""
    return Cell(number(name, run["scores"]["all"].get(name)), interval(name, run.get("intervals", {}).get(name)))


def public(runs: Runs) -> Table | None:
    """The runs on public collections, a row each, the variants below them."""
    held = {name: run for name, run in runs.items() if name.split("-")[0] in FORMS}
    names = tuple(dict.fromkeys(name for run in held.values() for name in run["scores"]["all"] if name not in REPEATED and not name.startswith("ms_")))
    lines = []
    for name, run in held.items():
        lines.append(Line(title_of(name, run), f"{run['questions']:,}問", tuple(scored(run, key) for key in names)))
        lines += [_variant(VARIANTS.get(v, v), scores, names) for v, scores in run.get("variants", {}).items() if v != "both"]
    return Table("", "質問集", tuple(map(label, names)), tuple(lines)) if held else None


def _variant(name: str, scores: Mapping[str, Any], names: Sequence[str]) -> Line:
    return Line(f"└ {name}", "", tuple(Cell(number(key, scores.get(key))) for key in names))


def variants(run: Run) -> Table:
    """What meaning and words find alone, beside both together."""
    held = run["variants"]
    names = [n for n in held["both"] if n not in REPEATED and not n.startswith("ms_")]
    lines = tuple(Line(label(name), "", tuple(Cell(number(name, scores.get(name))) for scores in held.values())) for name in names)
    return Table("", "指標", tuple(VARIANTS.get(v, v) for v in held), lines)


def ablations(runs: Runs) -> Iterator[Table]:
    """For each set on which it was measured, what the reader is worth: each measure with it and without, and the tested difference."""
    for name, run in runs.items():
        if run["task"] == "ablation":
            lines = tuple(_worth(key, told) for key, told in run["measures"].items())
            yield Table(title_of(name, run), "指標", ("読解あり", "読解なし", "差(95%区間)", "判定"), lines)


def _worth(name: str, told: Mapping[str, Any]) -> Line:
    low, high = told["interval"]
    found = Paired(told["difference"], low, high, told["p"])
    sides = (Cell(number(name, told[side]), interval(name, told[f"{side}_interval"])) for side in ("with", "without"))
    said = f"{told['questions']:,}問" + ("、小さいほど良い" if name in LOWER_IS_BETTER else "")
    return Line(label(name), said, (*sides, Cell(change(name, found.difference), change_interval(name, found.low, found.high)), worth(name, found)))


def worth(name: str, found: Paired) -> Cell:
    """What a part does to a measure, in words: good, harm, or none that chance wouldn't make."""
    said = verdict(name, found)
    return Cell({"good": "効いています", "bad": "悪くしています"}[said.tone], said.detail, said.tone) if said.tone else said


def perturbations(runs: Runs) -> Iterator[Table]:
    """For each set of documents, how many falsified sentences were caught, by what was falsified, and how many true ones were doubted."""
    for name, run in runs.items():
        if run["task"] == "perturbation":
            kinds = [_caught(FALSIFIED.get(kind, kind), told["questions"], "caught", told["caught"], told["interval"]) for kind, told in run["scores"].items() if kind != "all"]
            whole = run["scores"]["all"]
            sums = [_caught(label(key), run[of], key, whole[key], run["intervals"][key]) for key, of in (("caught", "falsified"), ("false_alarms", "true"))]
            yield Table(title_of(name, run), "偽にしたところ", ("割合",), (*sums, *kinds))


def _caught(said: str, asked: int, key: str, value: float, bounds: Sequence[float]) -> Line:
    return Line(said, f"{asked:,}文", (Cell(number(key, value), interval(key, bounds)),))


def comparisons(runs: Runs, before: Runs) -> Iterator[Table]:
    """What changed in each run since the one before, over the questions that a measure concerns in both."""
    for name, run in runs.items():
        changed = compare(before[name], run) if name in before else {}
        if changed:
            lines = tuple(_changed(key, found, before[name], run) for key, found in changed.items() if key not in REPEATED | ALWAYS_EQUAL)
            note = "設定の違い: " + "、".join(differing(before[name], run)) if differing(before[name], run) else ""
            yield Table(f"{title_of(name, run)}: 前回({before[name].get('commit', '')})と今回", "指標", ("前回", "今回", "差(95%区間)", "判定"), lines, note)


def _changed(name: str, found: Paired, before: Run, after: Run) -> Line:
    old, new = ({r["id"]: r["measures"].get(name) for r in run["rows"]} for run in (before, after))
    pairs = [(old[id_], new[id_]) for id_ in old if id_ in new and old[id_] is not None and new[id_] is not None]
    values = (Cell(number(name, fmean(side))) for side in zip(*pairs, strict=True))
    said = f"{len(pairs)}問" + ("、小さいほど良い" if name in LOWER_IS_BETTER else "")
    return Line(label(name), said, (*values, Cell(change(name, found.difference), change_interval(name, found.low, found.high)), verdict(name, found)))


def differing(before: Run, after: Run) -> list[str]:
    """The settings that two runs don't share, as ``name: old → new``."""
    old, new = before.get("settings", {}), after.get("settings", {})
    return [f"{key}: {old.get(key)} → {new.get(key)}" for key in dict.fromkeys([*old, *new]) if old and new and old.get(key) != new.get(key)]


def verdict(name: str, found: Paired) -> Cell:
    """A paired difference in words: better, worse, or none that chance wouldn't make."""
    if found.p >= SIGNIFICANT:
        return Cell("変わりません" if found.difference == 0 and found.p == 1 else "差があるとは言えません", p_value(found.p))
    good = (found.difference < 0) == (name in LOWER_IS_BETTER)
    return Cell("良くなりました" if good else "悪くなりました", p_value(found.p), "good" if good else "bad")


def p_value(p: float | None) -> str:
    """A p value as it is written; empty where nothing was tested."""
    return "" if p is None else "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def peers(run: Run) -> Table:
    """The systems side by side, each with its interval and the p value of its difference to Shirabe."""
    systems = run["systems"]
    names = tuple(n for n in PEER_MEASURES if any(n in s["scores"] for s in systems))
    lines = tuple(Line(s["name"], _times(s), tuple(_peer(s, name) for name in names)) for s in systems)
    return Table("", "仕組み", tuple(map(label, names)), lines)


def _times(system: Mapping[str, Any]) -> str:
    built, searched = system.get("index_seconds"), system.get("search_ms_p50")
    told = (f"索引づくり{built:,.0f}秒" if built is not None else "", f"検索{number('ms_p50', searched)}" if searched is not None else "")
    return "、".join(filter(None, told))


def _peer(system: Mapping[str, Any], name: str) -> Cell:
    parts = (interval(name, system.get("intervals", {}).get(name)), p_value(system.get("p", {}).get(name)))
    return Cell(number(name, system["scores"].get(name)), " ".join(filter(None, parts)))


def speed(run: Run) -> Table:
    """Times, and how often a bare encode of the same texts goes into them."""
    build, search, answer = (run["scores"].get(part, {}) for part in ("build", "search", "answer"))
    lines = []
    if build:
        lines.append(Line("索引を作る", f"{build['texts']:,}節。文章を数値に変えるだけの時間の{build['ratio']:.2f}倍", (Cell(f"{build['seconds']:.1f}秒"),)))
    if search:
        lines.append(Line("検索する", f"質問を数値に変えるだけの時間の{search['ratio']:.2f}倍", (Cell(number("ms_p50", search["ms_p50"])),)))
    if answer:
        lines.append(Line("回答する", f"100問のうち95問は{number('ms_p95', answer['ms_p95'])}以内", (Cell(number("ms_p50", answer["ms_p50"])),)))
    return Table("", "すること", ("時間(中央値)",), tuple(lines))


def kind_label(kind: str) -> str:
    """What a kind of questions is called."""
    return KINDS.get(kind, kind) or "その他"
