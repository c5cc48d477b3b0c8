"""Keywords, as people type them into a search box, read as the question that they stand for: 「マゴク 公共支援センター 面積」."""

import re
import unicodedata

from ingest.words import words

# What the last noun says is asked for, and the words that ask for it.
ASKED_BY = (
    (re.compile(r"([^一-龯][日年]|[一-龯]{2}[日年]|日[付程時]|年月|期[限日間]|時期|締め?切り?|スケジュール)$"), "いつですか"),
    (re.compile(r"(場所|会場|住所|所在地|開催地|行き先|本社|拠点)$"), "どこですか"),
    (re.compile(r"([市区院所会社部局課室議]長|代表|代表者|責任者|講師|大臣|知事|教授)$"), "誰ですか"),
    (re.compile(r"(予算額?|金額|総額|上限額?|支援額|投資額|事業費|費用?|料金?|資本金|賞金|家賃|価格|値段|単価)$"), "いくらですか"),
    (re.compile(r"(数|面積|広さ|規模|率|割合|比率|定員|年齢|人口|シェア|長さ|高さ|距離)$"), "どのくらいですか"),
)
WHAT = "何ですか"
NOUNS = ("名詞", "接尾辞", "接頭辞", "形状詞", "補助記号", "記号")
BETWEEN = ("の", "・", "と")
SHORT_LATIN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,4})の")  # IT 交流スペース is one thing
ENDS = re.compile(r"(?:って|は)?\s*$")
NO_KANA = re.compile(r"[ァ-ヶー・一-龯々A-Za-z0-9&.()-]+")
MOST_WORDS = 6  # between blanks; more are a sentence with blanks in it
NOT_KEYWORDS = re.compile(r"[가-힣、。,?\uff1f]")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龯]")


def as_question(text: str) -> str:
    """The question that nouns alone stand for: those between blanks joined by の, the year first, and asked for by what the last one is; a question as it is."""
    segments = ENDS.sub("", text).split()
    if not segments or len(segments) > MOST_WORDS or not all(map(_is_noun_phrase, segments)) or not JAPANESE.search(text) or NOT_KEYWORDS.search(text):
        return text
    segments.sort(key=lambda s: not _is_year(s))
    phrase = SHORT_LATIN.sub(r"\1", "の".join(segments))
    return f"{phrase}は{_asked(phrase)}" if "の" in phrase and not _is_year(segments[-1]) else text


def _asked(phrase: str) -> str:
    folded = unicodedata.normalize("NFKC", phrase)
    return next((asked for ending, asked in ASKED_BY if ending.search(folded)), WHAT)


def _is_noun_phrase(segment: str) -> bool:
    """Whether it is nouns alone, put together by の or a mark; a name that MeCab doesn't know may look like another word to it."""
    found = words(segment)
    nouns = bool(found) and found[-1].pos[0] in NOUNS and all(w.pos[0] in NOUNS or w.surface in BETWEEN for w in found)
    return nouns or bool(NO_KANA.fullmatch(unicodedata.normalize("NFKC", segment)))


def _is_year(segment: str) -> bool:
    return bool(re.fullmatch(r"(?:\d{4}|[平令昭][成和](?:\d{1,2}|元))(?:年度?)?(?:\d{1,2}月(?:\d{1,2}日|末)?)?", unicodedata.normalize("NFKC", segment)))
