"""Calibration: a logistic curve from the reader's logits to how often the passage really holds the answer.

Platt, "Probabilistic Outputs for Support Vector Machines" (1999); fitted on the passages that Shirabe
reads for the tuning questions, so that 0.8 means right in 0.8 of such cases.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from eval.gold import Question
from eval.retrieval import evidence_places
from index.search import Searcher
from qa.history import standalone


def labelled_logits(questions: Sequence[Question], searcher: Searcher) -> tuple[np.ndarray, np.ndarray]:
    """Logits ``(n,)`` of the passages read for the questions, and whether each holds a piece of evidence, ``(n,)`` bool.

    The searcher's reader must not be calibrated yet: scale 1 and shift 0.
    """
    logits, holds = [], []
    for question in questions:
        spans = [span for places in evidence_places(question, searcher) for span in places]
        for hit in searcher.search(standalone(question.question, question.history)):
            if hit.holds is not None:
                chunk, likely = hit.chunk, min(max(hit.holds, 1e-6), 1 - 1e-6)
                logits.append(np.log(likely / (1 - likely)))
                holds.append(any(s.is_covered_by(chunk.document_id, chunk.start, chunk.end, chunk.page) for s in spans))
    return np.array(logits), np.array(holds)


def fit(logits: np.ndarray, holds: np.ndarray) -> tuple[float, float]:
    """Scale and shift of ``sigmoid(scale * logit + shift)``, by greatest likelihood."""
    signs = np.where(holds, 1.0, -1.0)
    found = minimize(lambda x: np.logaddexp(0, -signs * (x[0] * logits + x[1])).sum(), (1.0, 0.0))
    return float(found.x[0]), float(found.x[1])
