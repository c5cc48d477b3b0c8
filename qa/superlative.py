"""Questions for the most or the least of a table: 「公共Wi-Fiが一番多い場所はどこですか」 is answered by the greatest cell of its column or row."""

import math
import re
import unicodedata
from collections.abc import Sequence

from index.question import years_named
from ingest.document import Cell, Document, Table
from ingest.words import terms
from qa.asked import Asked
from qa.cell_score import MISSING, TOTAL, FoundCell
from qa.cell_words import joined
from qa.evidence import Unit

MOST = re.compile(r"(?:一番|最も|もっとも|[23二三]番目に)[^、。?]{0,6}?(?:多|大き|高)|最(?:多|大|高)(?=の(?!額)|な|は|だっ)|1位")
LEAST = re.compile(r"(?:一番|最も|もっとも|[23二三]番目に)[^、。?]{0,6}?(?:少な|小さ|低)|最(?:少|小|低)(?=の(?!額)|な|は|だっ)")
NTH = re.compile(r"([23二三])番目に")
RANKS = {"二": 2, "三": 3}
WHICH = re.compile(r"は[?\s。]*$|どこ|どれ|何(?=です|でし|か[。?]|[。?]|$)|どの(?!くらい)|誰|いつ|教えて|知りたい|挙げて|[いな][一-龯ァ-ヶー]{1,8}[?\s。]*$")
NUMBER = re.compile(r"^約?(?P<low>\d[\d,]*(?:\.\d+)?)(?P<low_scale>[万億兆])?(?:[~〜-](?P<high>\d[\d,]*(?:\.\d+)?)(?P<high_scale>[万億兆])?)?(?P<unit>[^\d~〜-]{0,4}?)(?P<bound>以上|以下|未満|超)?$")
SCALES = {"": 1.0, "万": 1e4, "億": 1e8, "兆": 1e12}
SUM_OF_ROWS = re.compile(r"(総額|総数|総計|合計)$")
FEWEST = 3  # values to compare
MOST_TOLD = 15  # values, where ranges overlap
TABLES_OF = 5  # of the likeliest units
GENERIC = ("場所", "項目", "方法", "分野", "地域", "種類")  # by which things are asked for that the table names
ABOUT = 0.6  # share of the question's words that the table's heading and the labels of the compared cells hold


def asks_extreme(question: str) -> bool:
    """Whether the thing with the most or the least of something is asked for."""
    text = unicodedata.normalize("NFKC", question)
    return bool((LEAST.search(text) or MOST.search(text)) and WHICH.search(text))


def extreme_cells(question: Asked, found: Sequence[Unit]) -> list[FoundCell]:
    """The greatest or least cell that such a question asks for in a table of the likeliest units, with those of its row that rank it the same.

    Where ranges overlap (8,213億 and 約5,000億~1兆) it can't be told, and all are given; empty where there is nothing to compare.
    """
    text = unicodedata.normalize("NFKC", question.question)
    asked = LEAST.search(text) or MOST.search(text)
    ranked = _ranked_by(text, asked.start() if asked else 0) - {*terms(asked.group() if asked else ""), *GENERIC}
    tables = {(u.document.id, t.start): (u, t) for u in reversed(found[:TABLES_OF]) for t in u.document.tables if t.start <= u.segment.start < t.end}
    return next((cells for unit, table in reversed(tables.values()) if (cells := _extreme(question, unit, table, ranked, bool(LEAST.search(text))))), [])


def _ranked_by(text: str, superlative: int) -> set[str]:
    """The words for what is ranked: those before the superlative (「市の予算のうち一番大きい費目とその比率」), or all where none stands there."""
    return set(terms(text[:superlative])) or set(terms(text))


def _extreme(question: Asked, unit: Unit, table: Table, ranked: set[str], least: bool) -> list[FoundCell]:
    first = [sorted(column, key=lambda c: (_interval(c)[least], c.start), reverse=not least) for column in _compared(question, table) if _about(question, unit.document, table, column, ranked) >= ABOUT]
    if not first or any(len(c) < FEWEST for c in first):
        return []
    at = _rank(question.question) - 1
    told = all(_is_ordered(c, at, least) and c[at].row == first[0][at].row for c in first)
    ranges = any(_interval(c)[0] != _interval(c)[1] for c in first[0])
    answers = [column[at] for column in first] if told else first[0][:MOST_TOLD] if ranges else []
    return [FoundCell(unit.document, table, cell, 1.0, 1.0 + unit.share) for cell in answers]


