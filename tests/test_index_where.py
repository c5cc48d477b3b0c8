"""Filters: as a person writes them, dates that are only a month or a year, issuers by part of their name."""

import pytest

from index.where import Condition, matching_documents, parse_where
from ingest.errors import InputError
from ingest.library.infos import DocumentInfo


def info(id_: str, date: str | None = None, issuer: str = "ソウル特別市", kind: str = "press_release", language: str = "ja") -> DocumentInfo:
    """A document as a list shows it."""
    return DocumentInfo(id_, "題名", issuer, kind, language, date, "inferred" if date else "unknown", "a.txt", 10, 1)


INFOS = [
    info("day", "2018-05-25"), info("month", "2018-05"), info("year", "2018"), info("later", "2019-11-29", "光州広域市"), info("none"),
    info("report", "2025-05", "CLAIR ソウル事務所", "report"), info("sapporo", "2004-10-27", "札幌市"), info("korean", "2020-02", "서울특별시", language="ko"),
]  # fmt: skip


def matching(*conditions: str) -> set[str]:
    """Ids of the documents that all conditions leave."""
    return set(matching_documents(INFOS, parse_where(conditions)))


def test_conditions_are_read_as_written() -> None:
    assert parse_where(["issuer=ソウル特別市", " date >= 2018-05 ", "kind!=report"]) == (Condition("issuer", "=", "ソウル特別市"), Condition("date", ">=", "2018-05"), Condition("kind", "!=", "report"))


@pytest.mark.parametrize("text", ["", "issuer", "issuer=", "title=x", "date>2018", "date=昨年", "date>=2018/05", "date>=18-05", "issuer>=x", "kind<=report", "=x", "ISSUER=x", "date>=2018-05-25T00"])
def test_other_conditions_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="--where"):
        parse_where([text])


@pytest.mark.parametrize("text", ["date>=2018-13", "date=2018-02-30", "date=2018-00"])
def test_impossible_dates_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_where([text])


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("date>=2018-05-25", {"day", "month", "year", "later", "report", "korean"}),
        ("date>=2018-05-26", {"month", "year", "later", "report", "korean"}),
        ("date>=2018-06", {"year", "later", "report", "korean"}),
        ("date>=2019", {"later", "report", "korean"}),
        ("date<=2018-05", {"day", "month", "year", "sapporo"}),
        ("date<=2018-04", {"year", "sapporo"}),
        ("date<=2018-05-01", {"month", "year", "sapporo"}),
        ("date<=2017-12-31", {"sapporo"}),
        ("date=2018", {"day", "month", "year"}),
        ("date=2018-05", {"day", "month", "year"}),
        ("date=2018-05-25", {"day", "month", "year"}),
        ("date=2018-05-24", {"month", "year"}),
        ("date=2018-06", {"year"}),
        ("date!=2018", {"later", "report", "sapporo", "korean"}),
    ],
)
def test_a_month_and_a_year_are_their_whole_stretch(condition: str, expected: set[str]) -> None:
    """A document may match where it can't be excluded; one without a date matches no date."""
    assert matching(condition) == expected


def test_a_range() -> None:
    assert matching("date>=2018", "date<=2019") == {"day", "month", "year", "later"}
    assert matching("date>=2020", "date<=2018") == set()


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (["issuer=札幌市"], {"sapporo"}),
        (["issuer=ソウル特別市"], {"day", "month", "year", "none"}),
        (["issuer=ソウル"], {"day", "month", "year", "none", "report"}),
        (["issuer=clair ソウル事務所"], set()),
        (["issuer=CLAIRソウル事務所"], {"report"}),
        (["issuer=ＣＬＡＩＲ"], {"report"}),
        (["issuer!=ソウル"], {"later", "sapporo", "korean"}),
        (["kind=report"], {"report"}),
        (["kind!=report", "language=ja", "issuer=光州"], {"later"}),
        (["language=ko"], {"korean"}),
        (["document=day"], {"day"}),
        (["document!=day", "issuer=ソウル特別市"], {"month", "year", "none"}),
        (["kind=rep"], set()),
        (["issuer=東京都"], set()),
    ],
)
def test_other_fields(conditions: list[str], expected: set[str]) -> None:
    assert matching(*conditions) == expected


def test_no_condition_leaves_all_in_order() -> None:
    assert matching_documents(INFOS, ()) == [i.id for i in INFOS]
