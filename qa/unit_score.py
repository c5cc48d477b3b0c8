"""How likely a unit answers: a linear score over what is known of it, with weights learnt from the tuning questions.

The weights stand in ``unit_weights.json``, made by ``python -m train.units``: one set for units that the passage reader
read, one without its features, for where it is switched off. Learnt as a softmax over the units of a question
(McFadden 1974), so that differences of scores are log odds between units of one question.
"""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

WEIGHTS = Path(__file__).with_name("unit_weights.json")
GLANCED = ("own", "above", "title", "similarity", "behind", "shown", "labelled", "phrase", "nothing", "first", "third", "length", "row", "item", "note", "foreign_own", "foreign_similarity",
           "counted", "other_year", "asked_year", "value_above", "day", "labelled_above", "shown_own", "own_squared", "held_together", "second",
           "explains", "beside", "beside_above")
READ = ("mass", "held", "unit_holds", "unit_relevance")
ANSWERABLE = ("passage_holds", "passage_relevance", "unit_holds", "unit_relevance", "margin", "own", "not_shown", "row", "foreign", "count", "missing_name", "missing_head",
              "other_year", "asked_year", "result_asked", "result_planned", "covered", "heaviest_missing", "lexical", "length", "question_length", "title", "explains", "dense", "foreign_dense")
ABOVE, TITLE = 0.7, 0.35  # a word that stands in the heading or item above, or in the title, counts this much of a share
LEAST = 1e-3  # added to probabilities before their logarithm


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a unit: shares of the question's words that it, its headings and its title hold (0-1), cosine with the
    question, that cosine less the best unit's, whether what is asked for is shown and labelled, the share of the question's
    characters that stand in it in a run, whether it says nothing, the rank of its passage, its kind and length in characters.

    ``counted`` says that a number stands there with the counter that is asked for, ``other_year`` and ``asked_year`` that years do, none
    or one of which is asked for, ``value_above`` that what is asked for stands in a heading above instead, ``day`` that a date is asked
    for and one with its day is there, ``explains`` how far it explains the term that is asked about (0-1), ``beside`` and ``beside_above``
    the shares of the words next to the question word that it and its headings hold.

    ``mass`` is the reader's probability that the answer in its passage starts or ends in it, ``held`` the probability that
    the passage holds the answer; ``unit_holds`` and ``unit_relevance`` what the reader says of the unit alone.
    """

    own: float
    above: float
    title: float
    similarity: float
    behind: float
    shown: bool
    labelled: bool
    phrase: float
    nothing: bool
    rank: int
    kind: str
    length: int
    foreign: bool
    counted: bool = False
    other_year: bool = False
    asked_year: bool = False
    value_above: bool = False
    day: bool = False
    explains: float = 0.0
    beside: float = 0.0
    beside_above: float = 0.0
    mass: float = 0.0
    held: float = 0.0
    unit_holds: float = 0.0
    unit_relevance: float = 0.0

    def glanced(self) -> list[float]:
        """The features that need no reader, in the order of ``GLANCED``."""
        kinds = [float(self.kind == kind) for kind in ("row", "item", "note")]
        places = [float(self.rank == 0), float(self.rank >= 2)]
        foreign = [self.foreign * self.own, self.foreign * self.similarity]
        together = [self.labelled * self.above, self.shown * self.own, self.own**2, min(1.0, self.own + ABOVE * self.above + TITLE * self.title), float(self.rank == 1)]
        known = [self.own, self.above, self.title, self.similarity, self.behind, self.shown, self.labelled, self.phrase, self.nothing, *places, math.log(self.length + 1)]
        return [*known, *kinds, *foreign, self.counted, self.other_year, self.asked_year, self.value_above, self.day, *together, self.explains, self.beside, self.beside_above]

    def read(self) -> list[float]:
        """The features that the reader gives, in the order of ``READ``."""
        return [math.log(self.mass * self.held + LEAST), self.held, self.unit_holds, self.unit_relevance]


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear score ``values @ features + constant``."""

    values: np.ndarray
    constant: float

    def score(self, features: list[float]) -> float:
        """The score of one unit."""
        return float(self.values @ np.array(features, np.float64)) + self.constant


@lru_cache(maxsize=1)
def learnt() -> dict[str, Weights]:
    """The weights by name: ``glanced``, ``read``, and ``answerable`` (see qa.answerability); a feature without one weighs nothing until it is learnt."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    names = {"glanced": GLANCED, "read": (*GLANCED, *READ), "answerable": ANSWERABLE}
    return {key: Weights(np.array([stored[key]["weights"].get(name, 0.0) for name in names[key]]), stored[key].get("constant", 0.0)) for key in names}


def glance_score(traits: Traits) -> float:
    """The score without the reader."""
    return learnt()["glanced"].score(traits.glanced())


def read_score(traits: Traits) -> float:
    """The score of a unit that the reader read."""
    return learnt()["read"].score([*traits.glanced(), *traits.read()])
