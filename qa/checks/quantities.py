"""Numbers with their power, unit and qualifier, read out of Japanese, Korean and English text in decimal arithmetic.

``5万7,689人`` is 57689 人, ``17万9,437百万ウォン`` is 179437000000 ウォン, ``최대 3개월`` is 3 か月 at most. A number is read
whole: the 1,200 of 11,200 or the 34 of 34.5 is nothing of its own, and neighbouring cells never run together.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from qa.checks.units import BEFORE, PATTERN, unit_of

POWERS = {"兆": 12, "億": 8, "万": 4, "千": 3, "百": 2, "百万": 6, "千万": 7, "조": 12, "억": 8, "만": 4, "천": 3, "백": 2, "백만": 6, "천만": 7, "trillion": 12, "billion": 9, "million": 6, "thousand": 3, "bn": 9}
SMALL = {"千": 3, "百": 2, "천": 3, "백": 2}
KANJI = {c: n for n, c in enumerate("〇一二三四五六七八九")}
WORDS = {w: n for n, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"])} | {"twenty": 20, "thirty": 30, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
POWER = r"(?:百万|千万|백만|천만|[兆億万千百조억만천백](?![一-龯가-힣]{0,0}[ぁ])|(?:trillion|billion|million|thousand|bn)(?![A-Za-z]))"
COUNTED = r"つ|大(?!学|会|半|型|量|切|き)|(?:か|カ|ヵ|ヶ|ケ|箇)(?:所|国|月|年)|社(?!会)|名(?!称|前)|件|台|校|都市|回|年間|日間|種|分野|項目|段階|本柱|人(?!当|気|工)|チーム|機関|団体|地域|課"
SIGN = r"(?:(?<![^\s(:\uff08])[-▲△](?=\d))?"
NUMBER = re.compile(
    rf"(?P<ordinal>第|제|no\. ?|No\. ?)?\s?(?P<currency>US\$|[$₩¥€£]|(?:KRW|USD|JPY|EUR|CNY|RMB) ?)?"
    rf"(?P<number>{SIGN}(?<![\d.]){DIGITS}(?:[ \u3000]?{POWER})*(?:(?<=\D)[ \u3000]?{DIGITS}(?:[ \u3000]?{POWER})+|(?<=[万億兆만억조千천])[ \u3000]?{DIGITS})*"
    rf"|(?<![一-龯])(?:[二三四五六七八九十百千]|[一二三四五六七八九][一二三四五六七八九十百千]+)[一二三四五六七八九十百千]*(?={COUNTED})|(?<=第)[一二三四五六七八九十]+"
    rf"|(?<![A-Za-z])(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ee]leven|[Tt]welve|[Tt]wenty|[Tt]hirty)(?![A-Za-z-])"
    rf"|(?<![가-힣])(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열)(?=\s?(?:가지|개|곳|명|도시|나라|번|단계|분야|곳)))"
    rf"(?P<about>여|余り?|数)?(?P<of>分の(?=\d))?"
)
AFTER_NUMBER = re.compile(rf"[ \u3000]?(?P<unit>{PATTERN})|(?P<nth>st|nd|rd|th)(?![A-Za-z])|(?: [a-z][a-z-]+){{1,2}}? (?P<noun>{PATTERN})|(?P<raw>(?!以上|以下|以内|未満|超|余|程度|前後|現在|時点|以降)[一-龯ァ-ヺー]{{1,4}})", re.I)
QUALIFIERS_BEFORE = (
    ("about", re.compile(r"(約|およそ|おおよそ|概ね|ほぼ|약|대략|about|approximately|around|roughly|nearly|some)\s*$", re.I)),
    ("at most", re.compile(r"(最大|最長|最多|최대|최장|up to|at most|maximum( of)?|no more than)(で|限)?\s*(約|약)?\s*$", re.I)),
    ("at least", re.compile(r"(最低|最小|最短|少なくとも|최소|최저|적어도|at least|minimum( of)?|no (?:less|fewer) than)(でも|で)?\s*$", re.I)),
    ("above", re.compile(r"(more than|over|exceed(?:s|ed|ing)?|above)\s*$", re.I)),
    ("below", re.compile(r"(?<!no )(less than|fewer than|under|below)\s*$", re.I)),
)
QUALIFIERS_AFTER = (
    ("at least", re.compile(r"\s*(以上|이상|or (?:more|above|over|older)|and (?:above|over|older))")),
    ("at most", re.compile(r"\s*(以下|以内|이하|이내|or (?:less|fewer|below|under|younger))")),
    ("below", re.compile(r"\s*(未満|미만)")),
    ("above", re.compile(r"\s*(超(?!高|大)|を(?:超|越|上回)|을? ?넘|를? ?넘|초과)")),
    ("some more", re.compile(r"\s*(余り|余(?!地)|あまり|여(?=[\s을를가이의]))")),
    ("about", re.compile(r"\s*(程度|ほど(?!の)|くらい|ぐらい|前後|정도|쯤)")),
)
BETWEEN = re.compile(r"\s*[~-]\s*(約|약)?\s*$|\s+to\s+$|\s*から\s*(約)?$")
RESULT = re.compile(r"\s*=")  # behind 500 - 700 that is a calculation, no range
BARE_YEAR = re.compile(r"19\d{2}|20[0-5]\d")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: ``start`` and ``end`` are offsets of it with unit and qualifiers.

    ``low`` is its value with the power worked in, ``high`` the upper end of a range; ``unit`` its one name (see
    ``qa.checks.units``), empty where none stands; ``raw`` says that the unit is a word that isn't known as one.
    """

    start: int
    end: int
    low: Decimal
    high: Decimal | None = None
    unit: str = ""
    qualifiers: frozenset[str] = frozenset()
    ordinal: bool = False
    raw: bool = False
    power: int = 0
    bare: bool = False  # digits alone: in a table the unit may stand in a heading
    year: bool = False  # may be a year


