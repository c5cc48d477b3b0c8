"""From what a file says to its Documents: split, dated, structured."""

import hashlib
import re
from dataclasses import replace
from itertools import pairwise

from ingest.content import Content
from ingest.document import Document, DocumentDate, Omission, normalize
from ingest.sources import Source
from ingest.text.bundles import LONGEST, headline_of, same_headline, split_releases
from ingest.text.cleaning import Line
from ingest.text.dates import Mention, document_date, with_year_of_neighbours
from ingest.text.names import name_pairs
from ingest.text.structure import build_structure, lay_out
from ingest.text.suspicions import suspicions

ISSUER = re.compile(
    r"CLAIR[^\n。、]{0,12}事務所|東京都|北海道|大阪府|京都府|京都市|(?:[一-龯]{2}[南北]|京畿|江原)道|"
    r"(?:(?<![ァ-ヶー・])[ァ-ヶー]{2,10}(?!市長)|(?<![一-龯])(?!広域|特別)[一-龯]{1,4}?)"  # ・ウォンスン市長, パク市長 are persons
    r"(?:特別市|広域市|特別自治[市道]|(?<!都)市|県|(?<![治地学])区|町|村)(?![場民])"  # no 都市, 自治区, 市場, 市民
)
STATE = re.compile(  # the ministries and agencies of Japan; general knowledge, not taken from any document
    "総務省|法務省|外務省|財務省|文部科学省|厚生労働省|農林水産省|経済産業省|国土交通省|環境省|防衛省|内閣府|内閣官房|デジタル庁|復興庁|金融庁|消費者庁|こども家庭庁|警察庁|消防庁|国税庁|文化庁|"
    "スポーツ庁|水産庁|林野庁|特許庁|中小企業庁|資源エネルギー庁|観光庁|気象庁|海上保安庁|出入国在留管理庁|人事院|会計検査院|公正取引委員会"
)
NOBODY = re.compile(r"^([各貴].*|.*(都道)?府県|市区?)$")  # 都道府県, 市区町村: all of them, so none
SHORTEST_HEADLINE = 12  # characters: shorter lines may well be printed twice
UNKNOWN_ISSUER = "発表者不明"


def read_documents(source: Source, content: Content) -> list[Document]:
    """The documents of one file, in its order. A report is one document, a file of releases as many as it holds."""
    lines = list(content.lines)
    kind = source.kind or content.kind or _kind(lines)
    parts = split_releases(lines) if kind == "press_release" else [lines]
    title = content.title if len(parts) == 1 else ""
    issuer = content.author if ISSUER.fullmatch(content.author) or STATE.fullmatch(content.author) else ""
    drafts = [_draft(source, kind, part, title, issuer) for part in parts if _says_something(part)]
    dates = _in_order([date for _, date, _ in drafts], [awaiting for _, _, awaiting in drafts])
    if content.date and len(dates) == 1 and dates[0].basis != "stated":
        dates = [DocumentDate(content.date, "stated")]
    return [replace(document, date=date) for (document, _, _), date in zip(drafts, dates, strict=True)]


def _says_something(lines: list[Line]) -> bool:
    """Whether a letter, kana, kanji or number stands in the lines; marks alone make no document."""
    return any(c.isalnum() for line in lines for c in line.text)


def _draft(source: Source, kind: str, lines: list[Line], title: str, issuer: str) -> tuple[Document, DocumentDate, Mention | None]:
    title = title or _title(lines)
    left_out = [omission for line in lines for omission in line.left_out]
    repeats: list[Omission] = []
    if all(line.page is None for line in lines):  # what stands twice on a page (two equal figures) was printed twice
        lines, repeats = _without_repeats(lines, title)
    else:
        lines, repeats = _with_one_headline(lines, title)
    made = build_structure(*lay_out(lines), title)
    date, awaiting = document_date(made.text, kind)
    document = Document(
        id=_document_id(source, made.text), title=title, issuer=source.issuer or issuer or _issuer(made.text), kind=kind,
        language=source.language or _language(made.text), date=date, source=source.name, text=made.text,
        sections=tuple(made.sections), segments=tuple(made.segments), tables=tuple(made.tables), names=tuple(name_pairs(made.text)),
        omissions=(*repeats, *left_out), suspicions=tuple(sorted({*made.suspicions, *suspicions(made.text)}, key=lambda s: (s.start, s.end, s.reason))), pages=tuple(made.pages),
    )  # fmt: skip
    return document, date, awaiting


