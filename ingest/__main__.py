"""``python -m ingest list | show | add | remove``."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ingest.command import Parser, home_parser, printable, run, tell
from ingest.errors import InputError, ShirabeError
from ingest.library import Library
from ingest.settings import Settings, load_settings
from ingest.sync import Added, Reader

BASIS = {"stated": "記載", "inferred": "推定", "unknown": "不明"}


def _reader(settings: Settings) -> Reader:
    """A reader whose library holds the corpus: an empty home is filled first."""
    reader = Reader(Library(settings.home), settings)
    if not reader.library.infos():
        for failure in reader.sync_corpus().failures:
            tell(failure)
    return reader


def show_list(settings: Settings, as_json: bool) -> int:
    """A line a document."""
    for info in _reader(settings).library.infos():
        print(json.dumps(asdict(info), ensure_ascii=False) if as_json else f"{info.id}  {info.date or '日付不明'}({BASIS[info.date_basis]}) {info.issuer}「{info.title}」{info.chars}字・{info.chunks}チャンク")
    return 0


def show(settings: Settings, document_id: str, as_json: bool) -> int:
    """The canonical text of one document."""
    document = _reader(settings).library.document(document_id)
    if document is None:
        raise InputError(f"文書 {document_id} はありません。`python -m ingest list` で id を確かめてください")
    sys.stdout.write(json.dumps(asdict(document), ensure_ascii=False) + "\n" if as_json else document.text)
    return 0


def add(settings: Settings, paths: Sequence[Path], as_json: bool) -> int:
    """Take in files of the user's own; one that fails doesn't stop the others."""
    reader, failed = _reader(settings), 0
    for path in paths:
        try:
            added = reader.add_file(path)
            ids = [i.id for i in reader.library.infos() if i.source == added.source.name]
            row = {"file": printable(path), "documents": ids, "chunks": added.changes.chunks_added, "pages": added.pages or None, "empty_pages": added.empty_pages}
            print(json.dumps(row, ensure_ascii=False) if as_json else f"{' '.join(printable(path).split())}: {len(ids)}文書({', '.join(ids)})を追加しました{_pages(added)}")
        except ShirabeError as error:
            failed = max(failed, error.exit_status)
            tell(error)
    return failed


def _pages(added: Added) -> str:
    """What is said of a file's pages: those without text will never be found."""
    if not added.pages:
        return ""
    empty = f"、文字のないページ{len(added.empty_pages)}: {'、'.join(map(str, added.empty_pages))}" if added.empty_pages else ""
    return f"(全{added.pages}ページ{empty})"


def remove(settings: Settings, document_ids: Sequence[str], as_json: bool) -> int:
    """Take documents of the user's own away."""
    reader = _reader(settings)
    for document_id in document_ids:
        changes = reader.remove(document_id)
        print(json.dumps({"removed": document_id, "chunks": changes.chunks_removed}) if as_json else f"{document_id} を削除しました")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    common = home_parser()
    parser = Parser(prog="python -m ingest", description="資料を読み込み、一覧し、表示します")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", parents=[common], help="文書の一覧")
    commands.add_parser("show", parents=[common], help="文書の本文").add_argument("id")
    commands.add_parser("add", parents=[common], help="自分のファイルを追加").add_argument("files", nargs="+", type=Path)
    commands.add_parser("remove", parents=[common], help="自分の文書を削除").add_argument("ids", nargs="+")
    given = parser.parse_args(arguments)
    settings = load_settings(given.home)
    if given.command == "list":
        return show_list(settings, given.json)
    if given.command == "show":
        return show(settings, given.id, given.json)
    if given.command == "add":
        return add(settings, given.files, given.json)
    return remove(settings, given.ids, given.json)


if __name__ == "__main__":
    sys.exit(run(main))
