"""ZIP archives, opened only when what they hold is bounded: members as files of their own, and the parts of Office files."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from ingest.content import FileData
from ingest.errors import InputError

ZIP_MARK = b"PK\x03\x04"
MOST_MEMBERS = 2_000  # files of one archive; more are better added as a folder
MOST_PARTS = 20_000  # of an Office file: a picture or slide each
LARGEST_MEMBER = 300_000_000  # bytes, unpacked
LARGEST_TOTAL = 1_000_000_000  # bytes of all members, unpacked
LARGEST_PACKAGE = 600_000_000  # bytes of an Office file, unpacked: it is held in memory
LARGEST_XML = 150_000_000  # bytes of a part that is parsed: its tree takes ten times as much memory
LARGEST_RATIO = 250  # unpacked to packed, where more than RATIO_FROM come out; text packs to a tenth, XML to a fortieth
RATIO_FROM = 20_000_000
RUBBISH = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini", "~$")
LONGEST_PART = 80  # characters of a folder's or file's name
INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")  # may show a name backwards
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError, UnicodeError)


def members(file: FileData) -> Iterator[FileData]:
    """The files of an archive, one after the other, named ``archive/folder/file``; a file that is no archive is its own only member.

    A member that can't be taken out carries its ``problem``. Raises InputError for an archive that is damaged or unpacks to too much.
    """
    if not is_archive(file):
        yield file
        return
    with _opened(file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_rubbish(entry.filename)]
        _check(file.name, entries, MOST_MEMBERS, LARGEST_TOTAL)
        if not entries:
            raise InputError(f"{file.name}: ZIP の中にファイルがありません")
        for entry in entries:
            yield _member(file, archive, entry)


def is_archive(file: FileData) -> bool:
    """Whether the file is a ZIP of files and not an Office file, which is a ZIP of parts."""
    return file.data.startswith((ZIP_MARK, b"PK\x05\x06")) and not office_kind(file)


def office_kind(file: FileData) -> str:
    """``.docx``, ``.pptx`` or ``.xlsx`` by the parts that the file holds, whatever its name; empty for anything else."""
    if not file.data.startswith(ZIP_MARK):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
            names = set(archive.namelist())
    except DAMAGED:
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    folders = {name.split("/")[0] for name in names}
    return next((kind for folder, kind in (("word", ".docx"), ("ppt", ".pptx"), ("xl", ".xlsx")) if folder in folders), "")


def check_package(file: FileData) -> None:
    """Refuse an Office file that unpacks to too much, or asks for a password."""
    with _opened(file) as archive:
        entries = archive.infolist()
        _check(file.name, entries, MOST_PARTS, LARGEST_PACKAGE)
        large = next((e for e in entries if e.filename.lower().endswith((".xml", ".rels")) and e.file_size > LARGEST_XML), None)
        if large:
            raise InputError(f"{file.name}: 中身が大きすぎます({_printable(large.filename)} が展開後 {large.file_size // 1_000_000:,} MB、上限 {LARGEST_XML // 1_000_000} MB)。分けて追加してください")


def _opened(file: FileData) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(file.data))
    except DAMAGED as error:
        raise InputError(f"{file.name}: ZIP が壊れていて開けません。元の場所から取り直してください") from error


def _check(name: str, entries: list[zipfile.ZipInfo], most: int, largest: int) -> None:
    """Refuse what unpacks to too much, by the sizes that the archive states; reading never goes beyond these."""
    total, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if len(entries) > most:
        raise InputError(f"{name}: 中のファイルが多すぎます({len(entries):,}個、上限 {most:,}個)。分けて追加してください")
    if total > largest:
        raise InputError(f"{name}: 展開すると大きすぎます({total // 1_000_000:,} MB、上限 {largest // 1_000_000:,} MB)。分けて追加してください")
    if total > RATIO_FROM and total > LARGEST_RATIO * max(packed, 1):
        raise InputError(f"{name}: 展開すると {total // max(packed, 1):,} 倍に膨らむため開きません。安全な元のファイルを追加してください")


def _member(file: FileData, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> FileData:
    name = f"{file.stem}/{_safe(_decoded(entry))}"
    problem = _refusal(name, entry)
    if problem:
        return FileData(name, b"", problem)
    try:
        with archive.open(entry) as opened:
            data = opened.read(entry.file_size)
    except DAMAGED:
        return FileData(name, b"", f"{name}: ZIP の中で壊れていて取り出せません。元の場所から取り直してください")
    found = FileData(name, data)
    return FileData(name, b"", f"{name}: ZIP の中の ZIP は開きません。展開してから追加してください") if is_archive(found) else found


def _refusal(name: str, entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & 1:
        return f"{name}: パスワードつきの ZIP です。パスワードなしで展開してから追加してください"
    if entry.file_size > LARGEST_MEMBER:
        return f"{name}: ファイルが大きすぎます({entry.file_size // 1_000_000:,} MB、上限 {LARGEST_MEMBER // 1_000_000} MB)。分けて追加してください"
    if entry.file_size > RATIO_FROM and entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1):
        return f"{name}: 展開すると {entry.file_size // max(entry.compress_size, 1):,} 倍に膨らむため開きません"
    return ""


def _is_rubbish(name: str) -> bool:
    return name.startswith(RUBBISH) or name.rsplit("/", 1)[-1].startswith(RUBBISH)


def _decoded(entry: zipfile.ZipInfo) -> str:
    """The name; programs on Japanese Windows write CP932 without saying so, which the library reads as CP437."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _safe(name: str) -> str:
    """A relative name without steps upwards, drives, control and invisible characters."""
    parts = [_printable(part).strip(" .")[-LONGEST_PART:] for part in name.replace("\\", "/").split("/")]
    return "/".join(part for part in parts[-4:] if part and not part.endswith(":")) or "file"


def _printable(text: str) -> str:
    return "".join("_" if c in INVISIBLE or not c.isprintable() else c for c in text)
