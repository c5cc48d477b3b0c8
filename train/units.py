"""``python -m train.units``: makes qa/unit_weights.json from the tuning questions."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from eval.gold import Question
from eval.retrieval import evidence_places
from index.search import Searcher
from qa.evidence import Unit

PENALTY = 1.0  # of the squared weights of standardised features
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """The units of one question as features ``(n, features)``, and which of them touch the evidence ``(n,)`` bool."""

    question: Question
    features: np.ndarray
    right: np.ndarray


def sample(question: Question, units: Sequence[Unit], features: Callable[[Unit], list[float]], searcher: Searcher) -> Sample | None:
    """The sample of a question; None where none of its units touches the evidence."""
    places = [span for piece in evidence_places(question, searcher) for span in piece]
    right = np.array([any(span.is_touched_by(u.document.id, u.segment.start, u.segment.end) for span in places) for u in units], bool)
    return Sample(question, np.array([features(u) for u in units]), right) if right.any() else None


def fit(samples: Sequence[Sample]) -> np.ndarray:
    """Weights ``(features,)`` under which the units that touch the evidence are likeliest in each question's softmax."""
    mean, deviation = _spread(samples)
    scaled = [((s.features - mean) / deviation, s.right) for s in samples]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for features, right in scaled:
            logits = features @ weights
            shares = np.exp(logits - logits.max())
            shares /= shares.sum()
            held = shares[right].sum()
            total -= math.log(held + 1e-12)
            gradient = gradient + features.T @ (shares - np.where(right, shares / held, 0.0))
        return total, gradient

    return minimize(loss, np.zeros(len(mean)), jac=True, method="L-BFGS-B").x / deviation


def _spread(samples: Sequence[Sample]) -> tuple[np.ndarray, np.ndarray]:
    together = np.concatenate([s.features for s in samples])
    return together.mean(axis=0), together.std(axis=0) + 1e-9


def first_right(samples: Sequence[Sample]) -> float:
    """The share of questions whose best unit touches the evidence, each judged by weights that didn't learn from it."""
    order = np.random.default_rng(0).permutation(len(samples))
    hits = []
    for fold in range(FOLDS):
        test = order[fold::FOLDS]
        weights = fit([samples[i] for i in order if i not in set(test)])
        hits += [bool(samples[i].right[int(np.argmax(samples[i].features @ weights))]) for i in test]
    return float(np.mean(hits))
