"""Does the checking find what was made wrong? True sentences of documents are falsified by rule, one thing at a time.

What falsifies works on characters and knows nothing of how ``qa`` reads values, so that a shared mistake can't hide. A
falsified sentence counts only where the new value doesn't stand in the evidence by chance.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.document import Document, Segment, Table, normalize
from qa.cells import FoundCell, in_words, note_segments
from qa.verification import Evidence, checks, holds
from qa.wording import readable

PARAPHRASES = Path("eval/gold/paraphrases.jsonl")
LENGTH = (12, 260)  # characters of a sentence that is falsified
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


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with its evidence; ``kind`` says what was falsified, empty for a true one."""

    kind: str
    sentence: str
    original: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many falsified sentences were caught, by kind, how many true ones were doubted, and the cases that went wrong."""

    caught: dict[str, tuple[int, int]]
    true: int
    doubted: int
    wrong: tuple[Case, ...]

    @property
    def share_caught(self) -> float:
        """Of all falsified sentences."""
        return sum(a for a, _ in self.caught.values()) / max(1, self.falsified)

    @property
    def falsified(self) -> int:
        """How many falsified sentences there were."""
        return sum(b for _, b in self.caught.values())

    @property
    def false_alarms(self) -> float:
        """The share of true sentences that were doubted."""
        return self.doubted / max(1, self.true)


def evaluate(documents: Sequence[Document], seed: int, most: int = 1200) -> Outcome:
    """Falsify and check sentences, cells and paraphrases of these documents."""
    chance = random.Random(seed)
    true = [*true_sentences(documents), *true_cells(documents), *paraphrases(documents)]
    false = [case for t in true for case in falsified(t, chance)]
    chance.shuffle(false)
    caught: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    wrong = []
    for case in false[:most]:
        asked[case.kind] += 1
        missed = holds(checks(case.sentence, case.evidence))
        caught[case.kind] += not missed
        wrong += [case] if missed else []
    variants = [v for t in true for v in reworded(t)]
    doubted = [case for case in (*true, *variants) if not holds(checks(case.sentence, case.evidence))]
    return Outcome({k: (caught[k], n) for k, n in sorted(asked.items())}, len(true) + len(variants), len(doubted), (*wrong, *doubted))


def true_sentences(documents: Sequence[Document]) -> Iterator[Case]:
    """Sentences and items with a digit, as an answer would quote them."""
    for document in documents:
        for segment in document.segments:
            text = readable(document.text[segment.start : segment.end])
            if segment.kind in ("sentence", "item") and LENGTH[0] <= len(text) <= LENGTH[1] and re.search(r"\d|[。.]$", text) and "http" not in text:
                yield Case("", text, text, (Evidence(1, document, segment.start, segment.end),))


def true_cells(documents: Sequence[Document]) -> Iterator[Case]:
    """Cells with a number, in words with row and column."""
    for document in documents:
        for table in document.tables:
            for cell in table.cells:
                row = next((s for s in document.segments if s.kind == "row" and s.start <= cell.start and cell.end <= s.end), None)
                if row and not cell.is_label and re.match(r"約?\d", cell.text) and (cell.row_path or cell.column_path):
                    found = FoundCell(document, table, cell, 1.0, 1.0)
                    yield Case("", in_words(found), in_words(found), _cell_evidence(found, row))


def _cell_evidence(found: FoundCell, row: Segment) -> tuple[Evidence, ...]:
    spans = [(row.start, row.end), *((s.start, s.end) for s in note_segments(found))]
    return tuple(Evidence(n, found.document, start, end) for n, (start, end) in enumerate(spans, 1))


def paraphrases(documents: Sequence[Document]) -> Iterator[Case]:
    """The sentences that people wrote in three languages on facts of these documents."""
    for line in PARAPHRASES.read_text(encoding="utf-8").splitlines() if PARAPHRASES.exists() else ():
        entry = json.loads(line)
        for document in documents:
            segment = next((s for s in document.segments if normalize(entry["quote"]) in normalize(document.text[s.start : s.end])), None) if document.id.startswith(entry["doc"]) else None
            if segment:
                yield Case("", entry["sentence"], entry["sentence"], (Evidence(1, document, segment.start, segment.end),))


def reworded(case: Case) -> Iterator[Case]:
    """The same said in other characters: full-width digits, no thousands commas, other counters, the year of the common era."""
    text = case.sentence
    variants = {
        re.sub(r"(?<=\d),(?=\d{3})", "", text),
        text.translate({ord("0") + n: ord("\uff10") + n for n in range(10)}) if not re.search(r"[A-Za-z]", text) else text,
        text.replace("か所", "カ所").replace("%", "パーセント") if re.search(r"[ぁ-ん]", text) else text,
        re.sub(r"(?<=\d)人", "名", text),
        re.sub(r"平成(\d+)年", lambda m: f"{int(m[1]) + 1988}年", text),
        re.sub(r"(\d+)万(\d),(\d{3})(?=[人名])", r"\1\2,\3", text),
    }
    yield from (Case("", v, text, case.evidence) for v in sorted(variants - {text}))


def falsified(case: Case, chance: random.Random) -> Iterator[Case]:
    """One falsified sentence of each kind that the sentence has a place for."""
    held = "\n".join(e.document.text[e.start : e.end] for e in case.evidence)
    around = "\n".join({f"{e.document.title}\n{e.document.issuer}\n{_path(e)}" for e in case.evidence})
    for kind, change in KINDS.items():
        sentence = change(_half_width(case.sentence) if re.search(r"[\uff10-\uff19]", case.sentence) else case.sentence, held, around, chance)
        if sentence and sentence not in (case.sentence, _half_width(case.sentence)):
            yield Case(kind, sentence, case.sentence, case.evidence)
    yield from _other_row(case, chance)


def _path(evidence: Evidence) -> str:
    inside = [s for s in evidence.document.sections if s.start <= evidence.start < s.end]
    return "\n".join(name for s in inside for name in s.path)


def _number(text: str, held: str, around: str, chance: random.Random) -> str | None:
    """Another number in place of one that is no date, time or number of an item."""
    held, around = _half_width(held), _half_width(around)
    places = list(re.finditer(r"(?<![\d.,A-Za-z/-])[0-9][0-9,]*(?:\.[0-9]+)?(?![\d:/-]|\s*[年月日時分次/]|[A-Za-z])", text[2:]))
    places = [m for m in places if not re.search(r"平成|令和|午[前後]\s*$|第$|オー|\d[:.]$", text[: m.start() + 2][-4:])]
    for match in chance.sample(places, len(places)):
        old = match[0].rstrip(",")
        new = _another(old, chance)
        if not re.search(rf"(?<![\d.,]){re.escape(new)}(?![\d,.])", f"{held}\n{around}") and new.replace(",", "") not in held.replace(",", ""):
            return f"{text[: match.start() + 2]}{new}{text[match.start() + 2 + len(old) :]}"
    return None


def _half_width(text: str) -> str:
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


def _other_row(case: Case, chance: random.Random) -> Iterator[Case]:
    """The value of a cell under the label of another row or column of its table."""
    evidence = case.evidence[0]
    table = next((t for t in evidence.document.tables if t.start <= evidence.start < t.end), None)
    label, colon, value = case.sentence.partition(": ")
    if table is None or not colon:
        return
    others = sorted({_label(table, n) for n in range(len(table.cells))} - {"", label})
    others = [o for o in others if normalize(o) not in normalize(label) and normalize(label) not in normalize(o) and not _same_value(table, o, value)]
    if others:
        yield Case("row or column", f"{chance.choice(others)}: {value}", case.sentence, case.evidence)


def _label(table: Table, n: int) -> str:
    cell = table.cells[n]
    found = FoundCell(Document("", "", "", "", "", None, "", ""), table, cell, 0, 0)  # type: ignore[arg-type]
    return in_words(found).partition(": ")[0] if not cell.is_label and re.match(r"約?\d", cell.text) else ""


def _same_value(table: Table, label: str, value: str) -> bool:
    """Whether the other label's own value is the same by chance."""
    return any(_label(table, n) == label and normalize(c.text) in normalize(value) for n, c in enumerate(table.cells))
