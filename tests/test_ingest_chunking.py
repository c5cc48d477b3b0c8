"""Chunks: exact offsets, everything covered, within the limit, never cut inside a word, a number or a bracket."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_fixtures import CLOSING, OPENING, corpus_documents, count_characters, count_tokens, read, report

from ingest.chunking import Chunk, CountTokens, chunk_document, safe_cuts
from ingest.document import Document
from ingest.words import words

LIMITS = (32, 64, 128, 256, 500)
NUMBER = re.compile(r"\d[\d,.]*\d(?:円|%|人|か所|台|件|ウォン)|\d(?:円|%|人|か所|台|件|ウォン)|\d[\d,.]*\d")


def boundaries(chunks: Sequence[Chunk]) -> set[int]:
    """All offsets at which a chunk begins or ends."""
    return {c.start for c in chunks} | {c.end for c in chunks}


def inside(spans: Iterable[tuple[int, int]], cuts: set[int]) -> list[tuple[int, int]]:
    """The spans that a cut goes through."""
    ordered = sorted(cuts)
    return [(a, b) for a, b in spans if any(a < cut < b for cut in ordered)]


@lru_cache(maxsize=64)
def word_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The words as MeCab sees them; runs of marks (。▴) that it takes together are none."""
    return tuple((w.start, w.end) for w in words(text) if any(c.isalnum() for c in w.surface))


def number_spans(text: str) -> Iterator[tuple[int, int]]:
    """Numbers with their units."""
    return (m.span() for m in NUMBER.finditer(text))


