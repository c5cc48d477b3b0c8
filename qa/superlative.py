"""Questions for the most or the least of a table: 「公共Wi-Fiが一番多い場所はどこですか」 is answered by the greatest cell of its column or row."""

import re
import unicodedata
from collections.abc import Sequence

from index.question import years_named
from ingest.document import Cell, Document, Table
from ingest.words import terms
from qa.cells import MISSING, TOTAL, FoundCell, joined
from qa.evidence import Asked, Unit

MOST = re.compile(r"(?:一番|最も|もっとも)[^、。?]{0,6}?(?:多|大き|高)|最(?:多|大|高)(?=の(?!額)|な|は|だっ)|1位")
LEAST = re.compile(r"(?:一番|最も|もっとも)[^、。?]{0,6}?(?:少な|小さ|低)|最(?:少|小|低)(?=の(?!額)|な|は|だっ)")
WHICH = re.compile(r"どこ|どれ|何(?=です|でし|か[。?]|[。?]|$)|どの(?!くらい)|誰|いつ")
NUMBER = re.compile(r"^(\d[\d,]*(?:\.\d+)?)\s*([^\d\s~-]{0,4})$")
FEWEST = 3  # values to compare
TABLES_OF = 5  # of the likeliest units
GENERIC = ("場所", "項目", "方法", "分野", "地域", "種類")  # by which things are asked for that the table names
ABOUT = 0.6  # share of the question's words that the table's heading and the labels of the compared cells hold


def asks_extreme(question: str) -> bool:
    """Whether the thing with the most or the least of something is asked for."""
    text = unicodedata.normalize("NFKC", question)
    return bool((LEAST.search(text) or MOST.search(text)) and WHICH.search(text))


def extreme_cell(question: Asked, found: Sequence[Unit]) -> FoundCell | None:
    """The greatest or least cell that such a question asks for in a table of the likeliest units; None where it can't be told."""
    text = unicodedata.normalize("NFKC", question.question)
    asked = LEAST.search(text) or MOST.search(text)
    ranking = frozenset((*terms(asked.group() if asked else ""), *GENERIC))
    tables = {(u.document.id, t.start): (u, t) for u in reversed(found[:TABLES_OF]) for t in u.document.tables if t.start <= u.segment.start < t.end}
    return next((cell for unit, table in reversed(tables.values()) if (cell := _extreme(question, unit, table, ranking, bool(LEAST.search(text))))), None)


def _extreme(question: Asked, unit: Unit, table: Table, ranking: frozenset[str], least: bool) -> FoundCell | None:
    compared = _compared(question, table)
    if len(compared) < FEWEST or _about(question, unit.document, table, compared, ranking) < ABOUT:
        return None
    values = sorted(((_value(cell) or 0.0, cell.start, cell) for cell in compared), reverse=not least)
    return None if values[0][0] == values[1][0] else FoundCell(unit.document, table, values[0][2], 1.0, 1.0 + unit.share)


def _compared(question: Asked, table: Table) -> list[Cell]:
    """The cells of one column, of the year that is asked or the newest one; of the one row, where there is but one. None where one isn't a plain number of one unit."""
    cells = [c for c in table.cells if not c.is_label and joined(c.text) not in MISSING and not any(TOTAL.search(joined(p)) for p in (*c.row_path[-1:], *c.column_path[-1:]))]
    compared = cells if len({c.row for c in cells}) == 1 else _column(question, cells)
    plain = {_number(cell)[1] if _value(cell) is not None else None for cell in compared}
    return compared if len(plain) == 1 and None not in plain else []


def _column(question: Asked, cells: Sequence[Cell]) -> list[Cell]:
    columns: dict[int, list[Cell]] = {}
    for cell in cells:
        columns.setdefault(cell.column, []).append(cell)
    years = {column: max(years_named(" ".join(held[0].column_path)), default=0) for column, held in columns.items()}
    if question.years:
        columns = {column: held for column, held in columns.items() if years[column] in question.years or not years[column]}
    elif len(columns) > 1 and all(years.values()):
        columns = {column: held for column, held in columns.items() if years[column] == max(years.values())}
    shares = sorted(((question.share(set(terms(" ".join(held[0].column_path[-1:])))), column) for column, held in columns.items()), reverse=True)
    if not shares or (len(shares) > 1 and shares[0][0] == shares[1][0]):
        return []  # which column is meant can't be told
    return columns[shares[0][1]]


def _about(question: Asked, document: Document, table: Table, compared: Sequence[Cell], ranking: frozenset[str]) -> float:
    """The share of the question's words, but for those that rank, that the table's heading, its document and the labels hold (0-1)."""
    labels = "\n".join(joined(part) for c in compared for part in (*c.row_path, *c.column_path))
    told = set(terms(f"{table.introduction}\n{document.title}\n{document.issuer}\n{labels}\n{next((c.unit for c in compared if c.unit), '')}"))
    weights = {word: weight for word, weight in question.weights.items() if word in question.own and word not in ranking}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in told) / total if total else 0.0


def _value(cell: Cell) -> float | None:
    value = _number(cell)[0]
    return float(value.replace(",", "")) if value else None


def _number(cell: Cell) -> tuple[str, str]:
    """The digits of a plain number and what follows them; empty where it is none."""
    match = NUMBER.search(unicodedata.normalize("NFKC", joined(cell.text)))
    return (match[1], match[2]) if match else ("", "")
