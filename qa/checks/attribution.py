"""Which spans carry a composed sentence, whatever its writer says: the fewest and shortest segments that bear its values and words.

    attribute(sentence, hits, searcher) -> Attribution(spans, checks, supported, coverage, similarity)

Candidates are the sentences, items, rows and notes of the passages found. The best alone is taken where all of the
sentence's numbers, dates, names and directions hold against it (see ``qa.checks.verification``); else the best two or three
together. ``supported`` also asks for the sentence's words (Japanese, Latin) or, across languages, for its meaning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from index.search import Hit, Searcher
from ingest.words import terms
from qa.answer import Check
from qa.checks.bearing import number_borne
from qa.checks.binding import CLAUSE
from qa.checks.calculation import results
from qa.checks.dated import day_check
from qa.checks.labels import Evidence, Piece, columns, labels, pieces
from qa.checks.naming import JAPANESE, find_name, forms_of, names
from qa.checks.values import MARKS, values
from qa.checks.verification import checks, holds
from qa.evidence import SHORT_BELOW, SHORT_SEGMENT

MOST_SPANS = 3
CHECKED_ALONE = 6  # of the best candidates, each of which is checked in full
JOINED = 8  # of the best candidates, which may be joined
LABEL_WORD = 0.5  # a word that stands in a heading above counts this much
VALUE, MEANING = 1.0, 2.0  # weights against the share of words (0-1): of the share of values borne, and of the cosine
LEAST_COVERAGE, LEAST_SIMILARITY = 0.5, 0.545  # a sentence in the language of its source is supported by its words …
LEAST_SIMILARITY_FOREIGN = 0.615  # … one in another language by its meaning
SURE_VALUES = 2  # values that hold in one span tell that it is the right one; then less of these is enough:
SURE_COVERAGE, SURE_SIMILARITY, SURE_SIMILARITY_FOREIGN = 0.3, 0.625, 0.547
ADDS = 0.08  # of the words, that a further span has to add where the values hold already


@dataclass(frozen=True, slots=True)
class Attribution:
    """The spans of a sentence (none where nothing is near), its checks against them, and whether they carry it.

    ``coverage`` is the share of its content words, by weight, that the spans and their labels hold (0-1),
    ``similarity`` the greatest cosine of the sentence with one of them.
    """

    spans: tuple[Evidence, ...]
    checks: tuple[Check, ...]
    supported: bool
    coverage: float
    similarity: float

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that don't hold."""
        return tuple(check for check in self.checks if not check.found)


@dataclass(frozen=True, slots=True)
class _Candidate:
    evidence: Evidence
    borne: frozenset[tuple[str, int]]  # which values of the sentence it bears, itself or by what labels it
    held: frozenset[str]  # which of its words stand in the segment
    above: frozenset[str]  # which stand in what labels it
    similarity: float
    score: float

    @property
    def length(self) -> int:
        return self.evidence.end - self.evidence.start


def attribute(sentence: str, hits: Sequence[Hit], searcher: Searcher) -> Attribution:
    """The smallest spans of the passages that carry the sentence; at most three, numbered from 1."""
    sentence = MARKS.sub("", sentence).strip()
    weights = {word: searcher.weight(word) for word in dict.fromkeys(terms(sentence))}
    candidates = _candidates(sentence, weights, hits, searcher)
    if not candidates:
        return Attribution((), checks(sentence, ()), False, 0.0, 0.0)
    chosen, found = _smallest(sentence, weights, candidates)
    coverage, similarity = _coverage(weights, chosen), max(c.similarity for c in chosen)
    spans = tuple(_numbered(chosen))
    renumbered = found if len(spans) == 1 else checks(sentence, spans)
    return Attribution(spans, renumbered, holds(renumbered) and _is_near(sentence, chosen, renumbered, coverage, similarity), coverage, similarity)


def _is_near(sentence: str, chosen: Sequence[_Candidate], found: Sequence[Check], coverage: float, similarity: float) -> bool:
    """Whether the spans say the sentence in its words or, across languages, in its meaning."""
    sure = len(chosen) == 1 and sum(check.kind in ("number", "date", "name") for check in found) >= SURE_VALUES
    if JAPANESE.search(sentence) or chosen[0].evidence.document.language != "ja":
        return (coverage >= LEAST_COVERAGE and similarity >= LEAST_SIMILARITY) or (sure and coverage >= SURE_COVERAGE and similarity >= SURE_SIMILARITY)
    return similarity >= (SURE_SIMILARITY_FOREIGN if sure else LEAST_SIMILARITY_FOREIGN)


def _smallest(sentence: str, weights: dict[str, float], candidates: Sequence[_Candidate]) -> tuple[list[_Candidate], tuple[Check, ...]]:
    """The best single candidate for which all checks hold, else the best joined ones, else the best with what fails."""
    alone = [(c, checks(sentence, [c.evidence])) for c in candidates[:CHECKED_ALONE]]
    best, found = next(((c, f) for c, f in alone if holds(f)), (None, ()))
    if best is not None:
        return _completed(sentence, weights, [best], candidates, found)
    wanted = max(len(c.borne) for c in candidates)
    for size in range(2, MOST_SPANS + 1):
        joined = sorted((c for c in combinations(candidates[:JOINED], size) if len(frozenset().union(*(x.borne for x in c))) > wanted), key=lambda c: (-_joined_score(weights, c), sum(x.length for x in c)))
        for group in joined[:CHECKED_ALONE]:
            found = checks(sentence, _numbered(group))
            if holds(found) and _each_clause_carried(sentence, group):
                return list(group), found
    fewest = min(alone, key=lambda pair: sum(not check.found for check in pair[1]))
    return [fewest[0]], fewest[1]


