"""Composed sentences and the spans that carry them, on the corpus with the real embedder."""

import random
import time
from functools import lru_cache

import pytest
from library_fixtures import corpus, real_embedder, real_home, settings_of

from eval.perturbation import falsified, paraphrases
from index.search import Searcher
from index.wiring import open_searcher
from qa.checks.attribution import Attribution, attribute


@lru_cache(maxsize=1)
def searcher() -> Searcher:
    made = open_searcher(settings_of(real_home()), real_embedder())
    made.reader = None  # what is found is enough here, its order doesn't matter
    return made


def attributed(sentence: str) -> Attribution:
    return attribute(sentence, searcher().search(sentence, 10), searcher())


def quoted(found: Attribution) -> str:
    return "\n".join(e.document.text[e.start : e.end] for e in found.spans)


@pytest.mark.parametrize(
    "sentence, quote",
    [
        ("AI国家戦略は3つの主要分野と9つの戦略からなる。", "100の実行課題"), ("市内バスの公共Wi-Fiは7,380台である。", "7,380"), ("雇用カフェは78カ所から90カ所に増やす予定である。", "90か所まで拡大する予定"),
        ("서울시는 현재 78곳인 일자리카페를 90곳까지 확대할 예정이다.", "90か所まで拡大する予定"), ("At the 2016 fair 63 Korean companies took part and 65 people found a job.", "65人が就職に成功した"),
    ],
)  # fmt: skip
def test_the_span_that_carries_a_sentence(sentence: str, quote: str) -> None:
    found = attributed(sentence)
    assert found.supported, found
    assert quote in quoted(found)
    assert len(found.spans) == 1


@pytest.mark.parametrize("sentence", ["AI国家戦略は5つの主要分野と9つの戦略からなる。", "釜山市の公共Wi-Fiは7,380台である。", "雇用カフェは78カ所から95カ所に増やす予定である。", "At the 2015 fair 63 Korean companies took part and 65 people found a job.", "부산시는 현재 78곳인 일자리카페를 90곳까지 확대할 예정이다."])
def test_what_is_not_carried_is_not_supported(sentence: str) -> None:
    found = attributed(sentence)
    assert not found.supported
    assert found.failed


def test_two_facts_joined_have_two_spans() -> None:
    found = attributed("雇用カフェは現在78か所で運営中であり、再建築事業の電子投票では満足度が98%に達した。")
    assert found.supported, found
    assert [e.n for e in found.spans] == [1, 2]
    assert "78か所" in quoted(found)
    assert "98%" in quoted(found)


def test_a_sentence_about_something_else_is_not_supported() -> None:
    assert not attributed("月面基地の建設には多くの宇宙飛行士が従事した。").supported


def test_nothing_found_supports_nothing() -> None:
    found = attribute("ソウル市は78か所で運営している。", [], searcher())
    assert (found.spans, found.supported) == ((), False)
    assert found.failed


def test_marks_of_the_writer_change_nothing() -> None:
    assert attributed("AI国家戦略は3つの主要分野と9つの戦略からなる[5]。").spans == attributed("AI国家戦略は3つの主要分野と9つの戦略からなる。").spans


@pytest.mark.slow
def test_paraphrases_are_carried_and_falsified_ones_are_not() -> None:
    documents = [d for found in corpus().values() for d in found]
    cases = list(paraphrases(documents))
    supported = [attributed(c.sentence).supported for c in cases]
    assert sum(supported) >= 0.85 * len(cases)
    false = [f for c in cases for f in falsified(c, random.Random(3))]
    assert sum(attributed(f.sentence).supported for f in false) <= 0.05 * len(false)  # some are true of another place in the corpus


def test_it_takes_little_time_beyond_embedding() -> None:
    sentence = "雇用カフェは78カ所から90カ所に増やす予定である。"
    hits = searcher().search(sentence, 10)
    attribute(sentence, hits, searcher())
    started = time.process_time()
    for _ in range(5):
        attribute(sentence, hits, searcher())
    assert (time.process_time() - started) / 5 < 0.15  # seconds; some 0.02 on a machine with nothing else to do
