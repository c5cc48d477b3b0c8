"""The figures in the READMEs: a result's main measures between two marks, in English or Japanese."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.report.explained import label
from eval.report.tables import FORMS, PEER_MEASURES, SETS, Runs, gold_runs
from eval.results import Run
from ingest.errors import InputError

BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"
SHOWN = {
    "retrieval": ("evidence@1", "evidence@5", "evidence_in_1500_chars", "ndcg@10"),
    "answers": ("right", "right_and_cited", "unanswerable_refused", "answerable_refused", "numbers_supported", "every_sentence_cited", "offsets_hold"),
}
CHECKED = "perturbation-corpus"
PUBLIC = ("ndcg@10", "hit@1", "recall@100")
ENGLISH = {
    "調べ": "Shirabe",
    "evidence@1": "evidence in the first passage",
    "evidence@5": "evidence in the first five passages",
    "evidence_in_1500_chars": "evidence within 1,500 characters",
    "ndcg@10": "nDCG@10",
    "hit@1": "right item first",
    "recall@100": "recall@100",
    "right": "answers right",
    "right_and_cited": "answers right and citing the evidence",
    "unanswerable_refused": "unanswerable questions refused",
    "answerable_refused": "answerable questions wrongly refused (lower is better)",
    "numbers_supported": "numbers and dates that stand in the cited span",
    "every_sentence_cited": "answers with every sentence cited",
    "offsets_hold": "quotes equal to the source at their place",
}
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Language:
    """What the tables say around the figures; ``made`` takes a commit and a date, ``several`` the commits with their dates and
    what was measured on each, ``speed`` its figures."""

    measure: str
    collection: str
    system: str
    asked: str
    made: str
    several: str
    on: str
    comma: str
    parts: tuple[str, str, str]
    speed: str
    falsified: str
    names: Mapping[str, str]

    def name(self, measure: str) -> str:
        """What a measure or a system is called."""
        return self.names.get(measure) or label(measure)


LANGUAGES = {
    "en": Language(
        "measure", "public collection", "system", "{n:,} questions",
        "95 % intervals in brackets; measured at `{commit}` on {date}.",
        "95 % intervals in brackets. Measured, the newest of each: {each}.", "{names} at `{commit}` on {date}", ", ", ("systems", "speed", "falsified sentences"),
        "Speed on {cores} cores: building the index costs {build:.2f} × a bare encode of the same texts, a search {search:.2f} × a bare encode of the query, an answer {answer:.0f} ms (median).",
        "Of {falsified:,} sentences of the corpus that rules falsified in one place (number, unit, year, city, direction and others) the checks caught {caught}, of {true:,} true ones they doubted {doubted}.",
        ENGLISH,
    ),
    "ja": Language(
        "指標", "公開の質問集", "仕組み", "{n:,}問",
        "かっこの中は95%区間です。`{commit}` を {date} に測りました。",
        "かっこの中は95%区間です。それぞれ最も新しい結果です: {each}。", "{names}は `{commit}` を {date} に測定", "、", ("仕組み", "速さ", "偽の文"),
        "速さ({cores}コア): 索引づくりは同じ文章を数値に変えるだけの時間の{build:.2f}倍、検索は質問を数値に変えるだけの時間の{search:.2f}倍、回答は{answer:.0f}ミリ秒(中央値)です。",
        "資料の文を規則で一か所だけ偽にした{falsified:,}文(数、単位、年、都市、向きなど)のうち、検査が見つけたのは {caught}、正しい{true:,}文のうち疑ったのは {doubted} です。",
        {"answerable_refused": "答えがあるのに断った(小さいほど良い)"},
    ),
}  # fmt: skip


def refresh(result: Mapping[str, Any], paths: Iterable[Path]) -> None:
    """Rewrite the tables of READMEs; ``NAME.ja.md`` gets Japanese, other files English.

    Raises InputError, before anything is written, where a file lacks the marks or the result has no
    run on gold questions: figures that stand there aren't taken away for want of new ones.
    """
    if not any(set_ in gold_runs(result["runs"], task) for task in SHOWN for set_ in SETS):
        raise InputError(f"結果 {result['commit']} に評価用の質問の結果がないため、README の表はそのままにしました。`make eval` を実行してください")
    texts = {path: refreshed(_read(path), figures(result, LANGUAGES["ja" if ".ja." in path.name else "en"]), path) for path in paths}
    for path, text in texts.items():
        path.write_bytes(text.encode("utf-8"))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")  # line ends stay as they are
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} を読めません: {error}") from error


def refreshed(text: str, table: str, path: Path) -> str:
    """The text with ``table`` between its marks, of which it must have one pair."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise InputError(f"{path} に {BEGIN} と {END} の組が一つ必要です。表を置く場所にこの2行を書いてください")
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}"


