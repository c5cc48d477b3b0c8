"""How likely the passages hold an answer at all: a logistic curve over what search, the reader and the words say of them.

The weights stand beside those of ``unit_score``, learnt from the tuning questions by ``python -m train.units``.
"""

import math
import re
from collections.abc import Sequence

from index.search import Hit
from ingest.words import terms
from qa.asked import Asked
from qa.evidence import PASSAGES_READ, Unit
from qa.unit_score import learnt

SURELY = 0.75  # of the likelihood that the passages answer: from here on a value needn't be recognised
LEAST_RELEVANCE = -8.0  # where nothing was read
HEAVIEST = 3  # words of the question, which say what it is about
RESULT_ASKED = re.compile(r"(実際に|最終的に|結果|その後).*(ました|たか|たの|たで)|達成され|実績は|(選ば|決ま|増え|結ば|建て)(れ)?ました|actually|finally|eventually|실제로|결과")
PLAN = re.compile(r"予定|計画|目標|見込|(する|行う|開催する|募集する|設立する|建設する|選抜する|参加する|拡大する|要請する)(。|$|ことにして)|までに|する方針|期待")
LARGEST_MARGIN = 4.0  # log odds; beyond it the second says nothing


def features(question: Asked, hits: Sequence[Hit], found: Sequence[Unit], missing_name: bool, missing_head: bool, context: str) -> list[float]:
    """The values of ``ANSWERABLE`` for a question, its passages, their units, best first (at least one of each), and the text around the best."""
    unit, best = found[0], found[0].traits
    relevances = [reading.relevance for hit in hits[:PASSAGES_READ] for _, reading in hit.readings]
    margin = min(unit.score - found[1].score, LARGEST_MARGIN) if len(found) > 1 else LARGEST_MARGIN
    result = bool(RESULT_ASKED.search(question.question))
    covered, heaviest_missing = (0.0, 0.0) if best.foreign else _words_held(question, context)
    return [
        _log_odds(max((hit.holds or 0.0 for hit in hits[:PASSAGES_READ]), default=0.0)), max(relevances, default=LEAST_RELEVANCE),
        _log_odds(best.unit_holds), best.unit_relevance, margin, best.own, float(bool(question.need.asked) and not best.shown),
        float(best.kind == "row"), float(best.foreign), float("count" in question.need.asked), float(missing_name), float(missing_head),
        float(best.other_year), float(best.asked_year), float(result), float(result and bool(PLAN.search(unit.text))), covered, heaviest_missing,
        0.0 if best.foreign else math.log(hits[0].lexical + 1), math.log(best.length + 1), math.log(len(question.question) + 1), best.title, best.explains, hits[0].dense, best.foreign * hits[0].dense,
    ]  # fmt: skip


def _words_held(question: Asked, context: str) -> tuple[float, float]:
    """The share of the question's words, by weight, that the text around the best unit holds, and the share of its heaviest that it doesn't (0-1)."""
    held = frozenset(terms(context))
    heaviest = sorted((w for w in question.own if w in question.weights), key=lambda w: (-question.weights[w], w))[:HEAVIEST]
    total = sum(question.weights[w] for w in heaviest)
    return question.share(held), sum(question.weights[w] for w in heaviest if w not in held) / total if total else 0.0


def answerable(values: list[float]) -> float:
    """The probability (0-1) that the passages answer."""
    return 1 / (1 + math.exp(-learnt()["answerable"].score(values)))


def _log_odds(probability: float) -> float:
    return math.log(probability + 0.01) - math.log(1.01 - probability)
