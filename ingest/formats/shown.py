"""Values of a sheet as the sheet shows them: thousands commas, percent, decimals, dates of the common and the Japanese calendar."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.I)
DATE_PART = re.compile(r"ggge|gge|ge|e|yyyy|yy|mmmm|mmm|mm|m|aaaa|aaa|dddd|ddd|dd|d|hh|h|ss|s|am/pm", re.I)
ERAS = (("令和", "R", date(2019, 5, 1)), ("平成", "H", date(1989, 1, 8)), ("昭和", "S", date(1926, 12, 25)), ("大正", "T", date(1912, 7, 30)), ("明治", "M", date(1868, 1, 25)))
WEEKDAYS = "月火水木金土日"
MOST_DECIMALS = 12


def shown(value: object, number_format: str) -> str:
    """What a cell shows for ``value``; formats that aren't known show the value as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _date(value, number_format)
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value)


def _number(value: int | float, number_format: str) -> str:
    sections = number_format.split(";")
    pattern = sections[1] if value < 0 and len(sections) > 1 else sections[0]
    signed = value < 0 and len(sections) > 1  # a section of its own for what is negative shows its own sign
    plain = LITERAL.sub("", pattern)
    if not re.search("[0#?]", plain) or "E+" in plain.upper() or "/" in plain or number_format == "General":
        return _general(value)
    scaled = abs(value) if signed else value
    if "%" in plain:
        scaled *= 100
    decimals = len(re.search(r"\.([0#?]*)", plain).group(1)) if "." in plain else 0  # type: ignore[union-attr]
    thousandths = len(re.search(r"[0#?](,*)[^0#?,.]*$", plain.split("%")[0]).group(1)) if re.search(r"[0#?],+[^0#?,.]*$", plain) else 0  # type: ignore[union-attr]
    text = _rounded(scaled, min(decimals, MOST_DECIMALS), thousandths, re.search(r"[#0?],[#0?]", plain) is not None)
    if decimals and not re.search(r"\.[0?]", plain):
        text = text.rstrip("0").rstrip(".")
    whole = re.search(r"0+(?=\.|$|%)", plain.replace(",", "").replace("#", ""))
    if "," not in plain and whole and value >= 0:
        text = text.zfill(len(whole.group()) + (decimals + 1 if decimals else 0))
    return _with_literals(pattern, text)


def _rounded(value: int | float, decimals: int, thousandths: int, commas: bool) -> str:
    try:
        exact = Decimal(repr(value)).scaleb(-3 * thousandths).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    except InvalidOperation:
        return _general(value)
    return f"{exact:,f}" if commas else f"{exact:f}"


def _with_literals(pattern: str, text: str) -> str:
    """The number with what the format writes around it (千円, △, %)."""
    head, _, tail = _shape(pattern)
    return f"{head}{text}{tail}".strip()


def _shape(pattern: str) -> tuple[str, str, str]:
    readable = LITERAL.sub(lambda m: m.group(1) or m.group(2) or "", pattern)
    match = re.search(r"[0#?][0#?,.]*", readable)
    return (readable[: match.start()], match.group(), readable[match.end() :]) if match else ("", "", "")


def _general(value: int | float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.11g}" if 1e-5 <= abs(value) < 1e15 or not value else f"{value:g}"


def _date(value: datetime | date | time | timedelta, number_format: str) -> str:
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}" + (f":{value.second:02d}" if value.second else "")
    pattern = re.split(";", number_format)[0]
    readable = LITERAL.sub(lambda m: m.group(1) or m.group(2) or "", pattern)
    if number_format == "General" or not re.search("[ymdge]", readable, re.I) or number_format in ("mm-dd-yy", "m/d/yy h:mm", "m/d/yyyy", "yyyy/m/d", "yyyy-mm-dd"):
        return _plain_date(value)
    return _patterned(value, readable)


def _plain_date(value: datetime | date) -> str:
    """Windows in Japanese shows Excel's usual date formats so."""
    text = f"{value.year}/{value.month}/{value.day}"
    return f"{text} {value.hour}:{value.minute:02d}" if isinstance(value, datetime) and (value.hour or value.minute) else text


def _patterned(value: datetime | date, pattern: str) -> str:
    name, letter, first = next((era for era in ERAS if value >= (datetime(*era[2].timetuple()[:3]) if isinstance(value, datetime) else era[2])), ("", "", date(value.year, 1, 1)))
    year = value.year - first.year + 1
    hour, minute, second = (value.hour, value.minute, value.second) if isinstance(value, datetime) else (0, 0, 0)
    is_minute = [m.start() for m in re.finditer(r"(?<=h:)m+|(?<=hh:)m+|m+(?=:s)", pattern, re.I)]

    def part(match: re.Match[str]) -> str:
        key = match.group().lower()
        if key in ("m", "mm") and match.start() in is_minute:
            return f"{minute:02d}" if key == "mm" else str(minute)
        values = {
            "ggge": f"{name}{year}", "gge": f"{name[:1]}{year}", "ge": f"{letter}{year}", "e": str(year), "yyyy": f"{value.year}", "yy": f"{value.year % 100:02d}",
            "mmmm": value.strftime("%B"), "mmm": value.strftime("%b"), "mm": f"{value.month:02d}", "m": str(value.month), "dd": f"{value.day:02d}", "d": str(value.day),
            "aaaa": f"{WEEKDAYS[value.weekday()]}曜日", "aaa": WEEKDAYS[value.weekday()], "dddd": value.strftime("%A"), "ddd": value.strftime("%a"),
            "hh": f"{hour:02d}", "h": str(hour), "ss": f"{second:02d}", "s": str(second), "am/pm": "AM" if hour < 12 else "PM",
        }  # fmt: skip
        return values[key]

    return DATE_PART.sub(part, pattern).strip()
