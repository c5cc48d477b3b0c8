"""The table that puts two or more places beside each other: measures, figures, plans, and as of when."""

import re
from collections.abc import Callable, Sequence

from qa.answer import Citation
from qa.briefing.briefing import Comparison, ComparisonRow, Figure, Statement
from qa.briefing.cautions import PLAN
from qa.briefing.figures import amount
from qa.briefing.gather import Material
from qa.briefing.points import stands_alone
from qa.briefing.topic import Topic
from qa.texts import date_words

MEASURES, NUMBERS, PLANS = 4, 4, 2  # entries in a cell
LONGEST_PLAN = 110

State = Callable[[str, Sequence[Material]], Statement | None]  # a statement on the first spans of these, checked


def comparison(topic: Topic, fit: Sequence[Material], placed: Sequence[Material], figures: Sequence[tuple[Figure, str]], state: State, say: Callable[[Material], Statement | None]) -> Comparison | None:
    """None for fewer than two places with material. ``figures`` come with the id of their document."""
    if len(topic.places) < 2:
        return None
    of_place = [[m for m in fit if m.places[:1] == (i,)] for i in range(len(topic.places))]
    if sum(bool(found) for found in of_place) < 2:
        return None
    rows = (
        ComparisonRow("主な取組", tuple(_measures(found, state, [form for place in topic.places for form in (place.name, *place.forms)]) for found in of_place)),
        ComparisonRow("主要な数値", tuple(_numbers(found, figures) for found in of_place)),
        ComparisonRow("計画・予定", tuple(_plans(found, placed, say) for found in of_place)),
    )
    return Comparison(tuple(place.name for place in topic.places), tuple(row for row in rows if any(row.cells)))


def _measures(found: Sequence[Material], state: State, places: Sequence[str]) -> tuple[Statement, ...]:
    themes: dict[str, Material] = {}
    for material in found:
        if any(form in places for form in (material.theme, *material.theme.split("・"))):
            continue  # a report's heading that is the place's own name
        themes.setdefault(material.theme, material)
    stated = (state(theme, [material]) for theme, material in list(themes.items())[:MEASURES])
    return tuple(s for s in stated if s)


def _numbers(found: Sequence[Material], figures: Sequence[tuple[Figure, str]]) -> tuple[Statement, ...]:
    themes = {(m.document.id, m.theme) for m in found}
    of_place = [f for f, document_id in figures if (document_id, f.group) in themes]
    return tuple(Statement(f"{f.item} {amount(f.value, f.unit)}{_when(f.as_of)}", (f.citation,)) for f in of_place[:NUMBERS])


def _when(as_of: str) -> str:
    return "" if as_of == "不明" else f"({re.sub(r'[()]', '、', as_of).strip('、')})"


def _plans(found: Sequence[Material], placed: Sequence[Material], say: Callable[[Material], Statement | None]) -> tuple[Statement, ...]:
    """Plans that the text doesn't hold already."""
    taken = {m.key for m in placed}
    plans = [m for m in found if m.key not in taken and stands_alone(m) and PLAN.search(m.wording.text) and len(m.wording.text) <= LONGEST_PLAN]
    stated = (say(m) for m in plans[:PLANS])
    return tuple(s for s in stated if s)


def with_dates(compared: Comparison, topic: Topic, fit: Sequence[Material], citations: Sequence[Citation]) -> Comparison:
    """The comparison with a last row that tells of when the documents are that the paper cites for each place."""
    of_place = [{m.document.id for m in fit if m.places[:1] == (i,)} for i in range(len(topic.places))]
    cited = {c.document_id: c.date for c in citations}
    row = ComparisonRow("資料の時点", tuple(_dates([cited[id_] for id_ in cited if id_ in ids]) for ids in of_place))
    return Comparison(compared.places, (*compared.rows, row)) if any(row.cells) else compared


def _dates(dates: Sequence[str | None]) -> tuple[Statement, ...]:
    if not dates:
        return ()
    days = sorted(day for day in dates if day)
    span = "" if not days else date_words(days[0]) if days[-1].startswith(days[0]) else f"{date_words(days[0])}から{date_words(days[-1])}まで"
    undated = "" if len(days) == len(dates) else f"日付不明の{len(dates) - len(days)}件"
    return (Statement("、".join(part for part in (f"{span}の{len(days)}件" if days else "", undated) if part), ()),)
