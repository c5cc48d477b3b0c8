"""Which sentences a paper takes, and where: 要点, 背景, and the themes or places under 現状と主な取組."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ingest.words import terms
from qa.briefing.briefing import BriefingSection
from qa.briefing.gather import Gathered, Material
from qa.briefing.plan import Limits
from qa.briefing.points import EVENT, POINTS_BACK, PREDICATE, UNDATED, names_subject, over, points
from qa.briefing.sentences import predecessor
from qa.briefing.topic import Topic

BELOW_BEST, LEAST, LEAST_SHARE = 1.1, 0.3, 0.34  # of the score, and of the subject's words, for a sentence that belongs to the topic
SAME = 0.62  # Jaccard of content words from which on two sentences say the same, if their numbers are the same
LEAST_OWN = 0.3
LOOKS_BACK = 0.4  # 今回 and この under a place's name, where nothing says what is meant
ONCE = 0.5  # a notice or an event behind measures, as among the points
UNNAMED = 0.3  # under the name of a place a sentence has to name its subject itself
SHORTEST_THEME = 40  # characters, below which a heading promises more than it has
ENOUGH = 6  # sentences on measures, with which none on ceremonies is needed
LONGEST_LABEL = 24
BACKGROUND = re.compile(r"とは、?|目的(と|で)|ため、|を受け|背景|従来|現実|から(運営|推進|始め)|設立され|着工した|基本的に|構造である|必要性|課題|懸念|指摘|に基づき設置|推進している。$")


@dataclass(slots=True)
class Layout:
    """What goes where; ``also`` holds, by a sentence's key, further sentences that say the same; ``left_out`` counts by reason."""

    points: list[Material] = field(default_factory=list)
    background: list[Material] = field(default_factory=list)
    themes: list[tuple[str, list[Material]]] = field(default_factory=list)
    also: dict[tuple[str, int], list[Material]] = field(default_factory=dict)
    spare: list[Material] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def placed(self) -> list[Material]:
        """All sentences that have a place."""
        return [*self.points, *self.background, *(m for _, group in self.themes for m in group)]


def usable(topic: Topic, gathered: Gathered) -> list[Material]:
    """The sentences that belong to the topic, best first."""
    fit = [m for m in gathered.materials if m.share >= LEAST_SHARE and not m.wording.direct and (m.places or not topic.places)]
    if len(topic.places) > 1 and topic.subject:  # places have much else to tell: what stands under their names speaks of the subject itself
        fit = [m for m in fit if topic.share(content(m.wording.text)) >= LEAST_OWN]
    best = max((m.score for m in fit), default=0.0)
    near = [m for m in fit if m.score >= max(LEAST, best - BELOW_BEST)]
    telling = [m for m in near if not m.is_trivial]
    return telling if len(telling) >= ENOUGH else near


def lay_out(topic: Topic, gathered: Gathered, fit: Sequence[Material], limits: Limits) -> Layout:
    """Give each sentence its place within the limits."""
    layout = Layout()
    kept = _distinct(fit, layout)
    layout.points = points(topic, kept, limits)
    rest = [m for m in kept if m not in layout.points]
    layout.background = _background(topic, rest, limits)
    rest = [m for m in rest if m not in layout.background]
    room = limits.characters - sum(len(m.wording.text) for m in [*layout.points, *layout.background])
    layout.themes = _themes(topic, gathered, rest, limits, room, {m.key for m in [*layout.points, *layout.background]})
    placed = {m.key for m in layout.placed}
    layout.spare = [m for m in kept if m.key not in placed]
    if layout.spare:
        layout.left_out["紙幅"] = len(layout.spare)
    return layout


def _distinct(fit: Iterable[Material], layout: Layout) -> list[Material]:
    """Without what says the same as a better sentence; that of another document is cited with it."""
    kept: list[Material] = []
    for material in fit:
        same = next((k for k in kept if says_same(k.wording.text, material.wording.text)), None)
        if same is None:
            kept.append(material)
            continue
        layout.left_out["重複"] = layout.left_out.get("重複", 0) + 1
        if same.document.id != material.document.id:
            layout.also.setdefault(same.key, []).append(material)
    return kept


def standing_alone(material: Material) -> str:
    """What a sentence has to be labelled with where it doesn't stand under its heading."""
    return material.label or (material.theme if len(material.theme) <= LONGEST_LABEL and material.document.sections[material.document.segments[material.index].section].path[1:] else "")


def says(text: str, label: str) -> bool:
    """Whether a sentence names what its label names."""
    quoted = re.findall(r"「([^」]+)」", label)
    if any(q[:6] in text for q in quoted):
        return True
    words = content(label)
    return len(words & content(text)) >= 0.6 * len(words)


