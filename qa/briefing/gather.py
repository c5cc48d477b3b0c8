"""Material for a briefing: sentences of the passages that a topic and its questions find, over many documents and sections."""

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from index.search import Searcher
from index.where import Condition
from ingest.document import Document
from ingest.words import terms
from qa.briefing.sentences import Wording, described_section, tidy, wording
from qa.briefing.topic import Topic, places_of

PASSAGES = 14  # for each question
SHORT_DOCUMENT = 3000  # characters: a press release, which speaks of one thing and is read whole
ABOVE, TITLE = 0.7, 0.5  # what a word of the subject counts in the headings or the title, against the sentence itself
SIMILARITY = 3.5  # weight of the cosine against the share of the subject's words, as in answers
PASSAGE = 0.3
ALL_OF_IT = 0.8  # share of the subject that one heading has to hold for sentences that hold none of it
NUMBER, LEAD, SUBSTANCE, DIRECT, TRIVIAL, WORDY, FRAGMENT = 0.2, 0.2, 0.12, -0.5, -0.45, -0.2, -0.3
LONG, VERY_LONG = 110, 160  # characters from which on a sentence is heavy reading
MEASURE = re.compile(r"支援|補助|助成|拡大|造成|設立|育成|養成|提供|推進|構築|投資|誘致|運営|指定|整備|導入|着手|予算|締結")
TRIVIA = re.compile(r"出席|参席|同行し|訪韓|披露|見回|視察|歴訪|授与|サプライズ|この日|午前|午後|会場|ホテル|発足式|開幕式|市長会議|協約式|説明会に|持参|現場登録|個別通知|選任|歓迎の辞|講演を行|参加することも|歴任|適任|声が高|関心が寄せ|関心を注|セッション|数多く参加|魅力を|と思われ|成果を収め|注目され|巡航")


@dataclass(frozen=True, slots=True)
class Material:
    """A sentence that can be used: where it stands, how it reads, what it is worth, its theme and its places."""

    document: Document
    index: int
    wording: Wording
    score: float
    share: float
    similarity: float
    theme: str
    label: str  # what it stands under within its theme; empty where it is the theme itself
    places: tuple[int, ...]

    @property
    def is_trivial(self) -> bool:
        """Whether it tells of a ceremony rather than of a measure."""
        return bool(TRIVIA.search(self.wording.text))

    @property
    def start(self) -> int:
        """Where the segment begins."""
        return self.document.segments[self.index].start

    @property
    def key(self) -> tuple[str, int]:
        """Tells it from all others."""
        return self.document.id, self.index


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found for a topic: sentences, best first, the documents looked at, and how many sentences couldn't be used."""

    materials: tuple[Material, ...]
    documents: tuple[Document, ...]
    found: tuple[tuple[str, int, int], ...]  # stretches of documents: id, start, end
    suspected: tuple[tuple[Document, int], ...]  # segments left out because they look damaged
    foreign: tuple[Document, ...] = ()  # documents in other languages, which can't be quoted in a Japanese paper


def gather(topic: Topic, questions: Sequence[str], where: Sequence[Condition], searcher: Searcher) -> Gathered:
    """Search for the topic and each question; all sentences of what is found, scored against the topic."""
    quick = copy(searcher)
    quick.reader = None  # it reads for one question; a topic wants breadth
    stretches: dict[tuple[str, int, int], float] = {}
    for query in dict.fromkeys([topic.text, *topic.rephrased, *questions]):
        hits = quick.search(query, PASSAGES, where)
        for hit in hits:
            key = (hit.chunk.document_id, hit.chunk.start, hit.chunk.end)
            stretches[key] = max(stretches.get(key, 0.0), hit.score / (hits[0].score or 1.0))
    found = {id_: searcher.document(id_) for id_, _, _ in stretches}
    documents = {id_: document for id_, document in found.items() if document.language == "ja"}
    foreign = tuple(document for document in found.values() if document.language != "ja")
    similarities = searcher.span_similarities(topic.text, [i for id_ in documents for i in searcher.chunk_ids_of(id_)]) if documents else {}
    best = max(similarities.values(), default=0.0)
    materials, suspected = [], []
    for id_, document in documents.items():
        within = {key[1:]: score for key, score in stretches.items() if key[0] == id_}
        title = frozenset(terms(document.title))
        opened: set[int] = set()
        for index in _within(document, within):
            worded = _worded(document, index)
            if worded is None:
                continue
            leads = document.segments[index].section not in opened
            opened.add(document.segments[index].section)
            if _is_suspect(document, worded):
                suspected.append((document, index))
                continue
            score = max((s for (a, b), s in within.items() if a <= document.segments[index].start < b), default=0.5)
            materials.append(_material(topic, document, index, worded, title, similarities.get((id_, document.segments[index].start), 0.0) - best, score + LEAD / PASSAGE * leads))
    return Gathered(tuple(sorted(materials, key=lambda m: -m.score)), tuple(documents.values()), tuple(stretches), tuple(suspected), foreign)


def _within(document: Document, stretches: dict[tuple[int, int], float]) -> list[int]:
    whole = len(document.text) <= SHORT_DOCUMENT
    return [i for i, s in enumerate(document.segments) if whole or any(a <= s.start and s.end <= b for a, b in stretches)]


