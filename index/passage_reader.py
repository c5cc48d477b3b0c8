"""The passage reader: a small cross-encoder over (question, passage) that says whether the passage is
relevant, whether it holds the answer, and where the answer stands.

It is the embedded embedder with a low-rank adapter (LoRA, Hu et al. 2021) and three heads; the
adapter and the heads are one safetensors file in this folder, made by ``python -m train``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn

from index.adapter import merge, read_weights
from index.embedder import has_fast_bf16
from ingest.model_folder import load_tokenizer, model_folder
from ingest.settings import EMBEDDED_EMBEDDER

WEIGHTS = Path(__file__).parent / "passage_reader.safetensors"
QUESTION_TOKENS, CONTEXT_TOKENS, PASSAGE_TOKENS = 64, 60, 320  # what is longer is cut; a chunk has 256
START, END, PAD = 0, 2, 1  # ids of <s>, </s> and <pad>
LONGEST_ANSWER = 80  # tokens
BATCH = 8  # passages that go through the network together
ADAPTED = ("query", "key", "value", "dense")  # the matrices of a layer that have an adapter
NOWHERE = -1e4  # logit of a token that can't be part of the answer


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a passage: how relevant it is (a logit that ranks), the probability (0-1) that it holds the
    answer, and the offsets into its text between which the answer would stand.

    ``edges`` gives, for each token with its offsets, the probability that the answer starts or ends there (they add up to 1).
    """

    relevance: float
    holds: float
    start: int
    end: int
    edges: tuple[tuple[int, int, float], ...] = ()

    def mass(self, start: int, end: int) -> float:
        """The probability (0-1) that an end of the answer stands between two offsets into the text."""
        return sum(share for a, b, share in self.edges if b > start and a < end)


class PassageReader(Protocol):
    """Reads passages for a question."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """A Reading for each passage, given as what stands above it and its text."""


@dataclass(frozen=True, slots=True)
class PairInput:
    """A question and a passage as tokens; ``offsets`` are those of the passage's text, from ``first`` on."""

    ids: tuple[int, ...]
    first: int
    offsets: tuple[tuple[int, int], ...]


class PairEncoder:
    """Cuts questions and passages into the embedder's tokens, with its own prefixes."""

    def __init__(self, tokenizer: Tokenizer | None = None) -> None:
        self.tokenizer = tokenizer or load_tokenizer(EMBEDDED_EMBEDDER)

    def encode(self, questions: Sequence[str], contexts: Sequence[str], passages: Sequence[str]) -> list[PairInput]:
        """``<s> query: question </s> passage: context </s> text </s>`` for each triple."""
        parts = [self._tokens(texts) for texts in ([f"query: {q}" for q in questions], [f"passage: {c}" for c in contexts], passages)]
        return [_joined(q.ids[:QUESTION_TOKENS], _shortened(c.ids), p) for q, c, p in zip(*parts, strict=True)]

    def _tokens(self, texts: Sequence[str]) -> list[Encoding]:
        distinct = list(dict.fromkeys(texts))  # one question stands beside twenty passages
        encoded = dict(zip(distinct, self.tokenizer.encode_batch(distinct, add_special_tokens=False), strict=True))
        return [encoded[text] for text in texts]


