"""Pairs of two forms of one name, as the documents give them."""

import pytest
from library_fixtures import corpus_documents, report

from ingest.text.names import name_pairs


def all_pairs() -> set[tuple[str, str]]:
    """The pairs of all corpus documents."""
    return {pair for d in corpus_documents() for pair in d.names}


@pytest.mark.parametrize(
    "pair",
    [("マゴク", "麻谷"), ("プクチョン", "北村"), ("カンナム", "江南"), ("ヨンサン", "龍山"), ("チョンノ", "鍾路"), ("シンチョン", "新村"), ("ヤンジェ", "良才"), ("パク・ウォンスン", "朴元淳"), ("クンミン", "国民"), ("大田", "テジョン"), ("大徳", "テドク"), ("国際労働機関", "ILO"), ("経済協力開発機構", "OECD"), ("世界都市電子政府協議体", "WeGO"), ("ソウル国際経済諮問団", "SIBAC"), ("デジタル力量指数", "DQ")],
)
def test_pairs_of_the_corpus_are_found(pair: tuple[str, str]) -> None:
    assert pair in all_pairs()


def test_both_forms_of_a_pair_stand_in_the_document_that_gives_it() -> None:
    for document in corpus_documents():
        assert all(a in document.text and b in document.text for a, b in document.names)
        assert len(set(document.names)) == len(document.names)


@pytest.mark.parametrize("text", ["ホームページ(有料)", "午前10時(現地時間)", "マゴク", "参加(予定)", "50㎡(予定)", "サービス(無料)", "サーバー(有料)"])
def test_brackets_that_hold_no_name_give_none(text: str) -> None:
    assert list(name_pairs(text)) == []


@pytest.mark.parametrize("pair", [("ホームページ", "応答所"), ("事業費計", "ウォン")])
def test_units_and_common_words_are_no_names(pair: tuple[str, str]) -> None:
    assert pair not in report().names


def test_a_name_defined_by_below_is_found() -> None:
    assert ("世界都市電子政府協議体", "WeGO") in set(name_pairs("「世界都市電子政府協議体」(以下、「WeGO」)の総会"))


def test_full_width_brackets_count_too() -> None:
    assert list(name_pairs("マゴク\uff08麻谷\uff09とマゴク(麻谷)")) == [("マゴク", "麻谷")]
