"""Faults: what is counted, and a short run with real killed commands."""

import json
from pathlib import Path

import pytest

from eval.faults.faults import figures, keep_faults, lines, run_faults
from eval.faults.homes import Case, between, lost
from eval.made_up import release
from eval.scale import keep_scale
from eval.scale import lines as scale_lines

A, B = ("a", "甲"), ("b", "乙")


def test_what_is_neither_old_nor_new_and_what_is_lost_is_told() -> None:
    old, new = {"x": frozenset({A}), "y": frozenset({B})}, {"x": frozenset({A}), "y": frozenset()}
    assert between(old, old, new) == between({"x": frozenset({A})}, old, new) == []
    assert between({"x": frozenset({B})}, old, new) == ["x: 変更前でも変更後でもない"]
    assert lost({"y": frozenset({B})}, old, new) == ["a「甲」が失われた"] and lost(new, old, new) == []


def test_cases_are_counted_by_kind() -> None:
    made = figures([Case("kill: add", (), 0, "before"), Case("kill: add", ("悪い",), 2, "after"), Case("older")], seed=1)
    assert (made["tried"], made["survived"], made["lost"]) == (3, 2, 2)
    assert made["kinds"]["kill: add"] == {"tried": 2, "survived": 1, "lost": 2, "stood": {"before": 1, "after": 1}}
    assert made["problems"] == [["kill: add", "悪い"]] and "失われた文書 2" in next(lines(made))


def test_made_up_releases_are_all_different_and_the_same_again() -> None:
    made = [release(n) for n in range(300)]
    assert len(set(made)) == 300 and made == [release(n) for n in range(300)] and made != [release(n, 1) for n in range(300)]
    assert scale_lines({"start": {"files": 3, "seconds": 0.5}}) == ["■ 規模 start: files 3  seconds 0.5"]


@pytest.mark.slow
def test_killed_commands_lose_nothing_and_are_finished_by_the_next() -> None:
    made = run_faults(kills_wanted=21, share=0.0, seed=11)
    assert made["problems"] == [] and (made["tried"], made["survived"], made["lost"]) == (21, 21, 0)


def test_a_part_that_is_tried_again_takes_the_place_of_the_same_kinds(tmp_path: Path) -> None:
    first = figures([Case("kill: add"), Case("kill: upload", ("悪い",)), Case("disk full: add", ("遅い",))], seed=1)
    path = keep_faults(first, tmp_path / "faults.json")
    keep_faults(figures([Case("kill: upload"), Case("kill: upload")], seed=2), path, is_part=True)
    made = json.loads(path.read_text(encoding="utf-8"))
    assert (made["tried"], made["survived"], made["problems"]) == (4, 3, [["disk full: add", "遅い"]])
    assert (made["kinds"]["kill: upload"]["seed"], "commit" in made["kinds"]["kill: upload"], "commit" in made["kinds"]["kill: add"]) == (2, True, False)


def test_a_part_of_scale_that_is_measured_again_leaves_the_others_with_their_commit(tmp_path: Path) -> None:
    path = tmp_path / "scale.json"
    path.write_text('{"commit": "abc", "made": "", "machine": {}, "start": {"files": 3}, "speed": {"ratio": 2.0}}', encoding="utf-8")
    keep_scale({"speed": {"ratio": 1.0, "commit": "def"}}, path)
    made = json.loads(path.read_text(encoding="utf-8"))
    assert (made["start"], made["speed"]) == ({"files": 3, "commit": "abc"}, {"ratio": 1.0, "commit": "def"})
