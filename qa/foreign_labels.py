"""What a question in another language names of a table: its phrases are compared by meaning with the labels and the heading."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from index.glosses import HANGUL
from index.search import Searcher
from ingest.words import noun_runs, terms
from qa.asked import Asked
from qa.cell_score import MISSING, FoundCell, is_total
from qa.cell_words import joined

TOTAL_ASKED = re.compile(r"총액|총\s?(예산|건수|인원|수|대수)|합계|전체|모두\s?(얼마|몇)|전부|\btotal\b|altogether|overall|in all\b", re.I)
MOST_LABELS = 24  # of a table, that are encoded for one question
NAMED = 0.2  # share of the question's words that a label named by meaning counts for
LEAST = 0.79  # cosine, from which on a phrase names a label
CLEARLY = 0.02  # in cosine, that a label leads the next by: a wrong row is worse than none
NOWHERE_NEAR = 0.722  # cosine, under which nothing but the heading is spoken of: then the table as a whole is asked about
NEARER = 0.02  # in cosine, that a phrase is nearer by to a label than to the heading
EXPLAINED, EXPLAINED_PHRASE = 0.74, 0.79  # cosine, from which on a word, and a phrase with its words, is one of the heading's or the label's
MOSTLY, SURELY = 0.7, 0.83  # share of the question's words, that heading and label have to explain; cosine, from which on they needn't
LARGE_PART = 0.5  # of a label's characters, which a part needs to stand for it: not AI for AI ベースの住民苦情処理率
LONGEST_PHRASE = 3  # words
ASKING_AND_BINDING = (
    "how many much what which who when where is are was were be been the of in on at by for to from there total number do does did a an and or with that this it its as per"
    " unit units count amount have has had come came go goes went spend spends spent file filed install installed during via year 몇 얼마 총 총액 합계 전체 중 및 수는 것은"
)
STOP = frozenset(ASKING_AND_BINDING.split())  # words that name nothing
KOREAN_ASKING = re.compile(r"얼마|몇|어디|언제|누구|무엇|입니까|인가요|습니까|나요")
YEAR = re.compile(r"\d+(?:년도?)?")
PARTS = re.compile(r"[「」()・、/\s]+|の")


@dataclass(frozen=True, slots=True)
class Named:
    """The label that a question names, None where it names none clearly; its cosine; the share of the question's words that label and heading explain (0-1).

    ``near`` is the cosine of the nearest label, of the phrases that the heading doesn't hold; ``headed`` the mean of the phrases' with the heading.
    """

    label: str | None
    similarity: float
    explained: float
    near: float = 1.0
    headed: float = 0.0


NOTHING_NAMED = Named(None, 0.0, 0.0)


def cells_by_meaning(question: Asked, found: Sequence[FoundCell], searcher: Searcher) -> list[FoundCell]:
    """The cells of the row that a question in another language names, of the table where it names one best; those of the sum, where it asks for the table as a whole."""
    tables: dict[int, list[FoundCell]] = {}
    for cell in found:
        tables.setdefault(id(cell.table), []).append(cell)
    named = labels_named(question.question, [(_labels(cells), _heading(cells[0])) for cells in tables.values()], searcher)
    best, cells = max(zip(named, tables.values(), strict=True), key=lambda pair: (round(pair[0].explained, 2), pair[0].similarity, pair[0].headed), default=(NOTHING_NAMED, []))
    if best.label is None:
        asks_whole = best.near < NOWHERE_NEAR and (best.explained == 1 or TOTAL_ASKED.search(question.question))
        return [_as_named(c, 0.0, best.explained) for c in cells if asks_whole and is_total(c.cell)]
    return [_as_named(c, best.similarity, best.explained) for c in cells if _label(c) == best.label and c.cell.text not in MISSING]


def _as_named(found: FoundCell, similarity: float, explained: float) -> FoundCell:
    return replace(found, named=max(found.named, NAMED), score=found.score + similarity, told=max(explained, found.told))


def _labels(cells: Sequence[FoundCell]) -> list[str]:
    return list(dict.fromkeys(_label(c) for c in cells if not is_total(c.cell)))[:MOST_LABELS]


def _label(found: FoundCell) -> str:
    label = found.cell.row_path or found.cell.column_path
    return joined(label[-1]) if label else ""


def _heading(found: FoundCell) -> str:
    """What stands above the table, and what its columns are called where its rows have labels of their own."""
    columns = [joined(c.column_path[-1]) for c in found.table.cells if c.row == found.cell.row and c.column_path and found.cell.row_path]
    return "\n".join([*found.document.sections[found.row.section].path[-1:], found.table.introduction, found.document.issuer, *columns])


def labels_named(question: str, tables: Sequence[tuple[Sequence[str], str]], searcher: Searcher) -> list[Named]:
    """Which label a question that isn't Japanese names in each of ``tables``, given by their labels and what stands above them."""
    phrases = _phrases(question)
    parts = [[(label, part) for label in labels for part in _parts(label, labels)] for labels, _ in tables]
    headings = [_heading_parts(heading) for _, heading in tables]
    texts = list(dict.fromkeys([*(part for of_table in parts for _, part in of_table), *(part for of_table in headings for part in of_table)]))
    if not phrases or not texts:
        return [NOTHING_NAMED for _ in tables]
    compared = searcher.phrase_similarities(phrases, texts)  # in one batch for all tables
    at = {text: n for n, text in enumerate(texts)}
    return [_named(phrases, own, compared[:, [at[part] for _, part in own]], compared[:, [at[part] for part in above]].max(axis=1)) for own, above in zip(parts, headings, strict=True)]


