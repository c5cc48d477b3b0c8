"""Example questions drawn from the documents themselves; only those are offered that get an answer."""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from ingest.document import Document
from qa.assistant import Assistant
from qa.cells import joined

TRIED = 4  # candidates for each example that is offered
LONGEST = 44  # characters of an example that is read at a glance


def example_questions(assistant: Assistant, count: int = 5) -> list[str]:
    """Up to ``count`` questions that the documents answer, the issuers taking turns."""
    documents = [assistant.searcher.document(id_) for id_ in assistant.searcher.infos]
    by_issuer: dict[str, list[str]] = {}
    for document in documents:
        by_issuer.setdefault(document.issuer, []).extend(q for q in _questions(document) if len(q) <= LONGEST)
    in_turn = [q for row in zip_longest(*(_spread(qs) for qs in by_issuer.values())) for q in row if q]
    offered: list[str] = []
    for question in list(dict.fromkeys(in_turn))[: TRIED * count]:
        if len(offered) < count and not assistant.ask(question).refused:
            offered.append(question)
    return offered


def _spread(questions: list[str]) -> list[str]:
    """One of each form before the next of the same form."""
    forms: dict[str, list[str]] = {}
    for question in questions:
        forms.setdefault(question[-6:], []).append(question)
    return [q for row in zip_longest(*forms.values()) for q in row if q]


def _questions(document: Document) -> Iterator[str]:
    subject = _subject(document.title)
    yield from _table_questions(document)
    if subject and re.search(r"(開催|開設)", document.title):
        yield f"{subject}の{'開催' if '開催' in document.title else '開設'}はいつですか?"
    if subject and re.search(r"お?問い?合わ?せ", document.text):
        yield f"{subject}の問い合わせ先はどこですか?"
    if subject:
        yield f"{subject}とはどのようなものですか?"


def _table_questions(document: Document) -> Iterable[str]:
    """The last numeric cell of each table, asked for by its row and column."""
    for table in reversed(document.tables):
        cells = [c for c in table.cells if c.unit and c.row_path and c.column_path and not c.is_label and len(joined(c.row_path[-1])) <= 14]
        if cells:
            row, column = joined(cells[-1].row_path[-1]), re.sub(r"\s*[(\uff08].*$", "", joined(cells[-1].column_path[-1]))
            heading = re.sub(r"^\s*(【[^】]*】|\d+\s*[.)]|[ア-コ]\s)\s*|\s*[(\uff08].*$", "", joined(document.sections[_section(document, table.start)].path[-1]))
            yield f"{re.sub(r'について$', '', heading)}のうち、{row}の{column}は?"


def _section(document: Document, offset: int) -> int:
    return next((i for i, s in enumerate(document.sections) if s.start <= offset < s.end), 0)


def _subject(title: str) -> str:
    """What a headline is about: the name that it quotes, or its first part."""
    quoted = re.findall(r"「([^」]{4,24})」", title)
    if quoted:
        return f"「{quoted[0]}」"
    parts = [p for p in re.split(r"[、,。!]", title) if len(p) >= 6]
    return re.sub(r"(を|に|が)?(開催|募集します|支援|設立|造成|締結)$", "", parts[0])[:24] if parts and len(title) <= 40 else ""
