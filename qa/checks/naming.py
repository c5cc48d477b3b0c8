"""Names in a sentence with all their forms, and whether a text knows them: 麻谷 = マゴク = 마곡 = Magok.

Places come from index/places.toml in three languages, other names from MeCab (proper nouns), katakana that no dictionary
knows and Latin runs; the documents' own pairs give further forms. Korean and English personal names without a known
Japanese form can't be judged and are left alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.names import place_names
from ingest.words import KATAKANA_RUN, Word, words
from qa.checks.quantities import fold

JAPANESE = re.compile(r"[ぁ-んァ-ヶ]")
KATAKANA = re.compile(r"[ァ-ヺー]")
LATIN = re.compile(r"(?<![A-Za-z0-9@._/-])[A-Z][A-Za-z0-9]*(?:[&+-][A-Za-z0-9]+)*(?![A-Za-z0-9@/]|\.[a-z])")
NO_NAMES = {"明治", "大正", "昭和", "平成", "令和", "韓国", "大韓民国", "アジア", "KRW", "USD", "JPY"}  # eras, what is said of anything here, and currencies
COMMON_SHORT = {"AI", "IT", "ICT", "DX", "R&D", "MOU", "CEO", "SNS", "PR", "TV", "PC", "OK", "ID", "FAQ", "SME", "SMEs", "NGO", "GDP", "US", "UK", "UN", "EU", "VIP", "Wi-Fi", "II", "III"}  # a translation may write them where the source spells them out


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text: its offsets, as it stands, all its forms, and whether it is a place of the list."""

    start: int
    end: int
    text: str
    forms: tuple[str, ...]
    place: bool = False


def plain(text: str) -> str:
    """The form in which names are compared: NFKC, lower case, no blanks between Japanese or Korean characters."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)


@lru_cache(maxsize=20_000)
def names(text: str) -> tuple[Name, ...]:
    """The names of a text in order; longer ones first where they overlap."""
    found = list(places(text))
    japanese = bool(JAPANESE.search(text))
    others = [*_proper_nouns(text), *_katakana(text)] if japanese else []
    others += [m for m in _latin(text) if japanese or (sum(c.isupper() for c in m.text) >= 2 and m.text not in COMMON_SHORT)]
    for name in others:
        if name.text not in NO_NAMES and not any(f.start < name.end and name.start < f.end for f in found):
            found.append(name)
    return tuple(sorted(found, key=lambda n: n.start))


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...]:
    """Each form of each place as a pattern, the longest first."""
    forms = [(form, forms) for forms in place_names() for form in forms]
    return tuple((_place_pattern(form), form, forms) for form, forms in sorted(forms, key=lambda f: -len(f[0])))


def _place_pattern(form: str) -> re.Pattern[str]:
    if form.isascii():
        return re.compile(rf"(?<![A-Za-z]){form}(?![A-Za-z])", re.I)
    if "가" <= form[0] <= "힣":
        return re.compile(rf"(?<![가-힣]){form}(?![적어][\s가-힣]|인)")
    if "ァ" <= form[0] <= "ヺ":
        return re.compile(rf"(?<![ァ-ヺー]){form}(?![ァ-ヺー])")
    return re.compile(rf"{form}(?![語])")


@lru_cache(maxsize=20_000)
def places(text: str) -> tuple[Name, ...]:
    """The places of the list that stand in a text; kanji forms only where MeCab sees their ends (京都 isn't in 東京都)."""
    found: list[Name] = []
    starts: set[int] | None = None
    for pattern, form, forms in _places():
        for match in pattern.finditer(text) if form.isascii() or form in text else ():
            if any(f.start < match.end() and match.start() < f.end for f in found):
                continue
            if "一" <= form[0] <= "龯":
                starts = {w.start for w in words(text)} if starts is None else starts
                if match.start() not in starts:
                    continue
            found.append(Name(match.start(), match.end(), match[0], forms, True))
    return tuple(sorted(found, key=lambda n: n.start))


def _proper_nouns(text: str) -> Iterator[Name]:
    """Runs of proper nouns as MeCab sees them."""
    run: list[Word] = []
    for word in [*words(text), None]:
        if word and word.is_name and (not run or run[-1].end == word.start):
            run.append(word)
            continue
        if run and run[-1].end - run[0].start >= 2:
            start, end = _whole_katakana(text, run[0].start, run[-1].end)
            yield Name(start, end, text[start:end], (text[start:end],))
        run = [word] if word and word.is_name else []


def _whole_katakana(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole katakana runs: MeCab cuts foreign names where it likes (ジャン|ガン)."""
    while start > 0 and KATAKANA.match(text[start]) and KATAKANA.match(text[start - 1]):
        start -= 1
    while end < len(text) and KATAKANA.match(text[end - 1]) and KATAKANA.match(text[end]):
        end += 1
    return start, end


def _katakana(text: str) -> Iterator[Name]:
    """Katakana runs that hold a word which the dictionary doesn't know or knows as a name."""
    found = words(text)
    for match in KATAKANA_RUN.finditer(text):
        inside = [w for w in found if match.start() <= w.start and w.end <= match.end()]
        whole = len(inside) == 1 and inside[0].in_dictionary and not inside[0].is_name
        if len(match[0]) >= 3 and not whole and (not inside or any(w.is_name or not w.in_dictionary or len(w.surface) == 1 for w in inside)):
            yield Name(match.start(), match.end(), match[0], (match[0],))


def _latin(text: str) -> Iterator[Name]:
    for match in LATIN.finditer(fold(text)):
        if len(match[0]) >= 2:
            yield Name(match.start(), match.end(), match[0], (match[0],))


def forms_of(name: Name, pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """All forms of a name: those it has, and those that the documents' pairs add."""
    forms = list(name.forms)
    for a, b in pairs:
        if plain(a) in map(plain, name.forms):
            forms.append(b)
        elif plain(b) in map(plain, name.forms):
            forms.append(a)
    return tuple(dict.fromkeys(forms))


def find_name(forms: Sequence[str], text: str) -> tuple[int, int] | None:
    """Where one of the forms stands in a text as given (offsets), or (-1, -1) where only its plain form holds it; None for nowhere."""
    for form in forms:
        match = _stands(form).search(text)
        if match:
            return match.span()
    folded = plain(text)
    return (-1, -1) if any(_stands(plain(form)).search(folded) for form in forms) else None


@lru_cache(maxsize=20_000)
def _stands(form: str) -> re.Pattern[str]:
    """A form as a whole word: Latin not inside a longer word, short katakana at the edge of its run, 京都 not in 東京都."""
    if form.isascii():
        return re.compile(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", re.I)
    if re.fullmatch(r"[ァ-ヺー]{2,3}", form):
        return re.compile(rf"(?<![ァ-ヺー]){re.escape(form)}|{re.escape(form)}(?![ァ-ヺー])")
    return re.compile(re.escape(form) if form != "京都" else "(?<!東)京都")
