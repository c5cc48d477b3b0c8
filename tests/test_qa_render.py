"""Rendering: nothing is lost, nothing runs, marks stand where the offsets say."""

import html
import random
import re
from dataclasses import replace

import pytest

from ingest.document import Cell, Document, DocumentDate, Omission, Section, Segment, Suspicion, Table
from ingest.library.library import Library
from qa import texts
from qa.answer import REFUSAL, Answer, Check, Citation, Passage, Sentence
from qa.screens import document_page, document_text, render

TABLE = "\t固定型\t\t移動型\t\n地域\t屋外\t屋内\tバス\t\nソウル\t1,200\t30\t7,380\t"
TEXT = f"題名 <script>alert(1)</script>\n\n概要である。詳しくは次のとおり。\n\n台数\n\n{TABLE}\n\n• 甲 & 乙\n• 丙 S 41億"


def at(part: str) -> tuple[int, int]:
    start = TEXT.index(part)
    return start, start + len(part)


def cell(row: int, column: int, text: str, path: tuple[str, ...], is_label: bool = False) -> Cell:
    start, end = at(text)
    return Cell(row, column, start, end, text, () if is_label else ("ソウル",), path, None if is_label else "台", is_label)


@pytest.fixture
def document() -> Document:
    start, end = at(TABLE)
    cells = (
        cell(2, 0, "ソウル", ("地域",), True),
        cell(2, 1, "1,200", ("固定型", "屋外")),
        cell(2, 2, "30", ("固定型", "屋内")),
        cell(2, 3, "7,380", ("移動型", "バス")),
    )
    kinds = (("title", "題名 <script>alert(1)</script>"), ("sentence", "概要である。"), ("sentence", "詳しくは次のとおり。"), ("heading", "台数"))
    head, item, nested = at("台数"), at("• 甲 & 乙"), at("• 丙 S 41億")
    segments = [Segment(kind, *at(text), 0 if text != "台数" else 1) for kind, text in kinds]  # type: ignore[arg-type]
    segments += [Segment("row", *at("ソウル\t1,200\t30\t7,380"), 1), Segment("item", *item, 1), Segment("item", *nested, 1, (5,))]
    sections = (Section((), 0, head[0]), Section(("台数",), head[0], len(TEXT)))
    table = Table(start, end, at("\nソウル\t")[0], "台数", "台", None, cells)
    return Document(
        "d-1", "題名 <script>alert(1)</script>", "<b>市</b>", "report", "ja", DocumentDate("2018-05", "inferred"), "a.txt", TEXT, sections, tuple(segments), (table,),
        omissions=(Omission("<nav>メニュー</nav>", "navigation"), Omission("<br>", "markup")), suspicions=(Suspicion(*at("S 41"), "余分な英字の混入の疑い"),),
    )  # fmt: skip


def citation(document: Document, part: str, n: int = 1, warnings: tuple[str, ...] = ()) -> Citation:
    return Citation(n, document.id, document.title, document.issuer, "2018-05", "inferred", None, "台数", *at(part), part, warnings)


def answer(document: Document, part: str = "7,380", **changes) -> Answer:
    found = citation(document, part, warnings=("余分な英字",))
    passage = Passage(1, document.id, document.title, "台数", *at(TABLE), TABLE, 1.0, 0.9, 3.0, ("バス",))
    values = {"question": "<i>何台</i>?", "answer": f"{part}台です[1]。[9]", "refused": False, "reason": None, "answerer": "extractive", "citations": (found,), "passages": (passage,)}
    return Answer(**(values | changes))


def shown(markup: str) -> str:
    """The text that a reader sees, without white space."""
    body = re.sub(r"<(style|script|title)>.*?</\1>", "", markup, flags=re.DOTALL)
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]*>", "", body)))


