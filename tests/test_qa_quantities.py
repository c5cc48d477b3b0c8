"""Numbers as they stand in Japanese, Korean and English text, worked out by hand."""

from decimal import Decimal

import pytest

from qa.checks.quantities import Quantity, fold, number_value, quantities
from qa.checks.units import compatible, unit_of


def only(text: str) -> Quantity:
    found = quantities(fold(text))
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    "text, value, unit",
    [
        ("5万7,689人", "57689", "人"), ("57,689名", "57689", "人"), ("5만 7,689명", "57689", "人"), ("57,689 people", "57689", "人"), ("57,689 foreign residents", "57689", "人"),
        ("8,213億ウォン", "821300000000", "ウォン"), ("17万9,437百万ウォン", "179437000000", "ウォン"), ("179,437百万ウォン", "179437000000", "ウォン"), ("821.3 billion won", "821300000000", "ウォン"),
        ("98%", "98", "%"), ("98パーセント", "98", "%"), ("98\uff05", "98", "%"), ("\uff19\uff18\uff05", "98", "%"), ("98퍼센트", "98", "%"), ("98 percent", "98", "%"), ("3割", "30", "%"),
        ("1億2,000万円", "120000000", "円"), ("11 億 2,000 万ウォン", "1120000000", "ウォン"), ("5億3千万円", "530000000", "円"), ("1兆ウォン", "1000000000000", "ウォン"), ("50만원", "500000", "ウォン"), ("$5 million", "5000000", "ドル"),
        ("三つ", "3", "つ"), ("十二か所", "12", "か所"), ("3.5倍", "3.5", "倍"), ("6か月", "6", "か月"), ("6개월", "6", "か月"), ("64万㎡", "640000", "㎡"), ("25 カ国", "25", "か国"), ("136개 사", "136", "社"), ("eight companies", "8", "社"),
    ],
)  # fmt: skip
def test_value_and_unit(text: str, value: str, unit: str) -> None:
    assert (only(text).low, only(text).unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    "text, qualifier",
    [
        ("約100人", "about"), ("약 100명", "about"), ("about 100 people", "about"), ("100人程度", "about"), ("100人以上", "at least"), ("100명 이상", "at least"), ("at least 100 people", "at least"), ("最低3回", "at least"),
        ("100人以下", "at most"), ("最大100人", "at most"), ("up to 100 people", "at most"), ("6か月以内", "at most"), ("100人未満", "below"), ("100人を超える", "above"), ("300社余り", "some more"), ("300여 개사", "some more"), ("30余り人", "some more"),
    ],
)  # fmt: skip
def test_qualifiers_are_kept_apart(text: str, qualifier: str) -> None:
    assert only(text).qualifiers == {qualifier}


@pytest.mark.parametrize("text, low, high", [("10~49人", "10", "49"), ("10〜49人", "10", "49"), ("約 5,000 億~1 兆ウォン", "500000000000", "1000000000000"), ("25歳~34歳", "25", "34"), ("45~85%", "45", "85"), ("5~10億ウォン", "500000000", "1000000000"), ("3-5 years", "3", "5")])
def test_ranges(text: str, low: str, high: str) -> None:
    assert (only(text).low, only(text).high) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["第4回", "제4회", "4th", "3番目", "4回目", "世界3位"])
def test_ordinals(text: str) -> None:
    assert only(text).ordinal


@pytest.mark.parametrize("text, values", [("34\t36", ["34", "36"]), ("1,342", ["1342"]), ("1,500万円と1,200万円", ["15000000", "12000000"]), ("5G対応の3社", ["3"]), ("SMG344", []), ("EV100%", ["100"]), ("1:1", ["1", "1"]), ("20/47/21", ["20", "47", "21"]), ("注20,81,22", ["20", "81", "22"])])
def test_a_number_is_read_whole(text: str, values: list[str]) -> None:
    assert [q.low for q in quantities(fold(text))] == [Decimal(v) for v in values]


def test_folding_keeps_every_offset() -> None:
    text = "\uff11\uff12㎡〜㈱ｱ\uff05"
    assert len(fold(text)) == len(text)
    assert fold(text) == "12㎡~㈱ア%"


def test_decimals_stay_exact() -> None:
    assert number_value("0.1")[0] + number_value("0.2")[0] == number_value("0.3")[0]
    assert number_value("8.7億")[0] == Decimal("870000000")


@pytest.mark.parametrize("a, b, same", [("名", "人", True), ("명", "people", True), ("カ所", "か所", True), ("곳", "places", True), ("원", "won", True), ("人", "社", False), ("ウォン", "円", False), ("%", "倍", False), ("か月", "years", False), ("件", "台", False)])
def test_units_across_languages(a: str, b: str, same: bool) -> None:
    assert (unit_of(a) == unit_of(b) or compatible(unit_of(a), unit_of(b))) is same
