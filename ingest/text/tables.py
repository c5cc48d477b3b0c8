"""Tables of tab-separated lines: header rows (also of several levels), row labels, units, cells with offsets.

Group headings of merged cells lose their width in such lines. Where a group states its total
(室外型(12,080 台)), it is placed over the columns that add up to it; else over the blanks behind it.
"""

import re
from dataclasses import dataclass

from ingest.document import Cell, Suspicion, Table, normalize

UNIT_NOTE = re.compile(r"単位\s*[:\uff1a]\s*([^、,\s()\uff08\uff09]+)")
AS_OF_NOTE = re.compile(r"(\d{2,4})[./年]\s*(\d{1,2})[./月]\s*(?:(\d{1,2})日?)?\s*(?:時点|現在)")
UNIT_IN_HEADING = re.compile(r"[(\uff08]\s*([^()\uff08\uff09\d]{1,6})\s*[)\uff09]")
UNIT_WORDS = re.compile(r"^(百万|千|億|万)?(ウォン|円|ドル|元|台|件|人|名|社|か所|箇所|校|%|\uff05|k?m2?|m?l|k?g|t|ha|時間|日)$", re.I)
NUMBER = re.compile(r"^約?\s*[-−△▲]?\s*\d[\d,.]*")
TOTAL = re.compile(r"([\d,]{2,})\s*[^\d()]{0,3}[)\uff09]")
BARE_TOTAL = re.compile(r"^[(\uff08][\d,.\s]+[^\d()]{0,3}[)\uff09]$")
MISSING = {"-", "–", "−", "—", "不明", "…", "※"}
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龯]")
YEAR = re.compile(r"^((19|20)\d{2}|\d{1,2})\s*(年度?|月|年\s*\d{1,2}\s*月)$")
MAX_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True)
class Raw:
    """A cell as it stands: its text may hold blanks from broken lines."""

    start: int
    end: int
    text: str


def parse_table(text: str, rows: list[tuple[int, int]], introduction: str) -> tuple[Table, list[Suspicion]]:
    """The table whose rows are the spans ``rows`` of ``text``; ``introduction`` is the text above it."""
    grid = [split_cells(text, *row) for row in rows]
    japanese = 2 * sum(bool(JAPANESE.search(c.text)) for row in grid for c in row) > sum(bool(c.text) for row in grid for c in row) / 2
    width = max(max((i for i, c in enumerate(row) if c.text), default=0) for row in grid) + 1
    grid = [[*row, *[Raw(row[-1].end, row[-1].end, "")] * width][:width] for row in grid]
    suspicions = [Suspicion(c.start, c.end, "見出しの文字化けの疑い") for row in grid for c in row if japanese and _is_debris(c.text)]
    suspect = {s.start for s in suspicions}
    grid = [[Raw(c.start, c.end, "") if c.start in suspect and c.text else c for c in row] for row in grid]
    rows, grid = _without_empty_head(rows, grid)
    headers = _header_rows(grid)
    labels = _label_columns(grid, headers)
    paths, doubtful = _column_paths(grid, headers)
    suspicions += doubtful
    unit = unit_note(introduction)
    cells = [_cell(grid, r, c, headers, labels, paths, unit) for r in range(headers, len(grid)) for c in range(width) if grid[r][c].text]
    header_end = rows[headers - 1][1] if headers else rows[0][0]
    return Table(rows[0][0], rows[-1][1], header_end, introduction, unit, as_of(introduction), tuple(cells)), suspicions


def _without_empty_head(rows: list[tuple[int, int]], grid: list[list[Raw]]) -> tuple[list[tuple[int, int]], list[list[Raw]]]:
    """Leave out leading rows in which nothing but debris stood."""
    first = next((i for i, row in enumerate(grid) if any(c.text for c in row)), 0)
    return rows[first:], grid[first:]


def split_cells(text: str, start: int, end: int) -> list[Raw]:
    """The cells of a row, parted by tabs, with their offsets."""
    found, at = [], start
    for part in text[start:end].split("\t"):
        left = len(part) - len(part.lstrip())
        found.append(Raw(at + left, at + left + len(part.strip()), part.strip()))
        at += len(part) + 1
    return found


