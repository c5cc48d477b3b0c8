"""Settings: unknown keys, wrong types and values out of bounds are refused in words."""

from pathlib import Path

import pytest

from ingest.errors import InputError
from ingest.settings import Settings, default_home, load_settings


def written(home: Path, text: str) -> Path:
    """A home with these settings."""
    (home / "settings.toml").write_text(text, encoding="utf-8")
    return home


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings(home=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_changes_what_it_names(tmp_path: Path) -> None:
    found = load_settings(written(tmp_path, 'embedder = "cl-nagoya/ruri-v3-30m"\nquery_prefix = "検索クエリ: "\npassage_prefix = "検索文書: "\nchunk_tokens = 128\ndense_weight = 1\ncorpus = "elsewhere"\n'))
    assert found == Settings(tmp_path, Path("elsewhere"), "cl-nagoya/ruri-v3-30m", "検索クエリ: ", "検索文書: ", 128, 1)


def test_the_command_line_goes_before_the_file(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, 'corpus = "elsewhere"'), Path("here")).corpus == Path("here")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chunk_token = 128", "chunk_token"),
        ('home = "x"', "home"),
        ('chunk_tokens = "128"', "chunk_tokens"),
        ("chunk_tokens = 128.0", "chunk_tokens"),
        ("chunk_tokens = true", "chunk_tokens"),
        ("chunk_tokens = 31", "32"),
        ("chunk_tokens = 2001", "2000"),
        ("dense_weight = 1.01", "dense_weight"),
        ("dense_weight = -0.1", "dense_weight"),
        ("dense_weight = nan", "dense_weight"),
        ('dense_weight = "0.5"', "dense_weight"),
        ("dense_weight = true", "dense_weight"),
        ("embedder = 5", "embedder"),
        ("query_prefix = []", "query_prefix"),
        ("corpus = 5", "corpus"),
        ("chunk_tokens = ", "settings.toml"),
        ("[embedder]\nname = 'x'", "embedder"),
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_settings(written(tmp_path, text))


@pytest.mark.parametrize("text", ["chunk_tokens = 32", "chunk_tokens = 2000", "dense_weight = 0", "dense_weight = 1.0"])
def test_bounds_themselves_are_allowed(tmp_path: Path, text: str) -> None:
    load_settings(written(tmp_path, text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"settings\.toml"):
        load_settings(tmp_path)


def test_home_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHIRABE_HOME", str(tmp_path))
    assert default_home() == tmp_path and load_settings().home == tmp_path
    monkeypatch.setenv("SHIRABE_HOME", "")
    assert default_home() == Path(".shirabe")
