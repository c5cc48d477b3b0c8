"""The screen: a chat with its sources beside it, the list of documents, evaluation, and a page for each document."""

import argparse
import base64
import hashlib
import logging
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    print("調べを起動しています…", flush=True)  # the imports below take seconds, in which a person would see nothing
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from eval.screen import EvaluationScreen
from index.wiring import Bar
from ingest.errors import InputError, ShirabeError
from ingest.settings import load_settings
from qa import document_page, render, texts
from qa.answer import Answer
from qa.assistant import Assistant, checked
from qa.examples import example_questions
from qa.filters import Filters
from qa.wiring import open_assistant

STATIC = Path(render.__file__).parent / "static"
ICON = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='6' fill='%23234a75'/><text x='16' y='23' font-size='20' text-anchor='middle' fill='white'>調</text></svg>"
STREAM_PAUSE = 0.08  # seconds between sentences: long enough to see that the answer is being written, too short to wait for
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
ASIDE = QUIET | {"queue": False}  # beside the queue: when two events end in it at one moment (a click that leaves a period box), Gradio loses an answer
FONT = ("Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "sans-serif")


class Screen:
    """The Gradio screen over one assistant; a conversation lives in its own browser page."""

    def __init__(self, assistant: Assistant, evaluation: EvaluationScreen) -> None:
        self.assistant, self.library, self.evaluation = assistant, assistant.searcher.library, evaluation
        self.issuers = list(dict.fromkeys(info.issuer for info in self.library.infos()))

    def ask(self, question: str, turns: list[str], *boxes: Any) -> Iterator[dict]:
        """Answer into the conversation, sentence by sentence; what is wrong is said beside the box, which keeps its text."""
        try:
            question, filters = checked(question), Filters.read(*boxes)
        except InputError as error:
            yield self._failed(turns, question, str(error))
            return
        waiting = self._turn(turns, Answer(question, "", False, None, ""), "", filters)
        yield self._shown([*turns, waiting]) | {self.box: "", self.welcome: gr.Column(visible=False)}
        try:
            answer = self.assistant.ask(question, filters.conditions(self.issuers))
        except ShirabeError as error:
            yield self._failed(turns, question, str(error))
        except Exception as error:  # the border to a person: whatever it is, they get a sentence and we get the trace
            logging.getLogger("shirabe").exception("ask")
            yield self._failed(turns, question, texts.FAILED.format(kind=type(error).__name__))
        else:
            yield from self._written(turns, answer, filters)

    def _written(self, turns: list[str], answer: Answer, filters: Filters) -> Iterator[dict]:
        text = ""
        for piece in render.pieces(answer.answer)[:-1]:
            text += piece
            yield self._shown([*turns, self._turn(turns, answer, text, filters)])
            time.sleep(STREAM_PAUSE)
        turns = [*turns, self._turn(turns, answer, None, filters)]
        told = "該当する記述は見つかりませんでした" if answer.refused else f"回答を表示しました。出典{len(answer.citations)}件"
        yield self._shown(turns) | {self.turns: turns, self.notice: f'<p class="visually-hidden" role="status">{told}</p>'}

    def _turn(self, turns: list[str], answer: Answer, shown: str | None, filters: Filters) -> str:
        return render.turn(len(turns) + 1, answer, self.library.document, shown, filters.summary())

    def _shown(self, turns: list[str]) -> dict:
        return {self.conversation: "".join(turns), self.notice: ""}

    def _failed(self, turns: list[str], question: str, message: str) -> dict:
        return self._shown(turns) | {self.box: question, self.notice: f'<p class="error" role="alert">{escape(message)}</p>', self.welcome: gr.Column(visible=not turns)}

    def narrowed(self, *boxes: Any) -> tuple[Any, str]:
        """The filters' heading with what is active, and what is wrong with them."""
        try:
            summary = Filters.read(*boxes).summary()
        except InputError as error:
            return gr.Accordion(label="絞り込み(期間を見直してください)"), f'<p class="error" role="alert">{escape(str(error))}</p>'
        return gr.Accordion(label=f"絞り込み: {summary}" if summary else "絞り込み"), ""

    def blocks(self) -> gr.Blocks:
        """The whole screen."""
        with gr.Blocks(title=texts.NAME, fill_width=True, analytics_enabled=False) as blocks:
            gr.HTML(f'<div class="masthead"><h1 class="name">{texts.NAME_HTML}</h1><p>{texts.TAGLINE}</p></div>', apply_default_css=False, elem_id="masthead")
            with gr.Tabs(elem_id="tabs"):
                with gr.Tab("質問", id="ask"):
                    self._chat()
                with gr.Tab("資料一覧", id="documents"):
                    table = gr.HTML(apply_default_css=False)
                with gr.Tab("評価", id="evaluation"):
                    self.evaluation.build(blocks)
            blocks.load(lambda: document_page.document_table(self.library.infos()), None, table, **ASIDE)
        return blocks

    def _chat(self) -> None:
        self.turns = gr.State([])
        self.conversation = gr.HTML("", apply_default_css=False, elem_id="conversation")
        infos = self.library.infos()
        with gr.Column(elem_id="welcome") as self.welcome:
            gr.HTML(f"<h2>{texts.WELCOME}</h2><p>{texts.PROMISE.format(count=len(infos))}</p><h3>質問の例</h3>", apply_default_css=False)
            with gr.Column(elem_id="examples"):
                questions = example_questions(self.assistant)
                examples = [gr.Button(question, variant="secondary", elem_classes="example") for question in questions]
        with gr.Column(elem_id="composer"):
            boxes = self._filters()
            self.notice = gr.HTML("", apply_default_css=False, elem_id="notice")
            with gr.Row(elem_id="question-row"):
                self.box = gr.Textbox(placeholder=texts.PLACEHOLDER, label="質問", show_label=False, lines=1, max_lines=6, container=False, autofocus=True, elem_id="question", scale=1)
                send = gr.Button("質問する", variant="primary", elem_id="send", scale=0)
                anew = gr.Button("新しい会話", variant="secondary", elem_id="anew", scale=0)
        outputs = [self.conversation, self.notice, self.box, self.turns, self.welcome]
        asked = [gr.on([self.box.submit, send.click], self.ask, [self.box, self.turns, *boxes], outputs, **QUIET)]
        asked += [button.click(self.ask, [button, self.turns, *boxes], outputs, **QUIET) for button in examples]
        anew.click(lambda: ("", "", "", [], gr.Column(visible=True)), None, outputs, cancels=asked, **ASIDE)

    def _filters(self) -> Sequence[gr.components.Component]:
        with gr.Accordion("絞り込み", open=False, elem_id="filters") as heading:
            with gr.Row():
                issuers = gr.CheckboxGroup(self.issuers, label="発行者", elem_id="filter-issuer")
                kinds = gr.CheckboxGroup([(name, code) for code, name in texts.KINDS.items()], label="種別", elem_id="filter-kind")
                since = gr.Textbox(label="期間の始まり", placeholder="例: 2018、2018年5月", elem_id="filter-since", max_lines=1)
                until = gr.Textbox(label="期間の終わり", placeholder="例: 2019-12、令和7年5月", elem_id="filter-until", max_lines=1)
            problem = gr.HTML("", apply_default_css=False)
            clear = gr.Button("絞り込みを解除", size="sm", elem_id="filter-clear")
        boxes = [issuers, kinds, since, until]
        gr.on([issuers.change, kinds.change, since.blur, until.blur, since.submit, until.submit], self.narrowed, boxes, [heading, problem], trigger_mode="always_last", **ASIDE)
        clear.click(lambda: ([], [], "", "", gr.Accordion(label="絞り込み"), ""), None, [*boxes, heading, problem], **ASIDE)
        return boxes


def web_app(assistant: Assistant) -> FastAPI:
    """The screen and the documents' pages as one ASGI application, which asks nothing of any other host."""
    style, script = ((STATIC / name).read_text(encoding="utf-8") for name in ("app.css", "app.js"))
    head = f'<link rel="icon" href="data:image/svg+xml,{escape(ICON)}"><style>{style}</style><script>{script}</script>'
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()  # only this script runs on a document's page
    policy = {"Content-Security-Policy": f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; base-uri 'none'", "X-Content-Type-Options": "nosniff"}
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    evaluation = EvaluationScreen(assistant)
    application.include_router(evaluation.router())

    @application.get("/document/{document_id}", response_class=HTMLResponse)
    def document(document_id: str, start: str = "", end: str = "") -> HTMLResponse:
        found = assistant.searcher.library.document(document_id)
        if found is None:
            return HTMLResponse(document_page.missing_page(head), 404, policy)
        return HTMLResponse(document_page.document_page(found, *document_page.read_span(found, start, end), head), headers=policy)

    theme = gr.themes.Base(font=FONT, font_mono=("monospace",), primary_hue="slate", neutral_hue="slate")
    return gr.mount_gradio_app(application, Screen(assistant, evaluation).blocks(), "/", head=head + evaluation.head(), theme=theme, footer_links=[], run_history=False, ssr_mode=False, enable_monitoring=False, show_error=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the screen and serve it until it is stopped; returns the exit status."""
    parser = argparse.ArgumentParser(prog="app.py", description="調べ: ブラウザーの画面を開きます")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860, help="0 なら空いている番号")
    for folder in ("--home", "--corpus"):
        parser.add_argument(folder, type=Path)
    options = parser.parse_args(arguments)
    try:
        listener, assistant = _listen(options.host, options.port), _prepared(options.home, options.corpus)
    except ShirabeError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    print(f"準備ができました http://{options.host}:{listener.getsockname()[1]}/ (止めるには Ctrl+C)", flush=True)
    uvicorn.Server(uvicorn.Config(web_app(assistant), log_level="warning")).run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise ShirabeError(f"{host}:{port} で待ち受けられません: {error}。すでに起動していないか確かめるか、--port で別の番号を指定してください") from error


def _prepared(home: Path | None, corpus: Path | None) -> Assistant:
    print("資料を読み込んでいます…\n索引を確認しています…", flush=True)
    bar = Bar()
    assistant = open_assistant(load_settings(home, corpus), progress=bar)
    bar.close()
    assistant.searcher.search("準備", 1)  # the first question pays for nothing that can be paid now
    return assistant


if __name__ == "__main__":
    sys.exit(main())
