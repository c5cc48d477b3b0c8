"""Does the checking find what was made wrong? True sentences of documents are falsified by rule, one thing at a time.

What falsifies works on characters and knows nothing of how ``qa`` reads values, so that a shared mistake can't hide. A
falsified sentence counts only where the new value doesn't stand in the evidence by chance.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.falsification import KINDS, half_width
from eval.measures import wilson
from ingest.document import Document, Segment, Table, normalize
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats.formats import load_file, read_content
from ingest.sources import Source
from qa.cell_score import FoundCell
from qa.cell_words import in_words
from qa.cells import note_segments
from qa.checks.verification import Evidence, checks, holds
from qa.wording import readable

PARAPHRASES = Path("eval/paraphrases.jsonl")
LENGTH = (12, 260)  # characters of a sentence that is falsified
MOST = 1200  # falsified sentences that are checked, drawn at random
Progress = Callable[[int, int], None]  # sentences checked, of how many


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence with its evidence; ``kind`` says what was falsified, empty for a true one."""

    kind: str
    sentence: str
    original: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many falsified sentences were caught, by kind, how many true ones were doubted, and the cases that went wrong."""

    caught: dict[str, tuple[int, int]]
    true: int
    doubted: int
    wrong: tuple[Case, ...]

    @property
    def share_caught(self) -> float:
        """Of all falsified sentences."""
        return sum(a for a, _ in self.caught.values()) / max(1, self.falsified)

    @property
    def falsified(self) -> int:
        """How many falsified sentences there were."""
        return sum(b for _, b in self.caught.values())

    @property
    def false_alarms(self) -> float:
        """The share of true sentences that were doubted."""
        return self.doubted / max(1, self.true)


def sources_of(folder: Path) -> list[Source]:
    """The files of a folder as reports; raises InputError where there are none."""
    try:
        found = [Source(path, path.name, kind="report") for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError as error:
        raise InputError(f"フォルダー {folder} を読めません: {error}") from error
    if not found:
        raise InputError(f"フォルダー {folder} にファイルがありません")
    return found


def read_all(sources: Sequence[Source], progress: Progress | None = None) -> list[Document]:
    """The documents of files; raises InputError for one that can't be read. ``progress`` counts files."""
    found: list[Document] = []
    for done, source in enumerate(sources, 1):
        found += read_documents(source, read_content(load_file(source.path)))
        if progress:
            progress(done, len(sources))
    return found


def evaluate(documents: Sequence[Document], seed: int, most: int = MOST, progress: Progress | None = None) -> Outcome:
    """Falsify and check sentences, cells and paraphrases of these documents; ``progress`` counts the sentences checked."""
    chance = random.Random(seed)
    true = [*true_sentences(documents), *true_cells(documents), *paraphrases(documents)]
    false = [case for t in true for case in falsified(t, chance)]
    chance.shuffle(false)
    true += [variant for case in true for variant in reworded(case)]
    asked = [*false[:most], *true]
    wrong = []
    for done, case in enumerate(asked, 1):
        if holds(checks(case.sentence, case.evidence)) == bool(case.kind):
            wrong.append(case)
        if progress:
            progress(done, len(asked))
    missed = Counter(case.kind for case in wrong)
    kinds = Counter(case.kind for case in false[:most])
    return Outcome({kind: (n - missed[kind], n) for kind, n in sorted(kinds.items())}, len(true), missed[""], tuple(wrong))


def run_of(outcome: Outcome, set_: str, seed: int) -> dict[str, Any]:
    """The run, as result files hold it: shares over all and by kind of falsification, Wilson's intervals, and the cases that went wrong."""
    kinds = {kind: {"questions": asked, "caught": caught / asked, "interval": wilson(caught, asked)} for kind, (caught, asked) in outcome.caught.items()}
    return {
        "task": "perturbation", "set": set_, "questions": outcome.falsified + outcome.true, "seed": seed, "falsified": outcome.falsified, "true": outcome.true,
        "scores": {"all": {"questions": outcome.falsified + outcome.true, "caught": outcome.share_caught, "false_alarms": outcome.false_alarms}, **kinds},
        "intervals": {"caught": wilson(outcome.falsified - sum(bool(c.kind) for c in outcome.wrong), outcome.falsified), "false_alarms": wilson(outcome.doubted, outcome.true)},
        "wrong": [{"kind": c.kind, "sentence": c.sentence, "original": c.original} for c in outcome.wrong],
    }  # fmt: skip


def true_sentences(documents: Sequence[Document]) -> Iterator[Case]:
    """Sentences and items with a digit, as an answer would quote them."""
    for document in documents:
        for segment in document.segments:
            text = readable(document.text[segment.start : segment.end])
            if segment.kind in ("sentence", "item") and LENGTH[0] <= len(text) <= LENGTH[1] and re.search(r"\d|[。.]$", text) and "http" not in text:
                yield Case("", text, text, (Evidence(1, document, segment.start, segment.end),))


