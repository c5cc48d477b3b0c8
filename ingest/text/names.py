"""Pairs of two forms of one name, as a document itself gives them: マゴク(麻谷), 国際労働機関(ILO)."""

import re
from collections.abc import Iterator

from ingest.words import words

KANJI, KATAKANA, LATIN = "一-龯々", "ァ-ヺー・", "A-Za-z0-9&.+-"
OPEN, CLOSE = r"\s?[(\uff08]", r"[)\uff09]"
PAIRS = (
    re.compile(rf"([{KATAKANA}]{{2,16}}){OPEN}([{KANJI}]{{2,4}}){CLOSE}"),
    re.compile(rf"(?<![{KANJI}])([{KANJI}]{{2,4}}){OPEN}([{KATAKANA}]{{2,12}}){CLOSE}"),
    re.compile(rf"(?<![{KANJI}{KATAKANA}])([{KANJI}{KATAKANA}]{{6,24}}){OPEN}([A-Z][{LATIN}]{{1,9}}){CLOSE}"),
    re.compile(rf"「([{KANJI}{KATAKANA}]{{4,24}})」{OPEN}以下、?「?([^「」()\n]{{2,12}})」?{CLOSE}"),
)
NOT_NAMES = re.compile(r"^(現地時間|予定|有料|無料|以下|平日|英語|日本語|中国語|仮称|単位|複数回答|ウォン|ドル|ユーロ|メートル|パーセント|ポイント)$")


def name_pairs(text: str) -> Iterator[tuple[str, str]]:
    """The pairs in ``text``, each once, in order of appearance."""
    seen: set[tuple[str, str]] = set()
    for pattern in PAIRS:
        for match in pattern.finditer(text):
            pair = (match.group(1).strip("・"), match.group(2).strip())
            if pair not in seen and not any(NOT_NAMES.match(form) or len(form) < 2 or _is_loan_word(form) for form in pair):
                seen.add(pair)
                yield pair


def _is_loan_word(form: str) -> bool:
    """Katakana words of the dictionary (サービス, ホーム|ページ): what stands in brackets behind them is no other form of a name."""
    return bool(re.fullmatch(rf"[{KATAKANA}]+", form)) and all(word.pos[1] == "普通名詞" and word.in_dictionary for word in words(form))
