"""What a person keeps: conversations, notes and feedback, each browser's apart from the others'."""

import sqlite3
import threading
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest.document import Document, DocumentDate
from ingest.errors import InputError, ShirabeError
from qa import texts
from qa.answer import Answer, Check, Citation, Passage, Sentence
from qa.screens import notebook as notebook_screen
from qa.screens import person
from qa.screens.work import WorkScreen
from qa.screens.work_routes import work_router
from qa.work.conversations import Conversations, from_text, to_text
from qa.work.feedback import FeedbackBox
from qa.work.notebook import Notebook, renumbered
from qa.work.work import Work

TEXT = "甲市は<b>橋</b>を2本かけた。乙市は3本かけた。丙市はまだである。"
DOCUMENT = Document("d-1", "題<i>名</i>", "甲市", "press_release", "ja", DocumentDate("2018-05", "stated"), "a.txt", TEXT)


def find(id_: str) -> Document | None:
    return DOCUMENT if id_ == "d-1" else None


def cited(n: int, quote: str) -> Citation:
    start = TEXT.index(quote)
    return Citation(n, "d-1", DOCUMENT.title, "甲市", "2018-05", "stated", None, "", start, start + len(quote), quote, ("余分",), (start, start + 2))


def answer(question: str = "橋は?", *quotes: str, **changes: object) -> Answer:
    quotes = quotes or ("乙市は3本かけた。",)
    citations = tuple(cited(n, quote) for n, quote in enumerate(quotes, 1))
    passage = Passage(1, "d-1", DOCUMENT.title, "", 0, len(TEXT), TEXT, 1.0, 0.9, 3.0, ("橋",), None, 0.5)
    sentences = tuple(Sentence(quote, (n,), True, (Check("number", "3本", True),)) for n, quote in enumerate(quotes, 1))
    values: dict = {"refused": False, "reason": None, "answerer": "extractive", "sentences": sentences, "citations": citations, "passages": (passage,), "timings_ms": {"total": 3.5}}
    return Answer(question, "".join(f"{c.quote}[{c.n}]" for c in citations), **(values | changes))


@pytest.fixture
def work(tmp_path):
    return Work(tmp_path)


def test_an_answer_comes_back_as_it_was_kept():
    assert from_text(to_text(answer())) == answer()
    assert from_text(to_text(answer()).replace('"refused"', '"of_a_later_version": [1], "refused"')) == answer()


def test_a_conversation_is_kept_in_order_and_is_its_browsers_own(work):
    talks = Conversations(work)
    first = talks.add("mine", "", answer("一問目"), "2018年")
    second = talks.add("mine", first.conversation, answer("二問目"))
    assert first.conversation == second.conversation
    kept = talks.turns("mine", first.conversation)
    assert [(t.answer.question, t.filters) for t in kept] == [("一問目", "2018年"), ("二問目", "")]
    assert kept[0].answer.citations == first.answer.citations
    assert [t.id for t in talks.before("mine", second)] == [first.id]
    assert talks.turns("yours", first.conversation) == []
    assert talks.turn("yours", first.id) is None
    assert talks.found("yours") == []
    stranger = talks.add("yours", first.conversation, answer("割り込み"))
    assert stranger.conversation != first.conversation
    assert len(talks.turns("mine", first.conversation)) == 2


def test_conversations_are_found_by_all_their_words_in_one_turn(work):
    talks = Conversations(work)
    one = talks.add("mine", "", answer("ソウルの公共Wi-Fiは?"))
    talks.add("mine", one.conversation, answer("光州の図書館は?"))
    other = talks.add("mine", "", answer("札幌のIT企業"))
    assert [c.id for c in talks.found("mine")] == [other.conversation, one.conversation]
    assert [(c.id, c.title, c.turns, c.found) for c in talks.found("mine", "図書館 光州")] == [(one.conversation, "ソウルの公共Wi-Fiは?", 2, "光州の図書館は?")]
    assert [c.id for c in talks.found("mine", "wi-fi")] == [one.conversation]
    assert [c.id for c in talks.found("mine", "3本")] == [other.conversation, one.conversation]  # words of answers, in any width
    assert talks.found("mine", "ソウル 図書館") == []
    assert talks.found("mine", "%") == []


def test_a_deleted_conversation_is_gone_and_only_its_owner_can_delete_it(work):
    talks = Conversations(work)
    turn = talks.add("mine", "", answer())
    assert not talks.delete("yours", turn.conversation)
    assert talks.delete("mine", turn.conversation)
    assert talks.found("mine") == [] and talks.recent("mine", 3) == []
    assert work.rows("SELECT count(*) FROM turns") == [(0,)]


