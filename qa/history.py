"""Follow-up questions: what they leave unsaid is taken from the turns before, so that they can be searched and answered alone."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from index.names import place_names
from index.question import need_of
from ingest.words import words

REFERS_BACK = re.compile(
    r"それ|その|そこ|これ|この(?!度)|そちら|同じ|前述|上記|彼|では|じゃあ|ちなみに|ほかに|他に|もう少し|^(次|あと|で、)"
    r"|\b(it|its|they|their|that|those|there|he|she|his|her|what about|how about)\b|그(것|곳|때|럼|\s|는)|이것|거기|그러면",
    re.I,
)  # fmt: skip
OPENING = re.compile(r"^(では|じゃあ|それでは|それなら|で|ちなみに|そうすると|あと|次に)(、|\s)*|^(and|then|so)[,\s]+|^(그럼|그러면|그렇다면)[,\s]*", re.I)
SHORT = 18  # characters up to which a question without a subject leans on the one before
YEAR = re.compile(r"(?:19|20)\d{2}(?=\s*(?:年|년|$|[^\d,.]))|(?:平成|令和|昭和)\d{1,2}(?=年)")
ASKING = re.compile(
    r"[、。]?\s*(?:は|が|を|に|で|って|の)?\s*(?:いま|今|現在|全部で|合わせて|およそ|だいたい)?\s*"
    r"(?:何|なん|いつ|どこ|誰|だれ|どなた|いくら|いくつ|いくら|どの(?:くらい|ぐらい|程度|よう)?|どれ(?:くらい|ぐらい|ほど)?|どんな|どう|どちら)[^、。]*[。??]*$"
)
STARTS = re.compile(r"^(?:(?:and|so|then|but|what|how|when|where|who|which|why|is|are|was|were|do|does|did|can|the|a|an|in)\b[\s,]*)+", re.I)  # capitals that name nothing
POINTS = re.compile(r"[そこ](れ|の|こ)|\b(it|its|their|that)\b|그", re.I)
COMPARES = re.compile(r"どう(です|でし|なっ|なり|か)|how about|what about|어떻", re.I)
PARTICLE = re.compile(r"(?<=[^\s])(に|で)?[はがをに]$")
KOREAN_ASKING = re.compile(r"\s*(?:은|는|이|가|을|를)?\s*(?:언제|어디|누구|누가|몇|얼마|무엇|무슨|어떤|어느|어떻게)[^?]*\??$")
TELL = re.compile(r"(?:を|について|に関して)?(?:教えて|知りたい|説明して|挙げて)[^、。]*[。??]*$")


def standalone(question: str, history: Sequence[Mapping[str, str]]) -> str:
    """The question with what it leaves unsaid, taken from the turns before (oldest first); as it is where it stands alone."""
    before = ""
    for turn in history:
        asked = turn.get("question") if isinstance(turn, Mapping) else None
        before = _completed(str(asked), before) if asked else before
    return _completed(question, before)


def _completed(question: str, before: str) -> str:
    if not before or not _leans(question, before):
        return question
    own = OPENING.sub("", question).strip() or question
    if _is_elliptic(own):
        replaced = _with_place_of(own, _with_year_of(own, before))
        return replaced if replaced != before else f"{before} {own}"
    asked_of = _with_year_of(own, before)
    return f"{topic(asked_of)}、{own}" if re.search(r"[ぁ-んァ-ヶ]", before) else f"{KOREAN_ASKING.sub('', asked_of)} {own}"


def _is_elliptic(own: str) -> bool:
    """「釜山は?」, 「2023年はどうでしたか」: asks for what the turn before asked for, of something else."""
    return bool(COMPARES.search(own)) or (not need_of(own).asked and len(own) <= SHORT and not POINTS.search(own))


def topic(question: str) -> str:
    """What a question speaks of, without what it asks: 「申請は何件ありましたか」 → 「申請」."""
    text = question.strip()
    stripped = TELL.sub("", ASKING.sub("", text)).strip(" 、。?\uff1f")
    return PARTICLE.sub("", stripped) if len(stripped) >= 4 else text.rstrip("。?\uff1f")


def _leans(question: str, before: str) -> bool:
    """Whether the question needs the one before: it refers back, is too short to stand alone, or names nothing of its own."""
    return bool(REFERS_BACK.search(question)) or len(question) <= SHORT or not _names(question) - _names(before)


def _names(question: str) -> set[str]:
    """Names in a question: proper nouns, what stands in quotation marks, Latin and long katakana runs."""
    text = unicodedata.normalize("NFKC", question)
    quoted = re.findall(r"[「『\"]([^「」『』\"]{2,40})[」』\"]", text)
    runs = re.findall(r"[ァ-ヺー]{5,}|[A-Z][A-Za-z0-9+&.-]{1,}", STARTS.sub("", text))
    return {w.surface for w in words(text) if w.is_name and len(w.surface) > 1} | set(quoted) | set(runs)


def _with_year_of(own: str, before: str) -> str:
    """The question before with the year of this one in place of its own."""
    years = [m.group() for m in YEAR.finditer(unicodedata.normalize("NFKC", own))]
    if not years:
        return before
    seen = {m.group() for m in YEAR.finditer(before)}
    return YEAR.sub(years[0], before) if len(seen) == 1 else before


def _with_place_of(own: str, before: str) -> str:
    """The question before with the place of this one in place of its own, where each names one of the same rank."""
    here, there = _places(own), _places(before)
    return before.replace(there[0], here[0]) if len(here) == 1 and len(there) == 1 and here != there else before


def _places(text: str) -> list[str]:
    found = []
    for forms in place_names():
        named = [form for form in forms if re.search(re.escape(form), text, re.I if form.isascii() else 0)]
        if named:
            found.append(max(named, key=len))
    return [f for f in found if not any(f != other and f in other for other in found)]
