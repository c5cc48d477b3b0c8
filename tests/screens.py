"""Every screen in a state worth looking at: how to get there, its picture, and the texts that its layout shows."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from test_app import QUESTION, ask, open_tab

FOLDER = Path(__file__).parent.parent / "docs" / "screens"
TEXTS = FOLDER / "texts.json"
WIDTHS, SCHEMES = {"wide": (1366, 860), "narrow": (400, 800)}, ("light", "dark")
COLOURS = 48  # of a picture's palette: enough for text and a few tints
REFUSED = "大阪市の人口は何人ですか"
TOPIC = "韓国自治体のデジタル人材育成の動向"
QUIET = "*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important }"

# What is told of the layout: headings and whatever can be pressed, without what the day, earlier visitors or the machine put there.
SHOWN = """() => [...new Set([...document.querySelectorAll('h1, h2, h3, h4, button, [role=tab], label, summary, legend, .button')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.proposals, .talks, #answer-way, #examples, .card, .document-text, .contents'))
  .map((e) => (e.getAttribute('aria-label') || e.innerText || '').replace(/\\d+/g, '0').replace(/\\s+/g, ' ').trim()).filter(Boolean))].sort()"""


def welcome(page) -> None:
    page.wait_for_selector("#welcome", state="visible")


def answer(page) -> None:
    ask(page, QUESTION)
    page.wait_for_timeout(300)


def refusal(page) -> None:
    ask(page, REFUSED)
    page.wait_for_timeout(300)


def filters(page) -> None:
    page.click("#filters > button")
    page.wait_for_timeout(300)


def conversations(page) -> None:
    ask(page, QUESTION)
    page.click("#history")
    page.locator(".talks li").first.wait_for()


def notebook(page) -> None:
    ask(page, QUESTION)
    for selector in ("#turn-1 .actions .take-note", "#turn-1 .card .take-note"):
        page.locator(selector).first.click()
        page.wait_for_function("s => document.querySelector(s).getAttribute('aria-pressed') === 'true'", arg=selector)
    open_tab(page, "作業ノート")
    page.locator("#notebook .kept").nth(1).wait_for()
    page.locator("#toast").evaluate("e => { e.hidden = true }")


def briefing_form(page) -> None:
    open_tab(page, "ブリーフィング")
    page.wait_for_selector(".brief[data-ready=yes]", state="attached")


def briefing(page) -> None:
    briefing_form(page)
    page.fill("#briefing-topic textarea", TOPIC)
    page.click("#briefing-begin")
    page.wait_for_selector(".brief-progress:visible", timeout=2000)
    page.wait_for_selector(".brief-progress", state="hidden", timeout=60_000)
    page.locator(".brief-cite").first.click()
    page.locator(".brief-evidence .card").wait_for()
    page.locator(".brief-tools").evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 12)")


def documents(page) -> None:
    open_tab(page, "資料")
    page.locator(".library-table tbody tr").first.wait_for()


def document(page) -> None:
    ask(page, QUESTION)
    page.goto(page.locator("a.whole").first.evaluate("e => e.href"))
    page.wait_for_selector("#cited")


def evaluation(page) -> None:
    open_tab(page, "評価")
    page.wait_for_selector(".gold[data-ready]", state="attached")


def usage(page) -> None:
    open_tab(page, "使い方")
    page.locator(".worked").first.wait_for()


SCREENS: dict[str, Callable] = {each.__name__: each for each in (welcome, answer, refusal, filters, conversations, notebook, briefing_form, briefing, documents, document, evaluation, usage)}


def pictures(browser, url: str) -> Iterator[tuple[str, bytes, list[str]]]:
    """Each screen in both widths and both modes: name, picture, texts of the layout."""
    for shape, (width, height) in WIDTHS.items():
        for scheme in SCHEMES:
            for name, reach in SCREENS.items():
                context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", color_scheme=scheme, reduced_motion="reduce")
                page = context.new_page()
                page.goto(url)
                page.wait_for_selector("#question textarea")
                reach(page)
                page.add_style_tag(content=QUIET) if name != "document" else None
                page.evaluate("document.activeElement?.blur()")
                page.wait_for_timeout(400)
                yield f"{name}-{shape}-{scheme}", small(page.screenshot()), page.evaluate(SHOWN)
                context.close()


def small(png: bytes) -> bytes:
    """The picture with a palette, which screens of text need no more than."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def named(text: str) -> list[str]:
    """What a guide puts in 「」."""
    return re.findall(r"「([^「」]+)」", text)