def _rank(question: str) -> int:
    """2 for what has the second most or least, 1 for the very most."""
    match = NTH.search(unicodedata.normalize("NFKC", question))
    return int(RANKS.get(match.group(1), match.group(1))) if match else 1


def _is_ordered(cells: Sequence[Cell], at: int, least: bool) -> bool:
    """Whether the cell at this place of the order stands there for sure, and all before it."""
    return all(_leads(cells[n], other, least) for n in range(at + 1) for other in cells[n + 1 :])


def _leads(first: Cell, other: Cell, least: bool) -> bool:
    """Whether the first is surely the more extreme: ranges (3~4兆, 1兆未満) may touch but not overlap."""
    (low, high), (other_low, other_high) = _interval(first), _interval(other)
    return (low, high) != (other_low, other_high) and (high <= other_low if least else low >= other_high)


def _compared(question: Asked, table: Table) -> list[list[Cell]]:
    """Columns of cells to compare: that of the year or words that are asked, or all where none is named; the one row, where there is but one. Only of plain numbers of one unit."""
    cells = [c for c in table.cells if not c.is_label and joined(c.text) not in MISSING and not any(TOTAL.search(joined(p)) or SUM_OF_ROWS.search(joined(p)) for p in (*c.row_path[-1:], *c.column_path[-1:]))]
    columns = [cells] if len({c.row for c in cells}) == 1 else _columns(question, cells)
    return columns if all(map(_is_plain, columns)) else []


def _is_plain(cells: Sequence[Cell]) -> bool:
    matches = [NUMBER.match(_plain(cell)) for cell in cells]
    return all(matches) and len({m["unit"] for m in matches if m}) == 1


def _columns(question: Asked, cells: Sequence[Cell]) -> list[list[Cell]]:
    """The columns that the question names best, all equally, of the year that is asked or the newest one."""
    columns: dict[int, list[Cell]] = {}
    for cell in cells:
        columns.setdefault(cell.column, []).append(cell)
    years = {column: max(years_named(" ".join(held[0].column_path)), default=0) for column, held in columns.items()}
    if question.years:
        columns = {column: held for column, held in columns.items() if years[column] in question.years or not years[column]}
    elif len(columns) > 1 and all(years.values()):
        columns = {column: held for column, held in columns.items() if years[column] == max(years.values())}
    shares = {column: question.share(set(terms(" ".join(held[0].column_path[-1:])))) for column, held in columns.items()}
    return [held for column, held in columns.items() if shares[column] == max(shares.values())]


def _about(question: Asked, document: Document, table: Table, compared: Sequence[Cell], ranked: set[str]) -> float:
    """The share of the words for what is ranked that the table's heading, its document and the labels hold (0-1)."""
    labels = "\n".join(joined(part) for c in compared for part in (*c.row_path, *c.column_path))
    told = set(terms(f"{table.introduction}\n{document.title}\n{document.issuer}\n{labels}\n{next((c.unit for c in compared if c.unit), '')}"))
    weights = {word: weight for word, weight in question.weights.items() if word in question.own and word in ranked}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in told) / total if total else 0.0


def _plain(cell: Cell) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", joined(cell.text)))


def _interval(cell: Cell) -> tuple[float, float]:
    """Between which values the number of a cell lies: 3~4兆, 約1,000億未満; both ends the same for a plain one."""
    match = NUMBER.match(_plain(cell))
    if not match:
        return 0.0, 0.0
    low_scale = match["low_scale"] or match["high_scale"] or ""
    low = float(match["low"].replace(",", "")) * SCALES[low_scale]
    high = float(match["high"].replace(",", "")) * SCALES[match["high_scale"] or low_scale] if match["high"] else low
    return (0.0 if match["bound"] in ("未満", "以下") and not match["high"] else low, math.inf if match["bound"] in ("以上", "超") else high)
