"""Where a number of a sentence stands in the cited spans, with its unit, its power and its qualifiers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.document import Cell, normalize
from qa.checks.labels import Evidence, Piece
from qa.checks.quantities import Quantity, fold
from qa.checks.units import GENERIC, compatible, stands_in_labels
from qa.checks.values import values

COUNTED_WITHIN = 14  # characters behind a counter in which what it counts is named
LOOSE = {"above": "more", "at least": "more", "some more": "more", "below": "less", "at most": "less"}  # a translation of 以上 is often "more than"


@dataclass(frozen=True, slots=True)
class Borne:
    """Whether a value stands, where (citation, offsets, piece of evidence), and why not."""

    found: bool
    n: int | None = None
    start: int | None = None
    end: int | None = None
    note: str = ""
    piece: Piece | None = None
    at: int = 0  # offset in the piece
    also: tuple[tuple[Piece, int], ...] = ()  # all places that bear it
    said: int = -1  # offset in the sentence; -1 for a result that stands nowhere


def number_borne(said: Quantity, all_said: Sequence[Quantity], sentence: str, spoken: Sequence[Piece], above: Sequence[Piece]) -> Borne:
    """Where the number stands: in the spans, else in what labels them; the note says what comes nearest."""
    note = "引用箇所にない数値です"
    places: list[tuple[Piece, Quantity]] = []
    for where in (spoken, above):
        for piece in where:
            for held in _held(said, piece):
                if not _same_value(said, held, all_said):
                    continue
                if not _same_unit(said, held, piece, sentence, spoken if where is spoken else (), above):
                    note = f"資料では単位が異なります({_shown(piece, held)})"
                elif not _same_qualifiers(said, held, sentence):
                    note = f"資料では限定が異なります({_shown(piece, held)})"
                else:
                    places.append((piece, held))
        if places:
            break
    if not places:
        return Borne(False, note=note)
    piece, held = places[0]
    start = None if piece.at is None else piece.at + held.start
    end = None if piece.at is None else piece.at + min(held.end, len(piece.text))
    return Borne(True, piece.n, start, end, "", piece, held.start, tuple((p, h.start) for p, h in places), said.start)


def _held(said: Quantity, piece: Piece) -> tuple[Quantity, ...]:
    """The quantities of a piece; a cell's digits also without the unit of its column for a sentence that gives none."""
    read = values(_read(piece)).quantities
    return read + values(piece.text).quantities if said.bare and piece.cell else read


def _read(piece: Piece) -> str:
    """A piece as it is meant: a cell's bare number with the unit of its column or table."""
    cell = piece.cell
    if cell is None or not cell.unit or fold(cell.text).endswith(fold(cell.unit)):
        return piece.text
    return piece.text + cell.unit


def _shown(piece: Piece, held: Quantity) -> str:
    return _read(piece)[held.start : held.end].strip()


def _same_value(said: Quantity, held: Quantity, all_said: Sequence[Quantity]) -> bool:
    """The same number or the same range; an end of a range only where the sentence gives the other end too."""
    if said.ordinal != held.ordinal and not (said.unit == held.unit == "位"):
        return False
    if (said.low, said.high) == (held.low, held.high):
        return True
    if held.high is not None and said.high is None and said.low in (held.low, held.high):
        other = held.high if said.low == held.low else held.low
        return any(q.high is None and q.low == other for q in all_said) or ("at most" in said.qualifiers and said.low == held.high) or ("at least" in said.qualifiers and said.low == held.low)
    return False


def _same_unit(said: Quantity, held: Quantity, piece: Piece, sentence: str, spoken: Sequence[Piece], above: Sequence[Piece]) -> bool:
    japanese = any("ぁ" <= c <= "ん" for c in sentence)
    if said.unit == held.unit or not said.unit:
        return True  # a bare number claims no unit
    if not said.raw and not held.raw and compatible(said.unit, held.unit):
        return not japanese or _counts_it(said, held, sentence, piece)
    if held.bare and not held.unit:
        return _labelled(said, piece, bool(spoken), above)
    if said.raw and held.raw:
        return said.unit[0] == held.unit[0] or not japanese
    if said.raw or held.raw:
        return not japanese or compatible("つ", held.unit if said.raw else said.unit)
    return False


def _counts_it(said: Quantity, held: Quantity, sentence: str, piece: Piece) -> bool:
    """Whether 8つ and 8機関 count the same: what is counted follows the counter that says nothing (8つの国際機関)."""
    general, text, other = (said, sentence, held) if said.unit in GENERIC else (held, piece.text, said)
    return general.unit not in GENERIC or other.unit in GENERIC or stands_in_labels(other.unit, text[general.end : general.end + COUNTED_WITHIN])


def _labelled(said: Quantity, piece: Piece, is_spoken: bool, above: Sequence[Piece]) -> bool:
    """Whether a bare number has the sentence's unit from its column, its table or, in prose, from its own sentence (英語(170))."""
    if piece.cell is None:
        if said.raw:
            return said.unit[:1] in piece.text
        return is_spoken and said.unit not in GENERIC and stands_in_labels(said.unit, piece.text)
    around = "\n".join((*piece.cell.row_path, *piece.cell.column_path))
    return said.unit[:1] in around if said.raw else said.unit in GENERIC or stands_in_labels(said.unit, "\n".join((around, *(p.text for p in above))))


def _same_qualifiers(said: Quantity, held: Quantity, sentence: str) -> bool:
    """約, 以上, 以下, 未満, 超 are part of the number: neither added nor dropped."""
    a, b = said.qualifiers, held.qualifiers
    if a == b:
        return True
    if not any("ぁ" <= c <= "ん" for c in sentence):
        a, b = frozenset(LOOSE.get(q, q) for q in a), frozenset(LOOSE.get(q, q) for q in b)
    return a - {"about"} == b - {"about"} and ("about" in a) == ("about" in b)


def columns_of(sentence: str, cited: Sequence[Evidence], borne: Sequence[Borne]) -> list[tuple[Evidence, Cell]]:
    """The cells whose row and column label the sentence: those that bear its numbers or stand in it, all cited ones where none does."""
    said = normalize(sentence)
    cells = [(e, cell) for e in cited for cell in _cells(e)]
    bearing = {(piece.n, piece.cell.start) for b in borne for piece, _ in b.also if piece.cell}
    if not bearing:
        return cells
    return [(e, c) for e, c in cells if (e.n, c.start) in bearing or (not c.text[:1].isdigit() and normalize(c.text) in said)]


def _cells(evidence: Evidence) -> Iterator[Cell]:
    for table in evidence.document.tables:
        if table.start < evidence.end and table.end > evidence.start:
            yield from (c for c in table.cells if evidence.start <= c.start and c.end <= evidence.end)

