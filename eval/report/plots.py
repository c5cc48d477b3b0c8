"""Plots as inline SVG: text stays text, which the browser sets in its own Japanese font, and the same figures give the same bytes.

Colours are Okabe and Ito's ("Color Universal Design", 2008), and each series has a mark and a dash of its own besides.
Each plot says its figures in a ``<desc>``, which screen readers read.
"""

import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any
from xml.sax.saxutils import escape

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

WIDTH = 360.0  # points, about the width of a telephone: wider screens enlarge the plot
SIZE = 11.0  # points
ROW = 25.0  # points for each row of a dot plot
INK, QUIET, GRID = "#1c2024", "#5a6169", "#dcd9d2"
LOOKS = (("#0072B2", "o", "-"), ("#D55E00", "s", "--"), ("#009E73", "^", ":"), ("#CC79A7", "D", "-."))
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "font.family": ["DejaVu Sans"], "font.size": SIZE, "text.parse_math": False, "text.color": INK, "axes.edgecolor": QUIET,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True, "grid.color": GRID, "grid.linewidth": 0.8,
    "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK, "axes.labelcolor": INK, "legend.frameon": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A share (0 to 1) with its 95 % interval, where that is known."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose scores lie between ``low`` and ``high``: their mean score, the share that was right, how many."""

    low: float
    high: float
    mean_score: float
    share_right: float
    count: int


Series = Mapping[str, Sequence[Point | None]]


def context_plot(title: str, curves: Mapping[str, Mapping[str, float | None]]) -> str:
    """The share of questions whose evidence is read within so many characters; ``curves`` are shares by characters, by name."""
    with rc_context(STYLE):
        figure, axes = _figure(250, left=46, top=8 + 17 * len(curves), bottom=42)
        for (name, curve), (colour, mark, dash) in zip(curves.items(), LOOKS, strict=False):
            told = {int(size): share for size, share in curve.items() if share is not None}
            axes.plot(list(told), list(told.values()), dash, color=colour, marker=mark, markersize=5, label=_printable(name))
        axes.set(xlim=(0, None), ylim=(0, 1.03), xlabel="読む文字数(検索結果の上から)")
        axes.xaxis.set_major_formatter(lambda size, _: f"{size:,.0f}")
        axes.yaxis.set_major_formatter(_percent)
        _legend(axes, 2.4)
        said = (f"{name}: " + "、".join(f"{int(size):,}字で{_percent(share)}" for size, share in curve.items() if share is not None) for name, curve in curves.items())
        return _svg(figure, title, said)


def dot_plot(title: str, labels: Sequence[str], series: Series) -> str:
    """Shares as dots with their intervals as lines: a row for each label, a mark for each series, which hold a point for each label."""
    labels = [_printable(text) for text in labels]
    margin = max(map(_ems, labels), default=0) * SIZE + 12
    top = 8 + 17 * len(series) if len(series) > 1 else 8
    with rc_context(STYLE):
        figure, axes = _figure(top + ROW * len(labels) + 30, left=margin, top=top, bottom=26)
        for n, (name, points) in enumerate(series.items()):
            shift = (n - (len(series) - 1) / 2) * 0.26
            _dots(axes, name, points, shift, LOOKS[n % len(LOOKS)])
        axes.set(ylim=(len(labels) - 0.5, -0.5), xlim=(_lowest(series), 1.02))
        axes.set_yticks(range(len(labels)), labels)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(_ticks(_lowest(series)))
        axes.xaxis.set_major_formatter(_percent)
        if len(series) > 1:
            _legend(axes, 1.0)
        return _svg(figure, title, (f"{name}: " + "、".join(_told(labels, points)) for name, points in series.items()))


def reliability_plot(title: str, bins: Sequence[Bin]) -> str:
    """How often answers of a score are right (a well calibrated score lies on the diagonal); the number beside a dot counts them."""
    held = [b for b in bins if b.count]
    with rc_context(STYLE):
        figure, axes = _figure(300, left=46, top=12, bottom=42)
        axes.plot([0, 1], [0, 1], "--", color=QUIET, linewidth=1)
        axes.plot([b.mean_score for b in held], [b.share_right for b in held], "-o", color=LOOKS[0][0], markersize=5)
        for b in held:
            axes.annotate(f"{b.count}問", (b.mean_score, b.share_right), (-5, 5), textcoords="offset points", ha="right", color=QUIET, size=SIZE - 2)
        axes.set(xlim=(0, 1.08), ylim=(0, 1.03), xlabel="回答が付けた確信度")
        axes.xaxis.set_major_formatter(_percent)
        axes.yaxis.set_major_formatter(_percent)
        return _svg(figure, title, (f"確信度{_percent(b.mean_score)}では{_percent(b.share_right)}が正しい({b.count}問)" for b in held))


def _figure(height: float, left: float, top: float, bottom: float) -> tuple[Figure, Axes]:
    """A figure whose axes lie so many points from its edges: nothing depends on the fonts of the machine that draws it."""
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    return figure, figure.add_axes((left / WIDTH, bottom / height, (WIDTH - left - 14) / WIDTH, (height - top - bottom) / height))


def _dots(axes: Axes, name: str, points: Sequence[Point | None], shift: float, look: tuple[str, str, str]) -> None:
    colour, mark, _ = look
    told = [(row + shift, point) for row, point in enumerate(points) if point]
    for row, point in told:
        if point.low is not None and point.high is not None:
            axes.plot([point.low, point.high], [row, row], color=colour, linewidth=1.6, alpha=0.7)
    axes.plot([p.value for _, p in told], [row for row, _ in told], mark, color=colour, markersize=6, label=_printable(name))


def _lowest(series: Series) -> float:
    """Where the axis of a dot plot begins: a tenth below the lowest value."""
    values = [p.value if p.low is None else p.low for points in series.values() for p in points if p]
    return max(0.0, int(10 * min(values, default=0.0) - 0.5) / 10)


def _ticks(low: float) -> MultipleLocator:
    return MultipleLocator(0.25 if low <= 0.25 else 0.1)


def _legend(axes: Axes, handle: float) -> None:
    """Names of the series in a column above the axes: in a row they would overlap, since the browser's letters are wider. ``handle`` is in ems."""
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), borderaxespad=0.2, labelspacing=0.25, handlelength=handle)


def _told(labels: Sequence[str], points: Sequence[Point | None]) -> list[str]:
    return [f"{text} {_percent(p.value)}" for text, p in zip(labels, points, strict=True) if p]


def _percent(share: float, _: object = None) -> str:
    return f"{100 * share:.0f}%"


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(c) in "FWA" else 0.62 for c in text)


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def _svg(figure: Figure, title: str, said: Iterable[str]) -> str:
    """The figure as an ``<svg>`` element for a page, with ids that no other plot of the page has and no font of its own."""
    drawn = StringIO()
    with rc_context({"svg.hashsalt": title}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the browser has the letters, our layout doesn't need them
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = drawn.getvalue()
    inner = text[text.index(">", text.index("<svg")) + 1 :]
    inner = re.sub(r' id="(?:figure|axes|patch|line2d|matplotlib\.axis|xtick|ytick|text|legend)_\d+"', "", inner)
    inner = re.sub(r"font-family: [^;\"]*;? ?", "", inner)
    height = figure.get_figheight() * 72
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {WIDTH:g} {height:g}" role="img">'
    return f"{opening}<title>{escape(_printable(title))}</title><desc>{escape(_printable('。'.join(said)))}</desc>{inner}"
