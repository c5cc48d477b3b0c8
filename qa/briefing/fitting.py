"""What a paper does without when it is too long for its pages: the least worth first, the gist and the best figures last."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from qa.briefing.briefing import Briefing, BriefingSection, Statement
from qa.briefing.points import ENOUGH_POINTS

FEWEST_THEMES, MORE_FIGURES, FEW_FIGURES, FEWEST_FIGURES = 2, 8, 5, 3
ABOUT_FIGURES = re.compile(r"数値|数字|予算|規模|金額|費用|統計|指標|実績")

Paragraph = tuple[int, int, int]  # section, its first statement, the one behind its last


def with_less(briefing: Briefing, worth: Mapping[str, float]) -> tuple[Briefing, int] | None:
    """The briefing without its least needed part, and how many sentences that were; None where nothing more can go. ``worth`` is told by the sentences' texts."""
    for less in (_spare_figure(MORE_FIGURES if ABOUT_FIGURES.search(briefing.commission.topic) else FEW_FIGURES, worth), _spare_sentence(worth), _spare_row("計画・予定"), _spare_measure(3), _spare_row("主要な数値"), _spare_theme(worth), _spare_background, _spare_measure(2), _spare_figure(FEWEST_FIGURES, worth), _spare_point(worth)):
        done = less(briefing)
        if done is not None:
            return done
    return None


Step = Callable[[Briefing], tuple[Briefing, int] | None]


def _spare_figure(most: int, worth: Mapping[str, float]) -> Step:
    def less(briefing: Briefing) -> tuple[Briefing, int] | None:
        """The figure that was taken last."""
        if len(briefing.figures) <= most:
            return None
        last = min(range(len(briefing.figures)), key=lambda i: worth.get(briefing.figures[i].item + briefing.figures[i].value, 0.0))
        return replace(briefing, figures=briefing.figures[:last] + briefing.figures[last + 1 :]), 0

    return less


def _spare_sentence(worth: Mapping[str, float]) -> Step:
    def less(briefing: Briefing) -> tuple[Briefing, int] | None:
        """The least sentence of a theme that keeps another."""
        found = [p for i, section in enumerate(briefing.sections) if section.kind == "theme" and len(ps := list(_paragraphs(i, section.statements))) > 1 for p in ps]
        return _without(briefing, found, worth)

    return less


def _spare_row(aspect: str) -> Step:
    def less(briefing: Briefing) -> tuple[Briefing, int] | None:
        """A row of the comparison; its figures stand in the table of figures as well."""
        compared = briefing.comparison
        if compared is None or not any(row.aspect == aspect for row in compared.rows):
            return None
        return replace(briefing, comparison=replace(compared, rows=tuple(row for row in compared.rows if row.aspect != aspect))), 0

    return less


def _spare_measure(most: int) -> Step:
    def less(briefing: Briefing) -> tuple[Briefing, int] | None:
        """The last entry of the comparison's fullest cell."""
        compared = briefing.comparison
        cells = [(i, j) for i, row in enumerate(compared.rows) for j, cell in enumerate(row.cells) if len(cell) > most] if compared else []
        if compared is None or not cells:
            return None
        i, j = max(cells, key=lambda at: (sum(len(s.text) for s in compared.rows[at[0]].cells[at[1]]), at))
        row = compared.rows[i]
        shorter = replace(row, cells=(*row.cells[:j], row.cells[j][:-1], *row.cells[j + 1 :]))
        return replace(briefing, comparison=replace(compared, rows=(*compared.rows[:i], shorter, *compared.rows[i + 1 :]))), 0

    return less


def _spare_theme(worth: Mapping[str, float]) -> Step:
    def less(briefing: Briefing) -> tuple[Briefing, int] | None:
        """The least theme, as long as there are more than two."""
        themes = [i for i, section in enumerate(briefing.sections) if section.kind == "theme"]
        if len(themes) <= FEWEST_THEMES:
            return None
        least = min(themes, key=lambda i: max(worth.get(s.text, 0.0) for s in briefing.sections[i].statements))
        return replace(briefing, sections=briefing.sections[:least] + briefing.sections[least + 1 :]), len(briefing.sections[least].statements)

    return less


def _spare_background(briefing: Briefing) -> tuple[Briefing, int] | None:
    gone = [section for section in briefing.sections if section.kind == "background"]
    if not gone:
        return None
    return replace(briefing, sections=tuple(s for s in briefing.sections if s.kind != "background")), len(gone[0].statements)


def _spare_point(worth: Mapping[str, float]) -> Step:
    def less(briefing: Briefing) -> tuple[Briefing, int] | None:
        found = [p for i, section in enumerate(briefing.sections) if section.kind == "points" and len(section.statements) > ENOUGH_POINTS for p in _paragraphs(i, section.statements)]
        return _without(briefing, found, worth)

    return less


def _paragraphs(index: int, statements: Sequence[Statement]) -> Iterator[Paragraph]:
    """Each sentence with those that go on in its paragraph."""
    starts = [i for i, s in enumerate(statements) if not s.follows or i == 0]
    for start, end in zip(starts, [*starts[1:], len(statements)], strict=True):
        yield index, start, end


def _without(briefing: Briefing, paragraphs: Sequence[Paragraph], worth: Mapping[str, float]) -> tuple[Briefing, int] | None:
    if not paragraphs:
        return None
    index, start, end = min(paragraphs, key=lambda p: worth.get(briefing.sections[p[0]].statements[p[1]].text, 9.0))
    section = briefing.sections[index]
    kept: BriefingSection = replace(section, statements=section.statements[:start] + section.statements[end:])
    return replace(briefing, sections=(*briefing.sections[:index], kept, *briefing.sections[index + 1:])), end - start
