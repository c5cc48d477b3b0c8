"""From a commission to a Briefing, section by section: plan, gather, lay out, write, check."""

import re
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.search import Searcher
from index.where import Condition
from ingest.errors import InputError
from ingest.words import terms
from qa.answer import Citation
from qa.briefing.briefing import Briefing, BriefingSection, Commission, Figure, SectionKind, Statement, numbered
from qa.briefing.cautions import cautions, today
from qa.briefing.check import Ledger, checks
from qa.briefing.comparison import comparison, with_dates
from qa.briefing.figure_rows import newest_first, spread, told_apart
from qa.briefing.figures import PER_TABLE, TOTAL, amount, sentence_figures, table_figures
from qa.briefing.fitting import with_less
from qa.briefing.gather import Gathered, Material, gather
from qa.briefing.paper_size import overfull
from qa.briefing.plan import LIMITS, questions_of
from qa.briefing.points import worth
from qa.briefing.refusal import instead, too_little, unknown
from qa.briefing.selection import LONGEST_LABEL, Layout, lay_out, others, says, standing, standing_alone, usable
from qa.briefing.sentence_style import in_style
from qa.briefing.sentences import predecessor
from qa.briefing.topic import Topic, topic_of
from qa.checks.verification import holds

LONGEST_TOPIC = 500  # characters
MOST_POINTS = 5
ABOUT, MOST_TOTALS = 0.5, 2  # share of the subject that a table has to be about for its total to be a point
NEAR = 0.85  # of the best sentence's score, within which sentences that found no place give figures too
KEPT = 8  # topics whose material is kept for drafting again


@dataclass(frozen=True, slots=True)
class Step:
    """How far a briefing is: what is being done, and what there is so far."""

    doing: str
    done: int
    total: int
    briefing: Briefing