def true_cells(documents: Sequence[Document]) -> Iterator[Case]:
    """Cells with a number, in words with row and column."""
    for document in documents:
        for table in document.tables:
            for cell in table.cells:
                row = next((s for s in document.segments if s.kind == "row" and s.start <= cell.start and cell.end <= s.end), None)
                if row and not cell.is_label and re.match(r"約?\d", cell.text) and (cell.row_path or cell.column_path):
                    found = FoundCell(document, table, cell, 1.0, 1.0)
                    yield Case("", in_words(found.cell), in_words(found.cell), _cell_evidence(found, row))


def _cell_evidence(found: FoundCell, row: Segment) -> tuple[Evidence, ...]:
    spans = [(row.start, row.end), *((s.start, s.end) for s in note_segments(found))]
    return tuple(Evidence(n, found.document, start, end) for n, (start, end) in enumerate(spans, 1))


def paraphrases(documents: Sequence[Document]) -> Iterator[Case]:
    """The sentences that people wrote in three languages on facts of these documents."""
    for line in PARAPHRASES.read_text(encoding="utf-8").splitlines() if PARAPHRASES.exists() else ():
        entry = json.loads(line)
        for document in documents:
            segment = next((s for s in document.segments if normalize(entry["quote"]) in normalize(document.text[s.start : s.end])), None) if document.id.startswith(entry["doc"]) else None
            if segment:
                yield Case("", entry["sentence"], entry["sentence"], (Evidence(1, document, segment.start, segment.end),))


def reworded(case: Case) -> Iterator[Case]:
    """The same said in other characters: full-width digits, no thousands commas, other counters, the year of the common era."""
    text = case.sentence
    variants = {
        re.sub(r"(?<=\d),(?=\d{3})", "", text),
        text.translate({ord("0") + n: ord("\uff10") + n for n in range(10)}) if not re.search(r"[A-Za-z]", text) else text,
        text.replace("か所", "カ所").replace("%", "パーセント") if re.search(r"[ぁ-ん]", text) else text,
        re.sub(r"(?<=\d)人", "名", text),
        re.sub(r"平成(\d+)年", lambda m: f"{int(m[1]) + 1988}年", text),
        re.sub(r"(\d+)万(\d),(\d{3})(?=[人名])", r"\1\2,\3", text),
    }
    yield from (Case("", v, text, case.evidence) for v in sorted(variants - {text}))


def falsified(case: Case, chance: random.Random) -> Iterator[Case]:
    """One falsified sentence of each kind that the sentence has a place for."""
    held = "\n".join(e.document.text[e.start : e.end] for e in case.evidence)
    around = "\n".join({f"{e.document.title}\n{e.document.issuer}\n{_path(e)}" for e in case.evidence})
    for kind, change in KINDS.items():
        sentence = change(half_width(case.sentence) if re.search(r"[\uff10-\uff19]", case.sentence) else case.sentence, held, around, chance)
        if sentence and sentence not in (case.sentence, half_width(case.sentence)):
            yield Case(kind, sentence, case.sentence, case.evidence)
    yield from _other_row(case, chance)


def _path(evidence: Evidence) -> str:
    inside = [s for s in evidence.document.sections if s.start <= evidence.start < s.end]
    return "\n".join(name for s in inside for name in s.path)


def _other_row(case: Case, chance: random.Random) -> Iterator[Case]:
    """The value of a cell under the label of another row or column of its table."""
    evidence = case.evidence[0]
    table = next((t for t in evidence.document.tables if t.start <= evidence.start < t.end), None)
    label, colon, value = case.sentence.partition(": ")
    if table is None or not colon:
        return
    others = sorted({_label(table, n) for n in range(len(table.cells))} - {"", label})
    others = [o for o in others if normalize(o) not in normalize(label) and normalize(label) not in normalize(o) and not _same_value(table, o, value)]
    if others:
        yield Case("row or column", f"{chance.choice(others)}: {value}", case.sentence, case.evidence)


def _label(table: Table, n: int) -> str:
    cell = table.cells[n]
    found = FoundCell(Document("", "", "", "", "", None, "", ""), table, cell, 0, 0)  # type: ignore[arg-type]
    return in_words(found.cell).partition(": ")[0] if not cell.is_label and re.match(r"約?\d", cell.text) else ""


def _same_value(table: Table, label: str, value: str) -> bool:
    """Whether the other label's own value is the same by chance."""
    return any(_label(table, n) == label and normalize(c.text) in normalize(value) for n, c in enumerate(table.cells))
