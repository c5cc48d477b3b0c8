"""A draft as the model wrote it, cut into sentences without the marks that it made up."""

import re
from collections.abc import Iterator

from qa.model.prompts import Language, language_of

MARKS = re.compile(r"\s*(?:[\[【〔\uff3b]\s*(?:資料|出典|source|자료|출처)?\s*\d{1,2}(?:\s*[,、]\s*\d{1,2})*\s*[\]】〕\uff3d]|[(\uff08〔\[【](?:資料|出典|자료|출처|source)\s*\d{1,2}[^)\uff09〕\]】]{0,12}[)\uff09〕\]】])", re.I)
BULLET = re.compile(r"^\s*(?:[-*•・●○]\s*|\(?\d{1,2}[.)\uff09]\s+(?!\d))")
EMPHASIS = re.compile(r"\*\*|__|^\s*#+\s*")
LABEL = re.compile(r"^\s*(?:答え|回答|답변?|Answer)\s*[:\uff1a]\s*", re.I)
ABBREVIATION = re.compile(r"(?:\b(?:Co|Ltd|Inc|Corp|No|St|Mr|Mrs|Ms|Dr|vs|approx|e\.g|i\.e|U\.S|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)|\b[A-Z])\.$|\d{4}\.\s*\d{1,2}\.\s*\d{1,2}\.$")
SAYS_NOTHING = re.compile(r"(以下の通り|次の通り|以下のとおり|次のとおり)(です|になります|である)?。?$|[:\uff1a]$|다음과 같습니다\.?$|as follows[.:]?$", re.I)


def sentences_of(draft: str) -> list[str]:
    """The sentences of a draft, in order, each once; introductions that say nothing are left out."""
    found: list[str] = []
    for line in draft.splitlines():
        plain = LABEL.sub("", BULLET.sub("", EMPHASIS.sub("", MARKS.sub("", line))))
        found += [s for s in _cut(plain) if not SAYS_NOTHING.search(s) and re.search(r"\w", s)]
    return list(dict.fromkeys(found))


def _cut(line: str) -> Iterator[str]:
    """Cut behind 。!? and behind full stops that end a sentence: not in 3.5, 2020. 2. 19. or Co. Ltd., nor in a bracket."""
    at = 0
    for end in re.finditer(r"[。\uff01\uff1f!?]+[」』\")]*|\.(?=\s|$)", line):
        before, after = line[at : end.end()], line[end.end() :].lstrip()
        if _is_quoted(before, after):
            continue
        if end.group() == "." and (ABBREVIATION.search(before) or (re.search(r"\d\.$", before) and after[:1].isdigit())):
            continue
        yield before.strip()
        at = end.end()
    if line[at:].strip():
        yield line[at:].strip()


def _is_quoted(before: str, after: str) -> bool:
    """Whether a full stop stands inside a bracket, or ends a quotation that the sentence goes on from (「…。」と述べた)."""
    is_open = any(before.count(left) > before.count(right) and right in after for left, right in ("「」", "『』", "()", "\uff08\uff09"))
    return is_open or bool(before.endswith(("」", "』")) and re.match(r"[ぁ-ん、]", after))


def is_in(language: Language, text: str) -> bool:
    """Whether a text reads as that language: a name or two in another script is no other language."""
    if language == "ja":
        return language_of(text) == "ja"
    japanese, own = len(re.findall(r"[ぁ-んァ-ヶ一-龯]", text)), len(re.findall(r"[가-힣]" if language == "ko" else r"[A-Za-z]", text))
    return own > 2 * japanese
