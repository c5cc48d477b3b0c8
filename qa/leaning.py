"""Whether a question needs the turns before it: it points back, or leaves unsaid what it is about."""

import re
import unicodedata
from functools import lru_cache

from index.names import place_names
from index.question import need_of, years_named
from ingest.document import normalize
from ingest.words import noun_runs, terms, words

OPENING = re.compile(r"^(では|じゃあ|それでは|それなら|で|ちなみに|そうすると|あと|次に)(、|\s)*|^(and|then|so)[,\s]+|^(그럼|그러면|그렇다면)[,\s]*", re.I)
POINTS_BACK = re.compile(
    r"それ(?!ぞれ|以外|なり)|(?<!よ)その(?!他|ほか|もの|まま)|そこ(?!そこ)|これ(?!まで|から|ら)|(?<![どここ])この(?!度|たび|ほど)|そちら|同じ|前述|上記|彼"
    r"|\b(?:it(?! costs? to| takes? to)|its|they|their|them|those|that|he|she|his|her)\b|(?<!is )(?<!are )(?<!was )(?<!were )\bthere\b|(?:^|\s)그(?:것|건|게|곳|때|는|들|\s)|이것|거기", re.I,
)  # fmt: skip
MORE = re.compile(r"^(?:ほかに|他に|もう少し|もっと)|^[^、。はが]{1,16}の(?:ほう|方|場合)は|^(?:what|how) about\b", re.I)
STARTS = re.compile(r"^(?:(?:and|so|then|but|what|how|when|where|who|which|why|is|are|was|were|do|does|did|can|the|a|an|in)\b[\s,]*)+", re.I)  # capitals that name nothing
ASKS = re.compile(r"何|なに|誰|だれ|どなた|どこ|いつ|いくら|いくつ|どう|どの|どれ|どんな|なぜ|教えて|知りたい|ください")
# What any subject has, so that a compound which ends so names none: 申込受付期間, メールアドレス.
ATTRIBUTE = re.compile(r"(期間|期限|締め?切り?|時期|日|日程|日時|時間|場所|会場|先|人数|数|額|料|料金|費|費用|予算|率|割合|比率|規模|面積|番号|方法|手順|資格|条件|対象|者|名|書類|内容|概要|理由|目的|背景|経緯|結果|効果|成果|課題|予定|計画|目標|実績|値|定員|担当|窓口|部署|企業|会社|機関|団体|事業|アドレス|ホームページ|サイト|スケジュール|プログラム|パーセント|メートル)$")
LONG_COMPOUND = 9  # characters from which on it does so with any ending: 中央省庁間データ連携指数
WIDE = {"日本", "韓国", "大韓民国", "中国", "米国", "アメリカ", "国内", "海外"}  # name the subject of no question
COMPOUND = 5  # characters from which on a run of nouns names a thing: 雇用カフェ, 創業保育空間
SHORT = 18  # characters up to which a question without a subject leans on the one before
COMPARES = re.compile(r"^.{0,14}どう(です|でし|なっ|なり|か)|how about|what about|^.{0,14}어떻", re.I)
MANY = 5  # content words that the question before doesn't have; such a question is about something of its own
MANY_KOREAN = 5  # words between blanks


def leans(question: str, before: str) -> bool:
    """Whether the question needs the one before to be understood."""
    own = opened(question)
    pointing = POINTS_BACK.search(own)
    if MORE.search(question.strip()) or (pointing and not _things(own[: pointing.start()]) and not places(own[: pointing.start()])):
        return True
    return is_elliptic(own) or not _stands_alone(own, before)


def opened(question: str) -> str:
    """The question without では, And … at its beginning."""
    return OPENING.sub("", question).strip() or question


def is_elliptic(own: str) -> bool:
    """「釜山は?」, 「2023年はどうでしたか」: asks for what the turn before asked for, of something else."""
    return bool(COMPARES.search(own)) or (not need_of(own).asked and not ASKS.search(own) and len(own) <= SHORT and not POINTS_BACK.search(own) and not _has_attribute(own))


def _stands_alone(own: str, before: str) -> bool:
    """Whether the question says itself what it is about and what is asked of it."""
    if re.search(r"[가-힣]", own):
        return bool(places(own)) or len(own.split()) >= MANY_KOREAN
    if _things(own) or _has_topic_and_year(own, before):
        return True
    here, rest = places(own), _content(own)
    if here and rest:  # 札幌の開設日は; but 釜山の台数は after a number of something in Seoul asks for the same
        return len(own) > SHORT or len(rest) > 1 or here[0] in before or not set(need_of(own).asked) & set(need_of(before).asked)
    return len(rest - _content(before)) >= MANY


def _has_topic_and_year(own: str, before: str) -> bool:
    """「苦情は何件ありましたか 2023年」: what it is about stands in front, is nothing that any subject has nor of the turn before, and of what year is said."""
    about = re.match(r"([一-龯ァ-ヶー]{2,})は", own)
    return bool(about and years_named(own) and not ATTRIBUTE.search(about[1]) and set(terms(about[1])).isdisjoint(terms(before)))


def _has_attribute(own: str) -> bool:
    """「光州の人口は?」: what is asked of is named, and what is asked of it."""
    return any(re.search(re.escape(name) + r"[市道]?の[^はがを]", own) for name in (*places(own), *_things(own)))


def _content(text: str) -> set[str]:
    """The content words of a question without numbers and the names of places."""
    named = {term for place in places(text) for term in terms(place)}
    return {term for term in terms(text) if len(term) > 1 and not term.isdigit()} - named


def _things(text: str) -> set[str]:
    """What a question names but places: proper nouns, what stands in quotation marks, Latin and long katakana runs, long compounds."""
    text = unicodedata.normalize("NFKC", text)
    quoted = re.findall(r"[「『\"]([^「」『』\"]{2,40})[」』\"]", text)
    runs = re.findall(r"[ァ-ヺー]{5,}|[A-Z][A-Za-z0-9+&.-]{1,}", STARTS.sub("", text))
    compounds = [run for run in noun_runs(text) if len(run) >= COMPOUND and re.fullmatch("[一-龯ァ-ヶー々]+", run)]
    names = [w.surface for w in words(text) if w.is_name and len(w.surface) > 1]
    return {*quoted, *(t for t in (*runs, *compounds, *names) if normalize(t) not in _listed() and (len(t) >= LONG_COMPOUND or not ATTRIBUTE.search(t)))}


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    """The places of the list, with 市 and 道 too, and whole countries."""
    return frozenset(normalize(form) + end for forms in place_names() for form in forms for end in ("", "市", "道")) | WIDE


def places(text: str) -> list[str]:
    """The places of the list that a text names, each in its longest form."""
    found = []
    for forms in place_names():
        named = [form for form in forms if re.search(re.escape(form), text, re.I if form.isascii() else 0)]
        if named:
            found.append(max(named, key=len))
    return [f for f in found if not any(f != other and f in other for other in found)]
