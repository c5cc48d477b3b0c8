"""Words as MeCab sees them, and the terms that the word index holds."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library_fixtures import corpus_documents

from ingest.words import FED_AT_ONCE, folded, terms, words


@pytest.mark.parametrize(
    ("word", "lemma"),
    [("インク", "インク"), ("サービス", "サービス"), ("データ", "データ"), ("センター", "センター"), ("走った", "走る"), ("開いた", "開く"), ("美しい", "美しい")],
)
def test_lemmas_have_no_english_tail(word: str, lemma: str) -> None:
    """UniDic writes インク-ink."""
    assert words(word)[0].lemma == lemma


def test_no_lemma_of_the_corpus_has_an_english_tail() -> None:
    lemmas = {w.lemma for d in corpus_documents() for w in words(d.text)}
    assert len(lemmas) > 1500
    assert {lemma for lemma in lemmas if "-" in lemma.strip("-") and not lemma.isascii()} == set()
    assert "" not in lemmas


def test_words_stand_where_they_say() -> None:
    for document in corpus_documents():
        found = words(document.text)
        assert all(document.text[w.start : w.end] == w.surface for w in found)
        assert all(a.end <= b.start for a, b in pairwise(found))
        held = {i for w in found for i in range(w.start, w.end)}
        assert "".join(c for i, c in enumerate(document.text) if i not in held and not c.isspace()) == ""


@given(st.text(alphabet="あ漢ア1aA.,。 \n\t\0\u3000()「」😀\u200b", max_size=60))
@settings(max_examples=200, deadline=None)
def test_words_of_any_text_stand_where_they_say(text: str) -> None:
    found = words(text)
    assert all(text[w.start : w.end].replace("\0", " ") == w.surface for w in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("text", ["あ" * 100_000, "a" * 100_000, "漢字" * 50_000, "1" * 100_000, "ー" * 100_000, "😀" * 20_000, "\u0301" * 20_000, "あ " * 50_000])
def test_long_single_strings_do_not_crash(text: str) -> None:
    found = words(text)
    assert sum(len(w.surface) for w in found) == len(text.replace(" ", ""))
    assert max(len(w.surface) for w in found) <= FED_AT_ONCE


@pytest.mark.parametrize("name", ["マゴク", "プクチョン", "シンチョン", "トジョンスク", "ヤンジェ"])
def test_katakana_names_that_no_dictionary_has_are_terms_whole(name: str) -> None:
    assert name in terms(f"{name}の産業団地を造成する。")
    assert name in terms(name)


def test_terms_are_content_words_in_dictionary_form() -> None:
    assert terms("市民が新しい施設を使っている。") == ["市民", "新しい", "施設", "使う"]


def test_terms_leave_out_what_says_nothing() -> None:
    assert terms("これはそのためのものです。") == []
    assert terms("。、「」()") == []
    assert terms("") == []


def test_terms_of_a_number_are_the_same_however_it_is_written() -> None:
    assert terms("1,000社") == terms("1000社") == terms("\uff11\uff0c\uff10\uff10\uff10社")
    assert "1000" in "".join(terms("1,000社"))


def test_question_and_passage_share_their_terms() -> None:
    assert {"スタートアップ", "支援"} <= set(terms("スタートアップを支援しますか?")) & set(terms("スタートアップ企業の支援について"))


@pytest.mark.parametrize(("text", "expected"), [("ＡＢＣ", "abc"), ("Wi-Fi", "wi-fi"), ("1,234,567円", "1234567円"), ("㎡", "m2"), ("ﾃﾞｰﾀ", "データ"), ("1,23", "1,23")])
def test_folded(text: str, expected: str) -> None:
    assert folded(text) == expected


def test_proper_nouns_keep_their_writing() -> None:
    """UniDic's lemma of a name is its reading, in which 光州 and 公衆 fall together."""
    names = {w.surface: w.lemma for w in words("札幌市と東京都と田中さん") if w.is_name}
    assert names["札幌"] == "札幌" and names["東京"] == "東京" and names["田中"] == "田中"
