"""What a question asks of, beyond its words: the term that it wants explained, and the words beside its question word."""

import re
import unicodedata

from ingest.document import normalize
from ingest.words import folded, words

QUESTION_WORD = re.compile(r"何|なに|なん(?=で|の)|いくら|いくつ|どのくらい|どれくらい|どれほど|どこ|いつ|誰|だれ|どなた|どれ|どの|どちら|どんな|どう|どういう|どのような")
EXPLAIN = re.compile(
    r"(?:[「『\"“](?P<quoted>[^「」『』\"“”]{2,40})[」』\"”]|(?P<bare>[^、。「」はがをにで?]{2,40}?))"
    r"(?:とは|というのは|って|は)、?(?:一体|そもそも)?(?:何(?!人|社|件|台|[かカヵ](?!を?(?:[、。?]|教|説|$))|箇|校|回|年|月|日|時|%|パ|割|倍|つ|の|が|を|に|と|と?い)|なん(?:です|でしょ|の(?:こと|意味))|どう(?:いう|いった)(?:もの|こと|意味|[一-龯ァ-ヺー]{1,8})|どんな(?:もの|こと|意味|[一-龯ァ-ヺー]{1,8})|どのような(?:もの|こと|意味|[一-龯ァ-ヺー]{1,8}))(?:なの)?(?:です|でしょう|か|を指|$|。|\?)"
)
MEANING = re.compile(r"(?:[「『\"“](?P<quoted>[^「」『』\"“”]{2,40})[」』\"”]|(?P<bare>[^、。「」はがをにで?]{2,40}?))(?:事業|制度)?の(?:意味|定義)(?:と|は|を|って|[?。]|$)")
SHORT_FOR = re.compile(r"(?P<bare>[A-Za-z][A-Za-z0-9&.-]+)(?:の|って|は)(?:正式な?(?:日本語|英語)?(?:の?名称|の?名前|名)|フルネーム|日本語(?:の?名称|名|訳)|何の(?:略|頭文字))")  # NATEC
BESIDE = 2  # content words on each side of the question word
SAYS_WHAT = re.compile(r"(である|です|のこと(で|だ|である|です)?|をいう|を指す|事業|制度|システム|サービス|プラットフォーム|施設|機関|団体|組織|拠点|学校|高校|会社|企業|地区|団地|構想|計画|プログラム)(。|であり|で、|$)")


def explained_term(question: str) -> str | None:
    """The term that a Japanese question wants explained (「モイソ」とは何ですか → モイソ); None where it wants something else."""
    text = unicodedata.normalize("NFKC", question)
    if short := SHORT_FOR.search(text):
        return short["bare"]
    match = EXPLAIN.search(text) or MEANING.search(text)
    if not match:
        return None
    term = match["quoted"] or match["bare"].rsplit("の", 1)[-1]
    return term if len(term) >= 2 else None


def explains(term: str, text: str, labels: str) -> float:
    """How far ``text`` explains ``term`` (0-1): 1 for 「…とは」, nearly for letters with what they are short for in brackets, less for a sentence with it as topic, or one under a heading with it, that says what it is."""
    name, said = re.escape(normalize(term)), normalize(text)
    apart = r"[」』\"”]?(?:[(（][^()（）]{0,60}[)）])?[」』]?[一-龯]{0,3}"
    if re.search(rf"{name}{apart}(?:とは|というのは)", said):
        return 1.0
    if term.isascii() and re.search(rf"{name}[(（][^()（）]{{4,}}[)）]|[^()（）、。]{{4,}}[(（](?:以下、?)?[「『]?{name}[」』]?[)）]", said):
        return 0.9
    if re.search(rf"{name}{apart}は", said):
        return 0.8 if SAYS_WHAT.search(said) else 0.3
    return 0.6 if re.search(name, normalize(labels)) and SAYS_WHAT.search(said) else 0.0


def beside_question_word(question: str) -> frozenset[str]:
    """The content words nearest to the question word, in dictionary form: 「発表審査はいつ行われますか」 → 発表, 審査, 行う; empty without one."""
    text = folded(question)
    match = QUESTION_WORD.search(text)
    if not match:
        return frozenset()
    content = [word for word in words(text) if word.is_content]
    before = [w.lemma.lower() for w in content if w.end <= match.start()][-BESIDE:]
    behind = [w.lemma.lower() for w in content if w.start >= match.end()][:BESIDE]
    return frozenset((*before, *behind))
