"""How quoted units read: list marks and line breaks gone, short ones behind their heading, era dates with ISO dates."""

import re

from ingest.document import Document, normalize
from ingest.text.dates import mentions
from qa.cell_words import joined

MARK = re.compile(r"^(?:[-*•–—]\s+)?(?:[○◯●◇◆□■・·▲△▴▶]\s*|[-–]\s+|[①-⑳]\s*|\(?\d{1,2}[).\uff09]\s*(?!\d))?")
SHORT = 28  # characters up to which a unit without a predicate needs its heading to be understood
PREDICATE = re.compile(r"(。|する|した|している|いる|ある|です|ます|だ|った|れる|計画|予定)。?$")
ERA_DATE = re.compile(r"明治|大正|昭和|平成|令和")


def readable(text: str) -> str:
    """A unit in one line without its list mark."""
    return joined(MARK.sub("", text.strip(), count=1))


def with_heading(document: Document, index: int, text: str) -> str:
    """A short unit behind the item or heading that it stands under: 「開設日: 平成16年10月27日(水)」."""
    if (len(text) > SHORT and not _is_value_list(text)) or PREDICATE.search(text):
        return text
    segment = document.segments[index]
    parents = [readable(document.text[p.start : p.end]) for p in (document.segments[i] for i in segment.parents)]
    path = document.sections[segment.section].path
    above = [_label(p) for p in parents] or [_label(readable(path[-1]))] if parents or path else []
    above = [label for label in above if label and normalize(label) not in normalize(text)]
    return f"{'・'.join(above)}: {text}" if above else text


def _is_value_list(text: str) -> bool:
    """「10~49人:68%、50~249人:63%」: values that say nothing without what they are of."""
    return len(re.findall(r"[:\uff1a]\s*約?\d", text)) >= 2


def _label(text: str) -> str:
    """The naming part of a heading: without numbering, value and trailing colon."""
    text = re.sub(r"^\s*(?:\(?\d{1,2}[).\uff09\s]\s*|[ア-コ]\s+)", "", text)
    text = re.split(r"[:\uff1a]", text)[0]
    return re.sub(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$", "", text).strip()[:40]


def with_iso_date(text: str) -> str:
    """The text with the ISO date behind each date that is written in an era: 平成16年10月27日(2004-10-27)."""
    if not ERA_DATE.search(text):
        return text
    for mention in reversed([m for m in mentions(text) if ERA_DATE.search(text[m.start : m.end])]):
        text = f"{text[: mention.end]}({mention.iso}){text[mention.end :]}"
    return text
