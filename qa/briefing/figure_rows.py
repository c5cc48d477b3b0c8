"""Which of the figures that were found the table shows, in which order, and how rows that count the same thing are told apart."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from qa.briefing.figures import YEAR, FoundFigure


def told_apart(figures: Sequence[FoundFigure]) -> list[FoundFigure]:
    """Values of one theme that count the same thing in the same unit, told apart by what is done with it: 企業(育成) 77社, 企業(募集) 20社."""
    alike = Counter((f.group, f.item, f.unit) for f in figures)
    return [replace(f, item=f"{f.item}({f.action})") if f.action and alike[f.group, f.item, f.unit] > 1 else f for f in figures]


def newest_first(figures: Sequence[FoundFigure]) -> list[FoundFigure]:
    """The same with what is told of several years from the newest on, in the places where its values stood."""
    order = list(figures)
    places: dict[tuple[str, str, str], list[int]] = {}
    for place, figure in enumerate(figures):
        if YEAR.match(figure.as_of) and "(" not in figure.as_of:
            places.setdefault((figure.group, figure.item, figure.unit), []).append(place)
    for same in places.values():
        for place, figure in zip(same, sorted((figures[i] for i in same), key=lambda f: f.as_of, reverse=True), strict=True):
            order[place] = figure
    return order


def spread(found: Sequence[FoundFigure], most: int, main: Collection[str]) -> list[tuple[FoundFigure, int]]:
    """Up to ``most`` figures with the turn in which each was taken, the themes taking turns (the ``main`` ones for two at a time), theme by theme, the main ones first."""
    groups: dict[str, list[FoundFigure]] = {}
    seen: set[tuple[str, str, str]] = set()
    for figure in found:
        key = (figure.item, figure.value, figure.unit)
        if key not in seen:
            seen.add(key)
            groups.setdefault(figure.group, []).append(figure)
    groups = {name: groups[name] for name in sorted(groups, key=lambda name: name not in main)}
    taken: dict[str, list[int]] = {name: [] for name in groups}
    count = 0
    while count < min(most, sum(map(len, groups.values()))):
        for name, group in groups.items():
            for _ in range(min(2 if name in main else 1, len(group) - len(taken[name]), most - count)):
                taken[name].append(count)
                count += 1
    return [(figure, turn) for name, group in groups.items() for figure, turn in zip(group, taken[name], strict=False)]
