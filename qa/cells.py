"""Table questions: the cell that a question names by its row and its column, in any order of words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.question import Need, years_named
from index.search import Hit, Searcher
from ingest.document import Cell, Document, Segment, Table, normalize
from ingest.words import noun_runs, terms
from qa.cell_words import joined
from qa.comparison import asks_calculation
from qa.evidence import Asked, Unit, marked
from qa.plan_rows import is_other_kind, names_of_row, twin_cell, twin_rows

TABLES_IN = 2  # of the best passages
INTRODUCED = 0.4  # a word of the table's heading or introduction counts this much, against one of row or column
WANTED_KIND = 0.12  # for a cell of the kind that is asked for (an amount, a number)
SEVERAL = re.compile(r"それぞれ|どちら|比べ|比較|違い|差|両方|推移|変化|から.{0,12}(どう|どれ)|各々|compare|difference|both|each|respectively|각각|비교|차이|어느 쪽")
REFERS = re.compile(r"^【[^】]*】参照$")  # 【表 2】参照: the value stands in that table
MOST_ROWS = 16  # whose labels are encoded for one question
CELL_BY_MEANING = 0.2
CLEARLY = 0.012  # in cosine, that the best row has to lead by: a wrong row is worse than none
AS_WELL = 0.3  # of the score of the cell that is named best
AS_NAMED = 0.03  # of the share named, for a value in place of a cell without one
MOST_CELLS = 4
CLEAR_ROW = 1.5  # log odds
READ_CELL = 0.3  # of the reader's probability, for the cell that it marks
TOTAL = re.compile(r"^(合計|総計|総額|総数|計|全体|total)$", re.I)
TOTAL_ASKED = re.compile(r"총액|총\s?(예산|건수|인원|수|대수)|합계|전체|모두\s?(얼마|몇)|전부|\btotal\b|altogether|overall|in all\b", re.I)
TOTAL_WORDS = frozenset(("合計", "総計", "総額", "総数", "全体", "全部", "合わせる"))
WHOLE = 0.85  # of the question's words that a table's heading and a total's labels hold: then the table as a whole is asked about
MISSING = {"-", "–", "−", "—", "不明", "…"}


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell with its table and document; ``named`` is the share of the question's words in its row and column labels (0-1), ``row_names`` what names its row."""

    document: Document
    table: Table
    cell: Cell
    named: float
    score: float
    row_names: tuple[str, ...] = ()

    @property
    def row(self) -> Segment:
        """The segment of the cell's row."""
        return next(s for s in self.document.segments if s.kind == "row" and s.start <= self.cell.start and self.cell.end <= s.end)


def find_cells(question: Asked, hits: Sequence[Hit], searcher: Searcher, units: Sequence[Unit] = ()) -> list[FoundCell]:
    """The cell that the question's words name best among the tables of the best passages, and those to compare it with."""
    found = []
    for hit in hits[:TABLES_IN]:
        document = searcher.document(hit.chunk.document_id)
        for table in document.tables:
            if table.start < hit.chunk.end and table.end > hit.chunk.start:
                twins = twin_rows(table)
                found += [_score(question, document, table, cell, names_of_row(table, cell, twins), marked(hits[:TABLES_IN], document.id, cell).holds) for cell in table.cells if not cell.is_label and not REFERS.search(cell.text) and hit.chunk.start <= cell.start < hit.chunk.end]
    if not re.search(r"[ぁ-んァ-ヶ]", question.question):
        found = _by_meaning(question, found, searcher)
    else:
        found = _of_named_rows(question.question, found)
    named = sorted((f for f in _of_year(question, found) if f.named > 0 and not is_other_kind(question.question, f.table, f.cell)), key=lambda f: -f.score)
    named = _in_clear_row(named, units) or named
    if named and named[0].cell.text in MISSING:  # no value only where no value is named as well
        valued = next((f for f in named if f.cell.text not in MISSING and f.named >= named[0].named - AS_NAMED), None)
        named = [valued, *(f for f in named if f is not valued)] if valued else named
    return named[:1] + (_compared(question, named) or _twin(question, named))


def _of_year(question: Asked, found: Sequence[FoundCell]) -> list[FoundCell]:
    """The cells without those of another year than the question names, in rows that have one of its years."""
    asked = question.years
    years = {id(f): _years(f) for f in found}
    rows = {_row_of(f) for f in found if years[id(f)] & asked}
    return [f for f in found if not years[id(f)] or years[id(f)] & asked or _row_of(f) not in rows]


