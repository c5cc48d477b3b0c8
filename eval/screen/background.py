"""An evaluation beside the chat: it runs in a thread of its own, says how far it is, and can be stopped."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval import answers, retrieval
from eval.gold import Question
from eval.results import Run
from eval.retrieval import Progress, variants_of
from eval.screen import kept
from eval.screen.gold_table import Record
from ingest.errors import InputError, ShirabeError
from qa.assistant import Assistant

STOPPED = "評価を止めました。途中までの結果は残していません。"
FAILED = "評価の途中で問題が起きました。もう一度お試しのうえ、続く場合は担当者に「{kind}」とお伝えください。"


class StoppedError(Exception):
    """The person asked to stop."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the newest evaluation stands: ``done`` of ``total`` searches and answers, seconds since its start, its file when
    it is ready, and in ``problem`` why there is none."""

    name: str = ""
    step: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    is_running: bool = False
    path: Path | None = None
    problem: str = ""


class Evaluator:
    """Evaluates one set of questions at a time; what it found is kept in the home of the assistant's library."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant, self.state = assistant, State()
        self._lock, self._stop = threading.Lock(), threading.Event()

    @property
    def home(self) -> Path:
        """The folder that evaluations are kept in."""
        return self.assistant.searcher.library.path.parent

    def start(self, name: str, questions: Sequence[Question], records: Sequence[Record]) -> None:
        """Begin to evaluate; raises InputError while another evaluation is running."""
        with self._lock:
            if self.state.is_running:
                raise InputError(f"「{self.state.name}」の評価が進んでいます。終わるのを待つか、止めてから始めてください")
            searches = len(variants_of(self.assistant.searcher)) * sum(bool(q.evidence) for q in questions)
            self.state = State(name, "準備", total=searches + len(questions), is_running=True)
            self._stop.clear()
        threading.Thread(target=self._run, args=(questions, records), name="evaluation", daemon=True).start()

    def stop(self) -> None:
        """Ask the running evaluation to stop; it does after the question that it is at."""
        self._stop.set()

    @property
    def is_stopping(self) -> bool:
        """Whether the newest evaluation has been asked to stop."""
        return self._stop.is_set()

    def _run(self, questions: Sequence[Question], records: Sequence[Record]) -> None:
        try:
            runs = self._runs(questions)
            path = kept.keep(self.state.name, runs, records, self.home, self.assistant.searcher.embedder.dimension)
            self.state = replace(self.state, is_running=False, path=path)
        except StoppedError:
            self._end(STOPPED)
        except (ShirabeError, OSError) as error:
            self._end(str(error))
        except Exception as error:  # the border to a person, who would wait for ever
            logging.getLogger("shirabe").exception("evaluation")
            self._end(FAILED.format(kind=type(error).__name__))

    def _end(self, problem: str) -> None:
        self.state = replace(self.state, is_running=False, problem=problem)

    def _runs(self, questions: Sequence[Question]) -> Mapping[str, Run]:
        """The runs by name; retrieval is measured where a question has evidence."""
        name, started = self.state.name, time.monotonic()
        searches = self.state.total - len(questions)
        runs: dict[str, Run] = {}
        if searches:
            runs[f"retrieval-{name}"] = retrieval.evaluate(questions, self.assistant, self._progress("検索", 0, started))
        runs[f"answers-{name}"] = answers.evaluate(questions, self.assistant, self._progress("回答", searches, started))
        return {key: {**run, "set": name} for key, run in runs.items()}

    def _progress(self, step: str, before: int, started: float) -> Progress:
        def told(done: int, _: int) -> None:
            """Set the state; raises StoppedError once the person has asked to stop."""
            if self._stop.is_set():
                raise StoppedError
            self.state = replace(self.state, step=step, done=before + done, seconds=time.monotonic() - started)

        return told
