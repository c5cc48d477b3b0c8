"""What an index was made with. An index that doesn't match the settings is refused, never misread."""

import json
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import version
from pathlib import Path

from ingest.errors import ShirabeError
from ingest.settings import Settings

INDEX_VERSION = 2  # raise it when what is embedded or put into the word index changes
RECORDED = ("faiss-cpu", "tantivy", "sentence-transformers", "transformers", "torch", "fugashi", "llama-index-core")
MUST_MATCH = ("index_version", "embedder", "dimension", "query_prefix", "passage_prefix", "dictionary", "chunk_tokens")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The settings and versions behind a saved index; ``versions`` are recorded, the rest has to match."""

    index_version: int
    embedder: str
    dimension: int
    query_prefix: str
    passage_prefix: str
    dictionary: str
    chunk_tokens: int
    versions: dict[str, str] = field(default_factory=dict)

    def differences(self, wanted: "Manifest") -> list[str]:
        """Each setting that differs, as ``name: stored → wanted``."""
        pairs = [(name, getattr(self, name), getattr(wanted, name)) for name in MUST_MATCH]
        return [f"{name}: {stored} → {now}" for name, stored, now in pairs if stored != now]

    def write(self, path: Path) -> None:
        """Save it; the file appears whole or not at all."""
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")
        temporary.replace(path)


def current_manifest(settings: Settings, dimension: int) -> Manifest:
    """What an index made now would be made with."""
    return Manifest(
        INDEX_VERSION, settings.embedder, dimension, settings.query_prefix, settings.passage_prefix,
        f"unidic-lite {version('unidic-lite')}", settings.chunk_tokens, {name: version(name) for name in RECORDED},
    )  # fmt: skip


def read_manifest(path: Path) -> Manifest | None:
    """The saved manifest, or None where there is none; raises ShirabeError for one that can't be read."""
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**{f.name: values[f.name] for f in fields(Manifest)})
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ShirabeError(f"索引の記録 {path} を読めません。`python -m index build` で作り直してください") from error
