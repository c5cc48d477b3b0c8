"""Leaves out what isn't part of a document's text: markup, site navigation, repeated blank lines.

What is left out is recorded. The lines that stay are kept as they are but for white space at their ends.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from ingest.document import Omission

TAG_NAMES = "a|abbr|b|br|center|div|em|embed|figure|figcaption|font|form|h[1-6]|hr|i|iframe|img|input|li|math|ol|p|script|small|span|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul|video"
ATTRIBUTES = r"(?:\s+[A-Za-z][A-Za-z0-9:-]*)+\s*=[^<>\n]*"  # a name and =: <U 18大会> and <A to Z> are text
SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.I | re.S)
TAG = re.compile(rf"</?(?:{TAG_NAMES})(?:{ATTRIBUTES})?\s*/?>", re.I)
BROKEN_TAG = re.compile(rf"^\s*[”“\"']?\s*/?>\s*|<(?:{TAG_NAMES}){ATTRIBUTES}$", re.I)
NUL = re.compile("\0+")  # SQLite takes one for the end of the text
LONE_FORMULA = re.compile(r"^\$\\(?:right|left|Right)arrow\$$")
HEADING_MARK = re.compile(r"^(#{1,6})\s+")
NAVIGATION = re.compile(
    r"(コンテンツ|本文)(に|へ)(移動|スキップ|ジャンプ)|サイトマップ|ログイン|ニュースレター|購読|文字サイズ|^T T$|"
    r"ページの(先頭|トップ)|トップページ|^(HOME|ホーム)\b|Facebook|Twitter|シェアする|印刷する|RSS|Copyright|^English$|^プレスリリース$|visiting\b|検索$|^メニュー",
    re.I,
)  # fmt: skip
HEADLINE = re.compile(r"^(?=.{15}).*([がを].*(ます|る|た)|について)$")  # says something of Facebook or a subscription; menus are shorter
LONGEST_LINE = 20_000  # characters; patterns are tried on lines, so that an endless one would take hours
EDGE_BLOCKS = 6  # navigation is looked for in this many blocks at either end of a file


@dataclass(frozen=True, slots=True)
class TableRow:
    """What a format tells of a row: ``table`` numbers the tables of a file; ``cells`` hold, in every column, what the row has there.

    A merged cell's text stands in all columns and rows that it covers; in the line itself it stands once. ``inherited`` are the
    heading rows of a table that began on the page before.
    """

    table: int
    is_heading: bool
    cells: tuple[str, ...]
    inherited: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file that stays: ``level`` is 1-6 for a heading by markup, else 0; ``indent`` in columns.

    ``left_out`` is what stood there and doesn't stay; ``page`` counts from 1, None where the format has no pages.
    ``doubtful`` are words of a recognised page that may be wrong, in their order.
    ``is_styled`` if the format itself makes the heading's level (a style of Word, a tag of HTML) and not a mark in the text.
    """

    text: str
    indent: int
    level: int = 0
    left_out: tuple[Omission, ...] = ()
    page: int | None = None
    is_styled: bool = False
    row: TableRow | None = None
    doubtful: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """No character that shows (a no-break space doesn't)."""
        return not self.text


