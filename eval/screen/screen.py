"""The evaluation screen: a table of gold questions, their evaluation beside the chat, what came of it and what changed."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from eval.report import report
from eval.screen import kept, parts
from eval.screen.background import Evaluator
from eval.screen.feedback_gold import candidates, merged
from eval.screen.gold_table import faults_of, filled, questions_of, read_records, sample
from ingest.errors import InputError
from qa.assistant import Assistant
from qa.work.feedback import FeedbackBox
from qa.work.work import Work

STATIC = Path(__file__).parent / "static"
ASIDE: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}  # the queue is the chat's
PAUSE = 1.0  # seconds between looks at an evaluation that is running
LONGEST_NAME = 60
LIST_LENGTH = 50  # evaluations that the list of earlier ones holds
POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'", "X-Content-Type-Options": "nosniff"}
INTRODUCTION = "質問と正解の組を用意すると、検索と回答の質を測れます。ファイルを開くか、下の表に書いてください。"

NO_FEEDBACK = "フィードバックはまだありません。質問の画面で、回答の下の「よい回答」「問題のある回答」を押すと、ここに取り込めます"
NOTHING_NEW = "新しいフィードバックはありません。届いたものは、すべてこの表にあります"


class EvaluationScreen:
    """The screen over one assistant. Its table lives in the browser; an evaluation, of which there is one at a time, on our side."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant, self.evaluator = assistant, Evaluator(assistant)

    def head(self) -> str:
        """The style and the script of the screen, for the head of its page."""
        style, *scripts = ((STATIC / name).read_text(encoding="utf-8") for name in ("evaluation.css", "picker.js", "evaluation.js"))
        return f"<style>{style}</style>" + "".join(f"<script>{script}</script>" for script in scripts)

    def router(self) -> APIRouter:
        """Serves the reports of the evaluations that are kept."""
        router = APIRouter()

        @router.get("/evaluation/{name}", response_class=HTMLResponse)
        def evaluation(name: str) -> HTMLResponse:
            result = kept.one(self.evaluator.home, name)
            if result is None:
                return HTMLResponse("この評価は残っていません。", 404, POLICY)
            return HTMLResponse(report.render(result, kept.runs_before(result, self.evaluator.home)), headers=POLICY)

        return router

    def build(self, blocks: gr.Blocks) -> None:
        """The content of the tab."""
        with gr.Column(elem_id="evaluation"):
            gr.HTML(f'<div class="page-head"><h2>評価</h2><p>{INTRODUCTION}</p></div>', apply_default_css=False, elem_id="evaluation-head")
            gr.HTML(html_template=parts.editor(), js_on_load="Evaluation.start(element, server)", server_functions=self._functions(), apply_default_css=False)
            table = gr.JSON(visible=False)  # takes what the script reads from the table
            self.notice = gr.HTML("", apply_default_css=False, elem_id="evaluation-notice")
            with gr.Row(elem_id="evaluation-actions"):
                self.run = gr.Button("評価する", variant="primary", elem_id="evaluation-run", scale=0)
                self.anyway = gr.Button("このまま評価する", visible=False, elem_id="evaluation-anyway", scale=0)
                self.stop = gr.Button("止める", visible=False, elem_id="evaluation-stop", scale=0)
            self.progress = gr.HTML("", apply_default_css=False, elem_id="evaluation-progress")
            self.results = gr.HTML("", apply_default_css=False, elem_id="evaluation-results")
            self.earlier = gr.HTML("", apply_default_css=False, elem_id="evaluation-earlier")
            self.timer = gr.Timer(PAUSE, active=False)
        shown = [self.notice, self.run, self.anyway, self.stop, self.progress, self.results, self.earlier, self.timer]
        self.run.click(lambda sent: self.begin(sent, strict=True), table, shown, js="() => Evaluation.read()", **ASIDE)
        self.anyway.click(lambda sent: self.begin(sent, strict=False), table, shown, js="() => Evaluation.read()", **ASIDE)
        self.stop.click(self.end, None, shown, **ASIDE)
        gr.on([self.timer.tick, blocks.load], self.look, None, shown, **ASIDE)

    def _functions(self) -> list[Any]:
        """What the table's script asks for; what is wrong comes back as ``problem``, in HTML."""

        def opening(_: Any) -> dict[str, Any]:
            documents = [{"id": i.id, "title": i.title, "source": i.source} for i in self.assistant.searcher.library.infos()]
            return {"documents": documents, "sample": sample()}

        def questions(text: Any) -> dict[str, Any]:
            try:
                return {"records": read_records(str(text))}
            except InputError as error:
                return {"problem": parts.problem(str(error))}

        def document(id_: Any) -> dict[str, Any]:
            found = self.assistant.searcher.library.document(str(id_))
            return {"text": found.text} if found else {"problem": parts.problem("この資料は登録されていません。画面を開き直してください")}

        def feedback(records: Any) -> dict[str, Any]:
            given = FeedbackBox(Work(self.evaluator.home)).all()
            found = merged([r for r in records if isinstance(r, dict)], candidates(given))
            return {"records": found} if found else {"problem": parts.problem(NOTHING_NEW if given else NO_FEEDBACK)}

        return [opening, questions, document, feedback]

    def begin(self, sent: Mapping[str, Any], strict: bool) -> dict[Any, Any]:
        """Start to evaluate the table; with ``strict`` only if the checker finds nothing."""
        try:
            records = filled(sent["records"])
            questions = questions_of(records)
            library = self.assistant.searcher.library
            faults = faults_of(questions, [d for i in library.infos() if (d := library.document(i.id))]) if strict else []
            if not faults:
                name = " ".join(str(sent["name"]).split())[:LONGEST_NAME] or "無題"
                self.evaluator.start(name, list(questions.values()), list(records.values()))
        except InputError as error:
            return {self.notice: parts.problem(str(error)), self.anyway: gr.Button(visible=False)}
        if faults:
            return {self.notice: parts.fault_list(faults), self.anyway: gr.Button(visible=True)}
        return {self.notice: "", self.anyway: gr.Button(visible=False), self.results: "", **self.look()}

    def end(self) -> dict[Any, Any]:
        """Stop the evaluation that is running."""
        self.evaluator.stop()
        return {self.stop: gr.Button(interactive=False)}

    def look(self) -> dict[Any, Any]:
        """Where the evaluation stands; when it has ended, what came of it."""
        state = self.evaluator.state
        busy = state.is_running
        shown = {self.progress: parts.progress(state), self.run: gr.Button(interactive=not busy), self.stop: gr.Button(visible=busy, interactive=not self.evaluator.is_stopping), self.timer: gr.Timer(active=busy)}
        return shown if busy else shown | {self.results: self.found(state.path), self.earlier: parts.earlier(dict(islice(kept.kept(self.evaluator.home), LIST_LENGTH)))}

    def found(self, path: Path | None) -> str:
        """The results in a file of an evaluation as HTML."""
        result = kept.one(self.evaluator.home, path.stem) if path else None
        return parts.evaluated(path.stem, result, kept.runs_before(result, self.evaluator.home)) if path and result else ""
