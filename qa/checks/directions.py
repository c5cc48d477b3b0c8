"""Which way a sentence points: more or less, target or result, planned or done, can or cannot; in three languages.

A pole that the sentence names more often than its sources while the sources name the opposite more often is a flipped
one. Japanese predicates are read with MeCab: the same verb affirmed and denied, or done and to be done, is a contradiction.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.words import Word, words


@dataclass(frozen=True, slots=True)
class Facet:
    """Two opposite poles: how each reads, and the words of each in Japanese, Korean and English."""

    names: tuple[str, str]
    poles: tuple[re.Pattern[str], re.Pattern[str]]
    must_stand: bool = False  # a pole that the sources don't name at all is wrong too


def _facet(a: str, b: str, words_a: str, words_b: str, must_stand: bool = False) -> Facet:
    return Facet((a, b), (re.compile(words_a, re.I), re.compile(words_b, re.I)), must_stand)


FACETS = (
    _facet("午前", "午後", r"午前|오전|\ba\.?m\b", r"午後|오후|\bp\.?m\b", True),
    _facet("増加", "減少", r"増(?!減)|伸び|上昇|上回|拡大|引き?上げ|向上|늘[었어리린릴고]|증가|상승|확대|인상|증대|\bincreas|\bgrew|\bgrow|\brose\b|\brise|\brising|\bexpand|\braise",
           r"(?<!増)減|低下|下落|縮小|引き?下げ|下回|削減|줄[었어이인일고]|감소|하락|축소|인하|\bdecreas|\bfell\b|\bfalls?\b|\bfalling|\bdeclin|\bdrop|\breduc|\bshrank|\bshrink|\blower(?:ed|s)\b"),
    _facet("以上", "以下", r"以上|이상", r"以下|以内|未満|이하|이내|미만"), _facet("目標", "実績", r"目標|ターゲット|目指|목표|\btarget|\bgoal", r"実績|실적|\bactual|\bachieved\b|\bresults?\b"),
    _facet("上半期", "下半期", r"上半期|前半期|상반기|first half", r"下半期|後半期|하반기|second half", True), _facet("最高", "最低", r"最高|최고|\bhighest|\btop\b", r"最低(?!限)|최저|\blowest", True),
    _facet("最大", "最小", r"最大|最多|최대|최다|\blargest|\bbiggest|\bmaximum|up to", r"最小|最少|최소|\bsmallest|\bminimum|at least", True), _facet("高い", "低い", r"高[いくかけま]|높[은아이]|\bhigh(?:er)?\b", r"低[いくかけ]|낮[은아추]|\blow(?:er)?\b"),
    _facet("多い", "少ない", r"多[いくか]|많[은이아]|\bmany\b", r"少な[いく]|적[은어]\s|\bfew(?:er)?\b"), _facet("有料", "無料", r"有料|有償|유료|\bpaid\b", r"無料|無償|무료|무상|\bfree\b", True),
    _facet("国内", "海外", r"国内(?!外)|국내(?!외)|\bdomestic", r"海外|国外|해외|국외|\boverseas|\bforeign countries|\babroad", True), _facet("輸出", "輸入", r"輸出|수출|\bexport", r"輸入|수입|\bimport(?!an)", True),
    _facet("屋内", "屋外", r"屋内|室内|실내|옥내|\bindoor", r"屋外|室外|실외|옥외|야외|\boutdoor", True), _facet("男性", "女性", r"男性|남성|남자|\bmen\b|\bmale", r"女性|여성|여자|\bwomen\b|\bfemale", True),
    _facet("賛成", "反対", r"賛成|찬성|in favou?r", r"反対|반대|\bagainst\b|\boppos", True), _facet("強化", "緩和", r"強化|강화|\bstrengthen|\btighten", r"緩和|완화|\beas(?:ed|e|ing)\b|\brelax"),
    _facet("成功", "失敗", r"成功|성공|\bsuccess|\bsucceed", r"失敗|실패|\bfail"), _facet("公開", "非公開", r"(?<!非)公開(?!非)|(?<!비)공개", r"非公開|비공개"), _facet("開設", "閉鎖", r"開設|開所|開館|開業|개설|개소|개관|개원|\bopen", r"閉鎖|廃止|閉館|閉所|폐쇄|폐지|폐관|\bclos(?:ed?|ing|ure)\b|\babolish"),
    _facet("開始", "終了", r"開始|始[まめ]|시작|개시|\bstart|\bbegan|\bbegin|\blaunch", r"終了|終わ|締め?切|종료|마감|끝나|\bended\b|\bends?\b|\bfinish"), _facet("以前", "以降", r"以前|이전(?!하)|\bbefore\b|\bprior", r"以降|以後|이후|\bafter\b|\bsince\b"),
    _facet("平日", "休日", r"平日|평일|\bweekdays?", r"週末|休日|土日|주말|휴일|\bweekends?"), _facet("黒字", "赤字", r"黒字|흑자|\bsurplus|\bprofit", r"赤字|적자|\bdeficit|\bloss", True), _facet("必要", "不要", r"(?<!不)必要|필요|\bneeded|\brequired|\bnecessary", r"不要|不必要|불필요|\bunnecessary"),
    _facet("可能", "不可能", r"(?<!不)可能(?!性)|(?<!불)가능(?!성)|\bpossible|\bavailable", r"不可能?|불가능?|\bimpossible|\bunavailable"), _facet("満足", "不満", r"(?<!不)満足|만족|\bsatisf", r"不満|불만|\bdissatisf"),
    _facet("新規", "既存", r"新規|신규|\bnew\b", r"既存|기존|\bexisting"), _facet("義務", "任意", r"義務|의무|\bmandatory|\bobligat|\bcompulsory", r"任意|임의|자율|\bvoluntary|\boptional", True), _facet("肯定", "否定", r"肯定|긍정|\bpositive", r"否定|부정|\bnegative"), _facet("直接", "間接", r"直接|직접|(?<!in)direct", r"間接|간접|\bindirect"),
)  # fmt: skip
PLAN = re.compile(r"予定|計画|見込|目標|方針|目指|までに|ことに(?:し|なっ)|つもり|예정|계획|방침|목표|기로\s?(?:했|하)|전망|할 것|\bwill\b|\bplans?\b|\bplanned\b|\bscheduled\b|\bgoing to\b|\bexpected to\b|\bis to\b|\bare to\b|\baims? to\b", re.I)
PLAN_MARK = re.compile(r"予定|見込|예정|\bscheduled to\b|\bplans? to\b|\bwill\b", re.I)
DONE_FOREIGN = re.compile(r"(?:했|됐|었|았|였|렸|쳤|웠|졌|냈)(?:다|습니다|으며|고|으나)|완료|\b(?:was|were|has|have|had)\b(?! to\b)|\b\w{3,}ed\b", re.I)
NEGATION = re.compile(r"않|못하|못했|없[다는었습음이]|아니[다라었]|지\s?말|불가|\bnot\b|n't\b|\bno\b(?!\.)|\bnever\b|\bcannot\b|\bwithout\b|\bnone\b|\bneither\b", re.I)
DENIED = re.compile(r"不(?:可|要|足|能|在|参加|許可|十分|明|備|合格)|未(?:定|了|実施|対応|整備|提出|設置|導入|登録|加入|完)|無(?:効|し)|なし|除[くいき]|禁止|中止|非(?:公開|対応)|対象外")
IDIOMS = re.compile(r"なければ(?:なら|いけ)(?:ない|ません|なかった)|ねば(?:ならない|なりません)|ざるを得ない|に過ぎ(?:ない|ません)|に(?:は|も)?すぎない|だけ(?:で(?:は|も)?)?なく|だけ(?:で(?:は|も)?)?ではなく|のみ(?:で)?なら?ず|のみでなく|かもしれ(?:ない|ません)|ほかなら(?:ない|ず)|やむを得(?:ない|ず)|少なくない|に限らず|を?問わず|にかかわらず|かかわらず|に関わらず|まもなく|間もなく|絶えず|必ず|思わず|とどまらず|留まらず")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龯]")
AUXILIARIES = {"助動詞", "助詞"}
AT_THE_END = 14  # characters in which a sentence says that it speaks of a plan
U_ROW = "うくぐすつぬぶむるい"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb or adjective as it is said: its dictionary form, denied or not, done ("past"), to be done ("plain"), or neither (None)."""

    lemma: str
    negated: bool
    tense: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A direction of the sentence and whether the sources bear it."""

    value: str
    found: bool
    note: str = ""


@lru_cache(maxsize=20_000)
def predicates(text: str) -> tuple[Predicate, ...]:
    """The predicates of a Japanese text, in order."""
    return tuple(_predicates(words(IDIOMS.sub("、", text))))


def _predicates(found: Sequence[Word]) -> Iterator[Predicate]:
    i = 0
    while i < len(found):
        word = found[i]
        light = i + 1 < len(found) and found[i + 1].lemma in ("為る", "出来る", "致す", "頂く") and word.pos[0] == "名詞"
        if not light and word.pos[0] not in ("動詞", "形容詞", "形状詞"):
            i += 1
            continue
        j = i + 1 + light
        while j < len(found) and (found[j].pos[0] in AUXILIARIES or found[j].pos[1] == "非自立可能" or found[j].lemma == "無い") and found[j].lemma not in ("が", "と", "けれど", "し"):
            j += 1
        tail = found[i + 1 : j]
        lemma = "有る" if word.lemma == "無い" else word.lemma
        yield Predicate(lemma, (word.lemma == "無い") != any(t.lemma in ("ない", "ず", "ぬ", "まい", "無い") for t in tail), _tense(word, tail))
        i = max(j, i + 1)


def _tense(word: Word, tail: Sequence[Word]) -> str | None:
    """Done, to be done, or neither: under way (ている), joined on (し、)."""
    lemmas = [t.lemma for t in tail]
    if "居る" in lemmas or "有る" in lemmas or (word.pos[0] != "動詞" and not tail):
        return None
    if "た" in lemmas:
        return "past" if lemmas[-1] != "ば" else None
    spoken = [t for t in (word, *tail) if t.pos[0] not in ("助詞",)]
    if any(t.surface in ("て", "で", "ば") and t.pos[0] == "助詞" for t in tail) or not spoken or word.pos[0] not in ("動詞", "名詞"):
        return None
    return "plain" if spoken[-1].surface[-1] in U_ROW and spoken[-1].pos[0] in ("動詞", "助動詞") else None


def directions(sentence: str, sources: str, labels: str = "", columns: str = "") -> tuple[Conflict, ...]:
    """The directions of a sentence, each with whether the sources, what labels them and the columns of their cells point the same way."""
    found = [*_poles(sentence, sources, labels, columns)]
    if JAPANESE.search(sentence) and JAPANESE.search(sources):
        found += _contradictions(sentence, predicates(sentence), predicates(sources), sources)
    else:
        found += _foreign(sentence, sources)
    return tuple({c.value: c for c in sorted(found, key=lambda c: not c.found)}.values())


def _poles(sentence: str, sources: str, labels: str, columns: str) -> Iterator[Conflict]:
    for facet in FACETS:
        said = [len(pole.findall(sentence)) for pole in facet.poles]
        if not any(said):
            continue
        held = [len(pole.findall(sources)) for pole in facet.poles]
        above, near = [[bool(pole.search(text)) for pole in facet.poles] for text in (labels, columns)]
        for k in (0, 1):
            if not said[k]:
                continue
            flipped = said[k] > held[k] and held[1 - k] > said[1 - k] and not (above[k] and not held[k] and not held[1 - k])
            flipped = flipped or (facet.must_stand and bool(JAPANESE.search(sentence)) and not held[k] and not above[k])
            flipped = flipped or (not held[k] and near[1 - k] and not near[k])
            flipped = flipped or (not held[k] and not above[k] and above[1 - k] and not said[1 - k])
            yield Conflict(facet.names[k], not flipped, "" if not flipped else f"資料では「{facet.names[1 - k]}」" if held[1 - k] or above[1 - k] else "引用箇所にない向きです")


def _contradictions(sentence: str, said: Sequence[Predicate], held: Sequence[Predicate], sources: str) -> Iterator[Conflict]:
    yield from _denied(said, held, sources)
    yield from _done(sentence, said, held, sources)


def _denied(said: Sequence[Predicate], held: Sequence[Predicate], sources: str) -> Iterator[Conflict]:
    a, b = Counter((p.lemma, p.negated) for p in said), Counter((p.lemma, p.negated) for p in held)
    for (lemma, negated), count in a.items():
        known = b[(lemma, True)] + b[(lemma, False)]
        flipped = count > b[(lemma, negated)] and b[(lemma, not negated)] > a[(lemma, not negated)]
        more = sum(p.negated for p in said) > sum(p.negated for p in held) + len(DENIED.findall(sources))
        unheard = negated and more and (not known or lemma == "有る")
        if flipped or unheard:
            yield Conflict(f"{lemma}({'否定' if negated else '肯定'})", False, "資料では肯定" if negated else "資料では否定")
        elif negated:
            yield Conflict(f"{lemma}(否定)", True)


def _done(sentence: str, said: Sequence[Predicate], held: Sequence[Predicate], sources: str) -> Iterator[Conflict]:
    for lemma in dict.fromkeys(p.lemma for p in said if p.tense):
        mine = {p.tense for p in said if p.lemma == lemma and p.tense}
        theirs = {p.tense for p in held if p.lemma == lemma}
        if theirs and None not in theirs and not mine & theirs:
            done = "past" in mine
            yield Conflict(f"{lemma}({'実施済み' if done else '予定'})", False, "資料では予定" if done else "資料では実施済み")
    if said and said[-1].tense == "past" and not any(p.lemma == said[-1].lemma for p in held) and PLAN.search(sources) and not any(p.tense in ("past", None) for p in held):
        yield Conflict(f"{said[-1].lemma}(実施済み)", False, "資料では予定")
    if said and held and said[-1].lemma == held[-1].lemma and {said[-1].tense, held[-1].tense} == {"past", "plain"}:
        done = said[-1].tense == "past"
        yield Conflict(f"{said[-1].lemma}({'実施済み' if done else '予定'})", False, "資料では予定" if done else "資料では実施済み")
    if PLAN_MARK.search(sentence) and not PLAN.search(sources) and held and held[-1].tense == "past":
        yield Conflict("予定", False, "資料では実施済み")


def _foreign(sentence: str, sources: str) -> Iterator[Conflict]:
    """A Korean or English sentence against Japanese sources: denial and plan as a whole."""
    held = predicates(sources)
    denied = bool(NEGATION.search(sentence))
    if denied:
        stands = any(p.negated for p in held) or bool(DENIED.search(sources) or NEGATION.search(sources))
        yield Conflict("否定", stands, "" if stands else "資料では肯定")
    elif held and held[-1].negated and len(held) <= 4 and not DENIED.search(sources):
        yield Conflict("肯定", False, "資料では否定")
    planned, done = bool(PLAN.search(sentence)), bool(DONE_FOREIGN.search(sentence))
    tenses = {p.tense for p in held}
    if planned and not PLAN.search(sources) and tenses and tenses <= {"past"}:
        yield Conflict("予定", False, "資料では実施済み")
    elif done and not planned and PLAN_MARK.search(sources) and ("past" not in tenses or any(PLAN_MARK.search(line[-AT_THE_END:]) for line in sources.splitlines())):
        yield Conflict("実施済み", False, "資料では予定")
