"""The briefing screen: a topic becomes a draft, section by section; its sentences are edited beside their evidence and checked again."""

import base64
import logging
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ingest.errors import InputError, ShirabeError
from qa import texts
from qa.assistant import Assistant
from qa.briefing.briefing import Briefing, Commission, numbered
from qa.briefing.command import exported
from qa.briefing.draft import Drafter, Step, checked_topic
from qa.briefing.form import FIGURE_HEADS, INSTEAD, LENGTHS, NOTHING, REFUSED, STYLES, facts
from qa.briefing.paper_size import PAGES, pages
from qa.briefing.reading import BROKEN, checked_statement, read_briefing, read_citation
from qa.screens import render
from qa.screens.chat import ASIDE
from qa.screens.filters import Filters

STATIC = Path(__file__).parent / "static"
AT_ONCE = 24  # drafts that are being written; the oldest gives way
MOST_QUESTIONS = 12
TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "md": "text/markdown", "json": "application/json"}
INTRODUCTION = "主題を入力すると、登録されている資料から、出典の箇所を示した文書の案を作ります。文は直せます。直した文は、出典と照らし合わせ直します。"
PLACEHOLDER = "例: 韓国自治体のデジタル人材育成の動向\n2行目からは、答えてほしい問いを1行に1つ(省略可)"


class Drafts:
    """Drafts that are being written, by a token that only their browser knows; each step is asked for."""

    def __init__(self) -> None:
        self._steps: OrderedDict[str, tuple[Iterator[Step], threading.Lock]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, steps: Iterator[Step]) -> str:
        """Keep a draft that has just begun; returns its token."""
        token = secrets.token_urlsafe(12)
        with self._lock:
            self._steps[token] = steps, threading.Lock()
            while len(self._steps) > AT_ONCE:
                self._steps.popitem(last=False)
        return token

    def next(self, token: str) -> Step | None:
        """The next step; None when there is none, or the draft was stopped."""
        held = self._steps.get(token)
        if held is None:
            return None
        with held[1]:
            step = next(held[0], None)
        if step is None or step.done == step.total:
            self.stop(token)
        return step

    def stop(self, token: str) -> None:
        """Forget a draft."""
        with self._lock:
            self._steps.pop(token, None)


