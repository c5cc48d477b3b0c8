"""Word files: headings, lists, tables with merged cells, notes and boxes, and what is left out; then refusals in words."""

import docx
import pytest
from library_fixtures import CORPUS, SAPPORO, corpus, raw_text
from office_fixtures import part_of, saved, with_part, word

from ingest.content import Content, FileData
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats.formats import read_content, read_here
from ingest.sources import Source

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def content(data: bytes) -> Content:
    return read_here(FileData("a.docx", data))


def shown(data: bytes) -> list[str]:
    return [line.text for line in content(data).lines if line.text]


def body(xml: str) -> bytes:
    """A Word file whose body is ``xml``."""
    plain = part_of(word(), "word/document.xml")
    head = plain[: plain.index("<w:body>") + len("<w:body>")]
    return with_part(word(), "word/document.xml", f"{head}{xml}</w:body></w:document>")


def p(text: str, inside: str = "") -> str:
    return f"<w:p>{inside}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def test_structure_becomes_that_of_a_document() -> None:
    made = read_documents(Source(CORPUS, "a.docx"), content(word()))
    (document,) = made
    assert document.title == "図書館の建て替えについて" and document.issuer == "札幌市"
    assert (document.date.value, document.date.basis) == ("2024-05-01", "stated")
    assert [section.path for section in document.sections] == [(), ("概要",), ("概要", "件数")]
    assert "1. 最初の項目\n2. 次の項目\n• 入れ子の項目" in document.text
    (table,) = document.tables
    assert [(c.text, c.row_path, c.column_path, c.unit) for c in table.cells if not c.is_label][:2] == [("1", ("市内",), ("件数(件)", "男"), "件"), ("2", ("市内",), ("件数(件)", "女"), "件")]
    assert all(document.text[c.start : c.end] == c.text for c in table.cells)
    assert ("札幌市の資料", "running_head") in [(o.text, o.reason) for o in document.omissions]


def test_a_tab_beside_nothing_alike_is_no_table() -> None:
    assert "問い合わせ 011-211-2111" in shown(word())


def test_tabs_below_each_other_are_a_table() -> None:
    made = docx.Document()
    for text in ("区\t人口", "中央区\t10人", "北区\t20人"):
        made.add_paragraph(text)
    (document,) = read_documents(Source(CORPUS, "a.docx", kind="report"), content(saved(made)))
    assert [(c.text, c.column_path) for c in document.tables[0].cells if not c.is_label] == [("10人", ("人口",)), ("20人", ("人口",))]


def test_cells_that_go_on_downwards_name_all_their_rows() -> None:
    made = docx.Document()
    table = made.add_table(4, 3)
    for r, row in enumerate([["区分", "種別", "件数"], ["市内", "男", "1件"], ["", "女", "2件"], ["市外", "男", "3件"]]):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    (document,) = read_documents(Source(CORPUS, "a.docx"), content(saved(made)))
    assert [(c.text, c.row_path) for c in document.tables[0].cells if c.column == 2] == [("1件", ("市内", "男")), ("2件", ("市内", "女")), ("3件", ("市外", "男"))]


def test_deleted_text_goes_and_inserted_text_stays() -> None:
    xml = "<w:p><w:r><w:t>予算は</w:t></w:r><w:del><w:r><w:delText>一億円</w:delText></w:r></w:del><w:ins><w:r><w:t>二億円</w:t></w:r></w:ins><w:r><w:t>とする。</w:t></w:r></w:p>"
    assert shown(body(xml)) == ["予算は二億円とする。"]


def test_readings_stand_behind_their_characters() -> None:
    xml = "<w:p><w:r><w:ruby><w:rt><w:r><w:t>マゴク</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>麻谷</w:t></w:r></w:rubyBase></w:ruby></w:r><w:r><w:t>地区</w:t></w:r></w:p>"
    assert shown(body(xml)) == ["麻谷(マゴク)地区"]


def test_text_boxes_come_once_behind_their_paragraph() -> None:
    box = f"<w:txbxContent>{p('囲みの文。')}</w:txbxContent>"
    xml = f"""<w:p><w:r><w:t>本文。</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"""
    assert shown(body(xml + p("次の文。"))) == ["本文。", "囲みの文。", "次の文。"]


def test_footnotes_stand_behind_the_paragraph_that_refers_to_them() -> None:
    data = body('<w:p><w:r><w:t>人口は百万人</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>である。</w:t></w:r></w:p>' + p("次の文。"))
    data = with_part(data, "word/footnotes.xml", f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote><w:footnote w:id="2">{p("推計人口による。")}</w:footnote></w:footnotes>')
    relations = part_of(data, "word/_rels/document.xml.rels").replace("</Relationships>", '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>')
    types = part_of(data, "[Content_Types].xml").replace("</Types>", '<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>')
    data = with_part(with_part(data, "word/_rels/document.xml.rels", relations), "[Content_Types].xml", types)
    assert shown(data) == ["人口は百万人(注2)である。", "注2) 推計人口による。", "次の文。"]


def test_lines_of_a_release_with_empty_paragraphs_are_those_of_its_text() -> None:
    made = docx.Document()
    for line in raw_text(SAPPORO).split("\n"):
        made.add_paragraph(line)
    documents = read_documents(Source(CORPUS, SAPPORO, issuer="札幌市", kind="press_release"), content(saved(made)))
    assert [d.text for d in documents] == [d.text for d in corpus()[SAPPORO]]


@pytest.mark.parametrize("harm", [lambda data: data[:2000], lambda data: with_part(data, "word/document.xml", "<w:document"), lambda data: with_part(data, "[Content_Types].xml", "")])
def test_a_damaged_file_is_refused(harm: object) -> None:
    with pytest.raises(InputError, match=r"^a\.docx: .*(壊れて|ではありません)"):
        read_content(FileData("a.docx", harm(word())))  # type: ignore[operator]


def test_a_file_without_text_is_refused() -> None:
    with pytest.raises(InputError, match="読める本文がありません"):
        content(saved(docx.Document()))


def test_declarations_that_could_blow_up_or_read_files_are_refused_or_ignored() -> None:
    plain = part_of(word(), "word/document.xml")
    bomb = '<!DOCTYPE x [<!ENTITY a "あ"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    text = plain.replace("?>", f"?>{bomb}", 1).replace("札幌市は図書館を", "札幌市は&c;&b;図書館を")
    with pytest.raises(InputError):
        content(with_part(word(), "word/document.xml", text))