def _named(phrases: Sequence[str], parts: Sequence[tuple[str, str]], to_label: np.ndarray, to_heading: np.ndarray) -> Named:
    """What the phrases name of one table: cosines with its labels' parts ``(phrases, parts)`` and, of each phrase, with the heading ``(phrases,)``."""
    if not parts:
        return NOTHING_NAMED
    own = to_label[_beside_heading(phrases, to_label.max(axis=1), to_heading)]
    columns = {label: [n for n, (of, _) in enumerate(parts) if of == label] for label, _ in parts}
    near = {label: float(own[:, held].max(initial=0.0)) for label, held in columns.items()}
    told = {label: _explained(phrases, np.maximum(to_heading, to_label[:, held].max(axis=1))) for label, held in columns.items()}
    label = _leading(near, told)
    nearest, headed = max(near.values()), float(to_heading.mean())
    return Named(label, near[label], told[label], nearest, headed) if label is not None else Named(None, 0.0, _explained(phrases, to_heading), nearest, headed)


def _beside_heading(phrases: Sequence[str], to_label: np.ndarray, to_heading: np.ndarray) -> np.ndarray:
    """Which phrases may name a label: those that are nearer to one than to the heading, and don't begin or end with a word that isn't (국토교통부 디지털); ``(phrases,)`` bool."""
    nearer = to_label > to_heading + NEARER
    known = {phrase for phrase, is_nearer in zip(phrases, nearer, strict=True) if not is_nearer}
    mixed = [" " in phrase and not known.isdisjoint({phrase.split()[0], phrase.split()[-1]}) for phrase in phrases]
    return nearer & ~np.array(mixed, bool)


def _leading(near: Mapping[str, float], told: Mapping[str, float]) -> str | None:
    """The label that explains most of the question and, among those that do, is nearest to a phrase of it; None where it isn't near or doesn't lead clearly."""
    first, *others = sorted(near, key=lambda label: (round(told[label], 2), near[label]), reverse=True)
    rival = max((near[label] for label in others if told[label] >= told[first] - 0.01), default=0.0)
    is_near = near[first] >= LEAST and (told[first] >= MOSTLY or near[first] >= SURELY)
    return first if is_near and near[first] - rival >= CLEARLY else None


def _explained(phrases: Sequence[str], near: np.ndarray) -> float:
    """The share of the words that stand in a phrase which is near enough (0-1)."""
    explained = {word for phrase, value in zip(phrases, near, strict=True) if value >= (EXPLAINED_PHRASE if " " in phrase else EXPLAINED) for word in phrase.split()}
    words = {word for phrase in phrases for word in phrase.split() if word.lower() not in STOP}
    return len(words & explained) / len(words) if words else 0.0


def _phrases(question: str) -> list[str]:
    """What a question may name something by: in English the runs of words between those that name nothing, in Korean words and pairs of words."""
    found = [re.sub(r"'s$", "", word) for word in re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", question)]
    if HANGUL.search(question):
        runs = [found[i : i + n] for n in (1, 2) for i in range(len(found) - n + 1)]
        return list(dict.fromkeys(" ".join(run) for run in runs if not any(_names_nothing(word) for word in run)))
    runs = [list(run) for nothing, run in groupby(found, _names_nothing) if not nothing]
    return list(dict.fromkeys(" ".join(run[i : i + LONGEST_PHRASE]) for run in runs for i in range(max(1, len(run) - LONGEST_PHRASE + 1))))


def _names_nothing(word: str) -> bool:
    return word.lower() in STOP or bool(KOREAN_ASKING.search(word) or YEAR.fullmatch(word))


def _parts(label: str, labels: Sequence[str]) -> list[str]:
    """A label and what it is put together of (情報インフラの拡充・運営), but for what others have too."""
    parts = [part for part in PARTS.split(label) if len(part) >= LARGE_PART * len(label) and sum(part in other for other in labels) == 1]
    return list(dict.fromkeys([label, *parts]))


def _heading_parts(heading: str) -> list[str]:
    runs = noun_runs(heading)
    return list(dict.fromkeys([heading.partition("\n")[0], *runs, *(word for run in runs for word in terms(run)), *re.findall(r"[ァ-ヺー]{2,}|[A-Za-z][A-Za-z-]+", heading)]))
