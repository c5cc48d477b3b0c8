"""PowerPoint files: a slide is a page, its title a heading; lists, tables, charts and notes are kept."""

import pptx
import pytest
from library_fixtures import CORPUS
from office_fixtures import saved, slides, with_part
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from ingest.content import FileData
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats.formats import read_content
from ingest.sources import Source


def test_slides_are_pages_with_titles_lists_tables_and_notes() -> None:
    told: list[tuple[int, int]] = []
    content = read_content(FileData("a.pptx", slides()), lambda done, of: told.append((done, of)))
    assert (content.title, content.kind, content.pages, content.empty_pages, told) == ("図書館計画の概要", "report", 2, (2,), [(1, 2), (2, 2)])
    (document,) = read_documents(Source(CORPUS, "a.pptx"), content)
    assert document.text == "図書館計画の概要\n\n• 蔵書を増やす\n• 席を増やす\n\n年度\t件数\t\n令和5年度\t10件\t増\n令和6年度\t12件\t増\n\nノート\n予算は来月に話す。\n"
    assert [(c.text, c.row_path, c.column_path) for c in document.tables[0].cells if c.row == 1] == [("令和5年度", (), ("年度",)), ("10件", ("令和5年度",), ("件数",)), ("増", ("令和5年度",), ("件数",))]
    assert [page.number for page in document.pages] == [1]


def test_shapes_are_read_from_top_to_bottom() -> None:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    for top, left, text in ((3, 0, "下の文"), (1, 5, "上の右"), (1, 0, "上の左")):
        slide.shapes.add_textbox(left * 914_400, top * 914_400, 914_400, 914_400).text_frame.text = text
    lines = [line.text for line in read_content(FileData("a.pptx", saved(made))).lines if line.text]
    assert lines == ["上の左", "上の右", "下の文"]


def test_the_values_of_a_chart_are_a_table() -> None:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["令和5年度", "令和6年度"]
    data.add_series("利用者", (1200, 1500))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 5_000_000, 3_000_000, data)
    (document,) = read_documents(Source(CORPUS, "a.pptx"), read_content(FileData("a.pptx", saved(made))))
    assert [(c.text, c.row_path, c.column_path) for c in document.tables[0].cells if not c.is_label] == [("1200", ("令和5年度",), ("利用者",)), ("1500", ("令和6年度",), ("利用者",))]


@pytest.mark.parametrize("data", [slides()[:5000], with_part(slides(), "ppt/slides/slide1.xml", "<p:sld"), with_part(slides(), "ppt/presentation.xml", "")])
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^a\.pptx: "):
        read_content(FileData("a.pptx", data))


def test_slides_without_text_are_refused() -> None:
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[6])
    with pytest.raises(InputError, match="全1枚が画像のみ"):
        read_content(FileData("a.pptx", saved(made)))