def test_popular_is_what_several_asked_and_was_answered(work):
    talks = Conversations(work)
    for who, question, refused in (("a", "皆の質問", False), ("b", "皆の質問", False), ("a", "私の質問", False), ("a", "私の質問", False), ("a", "断られた", True), ("b", "断られた", True)):
        talks.add(who, "", answer(question, refused=refused))
    assert talks.popular(5) == ["皆の質問"]
    assert talks.recent("a", 2) == ["断られた", "私の質問"]


def test_notes_are_taken_ordered_removed_and_restored(work):
    talks, notebook = Conversations(work), Notebook(work)
    turn = talks.add("mine", "", answer("橋は?", "乙市は3本かけた。", "丙市はまだである。"))
    for part in ("", "#2", "~1", "#2"):  # the second time adds nothing
        notebook.take("mine", turn, part, find)
    notes = notebook.notes("mine")
    assert [(n.source, n.kind) for n in notes] == [(turn.id, "answer"), (turn.id + "#2", "quote"), (turn.id + "~1", "quote")]
    assert notes[1].text == "丙市はまだである。"
    assert notes[2].text == TEXT
    notebook.order("mine", [notes[2].id])
    assert [n.id for n in notebook.notes("mine")] == [notes[2].id, notes[0].id, notes[1].id]
    notebook.remove("mine", [notes[0].id])
    assert [n.id for n in notebook.notes("mine")] == [notes[2].id, notes[1].id]
    notebook.restore("mine")
    assert [n.id for n in notebook.notes("mine")] == [notes[2].id, notes[0].id, notes[1].id]
    notebook.remove("mine", source=turn.id)
    notebook.remove("mine")
    notebook.restore("mine")
    assert [n.id for n in notebook.notes("mine")] == [notes[2].id, notes[1].id]  # only what was removed last
    notebook.take("mine", turn, "", find)
    assert notebook.notes("mine")[-1].source == turn.id
    assert notebook.notes("yours") == []
    notebook.remove("yours", [n.id for n in notebook.notes("mine")])
    assert len(notebook.notes("mine")) == 3
    assert notebook.topics("mine") == ["橋は?"]
    talks.delete("mine", turn.conversation)
    assert len(notebook.notes("mine")) == 3


@pytest.mark.parametrize("part", ["#9", "~9", "#x", "' OR 1=1", "#1#1"])
def test_a_place_that_is_not_there_is_told(work, part):
    turn = Conversations(work).add("mine", "", answer())
    with pytest.raises(InputError):
        Notebook(work).take("mine", turn, part, find)


def test_copied_notes_number_their_references_through(work):
    talks, notebook = Conversations(work), Notebook(work)
    notebook.take("mine", talks.add("mine", "", answer("甲?", "乙市は3本かけた。")), "", find)
    notebook.take("mine", talks.add("mine", "", answer("乙?", "丙市はまだである。", "乙市は3本かけた。")), "", find)
    shown, citations = renumbered(notebook.notes("mine"))
    assert [n.text for n in shown] == ["乙市は3本かけた。[1]", "丙市はまだである。[2]乙市は3本かけた。[1]"]
    assert [(c.n, c.quote) for c in citations] == [(1, "乙市は3本かけた。"), (2, "丙市はまだである。")]
    copied = notebook_screen.notes_text(notebook.notes("mine"))
    assert copied.startswith("■ 甲?\n乙市は3本かけた。[1]\n")
    assert copied.endswith("\n".join(["出典", *map(texts.reference_entry, citations)]))


def test_notes_show_markup_as_text_and_say_when_their_document_has_changed(work):
    turn = Conversations(work).add("mine", "", answer("<u>橋</u>?", "甲市は<b>橋</b>を2本かけた。"))
    notebook = Notebook(work)
    for part in ("", "#1"):
        notebook.take("mine", turn, part, find)
    markup = notebook_screen.notes_html(notebook.notes("mine"), find)
    assert "&lt;u&gt;橋" in markup and "<u>" not in markup and "<b>" not in markup and "<i>" not in markup
    assert notebook_screen.CHANGED not in markup
    gone = notebook_screen.notes_html(notebook.notes("mine"), lambda _: None)
    assert gone.count(notebook_screen.CHANGED) == 2
    assert "甲市は&lt;b&gt;" in gone
    listed = notebook_screen.conversations_html(Conversations(work).found("mine"))
    assert "&lt;u&gt;" in listed and "<u>" not in listed
    assert "&lt;b&gt;" in notebook_screen.conversations_html([], "<b>")


