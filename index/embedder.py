"""The embedder: a two-method Protocol, and sentence-transformers behind it."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ingest.errors import ShirabeError
from ingest.model_folder import lend_tokenizer, model_folder
from ingest.settings import OWN_EMBEDDER, Settings

ADAPTER = Path(__file__).with_name("embedder_adapter.safetensors")  # of our own embedder, made by python -m train.embedder
BATCH = 32
WHOLE: dict[str, Any] = {"added_tokens_decoder": {}}  # all stand in tokenizer.json: without this transformers parses its 16 MB once more to look for others, 1.6 s
Spans = Sequence[tuple[int, int]]  # offsets into a passage


class Embedder(Protocol):
    """Turns texts into unit vectors; queries and passages may need different prefixes."""

    name: str

    @property
    def dimension(self) -> int:
        """The length of its vectors."""

    def encode_query(self, text: str) -> np.ndarray:
        """The vector of one query: ``(dimension,)`` float32, unit length."""

    def encode_labels(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of short texts that are compared with a query: ``(n, dimension)`` float32, unit length."""

    def encode_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The vectors of passages, ``(n, dimension)``, and of ``spans`` in each, ``(spans, dimension)``: float32, unit length."""


class SentenceTransformerEmbedder:
    """Any sentence-transformers model by name or path, with its prefixes."""

    def __init__(self, name: str, query_prefix: str, passage_prefix: str) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        from index.adapter import merge, read_weights

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        folder = model_folder(name)
        options: dict[str, object] = {"dtype": torch.bfloat16} if has_fast_bf16() else {}
        is_own = Path(folder).is_dir() and name != folder
        if is_own:
            options["add_pooling_layer"] = False  # the unpacked model has none, and nothing would use it
        try:
            self.model = SentenceTransformer(folder, device="cpu", model_kwargs=options, processor_kwargs=WHOLE if is_own else None, local_files_only=Path(folder).is_dir())
            if name == OWN_EMBEDDER:
                network: Any = self.model[0]
                merge(network.model, read_weights(ADAPTER)[0])
        except Exception as error:  # many kinds from many layers, one meaning
            raise ShirabeError(f"埋め込みモデル {name} を読み込めません: {error}。設定 embedder を確かめるか、`make setup` をやり直してください") from error
        if is_own:
            lend_tokenizer(name, self.model.tokenizer.backend_tokenizer)
        self.name = name
        self.dimension = int(self.model.get_embedding_dimension() or 0)
        self.query_prefix, self.passage_prefix = query_prefix, passage_prefix

    def encode_query(self, text: str) -> np.ndarray:
        """See Embedder."""
        return self.encode_labels([text])[0]

    def encode_labels(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        prefixed = [self.query_prefix + text for text in texts]
        return unit(np.asarray(self.model.encode(prefixed, batch_size=BATCH, show_progress_bar=False), np.float32))  # bfloat16 is too coarse to normalise in

    def encode_passages(self, texts: Sequence[str], spans: Sequence[Spans]) -> tuple[np.ndarray, list[np.ndarray]]:
        """See Embedder. A span's vector is the mean of its tokens in the passage ("late chunking", Günther et al. 2024)."""
        prefixed = [self.passage_prefix + text for text in texts]
        encoded: Any = self.model.encode(prefixed, batch_size=BATCH, output_value=None, show_progress_bar=False)
        vectors = unit(np.stack([item["sentence_embedding"].float().numpy() for item in encoded])) if encoded else np.empty((0, self.dimension), np.float32)
        offsets = self.model.tokenizer(prefixed, return_offsets_mapping=True, truncation=True)["offset_mapping"] if prefixed else []
        inside = [self._pooled(item["token_embeddings"], np.array(at), part) for item, at, part in zip(encoded, offsets, spans, strict=True)]
        return vectors, inside

    def _pooled(self, tokens: Any, offsets: np.ndarray, spans: Spans) -> np.ndarray:
        states = tokens[: len(offsets)].float().numpy()
        shift = len(self.passage_prefix)
        pooled = np.zeros((len(spans), self.dimension), np.float32)
        for i, (start, end) in enumerate(spans):
            inside = (offsets[:, 1] > start + shift) & (offsets[:, 0] < end + shift)
            if inside.any():  # a span behind the model's window keeps the zero vector, which is like nothing
                pooled[i] = states[inside].mean(axis=0)
        return unit(pooled)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to length one; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def load_embedder(settings: Settings) -> SentenceTransformerEmbedder:
    """The embedder that the settings name, loaded once a process; raises ShirabeError when it can't be loaded."""
    return _loaded(settings.embedder, settings.query_prefix, settings.passage_prefix)


@lru_cache(maxsize=1)
def _loaded(name: str, query_prefix: str, passage_prefix: str) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(name, query_prefix, passage_prefix)


def has_fast_bf16() -> bool:
    """Whether the CPU computes in bfloat16 natively: about 2-3 times faster there, slow elsewhere."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
