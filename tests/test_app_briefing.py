"""The briefing screen in a real browser: draft, evidence, edit into a wrong number, draft a section again, order, strike, export."""

import io
import json
import re

import docx
import pytest

pytestmark = pytest.mark.slow
TOPIC = "韓国自治体のデジタル人材育成の動向"


@pytest.fixture
def page(site, browser):
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, locale="ja-JP", accept_downloads=True)
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(site.url)
    opened.get_by_role("tab", name="ブリーフィング").click()
    opened.wait_for_selector(".brief[data-ready=yes]", state="attached")
    yield opened
    assert not errors
    opened.close()


def draft(page, topic: str = TOPIC) -> None:
    page.fill("#briefing-topic textarea", topic)
    page.click("#briefing-begin")
    page.wait_for_selector(".brief-progress:visible", timeout=2000)
    page.wait_for_selector(".brief-progress", state="hidden", timeout=30_000)


def exported(page, form: str) -> bytes:
    with page.expect_download() as download:
        page.click(f"[data-export={form}]")
    assert download.value.suggested_filename == f"{TOPIC}.{form}"
    return download.value.path().read_bytes()


def test_draft_shows_plan_paper_and_evidence(page):
    draft(page)
    assert page.locator(".brief-plan li").count() >= 4
    assert page.locator(".brief-part").all_inner_texts()[:3] == ["要点", "背景", "現状と主な取組"]
    assert page.locator(".brief-sentence").count() >= 8
    assert "すべて確認済" in page.inner_text(".brief-state")
    page.locator(".brief-cite").first.click()
    card = page.locator(".brief-evidence .card")
    card.wait_for()
    assert re.sub(r"\s", "", card.locator("mark").inner_text())[:12] in page.locator(".brief-sentence > p").first.inner_text()
    assert re.match(r"document/\S+\?start=\d+&end=\d+#cited", card.locator("a.whole").get_attribute("href"))


def test_wrong_number_turns_the_badge_and_the_right_one_turns_it_back(page):
    draft(page)
    row = page.locator(".brief-sentence", has=page.get_by_text("数値確認済", exact=True)).filter(has=page.locator("p", has_text=re.compile(r"\d"))).first
    text = row.locator("p").inner_text()
    number = re.search(r"\d+", text)
    assert number
    wrong = f"{text[: number.start()]}{int(number[0]) + 7}{text[number.end() :]}"
    row.locator("p").fill(wrong)
    changed = page.locator(".brief-sentence", has_text=wrong).first
    changed.locator(".brief-badge.warn").wait_for()
    assert "要確認" in changed.locator(".brief-badge").inner_text() and str(int(number[0]) + 7) in changed.locator(".brief-badge").inner_text()
    assert "要確認 1文" in page.inner_text(".brief-state")
    word = docx.Document(io.BytesIO(exported(page, "docx")))
    assert any(f"{wrong}〔要確認〕" in p.text for p in word.paragraphs)
    changed.locator("p").fill(text)
    page.locator(".brief-sentence", has_text=text).first.locator(".brief-badge.good").wait_for()


def test_section_is_drafted_again_moved_struck_and_had_back(page):
    draft(page)
    section = page.locator("[data-section='0']")
    before = section.locator(".brief-sentence > p").all_inner_texts()
    section.get_by_role("button", name="書き直す").click()
    page.wait_for_function("before => [...document.querySelectorAll(\"[data-section='0'] .brief-sentence > p\")].every(p => !before.includes(p.textContent))", arg=before)
    after = page.locator("[data-section='0'] .brief-sentence > p").all_inner_texts()
    assert after and not set(after) & set(before)
    headings = page.locator(".brief-section h4 .brief-editable").all_inner_texts()
    page.get_by_role("button", name=f"「{headings[0]}」を下へ", exact=True).click()
    assert page.locator(".brief-section h4 .brief-editable").all_inner_texts()[:2] == [headings[1], headings[0]]
    page.get_by_role("button", name=f"「{headings[1]}」を削る", exact=True).click()
    assert f") {headings[1]}\n" not in exported(page, "md").decode()
    page.get_by_role("button", name=f"「{headings[1]}」を戻す", exact=True).click()
    assert f") {headings[1]}\n" in exported(page, "md").decode()


def test_exports_hold_what_is_shown_and_a_reload_loses_nothing(page):
    draft(page)
    texts = page.locator(".brief-sentence > p").all_inner_texts()
    raw = json.loads(exported(page, "json"))
    assert [s["text"] for section in raw["sections"] for s in section["statements"]] == texts
    word = "\n".join(p.text for p in docx.Document(io.BytesIO(exported(page, "docx"))).paragraphs)
    assert all(text in word for text in texts)
    page.reload()
    page.get_by_role("tab", name="ブリーフィング").click()
    page.wait_for_selector(".brief-sentence")
    assert page.locator(".brief-sentence > p").all_inner_texts() == texts


def test_impossible_topic_and_empty_topic_are_said(page):
    page.click("#briefing-begin")
    page.locator("#briefing-notice .error", has_text="主題が空").wait_for()
    draft(page, "大阪市の観光政策")
    assert "大阪市" in page.inner_text(".brief-paper") and page.locator(".brief-paper li").count()
    assert not page.locator(".brief-sentence").count()


def test_stop_keeps_what_is_written(page):
    page.fill("#briefing-topic textarea", "ソウル市と光州市の産業・雇用政策の比較")
    page.click("#briefing-begin")
    page.click(".brief-stop", timeout=5000)
    page.wait_for_selector(".brief-progress", state="hidden")
    assert page.locator("#briefing-begin").is_enabled()


def test_narrow_screen_opens_evidence_under_the_sentence(page):
    page.set_viewport_size({"width": 400, "height": 860})
    draft(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".brief-cite").nth(1).click()
    page.locator(".brief-sentence + .brief-evidence .card").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_edit_that_runs_over_the_pages_is_told_until_it_is_short_again(page):
    draft(page)
    page.wait_for_timeout(1500)
    assert page.locator(".brief-over").is_hidden()
    sentence = page.locator(".brief-sentence > p").first
    text = sentence.inner_text()
    sentence.fill(text + "この点は今後も調べる必要がある。" * 60)
    page.locator(".brief-over:visible", has_text="上限1ページ").wait_for(timeout=8000)
    assert "約2ページ" in page.inner_text(".brief-over")
    page.locator(".brief-sentence > p").first.fill(text)
    page.locator(".brief-over").wait_for(state="hidden", timeout=8000)


def test_keyboard_leads_to_the_evidence_and_back_and_stays_where_something_was_struck(page):
    draft(page)
    mark = page.locator(".brief-cite").first
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.brief-evidence .card')")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.badge')")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.brief-cite')")
    strike = page.locator(".brief-sentence .brief-strike").first
    page.locator(".brief-sentence > p").first.focus()
    strike.focus()
    page.keyboard.press("Enter")
    page.locator(".brief-sentence.is-struck").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "文を戻す"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "文を削る"
    again = page.locator("[data-section='0']").get_by_role("button", name=re.compile("別の文で書き直す"))
    again.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.closest?.(\"[data-section='0']\") && !document.querySelector(\"[data-section='0'] button:disabled\")")


def test_the_paper_comes_to_the_top_and_progress_moves_nothing(page):
    draft(page)
    page.wait_for_timeout(300)
    top = page.locator(".brief-tools").bounding_box()["y"]
    assert -2 <= top <= 40
    assert "の資料0件" not in page.inner_text(".brief-paper")
