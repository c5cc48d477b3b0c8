"""Figures in words: what each measure says, for people who don't program, and how its values are written."""

from collections.abc import Sequence

from eval.labels import LOWER_IS_BETTER, MEASURES
from eval.results import DIGITS

EXPLANATIONS = {
    "evidence@1": "検索で1番目に出た一節に、答えの根拠が入っていた質問の割合",
    "evidence@3": "検索で3番目までに出た一節のどれかに、根拠が入っていた質問の割合",
    "evidence@5": "検索で5番目までに出た一節のどれかに、根拠が入っていた質問の割合",
    "evidence@10": "検索で10番目までに出た一節のどれかに、根拠が入っていた質問の割合",
    "all_evidence@5": "根拠が2か所以上要る質問でも、すべてが5番目までにそろった割合",
    "evidence_in_1000_chars": "検索結果を上から1,000字読むうちに、根拠を読み終えた質問の割合",
    "evidence_in_1500_chars": "検索結果を上から1,500字読むうちに、根拠を読み終えた質問の割合",
    "evidence_in_3000_chars": "検索結果を上から3,000字読むうちに、根拠を読み終えた質問の割合",
    "mrr@10": "最初の根拠の順位の逆数(1位なら1、2位なら0.5、11位以下なら0)の平均",
    "ndcg@10": "根拠がどれだけ上位に並んだか(すべて上に並べば1、10位までになければ0)の平均",
    "hit@1": "1番目に出たものが正解だった質問の割合",
    "recall@100": "100番目までに出た正解の割合",
    "exact_match": "読解モデルが示した箇所が、用意した答えと一致した質問の割合(前後の括弧や句読点は除いて比べる)",
    "f1": "読解モデルが示した箇所と用意した答えの文字が重なる度合い(適合率と再現率の調和平均)",
    "right": "答えのある質問のうち、必要な語や数字がすべて回答に入っていた割合",
    "right_and_cited": "答えのある質問のうち、正答で、しかも根拠の箇所をもれなく出典に示した割合",
    "citation_recall": "回答した質問で、用意した根拠のうち出典に示されたものの割合",
    "citation_precision": "回答した質問で、出典に示した箇所のうち用意した根拠と重なるものの割合",
    "every_sentence_cited": "回答したうち、どの文にも出典が付いていた割合",
    "numbers_supported": "回答にある数値と日付のうち、その文の出典の箇所に実際に書かれているものの割合",
    "offsets_hold": "出典に示した引用が、資料のその位置の文字と一字も違わなかった割合",
    "unanswerable_refused": "資料に答えのない質問のうち、「見つかりません」と正しく断った割合",
    "answerable_refused": "資料に答えのある質問のうち、誤って断った割合",
    "refusal_precision": "断ったもののうち、本当に資料に答えがなかった割合",
    "refusal_recall": "資料に答えのない質問のうち、断った割合(「答えのない質問を断った」と同じ値)",
    "caught": "資料の文や表の値を規則で一か所だけ偽にした文のうち、検査が見つけたものの割合",
    "false_alarms": "資料のとおりの文(書き方だけを変えたものを含む)のうち、検査が誤って疑ったものの割合",
    "truthfulness": "正答と正しい断りを1、答えがあるのに断ったものを0、誤答を−1とした平均",
    "ms_p50": "半分の質問がこの時間以内に済んだ時間",
    "ms_p95": "100問のうち95問がこの時間以内に済んだ時間",
}
ON_A_SCALE = frozenset({"mrr@10", "ndcg@10"})  # from 0 to 1, but no share of questions
SIGNED = frozenset({"truthfulness"})  # from -1 to 1
POINTS = "ポイント"
SAME = "全問で同じ値"
REPEATED = frozenset({"questions", "refusal_recall"})  # said elsewhere in the same table


def explanation(name: str) -> str:
    """What a measure says, and which direction is good where that isn't up; empty for a measure that isn't known."""
    said = EXPLANATIONS.get(name, "")
    return said + "。小さいほど良い値です" if name in LOWER_IS_BETTER else said


def label(name: str) -> str:
    """What a measure is called."""
    return MEASURES.get(name, name)


def number(name: str, value: float | None) -> str:
    """A value of a measure as it is written: a share in per cent, a time in milliseconds, a dash where nothing was measured."""
    if value is None:
        return "–"
    value = round(value, DIGITS)  # as result files have it, so that a figure made from rows reads the same
    if name.startswith("ms_"):
        return f"{value:,.0f}ミリ秒"
    if name in SIGNED:
        return f"{value:+.2f}".replace("-", "−")
    return f"{value:.3f}" if name in ON_A_SCALE else f"{100 * value:.1f}%"


def interval(name: str, bounds: Sequence[float] | None) -> str:
    """A 95 % interval as it is written; empty where there is none. One without width comes from equal values, which is no certainty."""
    if not bounds:
        return ""
    low, high = bounds
    return SAME if low == high else f"{number(name, low).removesuffix('%')}〜{number(name, high)}"


def change(name: str, value: float) -> str:
    """A difference between two values of a measure: points of a percentage, or plain."""
    if name in ON_A_SCALE | SIGNED:
        return f"{value:+.3f}".replace("-", "−")
    return f"{100 * value:+.1f}{POINTS}".replace("-", "−")


def change_interval(name: str, low: float, high: float) -> str:
    """The 95 % interval of a difference as it is written."""
    return SAME if low == high else f"{change(name, low).removesuffix(POINTS)}〜{change(name, high)}"
