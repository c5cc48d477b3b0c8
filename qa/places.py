"""Places that a question names: whether they stand around an answer, and which other place the documents speak of instead."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from index.names import place_names
from index.search import Hit
from ingest.document import Document, normalize
from ingest.words import words
from qa.evidence import SHORT_DOCUMENT, Unit, heading_text

ORDINAL = re.compile(r"第\s*(\d+)\s*(回|次|期)")
EVERYWHERE = {"韓国", "国内", "海外", "大韓民国", "アジア"}
TOO_WIDE = {"日本", "中国", "米国"}  # are no other place beside a city


def of_named_places(question: str, hits: Sequence[Hit], document: Callable[[str], Document]) -> list[Hit]:
    """The passages around which the places stand that the question names, and of these the ones with its 第5回; all where none does or it names none."""
    kept = list(hits)
    for named in (places_named(question), ordinals_named(question)):
        kept = [hit for hit in kept if any(_names_one(forms, document(hit.chunk.document_id), hit) for _, forms in named)] or kept
    return kept


def ordinals_named(question: str) -> list[tuple[str, tuple[str, ...]]]:
    """The 第5回, 第2次 of a question with both their forms."""
    return [(f"第{number}{counter}", (f"第{number}{counter}", f"{number}{counter}目")) for number, counter in ORDINAL.findall(unicodedata.normalize("NFKC", question))]


def _names_one(forms: Sequence[str], document: Document, hit: Hit) -> bool:
    whole = document.text if len(document.text) <= SHORT_DOCUMENT else hit.chunk.text
    folded = normalize("\n".join((document.title, document.issuer, hit.chunk.context, whole)))
    return any(normalize(form) in folded for form in forms)


def of_the_place(question: str, found: Sequence[Unit]) -> list[Unit]:
    """The units without those that stand below the name of another place (a section on 慶尚南道 where 釜山 is asked of); all where not one place is named."""
    named = places_named(question)
    listed = [forms for _, forms in named if forms in place_names()]
    return list(found) if len(named) != 1 or not listed else [unit for unit in found if not _is_of_another(listed[0], unit)]


def _is_of_another(own: Sequence[str], unit: Unit) -> bool:
    document = unit.document
    whole = document.text if len(document.text) <= SHORT_DOCUMENT else unit.text
    above = "\n".join((*document.sections[unit.segment.section].path, heading_text(document, unit.index)))
    around = normalize("\n".join((document.title, document.issuer, above, whole)))
    others = (forms for forms in place_names() if forms[0] not in EVERYWHERE | TOO_WIDE and forms != own)
    return not any(normalize(form) in around for form in own) and any(form in above for forms in others for form in forms)


def missing_place(question: str, context: str) -> str | None:
    """A place that the question names and that stands nowhere around the answer, in none of its forms."""
    folded = normalize(context)
    missing = next((place for place, forms in places_named(question) if not any(normalize(form) in folded for form in forms)), None)
    return f"「{missing}」についての記載が見つかりません" if missing else None


def places_named(question: str) -> list[tuple[str, tuple[str, ...]]]:
    """Places named in a question with all their forms: those of the list in any language, and what UniDic knows as places."""
    text = unicodedata.normalize("NFKC", question)
    found = []
    for forms in place_names():
        named = next((f for f in forms if re.search(rf"(?<![A-Za-z]){re.escape(f)}(?![A-Za-z]|語|人)", text, re.I if f.isascii() else 0)), None)
        if named:
            found.append((named, forms))
    known = {form for _, forms in found for form in forms}
    for word in words(text):
        is_place = word.pos[1:] == ("固有名詞", "地名") and len(word.surface) > 1 and text[word.end : word.end + 1] not in ("語", "人")  # 日本語 is no place
        if is_place and not any(word.surface in form or form in word.surface for form in known):
            found.append((word.surface, (word.surface,)))
    return [(place, forms) for place, forms in found if place not in EVERYWHERE]


def of_another_place(question: str, hits: Sequence[Hit]) -> tuple[str, str] | None:
    """The question asked of another place, and that place: the one that the nearest passages speak of; None where it names no single place."""
    asked = places_named(question)
    if len(asked) != 1 or not hits:
        return None
    place, own = asked[0]
    told = "\n".join(part for hit in hits[:2] for part in (*reversed(hit.chunk.heading), hit.chunk.text, hit.title))
    others = [(told.index(form), form) for forms in place_names() for form in forms[:1] if form in told and form not in own and form not in TOO_WIDE]
    other = min(others)[1] if others else None
    return (question.replace(place, other), other) if other and place in question else None
