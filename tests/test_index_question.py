"""What a question asks for, and whether a passage shows something of the kind."""

import pytest

from index.question import Need, need_of, years_named


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("創業保育空間の電話番号は?", "contact"), ("メールアドレスを教えて", "contact"), ("どこに問い合わせればよいですか", "contact"), ("연락처를 알려 주세요", "contact"), ("What is the phone number?", "contact"),
        ("発展基金はいくらですか", "money"), ("デジタル都市局の予算額は?", "money"), ("얼마입니까?", "money"), ("How much is the grant?", "money"),
        ("総会はいつ開かれましたか", "date"), ("申込の締切は", "date"), ("覚書を交わした日は?", "date"), ("協会の発足日は", "date"), ("언제 열렸습니까?", "date"), ("When was it opened?", "date"),
        ("何時に始まりますか", "time"), ("バス停留所に何台ありますか", "count"), ("参加した人数は?", "count"), ("How many schools took part?", "count"), ("몇 대 있습니까?", "count"),
        ("初代代表理事は誰ですか", "person"), ("누구입니까?", "person"), ("どこで開かれましたか", "place"), ("Where is it?", "place"), ("어디에 있습니까?", "place"),
        ("4大戦略を列挙してください", "list"), ("どのような支援がありますか", "list"), ("スマートポールとは何ですか", "definition"), ("現場登録もできますか?", "yesno"),
    ],
)  # fmt: skip
def test_kinds_of_questions(question: str, kind: str) -> None:
    assert kind in need_of(question).asked


@pytest.mark.parametrize("text", ["札幌テクノパーク", "マゴクの産業団地について", "", "ぷょぷょ"])
def test_a_topic_asks_for_nothing_in_particular(text: str) -> None:
    assert need_of(text).asked == ()
    assert not need_of(text).shown_by("電話 011-211-2372、2004年10月27日、約580億ウォン、72台")


@pytest.mark.parametrize(
    ("question", "shown", "not_shown"),
    [
        ("電話番号は?", "電話 211-2372", "電車で行く"),
        ("いくらですか", "約580億ウォン", "五百社"),
        ("いつですか", "10月27日に開く", "午後に開く"),
        ("何時ですか", "午前10時30分", "午前の部"),
        ("誰ですか", "パク・グァンテ前市長", "団体の活動"),
        ("何台ですか", "7,380台", "7,380人"),
        ("何社ですか", "34社の企業", "34人の企業家"),
    ],
)
def test_a_passage_shows_what_is_asked_for(question: str, shown: str, not_shown: str) -> None:
    assert need_of(question).shown_by(shown)
    assert not need_of(question).shown_by(not_shown)


def test_things_are_counted_by_the_word_that_is_asked_with() -> None:
    need = need_of("灯台文庫の蔵書は何冊ですか")
    assert need.shows("count", "蔵書:2万1,300冊") and not need.shows("count", "来館者数: 48,210人")


@pytest.mark.parametrize(("text", "years"), [("平成16年と2024年度の差", {2004, 2024}), ("2023년 전화 민원", {2023}), ("2,018件の申請", set()), ("2000人が参加した", set()), ("in 2017?", {2017})])
def test_years_that_are_named(text: str, years: set[int]) -> None:
    assert years_named(text) == years


def test_a_heading_shows_a_value_by_more_than_its_number() -> None:
    need = need_of("情報コーナーの広さはどれくらいですか")
    assert need.shows_value("(1)情報コーナー(50㎡)") and not need.shows_value("(1)情報コーナー")


def test_full_width_writing_makes_no_difference() -> None:
    assert need_of("\uff28\uff4f\uff57 \uff4d\uff41\uff4e\uff59 people?").asked == need_of("How many people?").asked
    assert need_of("いくら\uff1f") == need_of("いくら?")


def test_nothing_asked_is_shown_by_nothing() -> None:
    assert not Need(()).shown_by("2018年5月25日")