def _shortened(context: Sequence[int]) -> Sequence[int]:
    """The beginning, which is the title, and the end, which is the innermost heading or a table's header."""
    if len(context) <= CONTEXT_TOKENS:
        return context
    return [*context[: CONTEXT_TOKENS // 3], *context[CONTEXT_TOKENS // 3 - CONTEXT_TOKENS :]]


def _joined(question: Sequence[int], context: Sequence[int], passage: Encoding) -> PairInput:
    head = (START, *question, END, *context, END)
    return PairInput((*head, *passage.ids[:PASSAGE_TOKENS], END), len(head), tuple(passage.offsets[:PASSAGE_TOKENS]))


def padded(pairs: Sequence[PairInput]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, attention mask and mask of the passage's own tokens, each ``(n, longest)``; int64, int64, bool."""
    longest = -(-max(len(p.ids) for p in pairs) // 16) * 16  # few distinct shapes: each keeps memory of its own
    ids = torch.full((len(pairs), longest), PAD)
    attention = torch.zeros((len(pairs), longest), dtype=torch.int64)
    inside = torch.zeros((len(pairs), longest), dtype=torch.bool)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        attention[row, : len(pair.ids)] = 1
        inside[row, pair.first : pair.first + len(pair.offsets)] = True
    return ids, attention, inside


class ReaderNetwork(nn.Module):
    """The encoder with its heads: ``judge`` gives relevance and "holds the answer", ``span`` start and end of the answer."""

    def __init__(self, encoder: nn.Module, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.pool = nn.Linear(2 * width, width)
        self.judge = nn.Linear(width, 2)
        self.span = nn.Linear(width, 2)

    def forward(self, ids: Tensor, attention: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
        """Logits ``(n, 2)`` of relevance and holding, and ``(n, tokens, 2)`` of start and end."""
        states = self.encoder(input_ids=ids, attention_mask=attention).last_hidden_state.float()
        weights = attention.unsqueeze(-1).float()
        mean = (states * weights).sum(1) / weights.sum(1)
        judged = self.judge(nn.functional.gelu(self.pool(torch.cat([states[:, 0], mean], dim=1))))
        return judged, self.span(states).masked_fill(~inside.unsqueeze(-1), NOWHERE)


def load_encoder() -> Any:
    """The embedded embedder's transformer in float32, without a pooler."""
    from transformers import BertModel

    return BertModel.from_pretrained(model_folder(EMBEDDED_EMBEDDER), add_pooling_layer=False, dtype=torch.float32)


class TrainedReader:
    """The trained reader; see the module. Raises OSError when its weights can't be read."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self.encoder = PairEncoder()
        encoder = load_encoder()
        self.network = ReaderNetwork(encoder, encoder.config.hidden_size)
        learnt, said = read_weights(weights)
        merge(self.network, learnt)
        self.scale, self.shift = said["holds_scale"], said["holds_shift"]
        if has_fast_bf16():
            self.network.encoder.to(torch.bfloat16)
        self.network.eval()

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """See PassageReader. Passages of like length go through the network together."""
        pairs = self.encoder.encode([question] * len(passages), [c for c, _ in passages], [t for _, t in passages])
        found: dict[int, Reading] = {}
        by_length = sorted(range(len(pairs)), key=lambda n: len(pairs[n].ids))
        for at in range(0, len(by_length), BATCH):
            chosen = by_length[at : at + BATCH]
            found.update(zip(chosen, self._read([pairs[n] for n in chosen]), strict=True))
        return [found[n] for n in range(len(pairs))]

    def _read(self, pairs: Sequence[PairInput]) -> list[Reading]:
        with torch.inference_mode():
            judged, spans = self.network(*padded(pairs))
        holds = torch.sigmoid(self.scale * judged[:, 1] + self.shift).tolist()
        rows = zip(pairs, judged[:, 0].tolist(), holds, spans.numpy(), strict=True)
        return [Reading(relevance, held, *answer_span(pair, logits[:, 0], logits[:, 1]), _edges(pair, logits)) for pair, relevance, held, logits in rows]


def _edges(pair: PairInput, logits: np.ndarray) -> tuple[tuple[int, int, float], ...]:
    """The mean of the probabilities of start and end for each token of the passage; ``logits`` are ``(tokens, 2)`` float32."""
    own = logits[pair.first : pair.first + len(pair.offsets)]
    raised = np.exp(own - own.max(axis=0, initial=-np.inf, keepdims=True)) if len(own) else own
    shares = (raised / raised.sum(axis=0, keepdims=True)).mean(axis=1) if len(own) else np.empty(0)
    return tuple((a, b, float(share)) for (a, b), share in zip(pair.offsets, shares, strict=True))


def answer_span(pair: PairInput, starts: np.ndarray, ends: np.ndarray) -> tuple[int, int]:
    """Offsets into the passage of the likeliest span: the greatest start + end logit with start <= end < start + LONGEST_ANSWER."""
    n = len(pair.offsets)
    if not n:
        return 0, 0
    scores = starts[pair.first : pair.first + n, None] + ends[None, pair.first : pair.first + n]
    scores = np.where(np.triu(np.ones((n, n), bool)) & ~np.triu(np.ones((n, n), bool), LONGEST_ANSWER), scores, -np.inf)
    start, end = divmod(int(scores.argmax()), n)
    return pair.offsets[start][0], pair.offsets[end][1]
