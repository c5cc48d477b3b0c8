"""Rows of a table that a question in Korean or English names, by the real embedder; a label that is only somewhat near is none."""

from functools import lru_cache

import pytest
from library_fixtures import real_embedder, real_home, settings_of

from index.search import Searcher
from index.wiring import open_searcher
from qa.assistant import Assistant
from qa.extractive import ExtractiveAnswerer
from qa.foreign_labels import labels_named

SHELTERS = ("【表】指定避難所の数 (光州広域市)\n施設の種類別\n光州広域市", ["小学校", "図書館", "病院", "体育館", "教会", "地下鉄駅"])
BUDGET = ("2. 文化観光局の予算 (2024年度)\n単位:百万ウォン\n釜山広域市\n金額", ["博物館の運営", "観光案内所の整備", "映画祭の開催", "文化財の保存・修理", "若手芸術家への支援"])


@lru_cache(maxsize=1)
def searcher() -> Searcher:
    return open_searcher(settings_of(real_home()), real_embedder())


NAMED = [
    (SHELTERS, "How many designated shelters are libraries?", "図書館"), (SHELTERS, "How many shelters are churches?", "教会"), (SHELTERS, "How many shelters are elementary schools?", "小学校"),
    (SHELTERS, "How many shelters are there in subway stations?", "地下鉄駅"), (SHELTERS, "지정 대피소 중 병원은 몇 곳입니까?", "病院"), (SHELTERS, "체육관 대피소는 몇 곳?", "体育館"),
    (BUDGET, "How much goes to the film festival?", "映画祭の開催"), (BUDGET, "How much is spent on supporting young artists?", "若手芸術家への支援"), (BUDGET, "박물관 운영 예산은 얼마입니까?", "博物館の運営"),
    (BUDGET, "영화제에는 얼마가 쓰입니까?", "映画祭の開催"), (BUDGET, "How much is spent on the upkeep of cultural properties?", "文化財の保存・修理"),
]  # fmt: skip


def test_rows_are_named_by_meaning_and_none_wrongly() -> None:
    found = [(labels_named(question, [(labels, heading)], searcher())[0].label, label) for (heading, labels), question, label in NAMED]
    assert all(got in (None, label) for got, label in found), found
    assert sum(got == label for got, label in found) >= 0.5 * len(found), found


@pytest.mark.parametrize(("table", "question"), [
    (SHELTERS, "How many shelters does Gwangju have?"), (SHELTERS, "How many shelters are on beaches?"), (SHELTERS, "지정 대피소 중 해수욕장은 몇 곳입니까?"),
    (BUDGET, "What is the budget of the Culture and Tourism Bureau?"), (BUDGET, "How much is spent on airports?"),
])  # fmt: skip
def test_a_row_that_is_not_there_is_not_named(table: tuple[str, list[str]], question: str) -> None:
    assert labels_named(question, [(table[1], table[0])], searcher())[0].label is None


@pytest.mark.parametrize(("question", "expected"), [
    ("How many complaints came by phone in 2023?", "電話(2023 年): 591,784件"), ("서울시 공공 와이파이 중 전통시장에 설치된 것은 몇 대?", "伝統市場: 838台"),
    ("What is the budget of Seoul's Digital City Bureau?", "合計: 金額 179,437百万ウォン"), ("국토교통부 디지털 예산은?", "国土交通部(2025 年度予算額): 約 5,000 億~1 兆ウォン"),
])  # fmt: skip
def test_its_cell_is_the_answer(question: str, expected: str) -> None:
    answer = Assistant(searcher(), ExtractiveAnswerer(searcher())).ask(question)
    assert expected in answer.answer and answer.answer.count(":") == 1, answer.answer
    assert all(s.citations and s.supported for s in answer.sentences)
