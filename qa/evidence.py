"""The units that an answer can quote (sentences, items, rows) from the passages found, scored against the question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from index.passage_reader import Reading
from index.question import years_named
from index.search import Hit, Searcher
from ingest.document import Cell, Document, Segment, normalize
from ingest.words import terms
from qa.asked import Asked, is_japanese
from qa.subject import explains
from qa.unit_score import ABOVE, TITLE, Traits, glance_score, read_score

PASSAGES_READ = 3  # of the best passages; further ones held an answer in hardly any tuning question
SHORT_DOCUMENT = 3000  # characters: a press release, which speaks of one thing
UNITS_READ, MARKED_READ = 10, 4  # units that the reader reads one by one: the likeliest without it, and those that it marks most in their passage
FOCUS = 0.3  # of the reader's probability, from which on what it marks in a unit is shown
LABELS = {
    "date": re.compile(r"(日時|日程|期間|期日|期限|締切|[一-龯]{1,3}日|時期)$"),
    "time": re.compile(r"(日時|時間|時刻)$"),
    "place": re.compile(r"(場所|会場|所在地|住所)$"),
    "contact": re.compile(r"(問い?合わ?せ先?|連絡先|電話|電話番号|メール|電子メール)$"),
    "person": re.compile(r"(出席|出席者|講師|登壇者|委員|代表)(\(予定\))?$"),
    "money": re.compile(r"(予算額?|金額|支援額|事業費|支援限度|支援規模)$"),
}
SHORT_SEGMENT, SHORT_BELOW = 30, 0.06  # characters; cosine
MOST_LABELS = 3  # of a unit, in which a value is looked for
DAY = re.compile(r"\d\s*月\s*\d")
LONG_PHRASE = 12  # characters of the question standing in a row that count in full
ASKS_ITSELF = re.compile(r"(の|です|ます|う)か[。?]?$|のか。?\(")
SAYS_NOTHING = re.compile(r"^\(?https?://\S+$|^単位|^日付 |^[^。:\uff1a\d]{1,40}$")
ONLY_REFERS = re.compile(r"^[・\-\s]*(【(参考|引用|出典)】)?[^。]{0,20}https?://\S+\s*$|^[・\-\s]*【(参考|引用|出典)】[^。]{0,40}$")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the reader marks in a place: the probability that the answer stands there, and its offsets."""

    holds: float = 0.0
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment of a document as a candidate for the answer.

    ``score`` are log odds against the other units of the question; ``share`` is the part of the question's words, by
    weight, that it and its headings hold (0-1); ``read`` is the reader's probability that the answer stands here
    (0 where it wasn't read), ``focus`` where in it.
    """

    document: Document
    index: int
    score: float
    share: float
    traits: Traits
    read: float = 0.0
    focus: tuple[int, int] | None = None

    @property
    def segment(self) -> Segment:
        """The segment itself."""
        return self.document.segments[self.index]

    @property
    def text(self) -> str:
        """The segment's text."""
        return self.document.text[self.segment.start : self.segment.end]


def units(question: Asked, hits: Sequence[Hit], searcher: Searcher) -> list[Unit]:
    """The units of the best passages, and of all of the best document if it is short; best first."""
    glanced = glance(question, hits, searcher)
    return read_units(question, glanced, searcher) if searcher.reader else glanced


def glance(question: Asked, hits: Sequence[Hit], searcher: Searcher) -> list[Unit]:
    """The units before the reader reads them, best first."""
    stretches = [_Stretch(hit.chunk.document_id, hit.chunk.start, hit.chunk.end, rank, hit.dense) for rank, hit in enumerate(hits[:PASSAGES_READ])]
    stretches += _rest_of_short_document(hits, searcher)
    chunk_ids = {i for hit in hits[:PASSAGES_READ] for i in hit.sources} | {i for s in stretches[PASSAGES_READ:] for i in searcher.chunk_ids_of(s.document_id)}
    similarities = searcher.span_similarities(question.question, sorted(chunk_ids)) if hits else {}
    found: dict[tuple[str, int], Unit] = {}
    for stretch in stretches:
        document = searcher.document(stretch.document_id)
        title = set(terms(f"{document.title} {document.issuer}"))
        for index in _quotable(document, stretch):
            found.setdefault((document.id, index), _unit(question, document, index, stretch, _similarity(document, index, similarities, stretch), title, hits))
    best = max((unit.traits.similarity for unit in found.values()), default=0.0)
    compared = [replace(unit, traits=replace(unit.traits, behind=unit.traits.similarity - best)) for unit in found.values()]
    return sorted((replace(unit, score=glance_score(unit.traits)) for unit in compared), key=lambda u: -u.score)


def read_units(question: Asked, glanced: Sequence[Unit], searcher: Searcher) -> list[Unit]:
    """The likeliest units in the order that the reader gives them, reading each alone; the rest behind them as they were."""
    marked = sorted(range(len(glanced)), key=lambda n: -glanced[n].traits.mass * glanced[n].traits.held)
    chosen = sorted({*range(min(UNITS_READ, len(glanced))), *marked[:MARKED_READ]})
    if not chosen or searcher.reader is None:
        return list(glanced)
    near = [glanced[n] for n in chosen]
    readings = searcher.reader.read(question.question, [(f"{u.document.title}\n{heading_text(u.document, u.index)}", u.text) for u in near])
    read = sorted((_read(unit, reading) for unit, reading in zip(near, readings, strict=True)), key=lambda u: -u.score)
    rest = [unit for n, unit in enumerate(glanced) if n not in set(chosen)]
    lowest = read[-1].score - (rest[0].score if rest else 0.0)
    return [*read, *(replace(unit, score=unit.score + lowest) for unit in rest)]


def _read(unit: Unit, reading: Reading) -> Unit:
    traits = replace(unit.traits, unit_holds=reading.holds, unit_relevance=reading.relevance)
    start = unit.segment.start
    focus = (start + reading.start, start + reading.end) if reading.holds >= FOCUS and reading.end > reading.start else None
    return replace(unit, traits=traits, score=read_score(traits), read=reading.holds, focus=focus)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of a document whose units are candidates, with the rank and cosine of the passage that led to it."""

    document_id: str
    start: int
    end: int
    rank: int
    dense: float


def _rest_of_short_document(hits: Sequence[Hit], searcher: Searcher) -> list[_Stretch]:
    """A short release is read whole once it is the best: its lead is found more easily than its details."""
    if not hits or len(searcher.document(hits[0].chunk.document_id).text) > SHORT_DOCUMENT:
        return []
    document_id = hits[0].chunk.document_id
    return [_Stretch(document_id, 0, len(searcher.document(document_id).text), 1, hits[0].dense)]


def _quotable(document: Document, stretch: _Stretch) -> Iterator[int]:
    """Indexes of the segments that can be quoted: no headings, and no questions that a report puts to itself."""
    for index, segment in enumerate(document.segments):
        inside = stretch.start <= segment.start and segment.end <= stretch.end
        if inside and segment.kind not in ("heading", "title") and not ASKS_ITSELF.search(document.text[segment.start : segment.end]):
            yield index


def _is_labelled(question: Asked, document: Document, index: int) -> bool:
    """Whether a short value stands behind a label of the kind that is asked for: 開設日, 日時:, 場所:, お問い合わせ."""
    segment = document.segments[index]
    text = document.text[segment.start : segment.end]
    before, colon, _ = text.partition(":")
    label = before if colon and len(before) <= 20 else heading_text(document, index) if len(text) <= SHORT_SEGMENT else ""
    return any(kind in LABELS and LABELS[kind].search(line.strip(" :\uff1a")) for kind in question.need.asked for line in label.splitlines())


def _similarity(document: Document, index: int, similarities: dict[tuple[str, int], float], stretch: _Stretch) -> float:
    """The segment's cosine; a few words (a date under 開設日) mean little alone and take part in their passage's."""
    segment = document.segments[index]
    own = similarities.get((document.id, segment.start), 0.0)
    return max(own, stretch.dense - SHORT_BELOW) if segment.end - segment.start <= SHORT_SEGMENT else own


def _unit(question: Asked, document: Document, index: int, stretch: _Stretch, similarity: float, title: set[str], hits: Sequence[Hit]) -> Unit:
    segment, need = document.segments[index], question.need
    text, labels = document.text[segment.start : segment.end], heading_text(document, index)
    own, above = set(terms(text)), set(terms(labels))
    shares = question.share(own), question.share(above - own), question.share(title - above - own)
    shown = need.shown_by(text)
    nothing = ((segment.kind == "sentence" and bool(SAYS_NOTHING.match(text))) or bool(ONLY_REFERS.match(text))) and not ("contact" in need.asked and shown)
    years = years_named(text) if question.years else set()
    mass, held = _mass(hits, document.id, segment)
    traits = Traits(
        *shares, similarity, 0.0, shown, shown and _is_labelled(question, document, index), _phrase(question.question, text), nothing,
        stretch.rank, segment.kind, segment.end - segment.start, not is_japanese(question.question), any(c.search(text) for c in need.counters),
        bool(years) and not years & question.years, bool(years & question.years), not shown and any(map(need.shows_value, labels.splitlines()[:MOST_LABELS])),
        "date" in need.asked and bool(DAY.search(text)), explains(question.explained, text, labels) if question.explained else 0.0,
        question.beside_share(own), question.beside_share(above - own), mass, held,
    )  # fmt: skip
    return Unit(document, index, 0.0, shares[0] + ABOVE * shares[1] + TITLE * shares[2], traits)


def _mass(hits: Sequence[Hit], document_id: str, segment: Segment) -> tuple[float, float]:
    """How much of the answer's ends the reader puts into the segment, and its probability that the passage holds the answer."""
    read = [(reading.mass(segment.start - start, segment.end - start), reading.holds) for hit in hits if hit.chunk.document_id == document_id for start, reading in hit.readings]
    return max(read, key=lambda pair: pair[0] * pair[1], default=(0.0, 0.0))


def marked(hits: Sequence[Hit], document_id: str, place: Segment | Cell) -> Mark:
    """The surest of the reader's marks in this place of a document; one without a span where there is none."""
    marks = (Mark(hit.holds or 0.0, (max(hit.answer[0], place.start), min(hit.answer[1], place.end))) for hit in hits if hit.answer and hit.chunk.document_id == document_id)
    return max((m for m in marks if m.span and m.span[0] < m.span[1]), key=lambda m: m.holds, default=Mark())


def _phrase(question: str, text: str) -> float:
    """The longest run of the question's characters that stands in the text, in 0-1; short ones are chance."""
    a, b = normalize(question), normalize(text)
    longest = SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size
    return min(longest, LONG_PHRASE) / LONG_PHRASE if longest >= 3 else 0.0


def heading_text(document: Document, index: int) -> str:
    """What stands above a segment: the innermost heading, the items that hold it, and a table's heading rows."""
    segment = document.segments[index]
    parents = [document.text[p.start : p.end] for p in (document.segments[i] for i in segment.parents)]
    header = [document.text[t.start : t.header_end] + t.introduction for t in document.tables if t.start <= segment.start < t.end]
    return "\n".join([*document.sections[segment.section].path[-1:], *parents, *header])
