"""What the tests of briefings share: a drafter over the corpus, and topics that are made from the documents by rule."""

import re
from functools import lru_cache

from index.search import Searcher
from index.wiring import open_searcher
from ingest.document import normalize
from qa.briefing.briefing import Briefing, Commission
from qa.briefing.draft import Drafter
from qa.briefing.gather import heading_label, title_label
from tests.library_fixtures import corpus_documents, real_embedder, real_home, report, settings_of


@lru_cache(maxsize=1)
def searcher() -> Searcher:
    """The real search over the corpus."""
    return open_searcher(settings_of(real_home()), real_embedder())


def topics() -> list[str]:
    """Topics by rule: each headline, each numbered chapter of the report, each issuer with what several of its headlines speak of."""
    titles = [title_label(d.title) for d in corpus_documents() if d.kind == "press_release"]
    chapters = [heading_label(s.path[-1]) for s in report().sections if s.path and re.match(r"\s*([ア-コ]\s|\(\d\))", s.path[-1])]
    issuers = [f"{issuer}の{subject}" for issuer, subject in (("ソウル特別市", "投資誘致"), ("光州広域市", "人工知能"), ("札幌市", "IT産業"))]
    return list(dict.fromkeys([*titles, *chapters, *issuers]))


@lru_cache(maxsize=200)
def drafted(topic: str, length: str = "1page", style: str = "dearu") -> Briefing:
    """The briefing on a topic, written once."""
    return Drafter(searcher()).draft(Commission(topic, length=length, style=style))  # type: ignore[arg-type]


def holds(quote: str, text: str) -> bool:
    """Whether a text stands in a quote, white space and commas apart."""
    return normalize(text) in normalize(quote)
