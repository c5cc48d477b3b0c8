"""The same checks for a briefing's sentence as for an answer's, and the ledger of what a briefing cites."""

from collections.abc import Sequence

from ingest.document import Document
from qa.answer import Check, Citation
from qa.checks import verification
from qa.checks.labels import Evidence


class Ledger:
    """Gives each cited span its number, the same for the same span."""

    def __init__(self, citations: Sequence[Citation] = ()) -> None:
        self.citations = list(citations)
        self._numbers = {(c.document_id, c.start, c.end): c.n for c in citations}

    def cite(self, document: Document, start: int, end: int, focus: tuple[int, int] | None = None) -> int:
        """The number of this span."""
        key = (document.id, start, end)
        if key not in self._numbers:
            self._numbers[key] = max((c.n for c in self.citations), default=0) + 1
            self.citations.append(citation(document, self._numbers[key], start, end, focus))
        return self._numbers[key]


def citation(document: Document, n: int, start: int, end: int, focus: tuple[int, int] | None = None) -> Citation:
    """A span of a document as a citation."""
    warnings = tuple(dict.fromkeys(s.reason for s in document.suspicions if s.start < end and s.end > start))
    heading = next((" › ".join(section.path) for section in reversed(document.sections) if section.start <= start < section.end), "")
    return Citation(n, document.id, document.title, document.issuer, document.date.value, document.date.basis, document.page_at(start), heading, start, end, document.text[start:end], warnings, focus)


def checks(text: str, spans: Sequence[tuple[Document, int, int]], numbers: Sequence[int] = ()) -> tuple[Check, ...]:
    """The values of a sentence and whether the spans bear them; ``numbers`` are the spans' as citations (1, 2 … where they have none yet)."""
    return verification.checks(text, [Evidence(n, *span) for n, span in zip(numbers or range(1, len(spans) + 1), spans, strict=True)])
