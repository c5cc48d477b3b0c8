"""``python -m eval retrieval | answers | check | bench``."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.answers import answer_scores, run_answers
from eval.beir import beir_scores, read_qrels, run_beir, write_trec
from eval.bench import run_bench
from eval.gold import check, read_questions
from eval.results import by_kind, record, rounded, save
from eval.retrieval import retrieval_scores, run_retrieval
from index.embedder import load_embedder
from index.wiring import Bar, open_searcher
from ingest.command import Parser, home_parser, run
from ingest.errors import InputError
from ingest.settings import Settings, load_settings
from qa.wiring import open_assistant

GOLD = Path("eval/gold/report.jsonl")


def show(result: dict[str, Any], as_json: bool, keep: bool) -> int:
    """Print a result, and write it to eval/results if asked to."""
    if keep:
        print(f"結果: {save(result)}", file=sys.stderr)
    if as_json:
        print(json.dumps(rounded(result), ensure_ascii=False))
        return 0
    for group, scores in result["scores"].items():
        print(f"[{group}] " + "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in scores.items()))
    return 0


def retrieval(settings: Settings, gold: Path) -> dict[str, Any]:
    """Scores of retrieval on a gold file, with the questions whose evidence didn't come first."""
    searcher = open_searcher(settings, progress=Bar())
    rows = run_retrieval(read_questions(gold), searcher)
    scores = by_kind(rows, lambda r: r.question.kind, retrieval_scores)
    missed = [{"id": r.question.id, "question": r.question.question, "rank": r.first} for r in rows if r.first != 1]
    return record(f"retrieval-{gold.stem}", settings, searcher.embedder.dimension, scores, gold=gold.name, not_first=missed)


def answers(settings: Settings, gold: Path) -> dict[str, Any]:
    """Scores of answers on a gold file, with the answers that were wrong."""
    assistant = open_assistant(settings, progress=Bar())
    rows = run_answers(read_questions(gold), assistant)
    scores = by_kind(rows, lambda r: r.question.kind, answer_scores)
    wrong = [{"id": r.question.id, "question": r.question.question, "answer": r.answer.answer, "refused": r.answer.refused, "reason": r.answer.reason} for r in rows if not r.right]
    return record(f"answers-{gold.stem}", settings, assistant.searcher.embedder.dimension, scores, gold=gold.name, wrong=wrong)


def beir(settings: Settings, folder: Path, trec: Path | None) -> dict[str, Any]:
    """Scores on a BEIR folder; ``trec`` is where its run goes."""
    embedder = load_embedder(settings)
    found = run_beir(folder, settings, embedder, Bar())
    if trec:
        write_trec(found, trec)
    return record(f"beir-{folder.name}", settings, embedder.dimension, {"all": beir_scores(found, read_qrels(folder / "qrels" / "test.tsv"))})


def check_gold(settings: Settings, gold: Path) -> int:
    """Whether every quote stands in the corpus, every ``must`` in the evidence, and no question occurs twice."""
    searcher = open_searcher(settings, progress=Bar())
    faults = check(read_questions(gold), [searcher.document(i) for i in searcher.infos])
    print("\n".join(faults) if faults else f"{gold}: 誤りはありません")
    return 1 if faults else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    common = home_parser()
    common.add_argument("--save", action="store_true", help="eval/results に結果を書く")
    parser = Parser(prog="python -m eval", description="検索と回答の質と速さを測ります")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("retrieval", "answers", "check"):
        commands.add_parser(name, parents=[common]).add_argument("--gold", type=Path)
    commands.choices["answers"].add_argument("--answerer", choices=("auto", "extractive"), default="auto")
    commands.choices["retrieval"].add_argument("--beir", type=Path)
    commands.choices["retrieval"].add_argument("--run", type=Path)
    commands.add_parser("bench", parents=[common])
    given = parser.parse_args(arguments)
    settings = load_settings(given.home)
    if given.command == "bench":
        questions = [q.question for q in read_questions(GOLD)][:60]
        embedder = load_embedder(settings)
        return show(record("bench", settings, embedder.dimension, run_bench(settings, embedder, questions)), given.json, keep=True)
    if given.command == "retrieval" and given.beir:
        return show(beir(settings, given.beir, given.run), given.json, given.save)
    if given.gold is None:
        raise InputError("--gold に評価用の質問のファイルを指定してください(例: --gold eval/gold/report.jsonl)")
    if given.command == "check":
        return check_gold(settings, given.gold)
    return show((retrieval if given.command == "retrieval" else answers)(settings, given.gold), given.json, given.save)


if __name__ == "__main__":
    sys.exit(run(main))
