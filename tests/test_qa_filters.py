"""Periods as people write them, and what a person narrows the documents to as conditions of a search."""

import pytest

from index.where import Condition, matching_documents
from ingest.errors import InputError
from ingest.library.infos import DocumentInfo
from qa.screens.filters import Filters, period_date

ISSUERS = ("甲市", "乙市", "丙市")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("", None), (" ", None), ("2018", "2018"), ("２０１８-５", "2018-05"), ("2018年5月", "2018-05"), ("2018/5/25", "2018-05-25"), ("令和7年5月", "2025-05"), ("平成16年10月27日", "2004-10-27")],
)
def test_period_is_read_as_people_write_it(typed, expected):
    assert period_date(typed) == expected


@pytest.mark.parametrize("typed", ["abc", "5月", "2018年13月", "2018-05-25まで", "18"])
def test_period_that_cannot_be_read_is_said(typed):
    with pytest.raises(InputError, match="読み取れません"):
        period_date(typed)


def test_reversed_period_is_said_but_a_year_and_its_month_are_not():
    with pytest.raises(InputError, match="終わりより後"):
        Filters.read([], [], "2019", "2018-12")
    assert Filters.read([], [], "2018-05", "2018").until == "2018"


def test_filters_find_the_chosen_issuers_and_no_others():
    infos = [DocumentInfo(str(n), "t", issuer, "press_release", "ja", "2018-05", "stated", "s", 1, 1) for n, issuer in enumerate(ISSUERS)]
    for chosen in ([], ["甲市"], ["甲市", "丙市"], list(ISSUERS)):
        conditions = Filters.read(chosen, [], "2018", "").conditions(ISSUERS)
        assert [infos[int(i)].issuer for i in matching_documents(infos, conditions)] == (chosen or list(ISSUERS))


def test_filters_in_words_and_as_conditions():
    filters = Filters.read(["甲市"], ["report"], "2018", "2019年12月")
    assert filters.summary() == "甲市 / 報告書 / 2018年から2019年12月まで"
    assert filters.conditions(ISSUERS) == [Condition("issuer", "=", "甲市"), Condition("kind", "=", "report"), Condition("date", ">=", "2018"), Condition("date", "<=", "2019-12")]
