"""Models that are loaded when first needed: once, by whoever asks, and what goes wrong is told."""

import threading
import time
from pathlib import Path

import pytest
from library_fixtures import BigramEmbedder, built_index, real_embedder, settings_of

from index import wiring
from index.deferred import DeferredEmbedder, DeferredReader, Once
from index.embedder import Embedder
from index.wiring import open_searcher
from ingest.errors import ShirabeError
from ingest.model_folder import _tokenizer, load_tokenizer, model_folder
from ingest.settings import EMBEDDED_EMBEDDER


def test_it_is_loaded_once_while_others_wait() -> None:
    made = []

    def make() -> BigramEmbedder:
        time.sleep(0.05)
        made.append(BigramEmbedder())
        return made[-1]

    once, found = Once(make), []
    threads = [threading.Thread(target=lambda: found.append(once())) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and found == made * 5


def test_a_failure_is_told_to_each_and_tried_again() -> None:
    tried = []

    def make() -> BigramEmbedder:
        tried.append(1)
        if len(tried) < 3:
            raise ShirabeError("まだ")
        return BigramEmbedder()

    reader, embedder = DeferredReader(make), DeferredEmbedder("bigrams", make, BigramEmbedder.dimension)  # type: ignore[arg-type]
    with pytest.raises(ShirabeError, match="まだ"):
        reader.read("問い", [])
    with pytest.raises(ShirabeError, match="まだ"):
        embedder.encode_query("問い")
    assert embedder.encode_query("問い").shape == (64,)


def test_a_model_of_another_dimension_is_refused_with_the_command() -> None:
    with pytest.raises(ShirabeError, match=r"dimension: 32 → 64.*index build"):
        DeferredEmbedder("bigrams", BigramEmbedder, 32).encode_query("問い")
    assert DeferredEmbedder("bigrams", BigramEmbedder, None).dimension == 64


def test_a_searcher_over_a_current_index_opens_without_its_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built_index(tmp_path)
    loaded: list[Embedder] = []

    def load(_: object) -> Embedder:
        loaded.append(BigramEmbedder())
        return loaded[-1]

    monkeypatch.setattr(wiring, "load_embedder", load)
    searcher = open_searcher(settings_of(tmp_path, read_passages=0), is_deferred=True)
    assert loaded == [] and searcher.embedder.dimension == 64 and searcher.reader is None
    assert searcher.search("図書館", 1) and len(loaded) == 1


@pytest.mark.slow
def test_the_tokenizer_that_the_model_lends_is_the_one_in_its_folder() -> None:
    real_embedder().encode_query("切り詰める")
    lent, read = real_embedder().model.tokenizer.backend_tokenizer, _tokenizer(model_folder(EMBEDDED_EMBEDDER), EMBEDDED_EMBEDDER)
    assert load_tokenizer(EMBEDDED_EMBEDDER).to_str() == read.to_str()
    assert (load_tokenizer(EMBEDDED_EMBEDDER).truncation, lent.truncation["max_length"]) == (None, 512)
    for text in ("公共 Wi-Fi を2,672台", "<s> a </s><mask>", "", "  서울  시 "):
        assert load_tokenizer(EMBEDDED_EMBEDDER).encode(text).ids == read.encode(text).ids
