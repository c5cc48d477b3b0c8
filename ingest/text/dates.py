"""Dates in Japanese text, and the date of a document with its basis.

A mention has a year, a month and a day as far as they are written. Eras become years of the
common era. The date of a document is *stated* where a dateline gives it, *inferred* where the
text mentions dates of what it reports, else unknown; a date is never more precise than the text.
"""

import re
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ingest.document import DocumentDate

ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}  # year before the first; R, H … likewise
WEEKDAYS = "月火水木金土日"
MENTION = re.compile(
    r"(?:(?P<era>明治|大正|昭和|平成|令和)\s*(?P<era_year>\d{1,2}|元)\s*年|(?P<year>(?:[1１][9９]|[2２][0０])\d{2})\s*(?:[(（](?:平成|令和)[\d元]{1,2}[)）]\s*)?年)"
    r"(?:度|の1年間|[^\d\n。]{0,8}?四半期)?(?:\s*[(（](?:平成|令和|[12]\d)[\d元]{1,2}年[)）])?(?:\s*(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})\s*日)?)?"
    r"|(?<![\d.])(?P<dot_year>(?:[1１][9９]|[2２][0０])\d{2})[./-](?P<dot_month>\d{1,2})[./-](?P<dot_day>\d{1,2})(?![\d.]*\d)"
    r"|(?<!\d)(?P<only_month>\d{1,2})\s*月\s*(?P<only_day>\d{1,2})\s*日(?:\s*[(\uff08](?P<weekday>[月火水木金土日])[)\uff09])?"
    r"|(?P<bare_year>[2２][0０]\d{2})(?=[一-龯ァ-ヺ])(?![年万億兆人件社台か])"
)
PLANNED = re.compile(r"^\s*(までに?|以降|から[^。]{0,12}(計画|予定)|量産|を目標|には?[^。]{0,30}(拡大|目標|計画))")
TARGET = re.compile(r"^\s*(まで|以降|[^。、]{0,10}を目標)")  # narrower than PLANNED: 2018年には拡大する is often said in 2018
REPORT_HEAD = 300  # characters in which a report's dateline stands; what it reports has dates of its own
AS_OF = re.compile(r"^\s*(現在|時点|末?基準)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A date in a text: ``start`` and ``end`` are offsets; what isn't written is None."""

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    weekday: str | None = None
    follows: str = ""  # the few characters behind it, which tell a plan from a fact

    @property
    def iso(self) -> str:
        """``2018``, ``2018-05`` or ``2018-05-25``; empty where the year isn't known."""
        if self.year is None:
            return ""
        parts = [f"{self.year:04d}"] + [f"{x:02d}" for x in (self.month, self.day) if x]
        return "-".join(parts)


def mentions(text: str) -> Iterator[Mention]:
    """The dates of ``text`` in order; impossible ones (month 13, 30 February) are passed over."""
    for match in MENTION.finditer(text):
        group = match.groupdict()
        year = group["year"] or group["dot_year"] or group["bare_year"]
        if group["era"]:
            year = ERAS[group["era"]] + (1 if group["era_year"] == "元" else int(group["era_year"]))
        month = group["month"] or group["dot_month"] or group["only_month"]
        day = group["day"] or group["dot_day"] or group["only_day"]
        if group["era_year"] and group["era_year"] != "元" and not int(group["era_year"]):
            continue
        numbers = [int(x) if x else None for x in (year, month, day)]
        found = Mention(match.start(), match.end(), numbers[0], numbers[1], numbers[2], group["weekday"], text[match.end() : match.end() + 24])
        if _possible(found):
            yield found


def _possible(mention: Mention) -> bool:
    if mention.month is None:
        return True
    try:
        date(mention.year or 2000, mention.month, 1 if mention.day is None else mention.day)
    except ValueError:
        return False
    return True


def document_date(text: str, kind: str) -> tuple[DocumentDate, Mention | None]:
    """The date of a document and, where only the year is missing, the mention that awaits it.

    Order: a dateline near the head of a report or release; "… 現在"; the first full date; the
    first month and day with the year that the text allows; the latest year that isn't a plan.
    """
    body = text[:REPORT_HEAD] if kind == "report" else text
    found = list(mentions(body))
    dateline = next((m for m in found if m.year and m.month and _is_dateline(body, m)), None)
    if dateline:
        return DocumentDate(dateline.iso, "stated", _quote(body, dateline)), None
    if kind == "report":
        return DocumentDate(), None
    as_of = [m for m in found if AS_OF.match(m.follows) and m.year and m.month]
    full = [m for m in found if m.year and m.day]
    partial = [m for m in found if m.year is None]
    first = next(iter([*as_of, *full]), None)
    if first:
        return DocumentDate(first.iso, "inferred", _quote(text, first)), None
    if partial:
        return _with_year(text, partial[0], found)
    years = [m for m in found if m.year and not _is_past_start(m) and not TARGET.match(m.follows)]
    if not years:
        return DocumentDate(), None
    latest = max(m.year or 0 for m in years)
    chosen = next((m for m in years if m.year == latest and m.month), None) or next(m for m in years if m.year == latest)
    return DocumentDate(chosen.iso, "inferred", _quote(text, chosen)), None


def with_year_of_neighbours(before: str | None, mention: Mention, after: str | None) -> DocumentDate:
    """The date of a release that names no year, in a bundle that runs from new to old (or old to new).

    ``before`` and ``after`` are the ISO dates of its dated neighbours; the year is the one that
    keeps the order; without such a year, or with neighbours too far apart, the date stays unknown.
    """
    years = {int(x[:4]) for x in (before, after) if x}
    fits = [y for y in range(min(years, default=0), max(years, default=-1) + 1) if _between(before, replace(mention, year=y), after)]
    if len(fits) != 1:
        return DocumentDate()
    return DocumentDate(f"{fits[0]}-{mention.month:02d}", "inferred", f"{mention.month}月{mention.day}日")


def _between(before: str | None, mention: Mention, after: str | None) -> bool:
    if mention.month == 2 and mention.day == 29 and not isleap(mention.year or 0):
        return False
    month = mention.iso[:7]
    lower, upper = sorted((before or after or "", after or before or ""))
    return lower[:7] <= month <= upper[:7]


def _with_year(text: str, mention: Mention, found: list[Mention]) -> tuple[DocumentDate, Mention | None]:
    years = _candidate_years(text, found)
    if mention.weekday:
        years = [y for y in years if _weekday(y, mention) == mention.weekday] or years
    if not years:
        return DocumentDate(), mention
    return DocumentDate(f"{years[0]}-{mention.month:02d}", "inferred", _quote(text, mention)), None


def _candidate_years(text: str, found: list[Mention]) -> list[int]:
    """The years that the text is about, latest first: not targets, not foundings long past."""
    elapsed = [int(m.group(1)) + int(m.group(2)) for m in re.finditer(r"((?:19|20)\d{2})年の?(?:創立|設立|発足|開始)[^。]{0,40}?(\d{1,2})年(?:で|間で|目)", text)]
    whole = [m.year + 1 for m in found if m.year and text[m.start : m.end].endswith("の1年間")]  # a year that has gone by
    named = [m.year for m in found if m.year and not PLANNED.match(m.follows) and not _is_past_start(m)]
    return sorted(set(elapsed), reverse=True) or sorted(set(whole), reverse=True) or sorted(set(named), reverse=True)


def _is_past_start(mention: Mention) -> bool:
    """"2015年から始められた", "2010年の創立当時": a beginning, which dates nothing but itself."""
    return bool(re.match(r"^\s*(から|に(初めて|着工|設立|オープン|始ま)|、?ソウル市は全国で|の創立|に設立|中国)", mention.follows))


def _weekday(year: int, mention: Mention) -> str:
    return WEEKDAYS[date(year, mention.month or 1, mention.day or 1).weekday()] if _possible(replace(mention, year=year)) else ""


def _is_dateline(text: str, mention: Mention) -> bool:
    """A line near the head that is little more than the date and the issuer."""
    start = text.rfind("\n", 0, mention.start) + 1
    end = text.find("\n", mention.end)
    line = text[start : end if end >= 0 else len(text)]
    return mention.start < 300 and mention.start - start <= 12 and len(line) <= 40 and not re.search(r"[。、]|まで|より|開催|日時|日付|受付|月.*曜|開設日", line)


def _quote(text: str, mention: Mention) -> str:
    return text[mention.start : mention.end]
