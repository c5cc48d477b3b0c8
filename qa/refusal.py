"""Whether what was found can answer: do the place, the year, the names and the thing asked for stand in it?

``before`` looks at the passages, ``after`` at what would be quoted. Each rule gives its reason in
words. The rules were set on the tuning questions; their figures are in docs/decisions.md.
"""

import re
import unicodedata
from collections.abc import Sequence

from index.question import Asked as Kind
from index.question import years_named
from index.search import Hit
from ingest.document import Document, normalize
from ingest.text.dates import mentions
from ingest.words import noun_runs, terms, words
from qa.answerability import PLAN, RESULT_ASKED, answerable, features
from qa.comparison import COMPARES
from qa.evidence import SHORT_DOCUMENT, Asked, Unit, is_japanese
from qa.places import missing_place, ordinals_named, places_named
from qa.restriction import missing_restriction
from qa.selection import Quote

LEAST_SIMILARITY, LEAST_SHARE = 0.838, 0.2  # under both, nothing in the passage speaks of the question
LEAST_SIMILARITY_FOREIGN = 0.775  # questions in other languages are less similar to Japanese passages
LEAST_LIKELY, SURELY = 0.35, 0.75  # of the likelihood that the passages answer: under the first they don't, from the second on a value needn't be recognised
NO_MONEY = re.compile(r"率|割合|比率|パーセント|%|[件人台]数|面積|時間|期間")  # of which いくら asks too
LEAD = 200  # characters of a section
NOT_FOUND = "質問の答えにあたる記述が見つかりません"
NO_WORD = "質問の言葉が資料に見つかりません。資料にありそうな言葉でも試してください"
MUST_BE_SHOWN: dict[Kind, str] = {"money": "金額", "contact": "連絡先", "time": "時刻", "count": "数"}
# A contact is asked for by its kind: what asks for it, what shows it, what it is called.
CONTACTS = (
    (re.compile(r"電話番号|電話は何番|(?:phone|telephone) number|전화\s?번호", re.I), re.compile(r"\d{2,4}\)?[-\s.]\d{3,4}|内線"), "電話番号"),
    (re.compile(r"メールアドレス|e-?mail address|이메일\s?주소", re.I), re.compile(r"\S@\S"), "メールアドレス"),
    (re.compile(r"URL|(?:サイト|ホームページ)の(?:アドレス|URL)|(?:website|web) address", re.I), re.compile(r"https?:|www\.|\w\.(?:kr|jp|com|org|net)"), "URL"),
)
ANY_NUMBER = re.compile(r"\d|(?<![一-龯])[一二三四五六七八九十百半数](?![定般部貫体方環時層番])")
COUNTED = re.compile(r"(件|台|社|校|回|か所|人|名|戸|棟|冊)数")
NO_VALUE = re.compile(r": (不明|[-–−—…])$")
QUOTED = re.compile(r"[「『\"“]([^「」『』\"“”]{3,40})[」』\"”]")
DONE = re.compile(r"(した|れた|った|れている|っている|ました)(。|$|と|、)|完了|達し")
OFFICE = re.compile(r"([一-龯]{0,8}?(?:長|代表者?|知事|総裁|理事|教授|担当者|議員|委員|大使|領事|責任者|講師|大臣|長官))(?:は(?:誰|だれ|どなた)|の(?:お?名前|氏名)|\s+(?:お?名前|氏名)|って(?:誰|だれ))")
FULL_NAME = re.compile(r"[ァ-ヶー]{2,}・[ァ-ヶー]{2,}|[A-Z][a-z]+ [A-Z][a-z]+")
BESIDE = 14  # characters beside an office in which the name of its holder stands
NAME_ENDING = re.compile(r"(部|省|庁|局|業|条例|法|協定|協約|基金|ファンド|バウチャー|大学|大学校|銀行|財団|公社|協会|センター|カフェ|鉄|工場|支社|支店|病院|空港|駅)$")
NOT_NAMES = {"中央省庁", "省庁", "各省庁", "役所", "市役所", "部署", "担当部署", "企業", "事業", "授業", "産業", "全部", "一部", "本部", "大学", "協定", "協約", "センター", "工場", "方法", "業種", "作業", "学部", "卒業", "開業", "創業", "起業", "就業", "営業", "法", "業", "部", "行政法", "条例", "カフェ", "基金", "財団", "幹部", "内部", "外部"}  # fmt: skip
HEAD = re.compile(r"([一-龯ァ-ヺー々]{2,12})(は)[、\s]?(?:だいたい|およそ|全部で|合わせて|合計|1\S{1,6}|一\S{1,4})?(?:何(?!で|を|が|に)|いつ|どこ|誰|だれ|どなた|いくら|いくつ|どのくらい|どれくらい|どれほど)")
MEASURE = re.compile(r"(日付|日程|時期|日|者数?|番号)$")  # of the thing that has to be spoken of: 開設日, 登録者数
GENERIC_HEADS = re.compile(r"(場所|会場|所在地|住所|名前|名称|氏名|数|人数|件数|額|金額|総額|規模|期間|期限|時期|日|日付|日程|日時|時間|番号|電話|連絡先|割合|率|合計|内容|人|社|企業|会社|国|都市|団体|大学|建物|言語|分野|テーマ|相手|もの|ところ|受け持ち|先生|担当|代表|市長|締切|締め切り|広さ|面積|目的|理由|条件|対象|方法|予定|こと|の|者|員|生|民|客|受付|受け付け|申請|申込|申し込み|募集|開催|発表|実施)$")