def _is_debris(text: str) -> bool:
    """Left-overs of text recognition: no kana or kanji, letters or brackets that make no word or number."""
    return bool(re.fullmatch(r"[A-Za-z]{1,3}[\s·.]+[\d\s·.A-Za-z]*[·.]?|\d[^\d\s()]?[)\uff09]|(?=.*\d)[a-z ]+\d+ [A-Za-z ]+", text.replace("台", "x")))


def is_value(text: str) -> bool:
    """Whether a cell holds a number or says that there is none; a year or month is a heading."""
    return (bool(NUMBER.match(text)) and not YEAR.match(text)) or text in MISSING


def _header_rows(grid: list[list[Raw]]) -> int:
    """One row, or where the first has merged cells, those up to the first full one; a blank below a heading of its own (区分) counts as full."""
    if len(grid) == 1:
        return 0
    if all(c.text for c in grid[0]):
        return 1
    for i, row in enumerate(grid[:MAX_HEADER_ROWS]):
        full = all(c.text or (i and k == 0 and grid[0][0].text) for k, c in enumerate(row))
        if full and not any(is_value(c.text) for c in row):
            return i + 1
    return 1


def _label_columns(grid: list[list[Raw]], headers: int) -> int:
    """How many leading columns name the row: until they tell the rows apart and no short text column is left before numbers."""
    body = grid[headers:]
    width = len(grid[0])
    count = 0
    while count < width - 1:
        column = [row[count].text for row in body]
        if any(is_value(t) for t in column if t) or not any(column):
            break
        count += 1
        names = ["".join(c.text for c in row[:count]) for row in body]
        unique = len(set(names)) == len(names) and all(row[0].text for row in body)
        following = [row[c].text for row in body for c in range(count + 1, width) if row[c].text]
        following_numbers = bool(following) and sum(map(is_value, following)) > 0.8 * len(following)
        next_is_text = not any(is_value(row[count].text) for row in body)
        if unique and not (next_is_text and following_numbers):
            break
    return count


def _column_paths(grid: list[list[Raw]], headers: int) -> tuple[list[tuple[str, ...]], list[Suspicion]]:
    """For each column its headings from the outermost inwards; and group totals that their columns don't add up to."""
    width = len(grid[0])
    paths: list[list[str]] = [[] for _ in range(width)]
    doubtful: list[Suspicion] = []
    values: list[float | None] = [_number(c.text) for c in grid[headers]] if headers < len(grid) else [None] * width
    for level in range(headers):
        row = grid[level]
        if level == headers - 1:
            spans = [(i, i + 1, c.text) for i, c in enumerate(row) if c.text]
        else:
            totals = [_total(grid, level, i, headers) for i, c in enumerate(row) if c.text]
            groups = [(i, c) for i, c in enumerate(row) if c.text]
            spans = _place([(i, c.text) for i, c in groups], totals, values, width)
            doubtful += _wrong_totals([c for _, c in groups], totals, spans, values)
        for first, behind, name in spans:
            for column in range(first, behind):
                if BARE_TOTAL.match(name) and paths[column]:
                    paths[column][-1] += name  # 移動型 and, in the row below, its (9,048 台)
                elif name not in paths[column]:
                    paths[column].append(name)
    return [tuple(p) for p in paths], doubtful


def _wrong_totals(cells: list[Raw], totals: list[float | None], spans: list[tuple[int, int, str]], values: list[float | None]) -> list[Suspicion]:
    found = []
    for cell, total, (first, behind, _) in zip(cells, totals, spans, strict=True):
        below = values[first:behind]
        if total is not None and below and None not in below and sum(v or 0 for v in below) != total:
            found.append(Suspicion(cell.start, cell.end, f"見出しの計と列の合計({sum(v or 0 for v in below):,.0f})が合わない"))
    return found


