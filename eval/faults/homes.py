"""The small homes that faults are tried on, what is done in them, and how one tells that nothing is lost.

What is compared is read from the files themselves, not by the code under trial: each document with its text, version, links and chunks, by the
name of the file that it came from. A change to one file is one transaction, so that after a fault each file is as it was or as it was to be.
"""

import hashlib
import shutil
import sqlite3
import zipfile
from dataclasses import dataclass
from pathlib import Path

from eval.faults.processes import Call, Commands
from eval.made_up import release
from index.vectors import FaissStore
from index.word_index import WordIndex

State = dict[str, frozenset[tuple[object, ...]]]  # what came of each file, by its name
BUILD: Call = ("index", "build")
STATE = (
    "SELECT s.label, d.id, d.title, d.issuer, d.date, d.is_current, d.version, d.replaced_by, d.corrects, b.text,"
    " (SELECT group_concat(c.start || '-' || c.end || c.text, '|') FROM (SELECT * FROM chunks WHERE document_id = d.id ORDER BY start) c)"
    " FROM documents d JOIN sources s ON s.name = d.source LEFT JOIN bodies b ON b.document_id = d.id"
)
BELONGS = ("library.sqlite", "library.lock", "embeddings.sqlite", "vectors.faiss", "manifest.json", "index.lock", "settings.toml", "words", "files")
SENTENCES = 24  # of a document: a few chunks


@dataclass(frozen=True, slots=True)
class Operation:
    """Commands that change a home: ``before`` is one in which they haven't run, ``old`` and ``new`` what it holds before and after."""

    name: str
    before: Path
    calls: tuple[Call, ...]
    old: State
    new: State
    seconds: float
    told: tuple[str, ...] = ()  # what `index check` says before: settings that the index wasn't made with


@dataclass(frozen=True, slots=True)
class Case:
    """One fault: of what kind, what was wrong afterwards, how many documents were lost, and how the home stood before anything mended it."""

    kind: str
    problems: tuple[str, ...] = ()
    lost: int = 0
    stood: str = ""


def state_of(home: Path) -> State:
    """What a library holds; empty where there is none."""
    found: dict[str, set[tuple[object, ...]]] = {}
    if (home / "library.sqlite").exists():
        with sqlite3.connect(home / "library.sqlite") as connection:
            has_tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'bodies'").fetchone()
            for label, *row, text, chunks in connection.execute(STATE) if has_tables else ():
                found.setdefault(label, set()).add((*row, _digest(text), _digest(chunks)))
        connection.close()
    return {label: frozenset(rows) for label, rows in found.items()}


def between(found: State, old: State, new: State) -> list[str]:
    """The files of which is held what neither was there before nor was to be."""
    return [f"{label}: 変更前でも変更後でもない" for label in sorted(found.keys() | old.keys() | new.keys()) if found.get(label, frozenset()) not in (old.get(label, frozenset()), new.get(label, frozenset()))]


def lost(found: State, old: State, new: State) -> list[str]:
    """The documents that stand before and after a change, but not now."""
    held, before, after = ({row[:2] for rows in state.values() for row in rows} for state in (found, old, new))
    return [f"{id_}「{title}」が失われた" for id_, title in sorted((before & after) - held, key=str)]


def disagreements(home: Path, commands: Commands) -> list[str]:
    """What doesn't agree in a home that should be up to date: by `index check`, and by its files themselves."""
    problems = commands.faults(home)
    with sqlite3.connect(home / "library.sqlite") as connection:
        chunks = {id_ for (id_,) in connection.execute("SELECT id FROM chunks")}
        copies = {Path(path).name for (path,) in connection.execute("SELECT path FROM sources WHERE NOT is_corpus")}
    connection.close()
    problems += _unequal("FAISS", {int(i) for i in FaissStore.load(home / "vectors.faiss").ids}, chunks) + _unequal("単語索引", set(WordIndex(home / "words").ids()), chunks)
    held = {file.name for file in (home / "files").iterdir()} if (home / "files").is_dir() else set()
    problems += _unequal("写し", held, copies)
    return problems + [f"残されたファイル: {file.name}" for file in home.iterdir() if file.name.removesuffix("-wal").removesuffix("-shm") not in BELONGS]


def vectors_of(home: Path) -> dict[tuple[str, int], list[float]]:
    """The vector of every chunk, by its document and start."""
    with sqlite3.connect(home / "library.sqlite") as connection:
        rows = connection.execute("SELECT id, document_id, start FROM chunks").fetchall()
    connection.close()
    return {(document, start): vector for (_, document, start), vector in zip(rows, FaissStore.load(home / "vectors.faiss").vectors([id_ for id_, *_ in rows]).tolist(), strict=True)}


def astray(home: Path, right: dict[tuple[str, int], list[float]]) -> list[str]:
    """The chunks whose vector isn't that of their text: less alike than another batch's rounding makes it."""
    held = vectors_of(home)
    return [f"{document} {start}: 別の文のベクトル" for (document, start), vector in held.items() if sum(a * b for a, b in zip(vector, right.get((document, start), []), strict=False)) < 0.99]


def copied(home: Path, place: Path) -> Path:
    """A home of a case's own."""
    shutil.rmtree(place, ignore_errors=True)
    return Path(shutil.copytree(home, place))


