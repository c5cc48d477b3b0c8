"""The rules that falsify a sentence, one kind each: they work on characters and know nothing of how ``qa`` reads values.

Each takes the sentence, its evidence, what stands around that, and chance; it gives the false sentence, or None where
there is nothing of its kind or the false value would stand in the evidence.
"""

import random
import re
from collections.abc import Callable, Sequence

UNITS = {"人": "社", "名": "社", "社": "人", "件": "台", "台": "件", "か所": "人", "カ所": "人", "校": "社", "%": "倍", "パーセント": "倍", "ウォン": "円", "円": "ウォン", "ドル": "ウォン", "時間": "分", "年間": "か月", "か月": "年", "都市": "か国", "か国": "都市", "室": "棟", "棟": "室", "㎡": "坪", "倍": "割", "歳": "回", "곳": "명", "명": "곳", "개월": "년", "원": "엔", "달러": "원", "companies": "people", "people": "companies", "won": "yen", "months": "years", "places": "people"}
POWERS = {"億": "万", "万": "億", "兆": "億", "百万": "億", "억": "만", "billion": "million", "million": "billion"}
PLACES = ("釜山", "大邱", "仁川", "蔚山", "札幌", "東京", "大阪", "福岡", "名古屋", "横浜", "光州", "ソウル", "済州", "上海", "北京", "ベトナム", "ロシア", "フランス", "부산", "서울", "광주", "삿포로", "대구", "인천", "Busan", "Seoul", "Gwangju", "Sapporo", "Daegu", "Osaka", "Tokyo")
SAME = ({"ソウル", "서울", "Seoul"}, {"釜山", "부산", "Busan"}, {"光州", "광주", "Gwangju"}, {"札幌", "삿포로", "Sapporo"}, {"大邱", "대구", "Daegu"}, {"仁川", "인천"}, {"大阪", "Osaka"}, {"東京", "Tokyo"})
OPPOSITES = (
    ("増加", "減少"), ("増え", "減り"), ("上昇", "低下"), ("拡大", "縮小"), ("引き上げ", "引き下げ"), ("以上", "以下"), ("以内", "以上"), ("未満", "以上"), ("目標", "実績"), ("上半期", "下半期"), ("午前", "午後"), ("無料", "有料"), ("国内", "海外"),
    ("最大", "最低"), ("強化", "緩和"), ("開始", "終了"), ("向上", "低下"), ("増", "減"), ("高い", "低い"), ("成功", "失敗"), ("公開", "非公開"), ("必要", "不要"), ("증가", "감소"), ("확대", "축소"), ("오전", "오후"), ("이상", "이하"), ("이내", "이상"), ("increased", "decreased"), ("expand", "reduce"), ("up to", "at least"), ("a.m.", "p.m."), ("more than", "less than"),
)  # fmt: skip
DENIALS = (("できる。", "できない。"), ("している。", "していない。"), ("なった。", "ならなかった。"), ("した。", "しなかった。"), ("しました。", "しませんでした。"), ("する。", "しない。"), ("れている。", "れていない。"), ("れる。", "れない。"), ("れた。", "れなかった。"), ("である。", "ではない。"), ("です。", "ではありません。"), ("います。", "いません。"), ("ある。", "ない。"), ("하고 있다.", "하지 않고 있다."), ("되었다.", "되지 않았다."), ("했다.", "하지 않았다."), ("can use", "cannot use"), ("will expand", "will not expand"), (" is given", " is not given"), ("took part", "did not take part"), ("was built", "was not built"))
TENSES = (("する予定である。", "した。"), ("する予定だ。", "した。"), ("する計画だ。", "した。"), ("する計画である。", "した。"), ("する計画です。", "しました。"), ("する予定です。", "しました。"), ("する。", "した。"), ("される。", "された。"), ("した。", "する予定である。"), ("しました。", "する予定です。"), ("された。", "される予定である。"), ("할 예정이다.", "했다."), ("plans to expand", "has expanded"))


