"""Takes in many files: folders with what lies in them, ZIP files with what they hold; one that fails doesn't stop the others."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import web
from ingest.command import printable
from ingest.errors import InputError, ShirabeError
from ingest.failures import Failure, failure_of
from ingest.formats import formats
from ingest.formats.formats import FileData, load_file
from ingest.library.changes import Changes
from ingest.library.copies import sweep
from ingest.library.infos import KnownPath
from ingest.library.looks import UNTRUSTED, look_of, path_key
from ingest.library.prepared import Added
from ingest.sources import Source, hash_of
from ingest.sync import Reader, add_up


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: how it was taken in, or why not."""

    name: str
    result: Added | Failure
    path: str = ""


def add_paths(reader: Reader, paths: Iterable[Path], owner: str = "", replaces: str | None = None) -> Iterator[Outcome]:
    """Take in files, and the files of folders, one after the other; ``replaces`` is the document that a single file is the newer version of."""
    reader.sweep_alone()
    for path in paths:
        for file in files_in(path) if path.is_dir() else [path]:
            yield from add_path(reader, file, _label(file, path), "", owner, replaces)


def add_path(reader: Reader, path: Path, label: str, folder: str, owner: str = "", replaces: str | None = None) -> Iterator[Outcome]:
    """Take in one file, or each file of a ZIP, and remember how it looked."""
    try:
        look = look_of(path)
    except (OSError, ValueError):
        look = UNTRUSTED  # loading it says what is wrong
    try:
        file = load_file(path)
        members = list_members(file)
    except ShirabeError as error:
        yield Outcome(label, failure_of(label, error), printable(path))
        return
    key, is_whole, source = path_key(path), True, None
    for member, inner in members:
        name = f"{label}{inner}"
        result = add_data(reader, member, name, f"{key}{inner}", owner, replaces)
        is_whole = is_whole and isinstance(result, Added)
        if isinstance(result, Added) and not owner:
            source = result.source.name
            if inner:
                reader.library.put_paths([KnownPath(f"{key}{inner}", folder, source, member.sha256, UNTRUSTED)])
        yield Outcome(name, result, f"{printable(path)}{inner}")
    if is_whole and not owner:
        reader.library.put_paths([KnownPath(key, folder, source, file.sha256, look)])


def add_addresses(reader: Reader, listed: Path, allowed: Callable[[str], bool] | None = None) -> Iterator[Outcome]:
    """Fetch the addresses of a list and take in what is there, each as the newer version of what the same address gave before.

    ``allowed`` says of a numeric address whether one may go there; else those of the open internet are.
    """
    reader.sweep_alone()
    for address in web.addresses(load_file(listed)):
        try:
            file = web.fetch(address, allowed)
            members = list_members(file)
        except ShirabeError as error:
            yield Outcome(address, failure_of(address, error), address)
            continue
        for member, inner in members:
            result = add_data(reader, member, f"{file.name}{inner}", f"{address}{inner}")
            if isinstance(result, Added):
                reader.library.put_paths([KnownPath(f"{address}{inner}", "", result.source.name, member.sha256, UNTRUSTED)])
            yield Outcome(f"{file.name}{inner}", result, f"{address}{inner}")


def add_data(reader: Reader, file: FileData, label: str, path: str | None, owner: str = "", replaces: str | None = None) -> Added | Failure:
    """Take in the bytes of one file; what is wrong with it comes back as a failure."""
    try:
        return reader.commit(reader.prepare(file, label, owner), replaces, path)
    except ShirabeError as error:
        return failure_of(label, error)


def list_members(file: FileData) -> list[tuple[FileData, str]]:
    """A file, or what a ZIP holds, each with what is added to the file's name for it."""
    members = getattr(formats, "members", None)
    found = list(members(file)) if members else [file]
    return [(member, "" if len(found) == 1 and member.name == file.name else f"/{member.name.split('/', 1)[-1]}") for member in found]


def files_in(folder: Path) -> list[Path]:
    """The files of a folder and its folders in order, without hidden ones; raises InputError where a folder can't be read."""
    found: list[Path] = []

    def refused(error: OSError) -> None:
        raise InputError(f"{folder}: フォルダーを読めません({error})。名前と権限を確かめてください") from error

    for parent, folders, names in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [path for name in sorted(names) if not name.startswith((".", "~$")) and (path := Path(parent, name)).is_file()]
    return found


def _label(file: Path, given: Path) -> str:
    """The name of a file, with its folders within the folder that was given."""
    inner = file.relative_to(given.parent) if file != given else Path(file.name)
    return os.fsencode(inner).decode("utf-8", "replace")


def sync_folder(reader: Reader, folder: Path, allow_empty: bool = False) -> Iterator[Outcome]:
    """Follow a folder: what is new or changed is taken in, what is gone from it goes; unchanged files aren't even read.

    The last outcome, without a name, sums up. Raises InputError where the folder can't be read, and where it is empty
    though it held files, which a disk that isn't mounted looks like, unless ``allow_empty``.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} というフォルダーはありません。名前を確かめてください(登録した資料はそのままです)")
    reader.sweep_alone()
    key, paths = path_key(folder), files_in(folder)
    known = reader.library.known_paths(key)
    if known and not paths and not allow_empty:
        raise InputError(f"{folder} が空です。つながっていないディスクかもしれないので、登録した資料は消していません。本当に空にする場合は --allow-empty を付けてください")
    total, seen = Changes(), set()
    for path in paths:
        seen.add(path_key(path))
        if _is_unchanged(reader, path, known.get(path_key(path))):
            total.documents_unchanged += 1
            continue
        for outcome in add_path(reader, path, _label(path, folder), key):
            seen.add(path_key(path) + outcome.name.removeprefix(_label(path, folder)))
            if isinstance(outcome.result, Added):
                add_up(total, outcome.result.changes)
            yield outcome
    for gone in [k for p, k in known.items() if p not in seen and not _within(p, seen, known)]:
        add_up(total, _forget(reader, gone))
    yield Outcome("", Added(Source(folder, "", is_corpus=False), total, 0, ()))


def _is_unchanged(reader: Reader, path: Path, known: KnownPath | None) -> bool:
    """Whether a file looks as before; where its look can't be trusted, whether its bytes are the same."""
    if known is None:
        return False
    try:
        look = look_of(path)
        if known.stat != UNTRUSTED and look == known.stat:
            return True
        is_same = hash_of(path) == known.sha256
    except OSError:
        return False
    if is_same and look != UNTRUSTED:
        reader.library.put_paths([replace(known, stat=look)])
    return is_same


def _within(path: str, seen: set[str], known: dict[str, KnownPath]) -> bool:
    """Whether a path lies in a ZIP that is still there and wasn't read again."""
    return known[path].stat == UNTRUSTED and any(path.startswith(f"{zip_}/") and known[zip_].stat != UNTRUSTED for zip_ in seen & set(known))


def _forget(reader: Reader, gone: KnownPath) -> Changes:
    """Take away what came from a file that is gone, unless the same lies elsewhere."""
    with reader.library.exclusive():
        is_kept = gone.source is None or reader.library.is_elsewhere(gone.source, gone.path)
        changes = Changes() if is_kept or gone.source is None else reader.library.remove_source(gone.source)
        reader.library.put_paths([], [gone.path])
        sweep(reader.library)
    return changes
