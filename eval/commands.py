"""What the commands do: each makes a run and gives it back with its name; showing and keeping are one for all."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from eval import answers, reading, retrieval
from eval.beir import read_beir, write_trec
from eval.bench import run_bench
from eval.collection import Collection, evaluate, opened
from eval.gold import read_questions
from eval.gold_check import check
from eval.labels import KINDS, MEASURES, TASKS, VARIANTS
from eval.pages import read_pages
from eval.peer_table import table
from eval.results import FOLDER, Run, commit, compare, described, histories, keep, machine, newest_of_each, rounded, runs_before
from eval.squad import read_squad
from index.embedder import SentenceTransformerEmbedder, load_embedder
from index.passage_reader import TrainedReader
from index.saved_index import Progress
from index.wiring import Bar
from ingest.errors import InputError
from ingest.settings import Settings
from qa.assistant import Assistant
from qa.model.language_model import open_model
from qa.wiring import open_answerer, open_assistant, without_reader

GOLD = Path("eval/gold")
PUBLIC = Path("../shared/data")  # public sets are no part of the repository; what isn't there is left out of `all`
BENCH_QUESTIONS = 60
SIGNIFICANT = 0.05
Named = tuple[str, Run]


@dataclass
class Evaluation:
    """Settings, and the parts that several commands of one call share; they are loaded when first needed.

    ``kept`` is the home in which the indexes of public collections stay, None for temporary ones.
    """

    settings: Settings
    kept: Path | None = None

    @cached_property
    def embedder(self) -> SentenceTransformerEmbedder:
        """The embedder."""
        return load_embedder(self.settings)

    @cached_property
    def assistant(self) -> Assistant:
        """The assistant over the home."""
        with steps() as progress:
            return open_assistant(self.settings, self.embedder, progress)

    def _with(self, answerer: str) -> Assistant:
        """The assistant with another answerer; raises ModelError for ``llm`` where there is no language model."""
        if answerer == "auto":
            return self.assistant
        if answerer == "llm":
            open_model(self.settings)
        return Assistant(self.assistant.searcher, open_answerer(answerer, self.settings, self.assistant.searcher))

    def retrieval(self, gold: Path, trec: Path | None = None) -> Named:
        """Retrieval on a gold file; ``trec`` is where the run goes, with ``document:start-end`` as ids of passages."""
        questions = read_questions(gold)
        searcher = self.assistant.searcher
        with steps() as progress:
            found = retrieval.search_variants(questions, searcher, partial(progress, f"検索 {gold.stem}"))
        if trec:
            write_trec({f.question.id: retrieval.ranking(f) for f in found["both"]}, trec)
        return f"retrieval-{gold.stem}", retrieval.run_of(found) | {"set": gold.stem}

    def answers(self, gold: Path, unread: bool = False, answerer: str = "auto", every: int = 1) -> Named:
        """Answers on a gold file; ``unread`` switches the reader off, to see what it does; ``every`` takes each n-th question only."""
        questions = read_questions(gold)[::every]
        assistant = without_reader(self.assistant) if unread else self._with(answerer)
        variant = "-unread" if unread else "" if answerer == "auto" else f"-{answerer}"
        with steps() as progress:
            return f"answers-{gold.stem}{variant}{f'-every{every}' if every > 1 else ''}", answers.evaluate(questions, assistant, partial(progress, f"回答 {gold.stem}")) | {"set": gold.stem}

    def beir(self, folder: Path, trec: Path | None = None, variants: bool = False) -> Named:
        """Retrieval on a BEIR folder."""
        return self._collection("beir", read_beir(folder), trec, variants)

    def squad(self, path: Path, trec: Path | None = None, variants: bool = False) -> Named:
        """Retrieval on a SQuAD-format file."""
        return self._collection("squad", read_squad(path), trec, variants)

    def reading(self, path: Path) -> Named:
        """Reading on a SQuAD-format file: the answer's span in each question's own paragraph."""
        questions, reader = reading.read_questions(path), TrainedReader()
        with steps() as progress:
            name = path.resolve().parent.name
            return f"reading-{name}", reading.evaluate(questions, reader, partial(progress, f"読解 {name}")) | {"set": name}

    def pages(self, questions: Path, files: Path, trec: Path | None = None, variants: bool = False) -> Named:
        """Retrieval of pages of PDFs."""
        return self._collection("pages", read_pages(questions, files), trec, variants)

    def _collection(self, form: str, collection: Collection, trec: Path | None, variants: bool) -> Named:
        name = f"{form}-{collection.name}"
        with steps() as progress, opened(collection, self.settings, self.embedder, self.kept, progress) as searcher:
            run, rankings = evaluate(collection, searcher, partial(progress, f"検索 {name}"), variants)
        if trec:
            write_trec(rankings, trec)
        return name, run | {"set": collection.name}

    def bench(self) -> Named:
        """Speed, on questions of ``report``."""
        questions = [q.question for q in read_questions(GOLD / "report.jsonl")][:BENCH_QUESTIONS]
        return "bench", {"task": "bench", "set": "report", "questions": len(questions), "scores": run_bench(self.settings, self.embedder, questions)}

    def all(self) -> Iterator[Named]:
        """Every run that `make eval` makes, one after the other."""
        for gold in ("tune", "report"):
            yield self.retrieval(GOLD / f"{gold}.jsonl")
            yield self.answers(GOLD / f"{gold}.jsonl")
        yield self.answers(GOLD / "report.jsonl", unread=True)
        if (squad := PUBLIC / "jsquad" / "valid-v1.3.json").is_file():
            yield self.squad(squad, variants=True)
            yield self.reading(squad)
        if (allganize := PUBLIC / "allganize").is_dir():
            yield self.pages(allganize / "questions_pagelevel.tsv", allganize / "pdfs", variants=True)
        yield self.bench()

    def check(self, gold: Path) -> list[str]:
        """What is wrong with a gold file; the other gold files of its folder must share no question with it."""
        searcher = self.assistant.searcher
        others = {path.name: read_questions(path) for path in sorted(gold.parent.glob("*.jsonl")) if path.name != gold.name}
        return check(read_questions(gold), [searcher.document(id_) for id_ in searcher.infos], others)

    def show(self, name: str, run: Run, as_json: bool, save: bool) -> None:
        """Print a run, as one JSON object or for a person, and put it into the result file of this commit if asked to."""
        said, versions = described(self.settings, self.embedder.dimension)
        if as_json:
            print(json.dumps(rounded({"name": name, "commit": commit(), "settings": said, "versions": versions, "machine": machine(), **run}), ensure_ascii=False), flush=True)
        else:
            print("\n".join([*lines(run), *changes(name, run)]), flush=True)
        if save:
            print(f"結果: {keep(name, run, self.settings, self.embedder.dimension)}", file=sys.stderr)


@contextmanager
def steps() -> Iterator[Progress]:
    """A progress bar for the steps of one run, on standard error."""
    bar = Bar()
    try:
        yield bar
    finally:
        bar.close()


def report(readmes: tuple[Path, ...] = (Path("README.md"), Path("README.ja.md"))) -> Path:
    """Write the report on the newest run of every name, over all result files, and refresh the tables of the READMEs; returns the report's file."""
    from eval.readme import refresh
    from eval.report import write_report

    result = newest_of_each()
    if result is None:
        raise InputError(f"{FOLDER} に評価の結果がありません。先に `make eval` を実行してください")
    path = write_report(result, runs_before(result), FOLDER / "report.html")
    refresh(result, readmes)
    return path


