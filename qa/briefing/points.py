"""The points of a paper: sentences that stand alone and tell what there is, rather than an event, a procedure or a hope."""

import re
from collections.abc import Sequence

from ingest.words import terms
from qa.briefing.gather import Material
from qa.briefing.plan import Limits
from qa.briefing.sentence_style import tagger
from qa.briefing.topic import Topic

LONGEST_POINT = 150
UNDATED = "9999"  # documents without a date stand behind those with one
ENOUGH_POINTS = 3
POINTS_BACK = re.compile(r"今回|この|同[部市社庁事]|当該|本[^年格国人部社]|当時|(?<![月\d])\d{1,2}日(?!間)|このように|昨年|今年度|かつて|下半期|上半期")  # what a point can't explain
PREDICATE = re.compile(r"(る|た|い|う|く|す|つ|む|ぶ|ぐ|だ|です|ます|ました)。$")
SUBJECT = re.compile(r"^(.{1,60}?)(?:は(?!じめ)|が)")
QUOTED = re.compile(r"「[^」]{3,}」|[A-Za-z][A-Za-z&]{3,}")
ORGANISATION = re.compile(r"[一-龯ァ-ヺー]{3,}(?:部|省|庁|院|公団|公社|協会|大学|財団|センター|委員会|研究所|開発院)$")
GOVERNMENT = re.compile(r"(^|、|の)(国|政府|道|市|自治体)$")
ALIKE = 0.5  # of the shorter one's words
GENERIC = 0.4  # share of the topic's words that makes a subject of common nouns tell what it is about

DOES = re.compile(r"(支援|推進|運営|設立|造成|開所|開館|開設|実施|提供|締結|導入|構築|整備|育成|養成|投入|設置|誘致|編成|設定|公開|指定)(し|する|され)[^。、]{0,12}。$|に取り組んでいる。$|を行って?い?る。$|である。$")
EVENT = re.compile(r"(募集|開催|参加|発表|訪問|要請|発足|紹介|歓迎|受賞|選定|決定|申請|披露|諮問)(し|する|され)[^。、]{0,12}。$|開かれ|話し合|注目され|期待され|求められ|見込ま|評価|力を合わせ|支える方針|と言える|ことにした。$|説明会|ワークショップ|セミナー|懇談会|フォーラム")
PERSON = re.compile(r"^[^、]{0,12}(市長|知事|大統領|代表|所長|次官|長官)は")
AMOUNT = re.compile(r"\d[\d,.]*\s*(?:[兆億万千百]*)(?:ウォン|円|ドル|社|人|名|か所|件|%)")


def points(topic: Topic, kept: Sequence[Material], limits: Limits) -> list[Material]:
    """The best sentences that stand alone, one of each theme first, the places taking turns."""
    alone = sorted((m for m in kept if stands_alone(m)), key=lambda m: -worth(m))
    named = [m for m in alone if names_subject(topic, m.wording.text)]
    chosen: list[Material] = []
    for candidates, most, fresh in ((named, limits.points, True), (named, ENOUGH_POINTS, False), (alone, ENOUGH_POINTS, True), (alone, ENOUGH_POINTS, False)):
        for material in candidates:
            beside = [c for c in chosen if c.theme == material.theme]
            crowded = bool(beside) and (fresh or any(alike(c, material) for c in beside))
            if len(chosen) < most and material not in chosen and not crowded and not over(topic, material, chosen, limits.points):
                chosen.append(material)
    return sorted(chosen, key=lambda m: (m.places[:1], m.document.date.value or UNDATED, m.document.id, m.start))


def alike(a: Material, b: Material) -> bool:
    """Whether two sentences tell of the same event: too close for two points."""
    first, second = set(terms(a.wording.text)), set(terms(b.wording.text))
    return len(first & second) >= ALIKE * min(len(first), len(second))


def over(topic: Topic, material: Material, chosen: Sequence[Material], most: int) -> bool:
    """Whether its place has its part of the points already."""
    if len(topic.places) < 2:
        return False
    return sum(c.places[:1] == material.places[:1] for c in chosen) >= -(-most // len(topic.places))


def worth(material: Material) -> float:
    """The score as a point of its own: what somebody does or what something is, with amounts; no events, no persons."""
    text = material.wording.text
    return material.score + 0.5 * min(material.share, 1.0) + 0.3 * bool(DOES.search(text)) + 0.2 * bool(AMOUNT.search(text)) - 0.5 * bool(EVENT.search(text)) - 0.4 * bool(PERSON.search(text)) - 0.15 * (len(text) > 110) - 0.3 * bool(material.label)


def stands_alone(material: Material) -> bool:
    """Whether a reader understands a sentence without any other."""
    text = material.wording.text
    return not material.wording.leans and "は" in text and len(text) <= LONGEST_POINT and bool(PREDICATE.search(text)) and not POINTS_BACK.search(text)


def names_subject(topic: Topic, text: str) -> bool:
    """Whether the subject is named (光州市は、「…」とは) or made of the topic's words: 支援業種は and LOIには tell a reader nothing."""
    found = SUBJECT.search(text)
    if not found:
        return False
    subject = found.group(1)
    if QUOTED.search(subject) or ORGANISATION.search(subject) or GOVERNMENT.search(subject) or any(place.stands_in(subject) for place in topic.places):
        return True
    return any(node.feature.pos2 == "固有名詞" for node in tagger()(subject)) or (bool(topic.subject) and topic.share(set(terms(subject))) >= GENERIC)
