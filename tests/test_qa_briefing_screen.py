"""What the briefing screen's server side believes of a browser: nothing that it can look up or check."""

import base64
import io
import json
import re
from dataclasses import replace

import docx
import pytest

from ingest.errors import InputError
from qa.assistant import Assistant
from qa.briefing.reading import read_briefing
from qa.extractive import ExtractiveAnswerer
from qa.screens.briefing import AT_ONCE, BriefingScreen, Drafts
from tests.briefing_fixtures import drafted, searcher

TOPIC = "韓国自治体のデジタル人材育成の動向"
FORM = ("", "1page", "dearu", [], [], "", "")


def screen() -> BriefingScreen:
    return BriefingScreen(Assistant(searcher(), ExtractiveAnswerer(searcher())))


def with_number(raw: dict) -> dict:
    """A statement that holds a number of at least two figures."""
    return next(s for section in raw["sections"] for s in section["statements"] if re.search(r"\d{2}", s["text"]))


def wrong(text: str) -> str:
    """The sentence with its number changed."""
    return re.sub(r"\d{2}", lambda m: "87" if m.group() != "87" else "65", text, count=1)


def sent(topic: str = TOPIC) -> dict:
    """A briefing as a browser holds it."""
    return json.loads(json.dumps(drafted(topic).to_json()))


def test_what_comes_back_unchanged_is_the_same():
    for topic in (TOPIC, "ソウル市と光州市の産業・雇用政策の比較", "大阪市の観光政策"):
        read = read_briefing(sent(topic), searcher().library.document)
        assert replace(read, comparison=None) == replace(drafted(topic), comparison=None)
        for read_row, row in zip(*(b.comparison.rows if b.comparison else () for b in (read, drafted(topic))), strict=True):
            assert [[(s.text, s.citations) for s in cell] for cell in read_row.cells] == [[(s.text, s.citations) for s in cell] for cell in row.cells]


def test_quotes_titles_and_checks_are_not_believed():
    raw = sent()
    raw["citations"][0] |= {"quote": "うそ", "title": "うそ", "issuer": "うそ"}
    statement = with_number(raw)
    statement["text"] = wrong(statement["text"])
    statement["supported"] = True
    raw["figures"][0]["value"] = "9,999"
    read = read_briefing(raw, searcher().library.document)
    assert "うそ" not in json.dumps(read.to_json(), ensure_ascii=False)
    assert [s.supported for s in read.statements if s.text == statement["text"]] == [False]
    assert len(read.figures) == len(drafted(TOPIC).figures) - 1


@pytest.mark.parametrize("broken", [None, [], {}, {"citations": 3}, "x"])
def test_what_is_no_briefing_is_refused(broken):
    with pytest.raises(InputError):
        read_briefing(broken, searcher().library.document)


@pytest.mark.parametrize("change", [{"start": -1}, {"end": 10**9}, {"document_id": "no-such"}, {"start": 5, "end": 5}])
def test_spans_that_are_not_there_are_refused(change):
    raw = sent()
    raw["citations"][0] |= change
    with pytest.raises(InputError):
        read_briefing(raw, searcher().library.document)


def test_a_draft_is_asked_for_step_by_step_and_can_be_stopped():
    made = screen()
    started, notice = made.begin(f"{TOPIC}\n人材の定着策は何か", *FORM)
    assert notice == ""
    first = made._step(made.drafts.next(started["token"]))
    assert list(first["briefing"]["questions"]) == ["人材の定着策は何か"] and not first["finished"]
    made.drafts.stop(started["token"])
    assert made._step(made.drafts.next(started["token"])) == {"finished": True}


@pytest.mark.parametrize(("form", "said"), [(("", "", "1page", "dearu", [], [], "", ""), "主題"), (("主題", "", "9pages", "dearu", [], [], "", ""), "長さ"), (("主題", "", "1page", "dearu", [], [], "きのう", ""), "期間")])
def test_wrong_forms_are_told(form, said):
    started, notice = screen().begin(*form)
    assert started is None and said in notice


def test_old_drafts_give_way():
    drafts = Drafts()
    tokens = [drafts.add(iter(())) for _ in range(AT_ONCE + 1)]
    assert len(set(tokens)) == AT_ONCE + 1
    assert drafts.next(tokens[0]) is None


def test_edited_sentence_is_checked_against_its_citations():
    made = screen()
    raw = sent()
    statement = with_number(raw)
    cited = [c for c in raw["citations"] if c["n"] in statement["citations"]]
    assert made.check({"text": statement["text"], "citations": cited})["supported"]
    false = made.check({"text": wrong(statement["text"]), "citations": cited})
    assert not false["supported"] and any(not c["found"] and "87" in c["value"] for c in false["checks"])
    assert not made.check({"text": "出典のない文である。", "citations": []})["supported"]


def test_section_is_drafted_again_from_other_sentences():
    made, raw = screen(), sent()
    index = next(i for i, s in enumerate(raw["sections"]) if s["kind"] == "theme")
    known = {s["text"] for section in raw["sections"] for s in section["statements"]}
    shown: list = []
    for _ in range(8):
        found = made._guarded(lambda shown=shown: made.redraft({"briefing": raw, "index": index, "shown": shown}))
        if "problem" in found:
            assert "ほかにありません" in found["problem"]
            return
        texts = {s["text"] for s in found["section"]["statements"]}
        assert texts and not texts & known
        known |= texts
        by_number = {c["n"]: c for c in found["citations"]}
        shown = shown + [[by_number[n]["document_id"], by_number[n]["start"]] for s in found["section"]["statements"] for n in s["citations"]]
    pytest.fail("a section can't be drafted again for ever")


@pytest.mark.parametrize("form", ["docx", "md", "json"])
def test_export_is_checked_again_and_marked(form):
    made, raw = screen(), sent()
    statement = with_number(raw)
    statement |= {"text": wrong(statement["text"]), "edited": True, "supported": True}
    found = made.export({"briefing": raw, "format": form})
    content = base64.b64decode(found["base64"])
    assert found["name"] == f"{TOPIC}.{form}"
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(content)).paragraphs) if form == "docx" else content.decode()
    assert statement["text"] in text
    assert "〔要確認〕" in text if form != "json" else any(not s["supported"] for section in json.loads(text)["sections"] for s in section["statements"])


def test_broken_calls_become_words():
    made = screen()
    assert "problem" in made._guarded(lambda: made.export({"format": "pdf", "briefing": sent()}))
    assert "problem" in made._guarded(lambda: made.check({"text": "x"}))
    assert "problem" in made._guarded(lambda: made.redraft({"briefing": sent(), "index": 99, "shown": []}))
