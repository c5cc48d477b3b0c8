"""The chunker as a LlamaIndex NodeParser, for pipelines that are built of LlamaIndex parts."""

from collections.abc import Sequence
from typing import Any

from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.node_parser import NodeParser
from llama_index.core.node_parser.node_utils import build_nodes_from_splits
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, TextNode

from ingest.chunking import CountTokens, chunk_document
from ingest.document import Document, DocumentDate
from ingest.text.cleaning import HEADING_MARK, Line
from ingest.text.structure import build_structure


class JapaneseNodeParser(NodeParser):
    """Splits nodes as Shirabe splits its documents: at sentences, items and rows, sized by the embedder's tokenizer.

    A node's ``start_char_idx`` and ``end_char_idx`` count in the text of the node it comes from.
    """

    chunk_tokens: int = Field(default=256, gt=0, description="Most tokens of a chunk, as the embedder counts them.")
    _count_tokens: CountTokens = PrivateAttr()

    def __init__(self, count_tokens: CountTokens, chunk_tokens: int = 256, **data: Any) -> None:
        super().__init__(chunk_tokens=chunk_tokens, **data)  # type: ignore[call-arg]
        self._count_tokens = count_tokens

    @classmethod
    def class_name(cls) -> str:
        """The name that LlamaIndex stores."""
        return "JapaneseNodeParser"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any) -> list[BaseNode]:
        return [made for node in nodes for made in self._parse(node)]

    def _parse(self, node: BaseNode) -> list[TextNode]:
        chunks = chunk_document(as_document(node), self._count_tokens, self.chunk_tokens)
        made = build_nodes_from_splits([chunk.text for chunk in chunks], node, id_func=self.id_func)
        for text_node, chunk in zip(made, chunks, strict=True):
            text_node.start_char_idx, text_node.end_char_idx = chunk.start, chunk.end
            text_node.metadata = {**node.metadata, "heading": " › ".join(chunk.heading)}
            text_node.relationships.setdefault(NodeRelationship.SOURCE, node.as_related_node_info())
        return made


def as_document(node: BaseNode) -> Document:
    """A node's text as a Document whose offsets count in that very text; Markdown heading marks are read as headings."""
    text = node.get_content(metadata_mode=MetadataMode.NONE)
    title = str(node.metadata.get("title", ""))
    made = build_structure(text, list(filter(None, map(_line, text.splitlines()))), title)
    return Document(
        node.node_id, title, str(node.metadata.get("issuer", "")), "report", "ja", DocumentDate(), "", text,
        sections=tuple(made.sections), segments=tuple(made.segments), tables=tuple(made.tables),
    )  # fmt: skip


def _line(text: str) -> Line | None:
    indent = len(text) - len(text.lstrip())
    body = text.strip() if "\t" not in text.strip() else text.rstrip()
    mark = HEADING_MARK.match(body)
    if mark:
        return Line(body[mark.end() :].strip(), indent, len(mark.group(1))) if body[mark.end() :].strip() else None
    return Line(body, indent) if body.strip() else None


