"""What a question may mean where it names a thing by its kind only: センター, of which the passages found name several."""

import re
import unicodedata
from collections.abc import Sequence

from index.search import Hit
from ingest.words import noun_runs

KINDS = re.compile(r"(センター|カフェ|ハブ|委員会|総会|フォーラム|会議|博覧会|説明会|協約式?|合弁法人|合作法人|工場|団地|基金|財団|プログラム|プラットフォーム|スペース|補助金|支援事業)")
NEAR = 0.3  # of the best score; a passage farther behind hardly speaks of the same matter
MOST = 3


def readings(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The question asked of each of the things that it may mean, of two documents or more; empty where it names one, or only one is near."""
    text = unicodedata.normalize("NFKC", question)
    kind = next((run for run in noun_runs(text) if KINDS.fullmatch(run)), None)
    if kind is None:
        return ()
    near = [hit for hit in hits if hit.score >= hits[0].score - NEAR]
    named = {hit.chunk.document_id: name for hit in reversed(near) if (name := _named(kind, f"{hit.title}\n{hit.chunk.text}"))}
    names = list(dict.fromkeys(reversed(named.values())))
    told_apart = len(names) > 1 and not any(a in b for a in names for b in names if a != b)
    return tuple(text.replace(kind, name, 1) for name in names[:MOST]) if told_apart else ()


def _named(kind: str, text: str) -> str | None:
    """The first name of the kind in a text: a longer run of nouns that ends with it."""
    return next((run for run in noun_runs(unicodedata.normalize("NFKC", text)) if run.endswith(kind) and len(run) > len(kind)), None)
