"""Example questions drawn from the documents themselves; only those are offered that get an answer."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from ingest.document import Document
from qa.answer import Answer
from qa.assistant import Assistant
from qa.cell_words import joined

TRIED = 4  # candidates for each example that is offered
LONGEST = 44  # characters of an example that is read at a glance
MOST_READ = 200  # documents that examples are made from: reading all of a large library would hold up the start


def example_answers(assistant: Assistant, count: int = 5) -> list[Answer]:
    """The answers to up to ``count`` questions that the documents answer, the issuers taking turns."""
    documents = [assistant.searcher.document(id_) for id_, _ in zip((i for i, info in assistant.searcher.infos.items() if not info.owner), range(MOST_READ), strict=False)]
    by_issuer: dict[str, list[str]] = {}
    for document in documents:
        by_issuer.setdefault(document.issuer, []).extend(q for q in _questions(document) if len(q) <= LONGEST)
    in_turn = [q for row in zip_longest(*(_spread(qs) for qs in by_issuer.values())) for q in row if q]
    offered: list[Answer] = []
    for question in list(dict.fromkeys(in_turn))[: TRIED * count]:
        if len(offered) == count:
            break
        answer = assistant.ask(question)
        offered += [] if answer.refused else [answer]
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


def _table_questions(document: Document) -> Iterator[str]:
    """A numeric cell of each table that states its unit, asked for by its row and column."""
    for table in document.tables:
        cells = [c for c in table.cells if table.unit and c.row_path and c.column_path and not c.is_label]
        if cells:
            cell = cells[len(cells) // 2]
            row, column = _plain(cell.row_path[-1]), _plain(cell.column_path[-1])
            heading = _plain(re.sub(r"^\s*【[^】]*】", "", document.sections[_section(document, table.start)].path[-1]))
            yield f"{heading}のうち、{row}の{column}は?"


def _plain(label: str) -> str:
    """A label without its brackets and blanks."""
    return re.sub(r"\s+|[(\uff08].*$", "", joined(label))


def _section(document: Document, offset: int) -> int:
    return next((i for i, s in enumerate(document.sections) if s.start <= offset < s.end), 0)


def _subject(title: str) -> str:
    """The name that a headline quotes, if it quotes one."""
    quoted = re.findall(r"「([^」]{4,24})」", title)
    return f"「{quoted[0]}」" if quoted else ""
