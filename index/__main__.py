"""``python -m index build | search | check``."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from index.saved_index import SavedIndex
from index.where import parse_where
from index.wiring import Bar, open_index, open_searcher
from ingest.command import Parser, home_parser, run, tell
from ingest.errors import ShirabeError
from ingest.settings import Settings, load_settings
from ingest.sync import Reader


def build(settings: Settings, as_json: bool) -> int:
    """Bring library and indexes up to date with the corpus."""
    bar = Bar()
    index = open_index(settings)
    index.library.distrust_damaged()
    changes = Reader(index.library, settings).sync_corpus(lambda name: print(f"読み込み中: {name}", file=sys.stderr))
    index.bring_up_to_date(bar)
    bar.close()
    result = asdict(changes)
    shown = {
        "documents": {k: result[f"documents_{k}"] for k in ("added", "changed", "removed", "unchanged")},
        "chunks": {"added": changes.chunks_added, "changed": 0, "removed": changes.chunks_removed, "unchanged": changes.chunks_unchanged},
    }
    if as_json:
        print(json.dumps(shown, ensure_ascii=False))
    else:
        labels = {"documents": "文書", "chunks": "チャンク"}
        for name, counts in shown.items():
            print(f"{labels[name]}: 追加 {counts['added']}、変更 {counts['changed']}、削除 {counts['removed']}、変更なし {counts['unchanged']}")
    for failure in changes.failures:
        tell(failure)
    return 2 if changes.failures else 0


def search(settings: Settings, query: str, k: int, where: Sequence[str], as_json: bool) -> int:
    """Print the best passages for a query."""
    conditions = parse_where(where)
    hits = open_searcher(settings, progress=Bar()).search(query, k, conditions)
    for rank, hit in enumerate(hits, 1):
        chunk = hit.chunk
        row = {
            "rank": rank, "document_id": chunk.document_id, "title": hit.title, "start": chunk.start, "end": chunk.end, "page": chunk.page,
            "heading": " › ".join(chunk.heading), "text": chunk.text, "score": hit.score, "dense": hit.dense, "lexical": hit.lexical,
            "legs": hit.legs, "matched": hit.matched,
        }  # fmt: skip
        print(json.dumps(row, ensure_ascii=False) if as_json else f"{rank}. {hit.title}({hit.score:.2f})一致した語: {'、'.join(hit.matched) or 'なし'}\n{chunk.text}\n")
    if not as_json and not hits:
        print("見つかりませんでした")
    elif not as_json and not any(hit.matched for hit in hits):
        print("質問の語そのものはどの資料にもありません。意味の近さだけで探しました")
    return 0


def check(settings: Settings, as_json: bool) -> int:
    """Say whether documents, chunks, FAISS and words agree. An index that is only older than the documents is brought up to date first, as every command does that opens it."""
    index = open_index(settings)
    is_behind = index.is_behind()
    refused = _brought_up_to_date(index) if is_behind else []
    faults = [*refused, *index.faults()]
    if as_json:
        print(json.dumps({"ok": not faults, "faults": faults, "updated": is_behind and not refused}, ensure_ascii=False))
    else:
        print("\n".join(faults) if faults else "文書、チャンク、FAISS、単語索引は一致しています")
        if faults:
            print("`python -m index build` で直せます")
    return 1 if faults else 0


def _brought_up_to_date(index: SavedIndex) -> list[str]:
    """Why it couldn't be; empty where it was."""
    print("索引が資料より前の状態でした。最新の状態にしてから確かめます", file=sys.stderr)
    bar = Bar()
    try:
        index.bring_up_to_date(bar)
    except ShirabeError as error:
        return [str(error)]
    finally:
        bar.close()
    return []


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    common = home_parser()
    parser = Parser(prog="python -m index", description="索引を作り、検索し、確かめます")
    commands = parser.add_subparsers(dest="command", required=True)
    builder = commands.add_parser("build", parents=[common], help="コーパスに合わせて索引を更新する")
    builder.add_argument("--corpus", type=Path)
    searcher = commands.add_parser("search", parents=[common], help="検索する")
    searcher.add_argument("query")
    searcher.add_argument("-k", type=int, default=10)
    searcher.add_argument("--where", action="append", default=[])
    commands.add_parser("check", parents=[common], help="索引を確かめる")
    given = parser.parse_args(arguments)
    settings = load_settings(given.home, getattr(given, "corpus", None))
    if given.command == "build":
        return build(settings, given.json)
    if given.command == "search":
        return search(settings, given.query, max(1, given.k), given.where, given.json)
    return check(settings, given.json)


if __name__ == "__main__":
    sys.exit(run(main))
