"""Speed as ratios to the bare embedder in the same process: building the index, searching, answering."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from index.embedder import SentenceTransformerEmbedder
from index.embeddings import passage_of
from index.wiring import open_index
from ingest.library.library import Library
from ingest.settings import Settings
from ingest.sync import Reader
from qa.assistant import Assistant
from qa.wiring import open_assistant, without_reader

ROUNDS = 3
READ = 20  # passages whose reading is timed
CONTEXT_CHARACTERS = 80  # about what the reader takes in of what stands above a passage


def run_bench(settings: Settings, embedder: SentenceTransformerEmbedder, questions: Sequence[str]) -> dict[str, Any]:
    """Seconds and ratios; each pair is measured in turns, so that a noisy machine is noisy for both."""
    builds, bares = [], []
    for _ in range(ROUNDS):
        build, texts = _build_seconds(settings, embedder)
        builds.append(build)
        bares.append(_seconds(lambda texts=texts: embedder.model.encode(texts, batch_size=32, show_progress_bar=False)))  # type: ignore[misc]
    return {
        "build": {"seconds": median(builds), "bare_encode_seconds": median(bares), "ratio": median(b / e for b, e in zip(builds, bares, strict=True)), "texts": len(texts)},
        **_latencies(settings, embedder, questions),
    }


def _build_seconds(settings: Settings, embedder: SentenceTransformerEmbedder) -> tuple[float, list[str]]:
    """A build from nothing, from reading the files to the written index, and the texts that it encodes."""
    with tempfile.TemporaryDirectory() as home:
        fresh = replace(settings, home=Path(home))
        Reader(Library(fresh.home), fresh).count_tokens(["暖機"])  # the tokenizer is loaded once a process, like the model
        started = time.perf_counter()
        index = open_index(fresh, embedder)
        Reader(index.library, fresh).sync_corpus()
        index.bring_up_to_date()
        spent = time.perf_counter() - started
        chunks = index.library.chunks(index.library.chunk_ids())
        documents = {c.document_id: index.library.document(c.document_id) for c in chunks.values()}
        return spent, [settings.passage_prefix + passage_of(c, d).text for c in chunks.values() if (d := documents[c.document_id])]


def _latencies(settings: Settings, embedder: SentenceTransformerEmbedder, questions: Sequence[str]) -> dict[str, Any]:
    """Searching without the reader against a bare encode of the query, reading against a bare encode of the passages, and answers as people get them."""
    assistant = open_assistant(settings, embedder, answerer="extractive")
    for question in questions:
        assistant.ask(question)  # warm: what is kept of chunks and documents is there, as in a chat that has run a while
    searcher = without_reader(assistant).searcher
    bare = [_seconds(lambda q=q: embedder.model.encode(settings.query_prefix + q, show_progress_bar=False)) for q in questions]  # type: ignore[misc]
    search = [_seconds(lambda q=q: searcher.search(q)) for q in reversed(questions)][::-1]  # type: ignore[misc]
    answer = [_seconds(lambda q=q: assistant.ask(q + " ")) for q in questions]  # type: ignore[misc]
    return {
        "search": {"ms_p50": 1000 * median(search), "bare_encode_ms_p50": 1000 * median(bare), "ratio": median(s / b for s, b in zip(search, bare, strict=True))},
        "answer": {"ms_p50": 1000 * median(answer), "ms_p95": 1000 * sorted(answer)[int(0.95 * (len(answer) - 1))]},
        **({"read": _reading(assistant, embedder, questions[:ROUNDS])} if assistant.searcher.reader else {}),
    }


def _reading(assistant: Assistant, embedder: SentenceTransformerEmbedder, questions: Sequence[str]) -> dict[str, Any]:
    """Reading 20 passages for a question against a bare encode of the same texts."""
    reader, spent = assistant.searcher.reader, []
    assert reader is not None
    for question in questions:
        chunks = [hit.chunk for hit in without_reader(assistant).searcher.search(question, READ)]
        pairs = [(c.context, c.text) for c in chunks]
        texts = [f"{question} {c.context[:CONTEXT_CHARACTERS]} {c.text}" for c in chunks]
        reading = _seconds(lambda pairs=pairs, q=question: reader.read(q, pairs))  # type: ignore[misc]
        spent.append((reading, _seconds(lambda texts=texts: embedder.model.encode(texts, batch_size=32, show_progress_bar=False)), len(chunks)))  # type: ignore[misc]
    return {"ms_p50": 1000 * median(r for r, _, _ in spent), "bare_encode_ms_p50": 1000 * median(e for _, e, _ in spent), "ratio": median(r / e for r, e, _ in spent), "passages": median(n for _, _, n in spent)}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
