"""Questions that compare or calculate: one question for each side, so that each side's passages are gathered for themselves."""

import re
import unicodedata

from index.question import need_of
from ingest.words import Word, words

COMPARES = re.compile(r"それぞれ|どちら|どっち|比べ|比較|違い|違う|違っ|異な|差は|差が|同じ|各々|ともに|両方")
DIFFERENCE = re.compile(
    r"差は|差が|差を|差額|増減|違いは(?:何|いくら|どれ)|(?:何|どれ(?:くらい|ぐらい|だけ|ほど)|どの(?:くらい|ぐらい)|いくら)[^、。?]{0,8}?(?:増|減|伸び|多い|多く|少な|高い|低い|上回|下回|違)"
    r"|차이|(?:얼마나|몇\s?\S{1,4})\s?(?:더\s?)?(?:늘|줄|증가|감소|많|적)|difference|how (?:many|much) (?:more|fewer|less)|(?:increase|decrease|grow|grew|rise|rose|fall|fell|drop)\w*\b.{0,40}\bby\b|by how (?:many|much)", re.I,
)  # fmt: skip
SUM = re.compile(r"合わせ(?:て|ると|た)|足す|足し|合計(?:する|すると|で)|両方で|합치면|합하면|더하면|combined|together|\bsum of\b", re.I)
EACH = re.compile(r"それぞれ(?:の)?|各々|ともに")
WHICH = re.compile(r"(?:どちら|どっち)(?:の(?:方|ほう))?[がに](?P<more>[^、。?]*)")
VERDICT = re.compile(r"[がは]?(?:どう(?:違|異な)|どのくらい(?:違|差)|どれくらい(?:違|差))[^、。?]*|[のを](?:違い|差|比較|比べ)[^。?]*|を?(?:比べ|比較し)[^、。?]*|のはどちら[^。?]*")
OF_WHICH = re.compile(r"(?:どちら|どっち)の(?!方|ほう)(?P<what>[^、。?がはを]{1,16})が[^、。?]*")
RANKED = re.compile(r"が(?:多い|大きい|高い|広い|長い|早い|少ない|小さい|低い|狭い|短い)$")
CLAUSES = re.compile(r"^(?P<first>[^。?]{6,60}?(?:の|の数|数|額|人数|件数))と、(?P<second>[^。?]{6,60}?)(?:は、?|を、?|とでは、?|では、?)(?=どちら|どっち|それぞれ|同じ|どう違)")
HOW_MUCH = "どのくらいですか"
BETWEEN = re.compile(r"^(?:と)?(?:では|で|の(?:うち|中|間)(?:で)?|の(?=どちら|どっち)|とも|は|が|を|も)?(?:は)?、?")
SHARED = re.compile(r"(?:を|は|が|って|で(?:は)?)?、?(?:比べ|比較|同じ|違|異な|差|どう違|どちら|どっち)")  # behind what both sides have: 札幌と大田の人口は同じですか
NO_SIDE, ASKS_WHAT = re.compile(r"(うち|場合|中|ため|とき)$"), re.compile(r"何|どこ|どれ|どの|いつ|誰|のこと")  # 普通の高校と何が違う; 85%とのことですが
BEFORE_SIDE = {"は", "が", "を", "に", "で", "も", "から", "まで", "では", "には"}
BEHIND_SIDE = {*BEFORE_SIDE, "と", "へ", "とも"}
STOPS = ("、", "。", "?", ",")
LONGEST_SIDE = 40  # characters


def asks_calculation(question: str) -> bool:
    """Whether the difference or the sum of values is asked for."""
    text = unicodedata.normalize("NFKC", question)
    return bool(DIFFERENCE.search(text) or SUM.search(text))


def sides(question: str) -> list[str]:
    """The question asked of each of the two things that it compares; empty where it compares nothing or can't be taken apart."""
    text = unicodedata.normalize("NFKC", question)
    if not COMPARES.search(text):
        return []
    if clauses := CLAUSES.search(text):
        asked = "いつですか" if re.search(r"同じ(年|月|日)", text) else HOW_MUCH
        return [f"{clauses[side]}は{asked}{_said_behind(text[clauses.end() :])}" for side in ("first", "second")]
    pair = _pair(text, ("と", "や")) or _pair(text, ("、", "および", "及び"))
    if not pair:
        return []
    (start, first_end), (second_start, end) = pair
    first, second = text[start:first_end], text[second_start:end]
    if NO_SIDE.search(first) or ASKS_WHAT.match(second):
        return []
    shared = re.search(r"の[^の]*(?:の[^の]*)?$", second)
    if shared and "の" not in first and SHARED.match(text[end:]):  # 国土交通部と雇用労働部の予算を比べたい
        first += shared.group()
    tail = _asked(text[end:])
    return [f"{text[:start]}{side}は、{tail}" for side in (first, second)]


def _said_behind(rest: str) -> str:
    """What is said behind the question and asks nothing: 「…を教えてください。光州市の話です。」."""
    return "".join(f"。{said}" for said in re.split(r"[。?]", rest)[1:] if said.strip() and not need_of(said).asked)


def _asked(rest: str) -> str:
    """What is asked of each side: without the words that compare; how much, where nothing else is left."""
    rest = BETWEEN.sub("", rest, count=1)
    rest = WHICH.sub(lambda match: f"どのくらい{match['more']}" if not need_of(rest[: match.start()]).asked else "", EACH.sub("", rest))
    rest = RANKED.sub("", VERDICT.sub("", OF_WHICH.sub(r"\g<what>は", rest)).strip(" 、。?"))
    return rest if need_of(rest).asked else f"{rest}は{HOW_MUCH}" if rest else HOW_MUCH


def _pair(text: str, joins: tuple[str, ...]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Where the two sides stand that one of ``joins`` puts together: the first place where both are short runs of nouns."""
    found = words(text)
    for n, word in enumerate(found):
        if word.surface in joins and 0 < n < len(found) - 1 and found[n - 1].pos[0] in ("名詞", "接尾辞", "補助記号", "記号"):
            comma = word.surface != "、" and found[n + 1].surface == "、"
            start, end = _side_start(found, n), _side_end(found, n + comma)
            if start is not None and end is not None and end - word.end <= LONGEST_SIDE and word.start - start <= LONGEST_SIDE:
                return (start, word.start), (found[n + comma].end, end)
    return None


def _is_border(found: list[Word], at: int, particles: set[str]) -> bool:
    """Whether a side ends at this word: a comma, or a particle that binds to the verb (ソウルでの説明会 goes on behind で)."""
    of_noun = at + 1 < len(found) and found[at + 1].surface == "の"
    return found[at].surface in STOPS or (found[at].pos[0] == "助詞" and found[at].surface in particles and not of_noun)


def _side_start(found: list[Word], n: int) -> int | None:
    """Back from the joining word to the particle or comma that the side stands behind."""
    at = n
    while at > 0 and not _is_border(found, at - 1, BEFORE_SIDE):
        at -= 1
    return found[at].start if at < n else None


def _side_end(found: list[Word], n: int) -> int | None:
    """On to the particle or comma that the side stands before."""
    for at in range(n + 1, len(found)):
        is_which = found[at].surface == "の" and at + 1 < len(found) and found[at + 1].surface in ("うち", "どちら", "中", "間")
        if is_which or _is_border(found, at, BEHIND_SIDE):
            return found[at - 1].end if at > n + 1 else None
    return None
