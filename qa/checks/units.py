"""Units and counters of Japanese, Korean and English text, each under one name: 名 = 人 = 명 = people."""

import re
import unicodedata

# One line a unit: its name, then its forms. Latin forms are whole words; those of one letter count only right behind the number.
FORMS: dict[str, str] = {
    "ウォン": "ウォン|원(?![장활래인])|won|KRW|₩", "円": "円|엔|yen|JPY|¥", "ドル": "米ドル|ドル|달러|dollars?|USD|US\\$|\\$", "元": "人民元|元|위안|yuan|RMB|CNY", "ユーロ": "ユーロ|유로|euros?|EUR|€", "ポンド": "ポンド|파운드|pounds?|£",
    "人": "人分|人用|人(?![工材文事権類間])|名様|名|명(?![령칭함])|인|people|persons?|participants?|residents?|students?|employees?|workers?|users?|members?|visitors?|foreigners|attendees?|experts?|citizens?|officials?|jobseekers|job seekers|civil servants|teachers|staff",
    "社": "社(?![会員団])|개\\s?사|개\\s?기업|개\\s?업체|개\\s?회사|기업|업체|companies|company|firms?|businesses|enterprises?|corporations?|startups?|start-ups?",
    "か所": "か所|カ所|ヵ所|ヶ所|ケ所|箇所|個所|개소|곳|군데|places?|locations?|sites?|spots?|offices|agencies", "件": "件|건(?![물설강축의])|cases?|applications?|complaints?|documents?|items?|patents?",
    "台": "台(?![湾風頭])|대(?![학표전구상한비응])|units?|vehicles?|machines?|devices?|buses|cars|terminals?", "か国": "か国|カ国|ヵ国|ヶ国|ケ国|箇国|개국|countries|country|nations?", "校": "校(?!舎)|개\\s?교|개\\s?학교|schools?|universities",
    "都市": "都市|개\\s?도시|도시|cities|city", "室": "室|개\\s?실|실(?![적시제장])|rooms?", "棟": "棟|개\\s?동|buildings?", "戸": "戸|세대|households?|世帯|houses", "店": "店舗|店|개\\s?점|점포|stores?|shops?", "チーム": "チーム|개\\s?팀|팀|teams?",
    "四半期": "四半期|분기|quarters?", "分野": "分野|개\\s?분야|분야|fields?|areas?|sectors?|industries", "機関": "機関|개\\s?기관|기관|institutions?|organi[sz]ations?", "団体": "団体|단체|groups?", "大学": "大学|개\\s?대학|대학",
    "%ポイント": "%ポイント|パーセントポイント|퍼센트포인트|percentage points?|%p|%P|ポイント|포인트", "%": "퍼센트|パーセント|percent|per cent|%", "倍": "倍|배|-?fold", "割": "割|할", "位": "位|위",
    "歳": "歳|才|세|살|years old|years of age", "回": "回(?![線復答])|회차|회(?![원의사장관비])|번|times|次", "年": "か年|カ年|年間|年(?!度)|년간|년|years?", "か月": "か月間?|カ月間?|ヵ月間?|ヶ月間?|ケ月間?|箇月間?|개월간?|달간|months?", "週": "週間|주간|주|weeks?",
    "日": "日間|泊|日(?![本程曜])|일간|일(?![본반자정])|days?", "時間": "時間|시간|hours?|hrs?", "分": "分間|分(?![野科析会類の])|분간|분(?![기야])|minutes?|mins?", "秒": "秒間?|초|seconds?",
    "㎡": "㎡|m2|m²|平方メートル|제곱미터|sq(?:uare)? ?m(?:eters|etres)?\\.?|square met(?:er|re)s?", "㎢": "㎢|km2|km²|平方キロ(?:メートル)?|제곱킬로미터|square kilomet(?:er|re)s?", "km": "km|キロメートル|킬로미터|kilomet(?:er|re)s?",
    "ha": "ha|ヘクタール|헥타르|hectares?", "坪": "坪|평", "cm": "cm|センチメートル|センチ|센티미터", "mm": "mm|ミリメートル|ミリ", "m": "メートル|미터|met(?:er|re)s?|m", "kg": "kg|キログラム|킬로그램|kilograms?", "t": "トン|톤|tons?|tonnes?|t",
    "kWh": "kWh|キロワット時", "kW": "kW|キロワット|킬로와트", "MW": "MW|メガワット", "GW": "GW", "℃": "℃|度|degrees?", "GB": "GB|ギガバイト", "TB": "TB", "MB": "MB", "Gbps": "Gbps", "階": "階|층|floors?|stor(?:ey|ies)", "番": "番目|番|번째",
    "点": "点|점(?![검포심])|points?|scores?", "便": "便|편|flights?", "路線": "路線|개\\s?노선|노선|routes?|lines?", "種": "種類|種|종류|종|kinds?|types?", "項目": "項目|개\\s?항목|항목", "つ": "つ|ヶ|個|大(?!学)|개|가지|대",
}  # fmt: skip
GENERIC = {"つ", "種", "項目", ""}  # counters that say nothing of what they count: 三つ, 8大
COUNTED = GENERIC | {"分野", "都市", "チーム", "機関", "団体", "か国", "社", "件", "台", "大学", "か所"}  # what such a counter may stand for
ALIKE = ({"か所", "校"}, {"か所", "機関"}, {"か所", "店"}, {"人", "チーム"}, {"回", "倍"}, {"大学", "校"}, {"機関", "団体"}, {"件", "項目"}, {"日", "回"})  # one word in another language
CURRENCIES = {"ウォン", "円", "ドル", "元", "ユーロ", "ポンド"}
BEFORE = {"₩": "ウォン", "KRW": "ウォン", "$": "ドル", "US$": "ドル", "USD": "ドル", "¥": "円", "JPY": "円", "€": "ユーロ", "EUR": "ユーロ", "£": "ポンド", "RMB": "元", "CNY": "元"}
WORDS_OF = {"人": "人数|人口|者数|人員|定員|名簿|員数", "件": "件数", "台": "台数", "社": "社数|企業数", "か所": "か所数|箇所数|ヵ所数|設置数", "校": "校数|学校数", "%": "率|割合|比率|%", "回": "回数", "室": "室数", "戸": "世帯数|戸数", "㎡": "面積", "ウォン": "ウォン", "円": "円", "ドル": "ドル"}


