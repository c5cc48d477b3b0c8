"""The Word file: opens, its notes resolve and carry the quoted spans, headings and tables are real ones, and nothing breaks it."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from lxml import etree

from qa import texts
from qa.briefing.briefing import Briefing, BriefingSection, Commission, Statement
from qa.briefing.paper_size import PAGES
from qa.briefing.word_file import word_file
from tests.briefing_fixtures import drafted, topics
from tests.library_fixtures import run_command

TOPICS = ["ソウル市のスタートアップ・創業支援", "ソウル市と光州市の産業・雇用政策の比較", "韓国自治体のデジタル人材育成の動向", "韓国のデジタル関連予算と主要数値"]
IMPOSSIBLE = "大阪市の観光政策"
ALL = list(dict.fromkeys([*TOPICS, *topics()]))  # more than twenty
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("topic", [*ALL, IMPOSSIBLE])
def test_every_part_is_xml_and_python_docx_opens_it(topic):
    content = word_file(drafted(topic))
    for name, part in parts(content).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(part)
    document = docx.Document(io.BytesIO(content))
    styles = [p.style.name for p in document.paragraphs]
    assert "Title" in styles and "Heading 1" in styles
    assert document.core_properties.title == topic and document.core_properties.author == "調べ" and document.core_properties.language == "ja-JP"
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert "PAGE" in section.footer._element.xml


def test_there_are_papers_enough():
    assert sum(not drafted(topic).refused for topic in ALL) > 20


@pytest.mark.parametrize("topic", ALL)
def test_notes_resolve_and_carry_source_and_quote(topic):
    briefing = drafted(topic)
    if briefing.refused:
        assert "word/endnotes.xml" not in parts(word_file(briefing))
        return
    found = parts(word_file(briefing))
    assert b'PartName="/word/endnotes.xml"' in found["[Content_Types].xml"]
    assert b'Target="endnotes.xml"' in found["word/_rels/document.xml.rels"]
    notes = {n.get(f"{W}id"): "".join(n.itertext()).strip() for n in etree.fromstring(found["word/endnotes.xml"])}
    assert {"-1", "0"} <= set(notes)
    body = etree.fromstring(found["word/document.xml"])
    references = [r.get(f"{W}id") for r in body.iter(f"{W}endnoteReference")]
    assert references == [str(c.n) for c in briefing.citations]  # each once, and numbered as Word will number them
    assert set(notes) - {"-1", "0"} == set(references)
    for citation in briefing.citations:
        assert notes[str(citation.n)].startswith(texts.reference(citation))
        assert texts.quoted(citation) in notes[str(citation.n)]
    bookmarks = {b.get(f"{W}name") for b in body.iter(f"{W}bookmarkStart")}
    again = [re.search(r"NOTEREF (\S+)", code.text)[1] for code in body.iter(f"{W}instrText") if "NOTEREF" in code.text]  # type: ignore[index]
    assert set(again) <= bookmarks
    settings = etree.fromstring(found["word/settings.xml"])
    assert [n.get(f"{W}id") for n in settings.iter(f"{W}endnote")] == ["-1", "0"]
    style_ids = {s.get(f"{W}styleId") for s in etree.fromstring(found["word/styles.xml"]).iter(f"{W}style")}
    assert {"EndnoteText", "EndnoteReference"} <= style_ids


@pytest.mark.parametrize("topic", TOPICS)
def test_every_statement_has_its_notes(topic):
    briefing = drafted(topic)
    document = docx.Document(io.BytesIO(word_file(briefing)))
    paragraphs = {p.text: p for p in document.paragraphs}
    for section in briefing.sections:
        for statement in section.statements:
            holder = next(p for text, p in paragraphs.items() if statement.text in text)
            marks = len(list(holder._p.iter(qn("w:endnoteReference")))) + holder._p.xml.count("NOTEREF")
            assert marks >= len(statement.citations)


def test_tables_have_repeated_headers_descriptions_and_language():
    content = word_file(drafted(TOPICS[1]))
    document = docx.Document(io.BytesIO(content))
    assert len(document.tables) == 2
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    styles = parts(content)["word/styles.xml"].decode()
    assert 'w:eastAsia="ja-JP"' in styles and "<w:kinsoku/>" in styles and 'w:eastAsia="游明朝"' in styles


def test_figures_of_the_table_are_the_briefings():
    briefing = drafted(TOPICS[3])
    table = docx.Document(io.BytesIO(word_file(briefing))).tables[0]
    rows = [[cell.text for cell in row.cells[:4]] for row in table.rows]
    for figure in briefing.figures:
        assert [figure.item, figure.value, figure.unit, figure.as_of] in rows


def test_text_that_xml_cannot_hold_and_markup_stay_harmless():
    evil = "悪い\x00文\x0b<w:t>&amp;]]>\ud800。"
    section = BriefingSection("points", "要点", (Statement(evil, ()),))
    content = word_file(Briefing(Commission(evil), "2026-01-01", sections=(section,)))
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(content)).paragraphs)
    assert "悪い文<w:t>&amp;]]>。" in text


def test_long_lists_of_citations_are_numbered_in_order():
    briefing = drafted(TOPICS[0])
    merged = replace(briefing.sections[0], statements=tuple(replace(s, citations=tuple(c.n for c in briefing.citations)) for s in briefing.sections[0].statements[:1]))
    content = word_file(replace(briefing, sections=(merged,), figures=(), comparison=None, cautions=()))
    references = [int(r.get(f"{W}id")) for r in etree.fromstring(parts(content)["word/document.xml"]).iter(f"{W}endnoteReference")]
    assert references == sorted(references) and len(references) == len(briefing.citations)


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "starts"), [(".docx", b"PK"), (".md", "# 韓国".encode()), (".json", b"{")])
def test_command_writes_each_format(suffix, starts, tmp_path):
    from tests.library_fixtures import real_home

    target = tmp_path / f"b{suffix}"
    asked = "自治体のデジタル関連予算はどのように編成されているか"
    done = run_command("qa", "brief", TOPICS[3], "--question", asked, "--out", target, home=real_home())
    assert done.returncode == 0, done.stderr
    assert target.read_bytes().startswith(starts)
    assert f"問い1: {asked}" in done.stderr
    assert "できあがりました" in done.stderr and "数値" in done.stdout
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("arguments", "said"), [(("主題", "--out", "x.pdf"), "拡張子"), (("  ", "--out", "x.docx"), "主題が空"), (("主題", "--out", "no/such/x.md"), "フォルダー"), (("主題",), "引数")])
def test_wrong_calls_are_told_in_one_line(arguments, said, tmp_path):
    done = run_command("qa", "brief", *arguments, home=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> dict[tuple[str, str], list[str]]:
    """The pages of every paper as LibreOffice sets them, without white space, by topic and length."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("papers")
    papers = {(topic, "1page"): drafted(topic) for topic in [*ALL, IMPOSSIBLE]} | {(topic, "3pages"): drafted(topic, "3pages") for topic in [*TOPICS, *topics()[::3]]}
    for n, briefing in enumerate(papers.values()):
        (folder / f"{n}.docx").write_bytes(word_file(briefing))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, folder.glob("*.docx"))]
    subprocess.run(command, check=True, capture_output=True, timeout=500)
    pages = {}
    for n, key in enumerate(papers):
        with pypdfium2.PdfDocument(folder / f"{n}.pdf") as document:
            pages[key] = [re.sub(r"\s", "", page.get_textpage().get_text_range()) for page in document]
    return pages


@pytest.mark.slow
def test_libreoffice_opens_all_of_them_with_their_notes(printed):
    opened = 0
    for (topic, length), pages in printed.items():
        text, briefing = "".join(pages), drafted(topic, length)
        assert re.sub(r"\s", "", topic) in text
        for citation in briefing.citations:
            assert re.sub(r"\s", "", citation.issuer) in text and re.sub(r"\s", "", texts.quoted(citation))[:12] in text, (topic, citation)
        opened += not briefing.refused
    assert opened > 20


@pytest.mark.slow
def test_papers_keep_to_their_pages_and_only_notes_run_over(printed):
    """LibreOffice begins the endnotes on a page of their own: all pages before it are the paper."""
    for (topic, length), pages in printed.items():
        if not drafted(topic, length).refused:
            last = max(i for i, page in enumerate(pages) if re.search(r"\d出典", page))
            assert last < PAGES[length], (topic, length, last + 1)
