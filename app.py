"""The screen: a chat with its sources beside it, the list of documents, evaluation, and a page for each document."""

import argparse
import base64
import hashlib
import os
import socket
import sys
import threading
from collections.abc import Sequence
from html import escape
from pathlib import Path

if __name__ == "__main__":
    print("調べを起動しています…", flush=True)  # the imports below take seconds, in which a person would see nothing
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ["OMP_WAIT_POLICY"] = os.environ.get("OMP_WAIT_POLICY", "passive")  # read when torch is imported: threads that spin while they wait take seconds from each other on a busy machine

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from eval.screen.screen import EvaluationScreen
from index.wiring import Bar
from ingest.errors import ShirabeError
from ingest.settings import Settings, load_settings
from qa import texts
from qa.assistant import Assistant
from qa.composed import ComposedAnswerer
from qa.screens import document_page, render
from qa.screens.briefing import BriefingScreen
from qa.screens.chat import ASIDE, ChatScreen
from qa.screens.documents import DocumentsScreen
from qa.screens.guide import guide_router
from qa.screens.help import WorkedExamples
from qa.screens.intake import drop_private
from qa.screens.notebook import NOTEBOOK
from qa.screens.page_picture import PagePictures
from qa.screens.person import PersonCookie, person_of
from qa.screens.work import WorkScreen
from qa.screens.work_routes import work_router
from qa.wiring import open_assistant, open_composer

STATIC = Path(render.__file__).parent / "static"
ICON = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='6' fill='%23234a75'/><text x='16' y='23' font-size='20' text-anchor='middle' fill='white'>調</text></svg>"
FONT = ("Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "sans-serif")


def blocks(assistant: Assistant, work: WorkScreen, briefing: BriefingScreen, evaluation: EvaluationScreen, documents: DocumentsScreen, composer: ComposedAnswerer | None, examples: WorkedExamples) -> gr.Blocks:
    """The whole page: a tab for each screen."""
    with gr.Blocks(title=texts.NAME, fill_width=True, analytics_enabled=False) as page:
        gr.HTML(f'<div class="masthead"><h1 class="name">{texts.NAME_HTML}</h1><p>{texts.TAGLINE}</p></div>', apply_default_css=False, elem_id="masthead")
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            with gr.Tab("質問", id="ask") as tab:
                ChatScreen(assistant, work, composer).build(page, tab, examples)
            with gr.Tab("作業ノート", id="notebook"):
                gr.HTML(NOTEBOOK, apply_default_css=False)
            with gr.Tab("ブリーフィング", id="briefing"):
                briefing.build()
            with gr.Tab("資料", id="documents"):
                gr.HTML(documents.html(), apply_default_css=False)
            with gr.Tab("評価", id="evaluation"):
                evaluation.build(page)
            with gr.Tab("使い方", id="help"):
                shown = gr.HTML(examples.first_page(), apply_default_css=False)
                page.load(examples.page, None, shown, **ASIDE)
    return page


def web_app(assistant: Assistant, composer: ComposedAnswerer | None = None, settings: Settings | None = None, examples: WorkedExamples | None = None) -> FastAPI:
    """The screen and the documents' pages as one ASGI application, which asks nothing of any other host; ``examples`` are asked by the caller."""
    style, script, work_script = ((STATIC / name).read_text(encoding="utf-8") for name in ("app.css", "app.js", "work.js"))
    head = f'<link rel="icon" href="data:image/svg+xml,{escape(ICON)}"><style>{style}</style><script>{script}</script>'
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()  # only this script runs on a document's page
    policy = {"Content-Security-Policy": f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data: 'self'; base-uri 'none'", "X-Content-Type-Options": "nosniff"}
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    application.add_middleware(PersonCookie)
    briefing, evaluation, work = BriefingScreen(assistant), EvaluationScreen(assistant), WorkScreen(assistant)
    documents = DocumentsScreen(assistant, settings, composer)
    application.include_router(evaluation.router())
    application.include_router(documents.router())
    application.include_router(work_router(work))
    application.include_router(guide_router(head, policy))
    pictures = PagePictures(lambda document_id, person: documents.found(document_id, person)[0], lambda name: assistant.searcher.library.source(name))
    application.include_router(pictures.router())

    @application.get("/document/{document_id}", response_class=HTMLResponse)
    def document(request: Request, document_id: str, start: str = "", end: str = "", page: str = "") -> HTMLResponse:
        found, told = documents.found(document_id, person_of(request))
        if found is None:
            return HTMLResponse(document_page.missing_page(head), 404, policy)
        cited, is_wrong = document_page.read_span(found, start, end)
        return HTMLResponse(document_page.document_page(found, cited, is_wrong, head, told, pictures.figure(found, cited, page)), headers=policy)

    theme = gr.themes.Base(font=FONT, font_mono=("monospace",), primary_hue="slate", neutral_hue="slate")
    return gr.mount_gradio_app(application, blocks(assistant, work, briefing, evaluation, documents, composer, examples or WorkedExamples(assistant, are_wanted=False)), "/", head=f"{head}<script>{work_script}</script>{briefing.head()}{evaluation.head()}{documents.head()}", theme=theme, footer_links=[], run_history=False, ssr_mode=False, enable_monitoring=False, show_error=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the screen and serve it until it is stopped; returns the exit status."""
    parser = argparse.ArgumentParser(prog="app.py", description="調べ: ブラウザーの画面を開きます")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7860, help="0 なら空いている番号")
    for folder in ("--home", "--corpus"):
        parser.add_argument(folder, type=Path)
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(options.home, options.corpus)
        listener, assistant = _listen(options.host, options.port), _prepared(settings)
    except ShirabeError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    examples = WorkedExamples(assistant)
    server = uvicorn.Server(uvicorn.Config(web_app(assistant, open_composer(settings, assistant.searcher), settings, examples), log_level="warning"))
    print(f"準備ができました http://{options.host}:{listener.getsockname()[1]}/ (止めるには Ctrl+C)", flush=True)
    warming = Warming(assistant, examples, server)
    warming.start()
    server.run(sockets=[listener])
    return warming.status


class Warming(threading.Thread):
    """What a first question would wait for, done while the page is open: models, dictionaries, and the examples. Where that can't be the server stops with ``status``."""

    def __init__(self, assistant: Assistant, examples: WorkedExamples, server: uvicorn.Server) -> None:
        super().__init__(name="warming", daemon=True)
        self.assistant, self.examples, self.server, self.status = assistant, examples, server, 0

    def run(self) -> None:
        """See the class."""
        try:
            self.assistant.searcher.search("準備", 1)
            print("モデルを読み込みました", flush=True)
            self.examples.ask()
        except ShirabeError as error:
            print(error, file=sys.stderr, flush=True)
            self.status, self.server.should_exit = error.exit_status, True


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise ShirabeError(f"{host}:{port} で待ち受けられません: {error}。すでに起動していないか確かめるか、--port で別の番号を指定してください") from error


def _prepared(settings: Settings) -> Assistant:
    print("資料を読み込んでいます…\n索引を確認しています…", flush=True)
    bar = Bar()
    drop_private(settings)
    assistant = open_assistant(settings, progress=bar, answerer="extractive", is_deferred=True)
    bar.close()
    return assistant


if __name__ == "__main__":
    sys.exit(main())
