"""LlamaIndex as its guides set it up: SentenceSplitter, VectorStoreIndex, BM25Retriever, QueryFusionRetriever."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from llama_index.core import Document as LlamaDocument
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import BaseRetriever, QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import BaseNode, MetadataMode, NodeWithScore, QueryBundle, TextNode
from llama_index.retrievers.bm25 import BM25Retriever

from eval.peers.pipeline import DEPTH, LEG, Index, Peer, chunk_at, encode, known_of
from index.embedder import BATCH, SentenceTransformerEmbedder
from ingest.document import Document
from ingest.words import terms

Retriever = Callable[[Sequence[BaseNode], "SameEmbedder", int], BaseRetriever]  # of that many nodes
DEFAULT, SMALL = (1024, 200), (512, 50)  # tokens of a chunk and of its overlap: the splitter's own, and about 400 characters
NOBODY = MockLLM()  # the fusion retriever wants a model for rewriting queries, which one query doesn't need


class SameEmbedder(BaseEmbedding):
    """Shirabe's embedder behind LlamaIndex's interface."""

    _embedder: SentenceTransformerEmbedder = PrivateAttr()

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        super().__init__(model_name=embedder.name, embed_batch_size=BATCH)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embedder.encode_query(query).tolist()

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return encode(self._embedder, texts)


class WordRetriever(BaseRetriever):
    """BM25Retriever over MeCab's words joined by blanks, since it takes no tokenizer; it gives the nodes that they stand for."""

    def __init__(self, nodes: Sequence[BaseNode], depth: int) -> None:
        super().__init__()
        self._nodes = {node.node_id: node for node in nodes}
        words = [TextNode(id_=node.node_id, text=_joined(node.get_content(MetadataMode.EMBED))) for node in nodes]
        self._words = BM25Retriever.from_defaults(nodes=words, similarity_top_k=depth, token_pattern=r"\S+", skip_stemming=True)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._words.retrieve(_joined(query_bundle.query_str))
        return [NodeWithScore(node=self._nodes[f.node.node_id], score=f.score) for f in found if f.score]


def _joined(text: str) -> str:
    return " ".join(terms(text))


def vectors(nodes: Sequence[BaseNode], embedder: SameEmbedder, depth: int) -> BaseRetriever:
    """LlamaIndex's vector index."""
    return VectorStoreIndex(nodes=list(nodes), embed_model=embedder).as_retriever(similarity_top_k=depth)


def stock_words(nodes: Sequence[BaseNode], _: SameEmbedder, depth: int) -> BaseRetriever:
    """LlamaIndex's BM25 as it comes."""
    return BM25Retriever.from_defaults(nodes=list(nodes), similarity_top_k=depth)


def mecab_words(nodes: Sequence[BaseNode], _: SameEmbedder, depth: int) -> BaseRetriever:
    """LlamaIndex's BM25 over MeCab's words."""
    return WordRetriever(nodes, depth)


def both(words: Retriever, nodes: Sequence[BaseNode], embedder: SameEmbedder, depth: int) -> BaseRetriever:
    """Vectors and words, fused by reciprocal ranks."""
    legs = [vectors(nodes, embedder, LEG), words(nodes, embedder, LEG)]
    return QueryFusionRetriever(legs, llm=NOBODY, mode=FUSION_MODES.RECIPROCAL_RANK, num_queries=1, use_async=False, similarity_top_k=depth)


def build(size: tuple[int, int], search: Retriever, documents: Sequence[Document], embedder: SentenceTransformerEmbedder) -> Index:
    """Cut the documents into nodes, and index them."""
    splitter = SentenceSplitter(chunk_size=size[0], chunk_overlap=size[1])
    nodes: Any = splitter.get_nodes_from_documents([LlamaDocument(id_=d.id, text=d.text, metadata=known_of(d)) for d in documents])
    held = {d.id: d for d in documents}
    chunks = tuple(chunk_at(held[n.ref_doc_id], n.start_char_idx, n.get_content(MetadataMode.NONE)) for n in nodes)
    retriever = search(nodes, SameEmbedder(embedder), DEPTH)
    position = {node.node_id: n for n, node in enumerate(nodes)}
    return Index(chunks, lambda query: [position[found.node.node_id] for found in retriever.retrieve(query)])


def peer(name: str, size: tuple[int, int], search: Retriever, told: str) -> Peer:
    """One row of the table; metadata is embedded and searched with the text, as LlamaIndex does by default."""
    settings = {"splitter": "SentenceSplitter", "chunk_size": size[0], "chunk_overlap": size[1], "search": told, "metadata": "in the text"}
    return Peer(f"LlamaIndex {name}", settings, ("llama-index-core", "llama-index-retrievers-bm25"), partial(build, size, search))


PEERS = (
    peer("意味 1024", DEFAULT, vectors, "VectorStoreIndex"),
    peer("BM25 1024", DEFAULT, stock_words, "BM25Retriever"),
    peer("意味 512", SMALL, vectors, "VectorStoreIndex"),
    peer("BM25+MeCab 512", SMALL, mecab_words, "BM25Retriever over MeCab's words"),
    peer("両方 512", SMALL, partial(both, stock_words), "QueryFusionRetriever: reciprocal ranks, 10 of each leg"),
    peer("両方+MeCab 512", SMALL, partial(both, mecab_words), "QueryFusionRetriever: reciprocal ranks, 10 of each leg, MeCab's words"),
)
