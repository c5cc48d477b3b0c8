"""Vectors kept by content: nothing is encoded twice, nothing wrong is given back; and what the real embedder makes."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from library_fixtures import BigramEmbedder, bigram_vector, corpus_pairs, real_embedder, report

from index.embedder import unit
from index.embeddings import COMMIT_EVERY, EmbeddingCache, Passage, passage_of

PASSAGES = [Passage(f"題名\n市は{word}を支援する。{word}は終わった。", ((3, 12), (12, 20))) for word in ("企業", "学校", "公園")]


def cache_of(folder: Path, embedder: BigramEmbedder | None = None, key: str = "bigrams") -> EmbeddingCache:
    """A cache in a folder."""
    return EmbeddingCache(folder / "embeddings.sqlite", embedder or BigramEmbedder(), key)


def test_vectors_are_those_of_the_embedder(tmp_path: Path) -> None:
    for passage, vectors in zip(PASSAGES, cache_of(tmp_path).encode(PASSAGES), strict=True):
        np.testing.assert_array_equal(vectors.passage, bigram_vector(passage.text))
        np.testing.assert_allclose(vectors.spans, [bigram_vector(passage.text[a:b]) for a, b in passage.spans], atol=1e-3)


def test_nothing_is_encoded_twice(tmp_path: Path) -> None:
    embedder = BigramEmbedder()
    first = cache_of(tmp_path, embedder).encode([*PASSAGES, PASSAGES[0]])
    assert sorted(embedder.encoded) == sorted(p.text for p in PASSAGES)
    again = cache_of(tmp_path, embedder).encode([PASSAGES[2], *PASSAGES])
    assert len(embedder.encoded) == 3
    for a, b in zip(again, [first[2], first[0], first[1], first[2]], strict=True):
        np.testing.assert_array_equal(a.passage, b.passage)
        np.testing.assert_allclose(a.spans, b.spans, atol=1e-3)


def test_other_settings_and_other_spans_are_encoded_anew(tmp_path: Path) -> None:
    embedder = BigramEmbedder()
    cache_of(tmp_path, embedder, "a").encode(PASSAGES[:1])
    cache_of(tmp_path, embedder, "b").encode(PASSAGES[:1])
    cache_of(tmp_path, embedder, "b").encode([Passage(PASSAGES[0].text, ((0, 2),))])
    assert len(embedder.encoded) == 3


def test_passages_without_segments_and_no_passages(tmp_path: Path) -> None:
    bare = Passage("題名だけ", ())
    for _ in range(2):  # made, then read back
        (vectors,) = cache_of(tmp_path).encode([bare])
        assert vectors.spans.shape == (0, 64) and vectors.passage.shape == (64,)
    assert cache_of(tmp_path).encode([]) == []


def test_only_what_is_kept_is_known_afterwards(tmp_path: Path) -> None:
    embedder = BigramEmbedder()
    cache = cache_of(tmp_path, embedder)
    cache.encode(PASSAGES)
    cache.hold(dict(enumerate(PASSAGES)))
    cache.keep_only([0])
    assert cache.held() == {0}
    cache.encode(PASSAGES)
    assert len(embedder.encoded) == 5


def test_a_vector_that_two_chunks_have_stays_while_one_of_them_does(tmp_path: Path) -> None:
    cache = cache_of(tmp_path, embedder := BigramEmbedder())
    cache.encode(PASSAGES)
    cache.hold({1: PASSAGES[0], 2: PASSAGES[0]})
    cache.keep_only([2])
    cache.encode(PASSAGES[:1])
    assert len(embedder.encoded) == len(PASSAGES)


def test_a_kept_vector_whose_bits_were_turned_over_is_made_anew(tmp_path: Path) -> None:
    for column in ("passage", "spans", "seal"):
        right = cache_of(tmp_path).encode(PASSAGES)
        with sqlite3.connect(tmp_path / "embeddings.sqlite") as connection:
            (blob,) = connection.execute(f"SELECT {column} FROM vectors ORDER BY length({column}) DESC").fetchone()
            connection.execute(f"UPDATE vectors SET {column} = ? WHERE {column} = ?", (bytes([blob[0] ^ 1]) + blob[1:], blob))
        again = cache_of(tmp_path, embedder := BigramEmbedder()).encode(PASSAGES)
        assert len(embedder.encoded) == 1
        assert all(np.array_equal(a.passage, b.passage) for a, b in zip(again, right, strict=True))


def test_a_build_that_stops_keeps_what_was_encoded(tmp_path: Path) -> None:
    class Stopping(BigramEmbedder):
        def encode_passages(self, texts, spans):
            if self.encoded:
                raise KeyboardInterrupt
            return super().encode_passages(texts, spans)

    many = [Passage(f"市は{i}を支援する。", ((0, 5),)) for i in range(2 * COMMIT_EVERY)]
    with pytest.raises(KeyboardInterrupt):
        cache_of(tmp_path, Stopping()).encode(many)
    after = BigramEmbedder()
    cache_of(tmp_path, after).encode(many)
    assert len(after.encoded) == COMMIT_EVERY


def test_progress_ends_at_the_number_of_new_passages(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    many = [Passage(f"市は{i}を支援する。", ()) for i in range(COMMIT_EVERY + 10)]
    cache_of(tmp_path).encode(many, lambda done, total: told.append((done, total)))
    assert told == [(COMMIT_EVERY, COMMIT_EVERY + 10), (COMMIT_EVERY + 10, COMMIT_EVERY + 10)]


def test_vectors_of_a_wrong_size_are_made_anew(tmp_path: Path) -> None:
    cache_of(tmp_path).encode(PASSAGES)
    with sqlite3.connect(tmp_path / "embeddings.sqlite") as connection:
        connection.execute("UPDATE vectors SET passage = x'00000000'")
    embedder = BigramEmbedder()
    found = cache_of(tmp_path, embedder).encode(PASSAGES)
    assert len(embedder.encoded) == 3 and found[0].passage.shape == (64,)


def test_a_passage_is_the_context_and_the_text_with_its_segments() -> None:
    for _, pairs in corpus_pairs():
        for document, chunks in pairs:
            for chunk in chunks:
                passage = passage_of(chunk, document)
                assert passage.text == f"{chunk.context}\n{chunk.text}"
                inside = [document.text[s.start : s.end] for s in document.segments if chunk.start <= s.start and s.end <= chunk.end]
                assert [passage.text[a:b] for a, b in passage.spans] == inside


def test_unit_scales_rows_and_leaves_zeros() -> None:
    np.testing.assert_allclose(unit(np.array([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0.0, 0.0]])


@pytest.mark.slow
def test_the_real_embedder_makes_unit_vectors_of_its_dimension() -> None:
    embedder = real_embedder()
    texts = ["公共 Wi-Fi は市内バスにある。", "札幌市は交流施設を開設した。"]
    vectors, inside = embedder.encode_passages(texts, [((0, 9), (9, 18)), ()])
    assert (embedder.dimension, vectors.shape, vectors.dtype) == (384, (2, 384), np.float32)
    assert [v.shape for v in inside] == [(2, 384), (0, 384)]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(inside[0], axis=1), 1, atol=1e-5)
    query = embedder.encode_query("市内バスの Wi-Fi は何台?")
    assert query.shape == (384,) and query.dtype == np.float32
    assert vectors[0] @ query > vectors[1] @ query


@pytest.mark.slow
def test_query_vectors_are_unit_length() -> None:
    lengths = [float(np.linalg.norm(real_embedder().encode_query(text))) for text in ("市内バスの Wi-Fi は何台?", "麻谷", "How many?", "창업센터")]
    np.testing.assert_allclose(lengths, 1, atol=1e-5)


@pytest.mark.slow
def test_a_span_of_the_whole_passage_is_like_the_passage() -> None:
    embedder = real_embedder()
    text = "光州市は人工知能の企業を誘致した。ソウル市は創業保育空間を支援する。"
    vectors, inside = embedder.encode_passages([text], [((0, len(text)), (0, 17), (17, len(text)))])
    assert inside[0][0] @ vectors[0] > 0.99
    mean = unit(inside[0][1:].sum(axis=0, keepdims=True))[0]
    assert mean @ inside[0][0] > 0.98  # the whole is about the mean of its two halves


@pytest.mark.slow
def test_the_same_text_has_the_same_vector_alone_and_in_a_batch() -> None:
    embedder = real_embedder()
    document = report()
    texts = [document.text[a : a + 50 + a // 40] for a in range(0, 8000, 400)]
    together, _ = embedder.encode_passages(texts, [()] * len(texts))
    alone = np.stack([embedder.encode_passages([t], [()])[0][0] for t in texts[::5]])
    assert (together[::5] * alone).sum(axis=1).min() > 0.995  # bfloat16 pads differently


@pytest.mark.slow
def test_the_real_embedder_takes_no_texts_and_odd_ones() -> None:
    embedder = real_embedder()
    vectors, inside = embedder.encode_passages([], [])
    assert vectors.shape == (0, 384) and inside == []
    odd = ["", " ", "あ" * 5000, "😀\0\u200b", "\n\n"]
    vectors, inside = embedder.encode_passages(odd, [((0, len(t)),) for t in odd])
    assert vectors.shape == (5, 384) and np.isfinite(vectors).all()
    behind = embedder.encode_passages(["あ" * 5000], [((4990, 5000),)])[1][0]
    assert not behind.any()  # behind the model's window: like nothing
