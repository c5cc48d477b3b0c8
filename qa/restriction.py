"""A group that a question is restricted to (製造業, 5人未満, 女性): an answer about all, or about its neighbours, isn't one about it."""

import re
import unicodedata
from itertools import chain

from ingest.document import normalize
from ingest.words import terms

INDUSTRY = re.compile(r"[一-龯ァ-ヶー]{1,8}業(?![務者績種界所員主態])")
NOT_INDUSTRIES = re.compile(r"(企|事|産|授|作|創|起|営|就|卒|開|廃|失|職|本|副|操|残|休|専|同|分|学|修|協|始|終|工|農|漁|林|鉱)業$")
SIZE = re.compile(r"(\d[\d,.]*)(?:人|名|歳)(?:以上|以下|未満|超|を超え|より)|(?<!\d)(\d0)代(?!表)")
AMONG = re.compile(r"うち、?(?:の)?([一-龯ァ-ヶー]{2,10})に(?:ある|あります|置|設置|いる|所在|入)")  # 台数のうち図書館にあるもの
SIBLINGS = (("上半期", "下半期"), ("女性", "男性"), ("小学", "中学", "高校"), ("午前", "午後"), ("第1四半期", "第2四半期", "第3四半期", "第4四半期"))


def missing_restriction(question: str, text: str) -> str | None:
    """The group that the question is restricted to, where ``text``, what would be quoted with its headings, doesn't name it; None where it does or there is none.

    An industry, a place among others and a number of people or years have to stand there. Of groups that exclude each other (上半期, 下半期) one of
    the others has to stand there in its place, since what is said of all needn't name them.
    """
    asked, held = unicodedata.normalize("NFKC", question), normalize(text)
    industries = (m.group() for m in INDUSTRY.finditer(asked) if not NOT_INDUSTRIES.search(m.group()))
    missing = (name for name in industries if normalize(name[:-1]) not in held)
    among = (name for name in AMONG.findall(asked) if normalize(name) not in held and not set(terms(name)) & set(terms(text)))
    return next(chain(missing, among, _missing_sizes(asked, held), _exchanged(asked, held)), None)


def _missing_sizes(asked: str, held: str) -> list[str]:
    numbers = set(re.findall(r"\d+(?:\.\d+)?", held))
    return [m.group() for m in SIZE.finditer(asked) if (m.group(1) or m.group(2)).replace(",", "") not in numbers]


def _exchanged(asked: str, held: str) -> list[str]:
    named = [([s for s in group if s in asked], group) for group in SIBLINGS]
    return [one[0] for one, group in named if len(one) == 1 and normalize(one[0]) not in held and any(normalize(other) in held for other in group)]