def clean(raw: str) -> tuple[list[Line], list[Omission]]:
    """The lines that stay, in order, and what was left out; each omission is also with its line."""
    raw, scripts = _without_scripts(raw.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    lines = without_frame([line for i, text in enumerate(raw.split("\n")) for line in _cut(text, scripts.get(i, []))])
    return lines, [omission for line in lines for omission in line.left_out]


def clean_lines(lines: Iterable[Line]) -> list[Line]:
    """The lines of a format that isn't plain text, cleaned as those of plain text are; headings, rows and pages stay what they are."""
    return without_frame([_kept(line) for line in lines])


def _kept(line: Line) -> Line:
    if line.row or line.is_blank:
        return line
    left_out = list(line.left_out)
    read = _line(line.text, left_out)
    return replace(line, text=read.text, indent=line.indent + read.indent, level=line.level or read.level, left_out=tuple(left_out))


def _cut(text: str, left_out: list[Omission]) -> Iterator[Line]:
    """The line, or the lines that an endless one is cut into, behind a full stop or blank where there is one."""
    while len(text) > LONGEST_LINE:
        end = max(text.rfind(c, LONGEST_LINE // 2, LONGEST_LINE) for c in "。 \t") + 1 or LONGEST_LINE
        yield _line(text[:end], left_out)
        text, left_out = text[end:], []
    yield _line(text, left_out)


def _without_scripts(raw: str) -> tuple[str, dict[int, list[Omission]]]:
    """The text without scripts, styles and comments, and these by the line that they began in."""
    found: dict[int, list[Omission]] = {}
    gone = 0  # line ends that went with the scripts before
    for match in SCRIPT.finditer(raw):
        found.setdefault(raw.count("\n", 0, match.start()) - gone, []).append(Omission(match.group(), "markup"))
        gone += match.group().count("\n")
    return SCRIPT.sub("", raw), found


def _line(text: str, left_out: list[Omission]) -> Line:
    """The line as it stays; what goes is added to ``left_out``."""
    if not text:
        return Line("", 0, left_out=tuple(left_out))

    def leave_out(match: re.Match[str]) -> str:
        left_out.append(Omission(match.group(), "markup"))
        return ""

    text = NUL.sub(leave_out, text)
    text = _without_tags(text, leave_out)
    body = text.expandtabs(4) if not text.strip() else text
    indent = len(body) - len(body.lstrip(" \u3000\xa0"))
    stripped = text.strip(" \u3000\xa0\r\v\f")
    stripped = stripped if "\t" in stripped else stripped.strip()
    if not stripped.strip():
        return Line("", 0, left_out=tuple(left_out))
    heading = HEADING_MARK.match(stripped)
    if heading:
        # A heading mark with nothing behind it is markup alone.
        stripped = LONE_FORMULA.sub(leave_out, stripped[heading.end() :].strip())
    return Line(stripped, indent, len(heading.group(1)) if heading else 0, tuple(left_out))


def _without_tags(text: str, leave_out: Callable[[re.Match[str]], str]) -> str:
    had_tags = "<" in text or ">" in text
    text = TAG.sub(leave_out, text)
    text = BROKEN_TAG.sub(leave_out, text) if had_tags else text
    return LONE_FORMULA.sub(leave_out, text.strip()) if text.strip().startswith("$") else text


def blocks(lines: list[Line]) -> list[tuple[int, int]]:
    """Runs of lines without a blank one between them, as (first, behind the last)."""
    found, start = [], None
    for i, line in enumerate([*lines, Line("", 0)]):
        if line.is_blank:
            if start is not None:
                found.append((start, i))
            start = None
        elif start is None:
            start = i
    return found


def without_frame(lines: list[Line]) -> list[Line]:
    """Drop the site's frame: blocks of menu words, and lines at the margin around an indented body."""
    kept = list(lines)
    found = blocks(lines)
    body_is_indented = _body_is_indented(lines)
    head = _frame(lines, found[:EDGE_BLOCKS], body_is_indented)
    tail = _frame(lines, [b for b in found[::-1][:EDGE_BLOCKS] if b not in head], body_is_indented)
    for first, behind in (*head, *tail):
        kept[first:behind] = [Line("", 0, left_out=line.left_out) for line in lines[first:behind]]
        frame = Omission("\n".join(line.text for line in lines[first:behind]), "navigation")
        kept[first] = replace(kept[first], left_out=(*kept[first].left_out, frame))
    return kept


def _body_is_indented(lines: list[Line]) -> bool:
    long_lines = [line for line in lines if len(line.text) >= 60]
    return len(long_lines) >= 3 and all(line.indent >= 2 for line in long_lines)


def _frame(lines: list[Line], edge: list[tuple[int, int]], body_is_indented: bool) -> list[tuple[int, int]]:
    """The blocks from the edge inwards that are navigation, up to the first that isn't."""
    frame = []
    for first, behind in edge:
        block = lines[first:behind]
        hits = sum(bool(NAVIGATION.search(line.text.lstrip("•・ "))) for line in block)
        short = all(len(line.text) < 40 and not line.text.endswith("。") and not HEADLINE.search(line.text) for line in block)
        at_margin = body_is_indented and all(line.indent == 0 for line in block)
        if not short or not (at_margin or 2 * hits > len(block)):
            break
        frame.append((first, behind))
    return frame
