"""Files of a home that are cut short or have bits turned over, and homes that older versions left."""

import json
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from eval.faults.homes import BUILD, Case, Homes, astray, copied, disagreements, lost, state_of, vectors_of
from eval.faults.older import make_manifest_older, make_newer, make_older, make_vectors_older
from eval.faults.processes import Commands

QUESTION = "図書館の総事業費"
MIGRATION_KILLS = 8
FUTURE = 99  # a version that nobody knows yet


def damages(homes: Homes, commands: Commands, count: int, rng: random.Random) -> Iterator[Case]:
    """``count`` files, by turns of FAISS, of the word index, of the kept vectors and the manifest, cut or with bits turned over."""
    right, hits = vectors_of(homes.base), _hits(homes.base, commands)
    for i in range(count):
        home = copied(homes.base, homes.folder / "case")
        part = ("FAISS", "words", "kept vectors", "FAISS", "words", "manifest")[i % 6]
        path = {"FAISS": home / "vectors.faiss", "words": _a_word_file(home, rng), "kept vectors": home / "embeddings.sqlite", "manifest": home / "manifest.json"}[part]
        harm = ("cut", "flipped")[i // 6 % 2]
        _cut(path, rng) if harm == "cut" else _flip(path, rng)
        is_noticed = part in ("kept vectors", "manifest") or bool(commands.faults(home))
        if part == "kept vectors":
            (home / "vectors.faiss").unlink()  # so that they are used
        problems = [] if is_noticed else [f"{path.name}: index check が気づかない"]
        ended = commands.run(home, BUILD)
        problems += [] if ended.status == 0 else [ended.said.strip()[-300:]]
        problems += [*_as_before(home, homes, commands), *astray(home, right)]
        problems += [] if _hits(home, commands) == hits else ["検索の結果が違う"]
        yield Case(f"{harm}: {part}", tuple(problems), len(lost(state_of(home), homes.operations[0].old, homes.operations[0].old)), "noticed")


def _hits(home: Path, commands: Commands) -> list[tuple[str, int]]:
    ended = commands.run(home, ("index", "search", QUESTION, "--json"))
    return [(hit["document_id"], hit["start"]) for line in ended.said.splitlines() if line.startswith("{") for hit in [json.loads(line)]]


def _a_word_file(home: Path, rng: random.Random) -> Path:
    return rng.choice(sorted(file for file in (home / "words").iterdir() if file.suffix != ".lock" and file.stat().st_size))


def _cut(path: Path, rng: random.Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data))])


def _flip(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 2, 8))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def _as_before(home: Path, homes: Homes, commands: Commands) -> list[str]:
    state = homes.operations[0].old
    return [*([] if state_of(home) == state else ["文書が元のままでない"]), *disagreements(home, commands)]


def older_homes(homes: Homes, commands: Commands, rng: random.Random) -> Iterator[Case]:
    """Homes of earlier versions and of a later one: migrated, made anew, or refused; also killed while they are migrated."""
    for version in (4, 3, 2, 1):
        takes = 0.0
        for n in range(1 + MIGRATION_KILLS):
            make_older(home := copied(homes.base, homes.folder / "case"), version)
            if n:
                pid = commands.start(home, (BUILD,))
                time.sleep(rng.uniform(0, takes))
                commands.kill(pid)
            ended = commands.run(home, BUILD)
            takes = takes or ended.seconds
            gone = _texts(homes.base) - _texts(home)
            problems = [*([ended.said] if ended.status else []), *(f"{id_}: 失われた" for id_, _ in gone), *disagreements(home, commands), *astray(home, vectors_of(homes.base))]
            yield Case(f"older: library {version}{', killed' if n else ''}", tuple(problems), len(gone))
    for what, harm in (("manifest", make_manifest_older), ("kept vectors", make_vectors_older)):
        harm(home := copied(homes.base, homes.folder / "case"))
        ended = commands.run(home, BUILD)
        yield Case(f"older: {what}", (*([ended.said] if ended.status else []), *_as_before(home, homes, commands), *astray(home, vectors_of(homes.base))))
    yield _refused(homes, commands)


def _refused(homes: Homes, commands: Commands) -> Case:
    """A library of a version that nobody knows yet is left alone and refused in words."""
    make_newer(home := copied(homes.base, homes.folder / "case"), FUTURE)
    before = state_of(home)
    said = [ended.said for call in (BUILD, ("index", "check"), ("ingest", "list")) if (ended := commands.run(home, call)).status != 1 or not ended.is_told]
    return Case("newer: library", (*said, *([] if state_of(home) == before else ["変わった"])))


def _texts(home: Path) -> set[tuple[str, str]]:
    """The current documents with their texts."""
    with sqlite3.connect(home / "library.sqlite") as connection:
        found = set(connection.execute("SELECT id, text FROM documents JOIN bodies ON document_id = id WHERE is_current").fetchall())
    connection.close()
    return found
