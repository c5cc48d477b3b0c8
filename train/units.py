"""``python -m train.units``: makes qa/unit_weights.json from the tuning questions."""

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from tqdm import tqdm

from eval.gold import Question, read_questions
from eval.retrieval import evidence_places
from index.search import Hit, Searcher
from index.wiring import open_searcher
from ingest.settings import load_settings
from qa.answerability import features
from qa.asked import asked
from qa.evidence import Unit, glance, read_units
from qa.history import standalone
from qa.places import of_named_places
from qa.refusal import context, missing
from qa.unit_score import ANSWERABLE, GLANCED, READ, WEIGHTS, learnt, read_score

TUNE = tuple(Path("eval/gold") / f"{name}.jsonl" for name in ("tune", "tune_more", "tune_fresh", "tune_ordinary", "tune_blind", "tune_late"))
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
        for values, right in scaled:
            logits = values @ weights
            shares = np.exp(logits - logits.max())
            shares /= shares.sum()
            held = shares[right].sum()
            total -= math.log(held + 1e-12)
            gradient = gradient + values.T @ (shares - np.where(right, shares / held, 0.0))
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


def fit_answerable(values: np.ndarray, answered: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights ``(features,)`` and constant of a logistic curve, by greatest likelihood with the same penalty; ``answered`` is ``(n,)`` bool."""
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled, signs = np.c_[(values - mean) / deviation, np.ones(len(values))], np.where(answered, 1.0, -1.0)

    def loss(weights: np.ndarray) -> float:
        return float(np.logaddexp(0, -signs * (scaled @ weights)).sum() + PENALTY * weights[:-1] @ weights[:-1])

    found = minimize(loss, np.zeros(scaled.shape[1]), method="L-BFGS-B").x
    weights = found[:-1] / deviation
    return weights, float(found[-1] - weights @ mean)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at for one question: its passages and its units before the reader read them."""

    question: Question
    read_as: str
    hits: list[Hit]
    units: list[Unit]


def look(question: Question, searcher: Searcher) -> Looked:
    """Search for a question and glance at the units."""
    read_as = standalone(question.question, question.history)
    hits = of_named_places(read_as, searcher.search(read_as), searcher.document)
    return Looked(question, read_as, hits, glance(asked(read_as, searcher), hits, searcher))


def write(**weights: dict[str, object]) -> None:
    """Put weights into the file beside those that stand there."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8")) if WEIGHTS.is_file() else {}
    WEIGHTS.write_text(json.dumps({**stored, **weights}, indent=1) + "\n", encoding="utf-8")
    learnt.cache_clear()


def main() -> int:
    """Fit the three sets of weights, one on the other, and print what cross-validation says of them."""
    parser = argparse.ArgumentParser(prog="python -m train.units", description=__doc__)
    parser.add_argument("--home", type=Path, help="home with the index of the corpus")
    searcher = open_searcher(load_settings(parser.parse_args().home))
    looked = [look(question, searcher) for path in TUNE for question in tqdm(read_questions(path), desc=path.stem)]
    samples = [s for one in looked if one.question.answerable and (s := sample(one.question, one.units, lambda u: u.traits.glanced(), searcher))]
    write(glanced={"weights": dict(zip(GLANCED, fit(samples).round(5).tolist(), strict=True))})
    print(json.dumps({"glanced": first_right(samples), "questions": len(samples)}), flush=True)

    read = [(one, _in_reach(one, searcher)) for one in tqdm(looked, desc="read")]
    samples = [s for one, units in read if one.question.answerable and (s := sample(one.question, units, lambda u: [*u.traits.glanced(), *u.traits.read()], searcher))]
    write(read={"weights": dict(zip((*GLANCED, *READ), fit(samples).round(5).tolist(), strict=True))})
    print(json.dumps({"read": first_right(samples), "questions": len(samples)}), flush=True)

    judged = [(one.question.answerable, _judged(one, units, searcher)) for one, units in read if units]
    weights, constant = fit_answerable(np.array([values for _, values in judged]), np.array([answerable for answerable, _ in judged]))
    write(answerable={"weights": dict(zip(ANSWERABLE, weights.round(5).tolist(), strict=True)), "constant": round(constant, 5)})
    return 0


def _in_reach(one: Looked, searcher: Searcher) -> list[Unit]:
    """The units that the reader read."""
    return [u for u in read_units(asked(one.read_as, searcher), one.units, searcher) if u.traits.unit_holds > 0]


def _judged(one: Looked, units: Sequence[Unit], searcher: Searcher) -> list[float]:
    question = asked(one.read_as, searcher)
    rescored = sorted((replace(u, score=read_score(u.traits)) for u in units), key=lambda u: -u.score)
    wide = context(rescored[0], one.hits)
    name, head = missing(question, wide)
    return features(question, one.hits, rescored, bool(name), bool(head), wide)


if __name__ == "__main__":
    raise SystemExit(main())
