"""Dates and times in all the forms that people write, worked out by hand."""

import pytest

from qa.checks.days import Day, days
from qa.checks.quantities import fold


def read(text: str) -> tuple[Day, ...]:
    return days(fold(text))


@pytest.mark.parametrize("text", ["平成16年10月27日", "平成16年10月27日(水)", "2004/10/27", "2004-10-27", "2004.10.27", "2004年10月27日", "2004년 10월 27일", "2004. 10. 27.", "October 27, 2004", "Wednesday, October 27, 2004", "27 October 2004", "Oct. 27, 2004", "H16.10.27", "\uff12\uff10\uff10\uff14年10月27日"])
def test_one_day_in_every_form(text: str) -> None:
    (day,) = read(text)
    assert (day.year, day.month, day.day) == (2004, 10, 27)


@pytest.mark.parametrize("text, parts", [("2018年5月", (2018, 5, None)), ("令和元年度", (2019, None, None)), ("昭和61年", (1986, None, None)), ("May 2018", (2018, 5, None)), ("5月25日", (None, 5, 25)), ("in 2018", (2018, None, None)), ("7월", (None, 7, None)), ("2025.3時点", (2025, 3, None))])
def test_partial_dates_keep_what_is_written(text: str, parts: tuple[int | None, ...]) -> None:
    (day,) = read(text)
    assert (day.year, day.month, day.day) == parts


@pytest.mark.parametrize("text, hour, minute", [("20時", 20, 0), ("午後2時", 14, 0), ("오후 2시", 14, 0), ("2 p.m.", 14, 0), ("午前10時30分", 10, 30), ("14:05", 14, 5), ("9時半", 9, 30)])
def test_times(text: str, hour: int, minute: int) -> None:
    (time,) = read(text)
    assert (time.hour, time.minute) == (hour, minute)


@pytest.mark.parametrize("text", ["25日間", "3年間", "3時間", "6か月", "1998台", "13月1日とも", "2,018人", "1:1"])
def test_stretches_and_counts_are_no_dates(text: str) -> None:
    assert not [d for d in read(text) if d.year or d.hour is not None or d.month == 13]


def test_a_day_takes_the_month_before_it() -> None:
    first, second = read("5月24日~25日")
    assert (first.month, second.month, second.implied_month) == (5, None, 5)


def test_weekdays_are_read() -> None:
    assert [d.weekday for d in read("10月27日(水)、5月25日金曜日")] == [2, 4]
