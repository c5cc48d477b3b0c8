"""Dates: eras, dotted forms, what is impossible, what can't be told, and the year that a text allows."""

from itertools import product

import pytest

from ingest.text.dates import document_date, mentions, with_year_of_neighbours


def iso(text: str) -> list[str]:
    """The dates of ``text`` that have a year."""
    return [m.iso for m in mentions(text) if m.iso]


def dated(text: str, kind: str = "press_release") -> tuple[str | None, str]:
    """Value and basis of the date of a document with this text."""
    found, _ = document_date(text, kind)
    return found.value, found.basis


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("平成16年10月27日(水)", ["2004-10-27"]),
        ("令和7年5月", ["2025-05"]),
        ("令和元年5月1日", ["2019-05-01"]),
        ("令和元年", ["2019"]),
        ("平成元年", ["1989"]),
        ("平成31年4月30日", ["2019-04-30"]),
        ("昭和64年1月7日", ["1989-01-07"]),
        ("昭和61年に造成", ["1986"]),
        ("大正12年9月1日", ["1923-09-01"]),
        ("明治45年7月30日", ["1912-07-30"]),
        ("令和 7 年 5 月 1 日", ["2025-05-01"]),
        ("平成１６年１０月２７日", ["2004-10-27"]),
        ("2018年5月25日", ["2018-05-25"]),
        ("2018 年 5 月", ["2018-05"]),
        ("2018年度", ["2018"]),
        ("2018年第1四半期", ["2018"]),
        ("(2019.8.20.)", ["2019-08-20"]),
        ("2025.5.21", ["2025-05-21"]),
        ("2019/8/20と2019-08-21", ["2019-08-20", "2019-08-21"]),
        ("2024年2月29日", ["2024-02-29"]),
        ("2018年5月~2019年4月", ["2018-05", "2019-04"]),
    ],
)
def test_dates_become_iso(text: str, expected: list[str]) -> None:
    assert iso(text) == expected


@pytest.mark.parametrize(
    "text",
    ["2019.13.1", "2019.2.29", "2023年2月29日", "2018年4月31日", "0月3日", "13月1日", "2月30日", "5月32日", "版 2019.8.20.1", "1.2.3", "192.168.1.10", "82-2-2133-4675", "2000人", "2019万ウォン"],
)
def test_impossible_dates_and_other_numbers_are_passed_over(text: str) -> None:
    assert list(mentions(text)) == []


@pytest.mark.parametrize("text", [pytest.param("2018年5月0日", id="day 0"), pytest.param("令和0年5月1日", id="year 0")])
def test_day_and_era_year_zero_are_impossible(text: str) -> None:
    assert list(mentions(text)) == []


def test_full_width_years_are_read() -> None:
    assert iso("２０１８年５月１日") == ["2018-05-01"]


def test_era_years_agree_with_the_law_of_eras() -> None:
    """First and last years: Meiji 1868-1912, Taisho 1912-26, Showa 1926-89, Heisei 1989-2019, Reiwa from 2019."""
    firsts = {"明治": 1868, "大正": 1912, "昭和": 1926, "平成": 1989, "令和": 2019}
    for (era, first), year in product(firsts.items(), (1, 5, 14)):
        assert iso(f"{era}{year}年3月1日") == [f"{first + year - 1}-03-01"]


@pytest.mark.parametrize("text", ["昨年5月に開いた。", "オ市長は3日(水)午後2時20分に署名した。", "20日午後2時、総会が開かれた。", "本年2月に覚書を取り交わした。", "来年度から始める。"])
def test_relative_dates_stay_unresolved(text: str) -> None:
    assert document_date(text, "press_release")[0].value is None
    assert dated(text) == (None, "unknown")


def test_a_dateline_states_the_date() -> None:
    assert dated("題名\n\n令和7年5月1日\n札幌市\n\n2019年3月1日に始めた。") == ("2025-05-01", "stated")
    assert dated("先進事例調査項目\n\n令和7年5月 CLAIR ソウル事務所\n\n2030年まで。", "report") == ("2025-05", "stated")


def test_a_report_without_a_dateline_has_no_date() -> None:
    assert dated("報告の題名\n\nソウル市は2024年5月1日に始めた取り組みを続けている。", "report") == (None, "unknown")