def _each_clause_carried(sentence: str, group: Sequence[_Candidate]) -> bool:
    """Whether each clause with a number has half of its words in one span: a span must not lend its bare number."""
    clauses = [frozenset(terms(clause)) for clause in CLAUSE.split(sentence) if any(not q.year for q in values(clause).quantities)]
    return all(not words or any(len(words & (c.held | c.above)) >= LEAST_COVERAGE * len(words) for c in group) for words in clauses)


def _completed(sentence: str, weights: dict[str, float], chosen: list[_Candidate], candidates: Sequence[_Candidate], found: tuple[Check, ...]) -> tuple[list[_Candidate], tuple[Check, ...]]:
    """A second span where it adds words of the sentence that the first lacks, and nothing comes to contradict."""
    if not JAPANESE.search(sentence) or _coverage(weights, chosen) >= 1 - ADDS:
        return chosen, found
    rest = [c for c in candidates[:JOINED] if c not in chosen]
    further = max(rest, key=lambda c: _coverage(weights, [*chosen, c]), default=None)
    if further is None or _coverage(weights, [*chosen, further]) < _coverage(weights, chosen) + ADDS + (1 - ADDS) * (_coverage(weights, chosen) >= LEAST_COVERAGE):
        return chosen, found
    joined = checks(sentence, _numbered([*chosen, further]))
    return ([*chosen, further], joined) if holds(joined) else (chosen, found)


def _numbered(chosen: Sequence[_Candidate]) -> list[Evidence]:
    return [Evidence(n, c.evidence.document, c.evidence.start, c.evidence.end) for n, c in enumerate(chosen, 1)]


def _joined_score(weights: dict[str, float], group: Sequence[_Candidate]) -> float:
    return len(frozenset().union(*(c.borne for c in group))) + _coverage(weights, group) + MEANING * sum(c.similarity for c in group) / len(group)


def _coverage(weights: dict[str, float], chosen: Sequence[_Candidate]) -> float:
    total = sum(weights.values())
    if not total:
        return 1.0
    held = frozenset().union(*(c.held | c.above for c in chosen))
    return sum(weights[word] for word in held) / total


def _candidates(sentence: str, weights: dict[str, float], hits: Sequence[Hit], searcher: Searcher) -> list[_Candidate]:
    """The segments of the passages, the best first."""
    similarities = searcher.span_similarities(sentence, sorted({i for hit in hits for i in hit.sources})) if hits else {}
    found: dict[tuple[str, int], _Candidate] = {}
    for hit in hits:
        document = searcher.document(hit.chunk.document_id)
        for segment in document.segments:
            inside = hit.chunk.start <= segment.start and segment.end <= hit.chunk.end
            if inside and segment.kind not in ("title", "heading") and (document.id, segment.start) not in found:
                similarity = similarities.get((document.id, segment.start), hit.dense)
                if segment.end - segment.start <= SHORT_SEGMENT:
                    similarity = max(similarity, hit.dense - SHORT_BELOW)
                found[document.id, segment.start] = _candidate(sentence, weights, Evidence(1, document, segment.start, segment.end), similarity)
    return sorted(found.values(), key=lambda c: (-c.score, c.length))


def _candidate(sentence: str, weights: dict[str, float], evidence: Evidence, similarity: float) -> _Candidate:
    said = values(sentence)
    own, above = list(pieces(evidence)), list(labels(evidence))
    bound = [*above, *columns([(evidence, p.cell) for p in own if p.cell])]
    text, around = "\n".join(p.text for p in own), "\n".join(p.text for p in bound)
    itself, borne = _borne(sentence, evidence, own, (), text), _borne(sentence, evidence, own, bound, f"{text}\n{around}")
    held = frozenset(weights) & _words(text)
    labelled = (frozenset(weights) & _words(around)) - held
    total = sum(weights.values()) or 1.0
    share = sum(weights[w] for w in held) / total + LABEL_WORD * sum(weights[w] for w in labelled) / total
    count = len(said.quantities) + len(said.days) + len(said.codes) + len(names(sentence)) or 1
    return _Candidate(evidence, borne, held, labelled, similarity, VALUE * (len(itself) + len(borne)) / count + share + MEANING * similarity)


def _borne(sentence: str, evidence: Evidence, own: Sequence[Piece], bound: Sequence[Piece], text: str) -> frozenset[tuple[str, int]]:
    """Which values of the sentence stand in these pieces."""
    said = values(sentence)
    calculated = results(sentence, said.quantities)
    borne = {("number", q.start) for q in said.quantities if not q.year and (q.start in calculated or number_borne(q, said.quantities, sentence, own, bound).found)}
    borne |= {("date", d.start) for d in said.days if day_check(d, sentence, [evidence], own, bound).found}
    borne |= {("name", n.start) for n in names(sentence) if find_name(forms_of(n, evidence.document.names), text)}
    return frozenset(borne | {("number", c.start) for c in said.codes if c.text in text})


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(terms(text))