class Homes:
    """The homes and files of one trial, in a folder of its own."""

    def __init__(self, folder: Path, commands: Commands) -> None:
        self.folder, self.commands, self.given = folder, commands, folder / "given"
        self._corpus()
        self.base = self._base()
        self._change_files()
        self.operations = self._operations()

    def _corpus(self) -> None:
        files = self.folder / "corpus" / "files"
        files.mkdir(parents=True)
        for n in range(3):
            (files / f"corpus{n}.txt").write_text(release(n, 1, SENTENCES), encoding="utf-8")
        (files.parent / "sources.toml").write_text("".join(f'[[source]]\nfile = "corpus{n}.txt"\nkind = "press_release"\n' for n in range(3)), encoding="utf-8")

    def _new(self, name: str, chunk_tokens: int = 128) -> Path:
        (home := self.folder / name).mkdir()
        (home / "settings.toml").write_text(f"corpus = '{self.folder / 'corpus'}'\nchunk_tokens = {chunk_tokens}\n", encoding="utf-8")
        return home

    def _base(self) -> Path:
        """A home with three files of a corpus, four of a user's own and a folder that is followed."""
        (self.given / "folder").mkdir(parents=True)
        for n, name in enumerate(("a.txt", "b.txt", "c.md", "d.txt", "folder/e.txt", "folder/f.txt", "folder/g.txt")):
            (self.given / name).write_text(release(10 + n, 1, SENTENCES), encoding="utf-8")
        home = self._new("base")
        self._done(home, BUILD, ("ingest", "add", *(str(self.given / name) for name in ("a.txt", "b.txt", "c.md", "d.txt"))), ("ingest", "sync", str(self.given / "folder")), BUILD)
        return home

    def _change_files(self) -> None:
        """What the commands under trial find: new files, a correction, an archive, and files that changed or are gone."""
        title = release(13, 1).partition("\n")[0]
        issuer = title.partition("、")[0]
        (self.given / "new.txt").write_text(release(20, 1, SENTENCES), encoding="utf-8")
        (self.given / "correction.txt").write_text(f"【訂正】{title}\n\n{issuer}は2030年1月5日、発表の一部を訂正した。正しい定員は123人である。\n", encoding="utf-8")
        with zipfile.ZipFile(self.given / "two.zip", "w") as archive:
            for n in (21, 22):
                archive.writestr(f"{n}.txt", release(n, 1, SENTENCES))
        for name in ("a.txt", "folder/e.txt"):
            path = self.given / name
            path.write_text(path.read_text(encoding="utf-8").replace("を目的とする", "をねらいとする"), encoding="utf-8")
        (self.given / "b2.txt").write_text(release(23, 1, SENTENCES), encoding="utf-8")
        (self.given / "folder" / "f.txt").unlink()
        (self.given / "folder" / "h.txt").write_text(release(24, 1, SENTENCES), encoding="utf-8")

    def _operations(self) -> list[Operation]:
        """Add, upload, replace, remove, follow a folder, and builds: of what came in, from nothing, and for other settings."""
        given, ids = self.given, {name: next(iter(rows))[0] for name, rows in state_of(self.base).items()}
        add: Call = ("ingest", "add", *(str(given / name) for name in ("new.txt", "correction.txt", "two.zip")))
        uploads: tuple[Call, ...] = (("upload", *add[2:]), ("upload", "--owner", "0123456789abcdef", str(given / "b2.txt")))
        replace: Call = ("ingest", "add", str(given / "a.txt"))
        replaces: Call = ("ingest", "add", "--replaces", str(ids["b.txt"]), str(given / "b2.txt"))
        remove: Call = ("ingest", "remove", *(str(ids[name]) for name in ("c.md", "a.txt", "folder/g.txt")))
        sync: Call = ("ingest", "sync", str(given / "folder"))
        more, other = copied(self.base, self.folder / "more"), copied(self.base, self.folder / "other")
        self._done(more, add, replace, replaces, sync)
        (other / "settings.toml").write_text((self.base / "settings.toml").read_text().replace("128", "64"))
        made = [("add", self.base, (add,)), ("upload", self.base, uploads), ("replace", self.base, (replace, replaces)), ("remove", self.base, (remove,)), ("sync", self.base, (sync,))]
        built = [("build", more, (BUILD,)), ("build from nothing", self._new("nothing"), (BUILD,)), ("build anew", other, (BUILD,))]
        return [self._operation(*one) for one in (*made, *built)]

    def _operation(self, name: str, before: Path, calls: tuple[Call, ...]) -> Operation:
        """Run it a few times undisturbed, to know what comes of it and how long it takes."""
        seconds = []
        for _ in range(3):
            home = copied(before, self.folder / "tried")
            seconds.append(self._done(home, *calls))
        return Operation(name, before, calls, state_of(before), state_of(home), sorted(seconds)[1], tuple(self.commands.faults(copied(before, self.folder / "tried"))))

    def _done(self, home: Path, *calls: Call) -> float:
        ended = self.commands.run(home, *calls)
        if ended.status:
            raise RuntimeError(f"{calls}: {ended.said}")
        return ended.seconds


def finish(home: Path, operation: Operation, commands: Commands) -> list[str]:
    """Run an operation again after a fault, and bring the index up to date; what doesn't come out as it was to be."""
    problems = []
    for call in (*operation.calls, BUILD):
        ended = commands.run(home, call)
        is_done_already = ended.status == 2 and "はありません" in ended.said  # removed before the fault
        if not ended.is_told or (ended.status and not is_done_already):
            problems.append(f"{' '.join(call[:2])}: {ended.said.strip().splitlines()[-1:]}")
    problems += [f"再実行のあと {wrong}" for wrong in between(state_of(home), operation.new, operation.new)]
    return problems + disagreements(home, commands)


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _unequal(name: str, found: set, wanted: set) -> list[str]:
    more, fewer = found - wanted, wanted - found
    return [f"{name}: {said} {len(part)}" for said, part in (("余り", more), ("不足", fewer)) if part]