class Drafter:
    """Drafts briefings over one library."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self._gathered: OrderedDict[tuple[str, tuple[str, ...], tuple[Condition, ...]], Gathered] = OrderedDict()

    def draft(self, commission: Commission) -> Briefing:
        """The whole briefing, or a refusal; raises InputError for a topic that is empty or too long."""
        *_, last = self.steps(commission)
        return last.briefing

    def steps(self, commission: Commission) -> Iterator[Step]:
        """The same step by step; each step holds what has been written so far, the last the whole."""
        commission = replace(commission, topic=checked_topic(commission.topic))
        topic = topic_of(commission.topic, self.searcher)
        questions = commission.questions or questions_of(topic)
        briefing = Briefing(commission, today(), questions, tuple(place.name for place in topic.places))
        yield Step("下位の問いを立てました", 0, 1, briefing)
        reason = unknown(topic, self.searcher, commission.where)
        gathered = None if reason else self.gathered(topic, questions, commission.where)
        fit = usable(topic, gathered) if gathered else []
        tables = [f for f in table_figures(topic, gathered.documents, gathered.found) if topic.share(set(terms(f"{f.group}{f.item}"))) >= ABOUT] if gathered else []
        reason = reason or (too_little(topic, gathered, fit, len(tables)) if gathered else None)
        if reason or gathered is None:
            yield Step("資料が足りません", 1, 1, replace(briefing, refused=True, reason=reason, instead=instead(topic, self.searcher, commission.where)))
            return
        yield from _Writer(topic, gathered, fit, briefing).steps()


    def gathered(self, topic: Topic, questions: tuple[str, ...], where: tuple[Condition, ...]) -> Gathered:
        """What is found for a topic; the last few are kept, because their sections may be drafted again."""
        key = (topic.text, questions, where)
        if key not in self._gathered:
            self._gathered[key] = gather(topic, questions, where, self.searcher)
            while len(self._gathered) > KEPT:
                self._gathered.popitem(last=False)
        return self._gathered[key]

    def redraft(self, briefing: Briefing, index: int, shown: Collection[tuple[str, int]]) -> tuple[BriefingSection, tuple[Citation, ...]] | None:
        """Another version of a section from sentences that neither the paper nor ``shown`` (document ids and starts) hold, and all citations; None where nothing is left."""
        topic = topic_of(briefing.commission.topic, self.searcher)
        gathered = self.gathered(topic, briefing.questions, briefing.commission.where)
        section = briefing.sections[index]
        taken = {(c.document_id, c.start) for c in briefing.citations} | set(shown)
        fit = [m for m in usable(topic, gathered) if (m.document.id, m.start) not in taken]
        chosen = others(topic, gathered, fit, section, LIMITS[briefing.commission.length])
        writer = _Writer(topic, gathered, fit, briefing)
        writer.ledger = Ledger(briefing.citations)
        statements = writer.written(chosen, section.kind)
        return (replace(section, statements=statements), tuple(writer.ledger.citations)) if statements else None


def checked_topic(topic: str) -> str:
    """The topic in one line; raises InputError when nothing or too much is left."""
    topic = " ".join(topic.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").split())
    if not topic:
        raise InputError("主題が空です。「韓国自治体のデジタル人材育成の動向」のように入力してください")
    if len(topic) > LONGEST_TOPIC:
        raise InputError(f"主題が長すぎます({len(topic):,}字。上限 {LONGEST_TOPIC:,}字)。要点だけにしてください")
    if not re.search(r"[ぁ-んァ-ヶ一-龯]", topic):
        raise InputError("主題は日本語で入力してください。「韓国自治体のデジタル人材育成の動向」のような形です")
    return topic


class _Writer:
    """Writes one briefing from what was gathered."""

    def __init__(self, topic: Topic, gathered: Gathered, fit: Sequence[Material], briefing: Briefing) -> None:
        self.topic, self.gathered, self.fit, self.briefing = topic, gathered, fit, briefing
        self.limits = LIMITS[briefing.commission.length]
        self.ledger = Ledger()
        self.left_out: dict[str, int] = {}
        self.worth: dict[str, float] = {}  # of the sentences, by their texts
        self.tables = table_figures(topic, gathered.documents, gathered.found)
        self.totals = self._totals()
        self.layout: Layout = lay_out(topic, gathered, fit, replace(self.limits, points=min(self.limits.points, MOST_POINTS - len(self.totals))))
        self.left_out |= self.layout.left_out
        if gathered.suspected:
            self.left_out["文字認識の誤りの疑い"] = len(gathered.suspected)

    def steps(self) -> Iterator[Step]:
        parts: list[tuple[SectionKind, str, Sequence[Material]]] = [("points", "要点", self.layout.points), ("background", "背景", self.layout.background)]
        parts += [("theme", name, group) for name, group in self.layout.themes]
        total = len(parts) + 2
        sections: list[BriefingSection] = []
        for done, (kind, heading, group) in enumerate(parts):
            statements = self.written(group, kind) + (self.totals if kind == "points" else ())
            if statements:
                sections.append(BriefingSection(kind, heading, statements))
            yield Step(f"「{heading}」を書きました", done + 1, total, self._so_far(sections))
        figures = self.figures()
        compared = comparison(self.topic, self.fit, self.layout.placed, figures, self.stated, self.said)
        made = replace(self._so_far(sections), figures=tuple(f for f, _ in figures), comparison=compared)
        yield Step("数値と比較の表を作りました", total - 1, total, made)
        yield Step("できあがりました", total, total, self._fitted(made))

    def _fitted(self, made: Briefing) -> Briefing:
        """The whole paper, shortened until it keeps to its pages."""
        whole = self._finished(made)
        while overfull(whole) and (less := with_less(made, self.worth)):
            made = less[0]
            self.left_out["紙幅"] = self.left_out.get("紙幅", 0) + less[1]
            whole = self._finished(made)
        return whole

    def _finished(self, made: Briefing) -> Briefing:
        whole = numbered(replace(made, left_out=dict(self.left_out), citations=tuple(self.ledger.citations)))
        if whole.comparison:
            whole = replace(whole, comparison=with_dates(whole.comparison, self.topic, self.fit, whole.citations))
        minded = cautions(self.topic, self.gathered, whole.sections, whole.figures, whole.citations, whole.made)
        return replace(whole, cautions=tuple(replace(c, text=in_style(c.text, whole.commission.style)) for c in minded))

    def _so_far(self, sections: Sequence[BriefingSection]) -> Briefing:
        return replace(self.briefing, sections=tuple(sections), citations=tuple(self.ledger.citations), left_out=self.left_out)

    def written(self, group: Sequence[Material], kind: SectionKind) -> tuple[Statement, ...]:
        """The sentences as statements; one that leans on the one before goes on in its paragraph."""
        statements: list[Statement] = []
        before: Material | None = None
        for material in group:
            begins = len(self.topic.places) > 1 and kind == "theme" and (before is None or before.theme != material.theme)
            statement = self.said(material, "place" if begins else kind)
            if statement is None:
                continue
            leans = material.wording.leans
            if leans and (before is None or predecessor(material.document, material.index) != before.index):
                self._count("前の文がないと読めない文")
                continue
            statements.append(replace(statement, follows=leans))
            before = material
        return tuple(statements)

    def _totals(self) -> tuple[Statement, ...]:
        """The totals of tables that the topic is about, in sentences."""
        totals = [f for f in self.tables if TOTAL.search(f.item) and self.topic.share(set(terms(f"{f.group}{f.item}"))) >= ABOUT]
        texts = [(f, f"{f.group}の合計" if f.item.startswith("合計") else f.item.split(" ")[0]) for f in totals[:MOST_TOTALS]]
        made = (self._checked(in_style(f"{name}は、{amount(f.value, f.unit)}{'' if f.as_of[:4] in name else f'({f.as_of})'}である。", self.briefing.commission.style), [(f.document, *f.span, f.focus)]) for f, name in texts)
        return tuple(s for s in made if s)

    def said(self, material: Material, kind: SectionKind | Literal["place"] = "theme") -> Statement | None:
        """A sentence in the style that is asked for, with its citations; None, and counted, where a check fails."""
        spans = [(material.document, *span) for span in material.wording.spans]
        spans += [(m.document, *span) for m in self.layout.also.get(material.key, []) for span in m.wording.spans]
        text = in_style(material.wording.text, self.briefing.commission.style)
        label = {"theme": material.label, "place": material.label or (material.theme if len(material.theme) <= LONGEST_LABEL else "")}.get(kind, standing_alone(material))
        inner = re.sub(r"^「([^「」]+)」$", r"\1", "" if says(text, label) else label)
        if kind in ("points", "background"):
            inner = self._of_place(material, inner, text)
        statement = self._checked(f"〔{inner}〕{text}" if inner else text, spans)
        if statement:
            self.worth[statement.text] = worth(material) if kind == "points" else standing(material)
        return statement

    def _of_place(self, material: Material, label: str, text: str) -> str:
        """The label with its place where a comparison's sentence away from its heading names none: it would be anybody's."""
        if len(self.topic.places) < 2 or not material.places or any(self.topic.places[i].stands_in(label + text) for i in material.places):
            return label
        return "、".join(part for part in (self.topic.places[material.places[0]].name, label) if part)

    def stated(self, text: str, materials: Sequence[Material]) -> Statement | None:
        """A label that stands on the first of each material's spans; without materials it says something of the documents."""
        return self._checked(text, [(m.document, *m.wording.spans[-1]) for m in materials]) if materials else Statement(text, ())

    def _checked(self, text: str, spans: Sequence[tuple]) -> Statement | None:
        numbers = [self.ledger.cite(*span) for span in spans]  # what nothing cites in the end gets no number
        found = checks(text, [span[:3] for span in spans], numbers)
        if not holds(found):
            self._count("出典で確かめられない文")
            return None
        return Statement(text, tuple(sorted(set(numbers))), True, found)

    def _count(self, reason: str) -> None:
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def figures(self) -> list[tuple[Figure, str]]:
        """The table of figures, theme by theme, with the id of each one's document."""
        placed = self.layout.placed
        near = [m for m in self.fit if m not in placed and m.score >= self.fit[0].score - NEAR]
        found = [f for m in [*placed, *near] for f in sentence_figures(m) if not m.is_trivial]
        found = told_apart(newest_first([*found, *self.tables]))
        most = self.limits.figures if len({f.group for f in found}) > 1 else max(self.limits.figures, PER_TABLE)  # a table that is all there is stands whole
        rows: list[tuple[Figure, str]] = []
        for figure, turn in spread(found, most, {f.group for f in self.tables if self.topic.share(set(terms(f.group))) >= ABOUT}):
            if holds(checks(amount(figure.value, figure.unit), [(figure.document, *figure.span)])):
                number = self.ledger.cite(figure.document, *figure.span, figure.focus)
                self.worth[figure.item + figure.value] = -turn
                rows.append((Figure(figure.group, figure.item, figure.value, figure.unit, figure.as_of, number), figure.document.id))
        return rows