def _number(text: str, held: str, around: str, chance: random.Random) -> str | None:
    """Another number in place of one that is no date, time or number of an item."""
    held, around = half_width(held), half_width(around)
    places = list(re.finditer(r"(?<![\d.,A-Za-z/-])[0-9][0-9,]*(?:\.[0-9]+)?(?![\d:/-]|\s*[年月日時分次/]|[A-Za-z])", text[2:]))
    places = [m for m in places if not re.search(r"平成|令和|午[前後]\s*$|第$|オー|\d[:.]$", text[: m.start() + 2][-4:])]
    for match in chance.sample(places, len(places)):
        old = match[0].rstrip(",")
        new = _another(old, chance)
        if not re.search(rf"(?<![\d.,]){re.escape(new)}(?![\d,.])", f"{held}\n{around}") and new.replace(",", "") not in held.replace(",", ""):
            return f"{text[: match.start() + 2]}{new}{text[match.start() + 2 + len(old) :]}"
    return None


def half_width(text: str) -> str:
    """Full-width digits, commas and points as ASCII ones."""
    return text.translate({ord("\uff10") + n: ord("0") + n for n in range(10)} | {0xFF0C: ord(","), 0xFF0E: ord(".")})


def _another(old: str, chance: random.Random) -> str:
    """A number of the same look: a digit changed, two swapped, a nought more, or one more."""
    digits = [i for i, c in enumerate(old) if c.isdigit()]
    way = chance.randrange(4)
    if way == 0 and len(digits) > 1 and old[digits[-1]] != old[digits[-2]] and old[digits[-1]] != "0":
        made = [*old]
        made[digits[-1]], made[digits[-2]] = made[digits[-2]], made[digits[-1]]
        return "".join(made)
    if way == 1 and "." not in old:
        return f"{int(old.replace(',', '')) * 10:,}"
    if way == 2 and "." not in old:
        return f"{int(old.replace(',', '')) + chance.randint(1, 9):,}"
    at = chance.choice(digits)
    return old[:at] + chance.choice([c for c in "123456789" if c != old[at]]) + old[at + 1 :]


def _swap(table: dict[str, str], text: str, before: str, after: str, chance: random.Random) -> str | None:
    found = [(m, new) for old, new in table.items() for m in re.finditer(rf"{before}{re.escape(old)}{after}", text)]
    found = [(m, new) for m, new in found if not any(o.start() <= m.start() and o.end() >= m.end() and o is not m for o, _ in found)]
    if not found:
        return None
    match, new = chance.choice(found)
    return text[: match.start()] + new + text[match.end() :]


def _unit(text: str, held: str, around: str, chance: random.Random) -> str | None:
    return _swap(UNITS, text, r"(?:(?<=\d)|(?<=[億万兆억만])|(?<=\d )|(?<=illion )|(?<=억 )|(?<=만 ))", r"(?![ポ目以]?(?:イント|目|工))", chance)


def _power(text: str, held: str, around: str, chance: random.Random) -> str | None:
    return _swap(POWERS, text, r"(?:(?<=\d)|(?<=\d ))", "", chance)


def _year(text: str, held: str, around: str, chance: random.Random) -> str | None:
    """Another year, of the common era or of an era."""
    places = list(re.finditer(r"(?<!\d)(?:19|20)\d{2}(?=\s*[年년])|(?<=平成)\d{1,2}(?=年)|(?<=令和)\d{1,2}(?=年)|(?<=昭和)\d{1,2}(?=年)|(?<=, )20\d{2}|(?<=in )20\d{2}", text))
    for match in chance.sample(places, len(places)):
        new = str(int(match[0]) + chance.choice([-3, -2, -1, 1, 2, 3, 4]))
        if int(new) > 0 and new not in held and new not in around:
            return text[: match.start()] + new + text[match.end() :]
    return None


