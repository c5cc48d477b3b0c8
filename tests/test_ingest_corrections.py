"""Corrections are linked to what they correct, where that is named, and to nothing else."""

import pytest

from ingest.library.corrections import Candidate, corrected_by, notice_of

EARLIER = Candidate("a", "市民プールの開設について", "札幌市", "2024-05-01")
OTHERS = [EARLIER, Candidate("b", "図書館の開設について", "札幌市", "2024-05-01"), Candidate("c", "市民プールの開設について", "釧路市", "2024-05-01")]


def correction(title: str, text: str, issuer: str = "札幌市", date: str | None = "2024-05-10") -> Candidate:
    return Candidate("x", title, issuer, date, notice_of(title, text))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("「市民プールの開設について」の訂正について", "本文"),
        ("【訂正】市民プールの開設について", "本文"),
        ("市民プールの開設について(差替え)", "本文"),
        ("市民プールの開設について(差し替え版)", "本文"),
        ("お詫びと訂正", "お詫びと訂正\n\n令和6年5月1日に発表した「市民プールの開設について」に誤りがありました。"),
        ("正誤表", "正誤表\n市民プールの開設について\n誤: 300円\n正: 500円"),
        ("市民プールの開設について", "報道発表資料の訂正について\n市民プールの開設について\n料金は500円です。"),
    ],
)
def test_a_correction_is_linked_to_what_it_names(title: str, text: str) -> None:
    assert corrected_by(correction(title, text), OTHERS) == "a"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("市民プールの開設について", "札幌市は市民プールを開く。料金は条例の訂正を経て決める見込みであり、詳しくは市の窓口で確かめられるほか、ホームページにも掲載する。"),
        ("【訂正】公園の開設について", "本文"),
        ("お詫びと訂正", "お詫びと訂正\n先日の発表に誤りがありました。"),
    ],
)
def test_what_names_nothing_or_corrects_nothing_is_not_linked(title: str, text: str) -> None:
    assert corrected_by(correction(title, text), OTHERS) is None


def test_another_issuer_and_a_later_release_are_not_meant() -> None:
    assert corrected_by(correction("【訂正】市民プールの開設について", "", issuer="旭川市"), OTHERS) is None
    assert corrected_by(correction("【訂正】市民プールの開設について", "", date="2024-04-01"), OTHERS) is None


def test_of_two_of_one_title_the_one_whose_date_is_named_is_meant_and_none_without() -> None:
    two = [EARLIER, Candidate("d", EARLIER.title, "札幌市", "2023-05-01")]
    assert corrected_by(correction("【訂正】市民プールの開設について", "2023年5月1日付けの発表"), two) == "d"
    assert corrected_by(correction("【訂正】市民プールの開設について", ""), two) is None
