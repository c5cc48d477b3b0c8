"""The evaluation screen in a real browser, over the real corpus."""

import json
import re
from pathlib import Path

import pytest
from library_fixtures import ROOT
from test_app import CONTRAST, no_sideways_scroll, open_tab, opened

from eval.gold import read_questions
from eval.screen.gold_table import sample
from ingest.library.library import Library

MARKUP = "<img src=x onerror='window.ran = true'>{{x}}${1}"
LONG = ROOT / "eval" / "gold" / "report.jsonl"
WAIT = 120_000  # milliseconds, on a busy machine


@pytest.fixture
def page(browser, site):
    for page in opened(browser, site):
        shown(page)
        yield page


@pytest.fixture
def narrow(browser, site):
    for page in opened(browser, site, 400, 800):
        shown(page)
        yield page


def shown(page) -> None:
    """Open the tab."""
    open_tab(page, "評価")
    page.wait_for_selector(".gold[data-ready]", state="attached")


def upload(page, content: str | bytes | Path, name: str = "見本.jsonl") -> None:
    """Choose a file with this content."""
    given = str(content) if isinstance(content, Path) else {"name": name, "mimeType": "application/jsonl", "buffer": content.encode() if isinstance(content, str) else content}
    page.set_input_files(".gold-file input", given)


def evaluate(page) -> None:
    """Evaluate what stands in the table, and wait for the results; those of an earlier evaluation may be shown before."""
    report = "document.querySelector('.evaluated a.report')?.href ?? ''"
    before = page.evaluate(report)
    page.click("#evaluation-run", timeout=WAIT)
    page.wait_for_function(f"before => ![before, ''].includes({report})", arg=before, timeout=WAIT)


def rows(page):
    """The rows of the table."""
    return page.locator(".gold-table tbody tr")


def saved(page, folder: Path) -> Path:
    """The table as the file that the browser saves."""
    with page.expect_download() as download:
        page.click(".gold-save")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


@pytest.mark.slow
def test_a_file_is_evaluated_and_the_next_run_is_compared_with_it(page, tmp_path):
    upload(page, sample(), "比較.jsonl")
    page.wait_for_function("document.querySelectorAll('.gold-table tbody tr').length === 5")
    evaluate(page)
    result = page.locator(".evaluated")
    assert "「比較」の結果" in result.inner_text()
    assert "初めてです" in result.inner_text()
    assert result.locator("svg desc").count() == 1
    assert re.search(r"\d+\.\d%\(", result.locator(".points").inner_text()), "a figure with its interval"
    page.reload()
    shown(page)
    assert page.input_value(".gold-name input") == "比較"
    evaluate(page)
    assert "偶然と区別できる差はありません" in page.inner_text(".evaluated")
    page.click(".compared summary")
    assert "変わりません" in page.inner_text(".compared")
    assert "p = 1.000" in page.inner_text(".compared")
    with page.expect_download() as download:
        page.click(".evaluated a.report")
    download.value.save_as(tmp_path / "report.html")
    assert "前回との比較" in (tmp_path / "report.html").read_text(encoding="utf-8")
    page.click(".earlier summary")
    assert page.locator(".earlier tbody tr").count() >= 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (sample() + "{\n", "6行目: JSON として読めません"),
        (sample().replace('"answerable": true', '"answerable": "yes"', 1), "1行目: answerable"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "UTF-8"),
        ("質問".encode("shift_jis"), "UTF-8"),
        ("", "質問がありません"),
        ('{"id": "a", "question": "a"}\n' * 1001, "多すぎます"),
        (b"a" * 21_000_000, "大きすぎます"),
    ],
)
def test_a_file_with_faults_is_explained_and_the_table_stays(page, content, said):
    page.fill("[name=question]", "消えてはいけない質問")
    upload(page, content)
    page.wait_for_selector(".gold-problem .error", timeout=WAIT)
    assert said in page.inner_text(".gold-problem")
    assert page.input_value("[name=question]") == "消えてはいけない質問"
    assert rows(page).count() == 1


@pytest.mark.slow
def test_a_question_is_written_with_the_keyboard_alone(page, site, tmp_path):
    page.focus("[name=question]")
    page.keyboard.type("市内バスは何台ですか")
    for word in ("", "", "", "7,380"):
        page.keyboard.press("Tab")
        page.keyboard.type(word)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # chooses evidence
    page.wait_for_selector(".picker[open] .picker-text")
    page.wait_for_function("document.querySelector('.picker-text').value.length > 100")
    page.focus(".picker-text")
    page.keyboard.press("Control+Home")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.click(".picker-take")
    page.wait_for_selector(".gold-evidence li")
    assert page.evaluate("document.activeElement.className") == "gold-pick"
    question = json.loads(saved(page, tmp_path).read_text(encoding="utf-8"))
    (piece,) = question["evidence"]
    document = Library(site.home).document(piece["doc"])
    assert document is not None
    assert piece["quote"] in document.text
    assert len(piece["quote"]) > 10
    assert question["must"] == ["7,380"]
    page.click("#evaluation-run")
    page.wait_for_selector("#evaluation-notice .error")
    assert "第1問" in page.inner_text("#evaluation-notice")
    assert "「必ず含む語」が根拠の中にありません: 7,380" in page.inner_text("#evaluation-notice")
    page.click("#evaluation-notice a")
    assert page.evaluate("document.activeElement.name") == "question"
    page.click("#evaluation-anyway")
    page.wait_for_selector(".evaluated", timeout=WAIT)