def before(question: Asked, hits: Sequence[Hit], found: Sequence[Unit], surely: bool = False) -> tuple[str | None, float]:
    """Why the passages can't answer, in Japanese, or None when they may; and how likely they do (0-1).

    ``surely``: the cells of a table that answer are there, though no passage says so in words. Without the reader the rules on wording decide, with it the likelihood that they are a part of.
    """
    if not found or not hits:
        return "条件に合う資料がありません", 0.0
    wide = context(found[0], hits)
    # One place has to stand in the very passage; of things that are compared each may have its own.
    near = context(found[0], hits, passages=1) if len(places_named(question.question)) == 1 else wide
    if COMPARES.search(question.question):
        near = "\n".join([wide, *(f"{hit.title}\n{hit.chunk.context}\n{hit.chunk.text}" for hit in hits[:3])])
    name, head = missing(question, wide)
    was_read = any(hit.holds is not None for hit in hits)
    likely = answerable(features(question, hits, found, bool(name), bool(head), wide)) if was_read else 0.0
    firm = _no_word(question, wide) or missing_place(question.question, near) or _missing_ordinal(question, wide) or _missing_quoted(question, wide)
    if firm or surely or likely >= LEAST_LIKELY:
        return firm, likely
    return _too_far(question, hits) or name or head or (NOT_FOUND if was_read else None), likely


def missing(question: Asked, wide: str) -> tuple[str | None, str | None]:
    """What is said of a name, and of the thing asked of, that stand nowhere in the text around the best unit; None where they do."""
    return _missing_name(question, wide), _missing_head(question, wide)


def after(question: Asked, quotes: Sequence[Quote], likely: float) -> str | None:
    """Why what would be quoted doesn't answer, or None when it does; ``likely`` is what ``before`` gave."""
    text = "\n".join(line for q in quotes for line in (*q.lines, *(q.document.text[a:b] for a, b in q.spans)))
    around = "\n".join(part for q in quotes for part in (q.document.title, q.document.date.value or "", *q.path, *_introductions(q), _lead(q)))
    firm = _no_value(quotes) or _missing_contact(question, text) or _missing_person(question, text) or _missing_year(question, f"{text}\n{around}") or _missing_group(question, f"{text}\n{around}") or _only_planned(question, text)
    return firm or _without_number(question, text) or (_not_shown(question, f"{text}\n{around}{_counted_in_labels(quotes)}") if likely < SURELY else None)


def _no_value(quotes: Sequence[Quote]) -> str | None:
    """A table's cell that says that there is no value."""
    line = next((line for q in quotes for line in q.lines if NO_VALUE.search(line)), None)
    return f"資料では値が示されていません({line})" if line and len(quotes) == 1 else None


def context(best: Unit, hits: Sequence[Hit], passages: int = 3) -> str:
    """What the answer stands in: its passages with title, issuer, headings and date; all of a short document."""
    document = best.document
    near = [hit for hit in hits[:3] if hit.chunk.document_id == document.id]
    if passages == 1:
        near = [hit for hit in near if hit.chunk.start <= best.segment.start < hit.chunk.end]
    whole = document.text if len(document.text) <= SHORT_DOCUMENT else ""
    return "\n".join([document.title, document.issuer, document.date.value or "", *(f"{hit.chunk.context}\n{hit.chunk.text}" for hit in near), whole])


def _counted_in_labels(quotes: Sequence[Quote]) -> str:
    """What the labels of quoted rows say is counted, as a number would show it: 発行件数 stands for 件 behind the row's numbers."""
    rows = (q.document.text[a:b] for q in quotes for a, b in q.spans if any(t.start <= a < t.end for t in q.document.tables))
    return "".join(f"\n1{unit}" for row in rows if re.search(r"\d", row) for unit in COUNTED.findall(row))


def _lead(quote: Quote) -> str:
    """How the section of a report that a quote stands in begins: what year it speaks of is said there once."""
    section = next((s for s in quote.document.sections if s.path and s.path == quote.path), None)
    return quote.document.text[section.start : min(section.end, section.start + LEAD)] if section else ""


