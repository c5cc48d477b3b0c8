"""What the tests of composed answers share: the default model or a reason to skip, a model that says what it is told, and the real searcher."""

import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from library_fixtures import real_embedder, real_home, settings_of

from index.search import Searcher
from index.wiring import open_searcher
from ingest.errors import ShirabeError
from qa.model.parts import assemble
from qa.model.process import ModelError, refuse_short_memory


@lru_cache(maxsize=1)
def default_model() -> Path | str:
    """The default model's file, fetched if need be, or why it can't be had."""
    try:
        path = assemble(progress=False)
        refuse_short_memory(path.stat().st_size)
    except ShirabeError as error:
        return str(error)
    return path


def model_or_skip() -> Path:
    """The default model's file; a test that can't have it is skipped with the reason."""
    found = default_model()
    if isinstance(found, str):
        pytest.skip(found)
    return found


@lru_cache(maxsize=1)
def real_searcher() -> Searcher:
    """A searcher over the corpus with the real embedder and reader. Tests only read."""
    home = Path(shutil.copytree(real_home(), Path(mkdtemp(prefix="shirabe-model-")) / "home"))
    return open_searcher(settings_of(home), real_embedder())


class Script:
    """A model that writes what it is given, piece by piece; an empty script fails as a dead server does."""

    name = "script"

    def __init__(self, *texts: str) -> None:
        self.texts, self.asked = list(texts), list[str]()

    def stream(self, system: str, user: str, most_tokens: int, seconds: float) -> Iterator[str]:
        """See LanguageModel."""
        self.asked.append(user)
        if not self.texts:
            raise ModelError("言語モデルが答えられませんでした")
        text = self.texts.pop(0)
        yield from (text[at : at + 5] for at in range(0, len(text), 5))
