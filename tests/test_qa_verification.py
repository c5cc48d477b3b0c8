"""Checks against spans: what holds, what doesn't, and why, on documents written for the case and on the corpus."""

import pytest
from library_fixtures import read

from ingest.document import Document
from qa.answer import Check
from qa.checks.verification import Evidence, checks, holds

FAIR = "就職博覧会の結果\n\n2018年5月25日\n\nソウル市は、2017年の博覧会に韓国企業63社と求職者2,120人が参加し、65人が就職したと発表した。釜山市では約30人以上が就職した。\n\n来年は70社の参加を目標としている。利用料は1,200万円未満である。\n\n会場は大田(テジョン)広域市に開設する計画である。\n"
TABLE = "交通\n\n単位: 台\n区分\t2023年\t2024年\n市内バス\t7,380\t7,400\n地下鉄\t1,668\t1,700\n"


def document(text: str) -> Document:
    return read(text, kind="press_release", issuer="ソウル特別市")[0]


def against(text: str, quote: str, sentence: str) -> tuple[Check, ...]:
    made = document(text)
    start = made.text.index(quote)
    segment = next(s for s in made.segments if s.start <= start < s.end)
    return checks(sentence, [Evidence(1, made, segment.start, segment.end)])


def failed(found: tuple[Check, ...]) -> set[str]:
    return {c.kind for c in found if not c.found}


@pytest.mark.parametrize(
    "sentence",
    [
        "2017年の博覧会には63社が参加し、65人が就職した。", "ソウル市の発表では、求職者2120名が参加した。", "2017년 박람회에는 63개 사가 참가했다.", "서울시는 65명이 취업했다고 발표했다.",
        "In 2017, 63 companies and 2,120 people took part.", "Seoul announced that 65 people had found a job.", "平成29年の博覧会には63社が参加した。",
    ],
)  # fmt: skip
def test_true_sentences_hold_in_three_languages(sentence: str) -> None:
    found = against(FAIR, "ソウル市は", sentence)
    assert found
    assert holds(found), found


@pytest.mark.parametrize(
    "sentence, kind",
    [
        ("2017年の博覧会には64社が参加した。", "number"), ("2017年の博覧会には63人が参加した。", "number"), ("2016年の博覧会には63社が参加した。", "date"), ("釜山市は、2017年の博覧会に63社が参加したと発表した。", "name"),
        ("2017年の博覧会には63社が参加しなかった。", "direction"), ("2017年の博覧会に63社が参加する予定である。", "direction"), ("2017년 박람회에는 64개 사가 참가했다.", "number"), ("부산시는 65명이 취업했다고 발표했다.", "name"),
        ("In 2016, 63 companies took part.", "date"), ("Busan announced that 65 people had found a job.", "name"), ("2017年の博覧会に約63社が参加した。", "number"), ("2017年の博覧会に63社以上が参加した。", "number"), ("20万人が参加した。", "number"), ("2017年の博覧会に212人が参加した。", "number"),
    ],
)  # fmt: skip
def test_one_wrong_thing_is_found(sentence: str, kind: str) -> None:
    assert kind in failed(against(FAIR, "ソウル市は", sentence))


def test_an_amount_never_passes_for_another() -> None:
    assert failed(against(FAIR, "利用料は", "利用料は1,500万円未満である。")) == {"number"}
    assert failed(against(FAIR, "利用料は", "利用料は1,200万円以上である。")) >= {"number"}
    assert failed(against(FAIR, "利用料は", "利用料は1,200億円未満である。")) == {"number"}
    assert holds(against(FAIR, "利用料は", "利用料は1200万円未満である。"))


def test_target_and_result_are_told_apart() -> None:
    assert "direction" in failed(against(FAIR, "来年は", "来年は70社の参加が実績である。"))
    assert holds(against(FAIR, "来年は", "来年は70社の参加を目標としている。"))


