"""Briefings: every sentence cited and checked, every figure its source's, nothing twice, no source for nothing; refusals say what exists."""

import json
import re
import shutil
import time
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

from index.where import parse_where
from index.wiring import open_searcher
from ingest.chunking import chunk_document
from ingest.document import normalize
from ingest.errors import InputError
from ingest.library.library import Library
from ingest.sources import Source
from qa.briefing.briefing import Commission, numbered
from qa.briefing.cautions import MONEY
from qa.briefing.check import checks
from qa.briefing.draft import Drafter
from qa.briefing.form import parts, source_lines
from qa.briefing.markdown_file import markdown
from qa.briefing.plan import LIMITS, subject_phrase
from qa.briefing.selection import says_same
from tests.briefing_fixtures import drafted, holds, searcher, topics
from tests.library_fixtures import count_characters, read, real_embedder, real_home, settings_of

ALL = topics()
PEOPLE, BUDGET, COMPARED = "韓国自治体のデジタル人材育成の動向", "韓国のデジタル関連予算と主要数値", "ソウル市と光州市の産業・雇用政策の比較"


def test_there_are_topics_enough():
    assert len(ALL) >= 20
    assert sum(not drafted(topic).refused for topic in ALL) >= 20


def above(document, start: int) -> str:
    """The headings and list items over a place, and the heading rows of its table."""
    parents = next((s.parents for s in document.segments if s.start <= start < s.end), ())
    headings = ["".join(section.path) for section in document.sections if section.start <= start < section.end]
    items = [document.text[document.segments[i].start : document.segments[i].end] for i in parents]
    return "".join([*headings, *items, *(document.text[t.start : t.header_end] for t in document.tables if t.start <= start < t.end)])


@pytest.mark.parametrize("topic", ALL)
def test_every_sentence_is_cited_and_stands_in_its_citations(topic):
    briefing = drafted(topic)
    cited = {c.n: c for c in briefing.citations}
    for citation in cited.values():
        assert searcher().document(citation.document_id).text[citation.start : citation.end] == citation.quote
    statements = [s for section in briefing.sections for s in section.statements]
    for statement in statements:
        assert statement.citations and set(statement.citations) <= set(cited)
        assert statement.supported
        spans = [(searcher().document(c.document_id), c.start, c.end) for c in (cited[n] for n in statement.citations)]
        assert all(check.found for check in checks(statement.text, spans))
        for number in re.findall(r"\d[\d,.]*", statement.text):
            assert any(holds(d.text[a:b] + above(d, a), number) for d, a, b in spans), (number, statement.text)


@pytest.mark.parametrize("topic", [*ALL, BUDGET, PEOPLE])
def test_every_figure_is_its_sources(topic):
    briefing = drafted(topic)
    cited = {c.n: c for c in briefing.citations}
    for figure in briefing.figures:
        citation = cited[figure.citation]
        document = searcher().document(citation.document_id)
        value = re.sub(r"(以上|以内|以下|未満|余り|あまり|ほど|を超える)$", "", figure.value)
        assert holds(citation.quote, value), figure
        assert re.search(rf"(?<![\d,.]){re.escape(normalize(value).lstrip('約'))}(?![\d,])", normalize(re.sub(r"[\t\n]", "|", citation.quote))), figure
        tables = "".join(document.text[t.start : t.header_end] + document.text[max(0, t.start - 60) : t.start] for t in document.tables if t.start <= citation.start < t.end)
        assert holds(citation.quote + tables, figure.unit), figure


@pytest.mark.parametrize("topic", ALL)
def test_nothing_is_said_twice_and_no_source_is_for_nothing(topic):
    briefing = drafted(topic)
    texts = [s.text for section in briefing.sections for s in section.statements]
    assert len(texts) == len(set(texts))
    for a, b in combinations(texts, 2):
        assert not says_same(a, b)
        assert SequenceMatcher(None, a, b).quick_ratio() < 1.0 or SequenceMatcher(None, a, b).ratio() < 0.95
    used = {n for s in briefing.statements for n in s.citations} | {f.citation for f in briefing.figures}
    assert used == {c.n for c in briefing.citations}
    assert list(dict.fromkeys(n for section in briefing.sections for s in section.statements for n in s.citations)) == sorted({n for section in briefing.sections for s in section.statements for n in s.citations})
    assert len(source_lines(briefing)) == len({c.document_id for c in briefing.citations})


