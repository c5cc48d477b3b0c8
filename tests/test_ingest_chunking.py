"""Chunks: exact offsets, everything covered, within the limit, never cut inside a word, a number or a bracket."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from library_fixtures import CLOSING, OPENING, SEOUL, corpus, corpus_documents, count_characters, count_tokens, read, report

from ingest.chunking import Chunk, CountTokens, chunk_document, safe_cuts
from ingest.document import Document
from ingest.words import words

LIMITS = (32, 64, 128, 256, 500)
NUMBER = re.compile(r"\d[\d,.]*\d(?:円|%|人|か所|台|件|ウォン)|\d(?:円|%|人|か所|台|件|ウォン)|\d[\d,.]*\d")


def boundaries(chunks: Sequence[Chunk]) -> set[int]:
    """All offsets at which a chunk begins or ends."""
    return {c.start for c in chunks} | {c.end for c in chunks}


def inside(spans: Iterator[tuple[int, int]], cuts: set[int]) -> list[tuple[int, int]]:
    """The spans that a cut goes through."""
    ordered = sorted(cuts)
    return [(a, b) for a, b in spans if any(a < cut < b for cut in ordered)]


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """The words as MeCab sees them; runs of marks (。▴) that it takes together are none."""
    return ((w.start, w.end) for w in words(text) if any(c.isalnum() for c in w.surface))


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


def assert_sound(document: Document, chunks: Sequence[Chunk], count: CountTokens, limit: int, longest_bracket: int) -> None:
    """What holds for the chunks of any document at any limit."""
    text = document.text
    assert all(text[c.start : c.end] == c.text and c.document_id == document.id for c in chunks)
    assert all(a.end <= b.start for a, b in pairwise(chunks))
    covered = {i for c in chunks for i in range(c.start, c.end)}
    assert [text[i] for s in document.segments for i in range(s.start, s.end) if i not in covered and not text[i].isspace()] == []
    too_long = [c.text for c, n in zip(chunks, count([c.text for c in chunks]), strict=True) if n > limit and len(words(c.text)) > 1]
    assert too_long == []
    cuts = boundaries(chunks)
    for spans in (word_spans(text), number_spans(text), bracket_spans(text, longest_bracket)):
        assert [text[a:b] for a, b in inside(spans, cuts)] == []


@pytest.mark.parametrize("limit", LIMITS)
def test_chunks_of_the_corpus_are_sound_at_every_limit(limit: int) -> None:
    """Sized by the embedder's own tokenizer; brackets of up to half the limit in characters."""
    for document in corpus_documents():
        assert_sound(document, chunk_document(document, count_tokens(), limit), count_tokens(), limit, limit // 2)
