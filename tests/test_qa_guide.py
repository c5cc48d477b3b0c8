"""The user guide names what the screens have and shows pictures that exist."""

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.screens.guide import GUIDE, guide_html, guide_router

ROOT = Path(__file__).parent.parent
TEXT = GUIDE.read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"「([^「」]+)」", TEXT)))
PICTURES = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
JAPANESE = "ぁ-んァ-ヶー一-龯々"


def said() -> str:
    """Everything that the screens say, without what they quote of each other (「…」)."""
    files = [ROOT / "app.py", ROOT / "qa/texts.py", ROOT / "qa/briefing/form.py", *(ROOT / "qa/screens").rglob("*.*"), *(ROOT / "eval/screen").rglob("*.*")]
    texts = [file.read_text(encoding="utf-8") for file in files if file.suffix in (".py", ".js", ".html") and file.name not in ("help.py", "guide.py")]
    return re.sub(r"「[^」\n]*」", "", "\n".join(texts))


def test_there_is_something_to_check():
    assert len(NAMES) > 30 and len(PICTURES) >= 9


@pytest.mark.parametrize("name", NAMES)
def test_each_name_stands_on_a_screen(name):
    assert re.search(rf"(?<![{JAPANESE}]){re.escape(name)}(?![{JAPANESE}])", said()), f"「{name}」 stands in docs/guide.md, but on no screen"


def test_a_name_that_no_screen_has_would_be_found():
    assert not re.search(rf"(?<![{JAPANESE}])質問を送る(?![{JAPANESE}])", said())


@pytest.mark.parametrize("picture", PICTURES)
def test_each_picture_exists_and_its_screen_is_described(picture):
    assert (GUIDE.parent / picture).is_file()
    assert Path(picture).stem in json.loads((GUIDE.parent / "screens/texts.json").read_text(encoding="utf-8"))


def test_tabs_of_the_guide_are_those_of_the_screen():
    tabs = re.findall(r'gr\.Tab\("([^"]+)"', (ROOT / "app.py").read_text(encoding="utf-8"))
    assert "".join(f"「{tab}」" for tab in tabs) in TEXT


def test_the_page_shows_the_guide_with_its_pictures_and_nothing_else():
    application = FastAPI()
    application.include_router(guide_router("", {"Content-Security-Policy": "default-src 'none'"}))
    client = TestClient(application)
    page = client.get("/guide")
    assert page.status_code == 200 and page.headers["content-security-policy"]
    shown = re.findall(r'<img [^>]*src="([^"]+)"', page.text)
    assert shown == PICTURES
    assert client.get(f"/{shown[0]}").headers["content-type"] == "image/png"
    for wrong in ("/screens/texts.json", "/screens/..%2Fdecisions.md", "/screens/none-wide-light.png"):
        assert client.get(wrong).status_code == 404
    assert ".md" not in re.sub(r"<p>.*?docs.*?</p>", "", guide_html())
