"""``python -m qa ask | batch | brief | model``."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

os.environ["OMP_WAIT_POLICY"] = os.environ.get("OMP_WAIT_POLICY", "passive")  # read when torch is imported: threads that spin while they wait take seconds from each other on a busy machine

from index.where import Condition, parse_where
from index.wiring import Bar
from ingest.command import Parser, home_parser, run
from ingest.errors import InputError
from ingest.settings import load_settings
from qa.answer import Answer
from qa.assistant import Assistant
from qa.briefing.briefing import Commission
from qa.briefing.command import brief as brief_command
from qa.briefing.command import checked_target
from qa.briefing.draft import checked_topic
from qa.briefing.form import LENGTHS, STYLES
from qa.model.parts import assemble
from qa.wiring import ANSWERERS, open_assistant

MOST_QUESTIONS = 12  # of a briefing
BASIS = {"stated": "記載", "inferred": "推定", "unknown": "不明", "edited": "入力"}


def shown(answer: Answer) -> str:
    """An answer as a person reads it: text, then numbered references."""
    lines = [answer.answer]
    if answer.reason:
        lines.append(f"理由: {answer.reason}")
    lines += [f"[{c.n}] {c.issuer}「{c.title}」({c.date or '日付不明'}・{BASIS[c.date_basis]}){c.heading}\n    {' '.join(c.quote.split())}{f'{chr(10)}    ※{c.notice}' if c.notice else ''}" for c in answer.citations]
    return "\n".join(lines)


def ask(assistant: Assistant, question: str, where: Sequence[Condition], as_json: bool) -> int:
    """Answer one question."""
    *_, last = assistant.steps(question, where)
    print(json.dumps(last.answer.to_json(), ensure_ascii=False) if as_json else shown(last.answer))
    if last.note and not as_json:
        print(f"お知らせ: {last.note}", file=sys.stderr)
    return 0


def batch(assistant: Assistant, source: Path, target: Path, where: Sequence[Condition]) -> int:
    """Answer the questions of a JSONL file, a line each, in order; the file appears whole or not at all."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
        with temporary.open("w", encoding="utf-8") as out:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    out.write(json.dumps(_answer_line(assistant, line, number, source, where).to_json(), ensure_ascii=False) + "\n")
        temporary.replace(target)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{source} か {target} を読み書きできません: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return 0


def _answer_line(assistant: Assistant, line: str, number: int, source: Path, where: Sequence[Condition]) -> Answer:
    """The answer to one line; a question that can't be answered as such is refused with the reason, the rest go on."""
    try:
        raw = json.loads(line)
        question, id_, history = raw["question"], raw.get("id"), raw.get("history") or []
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{source} の {number} 行目を読めません。{{\"id\": …, \"question\": …}} の形にしてください: {error}") from error
    try:
        return replace(assistant.ask(str(question), where, history=history), id=None if id_ is None else str(id_))
    except InputError as error:
        return Answer(str(question), str(error), True, str(error), "extractive", id=None if id_ is None else str(id_))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    common = home_parser()
    common.add_argument("--answerer", choices=ANSWERERS, default="auto")
    common.add_argument("--where", action="append", default=[])
    parser = Parser(prog="python -m qa", description="質問に、出典を付けて答えます")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("ask", parents=[common], help="1つの質問に答える").add_argument("question")
    batcher = commands.add_parser("batch", parents=[common], help="質問のファイルに答える")
    batcher.add_argument("input", type=Path)
    batcher.add_argument("--out", type=Path, required=True)
    brief = commands.add_parser("brief", parents=[common], help="ブリーフィングを作る")
    brief.add_argument("topic")
    brief.add_argument("--out", type=Path, required=True, help="書き出すファイル(.docx、.md、.json)")
    brief.add_argument("--question", action="append", default=[], help="答えてほしい問い(繰り返せます。省くと主題から立てます)")
    brief.add_argument("--audience", default="", help="提出先(例: 理事長)")
    brief.add_argument("--length", choices=LENGTHS, default="1page", help="本文の長さ")
    brief.add_argument("--style", choices=STYLES, default="dearu", help="文末(dearu: だ・である、desumasu: です・ます)")
    commands.add_parser("model", help="言語モデルを用意する(約1.1 GBを取得)")
    given = parser.parse_args(arguments)
    if given.command == "model":
        print(f"言語モデル: {assemble()}")
        return 0
    settings = load_settings(given.home)
    where = parse_where(given.where)
    if given.command == "brief":
        commission = Commission(checked_topic(given.topic), tuple(filter(None, map(str.strip, given.question)))[:MOST_QUESTIONS], given.audience, given.length, given.style, where)
        target = checked_target(given.out)
        return brief_command(open_assistant(settings, progress=Bar()).searcher, commission, target, given.json)
    assistant = open_assistant(settings, progress=Bar(), answerer=given.answerer)
    return ask(assistant, given.question, where, given.json) if given.command == "ask" else batch(assistant, given.input, given.out, where)


if __name__ == "__main__":
    sys.exit(run(main))
