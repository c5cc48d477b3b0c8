"""From the measures of each question to means with intervals, and to a test between two runs.

One convention holds everywhere: a measure that doesn't concern a question (ranks of evidence where there
is none, citations of a refusal) is None in its row and left out of the mean; it is never counted as 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from ir_measures import RR, R, Success, iter_calc, nDCG
from scipy.stats import binomtest

Row = Mapping[str, float | None]  # the measures of one question by name
Qrels = Mapping[str, Mapping[str, int]]  # question → relevant item → grade
Rankings = Mapping[str, Sequence[str]]  # question → items, best first

RESAMPLES = 2000
FLIPS = 10_000
EXHAUSTIVE = 12  # up to this many differences that aren't 0, all 2^n signs are tried instead of a sample
SEED = 20_261_123
TIMES = "ms"  # the measure that is given by its quantiles instead of its mean
RANKED = {"ndcg@10": nDCG @ 10, "mrr@10": RR @ 10, "hit@1": Success @ 1, "recall@100": R @ 100}


@dataclass(frozen=True, slots=True)
class Paired:
    """How a measure changed between two runs over the questions of both: mean difference, its 95 % interval, p of the two-sided test."""

    difference: float
    low: float
    high: float
    p: float


def means(rows: Sequence[Row]) -> dict[str, float | None]:
    """The mean of each measure over the questions that it concerns; None where it concerns none."""
    return {name: float(values.mean()) if len(values) else None for name, values in _columns(rows).items()}


def scores(rows: Sequence[Row]) -> dict[str, float | int | None]:
    """The number of questions, the means, and the median and 95th percentile of the milliseconds."""
    found: dict[str, float | int | None] = {"questions": len(rows)}
    found |= {name: mean for name, mean in means(rows).items() if name != TIMES}
    spent = _columns(rows).get(TIMES, np.empty(0))
    if len(spent):
        found |= {"ms_p50": float(np.percentile(spent, 50)), "ms_p95": float(np.percentile(spent, 95))}
    return found


def intervals(rows: Sequence[Row], seed: int = SEED, resamples: int = RESAMPLES) -> dict[str, tuple[float, float]]:
    """95 % percentile bootstrap intervals of the means, over questions (Efron & Tibshirani 1993, chapter 13)."""
    columns = {name: values for name, values in _columns(rows).items() if len(values) and name != TIMES}
    return {name: _interval(values, seed, resamples) for name, values in columns.items()}


def paired(before: Mapping[str, Row], after: Mapping[str, Row], seed: int = SEED) -> dict[str, Paired]:
    """Each measure's change over the questions, by id, that it concerns in both runs (``after`` minus ``before``).

    The p value is that of the paired randomisation test: how often the mean difference is as large
    when each question's difference keeps or changes its sign at random (Smucker, Allan & Carterette,
    "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation", 2007).
    """
    common = [id_ for id_ in before if id_ in after]
    names = dict.fromkeys(name for id_ in common for name in before[id_] if name != TIMES)
    found = {}
    for name in names:
        pairs = [(before[id_].get(name), after[id_].get(name)) for id_ in common]
        differences = np.array([b - a for a, b in pairs if a is not None and b is not None])
        if len(differences):
            found[name] = Paired(float(differences.mean()), *_interval(differences, seed, RESAMPLES), sign_flip_p(differences, seed))
    return found


def sign_flip_p(differences: np.ndarray, seed: int = SEED) -> float:
    """The two-sided p value of the sign-flip test on ``differences``, ``(n,)``; exact where few aren't 0."""
    told = differences[differences != 0]
    if not len(told):
        return 1.0
    observed = abs(told.sum()) - 1e-9  # sums of the same numbers in another order differ in the last bits
    if len(told) <= EXHAUSTIVE:
        signs = np.array(list(product((1, -1), repeat=len(told))), np.int8)
        return float((abs(signs @ told) >= observed).mean())
    signs = np.random.default_rng(seed).integers(0, 2, (FLIPS, len(told)), np.int8) * 2 - 1
    return float((1 + (abs(signs @ told) >= observed).sum()) / (1 + FLIPS))


def wilson(right: int, asked: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, which stays honest where the bootstrap can't: all right of a handful is no certainty."""
    bounds = binomtest(right, asked).proportion_ci(method="wilson")
    return float(bounds.low), float(bounds.high)


def ranked_rows(rankings: Rankings, qrels: Qrels, wanted: Iterable[str] = tuple(RANKED)) -> dict[str, dict[str, float]]:
    """The ranking measures of each question that has a relevant item, computed by ir_measures.

    Gains are the grades, as in trec_eval. A question that was found nothing for has 0; one without
    a relevant item isn't concerned and has no row.
    """
    names = {RANKED[name]: name for name in wanted}
    judged = {q: dict(grades) for q, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    # Scores made from ranks: the tools break ties by id, and scores that were rounded would tie.
    run = {q: {item: float(-rank) for rank, item in enumerate(rankings.get(q, ()))} for q in judged}
    rows = {q: dict.fromkeys(names.values(), 0.0) for q in judged}
    for metric in iter_calc(list(names), judged, {q: found for q, found in run.items() if found}) if any(run.values()) else ():
        rows[metric.query_id][names[metric.measure]] = float(metric.value)
    return rows


def _columns(rows: Sequence[Row]) -> dict[str, np.ndarray]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([value for row in rows if (value := row.get(name)) is not None], float) for name in names}


def _interval(values: np.ndarray, seed: int, resamples: int) -> tuple[float, float]:
    chosen = np.random.default_rng(seed).integers(0, len(values), (resamples, len(values)), np.int32)
    low, high = np.percentile(values[chosen].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
