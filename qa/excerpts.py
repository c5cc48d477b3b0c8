"""What the language model is given to read: what was quoted as the answer first, then the best passages around it, short."""

from collections.abc import Sequence

from index.search import Hit, Searcher
from ingest.document import Document
from qa.answer import Answer
from qa.prompts import Excerpt, language_of

MOST = 700  # characters in all: two cores read some 100 a second, and what is read is what costs time
LONGEST = 260  # characters of one further passage, cut at its segments
FURTHER = 3  # passages looked at beside what was quoted
LEAST = 40  # characters: shorter rests of a passage say nothing


def excerpts(fast: Answer, hits: Sequence[Hit], searcher: Searcher, most: int = MOST) -> list[Excerpt]:
    """At most ``most`` characters: the quoted lines of each document, then what else the best passages say."""
    found = _quoted(fast, most)
    if language_of(fast.question) != "ja":
        return found  # a question in another language is a translation for the model: more to read only gave it more to confuse
    room = most - sum(len(e.text) for e in found)
    for hit in hits[:FURTHER]:
        document = searcher.document(hit.chunk.document_id)
        taken = [(c.start, c.end) for c in fast.citations if c.document_id == document.id]
        text = _window(document, hit, taken, min(LONGEST, room))
        if len(text) >= LEAST:
            found.append(Excerpt(source_of(document.issuer, document.title, document.date.value), text))
            room -= len(text)
    return found


def source_of(issuer: str, title: str, date: str | None) -> str:
    """Where an excerpt is from, as the model reads it."""
    return f"{issuer}「{title}」({date or '日付不明'})"


def _quoted(fast: Answer, most: int) -> list[Excerpt]:
    """The lines that the extractive answer shows, those of a document together: cells there are in words, which a raw row isn't."""
    by_number = {c.n: c for c in fast.citations}
    lines: dict[str, list[str]] = {}
    sources: dict[str, str] = {}
    for sentence in fast.sentences:
        cited = by_number[sentence.citations[0]]
        sources[cited.document_id] = source_of(cited.issuer, cited.title, cited.date)
        lines.setdefault(cited.document_id, []).append(sentence.text)
    return [Excerpt(sources[id_], "\n".join(texts)[:most]) for id_, texts in lines.items()]


def _window(document: Document, hit: Hit, taken: Sequence[tuple[int, int]], most: int) -> str:
    """The segments of a passage from its marked answer on that weren't quoted yet, as long as they fit; rows of tables are left out."""
    chunk = hit.chunk
    inside = [s for s in document.segments if s.start >= chunk.start and s.end <= chunk.end and s.kind not in ("row", "title", "heading")]
    free = [s for s in inside if not any(a < s.end and s.start < b for a, b in taken)]
    middle = hit.answer[0] if hit.answer else chunk.start
    text, chosen = 0, []
    for segment in sorted(free, key=lambda s: (abs(s.start - middle), s.start)):
        if text + segment.end - segment.start > most:
            break
        chosen.append(segment)
        text += segment.end - segment.start
    return "\n".join(document.text[s.start : s.end] for s in sorted(chosen, key=lambda s: s.start))