@pytest.mark.parametrize("topic", ALL)
def test_sentences_are_whole(topic):
    for section in drafted(topic).sections:
        for statement in section.statements:
            assert statement.text.endswith(("。", ")")), statement.text
            assert not re.match(r"[・○◯●□■▲△•\-–※①-⑳、。」)]|\d+\)|また、|さらに|なお、", statement.text), statement.text
            assert "\n" not in statement.text and "\t" not in statement.text and "  " not in statement.text
            assert "以下のとおり" not in statement.text and "http" not in statement.text
        assert not section.statements[0].follows


@pytest.mark.parametrize("length", ["1page", "3pages"])
def test_lengths_are_kept(length):
    for topic in (PEOPLE, COMPARED, BUDGET):
        briefing = drafted(topic, length)
        assert sum(len(s.text) for section in briefing.sections for s in section.statements) <= 1.1 * LIMITS[length].characters
        assert len(briefing.figures) <= LIMITS[length].figures
    longer = [sum(len(s.text) for section in drafted(PEOPLE, size).sections for s in section.statements) for size in ("1page", "3pages")]
    assert longer[1] > 1.5 * longer[0]


def test_places_are_put_beside_each_other():
    briefing = drafted(COMPARED)
    assert briefing.places == ("ソウル特別市", "光州広域市")
    assert [s.heading for s in briefing.sections if s.kind == "theme"] == ["ソウル特別市", "光州広域市"]
    assert briefing.comparison is not None and briefing.comparison.places == briefing.places
    cited = {c.n: c for c in briefing.citations}
    for row in briefing.comparison.rows:
        for place, cell in zip(briefing.places, row.cells, strict=True):
            for statement in cell:
                assert all(cited[n].issuer == place or cited[n].issuer.startswith("CLAIR") for n in statement.citations)
    assert drafted(PEOPLE).comparison is None


def test_the_budget_is_in_figures():
    briefing = drafted(BUDGET)
    assert sum(bool(MONEY.search(f.unit)) for f in briefing.figures) >= 4
    assert any(f.value == "約7~8兆" and f.unit == "ウォン" and f.as_of == "2025年度" for f in briefing.figures)
    assert not any(c.kind == "missing" and "金額" in c.text for c in briefing.cautions)


@pytest.mark.parametrize("topic", ["大阪市の観光政策", "火星の有人探査計画", "ソウル市の水素エネルギー政策", "量子コンピューターの研究開発"])
def test_impossible_topics_are_refused_with_what_exists(topic):
    briefing = drafted(topic)
    assert briefing.refused and briefing.reason and briefing.instead
    assert not briefing.sections and not briefing.figures and not briefing.citations
    assert all(any(info.title in title for info in searcher().infos.values()) for title in briefing.instead)


def test_filters_hold_for_everything_that_is_cited():
    briefing = Drafter(searcher()).draft(Commission("人工知能による産業育成", where=parse_where(["issuer=光州広域市"])))
    assert briefing.citations and {c.issuer for c in briefing.citations} == {"光州広域市"}
    nothing = Drafter(searcher()).draft(Commission("人工知能による産業育成", where=parse_where(["date>=2031"])))
    assert nothing.refused and "条件" in (nothing.reason or "")


@pytest.mark.parametrize("topic", ["", " \n", "あ" * 501, "부산시 스마트 쓰레기 수거", "Smart cities"])
def test_what_is_no_topic_is_said(topic):
    with pytest.raises(InputError, match="主題"):
        Drafter(searcher()).draft(Commission(topic))


CITY = "福岡市 防災アプリの導入\n\n令和6年2月1日 福岡市\n\n1 目的\n\n福岡市は、災害時の情報伝達を迅速にするため、防災アプリ「そなえる福岡」を導入した。これは、従来の広報車による伝達を補うものである。\n\n2 実績\n\n登録者は、令和5年12月末現在で12万3,456人である。また、市は、令和7年度までに防災アプリの多言語版を公開する予定である。<script>alert(1)</script>\n"
FOREIGN = "후쿠오카시 방재 앱 도입\n\n후쿠오카시는 2024년 2월 1일 방재 앱을 도입하였다. 방재 앱 등록자는 12만 명이다.\n"


