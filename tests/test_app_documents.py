"""The screen of documents and the PDF's own page in a real browser.

``SHIRABE_SCREENS=docs/screens python -m pytest tests/test_app_documents.py`` keeps the pictures that it takes.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from office_fixtures import slides, word, workbook
from pdf_fixtures import FONT, lines, pdf, together
from reportlab.pdfgen.canvas import Canvas
from test_app import ask, no_sideways_scroll, open_tab, opened

SCREENS = os.environ.get("SHIRABE_SCREENS", "")
RELEASE = ["令和6年6月1日", "稚内市", "", "港の見える図書館「灯台文庫」を開館します", "", "　稚内市は令和6年6月1日、港の見える図書館「灯台文庫」を開館する。開館時間は午前9時から午", "後8時までで、利用料は無料である。蔵書は62,400冊で、そのうち児童書は15,800冊である。"]
PAGE = "<html><head><meta charset='shift_jis'><title>釧路市 海の資料館の催し</title></head><body><main><h1>海の資料館の催し</h1><p>釧路市は令和6年7月20日、海の資料館で灯りの催しを開く。入館料は300円である。</p></main></body></html>"


def table(canvas: Canvas) -> None:
    """Visitors by month, without lines."""
    canvas.setFont(FONT, 12)
    rows = [("施設", "2023年度", "2024年度"), ("中央図書館", "131,400人", "128,950人"), ("港南図書館", "48,210人", "49,730人"), ("移動図書館", "9,120人", "9,870人")]
    for n, row in enumerate(rows):
        for x, text in zip((72, 250, 390), row, strict=True):
            canvas.drawString(x, 700 - 22 * n, text)


def eight_files() -> list[dict[str, object]]:
    """Files of eight kinds as a browser gives them, one of them broken."""
    release = pdf(lines(RELEASE, top=770), together(lines(["市内のほかの図書館の来館者数は次のとおりである。"], top=740), table), title="港の見える図書館「灯台文庫」を開館します")
    files = {
        "灯台文庫の開館.pdf": release, "図書館の建て替え.docx": word(), "図書館計画.pptx": slides(), "人口.xlsx": workbook(), "相談件数.csv": "年度,件数\n令和5年度,412\n令和6年度,388\n".encode("cp932"),
        "催し.html": PAGE.encode("cp932"), "お知らせ.md": "# 根室市、花咲線の記念切符を発売します\n\n根室市は2024年8月3日、花咲線の記念切符を発売する。価格は1,200円である。\n".encode(), "届いたときから壊れている議事録.pdf": release[:900],
    }  # fmt: skip
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files.items()]


@pytest.fixture
def page(browser, site) -> Iterator:
    yield from opened(browser, site)


@pytest.fixture
def narrow(browser, site) -> Iterator:
    yield from opened(browser, site, 400, 800)


def shoot(page, name: str) -> None:
    """Keep a picture of the page where that was asked for."""
    if SCREENS:
        Path(SCREENS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(SCREENS) / f"{name}.png"))


def taken_in(page, files: list[dict[str, object]], scope: str = "own") -> None:
    """Give files to the screen of documents and wait until all have ended."""
    open_tab(page, "資料")
    page.check(f'[name="document-scope"][value="{scope}"]')
    page.set_input_files("#document-files", files)
    page.locator(".jobs [data-job-clear]").wait_for(timeout=120_000)


@pytest.mark.slow
def test_eight_files_come_in_and_the_broken_one_is_named(page) -> None:
    open_tab(page, "資料")
    page.locator(".library-table tbody tr").first.wait_for()
    shoot(page, "documents-before")
    before = page.locator(".library-table tbody tr").count()
    page.set_input_files("#document-files", eight_files())
    page.locator(".job.done").first.wait_for(timeout=60_000)
    page.locator(".job progress").first.wait_for()
    shoot(page, "documents-during")
    assert re.search(r"取り込み中: 残り\d件", page.inner_text(".jobs h3"))
    page.locator(".jobs [data-job-clear]").wait_for(timeout=120_000)
    shoot(page, "documents-after")
    assert page.locator(".job.done").count() == 7 and page.locator(".library-table tbody tr").count() == before + 7
    assert "登録できなかったファイル 1件" in page.inner_text(".failures") and "届いたときから壊れている議事録.pdf" in page.inner_text(".failures")
    assert no_sideways_scroll(page)
    open_tab(page, "質問")
    page.locator("#filters button").first.click()
    page.locator("#filter-issuer label", has_text="稚内市").wait_for()
    page.locator("#filter-issuer label", has_text="稚内市").click()
    turn = ask(page, "灯台文庫の蔵書は何冊ですか")
    assert "62,400冊" in turn.inner_text()


@pytest.mark.slow
def test_a_document_is_corrected_and_deleted_after_a_question(page) -> None:
    taken_in(page, eight_files()[6:7])
    row = page.locator(".library-table tr", has_text="お知らせ.md")
    row.get_by_role("button", name="編集").or_(row.locator("[data-document-edit]")).first.click()
    page.fill('#document-edit [name="issuer"]', "根室市役所")
    page.fill('#document-edit [name="date"]', "令和6年8月4日")
    page.click('#document-edit [type="submit"]')
    page.locator("#document-edit").wait_for(state="hidden")
    assert "根室市役所" in row.inner_text() and "2024年8月4日" in row.inner_text()
    row.locator("[data-document-remove]").click()
    assert "根室市、花咲線の記念切符を発売します" in page.inner_text("#document-remove .what")
    shoot(page, "documents-delete")
    page.click("#document-remove [data-close]")
    assert row.count() == 1
    row.locator("[data-document-remove]").click()
    page.click('#document-remove [type="submit"]')
    row.wait_for(state="detached")


@pytest.mark.slow
def test_a_file_that_is_stopped_leaves_nothing(page) -> None:
    open_tab(page, "資料")
    page.locator(".library-table tbody tr").first.wait_for()
    before = page.locator(".library-table tbody tr").count()
    page.set_input_files("#document-files", eight_files()[:3])
    page.locator('[data-job-stop="all"]').click()
    page.locator(".jobs [data-job-clear]").wait_for(timeout=60_000)
    stopped, done = page.locator(".job.stopped").count(), page.locator(".job.done").count()
    assert stopped + done == 3  # a quick machine may have read one or all before
    page.wait_for_function("rows => document.querySelectorAll('.library-table tbody tr').length === rows", arg=before + done)


def cited_page(page, question: str, wanted: str):
    """The document page that the card of an answer opens."""
    turn = ask(page, question)
    assert wanted in turn.inner_text()
    with page.expect_popup() as popup:
        turn.locator(".card .whole").first.click()
    shown = popup.value
    shown.wait_for_load_state()
    return shown


def covers(shown) -> bool:
    """Whether the marks lie on the picture of the page."""
    return shown.evaluate(
        """() => { const i = document.querySelector('.page-sheet img'), r = i.getBoundingClientRect();
        return i.complete && i.naturalWidth > 500 && [...document.querySelectorAll('.page-mark')].every((m) => { const b = m.getBoundingClientRect();
        return b.width > 5 && b.height > 5 && b.left >= r.left - 3 && b.right <= r.right + 3 && b.top >= r.top - 3 && b.bottom <= r.bottom + 3 }) }"""
    )


@pytest.mark.slow
def test_the_pdfs_own_page_stands_beside_the_text_with_the_quote_marked(page) -> None:
    taken_in(page, eight_files()[:1])
    open_tab(page, "質問")
    shown = cited_page(page, "灯台文庫の蔵書は何冊ですか", "62,400冊")
    assert shown.inner_text(".page-picture h2") == "原本 1 / 2ページ" and shown.locator(".page-mark").count() >= 1 and covers(shown)
    shoot(shown, "page-beside-text")
    text, picture = (shown.locator(place).bounding_box() for place in (".document-text", ".page-picture"))
    assert picture["x"] >= text["x"] + text["width"] - 1 and no_sideways_scroll(shown)
    shown.get_by_role("link", name="次のページ").click()
    shown.wait_for_load_state()
    assert shown.inner_text(".page-picture h2") == "原本 2 / 2ページ" and not shown.locator(".page-mark").count() and covers(shown)
    assert shown.url.endswith("#page-2") and shown.locator("#page-2").is_visible()
    shown.close()
    shown = cited_page(page, "中央図書館の2024年度の来館者数は何人ですか", "128,950人")
    assert shown.inner_text(".page-picture h2") == "原本 2 / 2ページ" and shown.locator(".page-mark").count() == 3 and covers(shown)
    shoot(shown, "page-beside-table")
    shown.close()


@pytest.mark.slow
def test_the_page_of_a_private_document_is_for_its_owner_alone(page, browser, site) -> None:
    taken_in(page, eight_files()[:1])
    page.locator(".library-table tr", has_text="灯台文庫の開館.pdf").locator("a").first.wait_for()
    address = f"{site.url.rstrip('/')}/{page.locator('.library-table tr', has_text='灯台文庫の開館.pdf').locator('a').first.get_attribute('href')}/page/1.jpg"
    assert page.request.get(address).headers["content-type"] == "image/jpeg"
    other = browser.new_context()
    assert other.request.get(address).status == 404
    assert page.request.get(address.replace("/page/1.jpg", "/page/9.jpg")).status == 404
    other.close()


@pytest.mark.slow
def test_on_a_phone_the_page_stands_above_the_text(narrow) -> None:
    taken_in(narrow, eight_files()[:1])
    shoot(narrow, "documents-after-narrow")
    open_tab(narrow, "質問")
    shown = cited_page(narrow, "灯台文庫の蔵書は何冊ですか", "62,400冊")
    shoot(shown, "page-beside-text-narrow")
    assert no_sideways_scroll(shown) and covers(shown)
    text, picture = (shown.locator(place).bounding_box() for place in (".document-text", ".page-picture"))
    assert picture["y"] + picture["height"] <= text["y"]
    shown.close()
