"""``python -m eval retrieval | answers | ablation | perturb | reading | check | bench | peers | faults | scale | report | all``."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from eval.commands import SEED, Evaluation, Named, report
from eval.faults.faults import KILLS, keep_faults, run_faults
from eval.faults.faults import lines as fault_lines
from eval.peers.peers import run_peers
from eval.public.beir import read_beir
from eval.public.collection import Collection
from eval.public.pages import read_pages
from eval.public.squad import read_squad
from eval.scale import FILES, keep_scale, run_scale
from eval.scale import lines as scale_lines
from index.wiring import Bar
from ingest.command import Parser, home_parser, run
from ingest.errors import InputError
from ingest.settings import load_settings
from qa.wiring import ANSWERERS

SETS = ("gold", "beir", "squad", "pages")


def parser() -> Parser:
    """The commands and their options."""
    common = home_parser()
    common.add_argument("--save", action="store_true", help="eval/results に結果を書く")
    made = Parser(prog="python -m eval", description="検索と回答の質と速さを測ります")
    commands = made.add_subparsers(dest="command", required=True)
    retrieval = commands.add_parser("retrieval", parents=[common], help="検索の質を測る")
    add_sets(retrieval)
    retrieval.add_argument("--run", type=Path, help="検索結果を TREC 形式で書くファイル")
    retrieval.add_argument("--variants", action="store_true", help="意味だけ、語だけの検索も測る(--gold では常に測る)")
    answers = commands.add_parser("answers", parents=[common], help="回答の質を測る")
    answers.add_argument("--gold", type=Path)
    answers.add_argument("--answerer", choices=ANSWERERS, default="auto")
    answers.add_argument("--every", type=int, default=1, metavar="N", help="N問ごとに1問だけ測る(既定 1: すべて)")
    add_sets(commands.add_parser("ablation", parents=[common], help="読解モデルがあるときとないときの検索と回答を比べる"))
    perturb = commands.add_parser("perturb", parents=[common], help="資料の文を規則で偽にし、検査が見つけるか確かめる")
    perturb.add_argument("--files", type=Path, help="資料の代わりに使う文書のフォルダー(既定: コーパス)")
    perturb.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"偽にする箇所を選ぶ乱数の種(既定 {SEED})")
    commands.add_parser("check", parents=[common], help="評価用の質問に誤りがないか確かめる").add_argument("--gold", type=Path)
    commands.add_parser("reading", parents=[common], help="読解モデルが答えの場所を当てるか測る").add_argument("--squad", type=Path, required=True)
    commands.add_parser("bench", parents=[common], help="速さを測り、結果を書く")
    commands.add_parser("peers", parents=[common], help="ほかの検索の仕組みと比べる").add_argument("--gold", type=Path, default=Path("eval/gold/report.jsonl"))
    faults = commands.add_parser("faults", parents=[common], help="処理の強制終了、ディスクの不足、壊れたファイルなどのあとに何も失われないか確かめ、結果を書く(約20分)")
    faults.add_argument("--kills", type=int, default=KILLS, metavar="N", help=f"強制終了の回数(既定 {KILLS})")
    faults.add_argument("--only", action="append", default=[], metavar="NAME", help="この操作だけを試し、結果のその部分を新しくする(繰り返せる。例: upload)")
    scale = commands.add_parser("scale", parents=[common], help="多くの文書での起動、追加の速さとメモリを測り、結果を書く(約30分)")
    scale.add_argument("--only", default="", metavar="PART", help="この名前で始まる部分だけを測る(start、add、speed)。ほかは前の結果のまま残す")
    scale.add_argument("--files", type=int, default=FILES, metavar="N", help=f"起動を測る文書の数(既定 {FILES})")
    commands.add_parser("report", parents=[common], help="最新の結果から報告書を作り、README の表を新しくする")
    commands.add_parser("all", parents=[common], help="すべてを測り、結果と報告書を書く")
    return made


def add_sets(command: ArgumentParser) -> None:
    """The options that name a set of questions, of which one is given."""
    for option, said in (("gold", "評価用の質問(JSONL)"), ("beir", "BEIR 形式のフォルダー"), ("squad", "SQuAD 形式のファイル"), ("pages", "ページつきの質問(TSV か JSONL)")):
        command.add_argument(f"--{option}", type=Path, help=said)
    command.add_argument("--files", type=Path, help="--pages の質問が指す PDF のフォルダー")


def form_of(given: Namespace) -> str:
    """Which one of ``SETS`` was given."""
    chosen = [name for name in SETS if getattr(given, name) is not None]
    if len(chosen) != 1:
        raise InputError(f"{'、'.join('--' + name for name in SETS)} のうち1つを指定してください(例: --gold eval/gold/report.jsonl)")
    if (given.files is None) != (given.pages is None):
        raise InputError("--pages と --files は一緒に指定してください(例: --pages questions.tsv --files pdfs)")
    return chosen[0]


def collection_of(given: Namespace) -> Collection:
    """The public collection that was given."""
    if given.pages:
        return read_pages(given.pages, given.files)
    return read_beir(given.beir) if given.beir else read_squad(given.squad)


def retrieved(evaluation: Evaluation, given: Namespace) -> Named:
    """The run on the one set that was given."""
    form = form_of(given)
    return evaluation.retrieval(given.gold, given.run) if form == "gold" else evaluation.collection(form, collection_of(given), given.run, given.variants)


def ablated(evaluation: Evaluation, given: Namespace) -> Iterable[Named]:
    """What the reader is worth on the one set that was given."""
    form = form_of(given)
    return [evaluation.ablation(given.gold)] if form == "gold" else evaluation.collection_ablation(form, collection_of(given))


def gold_of(given: Namespace) -> Path:
    """The gold file that was given."""
    if given.gold is None:
        raise InputError("--gold に評価用の質問のファイルを指定してください(例: --gold eval/gold/report.jsonl)")
    return Path(given.gold)


def answered(evaluation: Evaluation, given: Namespace) -> Named:
    """The run of answering a gold file."""
    if given.every < 1:
        raise InputError(f"--every は 1 以上にしてください(今: {given.every})")
    return evaluation.answers(gold_of(given), answerer=given.answerer, every=given.every)


def checked(evaluation: Evaluation, gold: Path) -> int:
    """Print what is wrong with a gold file; the exit status says whether anything is."""
    faults = evaluation.check(gold)
    print("\n".join(faults) if faults else f"{gold}: 誤りはありません")
    return 1 if faults else 0


def compared(evaluation: Evaluation, given: Namespace) -> Named:
    """The run of the stock pipelines, whose packages are no part of what Shirabe needs."""
    gold, bar = gold_of(given), Bar()
    made = run_peers(evaluation.settings, gold, bar)
    bar.close()
    return f"peers-{gold.stem}", made


def tried(given: Namespace) -> int:
    """Try all faults and keep what came of them; the exit status says whether anything was lost or didn't heal."""
    bar = Bar()
    result = run_faults(given.kills, progress=bar, only=given.only)
    bar.close()
    print(json.dumps(result, ensure_ascii=False) if given.json else "\n".join(fault_lines(result)))
    print(f"結果: {keep_faults(result, is_part=bool(given.only))}", file=sys.stderr)
    return 0 if result["survived"] == result["tried"] else 1


