"""The one place that puts an assistant together; app.py, the commands and eval share it."""

from copy import copy

from index.embedder import Embedder
from index.saved_index import Progress
from index.search import Searcher
from index.wiring import open_searcher
from ingest.settings import Settings
from qa.assistant import Answerer, Assistant
from qa.composed import ComposedAnswerer, pays
from qa.extractive import ExtractiveAnswerer
from qa.model.language_model import DeferredModel, open_model
from qa.texts import use_reference_form

ANSWERERS = ("auto", "extractive", "llm")


def open_assistant(settings: Settings, embedder: Embedder | None = None, progress: Progress | None = None, answerer: str = "auto", is_deferred: bool = False) -> Assistant:
    """An assistant over the newest state of the home, with ``is_deferred`` before its models are loaded; raises ModelError for ``llm`` where there is no language model."""
    use_reference_form(settings.reference_form)
    if answerer == "llm":
        open_model(settings)  # said before the index is opened, which may take long
    searcher = open_searcher(settings, embedder, progress, is_deferred)
    return Assistant(searcher, open_answerer(answerer, settings, searcher))


def open_answerer(name: str, settings: Settings, searcher: Searcher) -> Answerer:
    """One of ``ANSWERERS``. ``auto`` composes where that pays and a model is there; the model itself is started when first needed."""
    extractive = ExtractiveAnswerer(searcher)
    if name == "extractive":
        return extractive
    model = DeferredModel(settings)
    return ComposedAnswerer(searcher, extractive, model) if name == "llm" else ComposedAnswerer(searcher, extractive, model, pays)


def open_composer(settings: Settings, searcher: Searcher) -> ComposedAnswerer | None:
    """What words answers beside the ones that quote, on a screen; None where the settings name no language model."""
    if not (settings.model or settings.model_url):
        return None
    return ComposedAnswerer(searcher, ExtractiveAnswerer(searcher), DeferredModel(settings))


def without_reader(assistant: Assistant) -> Assistant:
    """The same assistant with its reader switched off; the one given stays as it is."""
    searcher = copy(assistant.searcher)
    searcher.reader = None
    return Assistant(searcher, ExtractiveAnswerer(searcher))
