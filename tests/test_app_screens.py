"""Pictures of every screen, which the guide shows: remade here, and held against what docs/screens says that the screens show.

``make screenshots`` keeps the new ones. Pixels are not compared (fonts differ between machines), the texts of the layout are.
"""

import json
import os

import pytest
from conftest import served

from tests.screens import FOLDER, SCREENS, TEXTS, pictures

MOST_BYTES = 2_000_000  # of these pictures, which are part of the repository


@pytest.fixture
def site(tmp_path):
    """A screen that no other test has left documents in."""
    yield from served(tmp_path / "home")


@pytest.mark.slow
def test_screens_show_what_their_pictures_show(browser, site, tmp_path):
    keeps = bool(os.environ.get("SHIRABE_KEEP_SCREENSHOTS"))
    folder = FOLDER if keeps else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    texts = {}
    for name, picture, shown in pictures(browser, site.url):
        (folder / f"{name}.png").write_bytes(picture)
        texts[name] = shown
    if keeps:
        TEXTS.write_text(json.dumps(texts, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    known = json.loads(TEXTS.read_text(encoding="utf-8"))
    assert len(texts) == 4 * len(SCREENS)
    for name, shown in texts.items():
        assert shown == known[name], f"{name}: the screen has changed; make screenshots"
    assert sum((FOLDER / f"{name}.png").stat().st_size for name in texts) < MOST_BYTES