@pytest.mark.slow
def test_evidence_is_found_and_taken_exactly_as_it_stands(page, site, tmp_path):
    document = next(d for i in Library(site.home).infos() if i.source.startswith("004") and (d := Library(site.home).document(i.id)))
    page.fill("[name=question]", "表の根拠")
    page.click(".gold-pick")
    page.select_option(".picker [name=document]", document.id)
    page.wait_for_function("n => [...document.querySelector('.picker-text').value].length === n", arg=len(document.text))
    page.click(".picker-take")
    assert "選択してから" in page.inner_text(".picker-said")
    page.fill(".picker [name=words]", "2,134")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.picker-text').selectionEnd > 0")
    line = page.evaluate("""() => {
      const area = document.querySelector('.picker-text');
      const start = area.value.lastIndexOf('\\n', area.selectionStart) + 1;
      const end = area.value.indexOf('\\n', start);
      area.setSelectionRange(start, end);
      return area.scrollTop > 0 ? area.value.slice(start, end) : '';
    }""")
    assert "\t" in line
    page.click(".picker-take")
    page.wait_for_selector(".gold-evidence li")
    (question,) = read_questions(saved(page, tmp_path))
    assert question.evidence[0].quote == line.strip()
    assert line.strip() in document.text
    page.click(".gold-drop")
    assert page.locator(".gold-evidence li").count() == 0


@pytest.mark.slow
def test_what_is_saved_is_what_was_read(page, tmp_path):
    upload(page, LONG)
    page.wait_for_function("document.querySelectorAll('.gold-table tbody tr').length > 100")
    path = saved(page, tmp_path)
    assert path.name == "report.jsonl"
    assert read_questions(path) == read_questions(LONG)


@pytest.mark.slow
def test_removing_can_be_undone_and_a_reload_loses_nothing(page):
    upload(page, sample())
    page.wait_for_function("document.querySelectorAll('.gold-table tbody tr').length === 5")
    second = page.locator("[name=question]").nth(1).input_value()
    page.click("[aria-label='第2問を消す']")
    assert rows(page).count() == 4
    page.click(".gold-clear")
    assert rows(page).count() == 1
    page.click(".gold-undo")
    assert rows(page).count() == 4
    upload(page, sample())
    page.wait_for_function("document.querySelectorAll('.gold-table tbody tr').length === 5")
    page.locator("[name=question]").first.fill(MARKUP)
    page.locator("[name=question]").first.press("Tab")
    page.reload()
    shown(page)
    assert page.locator("[name=question]").first.input_value() == MARKUP
    assert page.locator("[name=question]").nth(1).input_value() == second


@pytest.mark.slow
def test_the_chat_answers_during_an_evaluation_that_is_then_stopped(page):
    upload(page, LONG)
    page.wait_for_function("document.querySelectorAll('.gold-table tbody tr').length > 100")
    page.click("#evaluation-run")
    page.wait_for_selector("#evaluation-progress progress", timeout=WAIT)
    page.get_by_role("tab", name="質問").click()
    page.fill("#question textarea", "市内バスの公共Wi-Fiは何台ですか")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#turn-1[aria-busy=false]", timeout=WAIT)
    assert "7,380" in page.inner_text("#turn-1")
    open_tab(page, "評価")
    assert page.is_disabled("#evaluation-run"), "the evaluation is still running"
    page.wait_for_function("Number(document.querySelector('#evaluation-progress progress')?.value) > 0", timeout=WAIT)
    page.click("#evaluation-stop")
    page.wait_for_selector("#evaluation-progress .error", timeout=WAIT)
    assert "止めました" in page.inner_text("#evaluation-progress")
    assert page.is_enabled("#evaluation-run")


@pytest.mark.slow
def test_html_of_a_question_is_text_everywhere(page):
    upload(page, json.dumps({"id": MARKUP, "question": f"{MARKUP}は何ですか", "evidence": [{"doc": "003", "quote": MARKUP}], "must": [MARKUP]}), "x.jsonl")
    page.wait_for_selector(".gold-evidence li")
    page.fill(".gold-name input", MARKUP)
    page.click("#evaluation-run")
    page.wait_for_selector("#evaluation-notice .error")
    page.click("#evaluation-anyway")
    page.wait_for_selector(".evaluated", timeout=WAIT)
    page.click(".evaluated .failures summary")
    assert page.locator(".failure h5").first.inner_text() == f"{MARKUP}は何ですか"
    assert page.evaluate("window.ran") is None


@pytest.mark.slow
def test_narrow_screen_needs_no_sideways_scroll(narrow):
    assert no_sideways_scroll(narrow)
    upload(narrow, sample())
    narrow.wait_for_selector(".gold-evidence li")
    assert no_sideways_scroll(narrow)
    narrow.locator(".gold-pick").first.click()
    assert no_sideways_scroll(narrow)
    narrow.click(".picker-close")
    evaluate(narrow)
    for summary in narrow.locator(".evaluated summary").all():
        summary.click()
    assert no_sideways_scroll(narrow)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_and_every_control_has_a_name(browser, site, scheme):
    for page in opened(browser, site, color_scheme=scheme):
        shown(page)
        upload(page, sample())
        page.wait_for_selector(".gold-evidence li")
        evaluate(page)
        for summary in page.locator("#evaluation summary").all():
            summary.click()
        page.wait_for_timeout(600)  # the button that can be pressed again fades in
        assert page.evaluate(CONTRAST) == []
        page.locator(".gold-pick").first.click()
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate("[...document.querySelectorAll('.gold :is(input, select, textarea, button)')].filter((e) => !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).map((e) => e.outerHTML)") == []
