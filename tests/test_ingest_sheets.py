"""Excel files and separated values: sheets as sections, heading rows, units, values as they are shown, formulas never run."""

import datetime

import openpyxl
import pytest
from library_fixtures import CORPUS
from office_fixtures import saved, with_part, workbook

from ingest.content import Content, FileData
from ingest.document import Document
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats import sheets
from ingest.formats.formats import read_content, read_here
from ingest.formats.shown import shown
from ingest.sources import Source


def document(content: Content) -> Document:
    (made,) = read_documents(Source(CORPUS, "a.xlsx"), content)
    return made


def values(made: Document, table: int = 0) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str | None]]:
    return [(c.text, c.row_path, c.column_path, c.unit) for c in made.tables[table].cells if not c.is_label]


def test_a_sheet_is_a_section_with_its_table() -> None:
    content = read_content(FileData("a.xlsx", workbook()))
    made = document(content)
    assert made.title == "札幌市の人口(単位:人)" and made.kind == "report"
    assert made.text.startswith("人口\n\n札幌市の人口(単位:人)\n\n区\t人口\t\t割合\n\t男\t女\t\n中央区\t111,000\t122,000\t12.5%\n")
    assert values(made)[:3] == [("111,000", ("中央区",), ("人口", "男"), "人"), ("122,000", ("中央区",), ("人口", "女"), "人"), ("12.5%", ("中央区",), ("割合",), None)]
    assert "基準日\t令和6年4月1日\t\t" in made.text
    assert content.warnings == ("シート「人口」に計算結果が保存されていない数式が 2 個あり、空欄として扱いました", "非表示のシート「控え」は読み込んでいません")


def test_blocks_of_a_sheet_are_tables_of_their_own() -> None:
    made = openpyxl.Workbook()
    for row in (["区", "人口"], ["北区", 1], [], ["注:推計による"], [], ["年", "世帯", "人"], ["令和6年", 5, 9]):
        made.active.append(row)
    read = document(read_here(FileData("a.xlsx", saved(made))))
    assert len(read.tables) == 2 and values(read, 1) == [("5", ("令和6年",), ("世帯",), None), ("9", ("令和6年",), ("人",), None)]
    assert "注:推計による" in read.text


def test_names_beside_values_need_no_headings() -> None:
    content = read_here(FileData("a.csv", "日時,2024年5月1日\n場所,市役所本庁舎\n定員,30人\n".encode()))
    assert [(c.text, c.row_path) for c in document(content).tables[0].cells if c.column == 1] == [("2024年5月1日", ("日時",)), ("市役所本庁舎", ("場所",)), ("30人", ("定員",))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_separated_values_in_their_encoding_and_dialect(encoding: str, separator: str) -> None:
    rows = [["区名", "人口(人)", "説明"], ["中央区", '"111,000"', '"一行目\n二行目"'], ["北区", "131000", "=cmd|' /C calc'!A0"]]
    text = "\n".join(separator.join(row) for row in rows)
    made = document(read_content(FileData("a.csv", text.encode(encoding))))
    assert values(made) == [
        ("111,000", ("中央区",), ("人口(人)",), "人"), ("一行目 二行目", ("中央区",), ("説明",), None), ("131000", ("北区",), ("人口(人)",), "人"), ("=cmd|' /C calc'!A0", ("北区",), ("説明",), None),
    ]  # fmt: skip
    assert made.title == "a"


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 5)
    with pytest.raises(InputError, match="表が大きすぎます"):
        read_here(FileData("a.csv", b"a,b,c\n1,2,3\n"))


def test_cells_at_the_far_end_of_a_sheet_cost_nothing() -> None:
    made = openpyxl.Workbook()
    made.active["A1"], made.active["B1"], made.active["A2"], made.active["B2"], made.active["A1048576"] = "区", "人口", "北区", 1, "終わり"
    assert read_content(FileData("a.xlsx", saved(made))).lines[-1].text == "終わり"


@pytest.mark.parametrize("data", [workbook()[:3000], with_part(workbook(), "xl/workbook.xml", "<workbook"), with_part(workbook(), "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c")])
def test_a_damaged_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^a\.xlsx: "):
        read_content(FileData("a.xlsx", data))


def test_an_empty_workbook_is_refused() -> None:
    with pytest.raises(InputError, match="読めるセルがありません"):
        read_content(FileData("a.xlsx", saved(openpyxl.Workbook())))


@pytest.mark.parametrize(("value", "number_format", "expected"), [
    (1234567, "#,##0", "1,234,567"), (1234.5, "#,##0", "1,235"), (0.125, "0.0%", "12.5%"), (-5, "#,##0;△#,##0", "△5"), (-5, "#,##0", "-5"), (7, "000", "007"), (0.1 + 0.2, "General", "0.3"),
    (1234567, '#,##0,"千円"', "1,235千円"), (2.5, "0.00", "2.50"), (3, "General", "3"), (True, "General", "TRUE"), (None, "0", ""), ("文字", "@", "文字"), (1e20, "General", "1e+20"),
    (datetime.datetime(2024, 4, 1), "yyyy/m/d", "2024/4/1"), (datetime.datetime(2024, 4, 1), 'yyyy"年"m"月"d"日"', "2024年4月1日"), (datetime.datetime(2019, 5, 1), '[$-411]ggge"年"m"月"d"日"', "令和1年5月1日"),
    (datetime.datetime(2019, 4, 30), "[$-411]ge.m.d", "H31.4.30"), (datetime.datetime(2024, 4, 1, 9, 5), "h:mm", "9:05"), (datetime.time(9, 5), "h:mm", "9:05"), (datetime.timedelta(hours=30), "[h]:mm", "30:00:00"),
    (datetime.datetime(2024, 4, 1), 'm"月"d"日"(aaa)', "4月1日(月)"),
])  # fmt: skip
def test_values_are_shown_as_the_sheet_shows_them(value: object, number_format: str, expected: str) -> None:
    assert shown(value, number_format) == expected
