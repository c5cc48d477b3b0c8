"""Answers by quoting: the sentences, list items and table cells that answer (first version: the best passage's best sentence)."""

from collections.abc import Sequence

from index.search import Hit
from ingest.library import Library
from ingest.words import terms
from qa.answer import REFUSAL, Answer, Citation, Sentence


class ExtractiveAnswerer:
    """Quotes what answers; refuses when nothing does."""

    name = "extractive"

    def __init__(self, library: Library, names: Sequence[tuple[str, str]]) -> None:
        self.library, self.names = library, names

    def answer(self, question: str, hits: Sequence[Hit]) -> Answer:
        """See Answerer."""
        if not hits or not hits[0].matched:
            return Answer(question, REFUSAL, True, "質問の語を含む資料がありません", self.name)
        chunk = hits[0].chunk
        document = self.library.document(chunk.document_id)
        assert document is not None
        wanted = set(terms(question))
        inside = [s for s in document.segments if chunk.start <= s.start and s.end <= chunk.end]
        best = max(inside, key=lambda s: len(wanted & set(terms(document.text[s.start : s.end]))))
        quote = document.text[best.start : best.end]
        warnings = tuple(w.reason for w in document.suspicions if w.start < best.end and w.end > best.start)
        citation = Citation(1, document.id, document.title, document.issuer, document.date.value, document.date.basis, None, " › ".join(chunk.heading), best.start, best.end, quote, warnings)
        return Answer(question, f"{quote}[1]", False, None, self.name, (Sentence(quote, (1,), True),), (citation,))