def marks(markup: str) -> str:
    return "".join(shown(part) for part in re.findall(r"<mark[^>]*>(.*?)</mark>", markup, re.DOTALL))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_whole_text_is_shown_once_and_escaped(document):
    markup = document_text.Body(document, is_page=True).html(0, len(TEXT))
    assert shown(markup) == squeezed(TEXT)
    assert "<script>" not in markup
    assert "&lt;script&gt;" in markup
    assert "甲 &amp; 乙" in markup


def test_marks_are_the_cited_span_even_across_cells(document):
    for start in range(len(TEXT)):
        for end in range(start + 1, len(TEXT) + 1):
            markup = document_text.Body(document, (start, end), is_page=True).html(0, len(TEXT))
            assert marks(markup) == squeezed(TEXT[start:end]), (start, end)


def test_upper_header_spans_the_columns_that_it_names(document):
    markup = document_text.Body(document).html(*at(TABLE))
    assert '<th scope="colgroup" colspan="2">固定型</th>' in markup
    assert '<th scope="row">ソウル</th>' in markup
    assert '<td class="number">7,380</td>' in markup
    assert markup.count("<tr>") == 3
    assert "<thead>" in markup


def test_unit_is_told_where_the_line_above_the_table_is_not_shown(document):
    table = replace(document.tables[0], unit="台", as_of="2025-05-31")
    document = replace(document, tables=(table,))
    assert "<caption>単位: 台、2025年5月31日時点</caption>" in document_text.Body(document).html(*at(TABLE))
    assert "<caption>" not in document_text.Body(document).html(0, len(TEXT))  # 台数 stands above it
    assert "<caption>" not in document_text.Body(document, is_page=True).html(*at(TABLE))


def test_header_cell_that_no_column_names_is_kept():
    text = "\t甲\t\t乙\t\n\t一\t二)\t三\t\n地\tA\tB\tC\tD\n1\t2\t3\t4\t5"
    cells = tuple(
        Cell(3, n, text.rindex(str(n + 1)), text.rindex(str(n + 1)) + 1, str(n + 1), (), path, None, False)
        for n, path in enumerate((("地",), ("甲", "一", "A"), ("甲", "一", "B"), ("乙三", "C"), ("乙三", "D")))
    )
    document = Document("d", "t", "i", "report", "ja", DocumentDate(), "s", text, tables=(Table(0, len(text), text.index("\n1\t"), "", None, None, cells),))
    assert shown(document_text.Body(document).html(0, len(text))) == squeezed(text)


def test_suspected_fault_is_underlined_with_its_reason(document):
    assert '<span class="suspect" title="余分な英字の混入の疑い">S 41</span>' in document_text.Body(document).html(0, len(TEXT))


def test_turn_links_marks_to_cards_and_back(document):
    markup = render.turn(3, answer(document), {document.id: document}.get)
    assert 'href="#turn-3-card-1"' in markup
    assert 'id="turn-3-card-1"' in markup
    assert 'id="turn-3-mark-1"' in markup
    assert 'href="#turn-3-mark-1"' in markup
    assert "[9]" in markup
    assert "card-9" not in markup
    assert marks(markup) == "7,380"
    start, end = at("7,380")
    assert f'href="document/d-1?start={start}&amp;end={end}#cited"' in markup
    for expected in ("2018年5月(本文から推定)", "一致した語: バス", texts.SUSPECTED, "&lt;i&gt;何台&lt;/i&gt;?", "&lt;b&gt;市&lt;/b&gt;"):
        assert expected in markup
    assert "<script>" not in markup
    assert "<i>" not in markup
    assert "<b>" not in markup


def test_turn_without_the_document_still_shows_the_quote(document):
    assert marks(render.turn(1, answer(document), {}.get)) == "7,380"


