"""``python -m ingest list | show | add | sync | edit | remove``."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from ingest.adding import Outcome, add_addresses, add_paths, sync_folder
from ingest.command import Parser, home_parser, printable, run, tell
from ingest.errors import InputError
from ingest.failures import REMEDIES, Failure
from ingest.library.infos import DocumentInfo
from ingest.library.library import Library
from ingest.library.prepared import Added
from ingest.settings import Settings, load_settings
from ingest.sync import Reader

BASIS = {"stated": "記載", "inferred": "推定", "unknown": "不明", "edited": "入力"}


def _reader(settings: Settings) -> Reader:
    """A reader whose library holds the corpus: an empty home is filled first."""
    reader = Reader(Library(settings.home), settings)
    if reader.library.is_empty():
        for failure in reader.sync_corpus().failures:
            tell(failure)
    return reader


def show_list(settings: Settings, versions: bool, as_json: bool) -> int:
    """A line a document; older versions too if asked for."""
    for info in _reader(settings).library.infos(versions=versions):
        print(json.dumps(_info_row(info), ensure_ascii=False) if as_json else f"{'' if info.is_current else '[旧版] '}{info.id}  {info.date or '日付不明'}({BASIS[info.date_basis]}) {info.issuer}「{info.title}」{info.chars}字・{info.chunks}チャンク{_links(info)}")
    return 0


def _links(info: DocumentInfo) -> str:
    """What is said of versions and corrections."""
    said = [f"第{info.version}版" if info.version > 1 else "", f"{info.corrected_by} で訂正" if info.corrected_by else "", f"{info.corrects} の訂正" if info.corrects else ""]
    return "".join(f"・{part}" for part in said if part)


def show(settings: Settings, document_id: str, as_json: bool) -> int:
    """The canonical text of one document."""
    document = _reader(settings).library.document(document_id)
    if document is None:
        raise InputError(f"文書 {document_id} はありません。`python -m ingest list` で id を確かめてください")
    sys.stdout.write(json.dumps(asdict(document), ensure_ascii=False) + "\n" if as_json else document.text)
    return 0


def add(settings: Settings, paths: Sequence[Path], urls: Path | None, replaces: str | None, as_json: bool) -> int:
    """Take in files of the user's own, and what stands at the addresses of a list; one that fails doesn't stop the others."""
    if not paths and urls is None:
        raise InputError("追加するファイルか、--urls に URL の一覧を指定してください")
    if replaces and (len(paths) != 1 or urls is not None or paths[0].is_dir()):
        raise InputError("--replaces を付けるときは、ファイルを1つだけ指定してください")
    reader = _reader(settings)
    return _tell_outcomes(chain(add_paths(reader, paths, replaces=replaces), add_addresses(reader, urls) if urls else ()), as_json)


def sync(settings: Settings, folder: Path, allow_empty: bool, as_json: bool) -> int:
    """Follow a folder: new and changed files come in, those that are gone go."""
    return _tell_outcomes(sync_folder(_reader(settings), folder, allow_empty), as_json)


def _tell_outcomes(outcomes: Iterable[Outcome], as_json: bool) -> int:
    """A line a file as it is done; failures last, grouped by what can be done about them."""
    failures: list[Failure] = []
    for outcome in outcomes:
        if isinstance(outcome.result, Failure):
            failures.append(outcome.result)
            if as_json:
                print(json.dumps({"file": outcome.path, "status": "failed", "remedy": outcome.result.remedy, "message": outcome.result.message}, ensure_ascii=False), flush=True)
        else:
            print(json.dumps(_row(outcome, outcome.result), ensure_ascii=False) if as_json else _sentence(outcome, outcome.result), flush=True)
    for failure in sorted(failures, key=lambda f: list(REMEDIES).index(f.remedy)):
        tell(failure)
    return max((failure.exit_status for failure in failures), default=0)


def _row(outcome: Outcome, added: Added) -> dict[str, object]:
    changes = added.changes
    if not outcome.name:
        return {"folder": printable(added.source.path), "added": changes.documents_added, "changed": changes.documents_changed, "removed": changes.documents_removed, "unchanged_files": changes.documents_unchanged}
    return {
        "file": outcome.path, "documents": list(added.documents), "chunks": changes.chunks_added, "pages": added.pages or None, "empty_pages": added.empty_pages,
        "status": added.status, "replaced": added.replaced, "warnings": added.warnings,
    }  # fmt: skip


def _sentence(outcome: Outcome, added: Added) -> str:
    name, ids, changes = " ".join(outcome.path.split()), ", ".join(added.documents), added.changes
    if not outcome.name:
        return f"文書: 追加 {changes.documents_added}、変更 {changes.documents_changed}、削除 {changes.documents_removed}、変わらないファイル {changes.documents_unchanged}"
    if added.status == "unchanged":
        return f"{name}: 同じ内容の文書がすでにあります({ids})"
    done = f"新しい版として登録しました(旧版: {', '.join(added.replaced)})" if added.replaced else "追加しました"
    return f"{name}: {len(added.documents)}文書({ids})を{done}{_pages(added)}"


def edit(settings: Settings, document_id: str, wanted: dict[str, str], as_json: bool) -> int:
    """Correct the title, issuer or date of a document."""
    reader = _reader(settings)
    reader.edit(document_id, wanted)
    info = reader.library.info(document_id)
    assert info is not None
    print(json.dumps(_info_row(info), ensure_ascii=False) if as_json else f"{info.id}: {info.date or '日付不明'} {info.issuer}「{info.title}」に直しました")
    return 0


def _info_row(info: DocumentInfo) -> dict[str, object]:
    """The contract's keys, and behind them what versions and files add."""
    return {name: value for name, value in asdict(info).items() if name not in ("owner", "is_current")}


