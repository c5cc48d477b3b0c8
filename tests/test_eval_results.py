"""Result files: merged by commit, read newest first, compared with the run before."""

import json
import subprocess
from pathlib import Path

import pytest

from eval import results
from eval.results import FOLDER, compare, described, keep, newest, newest_of_each, read, rounded, runs_before, unfolded, write
from ingest.errors import InputError
from ingest.settings import Settings

SETTINGS = Settings(home=Path("/somewhere/private"), corpus=Path("/other"))


def run_of(**right: float) -> dict:
    """A run of questions with one measure."""
    return {"task": "answers", "set": "report", "questions": len(right), "scores": {"all": {"right": 0.5}}, "rows": [{"id": id_, "kind": "fact", "measures": {"right": value}} for id_, value in right.items()]}


def at(commit: str, made: str, **runs: dict) -> dict:
    """A result file's content."""
    return {"commit": commit, "made": made, "settings": {}, "versions": {}, "machine": {}, "runs": runs}


def test_runs_of_a_commit_share_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "commit", lambda: "abc1234567")
    first = keep("answers-report", run_of(a=1.0), SETTINGS, 384, tmp_path)
    assert keep("answers-tune", run_of(b=0.0), SETTINGS, 384, tmp_path) == first == tmp_path / "abc1234567.json"
    keep("answers-report", run_of(a=0.0), SETTINGS, 384, tmp_path)
    held = read(first)
    assert set(held["runs"]) == {"answers-report", "answers-tune"} and held["commit"] == "abc1234567"
    assert held["runs"]["answers-report"]["rows"][0]["measures"] == {"right": 0.0}
    assert held["versions"]["torch"] and held["machine"]["cores"] >= 1
    assert not list(tmp_path.glob(".*"))


def test_every_setting_is_recorded_but_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, versions = described(SETTINGS, 384)
    assert {"embedder", "query_prefix", "chunk_tokens", "dense_weight", "dictionary", "dimension", "index_version"} <= set(said)
    assert "private" not in json.dumps([said, versions]) and "other" not in json.dumps(said)
    monkeypatch.setattr(results, "commit", lambda: "abc")
    path = keep("one", run_of(), SETTINGS, 384, tmp_path)
    keep("two", run_of(), Settings(dense_weight=0.1), 384, tmp_path)
    runs = read(path)["runs"]
    assert (runs["one"]["settings"]["dense_weight"], runs["two"]["settings"]["dense_weight"]) == (0.6, 0.1)


def test_the_newest_is_the_last_made_not_the_last_name(tmp_path: Path) -> None:
    assert newest(tmp_path / "none") is None
    write(at("zzz", "2026-01-01T00:00:00Z"), tmp_path / "zzz.json")
    write(at("aaa", "2026-02-01T00:00:00Z"), tmp_path / "aaa.json")
    found = newest(tmp_path)
    assert found is not None and found["commit"] == "aaa"


def test_the_run_before_is_the_newest_of_an_earlier_commit_that_has_it(tmp_path: Path) -> None:
    write(at("one", "2026-01-01T00:00:00Z", x=run_of(a=0.0), y=run_of(a=0.25)), tmp_path / "one.json")
    write(at("two", "2026-02-01T00:00:00Z", x=run_of(a=0.5)), tmp_path / "two.json")
    latest = at("now", "2026-03-01T00:00:00Z", x=run_of(a=1.0), y=run_of(a=1.0), z=run_of(a=1.0))
    write(latest, tmp_path / "now.json")
    before = runs_before(latest, tmp_path)
    assert {name: run["commit"] for name, run in before.items()} == {"x": "two", "y": "one"}
    assert compare(before["x"], latest["runs"]["x"])["right"].difference == 0.5
    assert compare({"scores": {}}, latest["runs"]["x"]) == {}
    assert runs_before(read(tmp_path / "one.json"), tmp_path) == {}


def test_the_newest_of_each_run_is_taken_over_all_files_and_says_where_it_is_from(tmp_path: Path) -> None:
    """A file that holds few runs hides no other's; a run made later in an older file is the newer one."""
    assert newest_of_each(tmp_path / "none") is None
    write(at("old", "2026-01-01T00:00:00Z", x=run_of(a=0.0), y=run_of(a=0.25)) | {"machine": {"cores": 8}}, tmp_path / "old.json")
    write(at("mid", "2026-02-01T00:00:00Z", x=run_of(a=0.5), z=run_of(a=0.5) | {"made": "2026-01-15T00:00:00Z"}), tmp_path / "mid.json")
    write(at("new", "2026-03-01T00:00:00Z", z=run_of(a=1.0) | {"made": "2026-01-10T00:00:00Z"}, w=run_of(a=1.0) | {"commit": "own"}), tmp_path / "new.json")
    found = newest_of_each(tmp_path)
    assert found is not None and found["commit"] == "new"
    assert {name: (run["commit"], run["made"]) for name, run in found["runs"].items()} == {
        "x": ("mid", "2026-02-01T00:00:00Z"), "y": ("old", "2026-01-01T00:00:00Z"), "z": ("mid", "2026-01-15T00:00:00Z"), "w": ("own", "2026-03-01T00:00:00Z"),
    }  # fmt: skip
    assert found["runs"]["y"]["machine"] == {"cores": 8} and found["runs"]["x"]["rows"][0]["measures"] == {"right": 0.5}
    assert {name: run["commit"] for name, run in runs_before(found, tmp_path).items()} == {"x": "old", "z": "new"}


@pytest.mark.parametrize("content", ["", "[]", '{"commit": "a", "made": "b"}', '{"commit": 1, "made": "b", "runs": {}}', '{"name": "old", "scores": {}}'])
def test_what_is_no_result_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.json"):
        newest(tmp_path)


def test_a_result_file_is_json_with_a_line_for_each_row(tmp_path: Path) -> None:
    result = at("c", "2026-01-01T00:00:00Z", x=run_of(a=1 / 3, b=0.0))
    assert json.loads(unfolded(result)) == result
    text = unfolded(rounded(result))
    assert '    {"id": "a", "kind": "fact", "measures": {"right": 0.3333}},\n' in text
    assert unfolded({}) == "{}" and unfolded([]) == "[]"


def test_floats_are_rounded_wherever_they_stand() -> None:
    assert rounded({"a": (1 / 3, [2 / 3, None, 1]), "b": "0.33333333"}) == {"a": [0.3333, [0.6667, None, 1]], "b": "0.33333333"}


def test_the_commit_is_dirty_only_where_code_or_questions_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert results.commit() == "unknown"
    for arguments in (["init", "-q"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run(["git", *arguments], check=True)
    clean = results.commit()
    assert len(clean) == 10
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "x.json").write_text("{}")
    (tmp_path / "README.md").write_text("x")
    assert results.commit() == clean
    (tmp_path / "ingest").mkdir()
    (tmp_path / "ingest" / "new.py").write_text("x")
    assert results.commit() == f"{clean}-dirty"