def lines(run: Run) -> Iterator[str]:
    """A run for a person: every measure with its interval, then each kind and each variant in a line."""
    if run["task"] == "peers":
        yield table(run)
        return
    yield f"■ {TASKS.get(run['task'], run['task'])} {run.get('set', '')}({run['questions']}問)"
    if run["task"] == "bench":
        yield from (f"  {part}: " + "  ".join(f"{key} {value:.3g}" for key, value in values.items()) for part, values in run["scores"].items())
        return
    held = run.get("intervals", {})
    for key, value in run["scores"]["all"].items():
        if key != "questions":
            yield f"  {_number(value)}{_interval(held.get(key))}  {MEASURES.get(key, key)}"
    main = "right" if run["task"] == "answers" else "f1" if run["task"] == "reading" else "evidence@1" if "evidence@1" in run["scores"]["all"] else "ndcg@10"
    kinds = [f"{KINDS.get(kind, kind)} {_number(values.get(main)).strip()}({values['questions']}問)" for kind, values in run["scores"].items() if kind != "all"]
    if kinds:
        yield f"  種類別({MEASURES[main]}): {'  '.join(kinds)}"
    for name, values in run.get("variants", {}).items():
        yield f"  {VARIANTS[name]}: " + "  ".join(f"{MEASURES.get(key, key)} {_number(value).strip()}" for key, value in values.items() if key in (main, "hit@1", "ndcg@10"))


def changes(name: str, run: Run) -> Iterator[str]:
    """What changed significantly since the newest kept run of that name."""
    kept = histories().get(name)
    for key, change in compare(kept[0], run).items() if kept else ():
        if change.p < SIGNIFICANT:
            yield f"  前回より {change.difference:+.3f}(p = {change.p:.3f})  {MEASURES.get(key, key)}"


def _number(value: float | int | None) -> str:
    return f"{value:8.3f}" if value is not None else "       –"


def _interval(held: tuple[float, float] | None) -> str:
    return f"({held[0]:.3f}〜{held[1]:.3f})" if held else " " * 13
