"""``python -m qa brief``: a briefing as a Word, Markdown or JSON file, which appears whole or not at all."""

import json
import os
import sys
from pathlib import Path

from index.search import Searcher
from ingest.errors import InputError
from qa.briefing.briefing import Briefing, Commission
from qa.briefing.draft import Drafter
from qa.briefing.form import left_out_line
from qa.briefing.markdown_file import markdown
from qa.briefing.word_file import word_file

FORMATS = (".docx", ".md", ".json")


def checked_target(target: Path) -> Path:
    """The file to write, whose name tells the format; raises InputError before anything is drafted."""
    if target.suffix.lower() not in FORMATS:
        raise InputError(f"--out {target}: 拡張子は {'、'.join(FORMATS)} のどれかにしてください")
    if not target.parent.is_dir():
        raise InputError(f"--out {target}: フォルダー {target.parent} がありません。先に作るか、別の場所を指定してください")
    return target


def brief(searcher: Searcher, commission: Commission, target: Path, as_json: bool) -> int:
    """Draft and write; progress goes to standard error. A refusal is written too: it says what exists instead."""
    briefing = None
    for step in Drafter(searcher).steps(commission):
        print(f"[{step.done}/{step.total}] {step.doing}", file=sys.stderr, flush=True)
        if briefing is None:
            print("\n".join(f"  問い{n}: {question}" for n, question in enumerate(step.briefing.questions, 1)), file=sys.stderr, flush=True)
        briefing = step.briefing
    assert briefing is not None  # there is always a first step
    write(target, exported(briefing, target.suffix.lower()))
    print(json.dumps({"out": str(target), **briefing.to_json()}, ensure_ascii=False) if as_json else told(briefing, target))
    return 0


def exported(briefing: Briefing, suffix: str) -> bytes:
    """The briefing in the format of a file's suffix."""
    if suffix == ".docx":
        return word_file(briefing)
    if suffix == ".md":
        return markdown(briefing).encode("utf-8")
    return (json.dumps(briefing.to_json(), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def write(target: Path, content: bytes) -> None:
    """Write beside and rename."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(target)
    except OSError as error:
        raise InputError(f"{target} に書けません: {error.strerror or error}。書き込める場所を --out で指定してください") from error
    finally:
        temporary.unlink(missing_ok=True)


def told(briefing: Briefing, target: Path) -> str:
    """What a person reads when it is done."""
    if briefing.refused:
        return f"{target}: 作成できませんでした。{briefing.reason}。近い資料を書き出しました。"
    count = sum(1 for _ in briefing.statements)
    lines = [f"{target}: {count}文、数値{len(briefing.figures)}件、出典{len(briefing.citations)}か所"]
    return "\n".join([*lines, *filter(None, [left_out_line(briefing)])])
