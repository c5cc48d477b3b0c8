"""The language model that composes answers: one Protocol, and one way to ask behind it, an OpenAI-compatible address.

A local GGUF file is served at such an address by a child process (``qa.model.process``); Ollama, vLLM or
a llama.cpp server elsewhere are one already. Either is asked through LlamaIndex's OpenAILike.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from ingest.settings import EMBEDDED_MODEL, Settings
from qa.model.parts import assembled
from qa.model.process import ModelError, ModelProcess

MODEL_KEY = "SHIRABE_MODEL_KEY"  # the environment's, for an address that wants a key
STOPS = ("\n\n", "<|")  # an answer is one paragraph; a model that goes on after it invents questions
BEAT = 0.5  # seconds: a generator can be stopped only where it yields
Piece = str | Exception | None  # what is written, what went wrong, the end


class LanguageModel(Protocol):
    """Writes text for a prompt."""

    name: str

    def stream(self, system: str, user: str, most_tokens: int, seconds: float) -> Iterator[str]:
        """Pieces of the text as they are written, empty ones while none comes; closing the iterator stops the writing.

        Raises ModelError when the model can't be reached, fails, or isn't done after ``seconds``.
        """


class ServedModel:
    """A model at an OpenAI-compatible address. ``failed`` is called when an answer breaks off or takes too long."""

    def __init__(self, name: str, address: Callable[[], str], key: str = "", failed: Callable[[], None] = lambda: None, is_local: bool = False) -> None:
        self.name, self.address, self.key, self.failed, self.is_local = name, address, key, failed, is_local
        self._turn = threading.Lock()

    def stream(self, system: str, user: str, most_tokens: int, seconds: float) -> Iterator[str]:
        """See LanguageModel."""
        ends = time.monotonic() + seconds
        if not self._turn.acquire(timeout=seconds):  # two cores write one answer at a time
            raise ModelError("言語モデルがほかの質問に答えています")
        try:
            yield from self._tried(system, user, most_tokens, ends)
        finally:
            self._turn.release()

    def _tried(self, system: str, user: str, most_tokens: int, ends: float) -> Iterator[str]:
        """Ask; a server that turns out to be dead before anything was written is started anew and asked again, once."""
        written = False
        for last in (False, True):
            try:
                for piece in self._once(system, user, most_tokens, ends):
                    written = written or bool(piece)
                    yield piece
                return
            except ModelError:
                self.failed()
                if written or last or time.monotonic() >= ends:
                    raise

    def _once(self, system: str, user: str, most_tokens: int, ends: float) -> Iterator[str]:
        address, pieces, stopped = self.address(), SimpleQueue[Piece](), threading.Event()
        threading.Thread(target=self._write, args=(address, system, user, most_tokens, ends - time.monotonic(), pieces, stopped), daemon=True).start()
        try:
            while (piece := self._next(pieces, ends)) is not None:
                if isinstance(piece, Exception):
                    raise ModelError(f"言語モデル {self.name} が答えられませんでした({type(piece).__name__})") from piece
                yield piece
        finally:
            stopped.set()

    def _next(self, pieces: "SimpleQueue[Piece]", ends: float) -> Piece:
        """The next piece; an empty one after BEAT without any, so that who waits can turn to something else."""
        try:
            return pieces.get(timeout=max(0.0, min(BEAT, ends - time.monotonic())))
        except Empty:
            if time.monotonic() < ends:
                return ""
            raise ModelError(f"言語モデル {self.name} の文が時間内に書き上がりませんでした") from None

    def _write(self, address: str, system: str, user: str, most_tokens: int, seconds: float, pieces: SimpleQueue[Piece], stopped: threading.Event) -> None:
        """Ask and put what comes into ``pieces``; leaving the loop closes the connection, which ends the server's writing."""
        from httpx import HTTPError  # with the client, these take seconds to import: only those who compose pay for them
        from openai import OpenAIError

        end: Piece = ModelError("言語モデルの応答を読めませんでした")  # for what no client should raise; its trace goes to standard error
        try:
            for piece in self._asked(address, system, user, most_tokens, seconds):
                if stopped.is_set():
                    return
                pieces.put(piece)
            end = None
        except (OpenAIError, HTTPError, ValueError, OSError) as error:
            end = error
        finally:
            pieces.put(end)

    def _asked(self, address: str, system: str, user: str, most_tokens: int, seconds: float) -> Iterator[str]:
        import httpx
        from llama_index.core.llms import ChatMessage
        from llama_index.llms.openai_like import OpenAILike

        with httpx.Client(trust_env=not self.is_local, timeout=seconds) as client:  # a proxy has no say about this machine's own ports
            extra: dict[str, Any] = {"stop": list(STOPS)}
            model = OpenAILike(model=self.name, api_base=address, api_key=self.key or "none", is_chat_model=True, temperature=0.0, max_tokens=most_tokens, max_retries=0, timeout=seconds, http_client=client, additional_kwargs=extra)
            for response in model.stream_chat([ChatMessage(role="system", content=system), ChatMessage(role="user", content=user)]):
                if response.delta:
                    yield response.delta


class DeferredModel:
    """The model that the settings name, opened when it is first asked: one that is set up meanwhile is found then."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.name = settings, settings.model_name or settings.model
        self._opened: LanguageModel | None = None
        self._lock = threading.Lock()

    def stream(self, system: str, user: str, most_tokens: int, seconds: float) -> Iterator[str]:
        """See LanguageModel."""
        with self._lock:
            if self._opened is None:
                self._opened = open_model(self.settings)
        yield from self._opened.stream(system, user, most_tokens, seconds)


def open_model(settings: Settings) -> LanguageModel:
    """The model that the settings name; raises ModelError where there is none. Nothing is started yet."""
    if settings.model_url:
        return ServedModel(settings.model_name, lambda: settings.model_url, os.environ.get(MODEL_KEY, ""))
    if not settings.model:
        raise ModelError("言語モデルを使わない設定(model = \"\")になっています。--answerer extractive を指定するか、設定を変えてください")
    path = assembled() if settings.model == EMBEDDED_MODEL else Path(settings.model).expanduser()
    if path is None or not path.is_file():
        raise ModelError("言語モデルがまだ用意されていません。`make model` を実行するか、--answerer extractive を指定してください" if path is None else f"言語モデル {path} がありません。設定 model のパスを確かめてください")
    process = ModelProcess(path)
    return ServedModel(path.stem, process.address, process.key, process.end_if_hung, is_local=True)
