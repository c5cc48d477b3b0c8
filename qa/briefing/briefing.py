"""Briefing and what it is made of: a paper about a topic whose every statement leads to a span of a document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from index.where import Condition
from qa.answer import Check, Citation

Length = Literal["1page", "3pages"]
Style = Literal["dearu", "desumasu"]
SectionKind = Literal["points", "background", "measures", "theme"]


@dataclass(frozen=True, slots=True)
class Commission:
    """What is ordered: a topic, questions that it has to answer (those of the plan where none are given), form and filters."""

    topic: str
    questions: tuple[str, ...] = ()
    audience: str = ""
    length: Length = "1page"
    style: Style = "dearu"
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence without its marks; ``citations`` are the numbers of what it stands on, in the order in which they are shown.

    ``follows`` tells that it goes on in the paragraph of the statement before it; ``edited`` that a person wrote or changed it.
    """

    text: str
    citations: tuple[int, ...]
    supported: bool = True
    checks: tuple[Check, ...] = ()
    follows: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True)
class BriefingSection:
    """A part of the text; a ``theme`` stands under 現状と主な取組, which has no sentences of its own."""

    kind: SectionKind
    heading: str
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the table of figures. ``value`` is the source's own, with its range, 約 or 以上; ``group`` is the theme, ``as_of`` in words."""

    group: str
    item: str
    value: str
    unit: str
    as_of: str
    citation: int


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One aspect, and for each place what is said of it; no statements where the documents say nothing."""

    aspect: str
    cells: tuple[tuple[Statement, ...], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two or more places beside each other."""

    places: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """What a reader has to mind; ``citations`` are what it is about, none where it is about what isn't there."""

    kind: Literal["old", "plan", "year", "differs", "missing", "suspect", "language", "few"]
    text: str
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Briefing:
    """A paper, or a refusal with its reason and what exists instead (``instead``: titles with their issuers).

    ``made`` is an ISO date; ``places`` the places that the topic names; ``left_out`` counts by reason what was not used.
    """

    commission: Commission
    made: str
    questions: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    refused: bool = False
    reason: str | None = None
    instead: tuple[str, ...] = ()
    sections: tuple[BriefingSection, ...] = ()
    figures: tuple[Figure, ...] = ()
    comparison: Comparison | None = None
    cautions: tuple[Caution, ...] = ()
    citations: tuple[Citation, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def statements(self) -> Iterator[Statement]:
        """All sentences of the text and of the comparison."""
        for section in self.sections:
            yield from section.statements
        for row in self.comparison.rows if self.comparison else ():
            for cell in row.cells:
                yield from cell

    def to_json(self) -> dict[str, Any]:
        """One JSON object with all offsets."""
        return asdict(self)


def numbered(briefing: Briefing) -> Briefing:
    """The same with its citations numbered in the order of appearance; what nothing cites is gone."""
    order = dict.fromkeys(n for part in _cited(briefing) for n in part)
    known = {citation.n: citation for citation in briefing.citations}
    new = {n: i for i, n in enumerate((n for n in order if n in known), 1)}

    def renumber(numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted({new[n] for n in numbers if n in new}))

    def restated(statements: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(replace(s, citations=renumber(s.citations), checks=tuple(replace(c, citation=new.get(c.citation or 0)) for c in s.checks)) for s in statements)

    rows = tuple(ComparisonRow(row.aspect, tuple(map(restated, row.cells))) for row in briefing.comparison.rows) if briefing.comparison else ()
    return replace(
        briefing,
        sections=tuple(replace(section, statements=restated(section.statements)) for section in briefing.sections),
        figures=tuple(replace(f, citation=new[f.citation]) for f in briefing.figures if f.citation in new),
        comparison=Comparison(briefing.comparison.places, rows) if briefing.comparison else None,
        cautions=tuple(replace(c, citations=renumber(c.citations)) for c in briefing.cautions),
        citations=tuple(replace(known[old], n=n) for old, n in new.items()),
    )


def _cited(briefing: Briefing) -> Iterator[Sequence[int]]:
    """Citation numbers in the order in which a reader meets them; cautions cite nothing that nothing else cites."""
    for section in briefing.sections:
        yield from (s.citations for s in section.statements)
    yield [figure.citation for figure in briefing.figures]
    for row in briefing.comparison.rows if briefing.comparison else ():
        yield from (s.citations for cell in row.cells for s in cell)
