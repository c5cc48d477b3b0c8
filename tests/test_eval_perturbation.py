"""The proof that checking finds what is wrong: hundreds of falsified sentences, made by rules that know nothing of how it reads."""

from functools import lru_cache
from pathlib import Path

import pytest
from library_fixtures import corpus
from pdf_fixtures import PUBLIC, needs_public_files

from eval.labels import FALSIFIED
from eval.measures import wilson
from eval.perturbation import PARAPHRASES, Case, Outcome, evaluate, paraphrases, read_all, run_of, true_cells, true_sentences
from ingest.document import Document
from ingest.sources import Source
from qa.checks.verification import checks, holds

SEED = 20261125  # not one on which the checks were set
CAUGHT, FALSE_ALARMS = 0.99, 0.02


def documents() -> list[Document]:
    return [d for documents in corpus().values() for d in documents]


@lru_cache(maxsize=1)
def outcome() -> Outcome:
    return evaluate(documents(), SEED)


def failures(found: Outcome) -> str:
    return "\n".join(f"{c.kind or 'false alarm'}: {c.sentence}" for c in found.wrong)


def test_at_least_five_hundred_falsified_sentences_of_every_kind() -> None:
    found = outcome()
    assert found.falsified >= 500
    assert set(found.caught) == {"date", "direction", "name", "negation", "number", "place", "planned or done", "power", "row or column", "unit", "year"}
    assert all(asked >= 20 for _, asked in found.caught.values())


def test_falsified_sentences_of_the_corpus_are_caught() -> None:
    assert outcome().share_caught >= CAUGHT, failures(outcome())


def test_hardly_a_true_sentence_of_the_corpus_is_doubted() -> None:
    found = outcome()
    assert found.true >= 500
    assert found.false_alarms <= FALSE_ALARMS, failures(found)


def test_every_kind_is_caught() -> None:
    assert all(caught >= 0.95 * asked for caught, asked in outcome().caught.values()), outcome().caught


def test_the_run_holds_the_shares_by_kind_with_intervals() -> None:
    """Wilson's interval of 3 of 4 is 0.3006 to 0.9544, by its formula."""
    case = Case("unit", "35人", "35か所", ())
    run = run_of(Outcome({"unit": (3, 4), "year": (2, 2)}, 10, 1, (case, Case("", "x", "x", ()))), "own", 7)
    assert (run["questions"], run["falsified"], run["true"], run["seed"]) == (16, 6, 10, 7)
    assert run["scores"]["all"] == {"questions": 16, "caught": 5 / 6, "false_alarms": 0.1}
    assert run["scores"]["unit"]["caught"] == 0.75 and run["scores"]["unit"]["interval"] == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert run["intervals"]["caught"] == wilson(5, 6) and run["intervals"]["false_alarms"] == wilson(1, 10)
    assert run["wrong"] == [{"kind": "unit", "sentence": "35人", "original": "35か所"}, {"kind": "", "sentence": "x", "original": "x"}]


def test_every_kind_of_falsification_has_a_name() -> None:
    assert set(outcome().caught) == set(FALSIFIED)


def test_a_checker_that_believes_everything_would_fail() -> None:
    """The falsified sentences differ from their originals, and their originals hold."""
    wrong = [c for c in outcome().wrong if c.kind]
    assert all(c.sentence != c.original for c in wrong)
    assert all(holds(checks(c.original, c.evidence)) for c in wrong)


def test_every_paraphrase_finds_its_passage_and_holds() -> None:
    found = list(paraphrases(documents()))
    assert len(found) == len(PARAPHRASES.read_text(encoding="utf-8").splitlines()) >= 50
    assert [c.sentence for c in found if not holds(checks(c.sentence, c.evidence))] == []


def test_sentences_and_cells_are_checked_for_something() -> None:
    cases: list[Case] = [*true_sentences(documents()), *true_cells(documents())]
    checked = [checks(c.sentence, c.evidence) for c in cases]
    assert sum(bool(c) for c in checked) >= 0.9 * len(cases)
    assert {check.kind for found in checked for check in found} == {"number", "date", "name", "direction"}


@needs_public_files
@pytest.mark.slow
def test_falsified_sentences_of_documents_that_nobody_tuned_on_are_caught() -> None:
    files = sorted(Path(PUBLIC).glob("*.pdf"))[1::2]
    found = evaluate(read_all([Source(p, p.name, kind="report") for p in files]), SEED)
    assert found.falsified >= 500
    assert found.share_caught >= CAUGHT - 0.01, failures(found)  # ministries' papers on food, insurance, software
    assert found.false_alarms <= FALSE_ALARMS, failures(found)
