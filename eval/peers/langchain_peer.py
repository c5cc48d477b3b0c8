"""LangChain as its guides set it up: RecursiveCharacterTextSplitter, a vector store, BM25Retriever, EnsembleRetriever."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document as LangDocument
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from eval.peers.pipeline import LEG, Index, Peer, chunk_at, encode, known_of
from index.embedder import SentenceTransformerEmbedder
from ingest.chunking import Chunk
from ingest.document import Document
from ingest.words import terms

# What LangChain's guide gives for languages without blanks between words ("Splitting text from languages without word boundaries").
WITHOUT_BLANKS = ("\n\n", "\n", " ", ".", ",", "\u200b", "\uff0c", "\u3001", "\uff0e", "\u3002", "")


class SameEmbedder(Embeddings):
    """Shirabe's embedder behind LangChain's interface."""

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of passages."""
        return encode(self._embedder, texts)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a query."""
        return self._embedder.encode_query(text).tolist()


@dataclass(frozen=True, slots=True)
class Cut:
    """How the recursive splitter cuts: characters of a chunk and of its overlap; ``separators`` None for its own."""

    size: int
    overlap: int
    separators: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"{self.size}/{self.overlap}"

    def chunks(self, documents: Sequence[Document]) -> tuple[Chunk, ...]:
        """The chunks of the documents in order."""
        separators = list(self.separators) if self.separators else None
        splitter = RecursiveCharacterTextSplitter(separators, chunk_size=self.size, chunk_overlap=self.overlap, add_start_index=True)
        pairs = [(d, piece) for d in documents for piece in splitter.create_documents([d.text])]
        return tuple(chunk_at(d, piece.metadata["start_index"], piece.page_content) for d, piece in pairs)

    def settings(self) -> dict[str, object]:
        """What a result file says of it."""
        separators = "for languages without word boundaries" if self.separators else "default"
        return {"splitter": "RecursiveCharacterTextSplitter", "chunk_size": self.size, "chunk_overlap": self.overlap, "separators": separators}


def build(cut: Cut, words: Callable[[str], list[str]] | None, documents: Sequence[Document], embedder: SentenceTransformerEmbedder) -> Index:
    """Cut, embed and index the documents; ``words`` is what BM25 sees, None for its own.

    Metadata is kept with the chunks and not embedded, as LangChain does by default.
    """
    chunks = cut.chunks(documents)
    known = {d.id: known_of(d) for d in documents}
    pieces = [LangDocument(c.text, metadata=known[c.document_id] | {"position": n}) for n, c in enumerate(chunks)]
    store = InMemoryVectorStore(SameEmbedder(embedder))
    store.add_documents(pieces)
    lexical = BM25Retriever.from_documents(pieces, k=LEG, **({"preprocess_func": words} if words else {}))
    both = EnsembleRetriever(retrievers=[store.as_retriever(search_kwargs={"k": LEG}), lexical], weights=[0.5, 0.5])
    return Index(chunks, lambda query: [piece.metadata["position"] for piece in both.invoke(query)])


def peer(name: str, cut: Cut, words: Callable[[str], list[str]] | None) -> Peer:
    """One row of the table."""
    settings = {**cut.settings(), "search": "EnsembleRetriever of InMemoryVectorStore and BM25Retriever, 0.5 each, 10 of each leg", "words": "MeCab" if words else "default"}
    packages = ("langchain-core", "langchain-classic", "langchain-community", "langchain-text-splitters", "rank-bm25")
    return Peer(f"LangChain {name} {cut}", settings, packages, partial(build, cut, words))


STOCK, LARGER = Cut(400, 0), Cut(500, 50, WITHOUT_BLANKS)
PEERS = (peer("両方", STOCK, None), peer("両方+MeCab", STOCK, terms), peer("両方+MeCab+句読点", LARGER, terms))
