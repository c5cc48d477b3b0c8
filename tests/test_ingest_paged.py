"""The canonical text of a printed file: pages, headings and title; chunks and passages never cross a page."""

from itertools import pairwise

import pytest
from library_fixtures import count_characters
from pdf_fixtures import PUBLIC, Draw, lines, needs_public_files, pdf, together

from ingest.chunking import chunk_document
from ingest.document import Document
from ingest.documents import read_documents
from ingest.formats.formats import FileData, read_content
from ingest.sources import Source


def read(data: bytes, name: str = "a.pdf", kind: str = "") -> Document:
    """The one document of a PDF."""
    source = Source(PUBLIC / name, name, kind=kind, is_corpus=False)
    (document,) = read_documents(source, read_content(FileData(name, data)))
    return document


def body(n: int = 0) -> Draw:
    """Some text of a page."""
    return lines([f"　この章では第{n}の事業の目的と進め方を説明し、続け", "て費用の見込みを述べる。", "・対象は市民である。"], top=600)


def test_pages_stand_one_after_another_and_cover_the_text() -> None:
    document = read(pdf(body(1), lines([]), body(2)))
    assert document.text == "".join(f"この章では第{n}の事業の目的と進め方を説明し、続けて費用の見込みを述べる。\n・対象は市民である。\n\n" for n in (1, 2))[:-1]
    assert [(p.number, p.start) for p in document.pages] == [(1, 0), (3, document.text.index("この章では第2"))]
    assert document.pages[-1].end == len(document.text) and all(a.end == b.start for a, b in pairwise(document.pages))
    assert (document.page_at(0), document.page_at(document.pages[1].start - 1), document.page_at(len(document.text))) == (1, 1, 3)


def test_a_sentence_that_runs_over_a_page_is_cut_there() -> None:
    document = read(pdf(lines(["札幌市は二〇二四年の春に、古い図書館を建て替え、新しい施設を開き、"]), lines(["市民の学びを支えると発表した。"])))
    assert [document.text[s.start : s.end] for s in document.segments] == ["札幌市は二〇二四年の春に、古い図書館を建て替え、新しい施設を開き、", "市民の学びを支えると発表した。"]


def test_chunks_never_cross_a_page() -> None:
    document = read(pdf(*map(body, range(1, 6))))
    chunks = chunk_document(document, count_characters, 300)
    assert [chunk.page for chunk in chunks] == [1, 2, 3, 4, 5]
    assert all(document.text[c.start : c.end] == c.text for c in chunks)


def test_larger_lines_are_headings_of_what_follows() -> None:
    document = read(pdf(together(lines(["事業の報告書"], size=24), body()), together(lines(["図書館の整備"], size=20), body())))
    assert document.title == "事業の報告書" and [section.path for section in document.sections] == [(), ("図書館の整備",)]


def test_page_numbers_are_recorded_as_left_out() -> None:
    document = read(pdf(*(together(body(n), lines([f"{n}"], top=30)) for n in (1, 2, 3))))
    assert [(o.text, o.reason) for o in document.omissions] == [(str(n), "page_number") for n in (1, 2, 3)]


def test_equal_lines_of_a_page_all_stay() -> None:
    assert read(pdf(lines(["委託費の額", "委託費の額", "委託費の額"], pitch=3))).text.count("委託費の額") == 3


@pytest.mark.parametrize(
    ("stated", "printed", "expected"),
    [
        ("図書館の整備", "図書館の整備", "図書館の整備"),
        ("Microsoft Word - 1c2024.docx", "図書館の整備に関する報告", "図書館の整備に関する報告"),
        ("去年の計画", "図書館の整備に関する報告", "図書館の整備に関する報告"),
        ("", "図書館の整備に関する報告", "図書館の整備に関する報告"),
    ],
)
def test_the_stated_title_counts_only_if_it_stands_in_the_text(stated: str, printed: str, expected: str) -> None:
    assert read(pdf(together(lines([printed], size=20), body()), title=stated)).title == expected


def test_without_a_larger_line_the_title_is_the_one_that_ends_like_one() -> None:
    assert read(pdf(together(lines(["総税市第６７号の通知文", "図書館の整備について"], pitch=3), body()))).title == "図書館の整備について"


def test_author_date_and_kind() -> None:
    document = read(pdf(together(lines(["令和６年６月１３日", "図書館の整備に関する報告"], pitch=3), body()), author="財務省"))
    assert (document.issuer, document.date.value, document.date.basis, document.kind, document.language) == ("財務省", "2024-06-13", "stated", "press_release", "ja")
    assert read(pdf(body()), kind="press_release").kind == "press_release"


@needs_public_files
def test_public_files_are_read_whole_and_chunked_by_page() -> None:
    expected = {  # file: title, issuer, date: read off the pages by hand
        "000956094.pdf": ("ふるさと納税に係る指定制度の運用について", "総務省", "2024-06-28"),
        "1c202401.pdf": ("法人企業景気予測調査（令和６年４～６月期調査）", "財務省", "2024-06-13"),
        "20220422_resources_standard_guidelines_guidebook_01.pdf": ("アジャイル開発実践ガイドブック", "内閣官房", "2021-03-30"),
        "110329-1a.pdf": ("製造事業者向け 安全衛生管理のポイント", "厚生労働省", "2011-03"),
    }
    for name, (title, issuer, date) in expected.items():
        document = read((PUBLIC / name).read_bytes(), name)
        assert (document.title, document.issuer, document.date.value) == (title, issuer, date)
        for chunk in chunk_document(document, count_characters, 350):
            assert chunk.page == document.page_at(chunk.start) == document.page_at(chunk.end - 1)


@needs_public_files
def test_wrapped_sentences_of_public_files_are_whole() -> None:
    whole = {
        "000956094.pdf": "ふるさと納税に係る指定制度については、下記の事項に留意の上、適正に運用されるようお願いします。",
        "01.pdf": "営業職員が主軸チャネルの社では、同チャネルを持続可能なものとするべく、営業職員の採用・育成の見直し、営業活動におけるデジタルの活用などの取組みが進められていた。",
        "r04_04_03.pdf": "研修実施団体が行う酒類の販売業務に関する法令に係る研修を、酒類販売管理研修といいます。",
    }
    for name, sentence in whole.items():
        document = read((PUBLIC / name).read_bytes(), name)
        assert any(document.text[s.start : s.end].endswith(sentence) for s in document.segments), name