def _latin(form: str) -> str:
    return rf"{form}(?![A-Za-z])" if re.search(r"[A-Za-z]\S*$", form.rstrip("?.\\)")) and form.isascii() else form


_ORDERED = sorted(((form, unit) for unit, forms in FORMS.items() for form in re.split(r"\|(?![^()]*\))", forms)), key=lambda f: -len(f[0]))
PATTERN = "|".join(_latin(form) for form, _ in _ORDERED)
_MATCHERS = [(re.compile(_latin(form), re.I if len(form) > 2 else 0), unit) for form, unit in _ORDERED]


def unit_of(form: str) -> str:
    """The unit's one name for a form as it stands in a text; the form itself where it isn't known."""
    folded = unicodedata.normalize("NFKC", form).strip()
    for candidate in (form.strip(), folded):
        found = next((unit for matcher, unit in _MATCHERS if matcher.fullmatch(candidate)), None)
        if found:
            return found
    return folded


def compatible(wanted: str, given: str) -> bool:
    """Whether two units can be the same: equal, a counter that says nothing against another counter, or one word in another language."""
    if wanted == given:
        return True
    if (wanted in GENERIC and given in COUNTED) or (given in GENERIC and wanted in COUNTED):
        return True
    return any({wanted, given} <= both for both in ALIKE)


def stands_in_labels(unit: str, labels: str) -> bool:
    """Whether the headings above a bare number name its unit: 人数 for 人, (億ウォン) for ウォン."""
    return bool(re.search(WORDS_OF.get(unit, r"(?!)"), labels) or any(m.search(labels) for m, name in _MATCHERS if name == unit and len(m.pattern) < 24))
