"""Answers that a language model words and the program vouches for: what it wrote stands only where the documents carry it.

Whether there is an answer is decided before, by the extractive answerer, which refuses. What is written is attributed
sentence by sentence whatever the model marked; what isn't carried is dropped; and where the rest doesn't answer, the
extractive answer stands.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from index.question import need_of
from index.search import Hit, Searcher
from ingest.document import Document
from ingest.words import terms
from qa.answer import Answer, Citation, Sentence
from qa.assistant import Answerer, Step
from qa.checks.attribution import Attribution, attribute
from qa.checks.labels import Evidence
from qa.drafts import is_in, sentences_of
from qa.excerpts import excerpts
from qa.model.language_model import LanguageModel
from qa.model.process import ModelError
from qa.model.prompts import SYSTEM, gives_orders, language_of, prompt

MOST_TOKENS = 180  # some 250 characters: three sentences
SECONDS = 60.0  # for one answer, on a machine that does other things too
MOST_SENTENCES = 6
ITEM_HELD = 0.5  # share of a list item's words from which on it counts as named
SHOWN = ("money", "count", "date", "time", "contact")  # kinds of which an answer has to show one where they are asked for


class ComposedAnswerer:
    """Words an answer with the model where ``composes`` says so for a question; else, and wherever that fails, the extractive one."""

    name = "llm"

    def __init__(self, searcher: Searcher, fast: Answerer, model: LanguageModel, composes: Callable[[str], bool] = lambda _: True, keep_unsupported: bool = False, seconds: float = SECONDS) -> None:
        self.searcher, self.fast, self.model, self.composes, self.keep_unsupported, self.seconds = searcher, fast, model, composes, keep_unsupported, seconds

    def answer(self, question: str, hits: Sequence[Hit]) -> Answer:
        """See Answerer."""
        *_, last = self.steps(question, hits)
        return last.answer

    def steps(self, question: str, hits: Sequence[Hit]) -> Iterator[Step]:
        """The extractive answer at once, the draft as it grows beside it, and last the answer that stands."""
        fast = self.fast.answer(question, hits)
        yield Step(fast)
        if fast.refused or not self.composes(question):
            return
        read = excerpts(fast)
        if any(gives_orders(e.text) for e in read):
            yield Step(fast, note="資料に言語モデルへの指示と読める文があるため、資料からの抜粋で答えます")
            return
        draft = ""
        yield Step(fast, draft)  # reading the prompt takes seconds before the first word comes
        try:
            for piece in self.model.stream(SYSTEM, prompt(question, read), MOST_TOKENS, self.seconds):
                draft += piece
                yield Step(fast, draft)
        except ModelError as error:
            yield Step(fast, note=f"{error}。資料からの抜粋で答えます")
            return
        yield self._verified(question, hits, fast, draft)

    def _verified(self, question: str, hits: Sequence[Hit], fast: Answer, draft: str) -> Step:
        written = [(s, attribute(s, hits, self.searcher)) for s in sentences_of(draft)[:MOST_SENTENCES]]
        kept = [(s, a) for s, a in written if a.supported and _is_quoted(a.spans, fast) and not any(map(_is_order, a.spans)) and is_in(language_of(question), s)]
        why = unanswered(question, " ".join(s for s, _ in kept), fast)
        if why:
            return Step(fast, note=f"言語モデルの文は使いませんでした({why})")
        dropped = [Sentence(s, (), False, a.checks) for s, a in written if (s, a) not in kept] if self.keep_unsupported else []
        return Step(_built(question, kept, fast, dropped))


def _is_quoted(spans: Sequence[Evidence], fast: Answer) -> bool:
    """Whether the spans are among what was quoted: a sentence that stands on other ones says something that wasn't asked."""
    quoted = [(c.document_id, c.start, c.end) for c in fast.citations]
    return bool(spans) and all(any(e.document.id == id_ and e.start < end and start < e.end for id_, start, end in quoted) for e in spans)


