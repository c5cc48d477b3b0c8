"""Sentences of documents as a paper can use them: whole, without list marks or loose connectives, with their antecedents named."""

import re
from dataclasses import dataclass

from ingest.document import Document
from qa.cell_words import joined
from qa.wording import readable

SHORTEST, LONGEST = 18, 260  # characters of a sentence that says something and can still be read
JAPANESE = r"[ぁ-んァ-ヺー一-龯々「」『』、。・()〜~]"
NARROW = re.compile(rf"(?<={JAPANESE}) (?=[^\s])|(?<=[^\s]) (?={JAPANESE})")
ADDS = re.compile(r"^(?:また|さらに|特に|そして|なお|一方で?|続けて|続いて|加えて|此の外にも|このほか|その他|ただし|もっとも|とりわけ|同時に)(?:[、,]\s*|(?=[一-龯ァ-ヺA-Z「]))")
LEANS = re.compile(r"^(?:これ|それ|この(?!ほか)|その|こうした|そうした|両|ここ|そこ|以上|今回の(?!調査)|前述|上記|同じく|同(?=[一-龯ァ-ヺ]{1,8}[はがのをにも、])|当(?=[一-龯ァ-ヺ]{2,10}[はがのをにも、])|本(?=[一-龯ァ-ヺー]{2,10}[はがの])|今や)")
EXPLAINS = re.compile(r"(ため|から|わけ|もの)(だ|である|です)。$")
SAME = re.compile(r"^(?:同|当|本)([一-龯ァ-ヺー]{1,10}?)(?=[はがのをにもで、])")
OWN = re.compile(r"^(市|道|区|県|都|府)(?=[はがでも])")
REFERS_DOWN = re.compile(r"(以下|次|下記)の?(とおり|通り)|以下.{0,12}(紹介|まとめ)|【(表|図)\s*\d+】参照")
ASKS = re.compile(r"(か|かな)[。?]?$|か[。(]([^()]*\))?。?$|(ついて|例)も?(共に)?紹介する。$")
CONTACT = re.compile(r"https?:|www\.|@|[\w-]+(?:\.[\w-]+)+\.(?:kr|jp|com|net|org|go)\b|☎|(電話|メール|問い?合わ?せ)先?\s*[:\uff1a]|\d{2,4}-\d{3,4}-\d{4}")
LABELLED = re.compile(r"^([一-龯ァ-ヺーA-Za-z・]{2,12})\s*[:\uff1a]\s*(.{2,120})$")
ENDS = re.compile(r"[。!?]$")
ENUMERATES = re.compile(r"^(.{4,60}?)は、?(?:以下|次)の?(?:とおり|通り)(?:である|です|だ)?。$")
LONGEST_ENUMERATION = 6
BROKEN = re.compile(r"(?:など|」)\s+(?=この|その|これ)")  # two sentences whose boundary was lost
GLOSS = re.compile(r"\([A-Za-z][A-Za-z ,.、'&-]{23,}\)")  # an English name in full behind the Japanese one


@dataclass(frozen=True, slots=True)
class Wording:
    """How a place of a document reads in a paper, and the spans that it stands on; ``leans`` where it needs the sentence before it."""

    text: str
    spans: tuple[tuple[int, int], ...]
    leans: bool = False
    direct: bool = False  # gives somebody's words


def tidy(text: str) -> str:
    """One line without list marks, note marks and the blanks that a typesetter leaves between scripts."""
    text = re.sub(r"^※\d*\s*", "", joined(readable(text)))
    text = _without_triangles(text)
    text = re.sub(r"(?<=\S)※\d?(?=[」』)。、はがのをに])", "", joined(readable(text)))
    return re.sub(r"\s+(?=[、。)」])", "", NARROW.sub("", text)).strip()


def _without_triangles(text: str) -> str:
    """「8大産業である▲A▲B▲Cである。」 as an enumeration with commas."""
    first = True

    def comma(match: re.Match[str]) -> str:
        nonlocal first
        before, first_now = text[: match.start()].rstrip(), first
        first = False
        return "" if before.endswith(("、", ",", "(", "「")) or (first_now and before.endswith(("ある", "の", "は", "を", "が", "で"))) or not before else "、"

    return re.sub(r"\s*[▲△▴]\s*", comma, text)


