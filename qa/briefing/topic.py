"""What a topic is about: its places, and the words of its subject without those that every topic has."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.search import Searcher
from ingest.document import Document, Segment, normalize
from ingest.words import terms
from qa.places import places_named

ASKED_OF_ANY = frozenset(terms("""動向 現状 取組 取り組み 比較 概要 状況 事例 調査 まとめ 資料 ブリーフィング 推進 方向 方向性 特徴 違い 最新 主要 主な 数値 政策 施策 事業
課題 今後 展開 実態 傾向 関連 分野 自治体 自治 体 地方 地域 都市 市 県 道 区 国 市政 行政 韓国 海外 日本 紹介 説明 報告 教える 関係 主体 各 における"""))  # fmt: skip
SAME_IN_SHORT = (("AI", "人工知能"), ("DX", "デジタル転換"), ("DX", "デジタルトランスフォーメーション"), ("IoT", "モノのインターネット"), ("R&D", "研究開発"), ("ICT", "情報通信技術"), ("Wi-Fi", "無線LAN"))  # as Japanese offices write
AUTHORITY = re.compile(r"(特別市|広域市|特別自治市|特別自治道|市|道|都|府|県|区|町|村)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the topic names: how it is shown, and its forms in the documents."""

    name: str
    forms: tuple[str, ...]

    def stands_in(self, text: str) -> bool:
        """Whether one of its forms does."""
        folded = normalize(text)
        return any(normalize(form) in folded for form in self.forms)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its places and the words of its subject, by weight; ``missing`` are those that stand in no document."""

    text: str
    places: tuple[Place, ...]
    subject: Mapping[str, float]
    missing: tuple[str, ...]
    other_forms: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()  # words of a name in the topic, and those of its other form
    rephrased: tuple[str, ...] = ()  # the topic with the other forms

    @property
    def missing_names(self) -> tuple[str, ...]:
        """What is missing as the topic writes it: 公衆無線LAN, of which 公衆 stands in no document."""
        runs = re.findall(r"(?:[一-龯々ァ-ヺーA-Za-z0-9&-]|(?<=[一-龯])[きしちりみびけせてれめべえいつ](?=[一-龯ァ-ヺ]))+", self.text)
        return tuple(dict.fromkeys(next((run for run in runs if word in terms(run)), word) for word in self.missing))

    @property
    def missing_share(self) -> float:
        """The part of the subject, by weight, that the documents don't know (0-1)."""
        total = sum(self.subject.values())
        return sum(self.subject[word] for word in self.missing) / total if total else 0.0

    def share(self, held: frozenset[str] | set[str]) -> float:
        """The part of the subject, by weight, that ``held`` words hold (0-1); 1 for a topic that is nothing but a place."""
        total = sum(self.subject.values())
        known = set(held).union(*(own for own, other in self.other_forms if other <= held))
        return sum(weight for word, weight in self.subject.items() if word in known) / total if total else 1.0


def topic_of(text: str, searcher: Searcher) -> Topic:
    """Read a topic."""
    authorities = [info.issuer for info in searcher.infos.values() if AUTHORITY.search(info.issuer)]
    places = tuple(_place(text, named, forms, authorities) for named, forms in places_named(text))
    of_places = {word for place in places for form in place.forms for word in terms(form)}
    words = [word for word in dict.fromkeys(terms(text)) if word not in of_places | ASKED_OF_ANY]
    subject = {word: searcher.weight(word) for word in words}
    forms = tuple(_other_forms(text, searcher))
    otherwise = {word for own, other in forms if all(map(searcher.word_index.document_frequency, terms(other))) for word in terms(own)}
    missing = tuple(word for word in words if not searcher.word_index.document_frequency(word) and word not in otherwise)
    rephrased = tuple(dict.fromkeys(text.replace(own, other) for own, other in forms if own in text))
    return Topic(text, places, subject, missing, tuple((frozenset(terms(own)), frozenset(terms(other))) for own, other in forms if terms(other)), rephrased)


def _other_forms(text: str, searcher: Searcher) -> Iterator[tuple[str, str]]:
    """Names that the documents give in two forms: AI and 人工知能."""
    folded = normalize(text)
    for pair in [*searcher.names, *SAME_IN_SHORT]:
        for own, other in (pair, pair[::-1]):
            if re.search(rf"(?<![A-Za-z]){re.escape(normalize(own))}(?![A-Za-z])", folded):
                yield own, other


def _place(text: str, named: str, forms: Sequence[str], authorities: Sequence[str]) -> Place:
    issuer = next((a for a in dict.fromkeys(authorities) if any(a.startswith(form) for form in forms)), None)
    written = re.search(rf"{re.escape(named)}(特別市|広域市|市|道|都|府|県|区|町|村)?", text)
    return Place(issuer or (written.group() if written else named), tuple(forms))


def places_of(topic: Topic, document: Document, segment: Segment) -> tuple[int, ...]:
    """Which places of the topic a segment is about: it or its headings name them, or an authority of the place speaks."""
    around = "\n".join([document.text[segment.start : segment.end], *document.sections[segment.section].path])
    found = tuple(i for i, place in enumerate(topic.places) if place.stands_in(around))
    if AUTHORITY.search(document.issuer):
        speaking = tuple(i for i, place in enumerate(topic.places) if any(document.issuer.startswith(form) for form in place.forms))
        return speaking or found
    return found
