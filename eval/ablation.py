"""What the reader is worth: the same questions with it and without it, the difference tested question by question."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.measures import Row, intervals, means, paired

WORTH = ("evidence@1", "evidence@5", "evidence_in_1500_chars", "ndcg@10", "hit@1", "recall@100", "right", "right_and_cited", "unanswerable_refused", "answerable_refused", "truthfulness")
Rows = Mapping[str, Row]  # the measures of each question by its id


def run_of(set_: str, pairs: Sequence[tuple[Rows, Rows]]) -> dict[str, Any]:
    """The run, as result files hold it: for each measure of ``WORTH`` both means with their intervals, and the tested difference.

    Each pair (searches; answers) holds the rows with the reader and those without. The difference is with minus without.
    """
    found: dict[str, dict[str, Any]] = {}
    for with_reader, without in pairs:
        found |= _measures(with_reader, without)
    return {"task": "ablation", "set": set_, "questions": len({id_ for pair in pairs for rows in pair for id_ in rows}), "measures": found}


def _measures(with_reader: Rows, without: Rows) -> dict[str, dict[str, Any]]:
    (on, on_held), (off, off_held) = ((means(rows), intervals(rows)) for rows in (list(with_reader.values()), list(without.values())))
    tested = paired(without, with_reader)
    return {
        name: {
            "questions": sum(with_reader[id_].get(name) is not None and row.get(name) is not None for id_, row in without.items() if id_ in with_reader),
            "with": on[name], "with_interval": on_held[name], "without": off[name], "without_interval": off_held[name],
            "difference": tested[name].difference, "interval": (tested[name].low, tested[name].high), "p": tested[name].p,
        }
        for name in WORTH if name in tested
    }  # fmt: skip
