"""What would be quoted and doesn't show what is asked for: another kind of contact, nobody's name, another year's number, a plan for a result.

Each rule gives its reason in words. They were set on the tuning questions; their figures are in docs/decisions.md.
"""

import re
import unicodedata
from collections.abc import Sequence

from index.question import Asked as Kind
from index.question import years_named
from ingest.document import Document
from ingest.text.dates import mentions
from ingest.words import words
from qa.answerability import PLAN, RESULT_ASKED, SURELY
from qa.asked import Asked
from qa.restriction import missing_restriction
from qa.selection import Quote

NO_MONEY = re.compile(r"率|割合|比率|パーセント|%|[件人台]数|面積|時間|期間")  # of which いくら asks too
LEAD = 200  # characters of a section
MUST_BE_SHOWN: dict[Kind, str] = {"money": "金額", "contact": "連絡先", "time": "時刻", "count": "数"}
# A contact is asked for by its kind: what asks for it, what shows it, what it is called.
CONTACTS = (
    (re.compile(r"電話番号|電話は何番|(?:phone|telephone) number|전화\s?번호", re.I), re.compile(r"\d{2,4}\)?[-\s.]\d{3,4}|内線"), "電話番号"),
    (re.compile(r"メールアドレス|e-?mail address|이메일\s?주소", re.I), re.compile(r"\S@\S"), "メールアドレス"),
    (re.compile(r"URL|(?:サイト|ホームページ)の(?:アドレス|URL)|(?:website|web) address", re.I), re.compile(r"https?:|www\.|\w\.(?:kr|jp|com|org|net)"), "URL"),
)
ANY_NUMBER = re.compile(r"\d|(?<![一-龯])[一二三四五六七八九十百半数](?![定般部貫体方環時層番])")
COUNTED = re.compile(r"(件|台|社|校|回|か所|人|名|戸|棟|冊)数")
CLAUSE, YEAR = re.compile(r"[、。;]|(?<=[^\d]),"), re.compile(r"\d+\s*(?:年度?|月|日)")
NO_VALUE = re.compile(r": (不明|[-–−—…])$")
DONE = re.compile(r"(した|れた|った|れている|っている|ました)(。|$|と|、)|完了|達し")
OFFICE = re.compile(r"([一-龯]{0,8}?(?:長|代表者?|知事|総裁|理事|教授|担当者|議員|委員|大使|領事|責任者|講師|大臣|長官))(?:は(?:誰|だれ|どなた)|の(?:お?名前|氏名)|\s+(?:お?名前|氏名)|って(?:誰|だれ))")
HEADS = ("社長", "代表理事", "代表取締役", "CEO", "最高経営責任者")  # of a company, each as its country calls it
FULL_NAME = re.compile(r"[ァ-ヶー]{2,}・[ァ-ヶー]{2,}|[A-Z][a-z]+ [A-Z][a-z]+")
BESIDE = 14  # characters beside an office in which the name of its holder stands


def unshown(question: Asked, quotes: Sequence[Quote], likely: float) -> str | None:
    """Why what would be quoted doesn't answer, or None when it does; ``likely`` is what ``before`` gave."""
    text = "\n".join(line for q in quotes for line in (*q.lines, *(q.document.text[a:b] for a, b in q.spans)))
    around = "\n".join(part for q in quotes for part in (q.document.title, q.document.date.value or "", *q.path, *_introductions(q), _lead(q)))
    firm = _no_value(quotes) or _missing_contact(question, text) or _missing_person(question, text) or _missing_year(question, f"{text}\n{around}") or _value_of_another_year(question, quotes) or _missing_group(question, f"{text}\n{around}") or _only_planned(question, text)
    return firm or _without_number(question, text) or (_not_shown(question, f"{text}\n{around}{_counted_in_labels(quotes)}") if likely < SURELY else None)


def _no_value(quotes: Sequence[Quote]) -> str | None:
    """A table's cell that says that there is no value."""
    line = next((line for q in quotes for line in q.lines if NO_VALUE.search(line)), None)
    return f"資料では値が示されていません({line})" if line and len(quotes) == 1 else None


def _counted_in_labels(quotes: Sequence[Quote]) -> str:
    """What the labels of quoted rows say is counted, as a number would show it: 発行件数 stands for 件 behind the row's numbers."""
    rows = (q.document.text[a:b] for q in quotes for a, b in q.spans if any(t.start <= a < t.end for t in q.document.tables))
    return "".join(f"\n1{unit}" for row in rows if re.search(r"\d", row) for unit in COUNTED.findall(row))


