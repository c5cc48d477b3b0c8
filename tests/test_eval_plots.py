"""Plots: well-formed, the same bytes for the same figures, readable without eyes and without our fonts, marks where the values are."""

import re
from xml.etree import ElementTree

import pytest

from eval.report.plots import WIDTH, Bin, Point, context_plot, dot_plot, reliability_plot

SVG = "{http://www.w3.org/2000/svg}"
BINS = [Bin(0, 0.5, 0.25, 0.2, 10), Bin(0.5, 0.75, 0.6, 0.0, 0), Bin(0.75, 1, 0.9, 0.95, 40)]
PLOTS = {
    "context": lambda title="図": context_plot(title, {"report": {"250": 0.4, "1000": 0.8, "3000": None}, "tune": {"250": 0.5}}),
    "dots": lambda title="図": dot_plot(title, ["事実(12問)", "表(8問)"], {"検索": [Point(0.75, 0.5, 1.0), None], "回答": [Point(0.5), Point(0.25, 0.2, 0.4)]}),
    "reliability": lambda title="図": reliability_plot(title, BINS),
}


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_figures_give_the_same_bytes(name: str) -> None:
    assert PLOTS[name]() == PLOTS[name]()
    assert not re.search(r"20\d\d-|[Mm]atplotlib|<\?xml|DOCTYPE", PLOTS[name]())


@pytest.mark.parametrize("name", PLOTS)
def test_text_stays_text_and_is_set_in_the_font_of_the_page(name: str) -> None:
    drawn = ElementTree.fromstring(PLOTS[name]())
    texts = ["".join(text.itertext()) for text in drawn.iter(f"{SVG}text")]
    assert texts and "font-family" not in PLOTS[name]()
    assert {"context": "読む文字数(検索結果の上から)", "dots": "事実(12問)", "reliability": "40問"}[name] in texts


@pytest.mark.parametrize(
    "name,said",
    [
        ("context", "report: 250字で40%、1,000字で80%。tune: 250字で50%"),
        ("dots", "検索: 事実(12問) 75%。回答: 事実(12問) 50%、表(8問) 25%"),
        ("reliability", "確信度25%では20%が正しい(10問)。確信度90%では95%が正しい(40問)"),
    ],
)
def test_the_figures_are_said_in_words(name: str, said: str) -> None:
    drawn = ElementTree.fromstring(PLOTS[name]("題"))
    assert drawn.get("role") == "img"
    assert (drawn.findtext(f"{SVG}title"), drawn.findtext(f"{SVG}desc")) == ("題", said)


def test_no_two_plots_of_a_page_share_an_id() -> None:
    ids = [found for n, plot in enumerate(PLOTS.values()) for found in re.findall(r' id="([^"]+)"', plot(f"図{n}"))]
    assert ids and len(ids) == len(set(ids))


def test_hostile_names_are_escaped_and_dollars_are_no_formula() -> None:
    hostile = "<script>alert(1)</script> $x^2$ \x0b&"
    drawn = dot_plot(hostile, [hostile], {hostile: [Point(0.5)], "b": [Point(0.5)]})
    texts = ["".join(text.itertext()) for text in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert texts.count("<script>alert(1)</script> $x^2$ &") == 2 and "<script" not in drawn


def test_marks_stand_where_the_values_are() -> None:
    """Of an axis from 0 to 102 % with no labels, half lies at 50/102 of its width."""
    drawn = dot_plot("図", [""], {"a": [Point(0.5, 0.1, 0.9)]})
    left, right = 12.0, WIDTH - 14
    marks = [float(x) for x in re.findall(r'<use xlink:href="#m\w+" x="([\d.]+)" y="[\d.]+" style="fill: #0072b2', drawn)]
    assert marks == [pytest.approx(left + (right - left) * 0.5 / 1.02, abs=0.01)]


def test_every_label_has_room() -> None:
    """Wide letters are one em; labels end 3.5 points and a little left of the axis."""
    label = "とても長い名前のついた種類の質問(100問)"
    drawn = ElementTree.fromstring(dot_plot("図", [label], {"a": [Point(0.9)]}))
    text = next(t for t in drawn.iter(f"{SVG}text") if t.text == label)
    assert float(text.get("x", 0)) >= (len(label) - 5 + 5 * 0.6) * 11