def test_next_year_is_counted_from_the_document() -> None:
    assert holds(against(FAIR, "来年は", "2019年は70社の参加を目標としている。"))
    assert "date" in failed(against(FAIR, "来年は", "2020年は70社の参加を目標としている。"))


def test_both_forms_of_a_name_stand_for_it() -> None:
    assert holds(against(FAIR, "会場は", "会場はテジョンに開設する計画である。"))
    assert holds(against(FAIR, "会場は", "대전광역시에 개설할 계획이다."))


def test_planned_is_not_done() -> None:
    assert "direction" in failed(against(FAIR, "会場は", "会場は大田に開設した。"))


@pytest.mark.parametrize("sentence, kind", [("市内バス(2023年): 7,380台", None), ("2023年の市内バスは7,380台である。", None), ("市内バス(2024年): 7,380台", "date"), ("地下鉄(2023年): 7,380台", "name"), ("2023年の地下鉄は7,380台である。", "name"), ("市内バス(2023年): 7,380人", "number"), ("市内バス(2023年): 7,3807台", "number"), ("市内バス(2023年): 738台", "number")])
def test_a_cell_belongs_to_its_row_and_column(sentence: str, kind: str | None) -> None:
    found = against(TABLE, "市内バス", sentence)
    assert (holds(found) if kind is None else kind in failed(found)), found


def test_a_calculation_is_worked_out() -> None:
    made = document(TABLE)
    rows = [s for s in made.segments if s.kind == "row" and "バス" in made.text[s.start : s.end]]
    cited = [Evidence(1, made, rows[0].start, rows[0].end)]
    assert holds(checks("2024年 − 2023年 = 7,400台 − 7,380台 = 20台", cited))
    assert not holds(checks("2024年 − 2023年 = 7,400台 − 7,380台 = 30台", cited))


def test_a_check_tells_where_its_value_stands() -> None:
    made = document(FAIR)
    start = made.text.index("ソウル市は")
    segment = next(s for s in made.segments if s.start <= start < s.end)
    found = next(c for c in checks("求職者2120名が参加した。[1]", [Evidence(7, made, segment.start, segment.end)]) if c.kind == "number")
    assert (found.citation, found.found, found.note) == (7, True, "")
    assert found.start is not None
    assert made.text[found.start : found.end] == "2,120人"


def test_a_failed_check_says_why_in_japanese() -> None:
    (check,) = [c for c in against(FAIR, "ソウル市は", "63人が参加した。") if not c.found]
    assert check.note == "資料では単位が異なります(63社)"


def test_figures_of_two_places_are_not_exchanged() -> None:
    text = "統計\n\nソウルは500人、釜山は300人が参加した。\n"
    assert holds(against(text, "ソウルは", "釜山は300人が参加した。"))
    assert failed(against(text, "ソウルは", "ソウルは300人が参加した。")) == {"name"}


def test_figures_of_two_years_are_not_exchanged() -> None:
    text = "統計\n\n2016年は500人、2017年は300人が参加した。\n"
    assert holds(against(text, "2016年は", "2017年には300人が参加した。"))
    assert failed(against(text, "2016年は", "2016年には300人が参加した。")) == {"date"}


def test_two_spans_dont_lend_each_other_their_numbers() -> None:
    made = document("統計\n\nソウルでは500人が参加した。\n\n釜山では催しがあった。\n")
    cited = [Evidence(n, made, s.start, s.end) for n, s in enumerate((s for s in made.segments if s.kind == "sentence"), 1)]
    assert len(cited) == 2
    assert not holds(checks("釜山では500人が参加した。", cited))


def test_telephone_numbers_and_addresses_stand_as_they_are() -> None:
    text = "連絡先\n\n電話は02-2133-5356、メールは a.b@seoul.go.kr である。\n"
    assert holds(against(text, "電話は", "電話: 02-2133-5356"))
    assert not holds(against(text, "電話は", "電話: 02-2133-5357"))
    assert not holds(against(text, "電話は", "メール: a.c@seoul.go.kr"))