def _of_named_rows(question: str, found: list[FoundCell]) -> list[FoundCell]:
    """The cells of the rows whose labels hold most of the question's names whole (全北 in 全北特別自治道), where the rows of a table differ in that.

    Words alone don't tell 全北 from 全羅南道, since the rest of the question weighs more; and a value of another row is worse than none.
    """
    rows = {_row_of(f): f for f in found}
    held = {row: len(_whole_names(question, f.row_names)) for row, f in rows.items()}
    twins = {row[:2]: twin_rows(f.table) for row, f in rows.items()}  # a plan and its result are told apart elsewhere
    both = {row: max(count, held.get((*row[:2], twins[row[:2]].get(row[2], row[2])), 0)) for row, count in held.items()}
    most: dict[tuple[str, int], int] = {}
    for (document, table, _), count in both.items():
        most[document, table] = max(count, most.get((document, table), 0))
    return [f for f in found if both[_row_of(f)] == most[f.document.id, f.table.start]]


def _row_of(found: FoundCell) -> tuple[str, int, int]:
    return found.document.id, found.table.start, found.cell.row


def other_years(question: Asked, document: Document, row: Segment) -> list[int]:
    """The years that a table's row has values of, where the question names a year and it is none of them; else none."""
    table = next((t for t in document.tables if t.start <= row.start < t.end), None)
    if table is None or not question.years:
        return []
    held = {year for c in table.cells if not c.is_label and row.start <= c.start and c.end <= row.end for year in years_named(" ".join(c.column_path))}
    around = years_named(f"{table.introduction} {table.as_of or ''} {document.text[row.start : row.end]}")
    return sorted(held) if not question.years & (held | around) else []


def leaves_year_open(question: Asked, found: FoundCell) -> bool:
    """Whether the cell stands in a row of several years and the question names neither one nor the cell's column: then one value alone would mislead."""
    years = {year for c in found.table.cells if c.row == found.cell.row and not c.is_label for year in years_named(" ".join(c.column_path[-1:]))}
    column = _terms(found.cell.column_path[-1:])
    return len(years) > 1 and not question.years and not (column and column <= set(question.weights))


def names_columns(question: Asked, found: FoundCell) -> int:
    """How many columns of the cell's row the question names, by words that name neither row nor table (公共Wi-Fi doesn't name 公共機関) nor, with further ones, the cell's own column."""
    around = _terms((*found.row_names, found.table.introduction, *found.document.sections[found.row.section].path[-1:]))
    columns = {c.column: _named_in(question, c) - around for c in found.table.cells if c.row == found.cell.row and not c.is_label}
    own = columns[found.cell.column]
    return sum(bool(words) and not words < own for words in columns.values())


def _named_in(question: Asked, cell: Cell) -> set[str]:
    """The words and the whole names of the question that the cell's column holds."""
    label = cell.column_path[-1:]
    return _terms(label) & set(question.weights) | set(_whole_names(question.question, label))


def _whole_names(question: str, labels: Sequence[str]) -> list[str]:
    """The names of the question that stand whole in the labels: バス停 in バス停留所, 全北 in 全北特別自治道."""
    held = normalize(joined(" ".join(labels)))
    return [name for name in _names_of(question) if normalize(name) in held]


@lru_cache(maxsize=64)  # asked for each cell of a table
def _names_of(question: str) -> tuple[str, ...]:
    return tuple(name for name in noun_runs(unicodedata.normalize("NFKC", question)) if len(name) >= 2)


def _years(found: FoundCell) -> set[int]:
    return years_named(" ".join((*found.cell.row_path, *found.cell.column_path)))


def _in_clear_row(named: Sequence[FoundCell], units: Sequence[Unit]) -> list[FoundCell]:
    """The cells of the row that is the likeliest unit, where it leads the row of the cell that is named best clearly; else none."""
    if not named or not units or units[0].segment.kind != "row":
        return []
    best = units[0]
    rival = next((u for u in units if u.document.id == named[0].document.id and u.segment == named[0].row), None)
    if rival is not None and best.score - rival.score < CLEAR_ROW:
        return []
    return [f for f in named if f.document.id == best.document.id and f.row == best.segment]