def scaled(given: Namespace) -> int:
    """Measure large libraries and keep what came of it."""
    bar = Bar()
    result = run_scale(progress=bar, keep=keep_scale, only=given.only, files=given.files)
    bar.close()
    print(json.dumps(result, ensure_ascii=False) if given.json else "\n".join(scale_lines(result)))
    print(f"結果: {keep_scale(result)}", file=sys.stderr)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    given = parser().parse_args(arguments)
    if given.command == "report":
        print(f"報告書: {report()}")
        return 0
    if given.command == "faults":
        return tried(given)
    if given.command == "scale":
        return scaled(given)
    settings = load_settings(given.home)
    everything = given.command == "all"
    evaluation = Evaluation(settings, settings.home if everything or given.home else None)
    if given.command == "check":
        return checked(evaluation, gold_of(given))
    for name, made in COMMANDS[given.command](evaluation, given):
        evaluation.show(name, made, given.json, save=given.save or given.command in SAVED)
    if everything:
        print(f"報告書: {report()}", file=sys.stderr)
    return 0


SAVED = ("all", "bench")  # these write their results without being asked to
COMMANDS: dict[str, Callable[[Evaluation, Namespace], Iterable[Named]]] = {
    "retrieval": lambda evaluation, given: [retrieved(evaluation, given)],
    "answers": lambda evaluation, given: [answered(evaluation, given)],
    "ablation": ablated,
    "perturb": lambda evaluation, given: [evaluation.perturbation(given.files, given.seed)],
    "peers": lambda evaluation, given: [compared(evaluation, given)],
    "reading": lambda evaluation, given: [evaluation.reading(given.squad)],
    "bench": lambda evaluation, _: [evaluation.bench()],
    "all": lambda evaluation, _: evaluation.all(),
}


if __name__ == "__main__":
    sys.exit(run(main))