def test_as_of_goes_before_the_first_full_date() -> None:
    text = "市は2009年3月2日に着工した。2018年4月現在、工事はほとんど終了した。"
    assert document_date(text, "press_release")[0].quote == "2018年4月"
    assert dated(text) == ("2018-04", "inferred")


def test_the_first_full_date_dates_a_release() -> None:
    assert dated("市は2018年6月4日まで受け付け、2018年7月1日から始める。") == ("2018-06-04", "inferred")


@pytest.mark.parametrize(
    ("weekday", "year"),
    [("日", "2017"), ("月", "2018"), ("火", "2019"), ("水", "2019")],  # each year without a leap day shifts the weekday by one
)
def test_the_weekday_chooses_the_year(weekday: str, year: str) -> None:
    """25 June: Sunday in 2017, Monday in 2018, Tuesday in 2019; no named year has a Wednesday, then the latest stands."""
    text = f"6月25日({weekday})に開く。2017年、2018年、2019年の実績を踏まえる。"
    assert dated(text) == (f"{year}-06", "inferred")


def test_a_month_and_day_take_the_latest_year_of_the_text() -> None:
    assert dated("5月25日から受け付ける。2008年に20か所を指定し、2018年第1四半期には27万人に広がった。") == ("2018-05", "inferred")


@pytest.mark.parametrize("plan", ["2030年までに10万人を目標とする。", "2021年量産を目標に進める。", "2050年までEV100%転換を目標に掲げる。", "2035年以降に完成する。"])
def test_years_of_plans_date_nothing(plan: str) -> None:
    assert dated(f"市は12月3日に説明会を開いた。{plan}") == (None, "unknown")
    assert dated(f"市は12月3日に説明会を開いた。2019年の実績を踏まえる。{plan}") == ("2019-12", "inferred")


@pytest.mark.parametrize("plan", ["2030年までに10万人を目標とする。", "2021年量産を目標に進める。", "2035年以降に完成する。"])
def test_a_plan_alone_dates_nothing(plan: str) -> None:
    assert dated(f"市の計画について述べる。{plan}") == (None, "unknown")


def test_years_of_foundings_date_nothing() -> None:
    assert dated("団体は6月27日に総会を開いた。2015年から始められた事業である。") == (None, "unknown")


def test_years_elapsed_since_a_founding_give_the_year() -> None:
    assert dated("6月27日から総会が開かれた。2010年の創立当時は50の都市から出発し、7年で120に増えた。") == ("2017-06", "inferred")


@pytest.mark.parametrize(
    ("before", "mention", "after", "expected"),
    [
        ("2020-03-09", "2月29日", "2019-11", "2020-02"),  # new to old, and 2019 has no 29 February
        ("2020-02", "12月17日", "2019-11", "2019-12"),
        ("2019-11", "12月17日", "2020-02", "2019-12"),  # old to new
        (None, "3月5日", "2020-03-09", "2020-03"),
        ("2020-02", "6月17日", "2019-11", None),  # no June between
        ("2020-12", "6月17日", "2018-01", None),  # three Junes between
        (None, "6月17日", None, None),
    ],
)
def test_the_order_of_a_bundle_gives_the_year(before: str | None, mention: str, after: str | None, expected: str | None) -> None:
    (found,) = mentions(mention)
    assert with_year_of_neighbours(before, found, after).value == expected


@pytest.mark.parametrize("text", ["市は2024年3月に新しい施設を開く。2023年に計画した。", "2024年の事業である。令和６年３月に終わった。"])
def test_a_month_without_a_day_dates_a_release_by_the_month(text: str) -> None:
    found, awaiting = document_date(text, "press_release")
    assert (found.value, found.basis, awaiting) == ("2024-03", "inferred", None)


@pytest.mark.parametrize("line", ["2021年（令和３年）3月30日", "令和３年（2021年）３月30日", "2021（令和３）年３月30日"])
def test_a_dateline_in_both_ways_of_counting_years(line: str) -> None:
    assert document_date(f"実践ガイドブック\n{line}\n内閣官房\n", "report")[0].value == "2021-03-30"