def _by_meaning(question: Asked, found: Sequence[FoundCell], searcher: Searcher) -> list[FoundCell]:
    """Cells for a question in another language: the rows by their meaning, the column by the year or words that are the same."""
    rows = list(dict.fromkeys(_row_label(f) for f in found))[:MOST_ROWS]
    similarities = dict(zip(rows, searcher.label_similarities(question.question, rows), strict=True))
    best, second = sorted([0.0, 0.0, *similarities.values()])[:-3:-1]
    if best - second < CLEARLY:
        return [replace(f, named=max(f.named, CELL_BY_MEANING)) for f in found if is_total(f.cell)] if TOTAL_ASKED.search(question.question) else []
    near = [f for f in found if similarities.get(_row_label(f), 0.0) >= best - 1e-6 and f.cell.text not in MISSING]
    return [replace(f, named=max(f.named, CELL_BY_MEANING), score=f.score + best) for f in near]


def _row_label(found: FoundCell) -> str:
    heading = found.document.sections[found.row.section].path[-1:]
    label = found.cell.row_path or found.cell.column_path
    return joined(" ".join([*heading, *label]))


def _compared(question: Asked, named: Sequence[FoundCell]) -> list[FoundCell]:
    """Further cells where several are asked for: of the same column in other rows, or of the same row in other columns, named as well.

    To calculate with there is one, the one that is named wholly where there is such.
    """
    calculates = asks_calculation(question.question)
    if not named or not (calculates or SEVERAL.search(question.question)):
        return []
    best = named[0]
    words = set(question.weights)
    beside = [f for f in named[1:] if f.table is best.table and (f.cell.row != best.cell.row) != (f.cell.column != best.cell.column)]
    beside = [f for f in beside if f.score >= best.score - AS_WELL and (_labels(f.cell) - _labels(best.cell)) & words]
    return sorted(beside, key=lambda f: not _labels(f.cell) - _labels(best.cell) <= words)[:1] if calculates and not is_total(best.cell) else beside[: MOST_CELLS - 1]


def _twin(question: Asked, named: Sequence[FoundCell]) -> list[FoundCell]:
    """The result beside the plan, where the question names neither."""
    other = twin_cell(question.question, named[0].table, named[0].cell) if named else None
    return [f for f in named if f.cell == other and f.table == named[0].table and f.cell.text not in MISSING]


def _labels(cell: Cell) -> set[str]:
    return _terms(cell.row_path) | _terms(cell.column_path[-1:])


def _score(question: Asked, document: Document, table: Table, cell: Cell, row_names: Sequence[str], read: float) -> FoundCell:
    row, column = (_terms([*labels, *_whole_names(question.question, labels)]) for labels in (row_names, cell.column_path[-1:]))
    group = _terms(cell.column_path[:-1])
    labels = row | column
    if is_total(cell) and question.share(told := labels | TOTAL_WORDS | _terms((table.introduction, cell.unit or "", document.title, document.issuer))) >= WHOLE:
        labels = told
    named = question.share(labels)
    innermost = 0.25 * question.share(_terms(cell.row_path[-1:]) | column)
    around = question.share((_terms((table.introduction,)) | group) - labels)
    kind = WANTED_KIND * _is_wanted(question.need, cell)
    # A label that is wholly named beats one of which a word is (市内バス against バス停留所), whichever the reader marks.
    asked = question.weights.keys()
    whole = 0.1 * (len(labels & asked) / (len(labels) or 1) + (row <= asked) * bool(row) + (column <= asked) * bool(column))
    score = named + innermost + INTRODUCED * around + kind + whole + READ_CELL * read
    return FoundCell(document, table, cell, named, score, tuple(row_names))


def is_total(cell: Cell) -> bool:
    """Whether the cell is the sum of a row or column."""
    return any(TOTAL.search(joined(label)) for label in (*cell.row_path[-1:], *cell.column_path[-1:]))


def _is_wanted(need: Need, cell: Cell) -> bool:
    shown = f"{cell.text}{cell.unit or ''}"
    if cell.text in MISSING:
        return bool(need.asked)  # that there is no value is an answer to a question for one
    if "money" in need.asked:
        return bool(re.search(r"ウォン|円|ドル", shown))
    return "count" in need.asked and (need.shows("count", shown) if need.counters else bool(re.match(r"約?\d", cell.text)))


def _terms(labels: Sequence[str]) -> set[str]:
    return set(terms("\n".join(joined(label) for label in labels)))


def note_segments(found: FoundCell) -> list[Segment]:
    """The lines above the table that give its unit or its date, which the cell itself doesn't show."""
    wanted = [p for p in (r"単位", r"時点|現在") if (p == r"単位" and found.cell.unit and found.cell.unit == found.table.unit) or (p != r"単位" and found.table.as_of)]
    above = [s for s in found.document.segments if found.table.start - 200 <= s.start < found.table.start and s.kind != "row"]
    return [s for s in above[-3:] if any(re.search(p, found.document.text[s.start : s.end]) for p in wanted)]