def figures(result: Mapping[str, Any], language: Language) -> str:
    """All tables, in Markdown."""
    runs: Runs = result["runs"]
    parts = [_gold(runs, language), _public(runs, language), _peers(runs.get("peers-report", {}), language)]
    parts += [_falsified(runs[CHECKED], language)] if CHECKED in runs else []
    parts += [_speed(runs["bench"], result, language)] if "bench" in runs else []
    parts.append(_origins(runs, result, language))
    return "\n\n".join(filter(None, parts))


def _origins(runs: Runs, result: Mapping[str, Any], language: Language) -> str:
    """Which commit and day (UTC) each figure is of, since a table takes the newest run of each name over all result files."""
    systems, speed, checks = language.parts
    shown = {f"{task}-{set_}": f"{task}-{set_}" for task in SHOWN for set_ in SETS} | {"peers-report": systems, "bench": speed, CHECKED: checks}
    shown |= {name: run.get("set", name) for name, run in runs.items() if name.split("-")[0] in FORMS}
    found: dict[tuple[str, str], list[str]] = {}
    for name, said in shown.items():
        if run := runs.get(name):
            found.setdefault((run.get("commit", result["commit"]), run.get("made", result["made"])[:10]), []).append(said)
    told = [language.on.format(names=language.comma.join(names), commit=commit, date=date) for (commit, date), names in found.items()]
    (commit, date), *others = found
    return language.several.format(each="; ".join(told)) if others else language.made.format(commit=commit, date=date)


def _gold(runs: Runs, language: Language) -> str:
    sets = [set_ for set_ in SETS if any(set_ in gold_runs(runs, task) for task in SHOWN)]
    rows = [row for task, names in SHOWN.items() for row in _task(gold_runs(runs, task), tuple(sets), names, language)]
    asked = {s: max(gold_runs(runs, task)[s]["questions"] for task in SHOWN if s in gold_runs(runs, task)) for s in sets}
    return _table([language.measure, *(f"{s} ({language.asked.format(n=asked[s])})" for s in sets)], rows)


def _task(held: Mapping[str, Run], sets: Sequence[str], names: Sequence[str], language: Language) -> Iterator[list[str]]:
    for name in names:
        if any(run["scores"]["all"].get(name) is not None for run in held.values()):
            yield [language.name(name), *(_figure(held.get(set_), name) for set_ in sets)]


def _public(runs: Runs, language: Language) -> str:
    held = [(name, run) for name, run in runs.items() if name.split("-")[0] in FORMS]
    rows = [[f"{run.get('set', name)} ({language.asked.format(n=run['questions'])})", *(_figure(run, key) for key in PUBLIC)] for name, run in held]
    return _table([language.collection, *map(language.name, PUBLIC)], rows) if rows else ""


def _peers(run: Run, language: Language) -> str:
    if not run.get("systems"):
        return ""
    names = [n for n in PEER_MEASURES if any(n in system["scores"] for system in run["systems"])]
    rows = [[language.name(system["name"]), *(_shown(name, system["scores"].get(name), system.get("intervals", {}).get(name)) for name in names)] for system in run["systems"]]
    return _table([f"{language.system} ({run['set']}, {language.asked.format(n=run['questions'])})", *map(language.name, names)], rows)


def _speed(run: Run, result: Mapping[str, Any], language: Language) -> str:
    build, search, answer = (run["scores"][part] for part in ("build", "search", "answer"))
    machine = run.get("machine") or result.get("machine", {})
    return language.speed.format(cores=machine.get("cores", "?"), build=build["ratio"], search=search["ratio"], answer=answer["ms_p50"])


def _falsified(run: Run, language: Language) -> str:
    scores, held = run["scores"]["all"], run["intervals"]
    caught, doubted = (_shown(name, scores[name], held[name]) for name in ("caught", "false_alarms"))
    return language.falsified.format(falsified=run["falsified"], true=run["true"], caught=caught, doubted=doubted)


def _figure(run: Run | None, name: str) -> str:
    return _shown(name, run["scores"]["all"].get(name), run.get("intervals", {}).get(name)) if run else "–"


def _shown(name: str, value: float | None, bounds: Sequence[float] | None) -> str:
    """A figure with its interval, as ``0.877 (0.815–0.931)``: shares as fractions, as papers and other READMEs have them."""
    if value is None:
        return "–"
    return f"{value:.3f} ({bounds[0]:.3f}–{bounds[1]:.3f})" if bounds and bounds[0] < bounds[1] else f"{value:.3f}"


def _table(heads: Sequence[str], rows: Rows) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)
