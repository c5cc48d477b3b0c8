"""The help page: how to ask and how to read an answer, shown on five examples that the assistant has really answered."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from qa.answer import Answer
from qa.assistant import Assistant
from qa.screens import render
from qa.screens.examples import example_answers

OFFERED = 5  # example questions in the chat
LOOKS = 0.1  # seconds between a waiting page's looks
FAR_YEAR = "2099年の"  # no document tells of it yet
FOLLOW_UPS = ("その問い合わせ先はどこですか?", "それはいつですか?", "そこには何がありますか?")
GUIDE = """<div class="page-head"><h2>使い方</h2><p>調べは、登録された資料の中だけから答えを探し、文ごとに根拠の箇所を示します。資料にないことは、ないとお答えします。<a href="guide" target="_blank" rel="noopener">写真の付いた手引き</a></p></div>
<div class="help-grid"><section><h3>質問する</h3><ul><li>知りたいことを文で書き、<kbd>Enter</kbd>で送ります。<kbd>Shift</kbd>+<kbd>Enter</kbd>で改行します。</li><li>都市名・年・事業名など、固有の語があると早く見つかります。</li><li>「マゴク 公共支援センター 面積」のように、語を並べるだけでもかまいません。</li><li>「それはいつですか」のように、前の質問に続けて尋ねられます。</li><li>「絞り込み」で、発行者・種別・期間を限れます。</li></ul></section>
<section><h3>回答を確かめる</h3><ul><li>文末の番号を押すと、右の出典に移ります。色の付いた部分が根拠です。</li><li>「文書全体で見る」で、原文の前後を読めます。</li><li>「数値確認済」は、回答の数値が出典に文字どおりあることを示します。「要確認」が出たら、必ず原文をご覧ください。</li><li>点線の下線は、原文に文字認識の誤りが疑われる箇所です。</li></ul></section>
<section><h3>仕事に使う</h3><ul><li>「ノートに取る」で、回答や出典の箇所を作業ノートに集められます。</li><li>作業ノートでは並べ替え、出典を付けたコピー、ブリーフィングへの受け渡しができます。</li><li>「会話の履歴」から、以前の会話を語で探して開けます。</li><li>回答の下の親指で評価を残せます。評価は質問集の候補になります。</li></ul></section></div>"""


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what it shows, what to look at, and the real answer; ``before`` is the question that it follows."""

    title: str
    hint: str
    answer: Answer
    before: str = ""


class WorkedExamples:
    """The examples of the chat and of this page: asked while the screen is open already, and shown to who came earlier as soon as they are there."""

    def __init__(self, assistant: Assistant, are_wanted: bool = True) -> None:
        self._assistant = assistant
        self._questions: list[str] = []
        self._page = help_html((), assistant.searcher.library.document)
        self._are_asked, self._is_whole = threading.Event(), threading.Event()
        if not are_wanted:
            self._leave()

    def ask(self) -> None:
        """Ask them, which takes seconds; a page doesn't wait for what failed."""
        try:
            answers = example_answers(self._assistant, OFFERED)
            self._questions = [answer.question for answer in answers]
            self._are_asked.set()
            self._page = help_html(worked_examples(self._assistant, answers), self._assistant.searcher.library.document)
        finally:
            self._leave()

    def _leave(self) -> None:
        self._are_asked.set()
        self._is_whole.set()

    async def buttons(self) -> list[gr.Button]:
        """The chat's buttons with the questions, once they are known."""
        await _until(self._are_asked)
        return [gr.Button(question, visible=bool(question)) for question in (self._questions + [""] * OFFERED)[:OFFERED]]

    async def page(self) -> str:
        """This page with its examples, once they are there."""
        await _until(self._is_whole)
        return self._page

    def first_page(self) -> str:
        """This page as it is now."""
        return self._page


async def _until(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(LOOKS)


def worked_examples(assistant: Assistant, answers: Sequence[Answer]) -> list[Example]:
    """Up to five examples from answers to questions that the documents offer; a kind that these documents don't give is left out."""
    found: list[Example] = []
    kinds: tuple[tuple[str, str, Callable[[Answer], bool]], ...] = (
        ("数値を尋ねる", "表の値は、見出しと単位を補って文になります。出典では、その値に下線が付きます。", lambda a: any("\t" in c.quote for c in a.citations)),
        ("事実や連絡先を尋ねる", "資料の文をそのまま引き、どこに書かれているかを番号で示します。", lambda a: re.search("いつ|どこ", a.question) is not None),
        ("概要を尋ねる", "いくつかの文を選んで並べます。文ごとに出典が違うことがあります。", lambda a: "\t" not in a.citations[0].quote),
    )
    for title, hint, fits in kinds:
        used = [example.answer for example in found]
        answer = next((a for a in answers if a not in used and fits(a)), None)
        found += [Example(title, hint, answer)] if answer else []
    follow_up = next(_follow_ups(assistant, answers), None)
    refusal = next(_refusals(assistant, answers), None)
    return found + [example for example in (follow_up, refusal) if example]


def _follow_ups(assistant: Assistant, answers: Sequence[Answer]) -> Iterator[Example]:
    for before in answers:
        for question in FOLLOW_UPS:
            answer = assistant.ask(question, history=[{"question": before.question, "answer": before.answer}])
            if not answer.refused and {c.document_id for c in answer.citations} & {c.document_id for c in before.citations} and answer.answer != before.answer:
                yield Example("続けて尋ねる", "前の質問を受けた言い方でも、何のことかを補ってお調べします。", answer, before.question)


def _refusals(assistant: Assistant, answers: Sequence[Answer]) -> Iterator[Example]:
    for known in answers:
        answer = assistant.ask(FAR_YEAR + known.question)
        if answer.refused:
            yield Example("資料にないことを尋ねる", "推測で答えず、見つからないことと理由をお伝えします。近い資料は参考として示します。", answer)


def help_html(examples: Sequence[Example], find: render.Lookup) -> str:
    """The page."""
    shown = "".join(_shown(n, example, find) for n, example in enumerate(examples, 1))
    heading = f'<h3 class="help-examples">{len(examples)}つの例</h3><p class="note">登録されている資料に、起動時に実際に尋ねた結果です。</p>' if examples else ""
    return f'<div class="help">{GUIDE}{heading}{shown}</div>'


def _shown(number: int, example: Example, find: render.Lookup) -> str:
    answer, name = example.answer, f"help-{number}"
    before = f'<p class="read-as">前の質問: {escape(example.before)}</p>' if example.before else ""
    reason = f'<p class="reason">理由: {escape(answer.reason.rstrip("。"))}。</p>' if answer.refused and answer.reason else ""
    cards = render.evidence_cards(answer.citations, find, name)
    text = render.answer_html(answer.answer, {c.n for c in answer.citations}, name)
    return (
        f'<section class="worked{" refused" if answer.refused else ""}" aria-labelledby="{name}-title"><div><h4 id="{name}-title"><span>例{number}</span> {example.title}</h4><p class="hint">{example.hint}</p>'
        f'<p class="question">{escape(answer.question)}</p>{before}<div class="answer">{text}</div>{reason}'
        f'<button type="button" class="button small" data-ask="{escape(example.before or answer.question)}">この質問を入力する</button></div><div>{cards}</div></section>'
    )