def _document_id(source: Source, text: str) -> str:
    """The first part of the corpus file's name (or ``user``) and a hash of the text: the same text, the same id.

    What one session alone sees gets an id that others can't work out from the text.
    """
    if source.owner:
        return f"own-{hashlib.sha256(f'{source.owner} {text}'.encode()).hexdigest()[:16]}"
    prefix = re.match(r"[0-9A-Za-z]{1,16}", source.name) if source.is_corpus else None
    return f"{prefix.group() if prefix else 'user'}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _title(lines: list[Line]) -> str:
    first = next((line for line in lines if not line.is_blank), Line("", 0))
    if first.level:
        return first.text
    return headline_of([line for line in lines if not line.row]) or first.text.replace("\t", " ").strip()[:LONGEST]


def _without_repeats(lines: list[Line], title: str) -> tuple[list[Line], list[Omission]]:
    """Leave out the headline's repetitions (picture captions) and lines that stand twice in a row."""
    kept: list[Line] = []
    omissions = []
    title_seen, previous = False, ""
    for line in lines:
        if line.row:
            kept.append(line)
            continue
        is_title = same_headline(line.text, title) and (line.text == title or not title_seen)
        text = line.text.lstrip("•・ ")
        repeated = (text == title and title_seen) or (line.text == previous and len(line.text) < 60 and "\t" not in line.text and not line.is_blank)
        if repeated:
            omissions.append(Omission(line.text, "repeated"))
            kept.append(Line("", 0))
            continue
        if text == title and not title_seen:
            line = replace(line, text=title, indent=0)
        title_seen = title_seen or is_title or text == title
        previous = line.text or previous
        kept.append(line)
    return kept, omissions


def _with_one_headline(lines: list[Line], title: str) -> tuple[list[Line], list[Omission]]:
    """Of a headline that stands twice in a row on a page (the name of its picture) leave out the second."""
    written = [i for i, line in enumerate(lines) if not line.is_blank]
    written = written if len(title) >= SHORTEST_HEADLINE else []
    twice = [j for i, j in pairwise(written) if lines[i].text == lines[j].text == title and lines[i].page == lines[j].page and not lines[j].row]
    kept = [Line("", 0, left_out=line.left_out, page=line.page) if i in twice else line for i, line in enumerate(lines)]
    return kept, [Omission(title, "repeated") for _ in twice]


def _in_order(dates: list[DocumentDate], awaiting: list[Mention | None]) -> list[DocumentDate]:
    """Give releases that name no year the year that the bundle's order allows, if it has one order."""
    known = [d.value[:7] for d in dates if d.value]
    if len(known) < 2 or (known != sorted(known) and known != sorted(known, reverse=True)):
        return dates
    found = list(dates)
    for i, mention in enumerate(awaiting):
        if mention is None:
            continue
        before = next((d.value for d in reversed(found[:i]) if d.value), None)
        after = next((d.value for d in found[i + 1 :] if d.value), None)
        found[i] = with_year_of_neighbours(before, mention, after)
    return found


def _kind(lines: list[Line]) -> str:
    """A report has numbered or marked headings, a release doesn't."""
    headings = sum(line.level > 0 for line in lines)
    return "report" if headings >= 3 else "press_release"


def _issuer(text: str) -> str:
    """The authority that the head of the text names most often, in its longest form (光州広域市, also counted as 光州市)."""
    found = [name for name in (*ISSUER.findall(text[:1500]), *STATE.findall(text[:1500])) if not NOBODY.match(name)]
    short = [re.sub(r"(特別|広域)市$", "市", name) for name in found]
    most = max(short, key=short.count, default="")
    return max((name for name, form in zip(found, short, strict=True) if form == most), key=len, default=UNKNOWN_ISSUER)


def _language(text: str) -> str:
    folded = normalize(text[:3000])
    counts = {"ja": len(re.findall(r"[ぁ-んァ-ヶ]", folded)), "ko": len(re.findall(r"[가-힣]", folded)), "en": len(re.findall(r"[A-Za-z]", folded)) // 4}
    return max(counts, key=lambda k: counts[k])