def _is_order(span: Evidence) -> bool:
    return gives_orders(span.document.text[span.start : span.end])


def pays(question: str) -> bool:
    """Whether composing an answer beats quoting, by what the tuning questions showed (docs/decisions.md)."""
    return language_of(question) != "ja"


def unanswered(question: str, text: str, fast: Answer) -> str | None:
    """Why what is left of a draft doesn't answer, in Japanese, or None when it does."""
    if not text:
        return "資料で確かめられる文がありません"
    need = need_of(question)
    wanted = [kind for kind in SHOWN if kind in need.asked and need.shows(kind, fast.answer)]
    japanese = language_of(question) == "ja"
    if any(not (need.shows(kind, text) if japanese else re.search(r"\d", text)) for kind in wanted):
        return "尋ねられた値がありません"
    if japanese and any(_lacks(item.text, text) for item in _items(fast)):
        return "挙げられた項目が足りません"
    return None


def _items(fast: Answer) -> Sequence[Sentence]:
    """The items of a list that the extractive answer quotes whole: several lines on one span, behind the line that leads in."""
    one_span = len({s.citations for s in fast.sentences}) == 1
    return fast.sentences[1:] if one_span and len(fast.sentences) >= 3 else ()


def _lacks(item: str, text: str) -> bool:
    words = set(terms(item))
    return bool(words) and len(words & set(terms(text))) < ITEM_HELD * len(words)


def _built(question: str, kept: Sequence[tuple[str, Attribution]], fast: Answer, dropped: Sequence[Sentence]) -> Answer:
    """The answer of the sentences kept; one in another language has the Japanese lines that it stands on below it."""
    citations: list[Citation] = []
    sentences = [Sentence(s, tuple(dict.fromkeys(_cite(citations, e.document, e.start, e.end, fast) for e in a.spans)), True, a.checks) for s, a in kept]
    if language_of(question) != "ja":
        sentences += _originals(citations, fast)
    text = "\n".join(s.text + "".join(f"[{n}]" for n in s.citations) for s in sentences)
    return Answer(question, text, False, None, ComposedAnswerer.name, (*sentences, *dropped), tuple(citations))


def _originals(citations: list[Citation], fast: Answer) -> list[Sentence]:
    """The lines of the extractive answer whose spans the composed sentences stand on, or all where none is."""
    cited = [(c.document_id, c.start, c.end) for c in citations]
    by_number = {c.n: c for c in fast.citations}

    def shared(sentence: Sentence) -> bool:
        return any(by_number[n].document_id == id_ and by_number[n].start < end and start < by_number[n].end for n in sentence.citations for id_, start, end in cited)

    lines = [s for s in fast.sentences if shared(s)] or list(fast.sentences)
    return [replace(s, citations=tuple(_keep(citations, by_number[n]) for n in s.citations)) for s in lines]


def _cite(citations: list[Citation], document: Document, start: int, end: int, fast: Answer) -> int:
    """The number of the citation of this span, made if it isn't there."""
    known = next((c for c in fast.citations if (c.document_id, c.start, c.end) == (document.id, start, end)), None)
    if known is None:
        heading = next((" › ".join(s.path) for s in reversed(document.sections) if s.start <= start < s.end), "")
        warnings = tuple(dict.fromkeys(s.reason for s in document.suspicions if s.start < end and s.end > start))
        known = Citation(0, document.id, document.title, document.issuer, document.date.value, document.date.basis, document.page_at(start), heading, start, end, document.text[start:end], warnings)
    return _keep(citations, known)


def _keep(citations: list[Citation], citation: Citation) -> int:
    """The number of this citation among those of the answer, added if it isn't there."""
    place = (citation.document_id, citation.start, citation.end)
    held = next((c for c in citations if (c.document_id, c.start, c.end) == place), None)
    if held is None:
        held = replace(citation, n=len(citations) + 1)
        citations.append(held)
    return held.n
