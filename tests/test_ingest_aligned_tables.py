"""Unruled tables: told by names and figures that stand straight below each other; running text, lists and contents stay lines."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pdf_fixtures import FONT, Draw, lines, pdf, together
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Document
from ingest.documents import read_documents
from ingest.formats.formats import FileData, read_here
from ingest.sources import Source

INTRO = lines(["市立図書館の利用状況は次の表のとおりである。"], top=780)


def placed(rows: Sequence[Sequence[tuple[float, str]]], top: float = 700, size: float = 11, pitch: float = 18, by_column: bool = False, right: bool = False) -> Draw:
    """Words at their places, row by row or column by column as some programs write them; with ``right`` all but the first end there."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, size)
        cells = [(n, x, word) for n, row in enumerate(rows) for x, word in row]
        for n, x, word in sorted(cells, key=lambda c: c[1]) if by_column else cells:
            (canvas.drawRightString if right and x > 100 else canvas.drawString)(x, top - n * pitch, word)

    return draw


def read(*parts: Draw) -> Document:
    (document,) = read_documents(Source(Path("a.pdf"), "a.pdf", kind="report"), read_here(FileData("a.pdf", pdf(together(*parts)))))
    return document


def said(document: Document) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    return [(c.row_path, c.column_path, c.text) for table in document.tables for c in table.cells if not c.is_label]


ROWS = [
    [(72, "図書館"), (260, "2022年度"), (380, "2023年度"), (500, "増減率")],
    [(72, "中央図書館"), (260, "1,204,331冊"), (380, "1,310,002冊"), (500, "8.8%")],
    [(72, "北図書館"), (260, "98,120冊"), (380, "97,003冊"), (500, "▲1.1%")],
    [(72, "移動図書館"), (260, "3,400冊"), (380, "－"), (500, "－")],
]


@pytest.mark.parametrize("by_column", [False, True])
@pytest.mark.parametrize("right", [False, True])
def test_figures_stand_under_their_headings(by_column: bool, right: bool) -> None:
    document = read(INTRO, placed(ROWS, by_column=by_column, right=right))
    assert len(document.tables) == 1 and "利用状況は次の表のとおりである。" in document.text
    assert said(document)[:3] == [(("中央図書館",), ("2022年度",), "1,204,331冊"), (("中央図書館",), ("2023年度",), "1,310,002冊"), (("中央図書館",), ("増減率",), "8.8%")]
    assert (("北図書館",), ("増減率",), "▲1.1%") in said(document) and len(said(document)) == 9


def test_headings_over_several_columns_reach_over_them() -> None:
    rows = [[(230, "貸出冊数"), (430, "来館者数")], [(72, "名称"), (190, "2022年度"), (280, "2023年度"), (390, "2022年度"), (480, "2023年度")]]
    rows += [[(72, name), (190, f"{n}20冊"), (280, f"{n}30冊"), (390, f"{n}40人"), (480, f"{n}50人")] for n, name in enumerate(("中央館", "北館", "南館"), 1)]
    document = read(INTRO, placed(rows))
    wanted = [("貸出冊数", "2022年度"), ("貸出冊数", "2023年度"), ("来館者数", "2022年度"), ("来館者数", "2023年度")]
    assert [(c[0], c[1]) for c in said(document)[:4]] == [(("中央館",), path) for path in wanted]


def test_a_list_of_names_and_telephone_numbers_is_a_table_without_headings() -> None:
    document = read(INTRO, placed([[(72, f"{place}図書館 総務課"), (300, f"011-642-54{n:02}")] for n, place in enumerate(("東", "西", "南", "北"))]))
    assert said(document)[0] == (("東図書館 総務課",), (), "011-642-5400") and len(said(document)) == 4


NO_TABLES = {
    "contents": [[(72, "はじめに"), (500, "1")], [(72, "図書館の現状"), (500, "3")], [(72, "図書館の将来"), (500, "12")]],
    "leaders": [[(72, "はじめに ..........."), (300, "1,000")], [(72, "図書館の現状 ........"), (300, "2,000")], [(72, "図書館の将来 .........."), (300, "3,000")]],
    "names": [[(72, "山田太郎"), (200, "札幌市図書館協会 理事")], [(72, "佐藤花子"), (200, "北海道大学 教授")], [(72, "鈴木一"), (200, "札幌市 課長")]],
    "two rows": ROWS[1:3],
    "ragged": [[(72, "中央図書館"), (260, "31冊")], [(72, "北図書館"), (390, "97冊")], [(72, "移動図書館"), (310, "3,400冊")], [(72, "南図書館"), (470, "3冊")]],
}


@pytest.mark.parametrize("rows", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_stays_lines(rows: list[list[tuple[float, str]]]) -> None:
    document = read(INTRO, placed(rows))
    assert not document.tables and all(word in document.text for row in rows for _, word in row)
