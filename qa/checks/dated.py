"""Whether a date of a sentence stands in the cited spans or follows from what labels them."""

from collections.abc import Iterator, Sequence
from datetime import date

from qa.answer import Check
from qa.checks.days import Day
from qa.checks.labels import Evidence, Piece
from qa.checks.values import values


def day_check(said: Day, sentence: str, cited: Sequence[Evidence], spoken: Sequence[Piece], bound: Sequence[Piece]) -> Check:
    """The check of one date or time; missing parts may come from a heading, a table's note or the document's date."""
    value = sentence[said.start : said.end].strip()
    if said.hour is None and said.weekday is not None and not _weekday_fits(said):
        return Check("date", value, False, note="曜日が日付と合いません")
    known_years = {d.year for p in (*bound, *spoken) for d in values(p.text).days if d.year}
    for piece in (*spoken, *bound):
        for held in values(piece.text).days:
            if _bears(said, held, known_years, _years(cited, piece)):
                at = piece.at
                return Check("date", value, True, piece.n, None if at is None else at + held.start, None if at is None else at + held.end)
    if said.relative is not None or _known_by_number(said, (*spoken, *bound)):
        return Check("date", value, True)
    return Check("date", value, False, note="引用箇所にない日付です")


def _years(cited: Sequence[Evidence], piece: Piece) -> set[int]:
    """The year of the document that a piece is of; 昨年 and 来年 count from it."""
    return {int(e.document.date.value[:4]) for e in cited if e.document.id == piece.document_id and e.document.date.value}


def _bears(said: Day, held: Day, known: set[int], own: set[int]) -> bool:
    """Whether a date in the sources says all that the sentence's date says."""
    if said.hour is not None or held.hour is not None:
        return said.hour is not None and held.hour is not None and _same_time(said, held)
    if held.relative is not None:
        if said.relative is not None:
            return said.relative == held.relative
        return said.year is not None and said.month is None and said.year in {y + held.relative for y in own}
    if said.relative is not None:
        return held.year is not None and held.year in {y + said.relative for y in own}
    month, years = held.month or held.implied_month, {held.year or held.implied_year} if held.year or held.implied_year else known | own
    if said.day is not None and said.day != held.day:
        return False
    if said.month is not None and said.month != month:
        return False
    if said.day is not None and said.month is None and said.implied_month and month and said.implied_month != month:
        return False
    if said.weekday is not None and held.weekday is not None and said.weekday != held.weekday:
        return False
    return said.year is None or said.year in years


def _same_time(said: Day, held: Day) -> bool:
    same_hour = said.hour == held.hour or (said.hour is not None and held.hour is not None and abs(said.hour - held.hour) == 12 and 12 not in (said.hour, held.hour) and False)
    return same_hour and said.minute == held.minute


def _weekday_fits(said: Day) -> bool:
    year = said.year or said.implied_year
    if not (year and said.month and said.day):
        return True
    return date(year, said.month, said.day).weekday() == said.weekday


def _known_by_number(said: Day, where: Sequence[Piece]) -> bool:
    """A day or year alone may stand as a bare number: (25), 2024 in a heading, 30日 for a stretch of days."""
    return any(q.low == wanted and q.unit in units for wanted, units in _alone(said) for p in where for q in values(p.text).quantities)


def _alone(said: Day) -> Iterator[tuple[int, tuple[str, ...]]]:
    if said.day and not said.month and said.weekday is None:
        yield said.day, ("日",)
    if said.year and not said.month:
        yield said.year, ("", "年")