def _total(grid: list[list[Raw]], level: int, column: int, headers: int) -> float | None:
    """The total that a group heading states, in its own cell or in the one right below it."""
    for row in grid[level : headers - 1]:
        match = TOTAL.search(row[column].text)
        if match:
            return _number(match.group(1))
        if row is not grid[level] and JAPANESE.search(row[column].text):
            break
    return None


def _place(groups: list[tuple[int, str]], totals: list[float | None], values: list[float | None], width: int) -> list[tuple[int, int, str]]:
    """Spans of the group headings: those whose total adds up first, the others in the room between them."""
    placed: dict[int, tuple[int, int]] = {}
    for g, total in enumerate(totals):
        spans = [] if total is None else _adding_up(values, total, width)
        if spans:
            placed[g] = min(spans, key=lambda s: abs(s[0] - groups[g][0]))
    for g, (column, _) in enumerate(groups):
        if g in placed:
            continue
        left = max([placed[h][1] for h in placed if h < g], default=0)
        right = min([placed[h][0] for h in placed if h > g], default=width)
        start = max(column, left) if not any(h < g for h in placed) else left
        upper = min([groups[h][0] for h in range(g + 1, len(groups)) if h not in placed], default=right)
        behind = right if any(h > g for h in placed) else min(upper, right)
        placed[g] = (min(start, width), max(behind, min(start, width)))
    return [(*placed[g], name) for g, (_, name) in enumerate(groups)]


def _adding_up(values: list[float | None], total: float, width: int) -> list[tuple[int, int]]:
    found = []
    for first in range(width):
        running = 0.0
        for behind in range(first + 1, width + 1):
            value = values[behind - 1]
            if value is None:
                break
            running += value
            if running == total and behind - first >= 2:
                found.append((first, behind))
    return found


def _cell(grid: list[list[Raw]], r: int, c: int, headers: int, labels: int, paths: list[tuple[str, ...]], unit: str | None) -> Cell:
    raw = grid[r][c]
    row_path = tuple(filter(None, (_label(grid, r, k, headers, labels) for k in range(labels) if k != c)))
    return Cell(r, c, raw.start, raw.end, raw.text, row_path, paths[c], unit_of(raw.text, paths[c], unit), c < labels)


def _label(grid: list[list[Raw]], r: int, k: int, headers: int, labels: int) -> str:
    """The label in column ``k`` of a row; a blank before another label is the rest of a cell that was merged downwards."""
    if not any(grid[r][j].text for j in range(k + 1, labels)):
        return grid[r][k].text
    return next((row[k].text for row in grid[r : headers - 1 if headers else None : -1] if row[k].text), "")


def unit_of(text: str, path: tuple[str, ...], table_unit: str | None) -> str | None:
    """The unit that the cell itself doesn't show: from its column's heading, else from the table's note."""
    bare = re.sub(r"[(\uff08][^()\uff08\uff09]*[)\uff09]", "", text)
    if not NUMBER.match(text) or re.search(r"[^\d,.\s億兆万千約~〜-]", re.sub(r"(未満|以上|以下|余り|超)\s*$", "", bare)):
        return None
    for heading in reversed(path):
        for found in UNIT_IN_HEADING.findall(heading):
            if UNIT_WORDS.match(normalize(found)):
                return found
    return table_unit


def _number(text: str) -> float | None:
    match = re.match(r"^[\d,]+(\.\d+)?", text)
    return float(match.group().replace(",", "")) if match and match.group() != "," else None


def unit_note(introduction: str) -> str | None:
    """The unit that the text above a table gives for all of it (単位: 千円)."""
    matches = list(UNIT_NOTE.finditer(introduction))
    return matches[-1].group(1) if matches else None


def as_of(introduction: str) -> str | None:
    """The day to which the text above a table says that it refers, in ISO form."""
    matches = list(AS_OF_NOTE.finditer(introduction))
    if not matches:
        return None
    year, month, day = matches[-1].groups()
    return "-".join([year if len(year) == 4 else f"20{year}", f"{int(month):02d}", *([f"{int(day):02d}"] if day else [])])