def test_refusal_shows_reason_and_near_passages_that_are_no_sources(document):
    passage = Passage(1, document.id, document.title, "台数", *at(TABLE), TABLE, 0.5, 0.8, 0.0)
    markup = render.turn(1, answer(document, answer=REFUSAL, refused=True, reason="語がありません。", citations=(), passages=(passage,)), {document.id: document}.get)
    assert 'class="turn refused"' in markup
    assert REFUSAL in markup
    assert "理由: 語がありません。言い方" in markup
    assert texts.NEAR_PASSAGES in markup
    assert 'class="card near"' in markup
    assert texts.ONLY_BY_MEANING in markup
    assert "<mark>" not in markup
    assert 'class="badge"' not in markup


def test_unfinished_answer_has_no_sources_yet(document):
    pending = render.turn(1, answer(document), {document.id: document}.get, "")
    assert texts.SEARCHING in pending
    assert 'aria-busy="true"' in pending
    assert "card" not in pending
    assert render.pieces("甲[1][2]。乙[3]\n丙") == ["甲[1][2]。", "乙[3]", "\n", "丙"]


@pytest.mark.parametrize(("found", "label"), [(True, "数値確認済"), (False, "要確認 1件")])
def test_checks_are_told_only_where_there_are_any(document, found, label):
    find = {document.id: document}.get
    assert "<details" not in render.turn(1, answer(document), find)
    checked = Sentence("7,380台です", (1,), found, (Check("number", "7,380台", found),))
    markup = render.turn(1, answer(document, sentences=(checked,)), find)
    assert f"<summary>{label}</summary>" in markup
    assert "数値「7,380台」" in markup
    assert (texts.UNSUPPORTED in markup) == (not found)


def test_window_widens_to_sentences_but_not_beyond_the_section(document):
    start, end = render.window(document, at("7,380"), None)
    assert (start, end) == (at("台数")[0], len(TEXT))
    assert render.window(document, at("詳しくは次のとおり。"), None)[1] == at("詳しくは次のとおり。")[1]


def test_copied_text_has_numbered_references(document):
    copied = texts.copy_text(answer(document, "1,200\t30"))
    assert copied.splitlines()[-2:] == ["[1] <b>市</b>「題名 <script>alert(1)</script>」(2018年5月、推定)台数", "    「1,200 | 30」"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("", "", (None, False)),
        ("0", "2", ((0, 2), False)),
        ("5", "5", (None, True)),
        ("9", "2", (None, True)),
        ("0", "999999", (None, True)),
        ("-1", "3", (None, True)),
        ("a", "3", (None, True)),
        ("²", "3", (None, True)),
        ("3", "", (None, True)),
    ],
)
def test_offsets_of_a_link_are_checked(document, start, end, expected):
    assert document_page.read_span(document, start, end) == expected


def test_span_is_without_white_space_at_its_ends(document):
    start, end = at("\n\n概要である。")
    assert document_page.read_span(document, str(start), str(end)) == (at("概要である。"), False)


def test_document_page_says_what_was_left_out_and_what_is_wrong(document):
    markup = document_page.document_page(document, None, True, "")
    assert texts.WRONG_SPAN in markup
    assert "本文から除いたもの: ナビゲーション 1件、HTMLなどの記号 1件" in markup
    assert "<nav>メニュー" not in markup
    assert "&lt;nav&gt;メニュー" in markup
    assert "<script>" not in markup
    assert 'id="cited"' in document_page.document_page(document, at("7,380"), False, "")


@pytest.mark.slow
def test_every_document_of_the_corpus_is_shown_whole(site):
    library = Library(site.home)
    for info in library.infos():
        document = library.document(info.id)
        assert document is not None
        assert shown(document_text.Body(document, is_page=True).html(0, len(document.text))) == squeezed(document.text), info.title


@pytest.mark.slow
def test_any_span_of_the_corpus_is_marked_exactly(site):
    library, draw = Library(site.home), random.Random(7)
    for info in library.infos():
        document = library.document(info.id)
        assert document is not None
        for _ in range(20):
            start = draw.randrange(len(document.text))
            end = min(len(document.text), start + draw.randint(1, 300))
            assert marks(document_text.Body(document, (start, end)).html(0, len(document.text))) == squeezed(document.text[start:end])
