"""Example questions drawn from the documents themselves."""

from collections.abc import Iterable

from ingest.document import Document


def example_questions(documents: Iterable[Document], count: int = 5) -> list[str]:
    """Up to ``count`` questions that the documents answer: contacts, table cells, lists, each of another issuer first."""
    made: list[str] = []
    for document in documents:
        made += list(_questions(document))[:1]
    return list(dict.fromkeys(made))[:count]


def _questions(document: Document) -> Iterable[str]:
    for table in document.tables:
        cell = next((c for c in table.cells if c.unit and c.column_path and not c.is_label), None)
        if cell:
            yield f"{cell.row_path[0] if cell.row_path else ''} {cell.column_path[-1]}はいくつですか?".strip()
    if "お問い合わせ" in document.text or "問い合わせ先" in document.text:
        yield f"{document.title}の問い合わせ先はどこですか?"
    yield f"{document.title}とはどんな内容ですか?"
