"""The one place that puts an assistant together; app.py, the commands and eval share it."""

from copy import copy

from index.embedder import Embedder
from index.saved_index import Progress
from index.wiring import open_searcher
from ingest.settings import Settings
from qa.assistant import Assistant
from qa.extractive import ExtractiveAnswerer


def open_assistant(settings: Settings, embedder: Embedder | None = None, progress: Progress | None = None) -> Assistant:
    """An assistant over the newest state of the home."""
    searcher = open_searcher(settings, embedder, progress)
    return Assistant(searcher, ExtractiveAnswerer(searcher))


def without_reader(assistant: Assistant) -> Assistant:
    """The same assistant with its reader switched off; the one given stays as it is."""
    searcher = copy(assistant.searcher)
    searcher.reader = None
    return Assistant(searcher, ExtractiveAnswerer(searcher))
