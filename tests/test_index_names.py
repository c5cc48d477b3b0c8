"""A query with one form of a name asks for the other too."""

import pytest
from library_fixtures import corpus_documents

from index.names import expand_names, foreign_pairs, place_names

PAIRS = [("マゴク", "麻谷"), ("プクチョン", "北村"), ("国際労働機関", "ILO"), ("世界都市電子政府協議体", "WeGO")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("麻谷の敷地面積は?", "麻谷の敷地面積は?(マゴク)"),
        ("マゴクの敷地面積は?", "マゴクの敷地面積は?(麻谷)"),
        ("北村の実証地域", "北村の実証地域(プクチョン)"),
        ("プクチョンと麻谷", "プクチョンと麻谷(マゴク、北村)"),
        ("マゴク(麻谷)の基金", "マゴク(麻谷)の基金"),
        ("ILOの専門家", "ILOの専門家(国際労働機関)"),
        ("ＩＬＯの専門家", "ＩＬＯの専門家(国際労働機関)"),
        ("wegoの議長", "wegoの議長(世界都市電子政府協議体)"),
        ("国際労働機関の専門家", "国際労働機関の専門家(ILO)"),
        ("バス停留所の数", "バス停留所の数"),
        ("", ""),
    ],
)
def test_the_other_form_stands_behind_the_query(query: str, expected: str) -> None:
    assert expand_names(query, PAIRS) == expected


@pytest.mark.parametrize("query", ["PILOT事業の数", "silo", "wegoods"])
def test_latin_names_count_as_whole_words_only(query: str) -> None:
    assert expand_names(query, PAIRS) == query


def test_a_latin_name_behind_a_word_that_holds_it_counts() -> None:
    assert expand_names("PILOT事業とILOの専門家", PAIRS) == "PILOT事業とILOの専門家(国際労働機関)"


def test_each_other_form_comes_once() -> None:
    assert expand_names("マゴクの計画", [("マゴク", "麻谷"), ("マゴク", "麻谷")]) == "マゴクの計画(麻谷)"


def test_pairs_of_the_corpus_expand_both_ways() -> None:
    pairs = sorted({p for d in corpus_documents() for p in d.names})
    for a, b in (("マゴク", "麻谷"), ("プクチョン", "北村"), ("カンナム", "江南")):
        assert b in expand_names(f"{a}について教えて", pairs) and a in expand_names(f"{b}について教えて", pairs)


@pytest.mark.parametrize(("query", "form"), [("서울의 예산", "ソウル"), ("Wi-Fi in Seoul", "ソウル"), ("마곡 산업단지", "麻谷"), ("Magok district", "麻谷"), ("부산의 교육", "釜山")])
def test_a_foreign_question_gets_the_japanese_form_of_a_place(query: str, form: str) -> None:
    assert form in expand_names(query, foreign_pairs())


def test_a_japanese_question_gets_no_foreign_form() -> None:
    found = expand_names("ソウルと釜山の予算", foreign_pairs())
    assert not any("가" <= c <= "힣" or (c.isascii() and c.isalpha()) for c in found)


def test_every_place_begins_with_a_japanese_form_and_no_form_is_twice() -> None:
    forms = [form for place in place_names() for form in place]
    assert all(len(place) >= 2 and not place[0].isascii() for place in place_names())
    assert len(set(forms)) == len(forms)