class BriefingScreen:
    """The screen over one assistant. The draft lives in the browser; our side writes, checks, shows evidence and exports."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant, self.drafts = assistant, Drafts()
        self._drafter = Drafter(assistant.searcher)

    @property
    def drafter(self) -> Drafter:
        """The drafter over the newest state of the library."""
        if self._drafter.searcher is not self.assistant.searcher:
            self._drafter = Drafter(self.assistant.searcher)
        return self._drafter

    def head(self) -> str:
        """The style and the script of the screen, for the head of its page."""
        style, script = ((STATIC / name).read_text(encoding="utf-8") for name in ("briefing.css", "briefing.js"))
        return f"<style>{style}</style><script>{script}</script>"

    def build(self) -> None:
        """The content of the tab."""
        infos = self.assistant.searcher.library.infos()
        issuers = list(dict.fromkeys(info.issuer for info in infos))
        with gr.Column(elem_id="briefing"):
            gr.HTML(f'<div class="page-head"><h2>ブリーフィング</h2><p>{INTRODUCTION}</p></div>', apply_default_css=False)
            with gr.Column(elem_id="briefing-form"):
                topic = gr.Textbox(label="主題と問い", placeholder=PLACEHOLDER, lines=2, max_lines=8, elem_id="briefing-topic")
                with gr.Row():
                    audience = gr.Textbox(label="提出先(省略可)", placeholder="例: 理事長", max_lines=1, elem_id="briefing-audience")
                    length = gr.Radio([(name, code) for code, name in LENGTHS.items()], value="1page", label="長さ", elem_id="briefing-length")
                    style = gr.Radio([(name, code) for code, name in STYLES.items()], value="dearu", label="文末", elem_id="briefing-style")
                with gr.Accordion("資料の絞り込み", open=False, elem_id="briefing-filters"), gr.Row():
                    boxes = [
                        gr.CheckboxGroup(issuers, label="発行者", elem_id="briefing-issuer"),
                        gr.CheckboxGroup([(name, code) for code, name in texts.KINDS.items()], label="種別"),
                        gr.Textbox(label="期間の始まり", placeholder="例: 2018、2018年5月", max_lines=1),
                        gr.Textbox(label="期間の終わり", placeholder="例: 2019-12、令和7年5月", max_lines=1),
                    ]
                notice = gr.HTML("", apply_default_css=False, elem_id="briefing-notice")
                begin = gr.Button("作成する", variant="primary", elem_id="briefing-begin")
            started = gr.JSON(visible=False)
            gr.HTML(html_template=(STATIC / "briefing.html").read_text(encoding="utf-8"), js_on_load="Briefing.start(element, server)", server_functions=self._functions(), apply_default_css=False)
        begin.click(self.begin, [topic, audience, length, style, *boxes], [started, notice], **ASIDE).then(None, started, None, js="(started) => { Briefing.run(started) }")

    def begin(self, text: str, audience: str, length: str, style: str, *boxes: Any) -> tuple[Any, str]:
        """Start a draft: its token, or what is wrong. The first line is the topic, further lines are questions."""
        try:
            lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
            topic = checked_topic(lines[0] if lines else "")
            searcher = self.assistant.searcher
            issuers = list(dict.fromkeys(info.issuer for info in searcher.infos.values()))
            where = tuple(Filters.read(*boxes).conditions(issuers))
            commission = Commission(topic, tuple(lines[1 : MOST_QUESTIONS + 1]), " ".join((audience or "").split())[:100], _one_of(length, LENGTHS), _one_of(style, STYLES), where)
        except InputError as error:
            return None, f'<p class="error" role="alert">{escape(str(error))}</p>'
        return {"token": self.drafts.add(self.drafter.steps(commission))}, ""

    def _functions(self) -> list[Any]:
        """What the script asks for; what is wrong comes back as ``problem``, in words."""

        def labels(_: Any) -> dict[str, Any]:
            return {"heads": list(FIGURE_HEADS), "nothing": NOTHING, "refused": REFUSED, "instead": INSTEAD, "checked": texts.CHECKED, "checkedNames": texts.CHECKED_NAMES, "values": [*texts.OF_VALUES, *(texts.CHECKS[kind] for kind in texts.OF_VALUES)]}

        def next_step(token: Any) -> dict[str, Any]:
            return self._guarded(lambda: self._step(self.drafts.next(str(token))))

        def stop(token: Any) -> dict[str, Any]:
            self.drafts.stop(str(token))
            return {}

        def check(sent: Any) -> dict[str, Any]:
            return self._guarded(lambda: self.check(sent))

        def room(sent: Any) -> dict[str, Any]:
            return self._guarded(lambda: self.room(sent))

        def redraft(sent: Any) -> dict[str, Any]:
            return self._guarded(lambda: self.redraft(sent))

        def evidence(sent: Any) -> dict[str, Any]:
            return self._guarded(lambda: {"html": render.evidence_card(read_citation(sent, self._find), self._find, "briefing")})

        def export(sent: Any) -> dict[str, Any]:
            return self._guarded(lambda: self.export(sent))

        return [labels, next_step, stop, check, room, redraft, evidence, export]

    def _guarded(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return work()
        except ShirabeError as error:
            return {"problem": str(error)}
        except (KeyError, TypeError, ValueError, AttributeError):
            return {"problem": BROKEN}
        except Exception as error:  # the border to a person: whatever it is, they get a sentence and we get the trace
            logging.getLogger("shirabe").exception("briefing")
            return {"problem": texts.FAILED.format(kind=type(error).__name__)}

    def _find(self, document_id: str) -> Any:
        return self.assistant.searcher.library.document(document_id)

    def _step(self, step: Step | None) -> dict[str, Any]:
        if step is None:
            return {"finished": True}
        return {"doing": step.doing, "done": step.done, "total": step.total, "finished": step.done == step.total, "briefing": step.briefing.to_json(), "facts": facts(step.briefing)}

    def check(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """An edited sentence against its citations."""
        cited = [read_citation(raw, self._find) for raw in sent["citations"]]
        statement = checked_statement(" ".join(str(sent["text"]).split())[:2000], cited, self._find, edited=True)
        return {"supported": statement.supported, "checks": [{"kind": texts.CHECKS.get(c.kind, c.kind), "value": c.value, "found": c.found, "note": c.note} for c in statement.checks]}

    def room(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """How many pages the paper takes as it is now, and how many it may."""
        briefing = numbered(read_briefing(sent["briefing"], self._find))
        return {"pages": pages(briefing), "most": PAGES[briefing.commission.length]}

    def redraft(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Another version of one section; ``shown`` are the places that its earlier versions stood on."""
        briefing = read_briefing(sent["briefing"], self._find)
        shown = {(str(id_), int(start)) for id_, start in sent["shown"]}
        found = self.drafter.redraft(briefing, int(sent["index"]), shown)
        if found is None:
            return {"problem": "この節に使える文は、ほかにありません。今の文を残しました"}
        section, citations = found
        made = Briefing(briefing.commission, briefing.made, sections=(section,), citations=citations).to_json()
        return {"section": made["sections"][0], "citations": made["citations"]}

    def export(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The briefing as a file in base64, checked again before."""
        form = str(sent["format"])
        if form not in TYPES:
            raise InputError(BROKEN)
        briefing = numbered(read_briefing(sent["briefing"], self._find))
        name = re.sub(r'[\\/:*?"<>|\s]+', "_", briefing.commission.topic)[:60]
        return {"name": f"{name}.{form}", "type": TYPES[form], "base64": base64.b64encode(exported(briefing, f".{form}")).decode()}


def _one_of(value: str, known: Mapping[str, str]) -> Any:
    if value not in known:
        raise InputError("長さと文末を選んでください")
    return value
