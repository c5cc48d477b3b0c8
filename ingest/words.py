"""Words as MeCab sees them, with UniDic (unidic-lite)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import fugashi

FED_AT_ONCE = 2000  # MeCab can crash natively on very long single strings
KATAKANA_RUN = re.compile(r"[ァ-ヺー]{2,12}")
CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞", "記号"}
STOP_LEMMAS = {"為る", "有る", "居る", "成る", "出来る", "事", "物", "為", "様", "所", "其れ", "此れ", "何", "何れ", "何処", "何時", "誰", "頂く", "下さる", "教える", "言う", "因る", "於く", "就く", "対する", "関する", "又", "及び", "等", "御", "的", "者", "中", "内", "上", "後", "前", "仕舞う", "行う", "良い", "無い", "共", "他", "通り", "如何", "付く", "幾ら", "幾", "つ", "どんな", "どう", "何故", "其々"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, its dictionary form, its parts of speech (UniDic pos1-pos3)."""

    surface: str
    start: int
    end: int
    lemma: str
    pos: tuple[str, str, str]
    in_dictionary: bool = True

    @property
    def is_content(self) -> bool:
        """Whether the word carries meaning on its own (no particles, no light verbs)."""
        return self.pos[0] in CONTENT and self.lemma not in STOP_LEMMAS and any(c.isalnum() for c in self.surface)

    @property
    def is_name(self) -> bool:
        """Whether UniDic knows it as a proper noun."""
        return self.pos[1] == "固有名詞"


@lru_cache(maxsize=1)
def _tagger() -> fugashi.Tagger:
    return fugashi.Tagger()


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Lines of at most FED_AT_ONCE characters with their offsets; over-long ones are cut at a blank if there is one."""
    for match in re.finditer(r"[^\n\r]+", text):
        start, line = match.start(), match.group()
        while line:
            cut = len(line) if len(line) <= FED_AT_ONCE else max(line.rfind(" ", 1, FED_AT_ONCE), line.rfind("。", 1, FED_AT_ONCE)) + 1 or FED_AT_ONCE
            yield start, line[:cut]
            start, line = start + cut, line[cut:]


def words(text: str) -> list[Word]:
    """Cut ``text`` into words; blanks between them belong to none."""
    found = []
    for offset, piece in _pieces(text):
        at = 0
        for node in _tagger()(piece.replace("\0", " ")):
            at = piece.index(node.surface, at)
            found.append(_word(node, offset + at))
            at += len(node.surface)
    return found


def _word(node: fugashi.UnidicNode, start: int) -> Word:
    feature = node.feature
    lemma = (feature.lemma or node.surface).split("-")[0] or node.surface  # loan words: インク-ink
    if feature.pos2 == "固有名詞":
        lemma = node.surface  # UniDic's lemma of a name is its reading, which falls together with others
    return Word(node.surface, start, start + len(node.surface), lemma, (feature.pos1, feature.pos2, feature.pos3), not node.is_unk)


def folded(text: str) -> str:
    """NFKC, lower case, numbers without thousands commas: the form in which words are compared."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFKC", text)).lower()


def terms(text: str) -> list[str]:
    """The content words of ``text`` in dictionary form: what the word index holds and asks for.

    A katakana run that the dictionary doesn't know whole (マゴク → マ, ゴク) is added whole.
    """
    text = folded(text)
    found = words(text)
    starts, ends = {w.start for w in found}, {w.end: w.start for w in found}
    runs = [m for m in KATAKANA_RUN.finditer(text) if ends.get(m.end()) != m.start() and m.start() in starts]
    return [w.lemma.lower() for w in found if w.is_content] + [m.group() for m in runs]


def noun_runs(text: str) -> list[str]:
    """The runs of nouns in a text, without numbers: names of organisations, laws and things as they are written."""
    runs: list[tuple[int, int]] = []
    for word in words(text):
        if word.pos[0] not in ("名詞", "接尾辞", "接頭辞", "形状詞") or word.pos[1] == "数詞":
            continue
        if runs and runs[-1][1] == word.start:
            runs[-1] = (runs[-1][0], word.end)
        else:
            runs.append((word.start, word.end))
    return [text[a:b] for a, b in runs]
