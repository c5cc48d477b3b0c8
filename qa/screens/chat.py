"""The chat screen: questions, and answers beside their sources."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import Any

import gradio as gr

from ingest.errors import InputError, ShirabeError
from qa import texts
from qa.answer import Answer
from qa.assistant import Assistant, checked
from qa.composed import ComposedAnswerer
from qa.screens import render
from qa.screens.composing import ComposingScreen, Pending
from qa.screens.filters import Filters
from qa.screens.help import OFFERED, WorkedExamples
from qa.screens.notebook import DRAWER
from qa.screens.own_documents import own_documents, owner_of
from qa.screens.person import person_of
from qa.screens.work import WorkScreen
from qa.work.conversations import Turn

PROPOSED = 3  # recent questions, and as many popular ones, on an empty page
STREAM_PAUSE = 0.08  # seconds between sentences: long enough to see that the answer is being written, too short to wait for
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
ASIDE = QUIET | {"queue": False}  # beside the queue: when two events end in it at one moment (a click that leaves a period box), Gradio loses an answer


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation that a page shows: its id where it is kept, and what a follow-up question is told of it."""

    id: str = ""
    history: tuple[Mapping[str, str], ...] = ()

    def followed_by(self, answer: Answer, kept: Turn | None) -> "Talk":
        """The conversation with one more answer."""
        return Talk(kept.conversation if kept else self.id, (*self.history, {"question": answer.question, "answer": answer.answer}))


