"""What the language model is given to read: what was quoted as the answer, and nothing else.

Further passages gave a model of 1.5 billion parameters more to confuse than to join: with them it lost three of
twenty-five right answers on a quarter of the tuning questions, one of them to a number that stood beside the answer.
"""

from qa.answer import Answer
from qa.model.prompts import Excerpt

MOST = 700  # characters in all: two cores read some 100 a second, and what is read is what costs time


def excerpts(fast: Answer, most: int = MOST) -> list[Excerpt]:
    """The lines that the extractive answer shows, those of a document together; cells there are in words, which a raw row isn't."""
    by_number = {c.n: c for c in fast.citations}
    lines: dict[str, list[str]] = {}
    sources: dict[str, str] = {}
    for sentence in fast.sentences:
        cited = by_number[sentence.citations[0]]
        sources[cited.document_id] = f"{cited.issuer}「{cited.title}」({cited.date or '日付不明'})"
        lines.setdefault(cited.document_id, []).append(sentence.text)
    return [Excerpt(sources[id_], text[: most // len(lines)]) for id_, texts in lines.items() if (text := "\n".join(texts))]
