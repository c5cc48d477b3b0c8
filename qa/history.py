"""Follow-up questions: what they leave unsaid is taken from the turns before, so that they can be searched and answered alone."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ingest.words import noun_runs
from qa.keywords import as_question
from qa.leaning import is_elliptic, leans, opened, places

YEAR = re.compile(r"(?:19|20)\d{2}(?=\s*(?:年|년|$|[^\d,.]))|(?:平成|令和|昭和)\d{1,2}(?=年)")
ASKING = re.compile(
    r"[、。]?\s*(?:は|が|を|に|で|って|の)?\s*(?:いま|今|現在|全部で|合わせて|およそ|だいたい)?\s*"
    r"(?:何|なん|いつ|どこ|誰|だれ|どなた|いくら|いくつ|いくら|どの(?:くらい|ぐらい|程度|よう)?|どれ(?:くらい|ぐらい|ほど)?|どんな|どう|どちら)[^、。]*[。??]*$"
)
PARTICLE = re.compile(r"(?<=[^\s])(に|で)?[はがをに]$")
KOREAN_ASKING = re.compile(r"\s*(?:은|는|이|가|을|를)?\s*(?:언제|어디|누구|누가|몇|얼마|무엇|무슨|어떤|어느|어떻게)[^?]*\??$")
ASKED_ALONE = re.compile(r"(?:は|って|の(?:場合|ほう|方)は)?[?\uff1f]*$")
KIND = re.compile(r"..[部省庁局課業館院校社層線駅園型]$")  # by their last character things of one kind are told
TELL = re.compile(r"(?:を|について|に関して)?(?:教えて|知りたい|説明して|挙げて)[^、。]*[。??]*$")


def standalone(question: str, history: Sequence[Mapping[str, str]]) -> str:
    """The question with what it leaves unsaid, taken from the turns before (oldest first), and keywords as a question; as it is where it stands alone."""
    before = ""
    for turn in history:
        asked = turn.get("question") if isinstance(turn, Mapping) else None
        before = _completed(str(asked), before) if asked else before
    return as_question(_completed(question, before))


def _completed(question: str, before: str) -> str:
    if not before or not leans(question, before):
        return question
    own = opened(question)
    if is_elliptic(own):
        replaced = _with_sibling_of(own, _with_place_of(own, _with_year_of(own, before)))
        return replaced if replaced != before else f"{before} {own}"
    asked_of = _with_year_of(own, before)
    return f"{topic(asked_of)}、{own}" if re.search(r"[ぁ-んァ-ヶ]", before) else f"{KOREAN_ASKING.sub('', asked_of)} {own}"


def topic(question: str) -> str:
    """What a question speaks of, without what it asks: 「申請は何件ありましたか」 → 「申請」."""
    text = question.strip()
    stripped = TELL.sub("", ASKING.sub("", text)).strip(" 、。?\uff1f")
    return PARTICLE.sub("", stripped) if len(stripped) >= 4 else text.rstrip("。?\uff1f")


def _with_year_of(own: str, before: str) -> str:
    """The question before with the year of this one in place of its own."""
    years = [m.group() for m in YEAR.finditer(unicodedata.normalize("NFKC", own))]
    if not years:
        return before
    seen = {m.group() for m in YEAR.finditer(before)}
    return YEAR.sub(years[0], before) if len(seen) == 1 else before


def _with_place_of(own: str, before: str) -> str:
    """The question before with the place of this one in place of its own, where each names one of the same rank."""
    here, there = places(own), places(before)
    return before.replace(there[0], here[0]) if len(here) == 1 and len(there) == 1 and here != there else before


def _with_sibling_of(own: str, before: str) -> str:
    """The question before with the thing of this one in place of the one that is called alike: 保健福祉部は? after 国土交通部の予算は."""
    thing = ASKED_ALONE.sub("", own.strip())
    if noun_runs(thing) != [thing] or not KIND.search(thing) or thing in before:
        return before
    alike = [name for name in noun_runs(before) if name[-1] == thing[-1] and len(name) > 2]
    return before.replace(alike[0], thing) if len(alike) == 1 else before
