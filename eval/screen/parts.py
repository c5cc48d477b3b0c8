"""What the evaluation screen shows, as HTML; everything that comes from questions, documents or answers is escaped here."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.gold import KINDS
from eval.labels import KINDS as LABELS
from eval.report import tables
from eval.report.explained import label, number
from eval.report.figures import BY_KIND, Drawing, by_kind, share
from eval.report.plots import Point, dot_plot
from eval.report.report import group, in_japan, points
from eval.report.tables import Runs, gold_runs, kind_label
from eval.results import Result, Run
from eval.screen.background import State
from eval.screen.gold_table import Fault

LANGUAGES = {"ja": "日本語", "ko": "韓国語", "en": "英語"}
FAULTS = 20  # that are shown at once
TEMPLATES = Path(__file__).parent / "templates"
EDITOR = Path(__file__).parent / "static" / "evaluation.html"


def editor() -> str:
    """The table of questions with what stands around it; its script fills it."""
    kinds, languages = _options({kind: kind_label(kind) for kind in sorted(KINDS, key=list(LABELS).index)}), _options(LANGUAGES)
    return EDITOR.read_text(encoding="utf-8").replace("<!--kinds-->", kinds).replace("<!--languages-->", languages)


def _options(labels: Mapping[str, str]) -> str:
    return "".join(f'<option value="{escape(value)}">{escape(said)}</option>' for value, said in labels.items())


def problem(text: str) -> str:
    """A message about what is wrong; its first line is the message, the others what it is about."""
    first, *rest = text.split("\n")
    items = "".join(f"<li>{escape(line)}</li>" for line in rest)
    return f'<div class="error" role="alert"><p>{escape(first)}</p>{f"<ul>{items}</ul>" if items else ""}</div>'


def fault_list(faults: Sequence[Fault]) -> str:
    """What the checker found, each leading to its row."""
    items = "".join(f"<li>{_to_row(fault.row)}{escape(fault.text)}</li>" for fault in faults[:FAULTS])
    more = f"<li>ほかに{len(faults) - FAULTS}件</li>" if len(faults) > FAULTS else ""
    said = f"直したほうがよいところが{len(faults)}件あります。このまま評価すると、その質問の値は正しくありません。"
    return f'<div class="error" role="alert"><p>{said}</p><ul>{items}{more}</ul></div>'


def _to_row(row: int) -> str:
    return f'<a href="#gold-{row}" data-gold-row="{row}">第{row}問</a>: ' if row else ""


def progress(state: State) -> str:
    """How far the evaluation is, or how it ended."""
    if state.problem:
        return problem(state.problem)
    if not state.is_running:
        return '<p class="visually-hidden" role="status">評価が終わりました。結果を下に表示しています。</p>' if state.path else ""
    left = state.seconds / state.done * (state.total - state.done) if state.done else 0
    doing = f"{state.step}を測っています" if state.done else "準備しています"
    rest = f" · 残りおよそ{_duration(left)}" if state.done > 2 else ""
    return (
        f'<div class="running"><progress max="{state.total}" value="{state.done}" aria-label="評価の進み具合"></progress>'
        f"<p>「{escape(state.name)}」 {doing}: {state.done:,} / {state.total:,}{rest}</p></div>"
    )


def _duration(seconds: float) -> str:
    return f"{max(1, round(seconds))}秒" if seconds < 90 else f"{round(seconds / 60)}分"


def evaluated(name: str, result: Result, before: Runs) -> str:
    """The results of one evaluation; ``name`` is that of its file."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["drawn"] = Markup  # made by matplotlib, which escapes its text
    runs: Runs = result["runs"]
    return environment.get_template("evaluation.html").render(
        name=name,
        set=result["set"],
        made=in_japan(result["made"]),
        questions=len(result["gold"]),
        points=points(runs),
        drawing=kinds_drawing(runs),
        has_before=bool(before),
        comparisons=list(tables.comparisons(runs, before)),
        failures=[group(key, run, before.get(key)) for key, run in runs.items()],
        summaries=list(tables.summaries(runs)),
    )


def kinds_drawing(runs: Runs) -> Drawing | None:
    """The main measure of search and of answers by kind of question, in one plot; None where no question concerns them."""
    counted = {measure: counts for task, measure in BY_KIND.items() for run in gold_runs(runs, task).values() if (counts := _with_all(run, measure))}
    kinds = [kind for kind in LABELS if any(kind in counts for counts in counted.values())]
    kinds += [kind for counts in counted.values() for kind in counts if kind not in kinds]
    if not counted:
        return None
    asked = {kind: max(counts.get(kind, (0, 0))[1] for counts in counted.values()) for kind in kinds}
    series = {label(measure): [_point(counts.get(kind)) for kind in kinds] for measure, counts in counted.items()}
    title = "質問の種類別"
    caption = "点は割合、線は95%区間です。問題数の少ない種類は区間が広く、点の位置だけでは比べられません。"
    return Drawing(title, dot_plot(title, [f"{kind_label(kind)}({n}問)" for kind, n in asked.items()], series), caption)


def _with_all(run: Run, measure: str) -> dict[str, tuple[int, int]]:
    counts = by_kind(run, measure)
    right, asked = (sum(part) for part in zip(*counts.values(), strict=True)) if counts else (0, 0)
    return {"all": (right, asked), **counts} if counts else {}


def _point(count: tuple[int, int] | None) -> Point | None:
    return share(*count) if count else None


def earlier(results: Mapping[str, Result]) -> str:
    """The evaluations that are kept, each with its report."""
    if not results:
        return ""
    rows = "".join(_earlier_row(name, result) for name, result in results.items())
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("日時", "質問集", "検索: 最初の一節に根拠", "回答: 正答", "報告書"))
    return f'<details class="earlier"><summary>これまでの評価 {len(results)}件</summary><div class="table-box" tabindex="0" role="region" aria-label="これまでの評価"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>'


def _earlier_row(name: str, result: Result) -> str:
    found = list(_main_scores(result["runs"]))
    cells = "".join(f'<td class="number">{escape(value)}</td>' for value in found)
    link = f'<a href="evaluation/{escape(name)}" target="_blank">開く</a>'
    return f'<tr><td>{in_japan(result["made"])}</td><td>{escape(str(result.get("set", "")))}</td>{cells}<td>{link}</td></tr>'


def _main_scores(runs: Mapping[str, Any]) -> Iterator[str]:
    for task, measure in BY_KIND.items():
        yield next((number(measure, run["scores"]["all"].get(measure)) for run in runs.values() if run["task"] == task), "–")
