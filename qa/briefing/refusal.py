"""Whether the documents can carry a briefing on a topic; if not, why, and what exists instead."""

import re
from collections import Counter
from collections.abc import Sequence

from index.search import Searcher
from index.where import Condition, matching_documents
from ingest.document import Document, normalize
from ingest.words import terms
from qa.briefing.gather import Gathered, Material
from qa.briefing.topic import Topic

UNKNOWN = 0.5  # share of the subject, by weight, that may stand in no document
SHOWN = 3  # words of the subject that are named
FEW, COMMON = 3, 0.4  # documents, and share of those looked at, in which a word may stand and still tell what they are about
ENOUGH_FIGURES = 4  # of tables, without which there is no paper where no sentence belongs to it
FEWEST = 2  # sentences without which there is no paper
INSTEAD, NEAREST = 6, 3  # titles that are offered: that hold a word of the subject, or that are merely near


def unknown(topic: Topic, searcher: Searcher, where: Sequence[Condition]) -> str | None:
    """Why nothing has to be searched for: no documents, a place or the heart of the subject that no document names."""
    infos = list(searcher.infos.values())
    ids = matching_documents(infos, where) if where else [info.id for info in infos]
    if not ids:
        return "条件に合う資料がありません"
    for place in topic.places:
        if not any(place.stands_in(f"{searcher.document(id_).issuer}\n{searcher.document(id_).text}") for id_ in ids):
            return f"「{place.name}」についての記載が、どの資料にもありません"
    if topic.missing_share > UNKNOWN:
        return f"「{'」「'.join(topic.missing_names)}」についての記載が、どの資料にもありません"
    return None


def too_little(topic: Topic, gathered: Gathered, usable: Sequence[Material], figures: int) -> str | None:
    """Why what was found is no material for a paper; ``figures`` of tables on the topic count like sentences where there is one sentence at all or a whole table."""
    if len(usable) >= FEWEST or figures >= (FEWEST if usable else ENOUGH_FIGURES):
        return None
    if gathered.foreign and not gathered.materials:
        return "主題に近い資料はありますが、日本語の資料ではありません"
    about = "・".join(place.name for place in topic.places)
    return f"{about}について、主題に合うまとまった記載が見つかりません" if about else "主題に合うまとまった記載が見つかりません"


def instead(topic: Topic, searcher: Searcher, where: Sequence[Condition]) -> tuple[str, ...]:
    """What the documents do hold: 発行者「題名」 with the words of the subject that stand there; the nearest ones where none does, any where the filters leave none."""
    hits = searcher.search(topic.text, 12 * INSTEAD, where) or searcher.search(topic.text, 12 * INSTEAD)
    ids = list(dict.fromkeys(hit.chunk.document_id for hit in hits))
    held = {id_: _held(topic, searcher.document(id_)) for id_ in ids}
    common = {word for word, count in Counter(word for words in held.values() for word in words).items() if count > max(FEW, len(ids) * COMMON)}
    held = {id_: tuple(word for word in words if word not in common)[:SHOWN] for id_, words in held.items()}
    best = sorted((id_ for id_ in ids if held[id_]), key=lambda id_: -len(held[id_]))[:INSTEAD]
    return tuple(f"{searcher.infos[id_].issuer}「{searcher.infos[id_].title}」" + (f"(「{'」「'.join(held[id_])}」の記載)" if held[id_] else "") for id_ in best or ids[:NEAREST])


def _held(topic: Topic, document: Document) -> tuple[str, ...]:
    """The runs of the topic's text, without its places, that stand in a document: 観光 of 大阪市の観光政策."""
    text = normalize(f"{document.title}\n{document.text}")
    known = set(topic.subject)
    runs = [run for run in re.findall(r"[一-龯々]+|[ァ-ヺー]+|[A-Za-z0-9&-]+", topic.text) if known & set(terms(run))]
    whole = [run for run in runs if normalize(run) in text]
    parts = [word for run in runs if run not in whole for word in terms(run) if word in known and len(word) >= 2 and normalize(word) in text]
    return tuple(dict.fromkeys([*whole, *parts]))
