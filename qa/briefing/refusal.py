"""Whether the documents can carry a briefing on a topic; if not, why, and what exists instead."""

from collections.abc import Sequence

from index.search import Searcher
from index.where import Condition, matching_documents
from qa.briefing.gather import Gathered, Material
from qa.briefing.topic import Topic

UNKNOWN = 0.5  # share of the subject, by weight, that may stand in no document
FEWEST = 2  # sentences without which there is no paper
INSTEAD = 6  # titles that are offered


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
        return f"「{'」「'.join(topic.missing)}」についての記載が、どの資料にもありません"
    return None


def too_little(topic: Topic, gathered: Gathered, usable: Sequence[Material]) -> str | None:
    """Why what was found is no material for a paper."""
    if len(usable) >= FEWEST:
        return None
    if gathered.foreign and not gathered.materials:
        return "主題に近い資料はありますが、日本語の資料ではありません"
    about = "・".join(place.name for place in topic.places)
    return f"{about}について、主題に合うまとまった記載が見つかりません" if about else "主題に合うまとまった記載が見つかりません"


def instead(topic: Topic, searcher: Searcher, where: Sequence[Condition]) -> tuple[str, ...]:
    """What the documents do hold: the nearest to the topic, as 発行者「題名」; any where the filters leave none."""
    hits = searcher.search(topic.text, 12 * INSTEAD, where) or searcher.search(topic.text, 12 * INSTEAD)
    infos = [searcher.infos[id_] for id_ in dict.fromkeys(hit.chunk.document_id for hit in hits)]
    return tuple(f"{info.issuer}「{info.title}」" for info in infos[:INSTEAD])