def test_feedback_keeps_what_is_needed_and_the_newest_counts(work):
    turn, box = Conversations(work).add("mine", "", answer()), FeedbackBox(work)
    box.give("mine", turn, [], "good")
    box.give("mine", turn, [{"question": "前", "answer": "答"}], "bad", "source", " 別の頁 ", {"embedder": "e"})
    (kept,) = box.all()
    assert (kept.verdict, kept.reason, kept.comment, kept.settings) == ("bad", "source", "別の頁", {"embedder": "e"})
    assert kept.history == ({"question": "前", "answer": "答"},)
    assert (kept.answer.question, kept.answer.citations) == (turn.answer.question, turn.answer.citations)
    assert box.given("mine") == {turn.id: ("bad", "source")} and box.given("yours") == {}
    box.withdraw("yours", turn.id)
    assert box.all()
    box.withdraw("mine", turn.id)
    assert box.all() == []


@pytest.mark.parametrize(("verdict", "reason"), [("bad", ""), ("bad", "<b>"), ("great", ""), ("good", "nope")])
def test_feedback_that_says_nothing_is_refused(work, verdict, reason):
    with pytest.raises(InputError):
        FeedbackBox(work).give("mine", Conversations(work).add("mine", "", answer()), [], verdict, reason)


def test_a_file_that_is_none_is_told_with_the_next_step(tmp_path):
    (tmp_path / "work.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(ShirabeError, match=r"work\.sqlite"):
        Work(tmp_path)
    (tmp_path / "work.sqlite").unlink()
    connection = sqlite3.connect(tmp_path / "work.sqlite")
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(ShirabeError, match="版 9 → 1"):
        Work(tmp_path)


def test_many_at_once_lose_nothing(work):
    talks = Conversations(work)
    start = talks.add("mine", "", answer("0"))
    threads = [threading.Thread(target=lambda n=n: talks.add("mine", start.conversation, answer(str(n)))) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {t.answer.question for t in talks.turns("mine", start.conversation)} == {str(n) for n in range(9)}


@pytest.fixture
def screen(tmp_path) -> WorkScreen:
    library = SimpleNamespace(document=find, path=tmp_path / "library.sqlite", generation=4)
    return WorkScreen(SimpleNamespace(searcher=SimpleNamespace(library=library, dense_weight=0.6, read_passages=6)))  # type: ignore[arg-type]


@pytest.fixture
def client(screen) -> TestClient:
    application = FastAPI()
    application.add_middleware(person.PersonCookie)
    application.include_router(work_router(screen))
    application.add_api_route("/", lambda: "ok")
    return TestClient(application)


def test_each_browser_gets_an_id_that_it_keeps_and_scripts_cannot_read(client):
    given = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in given and "SameSite=Lax" in given
    id_ = client.cookies[person.COOKIE]
    assert client.get("/").headers["set-cookie"].startswith(f"{person.COOKIE}={id_};")
    client.cookies.set(person.COOKIE, "x'; DROP")
    assert person.ID.fullmatch(client.get("/").headers["set-cookie"].split("=")[1].split(";")[0])


def test_routes_keep_one_browsers_work_from_another(client, screen):
    client.get("/")
    mine = client.cookies[person.COOKIE]
    turn = screen.keep(mine, "", answer(), "")
    assert turn is not None
    taken = client.post("/work/notes/take", json={"source": turn.id + "#1"}).json()
    assert taken["noted"] == [turn.id + "#1"] and taken["topics"] == ["橋は?"]
    given = client.post("/work/feedback", json={"turn": turn.id, "verdict": "bad", "reason": "old", "comment": "古い"}).json()
    assert given["feedback"] == {turn.id: ["bad", "old"]}
    assert screen.feedback.all()[0].settings == {"generation": 4, "dense_weight": 0.6, "read_passages": 6}
    assert turn.conversation in client.get("/work/conversations?words=橋").json()["html"]
    client.cookies.clear()
    assert client.get("/work/notes").status_code == 403
    client.get("/")
    assert client.get("/work/notes").json()["noted"] == []
    refused = client.post("/work/notes/take", json={"source": turn.id})
    assert refused.status_code == 400 and "画面を開き直して" in refused.json()["problem"]
    client.post("/work/conversations/delete", json={"id": turn.conversation})
    client.post("/work/notes/clear", json={"sure": True})
    assert screen.conversations.found(mine) and screen.notebook.notes(mine)


def test_forms_of_other_sites_change_nothing(client):
    client.get("/")
    for body in ("sure=true", '{"sure": true}'):
        assert client.post("/work/notes/clear", content=body, headers={"Content-Type": "text/plain"}).status_code == 422
    assert client.post("/work/notes/clear", json={"sure": False}).status_code == 422


def test_without_cookies_or_room_the_answer_is_not_lost(screen, monkeypatch):
    assert screen.keep("", "", answer(), "") is None
    monkeypatch.setattr(screen.conversations, "add", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("disk full")))
    assert screen.keep("mine", "", answer(), "") is None
