"""What the evaluation screen's table holds: gold questions as records, JSON objects in the contract's format, read and checked.

A record keeps what its file says beyond the contract; an edited file that is saved loses nothing.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold import Question, question_of
from eval.gold_check import check
from ingest.document import Document
from ingest.errors import InputError
from qa.assistant import checked

LARGEST = 5_000_000  # characters of a file
MOST = 1_000  # questions: an evaluation of more takes longer than a person waits before a screen
TOLD = 8  # faults of a file that are told at once
SAMPLE = Path(__file__).parents[1] / "gold" / "tune.jsonl"
SAMPLE_KINDS = ("fact", "table", "comparison", "followup", "unanswerable")
LISTS = ("must", "any", "evidence", "history")
PHRASES = {  # of gold_check, in the words of the table's columns
    "質問が空": "質問が空です",
    "answerable と evidence が合わない": "「答えがある」なら根拠が要り、「答えがない」なら根拠は付けられません",
    "根拠が本文にない: ": "根拠が資料の本文に見つかりません: ",
    "must が根拠にない: ": "「必ず含む語」が根拠の中にありません: ",
    "any のどれも根拠にない": "「どれかを含む語」のどれも根拠の中にありません",
    "知らない kind ": "知らない種別です: ",
}

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the question in a row, counted from 1; 0 is the whole table."""

    row: int
    text: str


def read_records(text: str) -> list[dict[str, Any]]:
    """The records of a JSONL file; raises InputError that names the lines that are wrong."""
    if len(text) > LARGEST:
        raise InputError(f"ファイルが大きすぎます({len(text):,}字。上限 {LARGEST:,}字)。質問を分けてください")
    lines = [(n, line) for n, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1) if line.strip()]
    if not lines:
        raise InputError("ファイルに質問がありません。1行に1問、JSON の形で書いてください(見本があります)")
    if len(lines) > MOST:
        raise InputError(f"質問が多すぎます({len(lines):,}問。上限 {MOST:,}問)。ファイルを分けてください")
    records, faults = [], []
    for number, line in lines:
        try:
            records.append(_record(line))
        except ValueError as error:
            faults.append(f"{number}行目: {error}")
    if faults:
        more = f"\nほかに{len(faults) - TOLD}行" if len(faults) > TOLD else ""
        raise InputError("ファイルを読み込めませんでした。表はそのままです。\n" + "\n".join(faults[:TOLD]) + more)
    return records


def _record(line: str) -> dict[str, Any]:
    """The record of a line; raises ValueError that says in Japanese what is wrong."""
    try:
        raw = json.loads(line, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"JSON として読めません({error.pos + 1}文字目の付近)") from error
    except RecursionError as error:
        raise ValueError("かっこの入れ子が深すぎます") from error
    return as_record(raw)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} は使えません")


def as_record(raw: object) -> dict[str, Any]:
    """A JSON value as a record in the contract's format; raises ValueError that says in Japanese what isn't."""
    if not isinstance(raw, dict):
        raise ValueError("{ } で囲んだ形ではありません")
    for name in ("id", "question"):
        if name not in raw:
            raise ValueError(f"{name} がありません")
    _check_shapes(raw)
    try:
        json.dumps(raw, ensure_ascii=False, allow_nan=False).encode()
        question_of(raw)
    except UnicodeEncodeError as error:
        raise ValueError("文字として使えない符号が含まれています") from error
    except KeyError as error:
        raise ValueError(f"evidence に {error.args[0]} がありません") from error
    return {**raw, "id": str(raw["id"])}


def _check_shapes(raw: Record) -> None:
    if not isinstance(raw["question"], str):
        raise ValueError("question は文字列にしてください")
    if not isinstance(raw["id"], str | int) or not str(raw["id"]).strip():
        raise ValueError("id は文字列にしてください")
    for name in ("kind", "lang"):
        if not isinstance(raw.get(name) or "", str):
            raise ValueError(f"{name} は文字列にしてください")
    if not isinstance(raw.get("answerable", True), bool):
        raise ValueError("answerable は true か false にしてください")
    for name in LISTS:
        if not isinstance(raw.get(name) or [], list):
            raise ValueError(f"{name} は [ ] で囲んだ形にしてください")
    if not all(isinstance(part, dict) for name in ("evidence", "history") for part in raw.get(name) or []):
        raise ValueError("evidence と history の中は { } で囲んだ形にしてください")
    if not all(isinstance(said, str) for turn in raw.get("history") or [] for said in turn.values()):
        raise ValueError("history の中の値は文字列にしてください")


def filled(records: Sequence[Record]) -> dict[int, dict[str, Any]]:
    """The records by their rows (from 1), without rows in which nothing was written; raises InputError for one of another form."""
    found = {}
    for row, raw in enumerate(records, 1):
        if isinstance(raw, dict) and not str(raw.get("question", "")).strip() and not any(raw.get(name) for name in LISTS):
            continue
        try:
            found[row] = as_record(raw)
        except ValueError as error:
            raise InputError(f"第{row}問: {error}") from error
    if not found:
        raise InputError("質問がありません。ファイルを開くか、表に質問を書いてください")
    if len(found) > MOST:
        raise InputError(f"質問が多すぎます({len(found):,}問。上限 {MOST:,}問)。質問を分けてください")
    return found


def questions_of(records: Mapping[int, Record]) -> dict[int, Question]:
    """The questions by their rows; raises InputError for what no evaluation can do with: questions that are empty or too long, ids used twice."""
    found = {row: question_of(record) for row, record in records.items()}
    for row, question in found.items():
        try:
            checked(question.question)
        except InputError as error:
            raise InputError(f"第{row}問: {error}") from error
    for id_, count in Counter(q.id for q in found.values()).items():
        if count > 1:
            rows = "、".join(f"第{row}問" for row, q in found.items() if q.id == id_)
            raise InputError(f"同じ id「{id_[:40]}」の質問が{count}つあります({rows})。どれかを直すか消してください")
    return found


def faults_of(questions: Mapping[int, Question], documents: Sequence[Document]) -> list[Fault]:
    """What the checker finds, by rows: figures from such questions can be made, but don't mean what they say."""
    found = check(list(questions.values()), documents)
    rows = {q.id: row for row, q in questions.items()}
    return sorted(_faults(found, rows), key=lambda fault: fault.row)


def _faults(found: Sequence[str], rows: Mapping[str, int]) -> Iterator[Fault]:
    for text in found:
        id_ = next((id_ for id_ in rows if text.startswith(f"{id_}: ")), "")
        said = text.removeprefix(f"{id_}: ")
        twin = said.removesuffix(" と同じ質問")
        if twin in rows and said != twin:
            said = f"第{rows[twin]}問と同じ質問です"
        phrase = next((phrase for phrase in PHRASES if said.startswith(phrase)), "")
        yield Fault(rows.get(id_, 0), PHRASES.get(phrase, "") + said.removeprefix(phrase))


def sample() -> str:
    """A small file that shows the format: a question of each of some kinds."""
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    by_kind = {json.loads(line)["kind"]: line for line in reversed(lines)}
    return "".join(f"{by_kind[kind]}\n" for kind in SAMPLE_KINDS if kind in by_kind)
