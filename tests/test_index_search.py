"""Search: the fusion against hand-worked numbers, filters in both legs, names in both forms, hits that say why they came."""

import math
from pathlib import Path

import numpy as np
import pytest
from library_fixtures import BigramEmbedder, bigram_vector, built_index, corpus_documents, real_embedder, real_home, settings_of

from index.glosses import glosses
from index.question import need_of
from index.saved_index import SavedIndex
from index.search import FULL_COVERAGE, NEED_BONUS, Hit, Searcher, fuse, share_held
from index.where import matching_documents, parse_where
from index.wiring import open_searcher
from ingest.library.library import Library
from ingest.words import terms

QUESTIONS = [
    "公共 Wi-Fi はバス停留所に何台ありますか?", "マゴクの産業団地に何社が入居しますか?", "創業保育空間の電話番号は?", "札幌市の施設はいつ開設されましたか?", "雇用カフェは何か所ありますか?",
    "光州市は人工知能でどんな計画を立てましたか?", "全羅南道の支援内容", "インドの投資誘致説明会", "慶尚北道のデジタル人材", "世界都市電子政府協議体とは?",
]  # fmt: skip


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """Over the corpus with vectors of character pairs."""
    return built_index(tmp_path_factory.mktemp("home")).searcher()


@pytest.fixture(scope="module")
def by_words(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The same with a score of words alone."""
    return built_index(tmp_path_factory.mktemp("words"), dense_weight=0.0).searcher()


@pytest.fixture(scope="module")
def real() -> Searcher:
    """Over the corpus as `index build` makes it, with the real embedder and its tokenizer."""
    return open_searcher(settings_of(real_home()), real_embedder())


def test_fusion_is_the_weighted_sum_of_scaled_scores() -> None:
    """Cosines .8 .9 1 scale to 0 .5 1, BM25 10 0 5 to 1 0 .5; weights .6 and .4."""
    cosines, lexical = np.array([0.8, 0.9, 1.0]), np.array([10.0, 0.0, 5.0])
    np.testing.assert_allclose(fuse(cosines, lexical, 0.6), [0.4, 0.3, 0.8])
    np.testing.assert_allclose(fuse(cosines, lexical, 0.0), [1.0, 0.0, 0.5])
    np.testing.assert_allclose(fuse(cosines, lexical, 1.0), [0.0, 0.5, 1.0])


def test_words_say_less_when_few_of_them_are_held() -> None:
    """With half of FULL_COVERAGE of the query's words held, BM25 counts half."""
    cosines, lexical = np.array([0.8, 0.9, 1.0]), np.array([10.0, 0.0, 5.0])
    np.testing.assert_allclose(fuse(cosines, lexical, 0.6, coverage=FULL_COVERAGE / 2), [0.2, 0.3, 0.7])
    np.testing.assert_allclose(fuse(cosines, lexical, 0.6, coverage=FULL_COVERAGE), fuse(cosines, lexical, 0.6))
    np.testing.assert_allclose(fuse(cosines, lexical, 0.6, coverage=0.0), [0.0, 0.3, 0.6])


def test_a_query_of_which_little_is_held_scores_little(by_words: Searcher) -> None:
    """Of four words the best passage holds one; its share by weight is worked out from counts of all passages."""
    query = "ウリヤノフスク 潜水艦 恐竜 鰻"
    words = by_words.words(query)
    assert set(words) == set(terms(query)), "no other form of a name may come in"
    chunks = list(by_words.library.chunks(by_words.library.chunk_ids()).values())

    def idf(word: str) -> float:
        df = max(sum(word in terms(c.text) for c in chunks), sum(word in terms(c.context) for c in chunks))
        return math.log(1 + (len(chunks) - df + 0.5) / (df + 0.5))

    (best, *_) = by_words.search(query, 3)
    assert 0 < len(best.matched) < len(words)
    share = sum(idf(w) for w in best.matched) / sum(idf(w) for w in words)
    assert share < FULL_COVERAGE and abs(share - len(best.matched) / len(words)) > 0.01
    assert best.score == pytest.approx(share / FULL_COVERAGE, rel=1e-3)


def test_fusion_without_words_and_with_equal_cosines() -> None:
    np.testing.assert_allclose(fuse(np.array([0.8, 1.0]), np.zeros(2), 0.6), [0.0, 1.0])
    np.testing.assert_allclose(fuse(np.array([0.9, 0.9]), np.array([4.0, 2.0]), 0.6), [1.0, 0.8])
    np.testing.assert_allclose(fuse(np.array([0.9]), np.array([0.0]), 0.6), [1.0])


def test_share_of_words_held() -> None:
    """Asked are a (3) and b (1); x is another form of a."""
    weights = {"a": 3.0, "b": 1.0, "x": 3.0}
    assert share_held(weights, {"a", "b"}, {"a"}) == 0.75
    assert share_held(weights, {"a", "b"}, {"x", "b"}) == 1.0
    assert share_held(weights, {"a", "b"}, set()) == 0.0
    assert share_held({}, set(), {"a"}) == 0.0


def assert_hits_are_sound(hits: list[Hit], query: str, searcher: Searcher) -> None:
    """Passages are stretches of their documents, best first, and say rightly why they were found."""
    texts = {d.id: d for d in corpus_documents()}
    for hit in hits:
        document = texts[hit.chunk.document_id]
        assert document.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text and hit.title == document.title
        held = set(terms(hit.chunk.text)) | {t for c in searcher.library.chunks(hit.sources).values() for t in terms(c.context)}
        assert set(hit.matched) <= held and set(hit.matched) <= {*searcher.words(query), *glosses(query)}
        assert ("lexical" in hit.legs) == (hit.lexical > 0) and set(hit.legs) <= {"dense", "lexical"}
        assert not hit.lexical or hit.matched
    spans = [(h.chunk.document_id, i) for h in hits for i in h.sources]
    assert len(set(spans)) == len(spans)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


@pytest.mark.parametrize("query", QUESTIONS)
def test_hits_are_stretches_of_documents_best_first(searcher: Searcher, query: str) -> None:
    hits = searcher.search(query, 10)
    assert len(hits) == 10
    assert_hits_are_sound(hits, query, searcher)


def test_cosine_and_bm25_of_a_hit_are_those_of_the_legs(searcher: Searcher) -> None:
    query = "札幌テクノパークの従業者"
    vector = searcher.embedder.encode_query(query)
    lexical = searcher.word_index.search(searcher.words(query), 60)
    for hit in searcher.search(query, 10):
        cosines = searcher.store.vectors(hit.sources) @ vector
        assert hit.dense == pytest.approx(float(cosines.max()), abs=1e-5)
        assert hit.lexical == pytest.approx(max(lexical.get(i, 0.0) for i in hit.sources), rel=1e-5)


def test_the_score_is_the_fusion_of_both_legs(tmp_path: Path) -> None:
    """Worked out anew from the two legs for a query that asks for nothing countable."""
    searcher = built_index(tmp_path, dense_weight=0.3).searcher()
    query = "札幌テクノパーク"
    assert not need_of(query).asked
    vector = searcher.embedder.encode_query(query)
    by_words = searcher.word_index.search(searcher.words(query), 60)
    every = searcher.store.ids.tolist()
    nearest = sorted(every, key=lambda i: -float(searcher.store.vectors([i])[0] @ vector))[:60]
    pool = sorted({*nearest, *by_words})
    cosines = np.array([float(searcher.store.vectors([i])[0] @ vector) for i in pool])
    dense = (cosines - cosines.min()) / (cosines.max() - cosines.min())
    words = np.array([by_words.get(i, 0.0) for i in pool])
    expected = dict(zip(pool, 0.3 * dense + 0.7 * words / words.max(), strict=True))  # the best chunk holds all words of the query
    for hit in searcher.search(query, 5):
        assert hit.score == pytest.approx(max(expected[i] for i in hit.sources), abs=1e-4)


def test_a_passage_of_the_kind_that_is_asked_for_gets_its_bonus(by_words: Searcher) -> None:
    """いつ is no word of the index, so that only the need differs: passages with a date gain the bonus, the others nothing."""
    plain, asked = ({h.sources[0]: h for h in by_words.search(q, 60)} for q in ("札幌テクノパーク", "札幌テクノパーク いつ"))
    need = need_of("札幌テクノパーク いつ")
    assert need.asked == ("date",)
    both = [i for i in plain.keys() & asked.keys() if plain[i].lexical]
    gains = {need.shown_by(by_words.library.chunks([i])[i].text): asked[i].score - plain[i].score for i in both}
    assert gains == {True: pytest.approx(NEED_BONUS, abs=1e-5), False: pytest.approx(0, abs=1e-5)}


def test_a_query_without_a_matching_word_says_so(searcher: Searcher) -> None:
    hits = searcher.search("ぷょぷょ qwrtzpl", 5)
    assert hits and all(h.matched == () and h.legs == ("dense",) and h.lexical == 0 for h in hits)


def test_the_only_passage_with_a_word_comes_first_by_words(by_words: Searcher) -> None:
    (best, *_) = by_words.search("トジョンスク", 3)
    assert "トジョンスク" in best.chunk.text and "トジョンスク" in best.matched and "lexical" in best.legs


WHERES = [["issuer=札幌市"], ["issuer=光州"], ["kind=report"], ["kind=press_release"], ["date>=2019"], ["date<=2017-10"], ["date=2018"], ["date>=2017-11", "date<=2018-04"], ["language=ja", "issuer!=ソウル"], ["document=001-d080b325"], ["kind=press_release", "date>=2025"]]


@pytest.mark.parametrize("where", WHERES, ids="+".join)
@pytest.mark.parametrize("query", [QUESTIONS[0], QUESTIONS[5], "ぷょぷょ qwrtzpl"])
def test_no_hit_lies_outside_of_the_filters(searcher: Searcher, query: str, where: list[str]) -> None:
    conditions = parse_where(where)
    allowed = set(matching_documents(list(searcher.infos.values()), conditions))
    hits = searcher.search(query, 20, conditions)
    assert {h.chunk.document_id for h in hits} <= allowed
    assert bool(hits) == bool(allowed)
    assert_hits_are_sound(hits, query, searcher)
    vector = searcher.embedder.encode_query(query)
    if allowed:
        assert searcher._dense(vector, sorted(allowed)) <= {i for i, d in searcher.library.chunk_ids().items() if d in allowed}
        assert set(searcher.word_index.search(searcher.words(query), 60, sorted(allowed))) <= {i for i, d in searcher.library.chunk_ids().items() if d in allowed}


def test_filters_find_what_unfiltered_search_has_far_behind(searcher: Searcher) -> None:
    """All chunks of a document come when it is the only one allowed, though the query is about another."""
    where = parse_where(["document=003-f26a4bcb"])
    hits = searcher.search("インドの投資誘致説明会", 50, where)
    chunks = {i for i, d in searcher.library.chunk_ids().items() if d == "003-f26a4bcb"}
    assert {i for h in hits for i in h.sources} == chunks


def test_filters_that_leave_nothing_find_nothing(searcher: Searcher) -> None:
    assert searcher.search(QUESTIONS[0], 5, parse_where(["issuer=東京都"])) == []


@pytest.mark.parametrize("query", ["", " ", "?", "。、", "の", "\0", "😀", "a" * 3000, "あ" * 3000, "' OR 1=1 --", '"', "札幌 AND (", "\n\n"])
def test_odd_queries_do_not_break(searcher: Searcher, query: str) -> None:
    assert_hits_are_sound(searcher.search(query, 5), query, searcher)


def test_k_limits_the_hits(searcher: Searcher) -> None:
    assert [len(searcher.search(QUESTIONS[1], k)) for k in (1, 3, 7)] == [1, 3, 7]
    assert len(searcher.search(QUESTIONS[1], 10_000)) <= len(searcher.library.chunk_ids())


def test_spans_are_compared_with_the_query(searcher: Searcher) -> None:
    query = "札幌テクノパークの従業者"
    (hit, *_) = searcher.search(query, 1)
    document = searcher.document(hit.chunk.document_id)
    found = searcher.span_similarities(query, hit.sources)
    segments = {s.start: s for s in document.segments}
    assert set(found) == {(document.id, s.start) for s in document.segments if hit.chunk.start <= s.start and s.end <= hit.chunk.end}
    vector = searcher.embedder.encode_query(query)
    for (_, start), cosine in found.items():
        assert cosine == pytest.approx(float(bigram_vector(document.text[start : segments[start].end]) @ vector), abs=2e-3)


def test_a_searcher_keeps_to_its_state(tmp_path: Path) -> None:
    """What is removed from the library after it was opened is not found, and does no harm."""
    index = built_index(tmp_path)
    searcher = index.searcher()
    before = searcher.search("札幌テクノパーク", 5)
    assert before[0].chunk.document_id == "003-f26a4bcb"
    fresh = index.searcher()
    Library(tmp_path).remove_source("003_sapporo_press_release_2004.txt")
    assert all(h.chunk.document_id != "003-f26a4bcb" for h in fresh.search("インドの投資誘致説明会", 3))
    assert searcher.search("札幌テクノパーク", 5) == before


def test_a_removal_after_opening_does_no_harm(tmp_path: Path) -> None:
    fresh = built_index(tmp_path).searcher()
    Library(tmp_path).remove_source("003_sapporo_press_release_2004.txt")
    assert all(h.chunk.document_id != "003-f26a4bcb" for h in fresh.search("札幌テクノパーク", 5))


def test_an_empty_home_is_filled_and_a_stale_index_updated(tmp_path: Path) -> None:
    index = built_index(tmp_path)
    index.library.remove_source("003_sapporo_press_release_2004.txt")
    assert not index.is_current()
    searcher = open_searcher(settings_of(tmp_path), BigramEmbedder())
    assert "003-f26a4bcb" not in searcher.infos
    assert SavedIndex(index.library, BigramEmbedder(), settings_of(tmp_path)).is_current()


NAMES = [("マゴクの発展基金はいくらですか?", "麻谷の発展基金はいくらですか?"), ("プクチョンの実証地域", "北村の実証地域"), ("ヨンサン区の創業センター", "龍山区の創業センター"), ("国際労働機関の事務局長", "ILOの事務局長")]


@pytest.mark.parametrize("forms", NAMES, ids=[a for a, _ in NAMES])
def test_both_forms_of_a_name_find_the_same_passage(by_words: Searcher, forms: tuple[str, str]) -> None:
    first, second = (by_words.search(q, 3)[0] for q in forms)
    assert (first.chunk.document_id, first.chunk.start) == (second.chunk.document_id, second.chunk.start)


@pytest.mark.slow
@pytest.mark.parametrize("forms", NAMES, ids=[a for a, _ in NAMES])
def test_both_forms_of_a_name_find_the_same_passage_with_the_real_embedder(real: Searcher, forms: tuple[str, str]) -> None:
    first, second = (real.search(q, 3)[0] for q in forms)
    assert (first.chunk.document_id, first.chunk.start) == (second.chunk.document_id, second.chunk.start)


FACTS = [
    ("公共 Wi-Fi はバス停留所に何台ありますか?", "2,672"), ("モバイルアプリでの苦情申請は2023年に何件?", "902,686"), ("マゴクの発展基金はいくら?", "約580億ウォン"), ("雇用カフェは今いくつある?", "78か所"),
    ("創業保育空間の連絡先のメールアドレス", "clare33@sba.kr"), ("札幌のIT産業国際交流スペースはいつ開設?", "平成16年10月27日"), ("光州グローバルモータースの初代代表理事は?", "パク・グァンテ"),
    ("서울 공공 와이파이는 시내버스에 몇 대 있습니까?", "7,380"), ("How many startups accompanied the mayor to New Delhi?", "スタートアップ企業10社"), ("釜山のブロックコーディングのワークショップに参加した学生は?", "530名"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("query", "evidence"), FACTS)
def test_the_evidence_is_in_the_first_three_passages(real: Searcher, query: str, evidence: str) -> None:
    hits = real.search(query, 3)
    assert any(evidence in h.chunk.text for h in hits)
    assert_hits_are_sound(hits, query, real)


@pytest.mark.slow
@pytest.mark.parametrize("where", [["kind=report"], ["issuer=光州広域市"], ["date<=2017"]], ids="+".join)
def test_filters_hold_with_the_real_embedder(real: Searcher, where: list[str]) -> None:
    conditions = parse_where(where)
    for query in QUESTIONS[:4]:
        hits = real.search(query, 10, conditions)
        assert hits
        for hit in hits:
            info = real.infos[hit.chunk.document_id]
            assert {"kind=report": info.kind == "report", "issuer=光州広域市": info.issuer == "光州広域市", "date<=2017": (info.date or "9") < "2018"}[where[0]]
