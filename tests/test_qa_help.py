"""The examples of the chat and the help page: asked while the screen is open, and there for who came earlier."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from library_fixtures import built_index
from test_qa_documents_screen import Labels

from ingest.errors import ShirabeError
from qa.assistant import Assistant
from qa.extractive import ExtractiveAnswerer
from qa.screens.help import OFFERED, WorkedExamples


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    searcher = built_index(tmp_path, Labels()).searcher()
    return Assistant(searcher, ExtractiveAnswerer(searcher))


def run(waiting: Coroutine[Any, Any, Any]) -> Any:
    """What comes of it, in a thread of its own: where browser tests ran before, Playwright's loop still runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, waiting).result()


def test_a_page_that_comes_before_the_examples_waits_for_them(assistant: Assistant) -> None:
    examples = WorkedExamples(assistant)
    assert "例1" not in examples.first_page()

    async def opened() -> tuple[list, str]:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(examples.buttons(), 0.2)
        threading.Thread(target=examples.ask).start()
        return await asyncio.wait_for(examples.buttons(), 60), await asyncio.wait_for(examples.page(), 60)

    buttons, page = run(opened())
    assert len(buttons) == OFFERED and buttons[0].value and buttons[0].visible and "例1" in page
    assert page == examples.first_page()  # who comes later gets them at once


def test_a_page_waits_neither_for_what_failed_nor_for_what_nobody_asks(assistant: Assistant) -> None:
    def broken(*_: object) -> None:
        raise ShirabeError("読めません")

    examples = WorkedExamples(assistant)
    assistant.ask = broken  # type: ignore[method-assign, assignment]
    with pytest.raises(ShirabeError):
        examples.ask()
    for made in (examples, WorkedExamples(assistant, are_wanted=False)):
        assert [button.visible for button in run(made.buttons())] == [False] * OFFERED
