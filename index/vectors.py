"""FAISS behind LlamaIndex's vector store interface, with stable ids, working delete and filters.

``IndexIDMap2`` over an exact inner-product index: ids are 64-bit numbers that never change and are
never given again, so a delete removes just what it names. (LlamaIndex's own FAISS stores number
nodes by position or give freed ids away again.)
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode
from llama_index.core.vector_stores.types import BasePydanticVectorStore, FilterCondition, FilterOperator, MetadataFilter, MetadataFilters, VectorStoreQuery, VectorStoreQueryResult

COMPARE: dict[FilterOperator, Callable[[Any, Any], bool]] = {
    FilterOperator.EQ: lambda a, b: a == b,
    FilterOperator.NE: lambda a, b: a != b,
    FilterOperator.GT: lambda a, b: a > b,
    FilterOperator.GTE: lambda a, b: a >= b,
    FilterOperator.LT: lambda a, b: a < b,
    FilterOperator.LTE: lambda a, b: a <= b,
    FilterOperator.IN: lambda a, b: a in b,
    FilterOperator.NIN: lambda a, b: a not in b,
    FilterOperator.CONTAINS: lambda a, b: b in a,
}


class FaissStore(BasePydanticVectorStore):
    """A vector store of one dimension. Vectors are unit length, so that similarities are cosines."""

    stores_text: bool = False
    is_embedding_query: bool = True
    dimension: int
    generation: int = 0
    _index: Any = PrivateAttr()  # faiss.IndexIDMap2, whose Python methods its stubs don't know
    _nodes: dict[int, tuple[str, str, dict[str, Any]]] = PrivateAttr()

    def __init__(self, dimension: int, **data: Any) -> None:
        super().__init__(dimension=dimension, **data)  # type: ignore[call-arg]
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._nodes = {}

    @property
    def client(self) -> faiss.Index:
        """The FAISS index."""
        return self._index

    @property
    def ids(self) -> np.ndarray:
        """The ids that have a vector: ``(n,)`` int64."""
        return faiss.vector_to_array(self._index.id_map) if self._index.ntotal else np.empty(0, np.int64)

    def put(self, ids: Sequence[int], vectors: np.ndarray, documents: Sequence[str], metadata: Sequence[dict[str, Any]] | None = None) -> None:
        """Add vectors, ``(n, dimension)`` float32, or replace those with the same ids."""
        self.drop(ids)
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors, np.float32), np.asarray(ids, np.int64))
        for i, (id_, document) in enumerate(zip(ids, documents, strict=True)):
            self._nodes[id_] = (str(id_), document, metadata[i] if metadata else {})

    def __contains__(self, id_: int) -> bool:
        return id_ in self._nodes

    def drop(self, ids: Sequence[int]) -> None:
        """Remove vectors by id; unknown ids are passed over."""
        known = [i for i in ids if i in self._nodes]
        if known:
            self._index.remove_ids(np.asarray(known, np.int64))
        for i in known:
            del self._nodes[i]

    def vectors(self, ids: Sequence[int]) -> np.ndarray:
        """The stored vectors of ``ids``: ``(n, dimension)`` float32; raises KeyError for unknown ids."""
        missing = [i for i in ids if i not in self._nodes]
        if missing:
            raise KeyError(missing[0])
        return self._index.reconstruct_batch(np.asarray(ids, np.int64)) if len(ids) else np.empty((0, self.dimension), np.float32)

    def ids_of(self, document: str) -> list[int]:
        """The ids of one document's vectors."""
        return [i for i, (_, held, _meta) in self._nodes.items() if held == document]

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Add nodes that carry embeddings; a node id that isn't a number gets a stable 63-bit hash."""
        ids = [_numeric(node.node_id) for node in nodes]
        vectors = np.asarray([node.get_embedding() for node in nodes], np.float32).reshape(len(nodes), self.dimension)
        self.put(ids, vectors, [node.ref_doc_id or "" for node in nodes], [dict(node.metadata) for node in nodes])
        for id_, node in zip(ids, nodes, strict=True):
            self._nodes[id_] = (node.node_id, *self._nodes[id_][1:])
        return [node.node_id for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Remove all nodes of one document."""
        self.drop(self.ids_of(ref_doc_id))

    def delete_nodes(self, node_ids: list[str] | None = None, filters: MetadataFilters | None = None, **_: Any) -> None:
        """Remove nodes by id, by filters, or those that match both."""
        chosen = [i for i, (node_id, _, meta) in self._nodes.items() if (node_ids is None or node_id in node_ids) and _passes(meta, filters)]
        self.drop(chosen if node_ids is not None or filters is not None else [])

    def clear(self) -> None:
        """Remove everything."""
        self.drop(list(self._nodes))

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """The nearest nodes, best first, among those that ``doc_ids``, ``node_ids`` and ``filters`` leave."""
        if query.query_embedding is None:
            raise ValueError("FaissStore needs a query embedding")
        allowed = self._allowed(query)
        count = min(query.similarity_top_k, self._index.ntotal if allowed is None else len(allowed))
        if count == 0:
            return VectorStoreQueryResult(nodes=None, similarities=[], ids=[])
        vector = np.asarray([query.query_embedding], np.float32)
        parameters = None if allowed is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(np.asarray(allowed, np.int64)))  # type: ignore[call-arg]
        scores, ids = self._index.search(vector, count, params=parameters)
        found = [(float(s), self._nodes[int(i)][0]) for s, i in zip(scores[0], ids[0], strict=True) if int(i) in self._nodes]
        return VectorStoreQueryResult(nodes=None, similarities=[s for s, _ in found], ids=[i for _, i in found])

    def _allowed(self, query: VectorStoreQuery) -> list[int] | None:
        if query.doc_ids is None and query.node_ids is None and query.filters is None:
            return None
        documents = None if query.doc_ids is None else set(query.doc_ids)
        nodes = None if query.node_ids is None else set(query.node_ids)
        return [
            i
            for i, (node_id, document, meta) in self._nodes.items()
            if (documents is None or document in documents) and (nodes is None or node_id in nodes) and _passes(meta, query.filters)
        ]

    def persist(self, persist_path: str, fs: Any = None) -> None:
        """Write the store to one file, which appears whole or not at all; what a killed write left beside it goes. One process at a time."""
        path = Path(persist_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.name}.*"):
            left.unlink(missing_ok=True)
        head = json.dumps({"dimension": self.dimension, "generation": self.generation, "nodes": [[i, *rest] for i, rest in self._nodes.items()]}, ensure_ascii=False).encode()
        body = faiss.serialize_index(self._index).tobytes()
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        with temporary.open("wb") as file:
            for block in (len(head).to_bytes(8, "little"), hashlib.sha256(head + body).digest(), head, body):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """Read a store that ``persist`` wrote; raises ValueError when the file is cut or damaged."""
        data = path.read_bytes()
        size = int.from_bytes(data[:8], "little")
        head, body = data[40 : 40 + size], data[40 + size :]
        if hashlib.sha256(head + body).digest() != data[8:40]:
            raise ValueError(f"{path} is damaged")
        described = json.loads(head)
        store = cls(described["dimension"], generation=described["generation"])
        store._index = faiss.deserialize_index(np.frombuffer(body, np.uint8))
        store._nodes = {i: (node_id, document, meta) for i, node_id, document, meta in described["nodes"]}
        return store


def _numeric(node_id: str) -> int:
    if node_id.isascii() and node_id.isdigit():
        return int(node_id)
    return int.from_bytes(hashlib.blake2b(node_id.encode(), digest_size=8).digest(), "big") >> 1


def _passes(metadata: dict[str, Any], filters: MetadataFilters | MetadataFilter | None) -> bool:
    if filters is None:
        return True
    if isinstance(filters, MetadataFilter):
        if filters.operator not in COMPARE:
            raise ValueError(f"FaissStore has no operator {filters.operator}")
        value = metadata.get(filters.key)
        return value is not None and COMPARE[filters.operator](value, filters.value)
    passed = [_passes(metadata, f) for f in filters.filters]
    if filters.condition == FilterCondition.OR:
        return any(passed)
    return not any(passed) if filters.condition == FilterCondition.NOT else all(passed)
