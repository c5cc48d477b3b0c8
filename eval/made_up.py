"""Press releases made up by rule from a seed: as many as a trial wants, no two alike, in the form in which cities write them."""

import random

CITIES = ("札幌市", "函館市", "青森市", "盛岡市", "仙台市", "秋田市", "山形市", "福島市", "水戸市", "前橋市", "千葉市", "新潟市", "金沢市", "長野市", "静岡市", "津市", "奈良市", "岡山市", "松山市", "熊本市")
PLACES = ("駅前地区", "港湾地区", "中央公園", "旧市役所跡地", "北部丘陵", "川沿いの遊歩道", "市民広場", "文化会館", "南団地", "総合運動公園")
THINGS = ("図書館", "保育所", "消防署", "温水プール", "バス路線", "浄水場", "防災倉庫", "美術館", "給食センター", "高齢者住宅", "自転車道", "太陽光発電所", "多言語窓口", "起業支援センター", "動物園", "市民農園")
ACTS = (("を開設する", "開設"), ("を建て替える", "建て替え"), ("を拡充する", "拡充"), ("の運営を民間に委ねる", "運営委託"), ("を休止する", "休止"), ("の利用料を見直す", "料金見直し"))
AIMS = ("子育て世帯の負担を軽くする", "冬の移動を安全にする", "災害への備えを厚くする", "外国人住民の相談を受けやすくする", "二酸化炭素の排出を減らす", "空き家の活用を進める", "観光客の滞在を延ばす", "職員の手作業を減らす")
DETAILS = (
    "総事業費は{money}万円で、{share}%を国の交付金でまかなう。", "延べ床面積は{area}平方メートル、定員は{people}人である。", "工事は{later}年度に始まり、{months}か月かかる見込みである。",
    "昨年度の利用者は延べ{visits}人で、前の年度より{share}%増えた。", "市民{people}人に聞いたところ、{share}%が賛成と答えた。", "窓口は平日の午前9時から午後5時まで開き、{staff}人の職員が交代で応対する。",
    "市は{later}年3月までに{places}か所に広げる計画である。", "{thing}の運営には{groups}の団体が加わり、年に{places}回の会議を開く。",
)  # fmt: skip


def release(number: int, seed: int = 0, sentences: int = 3) -> str:
    """The release of that number: a headline, a lead with its date, and as many more sentences of figures as wanted, a few to a paragraph."""
    rng = random.Random(f"{seed}/{number}")
    city, place, thing, aim = rng.choice(CITIES), rng.choice(PLACES), rng.choice(THINGS), rng.choice(AIMS)
    verb, noun = rng.choice(ACTS)
    year, month, day = rng.randint(2005, 2024), rng.randint(1, 12), rng.randint(1, 28)
    lead = f"{city}は{year}年{month}月{day}日、{place}の{thing}{verb}と発表した(発表第{number + 1}号)。{aim}ことを目的とする。"
    body = [lead] + [_detail(rng, thing, year) for _ in range(sentences)]
    paragraphs = ["".join(body[i : i + 4]) for i in range(0, len(body), 4)]
    return f"{city}、{place}の{thing}{verb}\n\n" + "\n\n".join(paragraphs) + f"\n\n問い合わせ先: {city}{noun}担当課 電話 0{rng.randint(11, 99)}-{rng.randint(200, 999)}-{number % 10000:04d}\n"


def _detail(rng: random.Random, thing: str, year: int) -> str:
    return rng.choice(DETAILS).format(
        money=f"{rng.randint(120, 98000):,}", share=rng.randint(3, 95), area=f"{rng.randint(80, 22000):,}", people=rng.randint(20, 3000), later=year + rng.randint(1, 4),
        months=rng.randint(3, 40), visits=f"{rng.randint(900, 480000):,}", staff=rng.randint(2, 30), places=rng.randint(2, 48), groups=rng.randint(2, 15), thing=thing,
    )  # fmt: skip
