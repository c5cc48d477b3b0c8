"""The word index: BM25 over MeCab's words, kept current by additions and deletions."""

import math
from pathlib import Path

import pytest
from library_fixtures import corpus_pairs

from index.word_index import CONTEXT_BOOST, WordIndex
from ingest.chunking import Chunk
from ingest.words import terms


def chunk(text: str, document: str = "d", context: str = "") -> Chunk:
    """A chunk of a document."""
    return Chunk(document, 0, len(text), text, (), None, context)


CHUNKS = {
    1: chunk("札幌市は交流施設を開設した。", "a"),
    2: chunk("札幌市の図書館は札幌市の中央にある札幌市立の施設である。", "a"),
    3: chunk("光州市は人工知能の企業を誘致した。", "b"),
    4: chunk("ソウル市は創業保育空間を支援する。入居する企業を選ぶ。", "c"),
}


@pytest.fixture
def index(tmp_path: Path) -> WordIndex:
    """An index of four chunks at generation 5."""
    made = WordIndex(tmp_path / "words")
    made.update(CHUNKS, [], 5)
    return made


def found(index: WordIndex, query: str, documents: list[str] | None = None, k: int = 10) -> list[int]:
    """Ids for the words of a query, best first."""
    return list(index.search(terms(query), k, documents))


def test_chunks_are_found_by_their_words(index: WordIndex) -> None:
    assert found(index, "人工知能") == [3]
    assert set(found(index, "企業")) == {3, 4}
    assert set(found(index, "札幌の施設")) == {1, 2}
    assert (len(index), index.generation, sorted(index.ids())) == (4, 5, [1, 2, 3, 4])


def test_dictionary_forms_meet(index: WordIndex) -> None:
    assert found(index, "選びました") == [4] and found(index, "開設する") == [1]


def test_no_matching_word_finds_nothing(index: WordIndex) -> None:
    assert index.search(["無関係"], 10) == {} and index.search([], 10) == {} and index.search([""], 10) == {}


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    made = WordIndex(tmp_path)
    assert (made.search(["札幌"], 5), len(made), made.ids(), made.generation) == ({}, 0, [], 0)


def bm25(frequency: int, length: int, mean: float, n: int, df: int) -> float:
    """BM25 with k1 = 1.2, b = 0.75 and Lucene's idf."""
    return math.log(1 + (n - df + 0.5) / (df + 0.5)) * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean))


def test_scores_are_those_of_bm25(tmp_path: Path) -> None:
    """Worked out by hand: chunks of 4, 2 and 6 words (mean 4), of which the first has 施設 once, the third three times."""
    made = WordIndex(tmp_path)
    texts = {1: "札幌 施設 学校 公園", 2: "学校 公園", 3: "施設 施設 施設 公園 公園 札幌"}
    assert [len(terms(t)) for t in texts.values()] == [4, 2, 6]
    made.update({i: chunk(t) for i, t in texts.items()}.items(), [], 1)
    scores = made.search(["施設"], 10)
    assert list(scores) == [3, 1]
    assert scores[1] == pytest.approx(bm25(1, 4, 4, 3, 2), rel=1e-4)
    assert scores[3] == pytest.approx(bm25(3, 6, 4, 3, 2), rel=1e-4)


def test_rare_words_say_more_than_common_ones(index: WordIndex) -> None:
    assert found(index, "企業 人工知能")[0] == 3
    both = index.search(terms("企業 人工知能"), 10)
    assert both[3] > both[4] > 0


def test_a_word_twice_in_the_query_counts_once(index: WordIndex) -> None:
    assert index.search(["企業", "企業", "企業"], 10) == index.search(["企業"], 10)


def test_a_word_of_the_context_counts_less(tmp_path: Path) -> None:
    made = WordIndex(tmp_path)
    made.update({1: chunk("図書館と公園", context="施設と役所"), 2: chunk("施設と役所", context="図書館と公園")}.items(), [], 1)
    scores = made.search(["施設"], 10)
    assert list(scores) == [2, 1]
    assert scores[1] == pytest.approx(CONTEXT_BOOST * scores[2], rel=1e-4)
    assert made.document_frequency("施設") == 1 and made.document_frequency("無い") == 0