def wording(document: Document, index: int) -> Wording | None:
    """The segment as a sentence of a paper; None where it is none: a label, a caption, a question, an address."""
    segment = document.segments[index]
    if segment.kind == "row" or segment.kind in ("heading", "title"):
        return None
    raw = document.text[segment.start : segment.end]
    if segment.kind == "item" and not raw.rstrip().endswith("。"):
        return _described(document, index)
    if BROKEN.search(raw):
        return None
    text = GLOSS.sub("", tidy(raw))
    enumerated = ENUMERATES.match(text)
    if enumerated:
        return _enumerated(document, index, enumerated.group(1))
    if not _is_sentence(text):
        return None
    spans = ((segment.start, segment.end),)
    lead = ADDS.match(text)
    text = text[lead.end() :] if lead else text
    own = OWN.match(text)
    text = document.issuer + text[own.end() :] if own and document.issuer.endswith(own.group(1)) else text
    named = _named(document, index, text)
    if named:
        return Wording(named[0], (named[1], *spans), False, is_direct(text))
    return Wording(text, spans, bool(LEANS.match(text) or EXPLAINS.search(text)), is_direct(text))


def is_direct(text: str) -> bool:
    """Whether a sentence gives what somebody said, which is no measure yet."""
    return bool(re.search(r"」(と|として?)[^。]{0,14}(述べ|語|強調|明らかに|紹介|説明|話)|と思う|れたらと", text))


def _is_sentence(text: str) -> bool:
    if not SHORTEST <= len(text) <= LONGEST or not ENDS.search(text) or ASKS.search(text) or not re.search(r"は|が|を|も", text):
        return False
    return not (REFERS_DOWN.search(text) or CONTACT.search(text) or any(text.count(a) != text.count(b) for a, b in ("()", "「」", "『』")))


def _named(document: Document, index: int, text: str) -> tuple[str, tuple[int, int]] | None:
    """The sentence with 同教育庁 spelled out from the sentence before it, and that sentence's span; None where there is nothing to spell out."""
    same = SAME.match(text)
    before = predecessor(document, index)
    if not same or before is None:
        return None
    span = (document.segments[before].start, document.segments[before].end)
    longer = re.findall(rf"[一-龯々ァ-ヺーA-Za-z0-9・&]+{re.escape(same.group(1))}", tidy(document.text[slice(*span)]))
    names = {name for name in longer if len(name) > len(same.group(1)) + 1}
    return (names.pop() + text[same.end() :], span) if len(names) == 1 else None


def predecessor(document: Document, index: int) -> int | None:
    """The sentence before, in the same section."""
    before = index - 1
    segments = document.segments
    if before >= 0 and segments[before].section == segments[index].section and segments[before].kind in ("sentence", "item", "note"):
        return before
    return None


def _enumerated(document: Document, index: int, subject: str) -> Wording | None:
    """「4大推進戦略は、以下のとおりである。」 with the items that follow, in one sentence."""
    items = []
    for i in range(index + 1, len(document.segments)):
        segment = document.segments[i]
        if segment.kind != "item" or segment.section != document.segments[index].section or segment.parents:
            break
        items.append(i)
    texts = [tidy(document.text[document.segments[i].start : document.segments[i].end]) for i in items]
    if not 2 <= len(texts) <= LONGEST_ENUMERATION or any("、" in t or "。" in t or ":" in t or len(t) > 40 for t in texts):
        return None
    span = (document.segments[index].start, document.segments[items[-1]].end)
    return Wording(f"{subject}は、{'、'.join(f'「{t}」' for t in texts)}である。", (span,))


def _described(document: Document, index: int) -> Wording | None:
    """A measure that is described by labelled items under its name: 対象は…。支援額は…。"""
    segments = document.segments
    children = [i for i, s in enumerate(segments) if s.kind == "item" and s.parents[-1:] == (index,)]
    pairs = [LABELLED.match(tidy(document.text[segments[i].start : segments[i].end])) for i in children]
    if len(pairs) < 2 or not all(pairs):
        return None
    name = tidy(document.text[segments[index].start : segments[index].end]).rstrip(":\uff1a")
    text = f"{name}:" + "".join(f"{p.group(1)}は、{p.group(2).rstrip('。')}。" for p in pairs if p)
    return Wording(text, ((segments[index].start, segments[children[-1]].end),)) if len(text) <= LONGEST and not CONTACT.search(text) and not re.search(r"\d月\d|(内容|対象|概要)$", name) else None


def described_section(document: Document, section: int) -> Wording | None:
    """The same where the name is the heading of a section that holds nothing but labelled items."""
    inside = [s for s in document.segments if s.section == section and s.kind not in ("heading", "note")]
    pairs = [LABELLED.match(tidy(document.text[s.start : s.end])) for s in inside]
    if len(pairs) < 2 or not all(pairs):
        return None
    text = "".join(f"{p.group(1)}は、{p.group(2).rstrip('。')}。" for p in pairs if p)
    return Wording(text, ((inside[0].start, inside[-1].end),)) if len(text) <= LONGEST else None