@pytest.fixture(scope="module")
def own_library(tmp_path_factory):
    """A drafter over documents that nobody has seen."""
    home = tmp_path_factory.mktemp("own") / "home"
    shutil.copytree(real_home(), home)
    library = Library(home)
    for name, text in (("fukuoka.txt", CITY), ("korean.txt", FOREIGN)):
        chunked = [(d, tuple(chunk_document(d, count_characters, 300))) for d in read(text, name)]
        library.replace_source(Source(Path(name), name, issuer="", kind="", is_corpus=False), name, chunked)
    return Drafter(open_searcher(settings_of(home), real_embedder()))


def test_documents_of_ones_own_are_drafted_from(own_library):
    briefing = own_library.draft(Commission("福岡市の防災アプリ"))
    assert not briefing.refused
    texts = [s.text for s in briefing.statements]
    assert any("「そなえる福岡」を導入した" in text for text in texts)
    assert any(text.startswith("福岡市は、令和7年度までに") for text in texts)  # the city is named, the connective gone
    assert ("登録者", "12万3,456", "人", "令和5年12月") in {(f.item, f.value, f.unit, f.as_of) for f in briefing.figures}
    assert {c.issuer for c in briefing.citations} == {"福岡市"}
    assert not any("<script>" in text for text in texts)


def test_steps_hold_what_there_is_so_far():
    steps = list(Drafter(searcher()).steps(Commission(PEOPLE)))
    written = [len(step.briefing.sections) for step in steps]
    assert written == sorted(written) and written[0] == 0 and written[-1] >= 4
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done == steps[-1].total


def test_old_sources_plans_and_faults_are_cautioned():
    kinds = {c.kind for c in drafted(COMPARED).cautions}
    assert {"old", "plan", "year"} <= kinds
    assert "suspect" in {c.kind for c in drafted(BUDGET).cautions}
    for caution in drafted(COMPARED).cautions:
        assert set(caution.citations) <= {c.n for c in drafted(COMPARED).citations}


def test_style_changes_ends_and_no_number():
    plain, polite = drafted(COMPARED), drafted(COMPARED, style="desumasu")
    assert any("ます。" in s.text or "です。" in s.text for s in polite.statements)
    for a, b in zip(plain.statements, polite.statements, strict=True):
        assert re.findall(r"\d[\d,.]*", a.text) == re.findall(r"\d[\d,.]*", b.text)
        assert a.text[: len(a.text) // 2] == b.text[: len(a.text) // 2]


def test_json_and_markdown_hold_all():
    briefing = drafted(COMPARED)
    raw = json.loads(json.dumps(briefing.to_json(), ensure_ascii=False))
    assert len(raw["citations"]) == len(briefing.citations) and raw["citations"][0]["quote"]
    text = markdown(briefing)
    for statement in briefing.statements:
        assert statement.text.replace("|", "\\|") in text
    assert sorted(set(map(int, re.findall(r"\[\^(\d+)\](?!:)", text)))) == sorted(map(int, re.findall(r"^\[\^(\d+)\]:", text, re.M))) == [c.n for c in briefing.citations]
    assert [h for _, h in parts(briefing)] == re.findall(r"^## \d+ (.+)$", text, re.M)


def test_numbering_drops_what_nothing_cites():
    briefing = drafted(PEOPLE)
    fewer = numbered(replace(briefing, sections=briefing.sections[1:]))
    assert [c.n for c in fewer.citations] == list(range(1, len(fewer.citations) + 1))
    assert len(fewer.citations) < len(briefing.citations)


@pytest.mark.parametrize(("topic", "short"), [("韓国自治体のデジタル人材育成の動向", "韓国自治体のデジタル人材育成"), ("光州市のAI政策について", "光州市のAI政策"), ("動向", "動向")])
def test_subject_of_a_topic(topic, short):
    assert subject_phrase(topic) == short


def test_extractive_briefing_is_quick():
    """Under 3 s, or, on a busy machine, no more than twenty searches take."""
    searcher().search("準備", 1)
    started = time.perf_counter()
    for n in range(3):
        searcher().search(f"デジタル人材の育成 {n}", 14)
    one = (time.perf_counter() - started) / 3
    started = time.perf_counter()
    Drafter(searcher()).draft(Commission(PEOPLE))
    assert time.perf_counter() - started < max(3.0, 20 * one)
