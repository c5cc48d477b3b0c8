"""Questions in Korean and English ask the word index in Japanese."""

import tomllib
from pathlib import Path

import pytest
from library_fixtures import built_index

from index.glosses import _glossary, glosses
from ingest.words import folded


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("전화번호는 무엇입니까?", ["電話"]),
        ("2024년 예산은 얼마입니까?", ["予算"]),
        ("How much is the budget?", ["予算"]),
        ("The BUDGET of the project", ["予算", "事業"]),
        ("carparks", []),
        ("予算はいくら? budget", []),
        ("예산과 予算", ["予算"]),
        ("", []),
    ],
)
def test_glosses(query: str, expected: list[str]) -> None:
    assert glosses(query) == expected


def test_every_entry_has_words_in_japanese_and_no_form_stands_twice() -> None:
    entries = tomllib.loads((Path(glosses.__code__.co_filename).parent / "glosses.toml").read_text(encoding="utf-8"))["words"]
    forms = [form for _, *others in entries for form in others]
    assert len(forms) == len(set(forms)) == len(_glossary())
    assert all(_glossary().values()) and all(form == folded(form) for form in forms)


def test_a_korean_question_matches_japanese_words(tmp_path: Path) -> None:
    searcher = built_index(tmp_path, dense_weight=0.0).searcher()
    best, *_ = searcher.search("고용 카페는 몇 곳입니까?", 3)
    assert "雇用" in best.matched and "雇用" in best.chunk.text
    assert best.lexical > 0 and "lexical" in best.legs
