"""What a reader of a briefing has to mind, read off its statements, figures and documents."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ingest.document import Document, normalize
from qa.answer import Citation
from qa.briefing.briefing import BriefingSection, Caution, Figure
from qa.briefing.figures import TOTAL, YEAR, amount
from qa.briefing.gather import Gathered
from qa.briefing.topic import Topic
from qa.texts import date_words

NAMED = 5  # places that a caution points to
OLD = 3  # years after which a document may no longer tell how things stand
PLAN = re.compile(r"予定(です|だ|である|で|。|とな|する)|計画(です|だ|である|で|を(立て|樹立|推進))|\d[^、。]*を目標(と|に)|目標(を|に)(設定|掲げ)|目指(す|して(いる|います))。|方針(です|だ|である)|見込|期待(し|され|が)|検討中|(募集|発足|設立|造成|建設|開催|拡大|参加)(する|します)。$")
NO_YEAR = re.compile(r"(?<![年\d])\d{1,2}月(\d{1,2}日)?(?!間)|(?<![月\d])\d{1,2}日(?!間|目)")
RELATIVE = re.compile(r"今年度|昨年|本年|今回|現在|年内|下半期|上半期")
MONEY = re.compile(r"ウォン|円|ドル")


def cautions(topic: Topic, gathered: Gathered, sections: Sequence[BriefingSection], figures: Sequence[Figure], citations: Sequence[Citation], made: str) -> tuple[Caution, ...]:
    """All that apply, the weightiest first."""
    documents = {c.document_id: d for c in citations for d in gathered.documents if d.id == c.document_id}
    found = [*_age(documents, citations, made), *_plans(sections), *_differing(figures, citations), *_missing(topic, sections, figures), *_dates(sections, citations), *_suspect(gathered, documents), *_foreign(gathered), *_few(documents)]
    return tuple(found)


def _age(documents: dict[str, Document], citations: Sequence[Citation], made: str) -> Iterator[Caution]:
    dated = {id_: d.date.value for id_, d in documents.items() if d.date.value}
    limit = str(int(made[:4]) - OLD) + made[4:]
    old = [id_ for id_, day in dated.items() if day < limit]
    if old:
        first = {id_: next(c.n for c in citations if c.document_id == id_) for id_ in old}
        days = sorted(dated[id_] for id_ in old)
        span = date_words(days[0]) if days[0] == days[-1] else f"{date_words(days[0])}から{date_words(days[-1])}まで"
        which = "用いた資料はいずれも" if len(old) == len(documents) else f"{len(old)}件の資料は"
        yield Caution("old", f"{which}{span}のものであり、現在の状況と異なるおそれがある。", tuple(sorted(first.values()))[:NAMED])
    undated = [id_ for id_ in documents if id_ not in dated]
    if undated:
        yield Caution("old", f"{len(undated)}件の資料は日付が不明であり、時点を別に確かめる必要がある。", tuple(next(c.n for c in citations if c.document_id == id_) for id_ in undated))


def _plans(sections: Sequence[BriefingSection]) -> Iterator[Caution]:
    planned = [s for section in sections for s in section.statements if PLAN.search(s.text)]
    if planned:
        numbers = tuple(sorted({n for s in planned for n in s.citations}))[:NAMED]
        yield Caution("plan", "計画、予定又は目標の段階の記述を含む。実施の結果は、用いた箇所からは確認できない。", numbers)


def _differing(figures: Sequence[Figure], citations: Sequence[Citation]) -> Iterator[Caution]:
    """The same thing counted differently: by two documents, or a total at two places."""
    sources = {c.n: c.document_id for c in citations}
    seen: dict[tuple[str, str], Figure] = {}
    for figure in figures:
        if (other := next((f for f in figures[: figures.index(figure)] if _same_total(f, figure)), None)) and normalize(other.value) != normalize(figure.value):
            yield Caution("differs", f"{figure.group}の{_total(figure)}は、箇所により{amount(other.value, other.unit)}と{amount(figure.value, figure.unit)}とがある。", (other.citation, figure.citation))
            continue
        key = (normalize(figure.item), figure.unit)
        other = seen.setdefault(key, figure)
        if normalize(other.value) != normalize(figure.value) and sources.get(other.citation) != sources.get(figure.citation) and len(figure.item) >= 5:
            yield Caution("differs", f"「{figure.item}」は、資料により{other.value}{other.unit}と{figure.value}{figure.unit}とがある。", (other.citation, figure.citation))


def _same_total(a: Figure, b: Figure) -> bool:
    """Whether two figures give the same total of the same theme and year."""
    return a.group == b.group and a.unit == b.unit and bool(_total(a)) and _total(a) == _total(b) and YEAR.findall(a.as_of)[:1] == YEAR.findall(b.as_of)[:1]


def _total(figure: Figure) -> str:
    """総額 of 「国全体のデジタル政策総額 予算額」."""
    found = TOTAL.findall(figure.item)
    return found[-1] if found and not figure.item.startswith(("合計", "総計")) else ""


def _missing(topic: Topic, sections: Sequence[BriefingSection], figures: Sequence[Figure]) -> Iterator[Caution]:
    if topic.missing:
        yield Caution("missing", f"「{'」「'.join(topic.missing_names)}」についての記載は、資料に見つからなかった。")
    texts = [s.text for section in sections for s in section.statements]
    if not any(MONEY.search(text) for text in [*texts, *(f.unit for f in figures)]):
        yield Caution("missing", "用いた箇所には、予算額など金額の記載がない。")


def _dates(sections: Sequence[BriefingSection], citations: Sequence[Citation]) -> Iterator[Caution]:
    inferred = {c.n for c in citations if c.date_basis != "stated"}
    loose = [s for section in sections for s in section.statements if (NO_YEAR.search(s.text) or RELATIVE.search(s.text)) and set(s.citations) & inferred]
    if loose:
        numbers = tuple(sorted({n for s in loose for n in s.citations}))[:NAMED]
        yield Caution("year", "年の記載がない月日や「現在」「今年度」などは、各資料の時点による。資料の日付は、本文から推定したものを含む。", numbers)


def _suspect(gathered: Gathered, documents: dict[str, Document]) -> Iterator[Caution]:
    for document in dict.fromkeys(d for d, _ in gathered.suspected if d.id in documents):
        count = sum(d.id == document.id for d, _ in gathered.suspected)
        yield Caution("suspect", f"「{document.title}」には文字認識の誤りが疑われる箇所があり、主題に近い{count}文を用いていない。")


def _foreign(gathered: Gathered) -> Iterator[Caution]:
    if gathered.foreign:
        titles = "".join(f"「{document.title}」" for document in gathered.foreign[:3])
        yield Caution("language", f"主題に近い{titles}は日本語の資料ではないため、用いていない。")


def _few(documents: dict[str, Document]) -> Iterator[Caution]:
    if len(documents) == 1:
        yield Caution("few", "1件の資料のみに基づいており、ほかの資料との照合はしていない。")


def today() -> str:
    """The day on which a paper is made, in ISO form."""
    return date.today().isoformat()