def _worded(document: Document, index: int) -> Wording | None:
    """The segment as a sentence; the first segment of a section of labelled items stands for them all."""
    segment = document.segments[index]
    if segment.kind == "item" and index and document.segments[index - 1].kind == "heading" and document.segments[index - 1].section == segment.section:
        return described_section(document, segment.section) or wording(document, index)
    return wording(document, index)


def _is_suspect(document: Document, worded: Wording) -> bool:
    return any(s.start < end and s.end > start for s in document.suspicions for start, end in worded.spans)


def _material(topic: Topic, document: Document, index: int, worded: Wording, title: frozenset[str], distance: float, passage: float) -> Material:
    segment = document.segments[index]
    path = document.sections[segment.section].path
    own = set(terms(worded.text))
    above: set[str] | frozenset[str] = set(terms("\n".join(path[1:] or path))) - own
    if not topic.share(own) and max((topic.share(set(terms(step))) for step in path), default=0.0) < ALL_OF_IT:
        above = frozenset()  # a heading that shares a word with the topic doesn't make all that stands below it a part of it
    share = topic.share(own) + ABOVE * topic.share(above) * bool(topic.subject) + TITLE * topic.share(title - above - own) * bool(topic.subject)
    score = min(share, 1.2) + SIMILARITY * distance + PASSAGE * passage + _quality(worded)
    return Material(document, index, worded, score, share, distance, theme_of(document, index), label_of(document, index), places_of(topic, document, segment))


def _quality(worded: Wording) -> float:
    text = worded.text
    content = NUMBER * bool(re.search(r"\d", text)) + SUBSTANCE * bool(MEASURE.search(text))
    return content + DIRECT * worded.direct + TRIVIAL * bool(TRIVIA.search(text)) + WORDY * ((len(text) > LONG) + (len(text) > VERY_LONG)) + FRAGMENT * (not re.search(r"は|が|を", text))


def theme_of(document: Document, index: int) -> str:
    """What a sentence is part of: the innermost heading that names a subject, else the document's title."""
    if defined := _defined(document, index):
        return defined
    path = [step for step in document.sections[document.segments[index].section].path if not re.match(r"^\s*(?:[○・※【→]|[(\uff08](?!\d))", step)]
    if len(path) < 2 and len(document.text) <= SHORT_DOCUMENT:
        return title_label(document.title)
    return heading_label(path[-1]) if path else title_label(document.title)


def _defined(document: Document, index: int) -> str:
    """What a note defines (※「…」とは): its sentences are about that, not about the heading over it."""
    segment = document.segments[index]
    first = document.segments[segment.parents[0]] if segment.kind == "note" and segment.parents else segment
    found = re.match(r"\s*※\d*\s*(「[^」]{2,30}」)とは", document.text[first.start : first.end]) if segment.kind == "note" else None
    return tidy(found.group(1)) if found else ""


def label_of(document: Document, index: int) -> str:
    """The headings and items below the theme under which a sentence stands: 安東市「AI STATION」."""
    segment = document.segments[index]
    steps = [step for step in document.sections[segment.section].path[-1:] if re.match(r"^\s*[○・]", step)]
    steps += [document.text[document.segments[i].start : document.segments[i].end] for i in segment.parents[-1:]]
    label = re.sub(r"\([^()]*\d[^()]*\)$", "", heading_label(steps[-1])) if steps else ""
    return label if 4 <= len(label) <= 40 and not re.search(r"(内容|目的|対象|成果|について|プログラム$|概要|額|。|[:\uff1a])", label) else ""


def heading_label(heading: str) -> str:
    """A heading without its numbering and what a paper doesn't need: 「4. 「慶北 SW 未来チェウム」について」 → 「慶北SW未来チェウム」."""
    text = re.sub(r"^\s*【[^】]*】", "", heading)
    text = re.sub(r"^\s*(?:\(?\d{1,2}[).\uff09\uff0e]\s*|\d{1,2}\s+|[ア-コ]\s+|[①-⑳]\s*)+", "", text)
    text = re.split(r"(?<=[一-龯ァ-ヺー])\s(?=\S{12,})", tidy_keeping(text))[0]
    text = re.sub(r"※\d*", "", tidy(text))
    return re.sub(r"(の?(事例)?について|に係る?もの)$", "", text).strip()


def tidy_keeping(text: str) -> str:
    """White space in a row as one blank."""
    return re.sub(r"\s+", " ", text).strip()


def title_label(title: str) -> str:
    """A headline as a heading of a paper, a noun phrase: without the authority in front, without address to the reader."""
    text = tidy(title)
    text = re.sub(r"^[^、「」]{1,14}?(?:市|市長|道|県|府|都|区|町|村|知事)(?:、(?=.{6,})|(?=「))", "", text)
    text = re.sub(r"(?:(?<=募集)します|(?<=開催)します)?[!。]+$|について$", "", text)
    text = re.sub(r"^.{4,}し、(?=.{8,})", "", text)
    text = re.sub(r"(?<=支援|締結|開催|募集|設立|造成|拡大|発表)、.+$", "", text)
    text = re.sub(r"[をが](?=(?:支援|締結|開催|募集|設立|造成|発表|諮問|披露|運営|開始)$)", "の", text) if not re.search(r"、|に「", text) else text
    return re.sub(r"が開かれた$", "の開催", text).strip()
