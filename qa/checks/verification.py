"""Checks of one sentence against the spans that it cites: its numbers, dates, names and directions.

    checks(sentence, [Evidence(1, document, start, end), …]) -> (Check(kind, value, found, citation, start, end, note), …)
    holds(checks) -> whether all of them are found

A value holds where it stands in the span itself, or in what labels it from above (title, issuer, headings, list items, a
table's headings, notes and date, which are found here; give only the spans). Numbers are compared by value with unit
and qualifiers; a number in a table carries its row and column, and a row, column, year or place that belongs to another
number is a failed check. The sentence may be Japanese, Korean or English; marks like [1] are passed over. What is
written as a calculation (a − b = c) is checked as one: its result need not stand anywhere.
"""

from collections.abc import Sequence

from qa.answer import Check
from qa.checks.bearing import Borne, columns_of, number_borne
from qa.checks.binding import misplaced
from qa.checks.calculation import results
from qa.checks.dated import day_check
from qa.checks.directions import directions
from qa.checks.labels import Evidence, Piece, columns, labels, pieces
from qa.checks.naming import find_name, forms_of, names
from qa.checks.quantities import Quantity
from qa.checks.values import MARKS, Code, values

__all__ = ["Evidence", "checks", "holds"]


def holds(found: Sequence[Check]) -> bool:
    """Whether every check is found; true where there is nothing to check."""
    return all(check.found for check in found)


def checks(sentence: str, cited: Sequence[Evidence]) -> tuple[Check, ...]:
    """All that can be checked in the sentence, in the order number, date, name, direction."""
    sentence = MARKS.sub("", sentence)
    said = values(sentence)
    spoken = [piece for evidence in cited for piece in pieces(evidence)]
    above = [piece for evidence in cited for piece in labels(evidence)]
    calculated = results(sentence, said.quantities)
    numbers = [(q, Borne(True) if q.start in calculated else number_borne(q, said.quantities, sentence, spoken, above)) for q in said.quantities if not q.year]
    cells = columns_of(sentence, cited, [b for _, b in numbers])
    bound = [*above, *columns(cells)]
    numbers = [(q, b if b.found else _in_heading(q, said.quantities, sentence, columns(cells)) or b) for q, b in numbers]
    found = [Check("number", sentence[q.start : q.end].strip(), b.found, b.n, b.start, b.end, b.note) for q, b in numbers]
    found += [_code(code, [*spoken, *above]) for code in said.codes]
    dating = [p for p in bound if not p.dates_document] if _names_years([*spoken, *columns(cells)]) else bound
    found += [day_check(day, sentence, cited, spoken, dating) for day in said.days]
    found += _names(sentence, cited, spoken, bound)
    sources, around = "\n".join(p.text for p in spoken), "\n".join(p.text for p in bound)
    headed = "\n".join(p.text for p in columns(cells))
    found += [Check("direction", c.value, c.found, note=c.note) for c in directions(sentence, sources, around, headed)]
    found += misplaced(sentence, cited, cells, [b for _, b in numbers], spoken, bound)
    return tuple(dict.fromkeys(found))


def _in_heading(said: Quantity, all_said: Sequence[Quantity], sentence: str, headings: Sequence[Piece]) -> Borne | None:
    """A number that is part of a column's or row's name: 令和6年1~3月 above a cell. It bears itself only, no cell."""
    found = number_borne(said, all_said, sentence, (), [Piece(p.n, p.document_id, p.text, None) for p in headings])
    return Borne(True, found.n) if found.found else None


def _names_years(where: Sequence[Piece]) -> bool:
    """Whether spans or columns give years of their own: then the document's date stands for none of theirs."""
    return any(day.year for piece in where for day in values(piece.text).days)


def _code(code: Code, where: Sequence[Piece]) -> Check:
    """A telephone number or an address stands as it is."""
    for piece in where:
        same = next((c for c in values(piece.text).codes if c.text.lower() == code.text.lower()), None)
        if same:
            at = piece.at
            return Check("number", code.text, True, piece.n, None if at is None else at + same.start, None if at is None else at + same.end)
    return Check("number", code.text, False, note="資料にない番号またはアドレスです")


def _names(sentence: str, cited: Sequence[Evidence], spoken: Sequence[Piece], bound: Sequence[Piece]) -> list[Check]:
    pairs = [pair for evidence in cited for pair in evidence.document.names]
    found: list[Check] = []
    for name in names(sentence):
        forms = forms_of(name, pairs)
        hit = next(((p, span) for p in (*spoken, *bound) if (span := find_name(forms, p.text))), None)
        if hit is None:
            found.append(Check("name", name.text, False, note="引用箇所にも見出しにもない名前です"))
            continue
        piece, (a, b) = hit
        known = piece.at is not None and a >= 0
        found.append(Check("name", name.text, True, piece.n, (piece.at or 0) + a if known else None, (piece.at or 0) + b if known else None))
    return found
