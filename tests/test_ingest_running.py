"""Page numbers and running heads are left out and recorded; what says something of its page stays."""

from pdf_fixtures import Draw, lines, pdf, together

from ingest.pdf.pdf import read_pdf
from ingest.pdf.running import without_running

BODY = ["本文の一行目がここにある。", "本文の二行目がここにある。"]


def kept(*pages: Draw) -> list[tuple[list[str], list[tuple[str, str]]]]:
    """For each page the lines that stay and those left out with the reason."""
    return [([line.text for line in k.page.lines], [(o.text, o.reason) for o in k.left_out]) for k in without_running(read_pdf(pdf(*pages), "a.pdf").pages)]


def at_top(text: str) -> Draw:
    """A line at the page's upper edge."""
    return lines([text], top=810)


def at_bottom(text: str) -> Draw:
    """A line at the page's lower edge."""
    return lines([text], top=30)


def test_page_numbers_are_left_out_wherever_they_begin() -> None:
    found = kept(*(together(lines(BODY), at_bottom(f"- {n} -")) for n in (82, 83, 84)))
    assert found == [(BODY, [(f"- {n} -", "page_number")]) for n in (82, 83, 84)]


def test_the_number_of_a_single_page_is_left_out_only_if_it_fits() -> None:
    assert kept(together(lines(BODY), at_bottom("1"))) == [(BODY, [("1", "page_number")])]
    assert kept(together(lines(BODY), at_bottom("2019"))) == [([*BODY, "2019"], [])]


def test_figures_that_do_not_run_with_the_pages_stay() -> None:
    assert [left for _, left in kept(*(together(lines(BODY), at_bottom(f"計 {n}")) for n in (12, 40, 7)))] == [[], [], []]


def test_a_running_head_stays_once() -> None:
    found = kept(*[together(at_top("第１章 酒類販売管理者"), lines(BODY))] * 4)
    assert [left for _, left in found] == [[], *[[("第１章 酒類販売管理者", "running_head")]] * 3]
    assert found[0][0] == ["第１章 酒類販売管理者", *BODY]


def test_what_stands_on_a_page_here_and_there_stays() -> None:
    """The name of the ministry in charge, on three slides of nine."""
    pages = [together(at_top("デジタル庁" if n in (0, 4, 8) else "甲乙丙丁戊己庚辛壬"[n] + "省"), lines(BODY)) for n in range(9)]
    assert all(not left for _, left in kept(*pages))


def test_lines_within_the_page_are_never_taken_for_running_ones() -> None:
    assert all(not left for _, left in kept(*[lines(BODY, top=500)] * 5))