def _missing_contact(question: Asked, text: str) -> str | None:
    """A phone number isn't answered by a web address."""
    asked, quoted = unicodedata.normalize("NFKC", question.question), unicodedata.normalize("NFKC", text)
    kinds = [(shown, name) for asks, shown, name in CONTACTS if asks.search(asked)]
    return f"{kinds[0][1]}の記載が見つかりません" if kinds and not any(shown.search(quoted) for shown, _ in kinds) else None


def _missing_person(question: Asked, text: str) -> str | None:
    """Who holds an office is asked, and no name stands beside the office (所長, 代表理事) in what would be quoted."""
    folded, quoted = unicodedata.normalize("NFKC", question.question), unicodedata.normalize("NFKC", text)
    match = OFFICE.search(folded)
    if not match:
        return None
    office = match.group(1)
    known = next((office[i:] for i in range(len(office) - 1) if office[i:] in quoted), "")
    if not known and office.endswith(HEADS):
        known = next((head for head in HEADS if head in quoted), "")
    near = [quoted[max(0, m.start() - BESIDE) : m.end() + BESIDE] for m in re.finditer(re.escape(known), quoted)] if known else []
    named = any(FULL_NAME.search(part) or any("人名" in w.pos for w in words(part)) for part in near)
    return None if named else f"「{office}」の氏名の記載が見つかりません"


def _missing_year(question: Asked, context: str) -> str | None:
    """A year that the question names, in any era, and that stands nowhere around what is quoted."""
    asked = years_named(question.question)
    held = {m.year for m in mentions(context) if m.year} | {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", context)}
    missing = sorted(year for year in asked if year and year not in held)
    return f"{missing[0]}年についての記載が見つかりません" if missing else None


def _value_of_another_year(question: Asked, quotes: Sequence[Quote]) -> str | None:
    """The one year asked of stands in the sentence quoted, beside another whose number it is: 「2024年度は5万人を養成、2025年も実施中」 gives none for 2025."""
    years = years_named(question.question)
    if len(years) != 1 or len(quotes) != 1 or len(quotes[0].lines) != 1 or "date" in question.need.asked or not {"count", "money"} & set(question.need.asked):
        return None
    named: set[int] = set()
    held = []
    for clause in CLAUSE.split(quotes[0].lines[0]):
        named = years_named(clause) or named
        held += [named] if any(question.need.shows(kind, YEAR.sub("", clause)) for kind in ("count", "money") if kind in question.need.asked) else []
    elsewhere = bool(held) and all(of and not years & of for of in held)
    return f"{min(years)}年の値の記載が見つかりません" if elsewhere and years & years_named(quotes[0].lines[0]) else None


def _missing_group(question: Asked, context: str) -> str | None:
    """A group that the question is restricted to (製造業, 5人未満) and that isn't spoken of."""
    missing = missing_restriction(question.question, context)
    return f"「{missing}」に限った記載が見つかりません" if missing else None


def _only_planned(question: Asked, text: str) -> str | None:
    """What came of it is asked, and the text knows only plans."""
    if RESULT_ASKED.search(question.question) and PLAN.search(text) and not DONE.search(text):
        return "資料には予定や計画だけが書かれており、結果の記載はありません"
    return None


def _without_number(question: Asked, text: str) -> str | None:
    """A number of something is asked for (何か月, 何社) and what would be quoted holds no number at all, however near it is (「一定期間」)."""
    counted = question.need.counters and "count" in question.need.asked and not {"contact", "date", "list"} & set(question.need.asked)
    return f"{MUST_BE_SHOWN['count']}の記載が見つかりません" if counted and not ANY_NUMBER.search(unicodedata.normalize("NFKC", text)) else None


def _not_shown(question: Asked, text: str) -> str | None:
    """An amount, a contact, a time or a number of something is asked for and none is quoted."""
    asked = question.need.asked
    wanted = [kind for kind in asked if kind in MUST_BE_SHOWN and not (kind == "contact" and question.need.counters) and (kind != "count" or (question.need.counters and not {"contact", "date"} & set(question.need.asked)))]
    wanted = [kind for kind in wanted if kind != "money" or not NO_MONEY.search(question.question)]
    missing = next((kind for kind in wanted if not question.need.shows(kind, text)), None)
    return f"{MUST_BE_SHOWN[missing]}の記載が見つかりません" if missing else None


def _lead(quote: Quote) -> str:
    """How the section of a report that a quote stands in begins: what year it speaks of is said there once."""
    section = next((s for s in quote.document.sections if s.path and s.path == quote.path), None)
    return quote.document.text[section.start : min(section.end, section.start + LEAD)] if section else ""


def _introductions(quote: Quote) -> list[str]:
    """The headings and notes of the tables that a quote stands in."""
    document: Document = quote.document
    return [document.text[t.start : t.header_end] + t.introduction for t in document.tables if any(t.start <= a < t.end for a, _ in quote.spans)]