def _introductions(quote: Quote) -> list[str]:
    """The headings and notes of the tables that a quote stands in."""
    document: Document = quote.document
    return [document.text[t.start : t.header_end] + t.introduction for t in document.tables if any(t.start <= a < t.end for a, _ in quote.spans)]


def _no_word(question: Asked, context: str) -> str | None:
    """No word of a Japanese question stands around the best unit: of 9 such tuning questions that have an answer, one was answered rightly."""
    return NO_WORD if question.own and is_japanese(question.question) and not question.share(frozenset(terms(context))) else None


def _too_far(question: Asked, hits: Sequence[Hit]) -> str | None:
    japanese = is_japanese(question.question)
    limit = LEAST_SIMILARITY if japanese else LEAST_SIMILARITY_FOREIGN
    held = question.share(frozenset(hits[0].matched))
    return "質問に近い内容の資料がありません" if hits[0].dense < limit and (held < LEAST_SHARE or not japanese) else None


def _missing_ordinal(question: Asked, context: str) -> str | None:
    """The 5th meeting isn't the 4th."""
    folded = normalize(context)
    missing = next((name for name, forms in ordinals_named(question.question) if not any(form in folded for form in forms)), None)
    return f"{missing}についての記載が見つかりません" if missing else None


def _missing_quoted(question: Asked, context: str) -> str | None:
    """A name in quotation marks of which the context doesn't know a third, or that has a number in it and isn't there."""
    text = unicodedata.normalize("NFKC", question.question)
    names = QUOTED.findall(text) if is_japanese(text) else []
    missing = next((name for name in names if _is_missing(name, context, 1 / 3) or (re.search(r"\d", name) and _is_missing(name, context, 0))), None)
    return f"「{missing}」についての記載が見つかりません" if missing else None


def _missing_name(question: Asked, context: str) -> str | None:
    """A compound that ends like a name (…部, …条例) or a proper noun, of which the context knows next to nothing."""
    text = unicodedata.normalize("NFKC", question.question)
    names = [*_compounds(text), *_proper_nouns(text)] if is_japanese(text) else []
    missing = next((name for name in names if _is_missing(name, context, 2 / 3)), None)
    return f"「{missing}」についての記載が見つかりません" if missing else None


def _is_missing(name: str, context: str, share: float) -> bool:
    """Whether the name doesn't stand in the context, in short (北大) or in full, nor do at least ``share`` of its words."""
    parts, held = set(terms(name)), set(terms(context))
    return bool(parts) and normalize(name) not in normalize(context) and len(parts - held) >= share * len(parts) and not _stands_in_full(name, context)


def _stands_in_full(name: str, context: str) -> bool:
    """Whether a name of two characters shortens one that is there: 北大 for 北海道大学."""
    return bool(re.fullmatch("[一-龯]{2}", name)) and bool(re.search(f"(?<![一-龯]){name[0]}[一-龯]{{1,4}}{name[1]}[一-龯]", context))


def _compounds(text: str) -> list[str]:
    """Runs of nouns that end like the name of an organisation, law, fund or kind of business."""
    return [name for name in noun_runs(text) if NAME_ENDING.search(name) and name not in NOT_NAMES and len(name) >= 3]


def _proper_nouns(text: str) -> list[str]:
    """Names of organisations and things that UniDic knows (not of people and places, which have several forms)."""
    return [w.surface for w in words(text) if w.is_name and w.pos[2] in ("一般", "組織") and len(w.surface) >= 2]


def _missing_head(question: Asked, context: str) -> str | None:
    """The thing that is asked of (任期は何年, 定員は何人) doesn't occur, in whole or in part."""
    match = HEAD.search(unicodedata.normalize("NFKC", question.question))
    head = MEASURE.sub("", match.group(1)) if match else ""
    if not match or len(head) < 2 or GENERIC_HEADS.search(head):
        return None
    parts = terms(head)
    return f"「{match.group(1)}」の記載が見つかりません" if parts and not set(parts) & set(terms(context)) else None


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
    near = [quoted[max(0, m.start() - BESIDE) : m.end() + BESIDE] for m in re.finditer(re.escape(known), quoted)] if known else []
    named = any(FULL_NAME.search(part) or any("人名" in w.pos for w in words(part)) for part in near)
    return None if named else f"「{office}」の氏名の記載が見つかりません"


def _missing_year(question: Asked, context: str) -> str | None:
    """A year that the question names, in any era, and that stands nowhere around what is quoted."""
    asked = years_named(question.question)
    held = {m.year for m in mentions(context) if m.year} | {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d{2})(?!\d)", context)}
    missing = sorted(year for year in asked if year and year not in held)
    return f"{missing[0]}年についての記載が見つかりません" if missing else None


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
