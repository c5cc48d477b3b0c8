"""The record of what an index was made with."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from library_fixtures import settings_of

from index.manifest import MUST_MATCH, RECORDED, current_manifest, read_manifest
from ingest.errors import ShirabeError


def test_it_is_read_back_as_written(tmp_path: Path) -> None:
    made = current_manifest(settings_of(tmp_path), 384)
    made.write(tmp_path / "manifest.json")
    assert read_manifest(tmp_path / "manifest.json") == made
    assert [p.name for p in tmp_path.iterdir()] == ["manifest.json"]


def test_it_records_settings_dictionary_and_versions(tmp_path: Path) -> None:
    made = current_manifest(settings_of(tmp_path, chunk_tokens=128, query_prefix="q: ", passage_prefix="p: ", embedder="x"), 7)
    assert (made.embedder, made.dimension, made.query_prefix, made.passage_prefix, made.chunk_tokens) == ("x", 7, "q: ", "p: ", 128)
    assert made.dictionary.startswith("unidic-lite 1.")
    assert set(made.versions) == set(RECORDED) and all(v[0].isdigit() for v in made.versions.values())


def test_differences_name_stored_and_wanted(tmp_path: Path) -> None:
    stored = current_manifest(settings_of(tmp_path), 384)
    assert stored.differences(stored) == []
    assert stored.differences(replace(stored, embedder="ruri", dimension=256)) == ["embedder: shirabe-e5-small-1 → ruri", "dimension: 384 → 256"]
    assert stored.differences(replace(stored, versions={})) == []


@pytest.mark.parametrize("name", MUST_MATCH)
def test_every_setting_that_has_to_match_is_compared(tmp_path: Path, name: str) -> None:
    stored = current_manifest(settings_of(tmp_path), 384)
    other = replace(stored, **{name: 999 if isinstance(getattr(stored, name), int) else "other"})
    (told,) = stored.differences(other)
    assert told.startswith(f"{name}: ")


def test_no_file_is_no_manifest(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "manifest.json") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"index_version": 1}'])
def test_a_damaged_file_is_refused_with_the_command(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ShirabeError, match="index build"):
        read_manifest(tmp_path / "manifest.json")


def test_unknown_keys_of_a_newer_version_are_passed_over(tmp_path: Path) -> None:
    made = current_manifest(settings_of(tmp_path), 384)
    made.write(tmp_path / "m.json")
    (tmp_path / "m.json").write_text(json.dumps(json.loads((tmp_path / "m.json").read_text()) | {"new": 1}))
    assert read_manifest(tmp_path / "m.json") == made