def _date(text: str, held: str, around: str, chance: random.Random) -> str | None:
    """Another month or day."""
    places = list(re.finditer(r"(?<!\d)(\d{1,2})(月|월)\s?(\d{1,2})(日|일)", text))
    for match in chance.sample(places, len(places)):
        month, day = int(match[1]), int(match[3])
        month, day = ((month + chance.randint(1, 10)) % 12 + 1, day) if chance.random() < 0.5 else (month, (day + chance.randint(1, 20)) % 28 + 1)
        new = f"{month}{match[2]}{' ' if ' ' in match[0] else ''}{day}{match[4]}"
        if new not in text and not re.search(rf"(?<!\d){day}日", held) if day != int(match[3]) else f"{month}月" not in held:
            return text[: match.start()] + new + text[match.end() :]
    return None


def _place(text: str, held: str, around: str, chance: random.Random) -> str | None:
    """Another place of the same script, which doesn't stand in the evidence in any form."""
    places = [m for p in PLACES for m in re.finditer(rf"(?<![A-Za-z一-龯ァ-ヺ가-힣]){p}(?![A-Za-z]|[ァ-ヺ]|ー)", text)]
    if not places:
        return None
    match = chance.choice(places)
    there = {form for same in (*SAME, *({p} for p in PLACES)) if any(f in held or f in around or f in text for f in same) for form in same}
    others = [p for p in PLACES if p not in there and p[0].isascii() == match[0][0].isascii() and ("가" <= p[0] <= "힣") == ("가" <= match[0][0] <= "힣")]
    return text[: match.start()] + chance.choice(others) + text[match.end() :] if others else None


def _name(text: str, held: str, around: str, chance: random.Random) -> str | None:
    """Another Latin name."""
    places = list(re.finditer(r"(?<![A-Za-z.@/-])[A-Z]{3,6}(?![A-Za-z.@/&+-])", text))
    others = [n for n in ("UNICEF", "NASA", "OPEC", "WHO", "UNESCO", "FIFA", "NATO") if n not in held and n not in around]
    if not places or not re.search(r"[ぁ-ん]", text):
        return None
    match = chance.choice(places)
    return text[: match.start()] + chance.choice(others) + text[match.end() :]


def _direction(text: str, held: str, around: str, chance: random.Random) -> str | None:
    found = [(m, b) for x, y in OPPOSITES for a, b in ((x, y), (y, x)) for m in re.finditer(re.escape(a), text)]
    found = [(m, b) for m, b in found if not re.search(r"[増最非][^\s]?$", text[: m.start()][-1:]) and f"国{text[m.start() : m.end()]}外" not in text and b not in held and not re.match(r"減|資|強|設|員|進|外|限", text[m.end() :])]
    if not found:
        return None
    match, new = chance.choice(found)
    return text[: match.start()] + new + text[match.end() :]


def _ending(pairs: Sequence[tuple[str, str]]) -> Callable[[str, str, str, random.Random], str | None]:
    def change(text: str, held: str, around: str, chance: random.Random) -> str | None:
        """The sentence with its ending changed by the longest pair that fits; English verbs are changed wherever they stand."""
        for old, new in sorted(pairs, key=lambda p: -len(p[0])):
            if text.endswith(old) and not re.search(r"ない|ません|ことにした。|ことにしました。", text[-12:]) and not (old[0] in "しす" and text[: -len(old)].endswith("ま")):
                return text[: -len(old)] + new
            if old.isascii() and old in text:
                return text.replace(old, new, 1)
        return None

    return change


KINDS: dict[str, Callable[[str, str, str, random.Random], str | None]] = {
    "number": _number, "unit": _unit, "power": _power, "year": _year, "date": _date, "place": _place, "name": _name, "direction": _direction, "negation": _ending(DENIALS), "planned or done": _ending(TENSES),
}  # fmt: skip
