"""だ・である and です・ます: the end of a sentence in the style that is asked for, or as it is where that can't be done safely.

MeCab with UniDic gives the form and the class of inflection of the last words. The rules of the euphonic changes (行った,
続いた, 進んだ) are those of any school grammar. Ends in a noun (体言止め) stay, as papers use them in both styles.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import fugashi

from qa.briefing.briefing import Style

TAIL = re.compile(r"([。!?]?)$")
PAST = {"カ": "い", "ガ": "い", "サ": "し", "タ": "っ", "ラ": "っ", "ワ": "っ", "ナ": "ん", "バ": "ん", "マ": "ん"}  # before た
VOICED = {"ガ", "ナ", "バ", "マ"}  # after which た is だ
POLITE = {"う": "い", "く": "き", "ぐ": "ぎ", "す": "し", "つ": "ち", "ぬ": "に", "ぶ": "び", "む": "み", "る": "り"}
NEGATIVE = {"う": "わ", "く": "か", "ぐ": "が", "す": "さ", "つ": "た", "ぬ": "な", "ぶ": "ば", "む": "ま", "る": "ら"}
LONGEST_END = 40  # characters from the end that are looked at


@dataclass(frozen=True, slots=True)
class _Word:
    surface: str
    part: str  # of speech
    type: str  # of inflection: 五段-ラ行, 助動詞-マス
    base: str  # 終止形 in the spelling of the text

    @property
    def verb_class(self) -> str:
        return self.type.split("-")[0]


@lru_cache(maxsize=1)
def tagger() -> fugashi.Tagger:
    """The one tagger of this folder."""
    return fugashi.Tagger()


def is_place(name: str) -> bool:
    """Whether a name is that of a place and nothing else: 全羅南道."""
    nodes = tagger()(name)
    return bool(nodes) and nodes[0].feature.pos3 == "地名" and all(n.feature.pos3 == "地名" or n.surface in "市道区県郡都府町村広域特別" for n in nodes)


def _words(text: str) -> list[_Word]:
    return [_Word(n.surface, n.feature.pos1, n.feature.cType or "*", n.feature.orthBase or n.surface) for n in tagger()(text)]


def in_style(sentence: str, style: Style) -> str:
    """``sentence`` ending in ``style``; unchanged where it ends in a noun, a quotation or a form that no rule is sure of."""
    mark = TAIL.search(sentence)
    body, end = (sentence[: mark.start()], mark.group()) if mark else (sentence, "")
    cut = max(0, len(body) - LONGEST_END)
    cut = max(body.rfind("、", 0, len(body) - 12) + 1, cut) if "、" in body[:-12] else cut
    found = _words(body[cut:])
    if not found or "".join(w.surface for w in found) != body[cut:].replace(" ", ""):
        return sentence
    turned = _plain(found) if style == "dearu" else _polite(found)
    if turned is None:
        return sentence
    dropped, added = turned
    return body[: len(body) - dropped] + added + end


def _length(words: list[_Word]) -> int:
    return sum(len(w.surface) for w in words)


def _plain(words: list[_Word]) -> tuple[int, str] | None:
    """How many characters of the end give way to what, for です・ます → だ・である."""
    last = words[-1]
    if last.type == "助動詞-デス" and last.surface == "です":
        before = words[-2] if len(words) > 1 else None
        if before is None or before.part in ("動詞", "感動詞"):
            return None
        return 2, "" if before.part == "形容詞" or before.type in ("助動詞-ナイ", "助動詞-タイ", "助動詞-タ") else "である"
    if last.type == "助動詞-タ" and last.surface == "た" and len(words) > 2:
        return _plain_past(words)
    if last.type == "助動詞-マス" and last.surface == "ます" and len(words) > 1 and words[-2].part in ("動詞", "助動詞"):
        return _length(words[-2:]), words[-2].base
    if [w.surface for w in words[-2:]] == ["ませ", "ん"] and len(words) > 2:
        negated = _negated(words[-3])
        return (_length(words[-3:]), negated) if negated else None
    return None


def _plain_past(words: list[_Word]) -> tuple[int, str] | None:
    """…ました and …でした."""
    before = words[-2]
    if before.surface == "でし":
        if [w.surface for w in words[-4:-2]] == ["ませ", "ん"]:
            negated = _negated(words[-5]) if len(words) > 4 else None
            return (_length(words[-5:]), negated[:-1] + "かった") if negated else None
        return 3, "であった"
    if before.type != "助動詞-マス" or before.surface != "まし":
        return None
    past = _past(words[-3])
    return (_length(words[-3:]), past) if past else None


def _past(verb: _Word) -> str | None:
    if verb.part not in ("動詞", "助動詞"):
        return None
    if verb.verb_class in ("上一段", "下一段") or verb.type in ("助動詞-レル", "助動詞-セル"):
        return verb.base[:-1] + "た"
    if verb.verb_class == "サ行変格" and verb.base.endswith("する"):
        return verb.base[:-2] + "した"
    if verb.verb_class == "カ行変格":
        return verb.base[:-2] + ("きた" if verb.base.endswith("くる") else "来た")
    if verb.verb_class == "五段":
        row = verb.type.split("-")[1][0]
        if verb.base.endswith(("行く", "いく")):
            return verb.base[:-1] + "った"
        return verb.base[:-1] + PAST[row] + ("だ" if row in VOICED else "た") if row in PAST else None
    return None


def _negated(verb: _Word) -> str | None:
    if verb.part not in ("動詞", "助動詞"):
        return None
    if verb.base == "ある":
        return "ない"
    if verb.verb_class in ("上一段", "下一段") or verb.type in ("助動詞-レル", "助動詞-セル"):
        return verb.base[:-1] + "ない"
    if verb.verb_class == "サ行変格" and verb.base.endswith("する"):
        return verb.base[:-2] + "しない"
    if verb.verb_class == "五段" and verb.base[-1] in NEGATIVE:
        return verb.base[:-1] + NEGATIVE[verb.base[-1]] + "ない"
    return None


def _polite(words: list[_Word]) -> tuple[int, str] | None:
    """How many characters of the end give way to what, for だ・である → です・ます."""
    last = words[-1]
    ends = [w.surface for w in words[-3:]]
    if ends[-2:] == ["で", "ある"]:
        return 3, "です"
    if ends == ["で", "あっ", "た"]:
        return 4, "でした"
    if last.surface == "だ" and last.type == "助動詞-ダ":
        return 1, "です"
    if ends[-2:] == ["だっ", "た"]:
        return 3, "でした"
    if last.type == "助動詞-タ" and len(words) > 1:
        verb = words[-2]
        if verb.type == "助動詞-ナイ" and verb.surface == "なかっ" and len(words) > 2:
            stem = _stem(words[-3])
            return (_length(words[-3:]), stem + "ませんでした") if stem else None
        stem = _stem(verb) if verb.part in ("動詞", "助動詞") and verb.type not in ("助動詞-マス", "助動詞-デス") else None
        return (_length(words[-2:]), stem + "ました") if stem else None
    if ends[-3:] in (["で", "は", "ない"], ["で", "も", "ない"]):
        return 2, "ありません"
    if last.surface == last.base and last.part == "形容詞" and last.surface != "ない":
        return 0, "です"
    if last.type == "助動詞-タイ" and last.surface == "たい":
        return 0, "です"
    if last.type == "助動詞-ナイ" and last.surface == "ない" and len(words) > 1:
        stem = _stem(words[-2])
        return (_length(words[-2:]), stem + "ません") if stem else None
    if last.surface == last.base and (last.part == "動詞" or last.type in ("助動詞-レル", "助動詞-セル")):
        stem = _stem(last)
        return (_length(words[-1:]), stem + "ます") if stem else None
    return None


def _stem(verb: _Word) -> str | None:
    """The form before ます."""
    if verb.part not in ("動詞", "助動詞"):
        return None
    if verb.verb_class in ("上一段", "下一段") or verb.type in ("助動詞-レル", "助動詞-セル"):
        return verb.base[:-1]
    if verb.verb_class == "サ行変格" and verb.base.endswith("する"):
        return verb.base[:-2] + "し"
    if verb.verb_class == "カ行変格":
        return verb.base[:-2] + ("き" if verb.base.endswith("くる") else "来")
    if verb.verb_class == "五段" and verb.base[-1] in POLITE:
        return verb.base[:-1] + POLITE[verb.base[-1]]
    return None