def bracket_spans(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Pairs of brackets within a line, innermost first, up to ``longest`` characters."""
    for line in re.finditer(r"[^\n]+", text):
        open_ones: list[tuple[str, int]] = []
        for at, c in enumerate(line.group(), line.start()):
            if c in OPENING:
                open_ones.append((c, at))
            elif c in CLOSING and open_ones and OPENING.index(open_ones[-1][0]) == CLOSING.index(c):
                start = open_ones.pop()[1]
                if at + 1 - start <= longest:
                    yield start, at + 1


def over_limit(chunks: Sequence[Chunk], count: CountTokens, limit: int) -> list[str]:
    """Chunks of more than ``limit`` tokens that aren't a single word."""
    return [c.text for c, n in zip(chunks, count([c.text for c in chunks]), strict=True) if n > limit and len(words(c.text)) > 1]


def assert_sound(document: Document, chunks: Sequence[Chunk], longest_bracket: int) -> None:
    """What holds for the chunks of any document at any limit."""
    text = document.text
    assert all(text[c.start : c.end] == c.text and c.document_id == document.id for c in chunks)
    assert all(a.end <= b.start for a, b in pairwise(chunks))
    covered = {i for c in chunks for i in range(c.start, c.end)}
    assert "".join(text[i] for s in document.segments for i in range(s.start, s.end) if i not in covered and not text[i].isspace()) == ""
    cuts = boundaries(chunks)
    for spans in (word_spans(text), number_spans(text), bracket_spans(text, longest_bracket)):
        assert [text[a:b] for a, b in inside(spans, cuts)] == []


def long_paragraph(sentence: str) -> Document:
    """A release of a headline and one paragraph."""
    (document,) = read(f"題名である見出しの行\n\n{sentence}\n", kind="press_release")
    return document


@lru_cache(maxsize=len(LIMITS))
def corpus_chunks(limit: int) -> list[tuple[Document, list[Chunk]]]:
    """All documents with their chunks, sized by the embedder's own tokenizer."""
    return [(d, chunk_document(d, count_tokens(), limit)) for d in corpus_documents()]


@pytest.mark.parametrize("limit", LIMITS)
def test_chunks_of_the_corpus_are_sound_at_every_limit(limit: int) -> None:
    """Brackets of up to half the limit in characters."""
    for document, chunks in corpus_chunks(limit):
        assert_sound(document, chunks, limit // 2)


@pytest.mark.parametrize("limit", [32, 64, 128, 256, 500])
def test_chunks_of_the_corpus_keep_the_limit(limit: int) -> None:
    assert [t for _, chunks in corpus_chunks(limit) for t in over_limit(chunks, count_tokens(), limit)] == []


def test_a_long_sentence_of_uneven_words_keeps_the_limit() -> None:
    document = long_paragraph("このような取り組みを進めていくことにしています、" * 20 + "鰻鱧鯒鱚鮎鱸鰆、" * 40 + "。")
    assert over_limit(chunk_document(document, count_tokens(), 256), count_tokens(), 256) == []


def test_a_wide_row_of_numbers_keeps_the_limit() -> None:
    document = long_paragraph("区分\t" + "\t".join(f"項目{i}" for i in range(300)) + "\n甲\t" + "\t".join(f"{i},000" for i in range(300)))
    assert over_limit(chunk_document(document, count_tokens(), 256), count_tokens(), 256) == []


WORDS = ["札幌市", "市民の", "グローバル人材", "支援する", "施設を", "計画では", "外国人", "スタートアップ企業", "データセンターの", "発表した", "により", "ため", "北海道大学の"]
ATOMS = ["1,234,567円", "3.5%", "223か所", "8,213 億ウォン", "2,672台", "2018年5月25日", "平成16年10月27日", "マゴク(麻谷)", "「創業保育空間」", "『IT産業国際交流スペース』", "(午前10時)", "https://example.jp/a?b=1", "R&D", "Wi-Fi", "10万 2,052件", "①", "82-2-2133-4675"]
CLAUSE = st.tuples(st.sampled_from(WORDS), st.sampled_from(ATOMS + WORDS), st.sampled_from(["を", "は", "が", "に", "の"]), st.sampled_from(WORDS), st.sampled_from(["、", "", "・"])).map("".join)
SENTENCE = st.tuples(st.lists(CLAUSE, min_size=1, max_size=14).map("".join), st.sampled_from(["。", "。", "!", ""])).map("".join)
LINE = st.tuples(st.sampled_from(["", "", "", "○ ", "1) ", "  ・", "※ "]), st.lists(SENTENCE, min_size=1, max_size=3).map("".join)).map("".join)
TABLE = st.just("区分\t2022年\t2023年\n甲\t1,234\t5.5%\n乙\t7 億\t8")
TEXT = st.lists(st.one_of(LINE, LINE, LINE, st.just(""), TABLE), min_size=1, max_size=14).map("\n".join)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(TEXT, st.sampled_from([40, 64, 128, 256]))
def test_chunks_of_any_text_are_sound(text: str, limit: int) -> None:
    """A token a character: limits are small beside the sentences."""
    for document in read(text):
        assert_sound(document, chunk_document(document, count_characters, limit), limit // 2)


@MANY
@given(TEXT, st.sampled_from([64, 128, 256]))
def test_chunks_of_any_text_keep_the_limit_of_the_embedder(text: str, limit: int) -> None:
    for document in read(text):
        chunks = chunk_document(document, count_tokens(), limit)
        assert_sound(document, chunks, limit // 2)
        assert over_limit(chunks, count_tokens(), limit) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(CLAUSE, st.sampled_from(ATOMS)), min_size=1, max_size=12).map("".join))
def test_safe_cuts_lie_between_words_outside_numbers_and_brackets(text: str) -> None:
    cuts = set(safe_cuts(text))
    assert cuts <= {w.start for w in words(text)}
    if cuts != {w.start for w in words(text)[1:]}:  # else nothing was safe, and any word has to do
        assert inside(number_spans(text), cuts) == []
        assert inside(bracket_spans(text, len(text)), cuts) == []


@pytest.mark.parametrize("limit", [40, 100])
@pytest.mark.parametrize("atom", ["1,234,567円", "3.5%", "2018年5月25日", "(麻谷)", "「創業保育空間」"])
def test_a_long_sentence_is_never_cut_inside(atom: str, limit: int) -> None:
    document = long_paragraph("".join(f"市は{atom}を支援し" for _ in range(60)) + "た。")
    chunks = chunk_document(document, count_characters, limit)
    assert len(chunks) > 5
    text = document.text
    spans = [(m.start(), m.end()) for m in re.finditer(re.escape(atom), text)]
    assert inside(iter(spans), boundaries(chunks)) == []


def test_a_long_sentence_is_cut_behind_a_comma_where_there_is_one() -> None:
    chunks = chunk_document(long_paragraph("市は施設の整備を進めており、" * 40 + "終わる。"), count_characters, 60)
    assert len(chunks) > 8
    assert {c.text[-1] for c in chunks[1:-1]} == {"、"}


@pytest.mark.parametrize("text", ["あ" * 30_000, "a" * 30_000, "札幌市" * 10_000, "1234567890" * 3_000, "「" + "市の計画、" * 5_000 + "」", "😀" * 5_000, "(" * 5_000])
def test_monstrous_sentences_give_chunks_that_hold_all_of_them(text: str) -> None:
    document = long_paragraph(text)
    chunks = chunk_document(document, count_characters, 256)
    assert "".join(re.sub(r"\s", "", c.text) for c in chunks) == re.sub(r"\s", "", document.text)
    assert all(document.text[c.start : c.end] == c.text for c in chunks)


def test_a_short_document_is_one_chunk() -> None:
    document = long_paragraph("市は施設を開いた。")
    (chunk,) = chunk_document(document, count_characters, 100)
    assert (chunk.start, chunk.end) == (0, len(document.text.rstrip("\n")))
    assert chunk.page is None


def test_the_least_cost_is_a_chunk_for_each_section() -> None:
    """Two sections of 60 characters under a limit of 100: one chunk for each, headings with what they head."""
    text = "題名である見出しの行\n\n1 目的\n\n" + "市は施設を開き市民が使う。" * 5 + "\n\n2 方法\n\n" + "市は予算を立てて議会に諮る。" * 5 + "\n"
    (document,) = read(text, kind="press_release")
    chunks = chunk_document(document, count_characters, 100)
    assert [c.heading for c in chunks] == [("1 目的",), ("2 方法",)]
    assert chunks[1].text.startswith("2 方法\n\n市は予算を")


def test_a_heading_is_never_the_end_of_a_chunk() -> None:
    for document in corpus_documents():
        headings = {(s.start, s.end) for s in document.segments if s.kind == "heading" and "\t" not in document.text[s.start : s.end]}
        chunks = chunk_document(document, count_tokens(), 256)
        ends = {c.end for c in chunks}
        left = [document.text[a:b] for a, b in headings if b in ends]
        assert left == []


def test_context_names_document_headings_and_the_head_of_the_table() -> None:
    document = report()
    chunks = chunk_document(document, count_tokens(), 96)
    at = document.text.index("国民シンムンゴ")
    chunk = next(c for c in chunks if c.start <= at < c.end)
    assert chunk.start > next(t.start for t in document.tables if t.start <= at < t.end), "the table has to be cut for this test"
    about, headings, *above = chunk.context.split("\n")
    assert about == "先進事例調査項目 CLAIR ソウル事務所 2025-05"
    assert headings.split(" › ") == list(chunk.heading) and headings.endswith("【表 2】モバイル住民苦情申請件数 (ソウル特別市の例)")
    assert "区分\t2022 年\t2023 年\t2024 年" in above


def test_context_names_the_items_above() -> None:
    (document,) = read("題名である見出しの行\n\n1) 審査の日程\n" + "".join(f"  ○第{i}次の審査は{i}月に行い結果を知らせる\n" for i in range(1, 12)), kind="press_release")
    chunks = chunk_document(document, count_characters, 60)
    assert len(chunks) > 3
    assert all("1) 審査の日程" in c.context for c in chunks[1:])
