"""What a question asks for: a number, a date, a place, a person, a contact … in Japanese, Korean and English."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from ingest.text.dates import mentions

Asked = Literal["contact", "money", "date", "time", "count", "person", "place", "list", "definition", "yesno"]

ASKS: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    ("contact", re.compile(r"電話番号|電話(を|し|は何|先)|電話で(問|聞|相談|話|連絡)|連絡先|メール(アドレス|で|先)|問い?合わ?せ|どこに(聞|連絡|申し)|URL|ホームページ|アドレス|サイト|窓口|phone|e-?mail|contact|website|전화|연락처|이메일|홈페이지|문의", re.I)),
    ("money", re.compile(r"いくら|何(億|兆|万|百万)?(ウォン|円|ドル)|金額|総額|上限額|(予算|費用|事業費|補助金)(額|規模|総額)?は?(どのくらい|どれくらい|いくら|[??]|$)|how much|what .{0,30}(budget|cost)|얼마|예산은|금액|비용은", re.I)),
    ("date", re.compile(r"いつ|何月|何日|何年(?!間)|日付|日程|期限|締め?切|期間|[たるの結立始了足幕催設付布]日(?:は|が|って|[?。]|$)|何曜|年度は|\bwhen\b|what (date|year|day|month)|deadline|언제|며칠|몇\s?년|몇\s?월|날짜|기한|기간", re.I)),
    ("time", re.compile(r"何時(?!間)|時刻|what time|몇\s?시(?!간)", re.I)),
    ("count", re.compile(
        r"何(人|名|社|件|台|か所|カ所|ヵ所|箇所|校|回|か国|カ国|歳|室|棟|倍|%|パーセント|割|平方|平米|坪|時間|か月|年間|種類|つ|都市|項目|課|チーム|個|番目)"
        r"|いくつ|どのくらい|どれくらい|どれほど|率は|割合|人数|件数|台数|面積|広さ|規模|数は|何番|how (many|long|large|often|far)|percentage|share|number of|what percent|몇|비율|면적|개수|인원", re.I)),
    ("person", re.compile(r"誰|だれ|どなた|何という人|氏名|\bwho\b|whose|누구|누가", re.I)),
    ("place", re.compile(r"どこ|場所|所在地|住所|会場|どの(市|区|国|都市|地域|ホテル)|\bwhere\b|venue|어디|장소|주소", re.I)),
    ("list", re.compile(r"(すべて|全部|全て|一覧|列挙|挙げ|順に|それぞれ|どんな(もの|項目|種類|分野|国|企業|支援|サービス)|どのような|何と何|何がありますか|具体的に(は)?(何|どん|どの)|内訳|(つ|大)の?(戦略|分野|目標|産業|課題|原則|テーマ|柱)|([2-9]|[二三四五六七八九十])(つ|大|本)の?[^、。はがを?]{1,14}は、?(何|なに|どの|どん)|どういう(もの|項目|種類|分野)が|誰と誰|どこと|list|what are|which|어떤|무엇무엇|모두|열거|각각)", re.I)),
    ("definition", re.compile(r"とは(何|なん|どう|どんな|どの|\?|。|$)|って(何|なに|なん)|どういう(意味|もの)|定義|what (is|does) .{0,40}(stand|mean)|^what is (the )?[\"“]?[\w\s]+\?|무엇입니까|무엇인가|이란|란 무엇", re.I)),
    ("yesno", re.compile(r"(ますか|ですか|でしょうか|られますか|可能ですか|いい\?|平気|必要ですか)[\s?。]*$|^(is|are|does|do|can|did|has|will)\b|(습니까|나요|까요)\?*$", re.I)),
)  # fmt: skip

SHOWS: dict[Asked, re.Pattern[str]] = {
    "contact": re.compile(r"\d{2,4}-\d{3,4}|@|https?:|www\.|電話|☎|(?<![\w.])[a-z-]+\.(seoul\.)?(go|co|or|lg|ac)\.(kr|jp)"),
    "money": re.compile(r"\d[\d,.]*\s*(百万|[兆億万千])*\s*(ウォン|円|ドル|元)|\(ウォン\)|百万ウォン"),
    "date": re.compile(r"\d+\s*[年月日]|\d{4}[./]\d|昨年|今年|本年"),
    "time": re.compile(r"\d+\s*時(?!間)"),
    "count": re.compile(r"\d"),
    "person": re.compile(r"氏|市長|会長|社長|院長|教授|代表|総裁|大統領|長官|事務局長|知事|理事|委員|大臣"),
    "place": re.compile(r"市|区|道|ホテル|センター|ホール|館|場所|会場|都市|国|府|県|COEX"),
}
# What is counted tells what to look for: a number with that counter. Question word, then what shows it.
COUNTERS = tuple(
    (re.compile(asked, re.I), re.compile(rf"[\d一二三四五六七八九十]\s*[万億兆千]?\s*({shown})"))
    for asked, shown in (
        (r"何(人|名)|人数|定員|how many (people|person|student|participant|resident|expert|employee|user|civil)|몇\s?명|인원", "人|名"),
        (r"何社|企業数|how many (compan|firm|startup|business)|몇\s?개?\s?(사|기업|업체)|기업은 몇", "社"),
        (r"何(か所|カ所|ヵ所|箇所|ヶ所)|how many (place|location|office|site|cafe)|몇\s?(곳|군데)", "か所|カ所|ヵ所|箇所|ヶ所|社|校"),
        (r"何台|台数|몇\s?대", "台"),
        (r"何件|件数|how many (case|complaint|document|item|application)|몇\s?건", "件"),
        (r"何(%|パーセント|割)|割合|率(は|って|が)|何分の|percent|what (share|proportion|rate)|비율|몇\s?(%|퍼센트)", "%|パーセント|割"),
        (r"何校|how many .{0,20}schools?|몇\s?(개\s?)?학교", "校|の中学校|の高校|の小学校"),
        (r"何(か国|カ国|ヵ国|国)|how many countries|몇\s?개국", "か国|カ国|ヵ国|国"),
        (r"何回|何回目|몇\s?회", "回"),
        (r"何歳|年齢|몇\s?살|몇\s?세", "歳"),
        (r"面積|広さ|何(平方|平米|㎡|坪|ヘクタール)|how large|(size|area) of|floor space|면적|넓이", "㎡|m2|平方|ha|坪"),
        (r"何都市|都市の数|how many cities|몇\s?개?\s?도시", "都市"),
        (r"どのくらいの期間|どれくらいの期間|何(年間|か月|カ月|日間|時間|週間)|期間は|how long|얼마나 오래|몇\s?(개월|년간|시간)", "年|か月|カ月|ヶ月|日|時間|週"),
    )
)

VALUES: tuple[Asked, ...] = ("money", "date", "time", "count")
NUMBERING = re.compile(r"^\s*(?:[-*•○◯●■・▲△]\s*)*(?:[(\uff08]?\d{1,2}[)\uff09.\s]|[①-⑳])\s*(?!\d)")
THINGS = re.compile(r"何(冊|枚|頭|匹|羽|戸|世帯|席|隻|便|基|曲|票|床|両)")  # counted by a word of their own, which the answer uses too
BARE_YEAR = re.compile(r"(?<![\d,.])((?:19|20)\d{2})(?!\d|人|社|名|件|万|億|,|\s*(?:people|won|companies))")


@dataclass(frozen=True, slots=True)
class Need:
    """What a question asks for, in the order of how particular it is; empty when it can't be told."""

    asked: tuple[Asked, ...]
    counters: tuple[re.Pattern[str], ...] = ()

    def shown_by(self, text: str) -> bool:
        """Whether ``text`` holds something of the kind that is asked for."""
        return any(self.shows(kind, text) for kind in self.asked)

    def shows(self, kind: Asked, text: str) -> bool:
        """Whether ``text`` holds something of ``kind``; numbers count with the counter that is asked for."""
        if kind == "count" and self.counters:
            return any(counter.search(text) for counter in self.counters)
        return kind in SHOWS and bool(SHOWS[kind].search(text))

    def shows_value(self, label: str) -> bool:
        """Whether a heading or item, whose numbering is no value, holds an amount, date or number that is asked for."""
        label = NUMBERING.sub("", label)
        return bool(re.search(r"\d", label)) and any(self.shows(kind, label) for kind in VALUES if kind in self.asked)


def need_of(question: str) -> Need:
    """Read off a question what it asks for."""
    folded = unicodedata.normalize("NFKC", question)
    counters = tuple(shown for asked, shown in COUNTERS if asked.search(folded))
    counters += tuple(re.compile(rf"\d\s*[万億兆千]?\s*{things}") for things in THINGS.findall(folded))
    kinds = tuple(kind for kind, pattern in ASKS if pattern.search(folded))
    return Need(kinds if "count" in kinds or not counters else (*kinds, "count"), counters)


def years_named(text: str) -> set[int]:
    """The years that a question or a label names, in any era or language."""
    folded = unicodedata.normalize("NFKC", text)
    return {m.year for m in mentions(folded) if m.year} | {int(year) for year in BARE_YEAR.findall(folded)}
