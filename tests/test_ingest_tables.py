"""Tables: every cell with its offsets, row and column headings, unit; also where headings have several levels."""

import pytest
from library_fixtures import corpus_documents, read, report

from ingest.document import Cell, Document, Table, normalize


def table_with(stretch: str, document: Document | None = None) -> Table:
    """The table that holds ``stretch``."""
    document = document or report()
    (found,) = [t for t in document.tables if stretch in document.text[t.start : t.end]]
    return found


def cell(text: str, document: Document | None = None) -> Cell:
    """The only cell with this text."""
    (found,) = [c for t in (document or report()).tables for c in t.cells if c.text == text]
    return found


def plain(path: tuple[str, ...]) -> tuple[str, ...]:
    """Headings without the blanks of broken lines."""
    return tuple(normalize(name) for name in path)


def made(table: str, above: str = "次の表に示す。") -> Document:
    """A document with one table."""
    (document,) = read(f"表のある文書の題名\n\n{above}\n\n{table}\n", kind="press_release")
    return document


def test_every_cell_is_a_stretch_of_its_document() -> None:
    cells = [(d, c) for d in corpus_documents() for t in d.tables for c in t.cells]
    assert len(cells) > 200
    assert [c.text for d, c in cells if d.text[c.start : c.end] != c.text] == []


def test_the_report_has_its_eleven_tables_and_the_releases_none() -> None:
    assert {d.source: len(d.tables) for d in corpus_documents() if d.tables} == {report().source: 11}
    for table in report().tables:
        assert "\t" in report().text[table.start : table.end]
        assert table.start < table.header_end < table.end


WIFI = [  # group, place, number: as the page of the report shows them
    ((), "合計", "34,363"),
    (("固定型(25315台)", "室外型(12080台)"), "主要距離", "4,414"),
    (("固定型(25315台)", "室外型(12080台)"), "伝統市場", "838"),
    (("固定型(25315台)", "室外型(12080台)"), "公園・河川", "4,156"),
    (("固定型(25315台)", "室外型(12080台)"), "バス停留所", "2,672"),
    (("固定型(25315台)", "室内型(12901台)"), "文化観光", "2,134"),
    (("固定型(25315台)", "室内型(12901台)"), "福祉施設", "4,889"),
    (("固定型(25315台)", "室内型(12901台)"), "公共機関", "6,212"),
    (("移動型(9048台)",), "市内バス", "7,380"),
    (("移動型(9048台)",), "マウルバス(コミュニティー・バス)", "1,668"),
]


@pytest.mark.parametrize(("group", "place", "number"), WIFI)
def test_wifi_table_has_headings_of_three_levels(group: tuple[str, ...], place: str, number: str) -> None:
    found = cell(number)
    assert plain(found.column_path) == (*group, place)
    assert found.unit == "台"


def test_the_numbers_of_the_wifi_table_prove_the_grouping() -> None:
    """12,080 outdoors, 9,048 on the move: the sums that the headings state; 13,235 indoors, where they state 12,901."""
    def total(kind: str) -> int:
        return sum(int(n.replace(",", "")) for group, _, n in WIFI if any(name.startswith(kind) for name in group))

    assert (total("室外型"), total("移動型"), total("室内型")) == (12_080, 9_048, 13_235)
    assert total("固定型") == 25_315 and total("固定型") + total("移動型") == 34_363


def test_wifi_table_knows_its_date_and_what_introduces_it() -> None:
    table = table_with("7,380")
    assert (table.unit, table.as_of) == ("台", "2025-05-31")
    assert "【表 3】公共 Wi-Fi 設置地域数 (ソウル特別市)" in table.introduction


def test_a_stated_total_that_does_not_add_up_is_suspect() -> None:
    (found,) = [s for s in report().suspicions if "12,901" in report().text[s.start : s.end]]
    assert "13,235" in found.reason


COMPLAINTS = {
    "ホームページ": ("51,681", "52,352", "70,629"),
    "電話": ("460,715", "591,784", "566,444"),
    "メッセージ": ("415,784", "512,705", "510,636"),
    "モバイルアプリ": ("817,264", "902,686", "880,567"),
    "国民シンムンゴ(対国民オンライン窓口)": ("232,885", "156,527", "180,270"),
    "その他": ("402,275", "478,417", "489,391"),
}


@pytest.mark.parametrize("channel", COMPLAINTS)
def test_complaints_by_channel_and_year(channel: str) -> None:
    for year, number in zip(("2022年", "2023年", "2024年"), COMPLAINTS[channel], strict=True):
        found = cell(number)
        assert (plain(found.row_path), plain(found.column_path), found.unit) == ((channel,), (year,), "件")


def test_debris_above_the_complaints_is_no_heading() -> None:
    assert not any("14" in name for c in table_with("817,264").cells for name in c.column_path)


@pytest.mark.parametrize(
    ("item", "amount", "share"),
    [("情報サービスの安定的な運営", "52,355", "29.2"), ("情報システムの運営高度化のための行政効率性の向上", "9,855", "5.5"), ("財務活動", "1", "0.0"), ("合計", "179,437", "100")],
)
def test_budget_of_seouls_digital_bureau(item: str, amount: str, share: str) -> None:
    table = table_with("179,437")
    row = [c for c in table.cells if plain(c.row_path) == (item,)]
    assert [(c.text, normalize(c.column_path[-1]), c.unit) for c in row] == [(amount, "金額(百万ウォン)", "百万ウォン"), (share, "比率(%)", "%")]


