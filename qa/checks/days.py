"""Dates, weekdays and times in Japanese, Korean and English text: 平成16年10月27日 = 2004-10-27 = October 27, 2004.

``ingest.text.dates.mentions`` dates documents; this reads what a sentence says, in all its parts, so that each can be checked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ingest.text.dates import ERAS

WEEKDAYS = "月火水木金土日"
WEEKDAY_WORDS = {**{d: i for i, d in enumerate(WEEKDAYS)}, **{d: i for i, d in enumerate("월화수목금토일")}, **{d: i for i, d in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])}}
MONTHS = {m: i + 1 for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])}
ERA_LETTERS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
WEEKDAY = r"(?:\s*\(\s*(?P<weekday{n}>[月火水木金土日월화수목금토일])(?:曜日?|요일)?[^()]{{0,4}}\)|\s?(?P<weekday_long{n}>[月火水木金土日월화수목금토일])(?:曜日?|요일))?"
YEAR = r"(?:(?P<era>明治|大正|昭和|平成|令和)\s*(?P<era_year>\d{1,2}|元)|(?P<year>(?<!\d)(?:19|20)\d{2}))"
DATES = (
    re.compile(rf"{YEAR}\s*[年년](?![間간])度?\s*(?:\((?:平成|令和)?[\d元]{{1,4}}年?\)\s*年?)?(?:[のに,、]?\s*(?P<month>\d{{1,2}})\s*[月월](?:\s*(?P<day>\d{{1,2}})\s*[日일](?![間간])" + WEEKDAY.format(n="") + ")?)?"),
    re.compile(r"(?P<letter>(?<![A-Za-z])[MTSHR])(?P<era_year>\d{1,2})[./](?P<month>\d{1,2})[./](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<![\d./-])(?P<year>(?:19|20)\d{2})(?P<sep>[./-]|\. )(?P<month>0?[1-9]|1[0-2])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])\.?(?![\d/])" + WEEKDAY.format(n="")),
    re.compile(r"(?<![\d./-])(?P<year>(?:19|20)\d{2})-(?P<month>0[1-9]|1[0-2])(?![\d-])"),
    re.compile(r"(?<![\d./-])(?P<year>(?:19|20)\d{2})[./](?P<month>1[0-2]|0?[1-9])(?=\.?\s*(?:月|時点|現在|기준))"),
    re.compile(r"(?<!\d)(?P<month>1[0-2]|0?[1-9])\s*[月월]\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日일](?![間간])" + WEEKDAY.format(n="")),
    re.compile(rf"(?:(?P<english_weekday>Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? )?(?P<month_name>{MONTH}) (?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\d)(?:,? (?P<year>(?:19|20)\d{{2}}))?"),
    re.compile(rf"(?<!\d)(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?: of)? (?P<month_name>{MONTH})(?:,? (?P<year>(?:19|20)\d{{2}}))?(?![a-z])"),
    re.compile(rf"(?P<month_name>{MONTH}),? (?P<year>(?:19|20)\d{{2}})(?!\d)"),
    re.compile(r"(?P<month_name>January|February|April|June|July|August|September|October|November|December)(?![a-z])"),
    re.compile(r"(?<![\d.,])(?P<month>1[0-2]|0?[1-9])\s*[月월](?![間간])"),
    re.compile(r"(?<![\d.,])(?P<day>3[01]|[12]\d|0?[1-9])\s*(?:日(?!間|本|程|以内|あたり|連続|ぶり|前|後|常)|일(?!간|\s?이내|정|반|자리|본|부터\s?\d+일간))" + WEEKDAY.format(n="")),
    re.compile(r"(?<![\d,.:/-])(?P<year>19\d{2}|20[0-5]\d)(?![\d:/%]|,\d|\.\d|-\d|\s?[万億兆千만억조천]|\s?[人名社件台か所校円棟室戸㎡回個원명건대개])"),
    re.compile(r"(?P<relative>昨年|前年|去年|今年|本年|来年|翌年|지난해|작년|올해|내년|last year|this year|next year)", re.I),
)  # fmt: skip
TIME = re.compile(
    r"(?P<half>午前|午後|오전|오후)?\s*(?<![\d:.])(?P<hour>[01]?\d|2[0-4])\s*(?:時(?![間代点期給価計])|시(?![간대작스장범설민]))\s*(?:(?P<minute>[0-5]?\d)\s*[分분]|(?P<half_past>半|반))?"
    r"|(?P<half2>午前|午後|오전|오후)?\s*(?<![\d:.])(?P<hour2>[01]?\d|2[0-4]):(?P<minute2>[0-5]\d)(?![\d:])\s*(?P<noon2>[ap]\.?m\b\.?)?"
    r"|(?<![\d:.])(?P<hour3>1[0-2]|0?[1-9])\s*(?P<noon3>[ap]\.?m\b\.?)", re.I,
)  # fmt: skip
RELATIVE = {"昨年": -1, "前年": -1, "去年": -1, "지난해": -1, "작년": -1, "last year": -1, "今年": 0, "本年": 0, "올해": 0, "this year": 0, "来年": 1, "翌年": 1, "내년": 1, "next year": 1}
NEAR = 16  # characters after which a day no longer belongs to the month before it


@dataclass(frozen=True, slots=True)
class Day:
    """A date or time in a text as far as it is written; ``start`` and ``end`` are offsets, weekdays count from Monday 0.

    ``implied_year`` and ``implied_month`` are those of the date before it (5月24日~25日); ``relative`` is the distance in
    years from the document's own (昨年: -1).
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    hour: int | None = None
    minute: int | None = None
    implied_year: int | None = None
    implied_month: int | None = None
    relative: int | None = None

    @property
    def iso(self) -> str:
        """As much of ``2004-10-27T20:30`` as is written, ``--`` for what isn't; for messages and comparing."""
        day = "-".join(f"{x:02d}" if x else "--" for x in (self.year, self.month, self.day))
        return f"{self.hour:02d}:{self.minute or 0:02d}" if self.hour is not None else day


