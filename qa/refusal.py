"""Whether the passages found can answer: do the place, the year and the kind of thing asked for stand in them?

Each rule gives its reason in words. They were set on the ``tune`` questions; the figures are in docs/decisions.md.
"""

import re
import unicodedata
from collections.abc import Sequence

from index.names import place_names
from index.question import Asked as Kind
from index.search import Hit
from ingest.dates import mentions
from ingest.document import Document, normalize
from ingest.words import words
from qa.evidence import SHORT_DOCUMENT, Asked, Unit

LEAST_SIMILARITY, LEAST_SHARE = 0.838, 0.2  # under both, nothing in the passage speaks of the question
LEAST_SIMILARITY_FOREIGN = 0.775  # questions in other languages are less similar to Japanese passages
MUST_BE_SHOWN: dict[Kind, str] = {"money": "金額", "contact": "連絡先", "time": "時刻"}
EVERYWHERE = {"韓国", "日本", "国内", "海外", "大韓民国", "アジア"}
ORDINAL = re.compile(r"第\s*(\d+)\s*(回|次|期)")


def reason_to_refuse(question: Asked, hits: Sequence[Hit], best: Unit | None) -> str | None:
    """Why the passages can't answer, in Japanese, or None when they can."""
    if best is None or not hits:
        return "条件に合う資料がありません"
    context = _context(best, hits)
    # One place has to stand in the very passage; of two that are compared each may have its own.
    around = _context(best, hits, passages=1) if len(_places(question.question)) == 1 else context
    for reason in (_too_far(question, hits), _missing_place(question, around), _missing_year(question, context, best), _missing_ordinal(question, context), _not_shown(question, best, hits)):
        if reason:
            return reason
    return None


def _context(best: Unit, hits: Sequence[Hit], passages: int = 3) -> str:
    """What the answer stands in: its passages with title, issuer, headings and date; all of a short document."""
    document = best.document
    near = [hit for hit in hits[:3] if hit.chunk.document_id == document.id]
    if passages == 1:
        near = [hit for hit in near if hit.chunk.start <= best.segment.start < hit.chunk.end]
    whole = document.text if len(document.text) <= SHORT_DOCUMENT else ""
    return "\n".join([document.title, document.issuer, document.date.value or "", *(f"{hit.chunk.context}\n{hit.chunk.text}" for hit in near), whole])


def _too_far(question: Asked, hits: Sequence[Hit]) -> str | None:
    japanese = bool(re.search(r"[ぁ-んァ-ヶ一-龯]", question.question))
    limit = LEAST_SIMILARITY if japanese else LEAST_SIMILARITY_FOREIGN
    held = max(question.share(frozenset(hit.matched)) for hit in hits[:1])
    if hits[0].dense < limit and (held < LEAST_SHARE or not japanese):
        return "質問に近い内容の資料がありません"
    return None


def _missing_place(question: Asked, context: str) -> str | None:
    """A place that the question names and that stands nowhere around the answer, in none of its forms."""
    folded = normalize(context)
    for place, forms in _places(question.question):
        if not any(normalize(form) in folded for form in forms):
            return f"「{place}」についての記載が見つかりません"
    return None


def _places(question: str) -> list[tuple[str, tuple[str, ...]]]:
    """Places named in a question with all their forms: those of the list in any language, and what UniDic knows as places."""
    text = unicodedata.normalize("NFKC", question)
    found = []
    for forms in place_names():
        named = next((f for f in forms if re.search(rf"(?<![A-Za-z]){re.escape(f)}(?![A-Za-z])", text, re.I if f.isascii() else 0)), None)
        if named:
            found.append((named, forms))
    known = {form for _, forms in found for form in forms}
    for word in words(text):
        if word.pos[1:] == ("固有名詞", "地名") and len(word.surface) > 1 and word.surface not in EVERYWHERE and not any(word.surface in form or form in word.surface for form in known):
            found.append((word.surface, (word.surface,)))
    return [(place, forms) for place, forms in found if place not in EVERYWHERE]


def _missing_year(question: Asked, context: str, best: Unit) -> str | None:
    """A year that the question names, in any era, and that stands nowhere around the answer."""
    asked = {m.year for m in mentions(unicodedata.normalize("NFKC", question.question)) if m.year} | _foreign_years(question.question)
    held = {m.year for m in mentions(context) if m.year} | {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", context)}
    missing = sorted(year for year in asked if year and year not in held)
    return f"{missing[0]}年についての記載が見つかりません" if missing else None


def _foreign_years(question: str) -> set[int]:
    return {int(y) for y in re.findall(r"(?<![\d,.])((?:19|20)\d{2})(?:\s*년|(?=[\s,.?])(?!\s*(?:people|won|companies)))", question)}


def _missing_ordinal(question: Asked, context: str) -> str | None:
    """The 5th meeting isn't the 4th."""
    folded = normalize(context)
    for number, counter in ORDINAL.findall(unicodedata.normalize("NFKC", question.question)):
        if f"第{number}{counter}" not in folded and f"{number}{counter}目" not in folded:
            return f"第{number}{counter}についての記載が見つかりません"
    return None


def _not_shown(question: Asked, best: Unit, hits: Sequence[Hit]) -> str | None:
    """An amount, a contact or a time is asked for and none stands in the passages."""
    near = [hit for hit in hits[:3] if hit.chunk.document_id == best.document.id]
    passages = [hit.chunk.text for hit in near] + [tables_above(best.document, hit) for hit in near]
    for kind in question.need.asked:
        if kind in MUST_BE_SHOWN and not any(question.need.shows(kind, text) for text in passages):
            return f"{MUST_BE_SHOWN[kind]}の記載が見つかりません"
    return None


def tables_above(document: Document, hit: Hit) -> str:
    """Headings and introductions of the tables that a passage cuts through: units stand there."""
    return "\n".join(document.text[t.start : t.header_end] + t.introduction for t in document.tables if t.start < hit.chunk.end and t.end > hit.chunk.start)