def fold(text: str) -> str:
    """The text with characters in their plain forms (％ as %, ５ as 5, 〜 as ~); every offset stays as it is."""
    return "".join(_folded(c) for c in text)


@lru_cache(maxsize=10_000)
def _folded(c: str) -> str:
    if c in "〜～∼":
        return "~"
    if c in "–—−‒‐‑":
        return "-"
    plain = unicodedata.normalize("NFKC", c)
    return plain if len(plain) == 1 else c


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a folded text, ranges joined, in order; what is a date or an address has to be blanked before."""
    found: list[Quantity] = []
    for quantity in _single(text):
        last = found[-1] if found else None
        if last and quantity.start < last.end:
            continue  # the 1 of 3分の1
        if last and last.high is None and not last.ordinal and BETWEEN.fullmatch(text[last.end : quantity.start]) and not RESULT.match(text, quantity.end) and _may_join(last, quantity, text):
            found[-1] = _range(last, quantity)
        else:
            found.append(quantity)
    return tuple(found)


def _single(text: str) -> Iterator[Quantity]:
    for match in NUMBER.finditer(text):
        value, power = number_value(match["number"])
        end = match.end()
        after = AFTER_NUMBER.match(text, end)
        if after and after["raw"] and (power or text[end] in " \u3000"):
            after = None
        form = (after["unit"] or after["noun"] or after["raw"] or "") if after and not match["of"] else ""
        if end < len(text) and text[end].isascii() and text[end].isalpha() and not (after and (after["unit"] or after["nth"])):
            continue  # 5G, 3D: part of a name
        if match.start("number") and re.match(r"[A-Za-z]", text[match.start("number") - 1]) and not (after and after["unit"] and not text[end].isspace()):
            continue  # SMG344, G20; but EV100%, 49kg35kg
        if after and form:
            end = after.end()
        unit = BEFORE[match["currency"].strip()] if match["currency"] else unit_of(form) if form else ""
        if unit == "割":
            value, unit = value * 10, "%"
        if match["of"]:
            divided = re.match(DIGITS, text[end:])
            value, unit, end = number_value(divided[0] if divided else "1")[0] / (value or 1), "分の", end + (divided.end() if divided else 0)
        ordinal = bool(match["ordinal"] or (after and after["nth"]) or re.match(r"目|번째", text[end:]) or unit in ("番", "位", "四半期"))
        start, end, qualifiers = _qualified(text, match.start("currency") if match["currency"] else match.start("number"), end, match["about"])
        digits = match["number"]
        yield Quantity(start, end, value, None, unit, qualifiers, ordinal, bool(after and after["raw"]), power, not unit and not ordinal, not unit and bool(BARE_YEAR.fullmatch(digits)))


def _qualified(text: str, start: int, end: int, about: str | None) -> tuple[int, int, frozenset[str]]:
    """Start and end with the qualifiers around, and which they are."""
    names = {"some more"} if about and about != "数" else set()
    before = text[max(0, start - 16) : start]
    for name, pattern in QUALIFIERS_BEFORE:
        if match := pattern.search(before):
            names.add(name)
            start = min(start, start - len(before) + match.start())
    for name, pattern in QUALIFIERS_AFTER:
        if match := pattern.match(text, end):
            names.add(name)
            end = match.end()
            break
    return start, end, frozenset(names)


def _may_join(low: Quantity, high: Quantity, text: str) -> bool:
    """Whether two quantities are the ends of a range: 10~49人, 5,000億~1兆ウォン."""
    between = text[low.end : high.start]
    if re.search(r"from\s*$", text[: low.start]):
        return False
    return (low.unit in ("", high.unit) or (low.raw and high.unit == "")) and not high.ordinal and ("から" not in between) and low.low * 10 ** (high.power if not low.power and low.low >= high.low else 0) < high.low


def _range(low: Quantity, high: Quantity) -> Quantity:
    value = low.low
    if not low.power and high.power and value < high.low / 10**high.power:
        value *= 10**high.power  # 5~10億
    return replace(high, start=low.start, low=value, high=high.low, qualifiers=low.qualifiers | high.qualifiers, year=False)


def number_value(text: str) -> tuple[Decimal, int]:
    """The value of a number as written, and the power of ten of its last word (0 for digits alone)."""
    text = text.strip()
    sign = -1 if text[:1] in "-▲△" else 1
    text = text.lstrip("-▲△ ")
    if text.lower() in WORDS:
        return Decimal(WORDS[text.lower()]), 0
    if re.fullmatch(r"[〇一二三四五六七八九十百千]+", text):
        return Decimal(_kanji(text)), 0
    total, section, last, power = Decimal(0), Decimal(0), 99, 0
    pending: Decimal | None = None
    for token in re.findall(rf"{DIGITS}|{POWER}", text):
        if token[0].isdigit():
            section += pending or 0
            pending, power = Decimal(token.replace(",", "")), 0
        elif token in SMALL:
            pending, power = (pending if pending is not None else Decimal(1)) * 10 ** SMALL[token], SMALL[token]
        else:
            power = POWERS[token.lower()]
            section += pending or 0
            pending = None
            total = total + section * 10**power if power <= last else (total + section) * 10**power
            section, last = Decimal(0), power
    return sign * (total + section + (pending or 0)), power


def _kanji(text: str) -> int:
    total, digit = 0, 0
    for c in text:
        if c in KANJI:
            digit = digit * 10 + KANJI[c]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[c]
            digit = 0
    return total + digit
