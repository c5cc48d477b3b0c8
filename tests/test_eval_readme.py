"""The READMEs' figures: what was measured, in two languages, the rest of the file untouched."""

from pathlib import Path
from typing import Any

import pytest

from eval.report.readme import BEGIN, END, ENGLISH, PUBLIC, SHOWN, refresh
from eval.report.tables import PEER_MEASURES
from ingest.errors import InputError

ROOT = Path(__file__).parent.parent
HEAD, TAIL = "# 題\r\n\nFigures | here\n\n", "\n\nMore — text\n"


def run(task: str, set_: str, questions: int, **scores: float | None) -> dict[str, Any]:
    """A run with an interval of a tenth each way for every score."""
    told = {name: [value - 0.1, value + 0.1] for name, value in scores.items() if value is not None and value < 1}
    return {"task": task, "set": set_, "questions": questions, "scores": {"all": scores}, "intervals": told}


@pytest.fixture
def result() -> dict[str, Any]:
    runs = {
        "retrieval-tune": run("retrieval", "tune", 124, **{"evidence@1": 0.85}),
        "answers-report-unread": run("answers", "report", 156, every_sentence_cited=0.5),
        "retrieval-report": run("retrieval", "report", 130, **{"evidence@1": 0.87654, "ndcg@10": None}),
        "answers-report": run("answers", "report", 156, every_sentence_cited=1.0),
        "squad-jsquad": run("retrieval", "jsquad", 4442, **{"ndcg@10": 0.5}),
        "peers-report": {"task": "peers", "set": "report", "questions": 130, "systems": [{"name": "調べ", "scores": {"evidence@1": 0.5}}, {"name": "a|b", "scores": {"evidence@1": 0.25}}]},
        "bench": {"task": "bench", "scores": {"build": {"ratio": 1.2}, "search": {"ratio": 1.1}, "answer": {"ms_p50": 69.6}}},
    }
    return {"commit": "abc1234567", "made": "2026-11-23T21:00:00Z", "machine": {"cores": 2}, "runs": runs}


def readmes(folder: Path, between: str = "old\n") -> tuple[Path, Path]:
    paths = folder / "README.md", folder / "README.ja.md"
    for path in paths:
        path.write_text(f"{HEAD}{BEGIN}\n{between}{END}{TAIL}", encoding="utf-8", newline="")
    return paths


def test_figures_with_their_intervals_in_two_languages(result: dict, tmp_path: Path) -> None:
    english, japanese = readmes(tmp_path)
    refresh(result, (english, japanese))
    assert english.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0] == """
| measure | report (156 questions) | tune (124 questions) |
| --- | --- | --- |
| evidence in the first passage | 0.877 (0.777–0.977) | 0.850 (0.750–0.950) |
| answers with every sentence cited | 1.000 | – |

| public collection | nDCG@10 | right item first | recall@100 |
| --- | --- | --- | --- |
| jsquad (4,442 questions) | 0.500 (0.400–0.600) | – | – |

| system (report, 130 questions) | evidence in the first passage |
| --- | --- |
| Shirabe | 0.500 |
| a\\|b | 0.250 |

Speed on 2 cores: building the index costs 1.20 × a bare encode of the same texts, a search 1.10 × a bare encode of the query, an answer 70 ms (median).

95 % intervals in brackets; measured at `abc1234567` on 2026-11-23.
"""
    said = japanese.read_text(encoding="utf-8")
    assert "| 根拠が最初の一節にある | 0.877 (0.777–0.977) |" in said and "| 調べ | 0.500 |" in said and "report (156問)" in said


def test_each_figure_is_said_to_be_of_the_commit_and_day_that_it_is_of(result: dict, tmp_path: Path) -> None:
    """The newest run of a set of another file, measured on another machine, and one on a further set that no table shows."""
    runs = result["runs"]
    runs["squad-jsquad"] |= {"commit": "0ld", "made": "2026-11-20T00:00:00Z"}
    runs["bench"] |= {"commit": "0ld", "made": "2026-11-20T09:00:00Z", "machine": {"cores": 64}}
    runs["retrieval-tune"] |= {"commit": "abc1234567", "made": "2026-11-24T00:00:00Z"}
    runs["retrieval-own"] = run("retrieval", "own", 9, **{"evidence@1": 0.5}) | {"commit": "never shown"}
    english, japanese = readmes(tmp_path)
    refresh(result, (english, japanese))
    said = english.read_text(encoding="utf-8")
    assert "Measured, the newest of each: retrieval-report, answers-report, systems at `abc1234567` on 2026-11-23; retrieval-tune at `abc1234567` on 2026-11-24; speed, jsquad at `0ld` on 2026-11-20." in said
    assert "Speed on 64 cores" in said and "never shown" not in said and "own (" not in said
    assert "速さ、jsquadは `0ld` を 2026-11-20 に測定。" in japanese.read_text(encoding="utf-8")


def test_falsified_sentences_stand_in_a_line(result: dict, tmp_path: Path) -> None:
    scores = {"caught": 0.999, "false_alarms": 0.0}
    result["runs"]["perturbation-corpus"] = {"task": "perturbation", "set": "corpus", "falsified": 1200, "true": 906, "scores": {"all": scores}, "intervals": {"caught": [0.995, 1.0], "false_alarms": [0.0, 0.004]}}
    english, japanese = readmes(tmp_path)
    refresh(result, (english, japanese))
    assert "Of 1,200 sentences of the corpus that rules falsified" in (said := english.read_text(encoding="utf-8"))
    assert "the checks caught 0.999 (0.995–1.000), of 906 true ones they doubted 0.000 (0.000–0.004)." in said
    assert "見つけたのは 0.999 (0.995–1.000)、正しい906文" in japanese.read_text(encoding="utf-8")


def test_the_rest_of_the_file_stays_and_a_second_time_changes_nothing(result: dict, tmp_path: Path) -> None:
    paths = readmes(tmp_path)
    refresh(result, paths)
    once = [path.read_bytes() for path in paths]
    assert all(text.startswith(HEAD.encode()) and text.endswith(TAIL.encode()) for text in once)
    refresh(result, paths)
    assert [path.read_bytes() for path in paths] == once


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_missing_marks_are_named_and_nothing_is_written(result: dict, tmp_path: Path, text: str) -> None:
    good, bad = readmes(tmp_path)
    kept = good.read_bytes()
    bad.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"README\.ja\.md.*figures:begin"):
        refresh(result, (good, bad))
    assert good.read_bytes() == kept


def test_figures_are_not_taken_away_for_want_of_new_ones(result: dict, tmp_path: Path) -> None:
    paths = readmes(tmp_path)
    result["runs"] = {"bench": result["runs"]["bench"]}
    with pytest.raises(InputError, match="make eval"):
        refresh(result, paths)
    assert "old" in paths[0].read_text(encoding="utf-8")


def test_a_file_that_isnt_there_is_named(result: dict, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        refresh(result, (tmp_path / "nowhere.md",))


def test_the_projects_readmes_have_the_marks_and_every_measure_an_english_name(result: dict, tmp_path: Path) -> None:
    copies = [tmp_path / name for name in ("README.md", "README.ja.md")]
    for path in copies:
        path.write_bytes((ROOT / path.name).read_bytes())
    refresh(result, copies)
    assert {*SHOWN["retrieval"], *SHOWN["answers"], *PUBLIC, *PEER_MEASURES} <= set(ENGLISH)