def test_the_search_is_restricted_to_documents(index: WordIndex) -> None:
    assert found(index, "企業", ["c"]) == [4]
    assert found(index, "企業", ["a"]) == [] and found(index, "企業", []) == [] and found(index, "企業", ["unknown"]) == []
    assert set(found(index, "企業", ["b", "c", "unknown"])) == {3, 4}


def test_a_restriction_changes_no_score(index: WordIndex) -> None:
    free, held = index.search(terms("企業"), 10), index.search(terms("企業"), 10, ["c"])
    assert held == {4: pytest.approx(free[4], rel=1e-5)}


def test_a_document_id_is_taken_as_it_is(tmp_path: Path) -> None:
    made = WordIndex(tmp_path)
    odd = ["000-abc", "000", "abc", "user-1 x", "文書", "a-B"]
    made.update({i: chunk("札幌の施設", d) for i, d in enumerate(odd, 1)}.items(), [], 1)
    for i, d in enumerate(odd, 1):
        assert found(made, "札幌", [d]) == [i]


def test_the_best_k_come(index: WordIndex) -> None:
    assert len(found(index, "札幌市 企業 施設", k=2)) == 2
    assert found(index, "札幌市 企業 施設", k=1) == found(index, "札幌市 企業 施設")[:1]


def test_chunks_are_removed_and_added(index: WordIndex) -> None:
    index.update({7: chunk("札幌市の新しい劇場", "e")}.items(), [1, 3, 99], 6)
    assert sorted(index.ids()) == [2, 4, 7] and index.generation == 6
    assert found(index, "人工知能") == [] and found(index, "劇場") == [7]


def test_an_update_done_again_changes_nothing(index: WordIndex) -> None:
    before = index.search(terms("札幌市の施設の企業"), 10)
    for _ in range(3):
        index.update(CHUNKS, [99], 5)
    assert sorted(index.ids()) == [1, 2, 3, 4]
    after = index.search(terms("札幌市の施設の企業"), 10)
    assert list(after) == list(before)


def test_it_opens_again_as_it_was(index: WordIndex) -> None:
    again = WordIndex(index.folder)
    assert (sorted(again.ids()), again.generation) == ([1, 2, 3, 4], 5)
    assert again.search(terms("札幌市の施設"), 10) == index.search(terms("札幌市の施設"), 10)
    again.update({}.items(), [2], 6)
    assert sorted(WordIndex(index.folder).ids()) == [1, 3, 4]


def test_a_fresh_one_is_empty_whatever_was_there(index: WordIndex) -> None:
    (index.folder / "meta.json").write_text("damaged")
    made = WordIndex.fresh(index.folder)
    assert (len(made), made.generation) == (0, 0)


def test_a_generation_that_cannot_be_read_is_none(index: WordIndex) -> None:
    (index.folder / "seal.json").write_text("")
    assert index.generation == 0


@pytest.mark.parametrize("text", ["あ" * 50_000, "a" * 70_000, "1" * 20_000, "a b " * 5_000, "😀" * 5000, "\0", '"札幌" AND (施設 OR *:~2)'])
def test_odd_texts_and_queries_do_no_harm(index: WordIndex, text: str) -> None:
    index.update({9: chunk(text, text[:40])}.items(), [], 6)
    assert 9 in index.ids()
    index.search(terms(text), 10)
    index.search([text], 10, [text])
    assert found(index, "人工知能") == [3]


def test_the_corpus_is_found_by_words_that_stand_once_in_it(tmp_path: Path) -> None:
    chunks = dict(enumerate((c for _, documents in corpus_pairs() for _, cs in documents for c in cs), 1))
    made = WordIndex(tmp_path)
    made.update(chunks, [], 1)
    assert sorted(made.ids()) == list(chunks)
    for word in ("トジョンスク", "ウリヤノフスク", "海雲台", "国民シンムンゴ"):
        ids = found(made, word)
        assert ids and word in chunks[ids[0]].text
