"""The screen of documents: its routes over a real library and index, and the whole of it in a real browser."""

import time
import zipfile
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from library_fixtures import BigramEmbedder, built_index, count_characters, settings_of

from index.saved_index import SavedIndex
from ingest.library.library import Library
from qa.assistant import Assistant
from qa.extractive import ExtractiveAnswerer
from qa.screens.documents import DocumentsScreen
from qa.screens.intake import drop_private
from qa.screens.own_documents import own_documents, owner_of
from qa.screens.person import COOKIE

TEXT = "札幌市、温水施設を開設します\n\n札幌市は2024年5月1日、市民のための温水施設「ゆきだるま館」を開設すると発表した。利用料金は500円である。\n"
HOSTILE = '<img src=x onerror=alert(1)>\u202e../../"\'.txt'
ANNA, BEN = "anna-" + "a" * 20, "ben-" + "b" * 20


class Labels(BigramEmbedder):
    """As the real one, also labels."""

    def encode_labels(self, texts):
        import numpy as np

        return np.array([self.encode_query(text) for text in texts])


@pytest.fixture
def screen(tmp_path: Path) -> DocumentsScreen:
    index = built_index(tmp_path, Labels())
    searcher = index.searcher()
    made = DocumentsScreen(Assistant(searcher, ExtractiveAnswerer(searcher)), settings_of(tmp_path))
    made.intake.reader._count = count_characters
    return made


def client_of(screen: DocumentsScreen, person: str) -> TestClient:
    application = FastAPI()
    application.include_router(screen.router())
    return TestClient(application, cookies={COOKIE: person}, headers={"X-Shirabe": "1"})


def give(client: TestClient, name: str, data: bytes | str, scope: str = "own") -> dict:
    """Upload a file and wait until it is done; gives the state."""
    from urllib.parse import quote

    assert client.post(f"/documents/files?scope={scope}", content=data if isinstance(data, bytes) else data.encode(), headers={"X-Name": quote(name)}).status_code == 200
    for _ in range(400):
        state = client.get("/documents/state").json()
        if not state["busy"]:
            return state
        time.sleep(0.05)
    raise AssertionError("still busy")


def test_a_file_comes_in_is_listed_found_edited_and_removed(screen: DocumentsScreen) -> None:
    client, assistant = client_of(screen, ANNA), screen.assistant
    before = assistant.searcher
    state = give(client, "案内.txt", TEXT, "shared")
    assert "1文書を登録しました(共有)" in state["jobs"] and "温水施設を開設します" in state["list"]
    assert assistant.searcher is not before and assistant.answerer.searcher is assistant.searcher  # type: ignore[attr-defined]
    info = next(i for i in Library(before.library.path.parent).infos() if i.file == "案内.txt")
    assert any(hit.chunk.document_id == info.id for hit in assistant.searcher.search("ゆきだるま館の利用料金"))
    assert "文書を登録" in state["jobs"] and client.post("/documents/clear").json()["jobs"] == ""
    assert "令和" not in client.post(f"/documents/edit/{info.id}", json={"title": "直した題", "issuer": "北の市", "date": "令和6年5月2日"}).text
    edited = before.library.info(info.id)
    assert edited is not None and (edited.title, edited.issuer, edited.date) == ("直した題", "北の市", "2024-05-02")
    assert client.post(f"/documents/edit/{info.id}", json={"date": "きのう"}).status_code == 400
    assert client.post(f"/documents/remove/{info.id}").status_code == 200 and before.library.info(info.id) is None
    assert not any("ゆきだるま" in hit.chunk.text for hit in assistant.searcher.search("ゆきだるま館の利用料金"))
    assert SavedIndex(before.library, before.embedder, settings_of(before.library.path.parent)).faults() == []


def test_private_documents_show_to_their_browser_alone_and_go_at_the_next_start(screen: DocumentsScreen) -> None:
    anna, ben = client_of(screen, ANNA), client_of(screen, BEN)
    assert "ゆきだるま" not in give(anna, "秘密.txt", TEXT)["jobs"]
    library, searcher = screen.assistant.searcher.library, screen.assistant.searcher
    (mine,) = [i for i in library.infos(("", owner_of(ANNA))) if i.owner]
    assert "秘密.txt" in anna.get("/documents/state").text and "秘密.txt" not in ben.get("/documents/state").text
    assert screen.found(mine.id, ANNA)[0] is not None and screen.found(mine.id, BEN)[0] is None and screen.found(mine.id, "")[0] is None
    for person, is_found in ((ANNA, True), (BEN, False), ("", False)):
        hits = searcher.search("ゆきだるま館の利用料金", 10, own_documents(person))
        assert any(hit.chunk.document_id == mine.id for hit in hits) == is_found
    assert not any(hit.chunk.document_id == mine.id for hit in searcher.search("ゆきだるま館の利用料金"))
    assert ben.post(f"/documents/remove/{mine.id}").status_code == 400 and ben.post(f"/documents/edit/{mine.id}", json={"title": "x"}).status_code == 400
    drop_private(settings_of(library.path.parent))
    assert library.info(mine.id) is None


def test_what_fails_is_named_by_what_can_be_done_and_stops_nothing(screen: DocumentsScreen, tmp_path: Path) -> None:
    client = client_of(screen, ANNA)
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("中/案内.txt", TEXT)
        archive.writestr("中/空.txt", "")
    state = give(client, "束.zip", (tmp_path / "z.zip").read_bytes())
    assert "1文書を登録しました" in state["jobs"] and "空.txt" in state["jobs"] and "登録できなかったファイル 1件" in state["jobs"]
    assert "読めない形式か、壊れています" in give(client, "壊れ.pdf", b"%PDF-1.7 broken")["jobs"]
    assert "同じ内容の資料がすでにあります" in give(client, "もう一度.txt", TEXT)["jobs"]


def test_hostile_names_and_titles_are_text(screen: DocumentsScreen) -> None:
    state = give(client_of(screen, ANNA), HOSTILE, TEXT.replace("温水施設を開設します", "<script>alert(1)</script>を開設します"))
    assert "<script>" not in state["list"] + state["jobs"] and "<img" not in state["list"] + state["jobs"]
    home = screen.assistant.searcher.library.path.parent
    assert all(path.parent == home / "files" for path in (home / "files").iterdir())


def test_a_stopped_file_leaves_nothing(screen: DocumentsScreen) -> None:
    client, generation = client_of(screen, ANNA), screen.assistant.searcher.library.generation
    screen.intake.reader._count = lambda texts: screen.intake.stop(ANNA) or count_characters(texts)  # stopped while it is cut
    assert "止めました" in give(client, "案内.txt", TEXT)["jobs"]
    assert screen.assistant.searcher.library.generation == generation


def test_other_sites_and_browsers_without_cookies_change_nothing(screen: DocumentsScreen) -> None:
    client = client_of(screen, ANNA)
    for headers, cookies in (({"X-Shirabe": ""}, {COOKIE: ANNA}), ({}, {})):
        other = TestClient(client.app, cookies=cookies, headers=headers)
        assert other.post("/documents/files", content=b"x").status_code == 403
        assert other.post("/documents/remove/x").status_code == 403
