"""The learnt scores: hand-worked values, and what the weights must not have wrong."""

import math
from dataclasses import replace

import numpy as np
import pytest

from qa.unit_score import ANSWERABLE, GLANCED, READ, Traits, Weights, glance_score, learnt, read_score

PLAIN = Traits(0.5, 0.2, 0.1, 0.8, -0.02, True, False, 0.3, False, 0, "sentence", 59, False, mass=0.4, held=0.5, unit_holds=0.7, unit_relevance=1.5)


def test_features_are_in_the_order_of_their_names():
    glanced = dict(zip(GLANCED, PLAIN.glanced(), strict=True))
    assert glanced["own"] == 0.5
    assert (glanced["first"], glanced["third"], glanced["row"]) == (1.0, 0.0, 0.0)
    assert glanced["length"] == pytest.approx(math.log(60))
    assert dict(zip(READ, PLAIN.read(), strict=True))["mass"] == pytest.approx(math.log(0.201))
    foreign = dict(zip(GLANCED, replace(PLAIN, foreign=True, rank=2, kind="row").glanced(), strict=True))
    assert (foreign["foreign_own"], foreign["foreign_similarity"], foreign["third"], foreign["row"]) == (0.5, 0.8, 1.0, 1.0)


def test_a_score_is_linear():
    assert Weights(np.array([2.0, -1.0]), 0.5).score([3.0, 4.0]) == 2.5


def test_weights_are_there_for_every_feature():
    assert len(learnt()["glanced"].values) == len(GLANCED)
    assert len(learnt()["read"].values) == len(GLANCED) + len(READ)
    assert len(learnt()["answerable"].values) == len(ANSWERABLE)


def test_more_evidence_never_lowers_a_score():
    assert glance_score(replace(PLAIN, own=0.9)) > glance_score(PLAIN)
    assert read_score(replace(PLAIN, unit_relevance=3.0)) > read_score(PLAIN)
    assert read_score(replace(PLAIN, shown=False)) < read_score(PLAIN)
