"""The screen in a real browser, over the real corpus; and what of it needs no browser."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi.testclient import TestClient

import app
from ingest.document import Document, DocumentDate
from ingest.library.infos import DocumentInfo
from ingest.library.library import Library
from qa import texts
from qa.answer import REFUSAL, Answer, Citation, Passage

QUESTION = "市内バスの公共Wi-Fiは何台ですか"
MARKUP = "zxqv <img src=vbnk onerror=qwzx()> {{zxqv}} ${qwzx()}"


# Without a browser


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    document = Document("d-1", "<script>題</script>", "甲市", "report", "ja", DocumentDate(), "a.txt", "<script>alert(1)</script> 本文")
    info = DocumentInfo("d-1", document.title, "甲市", "report", "ja", None, "unknown", "a.txt", 10, 1)
    library = SimpleNamespace(infos=lambda: [info], document={"d-1": document}.get, info={"d-1": info}.get, older_versions=lambda _: [], path=tmp_path_factory.mktemp("client") / "library.sqlite")
    return TestClient(app.web_app(SimpleNamespace(searcher=SimpleNamespace(infos={}, library=library))))


def test_document_page_escapes_and_runs_only_its_own_script(client):
    response = client.get("/document/d-1?start=26&end=28")
    assert response.status_code == 200
    assert '<mark id="cited">本文</mark>' in response.text
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text
    assert "<title>&lt;script&gt;" in response.text
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


def test_unknown_document_and_wrong_offsets_are_told_kindly(client):
    missing = client.get("/document/nothing")
    assert missing.status_code == 404
    assert texts.NOT_FOUND in missing.text
    wrong = client.get("/document/d-1?start=5&end=<b>")
    assert wrong.status_code == 200
    assert texts.WRONG_SPAN in wrong.text
    assert "<mark" not in wrong.text


def test_taken_port_is_said_in_one_line(client):
    with app._listen("127.0.0.1", 0) as taken:
        done = subprocess.run([sys.executable, "app.py", "--port", str(taken.getsockname()[1])], check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert done.stderr.count("\n") == 1


# In the browser


GRADIOS_OWN = ("AbortError: signal is aborted", "Unexpected error Connection errored out")  # what Gradio says when a page is left while its stream of events ends


def opened(browser, site, width: int = 1366, height: int = 900, **options) -> Iterator:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", **options)
    page = context.new_page()
    page.requested, page.problems = [], []
    context.on("request", lambda request: page.requested.append(request.url))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.goto(site.url)
    page.wait_for_selector("#question textarea")
    yield page
    hosts = {urlsplit(url).netloc for url in page.requested if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {urlsplit(site.url).netloc}
    assert [problem for problem in page.problems if not problem.startswith(GRADIOS_OWN)] == []
    context.close()


@pytest.fixture
def page(browser, site):
    yield from opened(browser, site)


@pytest.fixture
def narrow(browser, site):
    yield from opened(browser, site, 400, 800)


def ask(page, question: str):
    """Ask and wait for the whole answer; returns its turn."""
    number = page.locator(".turn").count() + 1
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    turn = page.locator(f"#turn-{number}[aria-busy=false]")
    turn.wait_for(timeout=60_000)
    return turn


def in_view(page, selector: str) -> bool:
    return page.locator(selector).first.evaluate("e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth }")


def open_tab(page, name: str) -> None:
    """Open a tab, which scrolls into view where the row is too narrow for all."""
    page.get_by_role("tab", name=name).click()


def no_sideways_scroll(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_start_up_tells_what_it_does(site):
    assert all(said in site.started for said in ("起動しています", "資料を読み込んでいます", "索引を確認し", "準備ができました"))


@pytest.mark.slow
def test_page_is_japanese_without_branding(page):
    assert page.title() == "調べ Shirabe"
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert not page.locator("footer:visible").count()
    assert "gradio" not in page.inner_text("body").lower()


@pytest.mark.slow
def test_mark_leads_to_its_card_and_the_card_to_the_document(page):
    turn = ask(page, QUESTION)
    assert page.input_value("#question textarea") == ""
    assert page.locator("#welcome").is_hidden()
    mark = turn.locator("a.cite").first
    number = mark.inner_text().strip("[]")
    mark.focus()
    page.keyboard.press("Enter")
    card = page.locator(f"#turn-1-card-{number}")
    assert "is-led-to" in card.get_attribute("class")
    page.wait_for_function("id => document.activeElement.id === id", arg=f"turn-1-card-{number}")
    assert "7,380" in turn.locator(".sources").inner_text()
    quote = re.sub(r"\s", "", "".join(card.locator("mark").all_inner_texts()))
    with page.expect_popup() as popup:
        card.locator("a.whole").click()
    document = popup.value
    document.wait_for_selector("#cited")
    assert in_view(document, "#cited")
    assert re.sub(r"\s", "", "".join(document.locator("mark").all_inner_texts())) == quote
    start, end = re.search(r"start=(\d+)&end=(\d+)", document.url).groups()
    assert int(start) < int(end)
    card.locator("a.badge").click()
    page.wait_for_function("document.querySelector('#turn-1 a.cite').classList.contains('is-led-to')")


@pytest.mark.slow
def test_back_leads_to_the_open_conversation(page):
    ask(page, QUESTION)
    with page.expect_popup() as popup:
        page.locator("a.whole").first.click()
    popup.value.wait_for_selector("#cited")
    popup.value.evaluate("setTimeout(() => document.querySelector('[data-back]').click(), 50)")  # a click that closes its own page can't be waited for
    page.wait_for_timeout(1500)
    assert popup.value.is_closed() or popup.value.url == page.url
    assert page.locator(".turn").count() == 1


@pytest.mark.slow
def test_turns_stay_until_a_new_conversation(page):
    ask(page, QUESTION)
    turn = ask(page, "札幌市のIT産業国際交流スペースはいつ開設されましたか")
    assert page.locator(".turn").count() == 2
    page.wait_for_timeout(800)
    assert in_view(page, "#turn-2 .question")
    assert turn.locator(".question").inner_text().startswith("札幌市")
    page.click("#anew")
    page.wait_for_selector("#welcome", state="visible")
    assert page.locator(".turn").count() == 0


@pytest.mark.slow
def test_example_is_asked_at_a_click(page):
    example = page.locator("#examples button").first
    example.wait_for(timeout=120_000)  # it is asked while the page is open
    question = example.inner_text()
    example.click()
    page.wait_for_selector("#turn-1[aria-busy=false]")
    assert page.inner_text("#turn-1 .question") == question


@pytest.mark.slow
def test_a_question_of_two_meanings_is_asked_again_at_a_click(page):
    turn = ask(page, "センターの入居期間は?")
    meant = turn.locator("[data-ask]")
    assert meant.count() == 2, turn.inner_text()
    question = meant.nth(1).inner_text()
    meant.nth(1).click()
    page.wait_for_selector("#turn-2[aria-busy=false]")
    assert page.locator("#turn-2 h2.question").inner_text() == question
    assert not page.locator("#turn-2 [data-ask]").count()


@pytest.mark.slow
def test_html_of_a_question_is_text(page):
    page.evaluate("() => { window.qwzx = () => { window.ran = true } }")  # Playwright calls a function that an expression yields
    turn = ask(page, MARKUP)
    assert turn.locator(".question").inner_text() == MARKUP
    assert page.evaluate("window.ran") is None


@pytest.mark.slow
def test_refusal_without_any_document_advises_wider_filters(page):
    page.click("#filters > button")
    page.fill("#filter-since :is(input, textarea)", "2099")
    turn = ask(page, QUESTION)
    assert "refused" in turn.get_attribute("class")
    assert texts.REFUSAL_ADVICE_FILTERED in turn.inner_text()
    assert not turn.locator("a.cite, mark, .card").count()


@pytest.fixture
def scripted(browser, site):
    """A page whose assistant refuses with near passages, fails, or answers in three sentences, as the question says."""
    library = Library(site.home)
    info = library.infos()[0]
    document = library.document(info.id)
    assert document is not None
    passages = tuple(Passage(n, info.id, info.title, "", s.start, s.end, document.text[s.start : s.end], 0.5, 0.8, 0.0) for n, s in enumerate(document.segments[1:6], 1))
    cited = tuple(Citation(p.rank, info.id, info.title, info.issuer, info.date, info.date_basis, None, "", p.start, p.end, p.text) for p in passages[:3])

    def answer(question: str, where: object = (), history: object = ()) -> Answer:
        if question == "故障":
            raise RuntimeError("disk")
        if question == "拒否":
            return Answer(question, REFUSAL, True, "根拠になる文がありません", "extractive", passages=passages)
        return Answer(question, "".join(f"{c.quote}[{c.n}]" for c in cited), False, None, "extractive", citations=cited, passages=passages)

    with app._listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app.web_app(SimpleNamespace(ask=answer, searcher=SimpleNamespace(infos={}, library=library))), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield from opened(browser, SimpleNamespace(url=f"http://127.0.0.1:{listener.getsockname()[1]}/"))
        server.should_exit = True
        thread.join(20)


@pytest.mark.slow
def test_refusal_is_calm_and_near_passages_are_no_sources(scripted):
    turn = ask(scripted, "拒否")
    said = turn.inner_text()
    assert REFUSAL in said
    assert "根拠になる文がありません" in said
    assert texts.NEAR_PASSAGES in said
    assert texts.ONLY_BY_MEANING in said
    assert turn.locator(".card.near").count() == 3
    assert not turn.locator("mark, a.cite, .badge").count()


@pytest.mark.slow
def test_failure_is_told_and_the_question_is_kept(scripted):
    scripted.fill("#question textarea", "故障")
    scripted.press("#question textarea", "Enter")
    scripted.wait_for_selector("#notice .error")
    assert "RuntimeError" in scripted.inner_text("#notice")
    assert scripted.input_value("#question textarea") == "故障"
    assert scripted.locator(".turn").count() == 0


@pytest.mark.slow
def test_answer_is_written_sentence_by_sentence_without_jumping(scripted):
    scripted.evaluate("""() => {
      window.seen = [];
      new MutationObserver(() => {
        const turn = document.querySelector('#turn-1');
        if (turn) seen.push([turn.querySelectorAll('a.cite').length, Math.round(turn.querySelector('.question').getBoundingClientRect().top)]);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    }""")
    turn = ask(scripted, "三文")
    seen = scripted.evaluate("seen")
    numbers = [count for count, _ in seen]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 3 and len({*numbers} - {0}) >= 2  # the browser may draw two steps at once
    tops = [top for count, top in seen if count]
    assert max(tops) - min(tops) <= 1
    assert turn.locator(".card").count() == 3
    assert "出典3件" in scripted.inner_text("#notice")


@pytest.mark.slow
def test_empty_and_gigantic_questions_are_told_in_place(page):
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#notice .error")
    assert "質問が空です" in page.inner_text("#notice")
    page.wait_for_timeout(1000)  # Gradio drops a click while the event before it is ending; no person is as fast
    page.fill("#question textarea", "長" * 50_000)
    page.click("#send")
    page.wait_for_function("document.querySelector('#notice').innerText.includes('長すぎます')")
    assert len(page.input_value("#question textarea")) == 50_000
    assert page.locator(".turn").count() == 0


@pytest.mark.slow
def test_enter_of_an_input_method_does_not_send(page):
    def enter(composing: bool) -> None:
        for event in ("keydown", "keypress", "keyup"):
            page.dispatch_event("#question textarea", event, {"key": "Enter", "isComposing": composing, "bubbles": True})
        page.wait_for_timeout(500)

    page.fill("#question textarea", "にほん")
    enter(composing=True)
    page.press("#question textarea", "Shift+Enter")
    assert page.locator(".turn").count() == 0
    assert page.input_value("#question textarea") == "にほん\n"
    enter(composing=False)
    page.wait_for_selector(".turn")


@pytest.mark.slow
def test_filters_narrow_and_say_so(page):
    page.click("#filters > button")
    page.get_by_label("札幌市").check()
    page.fill("#filter-since :is(input, textarea)", "abc")
    page.press("#filter-since :is(input, textarea)", "Tab")
    page.wait_for_selector("#filters .error")
    page.fill("#question textarea", QUESTION)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#notice .error")
    assert page.input_value("#question textarea") == QUESTION
    page.fill("#filter-since :is(input, textarea)", "平成16年")
    page.press("#filter-since :is(input, textarea)", "Tab")
    page.wait_for_function("document.querySelector('#filters > button').innerText.includes('札幌市 / 2004年から')")
    turn = ask(page, "開設された場所はどこですか")
    assert turn.locator(".filtered").inner_text() == "絞り込み: 札幌市 / 2004年から"
    assert turn.locator(".card").count()
    assert all("札幌市" in meta for meta in turn.locator(".card .meta").all_inner_texts())
    page.click("#filter-clear")
    page.wait_for_function("document.querySelector('#filters > button').innerText.trim() === '絞り込み'")


@pytest.mark.slow
def test_answer_is_copied_with_references(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, QUESTION)
    turn.locator(".copy").click()
    page.locator("#toast", has_text="コピーしました").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(QUESTION)
    assert "[1] CLAIR ソウル事務所「先進事例調査項目」(2025年5月)" in copied


@pytest.mark.slow
def test_list_of_documents_is_filtered_sorted_and_leads_to_them(page):
    page.get_by_role("tab", name="資料", exact=True).click()
    rows = page.locator(".library-table tbody tr:visible")
    page.wait_for_function("document.querySelectorAll('.library-table tbody tr').length > 1")
    total = rows.count()
    page.fill("#library-filter", "札幌")
    assert 0 < rows.count() < total
    assert "件中" in page.inner_text(".library-count")
    page.fill("#library-filter", "")
    for order in ("ascending", "descending"):
        page.get_by_role("button", name="検索単位").click()
        sizes = [int(text.replace(",", "")) for text in page.locator(".library-table td:nth-child(5)").all_inner_texts()]
        assert sizes == sorted(sizes, reverse=order == "descending")
    with page.expect_popup() as popup:
        rows.first.locator("a").click()
    assert popup.value.locator("h1").inner_text() == rows.first.locator("a").inner_text()


@pytest.mark.slow
def test_narrow_screen_is_one_column_without_sideways_scroll(narrow):
    assert no_sideways_scroll(narrow)
    turn = ask(narrow, QUESTION)
    assert no_sideways_scroll(narrow)
    answer, sources = (turn.locator(part).bounding_box() for part in (".exchange", ".sources"))
    assert sources["y"] >= answer["y"] + answer["height"]
    assert abs(sources["x"] - answer["x"]) < 2
    open_tab(narrow, "資料")
    narrow.wait_for_selector(".library-table")
    assert no_sideways_scroll(narrow)
    narrow.goto(narrow.url + "document/" + narrow.locator(".library-table tbody a").last.get_attribute("href").split("/")[-1])
    assert no_sideways_scroll(narrow)


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255]; };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility() || e.matches('script, style, .visually-hidden')) continue;
    const [a, b] = [light(rgba(getComputedStyle(e).color).slice(0, 3)), light(behind(e).slice(0, 3))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(e.className + ': ' + walker.currentNode.data.trim().slice(0, 20) + ' ' + ((a + .05) / (b + .05)).toFixed(2));
  }
  return poor;
}"""


@pytest.mark.slow
def test_refusal_stands_out_too(scripted):
    for scheme in ("light", "dark"):
        scripted.emulate_media(color_scheme=scheme)
        scripted.reload()
        ask(scripted, "拒否")
        assert scripted.evaluate(CONTRAST) == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(browser, site, scheme):
    for page in opened(browser, site, color_scheme=scheme):
        ask(page, QUESTION)
        page.click("#filters > button")
        page.wait_for_timeout(1500)
        assert page.evaluate(CONTRAST) == []
        page.goto(page.locator("a.whole").first.evaluate("e => e.href"))
        assert page.evaluate(CONTRAST) == []