def test_budget_of_the_country_is_in_won() -> None:
    found = cell("8,213 億")
    assert plain(found.row_path) == ("行政安全部「デジタル政府」",)
    assert plain(found.column_path) == ("2025年度予算額(ウォン)",)
    assert found.unit == "ウォン"
    assert {c.unit for c in table_with("8,213 億").cells if plain(c.column_path) == ("重点配分",)} == {None}


def test_ranges_and_estimates_keep_their_unit() -> None:
    assert {t: cell(t).unit for t in ("3~4 兆", "約 1,000 億未満", "約 5,000 億~1 兆", "80 億 (20/20/40)")} == dict.fromkeys(("3~4 兆", "約 1,000 億未満", "約 5,000 億~1 兆", "80 億 (20/20/40)"), "ウォン")


@pytest.mark.parametrize("text", ["5割 (1,222個(2014年)→627個(2024年) に統合)", "20,000件(2024年~2026年度の目標)", "8,081 件", "120%"])
def test_a_cell_that_shows_its_unit_gets_no_other(text: str) -> None:
    assert cell(text).unit is None


def test_rows_behind_a_page_break_belong_to_the_table() -> None:
    """The table of Seoul's indicators goes on behind a blank line with the row that begins "tot 1 November today"."""
    table = table_with("公共 Wi-Fi 設置地域数\t")
    assert {"【表 1】参照", "【表 3】参照", "8,081 件"} <= {c.text for c in table.cells}
    assert plain(cell("【表 3】参照").column_path) == ("ソウル特別市直近の統計",)
    assert "tot 1 November today" not in {name for c in table.cells for name in c.row_path}


def test_rows_with_two_labels_have_both() -> None:
    found = cell("129% (263,206/ 203,977)")
    assert plain(found.row_path)[-1] == "実績" and plain(found.column_path) == ("2022年",)
    assert [c.text for c in table_with("49.3%").cells if c.row_path[-1:] == ("目標",) and not c.is_label] == ["120%", "130%", "131%", "132%", "133%"]


def test_a_table_of_words_has_its_first_column_as_labels() -> None:
    found = cell("統合窓口処理率")
    assert (plain(found.row_path), found.column_path, found.unit) == (("デジタル窓口サービス",), ("国の指標",), None)


def test_a_simple_table() -> None:
    document = made("区分\t2022年\t2023年\n甲\t1,234\t5.5\n乙\t-\t8")
    assert [(c.text, c.row_path, c.column_path, c.is_label) for c in document.tables[0].cells] == [
        ("甲", (), ("区分",), True), ("1,234", ("甲",), ("2022年",), False), ("5.5", ("甲",), ("2023年",), False),
        ("乙", (), ("区分",), True), ("-", ("乙",), ("2022年",), False), ("8", ("乙",), ("2023年",), False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("above", "heading", "unit"),
    [("単位: 人", "人数", "人"), ("単位\uff1a千円", "費用", "千円"), ("概況を示す。", "面積(㎡)", "㎡"), ("単位: 人", "割合(%)", "%"), ("概況を示す。", "費用(2024年)", None), ("概況を示す。", "氏名(敬称略)", None)],
)
def test_unit_comes_from_the_heading_or_the_note_above(above: str, heading: str, unit: str | None) -> None:
    assert cell("1,234", made(f"区分\t{heading}\n甲\t1,234", above)).unit == unit


@pytest.mark.parametrize(("above", "as_of"), [("(2024年3月31日現在)", "2024-03-31"), ("25.05.31 時点", "2025-05-31"), ("令和の統計", None), ("2023年12月現在", "2023-12")])
def test_date_of_a_table(above: str, as_of: str | None) -> None:
    assert made("区分\t値\n甲\t1\n乙\t2", above).tables[0].as_of == as_of


def test_merged_headings_are_placed_by_their_totals() -> None:
    """3 + 4 = 7 belongs to the first group, 10 + 20 + 30 = 60 to the second, wherever the tabs put the names."""
    document = made("\t国内(7人)\t\t\t国外(60人)\t\n合計\t東\t西\t南\t北\t中\n67\t3\t4\t10\t20\t30")
    found = {c.text: c.column_path for c in document.tables[0].cells}
    assert [found[n] for n in ("3", "4")] == [("国内(7人)", "東"), ("国内(7人)", "西")]
    assert [found[n] for n in ("10", "20", "30")] == [("国外(60人)", "南"), ("国外(60人)", "北"), ("国外(60人)", "中")]
    assert not document.suspicions


def test_headings_of_two_levels_with_an_empty_corner() -> None:
    document = made("区分\t2022年\t\t2023年\t\n\t男\t女\t男\t女\n甲\t1\t2\t3\t4\n乙\t5\t6\t7\t8")
    assert cell("6", document).column_path == ("2022年", "女")
    assert cell("3", document).column_path == ("2023年", "男")


def test_a_label_of_merged_rows_counts_for_all_of_them() -> None:
    document = made("区分\t\t2022年\t2023年\n東部\t男\t1\t2\n\t女\t3\t4\n西部\t男\t5\t6\n\t女\t7\t8")
    assert cell("5", document).row_path == ("西部", "男")
    assert cell("8", document).row_path == ("西部", "女")


@pytest.mark.parametrize("table", ["甲\t1", "\t\t\n\t\t", "甲\t\t乙\n丙", "\t値\n甲\t1\t2\t3", "a\tb\tc\nd\te\tf", "1\t2\n3\t4"])
def test_odd_tables_do_not_break(table: str) -> None:
    document = made(table)
    assert all(document.text[c.start : c.end] == c.text for t in document.tables for c in t.cells)
