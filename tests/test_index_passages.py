"""Neighbours that were both found are joined into one passage."""

from dataclasses import replace

from library_fixtures import count_characters, report

from index.passages import AT_LEAST, LONGEST, Found, join_neighbours
from ingest.chunking import Chunk, chunk_document
from ingest.document import Document, DocumentDate

TEXT = "".join(chr(ord("あ") + i % 80) for i in range(3000))


def document(id_: str) -> Document:
    """A document of 3,000 characters."""
    return Document(id_, "題名", "札幌市", "report", "ja", DocumentDate(), "a.txt", TEXT)


def found(id_: int, start: int, end: int, score: float, name: str = "a") -> Found:
    """A chunk that was found, with its score."""
    return Found(id_, Chunk(name, start, end, TEXT[start:end], (f"見出し{id_}",), None, ""), score, score / 2, score * 10)


def joined(*parts: Found) -> list[tuple[int, int, list[int]]]:
    """Start, end and chunk ids of the passages."""
    return [(chunk.start, chunk.end, [f.id for f in group]) for chunk, group in join_neighbours(parts, document)]


def test_neighbours_are_one_passage_at_the_place_of_the_better() -> None:
    assert joined(found(1, 100, 200, 1.0), found(9, 900, 950, 0.95), found(2, 200, 300, 0.9)) == [(100, 300, [1, 2]), (900, 950, [9])]


def test_the_passage_is_the_stretch_of_the_text_with_the_better_chunks_heading() -> None:
    ((chunk, group),) = join_neighbours([found(2, 202, 300, 1.0), found(1, 100, 200, 0.9)], document)
    assert chunk.text == TEXT[100:300] and (chunk.start, chunk.end) == (100, 300)
    assert chunk.heading == ("見出し2",) and [f.id for f in group] == [2, 1]


def test_a_gap_of_a_blank_line_joins_and_a_wider_one_does_not() -> None:
    assert joined(found(1, 0, 100, 1.0), found(2, 102, 200, 1.0)) == [(0, 200, [1, 2])]
    assert joined(found(1, 0, 100, 1.0), found(2, 103, 200, 1.0)) == [(0, 100, [1]), (103, 200, [2])]


def test_a_neighbour_has_to_score_nearly_as_well() -> None:
    assert joined(found(1, 0, 100, 1.0), found(2, 100, 200, AT_LEAST)) == [(0, 200, [1, 2])]
    assert len(joined(found(1, 0, 100, 1.0), found(2, 100, 200, AT_LEAST - 0.01))) == 2


def test_a_passage_is_no_longer_than_the_limit() -> None:
    assert len(joined(found(1, 0, 400, 1.0), found(2, 400, LONGEST, 1.0))) == 1
    assert len(joined(found(1, 0, 400, 1.0), found(2, 400, LONGEST + 1, 1.0))) == 2


def test_the_better_neighbour_joins_first() -> None:
    """400 + 300 fit, a third 300 doesn't: the one that scores better is taken, whichever side it is on."""
    assert joined(found(2, 400, 800, 1.0), found(1, 100, 400, 0.8), found(3, 800, 1100, 0.9)) == [(400, 1100, [2, 3]), (100, 400, [1])]


def test_a_chain_of_neighbours_joins() -> None:
    assert joined(found(2, 200, 300, 1.0), found(4, 400, 500, 0.95), found(3, 300, 400, 0.9)) == [(200, 500, [2, 3, 4])]


def test_neighbours_in_another_document_stay_apart() -> None:
    assert joined(found(1, 0, 100, 1.0, "a"), found(2, 100, 200, 1.0, "b")) == [(0, 100, [1]), (100, 200, [2])]


def test_nothing_found_gives_nothing() -> None:
    assert joined() == []


def test_passages_of_the_report_are_stretches_of_its_text() -> None:
    chunks = chunk_document(report(), count_characters, 200)
    everything = [Found(i, c, 1.0 - i / 1000, 0.5, 1.0) for i, c in enumerate(chunks)]
    passages = join_neighbours(everything, lambda _: report())
    assert all(report().text[c.start : c.end] == c.text and len(c.text) <= max(LONGEST, 250) for c, _ in passages)
    assert sorted(f.id for _, group in passages for f in group) == list(range(len(chunks)))
    assert len(passages) < len(chunks)


def test_neighbours_on_different_pages_stay_apart() -> None:
    first, second = found(1, 100, 200, 1.0), found(2, 200, 300, 0.9)
    assert joined(replace(first, chunk=replace(first.chunk, page=1)), replace(second, chunk=replace(second.chunk, page=2))) == [(100, 200, [1]), (200, 300, [2])]
    same = [replace(f, chunk=replace(f.chunk, page=4)) for f in (first, second)]
    ((chunk, _),) = join_neighbours(same, document)
    assert chunk.page == 4