def says_same(a: str, b: str) -> bool:
    """Whether two sentences say the same: most of their words, and all of the shorter one's numbers."""
    first, second = content(a), content(b)
    numbers_a, numbers_b = (set(re.findall(r"\d[\d,.]*", text)) for text in (a, b))
    smaller = min(numbers_a, numbers_b, key=len)
    return len(first & second) >= SAME * len(first | second) and smaller <= (numbers_a & numbers_b)


@lru_cache(maxsize=5000)
def content(text: str) -> frozenset[str]:
    """The content words of a sentence."""
    return frozenset(terms(text))


def others(topic: Topic, gathered: Gathered, fit: Sequence[Material], section: BriefingSection, limits: Limits) -> list[Material]:
    """Sentences for another version of a section: of its kind and theme, best first; in the order of their sources."""
    if section.kind == "points":
        return points(topic, fit, limits)
    if section.kind == "background":
        return _background(topic, fit, limits)
    places = {place.name: i for i, place in enumerate(topic.places)}
    own = [m for m in fit if (m.places[:1] == (places[section.heading],) if section.heading in places and len(places) > 1 else m.theme == section.heading)]
    chosen: list[Material] = []
    known = {m.key: m for m in fit}
    named = section.heading in places or any(m.theme == section.heading for m in gathered.materials)  # else a person changed the heading
    for material in own if named else fit:
        if len(chosen) < limits.each:
            _add(material, chosen, known, set(), limits.characters, False)
    return sorted(chosen, key=lambda m: (m.document.date.value or UNDATED, m.document.id, m.start))


def _background(topic: Topic, rest: Sequence[Material], limits: Limits) -> list[Material]:
    """Why there is something to report: aims, beginnings, definitions; at most one of a theme."""
    fit = [m for m in rest if BACKGROUND.search(m.wording.text) and PREDICATE.search(m.wording.text) and not m.wording.leans and len(m.wording.text) <= 200]
    chosen: list[Material] = []
    for material in fit:
        if len(chosen) < limits.background and all(material.theme != c.theme for c in chosen) and not over(topic, material, chosen, limits.background):
            chosen.append(material)
    return sorted(chosen, key=lambda m: (m.document.date.value or UNDATED, m.document.id, m.start))


def _themes(topic: Topic, gathered: Gathered, rest: Sequence[Material], limits: Limits, room: int, taken: set[tuple[str, int]]) -> list[tuple[str, list[Material]]]:
    by_place = len(topic.places) >= 2
    groups: dict[str, list[Material]] = {}
    for material in sorted(rest, key=lambda m: -standing(m) + by_place * (UNNAMED * (not names_subject(topic, m.wording.text)) + LOOKS_BACK * bool(POINTS_BACK.search(m.wording.text)))):
        groups.setdefault(topic.places[material.places[0]].name if by_place else material.theme, []).append(material)
    names = [p.name for p in topic.places if p.name in groups] if by_place else sorted(groups, key=lambda g: -sum(standing(m) for m in groups[g][:2]))[: limits.themes]
    each = limits.each * 2 if by_place else limits.each
    chosen: dict[str, list[Material]] = {name: [] for name in names}
    known = {m.key: m for m in gathered.materials}
    for turn in range(max((len(groups[name]) for name in names), default=0)):
        for name in names:
            if turn < len(groups[name]) and len(chosen[name]) < each:
                room = _add(groups[name][turn], chosen[name], known, taken, room, by_place)
    chosen = {name: found for name, found in chosen.items() if sum(len(m.wording.text) for m in found) >= SHORTEST_THEME}
    in_order = {name: sorted(found, key=lambda m: (m.document.date.value or UNDATED, m.document.id, m.start)) for name, found in chosen.items() if found}
    return sorted(in_order.items(), key=lambda item: 0 if by_place else _position(gathered, item[1][0]))


def standing(material: Material) -> float:
    """The score of a sentence under a theme: what there is before what takes place once."""
    return material.score - ONCE * bool(EVENT.search(material.wording.text))


def _position(gathered: Gathered, material: Material) -> tuple[str, int, int]:
    """Documents by date, within a document from top to bottom."""
    return material.document.date.value or UNDATED, [d.id for d in gathered.documents].index(material.document.id), material.start


def _add(material: Material, group: list[Material], known: dict[tuple[str, int], Material], taken: set[tuple[str, int]], room: int, by_place: bool) -> int:
    """Add a sentence, with the one before it where it leans on that, if there is room; returns the room that is left."""
    wanted = [material]
    if material.wording.leans:
        before = predecessor(material.document, material.index)
        leader = known.get((material.document.id, before)) if before is not None else None
        if leader is None or leader.wording.leans:
            return room
        if leader not in group:
            if leader.key in taken or leader.wording.direct or leader.is_trivial:
                return room
            wanted.insert(0, leader)
    if by_place and sum(m.document.id == material.document.id for m in group) >= 3:
        return room
    wanted = [m for m in wanted if m.key not in taken]
    length = sum(len(m.wording.text) for m in wanted)
    if length > room:
        return room
    group += wanted
    taken.update(m.key for m in wanted)
    return room - length