def _pages(added: Added) -> str:
    """What is said of a file's pages: those without text will never be found."""
    if not added.pages:
        return ""
    empty = f"、文字のないページ{len(added.empty_pages)}: {'、'.join(map(str, added.empty_pages))}" if added.empty_pages else ""
    return f"(全{added.pages}ページ{empty})"


def remove(settings: Settings, document_ids: Sequence[str], as_json: bool) -> int:
    """Take documents of the user's own away; one that can't be doesn't stop the others."""
    reader, status = _reader(settings), 0
    for document_id in document_ids:
        try:
            changes = reader.remove(document_id)
            print(json.dumps({"removed": document_id, "chunks": changes.chunks_removed}) if as_json else f"{document_id} を削除しました", flush=True)
        except InputError as error:
            tell(error)
            status = error.exit_status
    return status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    common = home_parser()
    parser = Parser(prog="python -m ingest", description="資料を読み込み、一覧し、表示します")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", parents=[common], help="文書の一覧").add_argument("--all", action="store_true", help="旧版も表示する")
    commands.add_parser("show", parents=[common], help="文書の本文").add_argument("id")
    adder = commands.add_parser("add", parents=[common], help="自分のファイルやフォルダーを追加")
    adder.add_argument("files", nargs="*", type=Path)
    adder.add_argument("--urls", type=Path, metavar="LIST", help="1行に1つの URL を書いたファイル。書かれたページやファイルだけを取得して追加する")
    adder.add_argument("--replaces", metavar="ID", help="この文書の新しい版として登録する")
    follower = commands.add_parser("sync", parents=[common], help="フォルダーの中身に合わせる")
    follower.add_argument("folder", type=Path)
    follower.add_argument("--allow-empty", action="store_true", help="フォルダーが空なら、登録した文書をすべて消す")
    editor = commands.add_parser("edit", parents=[common], help="題名・発行者・日付を直す")
    editor.add_argument("id")
    for name, said in (("title", "題名"), ("issuer", "発行者"), ("date", "日付(2018-05-25 など。空なら不明)")):
        editor.add_argument(f"--{name}", help=said)
    commands.add_parser("remove", parents=[common], help="自分の文書を削除").add_argument("ids", nargs="+")
    given = parser.parse_args(arguments)
    settings = load_settings(given.home)
    if given.command == "list":
        return show_list(settings, given.all, given.json)
    if given.command == "show":
        return show(settings, given.id, given.json)
    if given.command == "add":
        return add(settings, given.files, given.urls, given.replaces, given.json)
    if given.command == "sync":
        return sync(settings, given.folder, given.allow_empty, given.json)
    if given.command == "edit":
        return edit(settings, given.id, {name: getattr(given, name) for name in ("title", "issuer", "date") if getattr(given, name) is not None}, given.json)
    return remove(settings, given.ids, given.json)


if __name__ == "__main__":
    sys.exit(run(main))