def days(text: str) -> tuple[Day, ...]:
    """The dates and times of a folded text, in order."""
    found: list[Day] = []
    for pattern in DATES:
        for match in pattern.finditer(text):
            day = _day(match)
            if day and not any(d.start < day.end and day.start < d.end for d in found):
                found.append(day)
    found += [t for t in _times(text) if not any(d.start < t.end and t.start < d.end for d in found)]
    return tuple(_implied(sorted(found, key=lambda d: d.start)))


def _day(match: re.Match[str]) -> Day | None:
    group = match.groupdict()
    if group.get("relative"):
        return Day(match.start(), match.end(), relative=RELATIVE[group["relative"].lower()])
    year = int(group["year"]) if group.get("year") else None
    era = group.get("era") or ERA_LETTERS.get(group.get("letter") or "")
    if era:
        year = ERAS[era] + (1 if group["era_year"] == "元" else int(group["era_year"]))
    name = group.get("month_name")
    month = MONTHS[name[:3].lower()] if name else int(group["month"]) if group.get("month") else None
    day = int(group["day"]) if group.get("day") else None
    weekday = group.get("weekday") or group.get("weekday_long") or (group.get("english_weekday") or "")[:3].lower()
    try:
        date(year or 2000, month or 1, day or 1)
    except ValueError:
        return None
    return Day(match.start(), match.end(), year, month, day, WEEKDAY_WORDS[weekday] if weekday else None)


def _times(text: str) -> Iterator[Day]:
    for match in TIME.finditer(text):
        group = match.groupdict()
        hour = int(group["hour"] or group["hour2"] or group["hour3"])
        minute = int(group["minute"] or group["minute2"] or (30 if group["half_past"] else 0))
        half = (group["half"] or group["half2"] or group["noon2"] or group["noon3"] or "").lower()
        if half[:1] == "p" or half in ("午後", "오후"):
            hour = hour + 12 if hour < 12 else hour
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        yield Day(start, match.end() - (len(match[0]) - len(match[0].rstrip())), hour=hour, minute=minute)


def _implied(found: list[Day]) -> Iterator[Day]:
    """Each date with the year, and a day near by with the month, of the one before."""
    year = month = None
    behind = -NEAR
    for day in found:
        if day.hour is None and day.relative is None:
            if day.year is None and year:
                day = replace(day, implied_year=year)
            if day.day and not day.month and month and day.start - behind <= NEAR:
                day = replace(day, implied_month=month)
            year, month, behind = day.year or year, day.month or day.implied_month or month, day.end
        yield day
