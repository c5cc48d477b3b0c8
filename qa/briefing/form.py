"""The form of the paper: its head, its parts in order, its sources; Word, Markdown and the screen all take it from here."""

from collections.abc import Iterator, Sequence
from typing import Literal

from qa.briefing.briefing import Briefing, Statement
from qa.texts import date_words, dated_short

Part = Literal["points", "background", "themes", "figures", "comparison", "cautions", "sources"]

REFUSED = "この主題のブリーフィングは作成できません。登録されている資料に、主題に合う記載が見つからないためです。"
INSTEAD = "登録されている資料には、次のものがあります。"
LENGTHS = {"1page": "1ページ(注は別)", "3pages": "3ページ(注は別)"}
STYLES = {"dearu": "だ・である", "desumasu": "です・ます"}
NOTHING = "記載なし"
NOTES = "注(出典と引用箇所)"
TO_CHECK = "〔要確認〕"
FIGURE_NOTE = "時点の「資料」は資料の日付、「計画」は計画・目標の値であることを示す。"
FIGURE_HEADS = ("項目", "値", "単位", "時点", "出典")


def parts(briefing: Briefing) -> Iterator[tuple[Part, str]]:
    """The parts that this paper has, with their headings."""
    kinds = {section.kind for section in briefing.sections if section.statements}
    if "points" in kinds:
        yield "points", "要点"
    if "background" in kinds:
        yield "background", "背景"
    if "theme" in kinds:
        yield "themes", "現状と主な取組"
    if briefing.figures:
        yield "figures", "主要な数値"
    if briefing.comparison:
        yield "comparison", "比較"
    if briefing.cautions or briefing.left_out:
        yield "cautions", "留意点"
    yield "sources", "出典"


def facts(briefing: Briefing) -> list[tuple[str, str]]:
    """The head of the paper: for whom, made when, on which documents."""
    found = [("作成日", date_words(briefing.made))]
    if briefing.commission.audience:
        found.append(("提出先", briefing.commission.audience))
    if briefing.citations:
        found.append(("対象資料", _documents(briefing)))
    if briefing.commission.where:
        found.append(("絞り込み", "、".join(f"{c.field}{c.operator}{c.value}" for c in briefing.commission.where)))
    return found


def _documents(briefing: Briefing) -> str:
    cited = {c.document_id: c for c in briefing.citations}
    issuers = "、".join(dict.fromkeys(c.issuer for c in cited.values()))
    days = sorted(c.date for c in cited.values() if c.date)
    span = f"、{date_words(days[0])}から{date_words(days[-1])}まで" if days and days[0] != days[-1] else f"、{date_words(days[0])}" if days else ""
    undated = sum(not c.date for c in cited.values())
    return f"{issuers}の資料{len(cited)}件{span}" + (f"(うち日付不明{undated}件)" if undated and days else "")


def shown(statement: Statement) -> str:
    """A sentence as the paper shows it: one that its citations don't bear out is marked."""
    return statement.text if statement.supported or not statement.edited else f"{statement.text}{TO_CHECK}"


def source_lines(briefing: Briefing) -> list[str]:
    """Each document once, with the numbers of the notes that cite it."""
    lines = []
    for id_ in dict.fromkeys(c.document_id for c in briefing.citations):
        cited = [c for c in briefing.citations if c.document_id == id_]
        numbers = _runs([c.n for c in cited])
        lines.append(f"{cited[0].issuer}「{cited[0].title}」({dated_short(cited[0].date, cited[0].date_basis)})…注{numbers}")
    return lines


def _runs(numbers: Sequence[int]) -> str:
    """1、3~5: three and more in a row as a range."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    return "、".join(f"{run[0]}~{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)


def left_out_line(briefing: Briefing) -> str:
    """What was not used, counted by reason; empty where everything was."""
    counted = "、".join(f"{reason} {count}文" for reason, count in briefing.left_out.items() if count)
    return f"用いなかった文: {counted}" if counted else ""
