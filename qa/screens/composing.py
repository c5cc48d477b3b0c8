"""Below an answer that quotes: the language model's wording as it is written, which takes its place once it is verified."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from index.where import Condition
from qa import texts
from qa.answer import Answer
from qa.assistant import Assistant, over
from qa.composed import ComposedAnswerer, pays
from qa.screens import render
from qa.screens.person import person_of
from qa.screens.work import WorkScreen
from qa.work.conversations import Turn

AUTO, QUOTES, BOTH, WORDED = "自動", "抜粋だけ", "抜粋のあと言語モデルの文", "言語モデルの文だけ"
WAYS = (AUTO, QUOTES, BOTH, WORDED)
REDRAW = 0.3  # seconds between pictures of a draft: it grows by some ten words a second


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer that quotes, for which a wording is to be written."""

    answer: Answer
    where: tuple[Condition, ...]
    history: tuple[Mapping[str, str], ...]
    filters: str
    kept: Turn | None
    hides_quotes: bool


class ComposingScreen:
    """The switch, the stop button and the writing; ``composer`` is None where no language model is set."""

    def __init__(self, assistant: Assistant, work: WorkScreen, composer: ComposedAnswerer | None) -> None:
        self.work, self.find, self.composer = work, assistant.searcher.library.document, composer
        self.assistant = assistant

    def controls(self) -> tuple[gr.Radio, gr.Checkbox, gr.Button]:
        """The switch between the ways to answer, whether sentences without support are shown, and the button that stops."""
        can = self.composer is not None
        with gr.Accordion("答え方", open=False, visible=can, elem_id="answer-way"):
            way = gr.Radio(WAYS, value=AUTO if can else QUOTES, label="言語モデルの使い方", elem_id="way")
            shows = gr.Checkbox(False, label="根拠なしの文も取り消し線で示す", elem_id="shows-unsupported")
        stop = gr.Button("作成を止める", size="sm", visible=False, elem_id="stop-composing")
        return way, shows, stop

    def pending(self, way: str, answer: Answer, where: Sequence[Condition], history: Sequence[Mapping[str, str]], filters: str, kept: Turn | None) -> Pending | None:
        """What is to be worded after this answer; None for a refusal and where the way to answer is to quote."""
        if self.composer is None or answer.refused or way == QUOTES or (way == AUTO and not pays(answer.question)):
            return None
        return Pending(answer, tuple(where), tuple(history), filters, kept, way == WORDED)

    def compose(self, pending: Pending, turns: Sequence[str], shows_unsupported: bool, request: gr.Request) -> Iterator[tuple[str, Answer | None]]:
        """Pictures of the last turn while its wording is written, and last the one that stays with the new answer, None where the old one stands."""
        assert self.composer is not None
        searcher = self.assistant.searcher  # the newest: documents come in while the chat runs
        answerer = over(self.composer, searcher)
        answerer.keep_unsupported = shows_unsupported
        shown, number, note = 0.0, len(turns), ""
        answer = pending.answer
        for step in Assistant(searcher, answerer).steps(answer.question, pending.where, history=pending.history):
            answer, note = step.answer, step.note
            if step.draft is not None and time.monotonic() - shown >= REDRAW:
                shown = time.monotonic()
                yield self._drawn(pending, number, step.draft), None
        if answer.answerer == ComposedAnswerer.name:
            kept = self.work.revise(person_of(request), pending.kept, answer)
            yield render.turn(number, answer, self.find, None, pending.filters, kept), answer
        else:
            yield render.turn(number, pending.answer, self.find, None, pending.filters, pending.kept, f'<p class="note">{escape(note)}</p>' if note else ""), None

    def _drawn(self, pending: Pending, number: int, draft: str) -> str:
        box = f'<div class="draft" role="status"><p class="draft-head">{texts.DRAFTING}</p><p>{escape(draft)}</p></div>'
        return render.turn(number, pending.answer, self.find, "" if pending.hides_quotes else None, pending.filters, pending.kept, box)