class ChatScreen:
    """The chat over one assistant; what is asked is kept as the browser's own work."""

    def __init__(self, assistant: Assistant, work: WorkScreen, composer: ComposedAnswerer | None = None) -> None:
        self.composing = ComposingScreen(assistant, work, composer)
        self.assistant, self.library, self.work = assistant, assistant.searcher.library, work

    def issuers(self, person: str) -> list[str]:
        """The issuers of all documents that a person may see now."""
        owner = owner_of(person)
        return list(dict.fromkeys(info.issuer for info in (self.library.infos(("", owner)) if owner else self.library.infos())))

    def offered(self, request: gr.Request, chosen: list[str]) -> gr.CheckboxGroup:
        """The issuers to choose from, which change as documents come and go; what is chosen and still there stays so."""
        issuers = self.issuers(person_of(request))
        return gr.CheckboxGroup(issuers, value=[issuer for issuer in chosen or [] if issuer in issuers])

    def ask(self, request: gr.Request, question: str, turns: list[str], talk: Talk, way: str, *boxes: Any) -> Iterator[dict]:
        """Answer into the conversation, sentence by sentence; what is wrong is said beside the box, which keeps its text."""
        try:
            question, filters = checked(question), Filters.read(*boxes)
        except InputError as error:
            yield self._failed(turns, question, str(error)) | {self.pending: None}
            return
        waiting = self._turn(turns, Answer(question, "", False, None, ""), "", filters)
        yield self._shown([*turns, waiting]) | {self.box: "", self.pending: None, self.welcome: gr.Column(visible=False)}
        try:
            where = [*filters.conditions(self.issuers(person_of(request))), *own_documents(person_of(request))]
            answer = self.assistant.ask(question, where, history=talk.history)
        except ShirabeError as error:
            yield self._failed(turns, question, str(error))
        except Exception as error:  # the border to a person: whatever it is, they get a sentence and we get the trace
            logging.getLogger("shirabe").exception("ask")
            yield self._failed(turns, question, texts.FAILED.format(kind=type(error).__name__))
        else:
            kept = self.work.keep(person_of(request), talk.id, answer, filters.summary())
            pending = self.composing.pending(way, answer, where, talk.history, filters.summary(), kept)
            if pending and pending.hides_quotes:
                yield {self.turns: [*turns, render.turn(len(turns) + 1, answer, self.library.document, None, filters.summary(), kept)]}
            else:
                yield from self._written(turns, answer, filters, kept)
            yield {self.talk: talk.followed_by(answer, kept), self.pending: pending}

    def compose(self, request: gr.Request, pending: Pending | None, turns: list[str], talk: Talk, shows_unsupported: bool) -> Iterator[dict]:
        """Write the wording of the last answer below it, and put it in its place once it is verified; the answer stays where that fails."""
        if pending is None:
            yield {self.pending: None}  # a generator that yields nothing empties every output
            return
        yield {self.stop: gr.Button(visible=True)}
        try:
            for picture, answer in self.composing.compose(pending, turns, shows_unsupported, request):
                yield self._shown([*turns[:-1], picture])
                if answer:
                    talk = Talk(talk.id, (*talk.history[:-1], {"question": answer.question, "answer": answer.answer}))
                    yield {self.turns: [*turns[:-1], picture], self.talk: talk, self.notice: f'<p class="visually-hidden" role="status">{texts.WORDED}</p>'}
        except Exception:  # the border to a person: the answer that quotes is there, and stays
            logging.getLogger("shirabe").exception("compose")
            yield self._shown(turns)
        yield {self.stop: gr.Button(visible=False), self.pending: None}

    def _written(self, turns: list[str], answer: Answer, filters: Filters, kept: Turn | None) -> Iterator[dict]:
        text = ""
        for piece in render.pieces(answer.answer)[:-1]:
            text += piece
            yield self._shown([*turns, self._turn(turns, answer, text, filters)])
            time.sleep(STREAM_PAUSE)
        turns = [*turns, render.turn(len(turns) + 1, answer, self.library.document, None, filters.summary(), kept)]
        told = "該当する記述は見つかりませんでした" if answer.refused else f"回答を表示しました。出典{len(answer.citations)}件"
        yield self._shown(turns) | {self.turns: turns, self.notice: f'<p class="visually-hidden" role="status">{told}</p>'}

    def _turn(self, turns: list[str], answer: Answer, shown: str | None, filters: Filters) -> str:
        return render.turn(len(turns) + 1, answer, self.library.document, shown, filters.summary())

    def _shown(self, turns: list[str]) -> dict:
        return {self.conversation: "".join(turns), self.notice: ""}

    def _failed(self, turns: list[str], question: str, message: str) -> dict:
        return self._shown(turns) | {self.box: question, self.notice: f'<p class="error" role="alert">{escape(message)}</p>', self.welcome: gr.Column(visible=not turns)}

    def opened(self, request: gr.Request, id_: str) -> dict:
        """An earlier conversation in place of the one that is shown, or a new one where it isn't there."""
        kept = self.work.conversations.turns(person_of(request), id_) if id_ else []
        turns = [render.turn(n, t.answer, self.library.document, None, t.filters, t) for n, t in enumerate(kept, 1)]
        talk = Talk(kept[-1].conversation, tuple(t.as_history() for t in kept)) if kept else Talk()
        return self._shown(turns) | {self.turns: turns, self.talk: talk, self.welcome: gr.Column(visible=not turns), **self._proposed(person_of(request))}

    def restored(self, request: gr.Request, id_: str) -> dict:
        """The conversation that the page showed before it was loaded again. Where there was none the page is left alone: a question may be on its way."""
        person = person_of(request)
        return self.opened(request, id_) if id_ and self.work.conversations.turns(person, id_) else self._proposed(person)

    def anew(self, request: gr.Request) -> dict:
        """An empty page for a new conversation; the old one stays in the list."""
        return self.opened(request, "") | {self.box: ""}

    def chosen(self, request: gr.Request, event: gr.EventData) -> dict:
        """The conversation that was chosen in the list."""
        return self.opened(request, str(event._data.get("id", "")))

    def _proposed(self, person: str) -> dict:
        """Questions that this browser asked last, and those that several have asked."""
        recent = self.work.conversations.recent(person, PROPOSED) if person else []
        popular = [q for q in self.work.conversations.popular(2 * PROPOSED) if q not in recent][:PROPOSED]
        shown: dict = {}
        for group, buttons, questions in ((self.recent_group, self.recent, recent), (self.popular_group, self.popular, popular)):
            shown[group] = gr.Column(visible=bool(questions))
            shown |= {button: gr.Button(question, visible=bool(question)) for button, question in zip_longest(buttons, questions, fillvalue="")}
        return shown

    def narrowed(self, *boxes: Any) -> tuple[Any, str]:
        """The filters' heading with what is active, and what is wrong with them."""
        try:
            summary = Filters.read(*boxes).summary()
        except InputError as error:
            return gr.Accordion(label="絞り込み(期間を見直してください)"), f'<p class="error" role="alert">{escape(str(error))}</p>'
        return gr.Accordion(label=f"絞り込み: {summary}" if summary else "絞り込み"), ""

    def build(self, page: gr.Blocks, tab: gr.Tab, offered: WorkedExamples) -> None:
        """The content of the tab; ``offered`` gives its examples, as soon as they are there."""
        self.turns, self.talk, self.pending = gr.State([]), gr.State(Talk()), gr.State(None)
        current = gr.Textbox(visible=False)  # takes from the script which conversation the page showed before a reload
        drawer = gr.HTML(html_template=DRAWER, js_on_load="Work.talks(trigger)", apply_default_css=False)
        self.conversation = gr.HTML("", apply_default_css=False, elem_id="conversation")
        infos = self.library.infos()
        with gr.Column(elem_id="welcome") as self.welcome:
            gr.HTML(f"<h2>{texts.WELCOME}</h2><p>{texts.PROMISE.format(count=len(infos))}</p>", apply_default_css=False)
            gr.HTML("<h3>質問の例</h3>", apply_default_css=False)
            with gr.Column(elem_id="examples"):
                examples = [gr.Button("", visible=False, variant="secondary", elem_classes="example") for _ in range(OFFERED)]
            self.recent_group, self.recent = self._proposals("最近の質問")
            self.popular_group, self.popular = self._proposals("よく聞かれる質問")
        with gr.Column(elem_id="composer"):
            boxes = self._filters(tab)
            way, shows, self.stop = self.composing.controls()
            self.notice = gr.HTML("", apply_default_css=False, elem_id="notice")
            with gr.Row(elem_id="question-row"):
                self.box = gr.Textbox(placeholder=texts.PLACEHOLDER, label="質問", show_label=False, lines=1, max_lines=6, container=False, autofocus=True, elem_id="question", scale=1)
                send = gr.Button("質問する", variant="primary", elem_id="send", scale=0)
                anew = gr.Button("新しい会話", variant="secondary", elem_id="anew", scale=0)
                gr.Button("会話の履歴", variant="secondary", elem_id="history", scale=0)  # opens the list by the script
        outputs = [self.conversation, self.notice, self.box, self.turns, self.talk, self.welcome]
        asked = [gr.on([self.box.submit, send.click], self.ask, [self.box, self.turns, self.talk, way, *boxes], [*outputs, self.pending], **QUIET)]
        asked += [button.click(self.ask, [button, self.turns, self.talk, way, *boxes], [*outputs, self.pending], **QUIET) for button in (*examples, *self.recent, *self.popular)]
        composing = [event.then(self.compose, [self.pending, self.turns, self.talk, shows], [*outputs, self.pending, self.stop], **QUIET) for event in asked]
        self.stop.click(lambda turns: ("".join(turns), None, gr.Button(visible=False)), self.turns, [self.conversation, self.pending, self.stop], cancels=composing, **ASIDE)
        asked += composing
        proposals = [self.recent_group, self.popular_group, *self.recent, *self.popular]
        anew.click(self.anew, None, [*outputs, *proposals], cancels=asked, **ASIDE)
        drawer.select(self.chosen, None, [*outputs, *proposals], cancels=asked, **ASIDE)
        page.load(offered.buttons, None, examples, **ASIDE)
        page.load(self.restored, current, [*outputs, *proposals], js="() => Work.current()", **ASIDE).then(None, js="() => Work.restored()")

    def _proposals(self, heading: str) -> tuple[gr.Column, list[gr.Button]]:
        """Room for questions under a heading, hidden until there are any."""
        with gr.Column(visible=False, elem_classes="proposals") as group:
            gr.HTML(f"<h3>{heading}</h3>", apply_default_css=False)
            buttons = [gr.Button("", visible=False, variant="secondary", elem_classes="example") for _ in range(PROPOSED)]
        return group, buttons

    def _filters(self, tab: gr.Tab) -> Sequence[gr.components.Component]:
        with gr.Accordion("絞り込み", open=False, elem_id="filters") as heading:
            with gr.Row():
                issuers = gr.CheckboxGroup(self.issuers(""), label="発行者", elem_id="filter-issuer")
                kinds = gr.CheckboxGroup([(name, code) for code, name in texts.KINDS.items()], label="種別", elem_id="filter-kind")
                since = gr.Textbox(label="期間の始まり", placeholder="例: 2018、2018年5月", elem_id="filter-since", max_lines=1)
                until = gr.Textbox(label="期間の終わり", placeholder="例: 2019-12、令和7年5月", elem_id="filter-until", max_lines=1)
            problem = gr.HTML("", apply_default_css=False)
            clear = gr.Button("絞り込みを解除", size="sm", elem_id="filter-clear")
        boxes = [issuers, kinds, since, until]
        gr.on([heading.expand, tab.select], self.offered, issuers, issuers, **ASIDE)  # documents may have come since
        gr.on([issuers.change, kinds.change, since.blur, until.blur, since.submit, until.submit], self.narrowed, boxes, [heading, problem], trigger_mode="always_last", **ASIDE)
        clear.click(lambda: ([], [], "", "", gr.Accordion(label="絞り込み"), ""), None, [*boxes, heading, problem], **ASIDE)
        return boxes
