"""How likely the passages hold an answer at all: a logistic curve over what search, the reader and the words say of them.

The weights stand beside those of ``unit_score``, learnt from the tuning questions by ``python -m train.units``.
"""

import math
from collections.abc import Sequence

from index.search import Hit
from qa.evidence import PASSAGES_READ, Asked, Unit
from qa.unit_score import learnt

LEAST_RELEVANCE = -8.0  # where nothing was read
LARGEST_MARGIN = 4.0  # log odds; beyond it the second says nothing


def features(question: Asked, hits: Sequence[Hit], found: Sequence[Unit], missing_name: bool, missing_head: bool) -> list[float]:
    """The values of ``ANSWERABLE`` for a question, its passages and their units, best first (at least one of each)."""
    best = found[0].traits
    relevances = [reading.relevance for hit in hits[:PASSAGES_READ] for _, reading in hit.readings]
    margin = min(found[0].score - found[1].score, LARGEST_MARGIN) if len(found) > 1 else LARGEST_MARGIN
    return [
        _log_odds(max((hit.holds or 0.0 for hit in hits[:PASSAGES_READ]), default=0.0)), max(relevances, default=LEAST_RELEVANCE),
        _log_odds(best.unit_holds), best.unit_relevance, margin, best.own, float(bool(question.need.asked) and not best.shown),
        float(best.kind == "row"), float(best.foreign), float("count" in question.need.asked), float(missing_name), float(missing_head),
    ]  # fmt: skip


def answerable(values: list[float]) -> float:
    """The probability (0-1) that the passages answer."""
    return 1 / (1 + math.exp(-learnt()["answerable"].score(values)))


def _log_odds(probability: float) -> float:
    return math.log(probability + 0.01) - math.log(1.01 - probability)
