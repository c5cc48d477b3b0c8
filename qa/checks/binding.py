"""Whether what a sentence joins belongs together: a number with the row, the column, the year and the place that are its own."""

import re
from collections.abc import Mapping, Sequence

from ingest.document import Cell, normalize
from ingest.words import terms
from qa.answer import Check
from qa.cell_words import joined
from qa.checks.bearing import Borne
from qa.checks.labels import Evidence, Piece, table_of
from qa.checks.naming import JAPANESE, places
from qa.checks.values import values

LABELLED = re.compile(r"^([^:\uff1a\n。]{2,40})[:\uff1a]\s*\S")
TOGETHER = re.compile(r"^\s*(?:(?:広域|特別)?(?:市|道|区|自治道|特別自治道)?\s*(?:[・、,/&]|と|や|및|와|과|and|,)\s*)+$")
CLAUSE = re.compile(r"[、。;\uff1b\n]|,\s|[(\uff08)\uff09]")
HALF = 0.5  # of the words of a label that have to stand in the sources


def misplaced(sentence: str, cited: Sequence[Evidence], cells: Sequence[tuple[Evidence, Cell]], borne: Sequence[Borne], spoken: Sequence[Piece], bound: Sequence[Piece]) -> list[Check]:
    """Failed checks for what belongs to another number."""
    sources = normalize("\n".join(p.text for p in (*spoken, *bound)))
    found = [Check("name", label, False, note="別の行または列の見出しです") for label in _other_labels(sentence, cited, [c for _, c in cells], sources)]
    found += _unknown_label(sentence, spoken, bound)
    around = {e.n: [p for p in (*spoken, *bound) if p.n == e.n] for e in cited}
    return [*found, *_other_place(sentence, borne, around), *_other_year(sentence, borne, around), *_torn(sentence, borne)]


def _other_labels(sentence: str, cited: Sequence[Evidence], cells: Sequence[Cell], sources: str) -> list[str]:
    """Labels of rows and columns that the sentence names though none of its cells stands in them."""
    said = normalize(sentence)
    found = []
    for table in {id(t): t for e in cited if (t := table_of(e.document, e.start))}.values():
        own = {normalize(joined(label)) for c in cells if table.start <= c.start < table.end for label in (*c.row_path, *c.column_path, c.text)}
        for label in {normalize(joined(label)) for c in table.cells for label in (*c.row_path[-1:], *c.column_path[-1:])} - own:
            bare = re.sub(r"[(\uff08].*$", "", label).strip("・ ")
            if len(bare) >= 2 and bare in said and bare not in sources and not any(bare in o or (o and o in said and bare in o) for o in own):
                found.append(bare)
    return sorted(found)


def _unknown_label(sentence: str, spoken: Sequence[Piece], bound: Sequence[Piece]) -> list[Check]:
    """「地下鉄: 7,380台」: what stands before the colon has to stand in the sources too."""
    match = LABELLED.match(sentence)
    if not match or not JAPANESE.search(sentence):
        return []
    wanted = set(terms(match[1]))
    held = set(terms("\n".join(p.text for p in (*spoken, *bound))))
    return [Check("name", match[1], False, note="引用箇所にも見出しにもない項目です")] if wanted and len(wanted & held) < HALF * len(wanted) else []


def _torn(sentence: str, borne: Sequence[Borne]) -> list[Check]:
    """Two numbers of one clause, said of the same place and year, that no single citation bears together."""
    groups: dict[tuple, list[Borne]] = {}
    for b in borne:
        if b.found and b.said >= 0:
            groups.setdefault((len(CLAUSE.findall(sentence[: b.said])), _place_of(sentence, b.said), _year_of(sentence, b.said)), []).append(b)
    torn = [g for g in groups.values() if not frozenset.intersection(*(frozenset(p.n for p, _ in b.also) for b in g))]
    return [] if "=" in sentence else [Check("number", CLAUSE.split(sentence)[0].strip()[:40], False, note="一つの箇所にそろっていない数値です") for _ in torn]


def _other_place(sentence: str, borne: Sequence[Borne], around: Mapping[int, Sequence[Piece]]) -> list[Check]:
    """A number that the sentence gives to one place and the source to another."""
    found = []
    for b in borne:
        mine = _place_of(sentence, b.said) if b.said >= 0 else frozenset()
        theirs = [_place_of(p.text, at) for p, at in b.also if p.cell is None]
        elsewhere = mine and b.also and not any(mine & _all_places(q.text) for p, _ in b.also for q in around[p.n])
        if elsewhere or (mine and theirs and len(theirs) == len(b.also) and all(t and not (mine & t) for t in theirs)):
            theirs = [t for t in theirs if t] or [frozenset({"ほかの所"})]
            found.append(Check("name", "・".join(sorted(mine)), False, note=f"資料では{'・'.join(sorted(theirs[0]))}の数値です"))
    return found


def _all_places(text: str) -> frozenset[str]:
    return frozenset(p.forms[0] for p in places(joined(text)))


def _place_of(text: str, at: int) -> frozenset[str]:
    """The place or the joined places that stand nearest before an offset; the bracket right behind it counts first."""
    before = [p for p in places(text) if p.end <= at]
    if not before:
        return frozenset()
    group = [before[-1]]
    for place in reversed(before[:-1]):
        if not TOGETHER.match(text[place.end : group[0].start]):
            break
        group.insert(0, place)
    return frozenset(p.forms[0] for p in group)


def _other_year(sentence: str, borne: Sequence[Borne], around: Mapping[int, Sequence[Piece]]) -> list[Check]:
    """A number that the sentence gives to one year and the source to another."""
    found = []
    for b in borne:
        mine = _year_of(sentence, b.said) if b.said >= 0 else None
        theirs = [_year_of(p.text, at) for p, at in b.also]
        if mine and theirs and len(theirs) == len(b.also) and all(t and t != mine for t in theirs):
            found.append(Check("date", f"{mine}年", False, note=f"資料では{theirs[0]}年の数値です"))
    return found


def _year_of(text: str, at: int) -> int | None:
    """The year in the bracket right behind a number, else the nearest one before it."""
    found = [d for d in values(text).days if d.year]
    behind = next((d for d in found if d.start > at and re.match(r"^[^()\uff08\uff09、。\n]{0,24}[(\uff08][^)\uff09]{0,6}$", text[at : d.start])), None)
    before = [d for d in found if d.end <= at]
    return behind.year if behind else before[-1].year if before else None
