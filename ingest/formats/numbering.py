"""The numbers and marks that Word puts before paragraphs, counted as Word does: (1), 第2章, ア, ③, •."""

from collections.abc import Mapping
from dataclasses import dataclass, field

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
KANJI = "〇一二三四五六七八九"
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
BULLET = "•"
LEVELS = 9


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: the kind of its numbers, what stands around them (``(%1)``), and its first number."""

    kind: str
    pattern: str
    start: int


@dataclass
class Numbering:
    """The lists of a document; ``mark`` counts on with every call."""

    levels: Mapping[tuple[str, int], Level] = field(default_factory=dict)
    counted_with: Mapping[str, str] = field(default_factory=dict)
    _counts: dict[str, list[int]] = field(default_factory=dict)

    def mark(self, number_id: str, depth: int) -> str:
        """What stands before the next paragraph of a list on a level; empty for an unknown or hidden mark."""
        level = self.levels.get((number_id, depth))
        if level is None or level.kind == "none":
            return ""
        counts = self._counts.setdefault(self.counted_with.get(number_id, number_id), [0] * LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (LEVELS - depth - 1)
        if level.kind == "bullet":
            return level.pattern if level.pattern in "・○●◎■□◆◇※-–" and level.pattern.strip() else BULLET
        mark = level.pattern
        for n in range(depth + 1):
            above = self.levels.get((number_id, n), level)
            mark = mark.replace(f"%{n + 1}", number_text(above.kind if n == depth or above.kind != "bullet" else "decimal", counts[n] or above.start))
        return mark


def number_text(kind: str, n: int) -> str:
    """A number as a kind of numbering writes it; Arabic figures where the kind isn't known."""
    if kind.startswith("aiueo"):
        return _letter(AIUEO, n)
    if kind.startswith("iroha"):
        return _letter(IROHA, n)
    if kind in ("lowerLetter", "upperLetter"):
        text = _letter("abcdefghijklmnopqrstuvwxyz", n)
        return text.upper() if kind == "upperLetter" else text
    if kind in ("lowerRoman", "upperRoman"):
        return _roman(n).upper() if kind == "upperRoman" else _roman(n)
    if kind.startswith("decimalEnclosedCircle") and 1 <= n <= 20:
        return chr(ord("①") + n - 1)
    if kind in ("decimalFullWidth", "decimalFullWidth2"):
        return str(n).translate({ord(str(d)): chr(ord("0") + d) for d in range(10)})
    if kind in ("japaneseCounting", "chineseCounting", "ideographDigital", "japaneseLegal", "taiwaneseCounting", "chineseCountingThousand"):
        return _kanji(n)
    return f"{n:02d}" if kind == "decimalZero" else str(n)


def _letter(letters: str, n: int) -> str:
    return letters[(n - 1) % len(letters)] * ((n - 1) // len(letters) + 1) if 0 < n < 1000 else str(n)


def _roman(n: int) -> str:
    made = ""
    for value, letter in ROMAN if 0 < n < 4000 else ():
        made += letter * (n // value)
        n %= value
    return made or str(n)


def _kanji(n: int) -> str:
    if not 0 < n < 100:
        return "".join(KANJI[int(d)] for d in str(n)) if n >= 0 else str(n)
    tens, ones = divmod(n, 10)
    return ("" if tens < 2 else KANJI[tens]) + ("十" if tens else "") + (KANJI[ones] if ones else "")


def read_numbering(root: object) -> Numbering:
    """The lists that ``numbering.xml`` defines; ``root`` is its element, or None where the file has none."""
    if root is None:
        return Numbering()
    abstract = {a.get(f"{W}abstractNumId"): a for a in root.findall(f"{W}abstractNum")}  # type: ignore[attr-defined]
    levels: dict[tuple[str, int], Level] = {}
    counted_with: dict[str, str] = {}
    for number in root.findall(f"{W}num"):  # type: ignore[attr-defined]
        id_ = number.get(f"{W}numId") or ""
        of = number.find(f"{W}abstractNumId")
        shared = of.get(f"{W}val") if of is not None else None
        overrides = {o.get(f"{W}ilvl"): o for o in number.findall(f"{W}lvlOverride")}
        counted_with[id_] = id_ if overrides else f"abstract {shared}"
        for element in abstract[shared].findall(f"{W}lvl") if shared in abstract else ():
            depth = int(element.get(f"{W}ilvl") or 0)
            if 0 <= depth < LEVELS:
                levels[id_, depth] = _level(element, overrides.get(str(depth)))
    return Numbering(levels, counted_with)


def _level(element: object, override: object) -> Level:
    inner = override.find(f"{W}lvl") if override is not None else None  # type: ignore[attr-defined]
    element = element if inner is None else inner
    start = _value(override, "startOverride") if override is not None else ""
    return Level(_value(element, "numFmt") or "decimal", _value(element, "lvlText"), int(start or _value(element, "start") or 1))


def _value(element: object, tag: str) -> str:
    found = element.find(f"{W}{tag}")  # type: ignore[attr-defined]
    return (found.get(f"{W}val") or "") if found is not None else ""
