"""Whether the passages found can answer: do the place, the names and the thing asked for stand in them, and how likely is an answer?

Each rule gives its reason in words. The rules were set on the tuning questions; their figures are in docs/decisions.md.
"""

import re
import unicodedata
from collections.abc import Sequence

from index.search import Hit
from ingest.document import normalize
from ingest.words import noun_runs, terms, words
from qa.answerability import answerable, features
from qa.asked import Asked, is_japanese
from qa.comparison import COMPARES
from qa.evidence import SHORT_DOCUMENT, Unit, heading_text
from qa.places import missing_place, ordinals_named, places_named

LEAST_SIMILARITY, LEAST_SHARE = 0.644, 0.2  # under both, nothing in the passage speaks of the question
LEAST_SIMILARITY_FOREIGN = 0.6  # questions in other languages are less similar to Japanese passages
NOTHING_NEAR = 0.585  # cosine of the best passage under which the documents don't speak of such things at all, however sure the reader is
LEAST_LIKELY, LEAST_LIKELY_FOREIGN = 0.35, 0.45  # of the likelihood that the passages answer: under it they don't
NOT_FOUND = "質問の答えにあたる記述が見つかりません"
NOT_NEAR = "質問に近い内容の資料がありません"
NO_WORD = "質問の言葉が資料に見つかりません。資料にありそうな言葉でも試してください"
QUOTED = re.compile(r"[「『\"“]([^「」『』\"“”]{3,40})[」』\"”]")
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
        return (missing_place(question.question, "") if hits else None) or "条件に合う資料がありません", 0.0
    wide = context(found[0], hits)
    # One place has to stand in the very section; of things that are compared each may have its own.
    near = _section(found[0]) if len(places_named(question.question)) == 1 else wide
    if COMPARES.search(question.question):
        near = "\n".join([wide, *(f"{hit.title}\n{hit.chunk.context}\n{hit.chunk.text}" for hit in hits[:3])])
    name, head = missing(question, wide)
    was_read = any(hit.holds is not None for hit in hits)
    likely = answerable(features(question, hits, found, bool(name), bool(head), wide)) if was_read else 0.0
    japanese = is_japanese(question.question)
    far = NOT_NEAR if hits[0].dense < (NOTHING_NEAR if japanese else LEAST_SIMILARITY_FOREIGN) else None
    firm = far or _no_word(question, wide) or missing_place(question.question, near) or _missing_ordinal(question, wide) or _missing_quoted(question, wide)
    if firm or surely or likely >= (LEAST_LIKELY if japanese else LEAST_LIKELY_FOREIGN):
        return firm, likely
    return _too_far(question, hits) or name or head or (NOT_FOUND if was_read else None), likely


def missing(question: Asked, wide: str) -> tuple[str | None, str | None]:
    """What is said of a name, and of the thing asked of, that stand nowhere in the text around the best unit; None where they do."""
    return _missing_name(question, wide), _missing_head(question, wide)


def context(best: Unit, hits: Sequence[Hit]) -> str:
    """What the answer stands in: its passages with title, issuer, headings and date; all of a short document."""
    document = best.document
    near = [hit for hit in hits[:3] if hit.chunk.document_id == document.id]
    whole = document.text if len(document.text) <= SHORT_DOCUMENT else ""
    return "\n".join([document.title, document.issuer, document.date.value or "", *(f"{hit.chunk.context}\n{hit.chunk.text}" for hit in near), whole])


def _section(best: Unit) -> str:
    """The section that the answer stands in, with title, issuer and headings; all of a short document: a passage goes on into the next section."""
    document, section = best.document, best.document.sections[best.segment.section]
    text = document.text if len(document.text) <= SHORT_DOCUMENT else document.text[section.start : section.end]
    return "\n".join((document.title, document.issuer, *section.path, heading_text(document, best.index), text))


def _no_word(question: Asked, context: str) -> str | None:
    """No word of a Japanese question stands around the best unit: of 9 such tuning questions that have an answer, one was answered rightly."""
    return NO_WORD if question.own and is_japanese(question.question) and not question.share(frozenset(terms(context))) else None


def _too_far(question: Asked, hits: Sequence[Hit]) -> str | None:
    """Neither near by its meaning nor by its words; a question in another language was refused for its meaning alone before."""
    held = question.share(frozenset(hits[0].matched))
    return NOT_NEAR if is_japanese(question.question) and hits[0].dense < LEAST_SIMILARITY and held < LEAST_SHARE else None


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
