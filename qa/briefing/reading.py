"""A briefing that comes back from a browser: nothing of it is believed that can be looked up or checked again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from index.where import parse_where
from ingest.document import Document
from ingest.errors import InputError
from qa.answer import Citation
from qa.briefing.briefing import Briefing, BriefingSection, Caution, Commission, Comparison, ComparisonRow, Figure, Length, SectionKind, Statement, Style
from qa.briefing.check import checks, citation
from qa.briefing.figures import amount
from qa.checks.verification import holds

Find = Callable[[str], Document | None]

LONGEST_TEXT, LONGEST_HEADING, MOST = 2000, 300, 400  # characters; parts of a kind
BROKEN = "ブリーフィングの内容を読み取れません。画面を開き直して、作り直してください"


def read_briefing(raw: Any, find: Find) -> Briefing:
    """The briefing with its quotes looked up and its sentences and figures checked again; raises InputError where it can't be read."""
    try:
        return _Reader(raw, find).briefing()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(BROKEN) from error


def read_citation(raw: Mapping[str, Any], find: Find) -> Citation:
    """A citation looked up in its document; raises InputError for a span that isn't there."""
    document = find(str(raw["document_id"]))
    start, end = int(raw["start"]), int(raw["end"])
    if document is None or not 0 <= start < end <= len(document.text):
        raise InputError("出典の箇所が見つかりません。資料が入れ替えられた可能性があります。作り直してください")
    focus = raw.get("focus")
    return citation(document, int(raw["n"]), start, end, (int(focus[0]), int(focus[1])) if focus else None)


def checked_statement(text: str, cited: Sequence[Citation], find: Find, follows: bool = False, edited: bool = False) -> Statement:
    """A sentence checked against its citations; without any it is not supported."""
    spans = {c.n: (document, c.start, c.end) for c in cited if (document := find(c.document_id))}
    found = checks(text, list(spans.values()), list(spans))
    return Statement(text, tuple(c.n for c in cited), bool(cited) and holds(found), found, follows, edited)


class _Reader:
    def __init__(self, raw: Mapping[str, Any], find: Find) -> None:
        self.raw, self.find = raw, find
        self.cited = {c.n: c for c in (read_citation(c, find) for c in _few(raw["citations"]))}

    def briefing(self) -> Briefing:
        raw = self.raw
        return Briefing(
            self._commission(raw["commission"]), _text(raw["made"], 10), tuple(_text(q) for q in _few(raw["questions"])), tuple(_text(p, LONGEST_HEADING) for p in _few(raw["places"])),
            bool(raw["refused"]), _text(raw["reason"]) if raw["reason"] else None, tuple(_text(t) for t in _few(raw["instead"])),
            tuple(self._section(s) for s in _few(raw["sections"])), tuple(f for f in map(self._figure, _few(raw["figures"])) if f), self._comparison(raw["comparison"]),
            tuple(Caution(c["kind"], _text(c["text"]), self._numbers(c)) for c in _few(raw["cautions"])), tuple(self.cited.values()), {_text(k, 60): int(v) for k, v in raw["left_out"].items()},
        )  # fmt: skip

    def _commission(self, raw: Mapping[str, Any]) -> Commission:
        length, style = raw["length"], raw["style"]
        if length not in get_args(Length) or style not in get_args(Style):
            raise ValueError(length, style)
        where = parse_where(f"{c['field']}{c['operator']}{c['value']}" for c in _few(raw["where"]))
        return Commission(_text(raw["topic"], LONGEST_HEADING * 2), tuple(_text(q) for q in _few(raw["questions"])), _text(raw["audience"], LONGEST_HEADING), length, style, where)

    def _section(self, raw: Mapping[str, Any]) -> BriefingSection:
        if raw["kind"] not in get_args(SectionKind):
            raise ValueError(raw["kind"])
        return BriefingSection(raw["kind"], _text(raw["heading"], LONGEST_HEADING), self._statements(raw["statements"]))

    def _statements(self, raw: Any) -> tuple[Statement, ...]:
        return tuple(
            checked_statement(text, [self.cited[n] for n in self._numbers(s)], self.find, bool(s["follows"]), bool(s["edited"]))
            for s in _few(raw) if (text := " ".join(_text(s["text"]).split()))
        )  # fmt: skip

    def _numbers(self, raw: Mapping[str, Any]) -> tuple[int, ...]:
        return tuple(int(n) for n in _few(raw["citations"]) if int(n) in self.cited)

    def _figure(self, raw: Mapping[str, Any]) -> Figure | None:
        """A row whose value still stands in its source; others are dropped."""
        cited = self.cited[int(raw["citation"])]
        value, unit = _text(raw["value"], 60), _text(raw["unit"], 60)
        document = self.find(cited.document_id)
        if document is None or not holds(checks(amount(value, unit), [(document, cited.start, cited.end)])):
            return None
        return Figure(_text(raw["group"], LONGEST_HEADING), _text(raw["item"], LONGEST_HEADING), value, unit, _text(raw["as_of"], 60), cited.n)

    def _comparison(self, raw: Any) -> Comparison | None:
        if raw is None:
            return None
        rows = tuple(ComparisonRow(_text(r["aspect"], 60), tuple(self._cell(c) for c in _few(r["cells"]))) for r in _few(raw["rows"]))
        return Comparison(tuple(_text(p, LONGEST_HEADING) for p in _few(raw["places"])), rows)

    def _cell(self, raw: Any) -> tuple[Statement, ...]:
        """Headings, figures and plans of the comparison, which the screen doesn't let anybody change."""
        return tuple(Statement(_text(s["text"]), self._numbers(s)) for s in _few(raw))


def _few(parts: Any) -> list[Any]:
    if not isinstance(parts, list | tuple) or len(parts) > MOST:
        raise ValueError(parts)
    return list(parts)


def _text(text: Any, longest: int = LONGEST_TEXT) -> str:
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(text)
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
