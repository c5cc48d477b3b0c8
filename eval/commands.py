"""What the commands do: each makes a run and gives it back with its name; showing and keeping are one for all."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from eval import ablation, answers, perturbation, retrieval
from eval.bench import run_bench
from eval.gold import read_questions
from eval.gold_check import check
from eval.public import reading
from eval.public.beir import write_trec
from eval.public.collection import Collection, evaluate, opened, rank_variants, rows_of, told
from eval.public.pages import read_pages
from eval.public.squad import read_squad
from eval.results import FOLDER, Run, commit, described, keep, machine, newest_of_each, rounded, runs_before
from eval.retrieval import part_of, variants_of
from eval.shown import changes, lines
from index.embedder import SentenceTransformerEmbedder, load_embedder
from index.passage_reader import TrainedReader
from index.saved_index import Progress
from index.wiring import Bar
from ingest.errors import InputError
from ingest.settings import Settings
from ingest.sources import corpus_sources
from qa.assistant import Assistant
from qa.model.language_model import open_model
from qa.wiring import open_answerer, open_assistant, without_reader

GOLD = Path("eval/gold")
GOLD_SETS = ("tune", "report", "report_ordinary", "report_blind")  # what `all` measures
SEED = 20_261_125  # of the falsified sentences; not one on which the checks were set
PUBLIC = Path("../shared/data")  # public sets are no part of the repository; what isn't there is left out of `all`
BENCH_QUESTIONS = 60
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

    def answers(self, gold: Path, answerer: str = "auto", every: int = 1) -> Named:
        """Answers on a gold file; ``every`` takes each n-th question only."""
        questions = read_questions(gold)[::every]
        assistant = self._with(answerer)
        name = "-".join(["answers", gold.stem, *([answerer] if answerer != "auto" else []), *([f"every{every}"] if every > 1 else [])])
        with steps() as progress:
            return name, answers.evaluate(questions, assistant, partial(progress, f"回答 {gold.stem}")) | {"set": gold.stem}

    def ablation(self, gold: Path) -> Named:
        """What the reader is worth on a gold file: searches, and answers that quote, with it and without it."""
        questions = read_questions(gold)
        both = self._with("extractive"), without_reader(self._read())
        with steps() as progress:
            found = [retrieval.rows_of(retrieval.run_retrieval(questions, a.searcher, part_of(partial(progress, f"検索 {gold.stem}"), n, 2))) for n, a in enumerate(both)]
            given = [answers.rows_of(answers.run_answers(questions, a, part_of(partial(progress, f"回答 {gold.stem}"), n, 2))) for n, a in enumerate(both)]
        return f"ablation-{gold.stem}", ablation.run_of(gold.stem, [(found[0], found[1]), (given[0], given[1])])

    def _read(self) -> Assistant:
        """The assistant; raises InputError where the settings have switched its reader off."""
        if self.assistant.searcher.reader is None:
            raise InputError("設定で読解モデルを使わないことになっているため、効き目を測れません。settings.toml の read_passages を 1 以上にしてください")
        return self.assistant

    def reading(self, path: Path) -> Named:
        """Reading on a SQuAD-format file: the answer's span in each question's own paragraph."""
        questions, reader = reading.read_questions(path), TrainedReader()
        with steps() as progress:
            name = path.resolve().parent.name
            return f"reading-{name}", reading.evaluate(questions, reader, partial(progress, f"読解 {name}")) | {"set": name}

    def collection(self, form: str, collection: Collection, trec: Path | None = None, variants: bool = False) -> Named:
        """Retrieval on a public collection; ``form`` says what it was read from: ``beir``, ``squad`` or ``pages``."""
        name = f"{form}-{collection.name}"
        with steps() as progress, opened(collection, self.settings, self.embedder, self.kept, progress) as searcher:
            run, rankings = evaluate(collection, searcher, partial(progress, f"検索 {name}"), variants)
        if trec:
            write_trec(rankings, trec)
        return name, run | {"set": collection.name}

    def collection_ablation(self, form: str, collection: Collection) -> Iterator[Named]:
        """Retrieval on a public collection with its variants, and what the reader is worth there; both from the same searches."""
        name = f"{form}-{collection.name}"
        with steps() as progress, opened(collection, self.settings, self.embedder, self.kept, progress) as searcher:
            found = rank_variants(collection, variants_of(searcher), partial(progress, f"検索 {name}"))
            run = told(collection, found, searcher) | {"set": collection.name}
        yield name, run
        if "unread" in found:
            yield f"ablation-{collection.name}", ablation.run_of(collection.name, [(rows_of(collection, found["both"]), rows_of(collection, found["unread"]))])

    def perturbation(self, files: Path | None = None, seed: int = SEED) -> Named:
        """Whether falsified sentences are caught: those of the corpus' documents, or of the files of a folder."""
        name = files.resolve().name if files else "corpus"
        with steps() as progress:
            documents = perturbation.read_all(perturbation.sources_of(files) if files else corpus_sources(self.settings.corpus), partial(progress, "資料を読む"))
            return f"perturbation-{name}", perturbation.run_of(perturbation.evaluate(documents, seed, progress=partial(progress, "文を調べる")), name, seed)

    def bench(self) -> Named:
        """Speed, on questions of ``report``."""
        questions = [q.question for q in read_questions(GOLD / "report.jsonl")][:BENCH_QUESTIONS]
        return "bench", {"task": "bench", "set": "report", "questions": len(questions), "scores": run_bench(self.settings, self.embedder, questions)}

    def all(self) -> Iterator[Named]:
        """Every run that `make eval` makes, one after the other."""
        for gold in GOLD_SETS:
            yield self.retrieval(GOLD / f"{gold}.jsonl")
            yield self.answers(GOLD / f"{gold}.jsonl")
        if self.settings.read_passages:
            yield from (self.ablation(GOLD / f"{gold}.jsonl") for gold in GOLD_SETS if gold != "tune")
        yield self.perturbation()
        if (squad := PUBLIC / "jsquad" / "valid-v1.3.json").is_file():
            yield from self.collection_ablation("squad", read_squad(squad))
            yield self.reading(squad)
        if (allganize := PUBLIC / "allganize").is_dir():
            yield from self.collection_ablation("pages", read_pages(allganize / "questions_pagelevel.tsv", allganize / "pdfs"))
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
    from eval.report.readme import refresh
    from eval.report.report import write_report

    result = newest_of_each()
    if result is None:
        raise InputError(f"{FOLDER} に評価の結果がありません。先に `make eval` を実行してください")
    path = write_report(result, runs_before(result), FOLDER / "report.html")
    refresh(result, readmes)
    return path
