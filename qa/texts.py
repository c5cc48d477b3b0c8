"""What the screen says: labels for the nouns' codes, messages, and an answer as plain text for the clipboard."""

from string import Formatter

from ingest.errors import InputError
from qa.answer import Answer, Citation

NAME = "調べ Shirabe"
NAME_HTML = "調べ <span>Shirabe</span>"
TAGLINE = "自治体のプレスリリースとCLAIR報告書を、出典を示してお調べします"
WELCOME = "何をお調べしますか"
PROMISE = "登録されている{count}件の資料から、出典の箇所を示してお答えします。資料に書かれていないことは、見つからないとお答えします。"
PLACEHOLDER = "質問を入力(Enterで送信、Shift+Enterで改行)"
SEARCHING = "資料を探しています…"
ONLY_BY_MEANING = "質問の語そのものは資料に見つからず、意味の近さで探しました"
NEAR_PASSAGES = "近い資料(回答の根拠ではありません)"
READINGS = "どちらのことかを決めて尋ねる:"
REFUSAL_ADVICE = "言い方を変えるか、固有名詞や年を加えると見つかることがあります。"
REFUSAL_ADVICE_FILTERED = "絞り込みを広げると見つかることがあります。"
SUSPECTED = "原文に、文字認識の誤りと思われる箇所があります"
SUSPECTED_LEGEND = "は、文字認識の誤りと思われる箇所です({count}か所)。"
DRAFTING = "言語モデルの文を作成中です(出典で確かめたあと、置き換えます)"
WORDED = "言語モデルの文に置き換えました"
NO_SUPPORT = "根拠なし"
UNSUPPORTED = "出典で確かめられない文が含まれています。原文をご確認ください"
WRONG_SPAN = "リンクが示す箇所は、この文書の範囲にありません。文書が更新された可能性があります。"
NOT_FOUND = "この番号の文書は登録されていません。資料が入れ替えられたか、リンクが途中で切れている可能性があります。"
FAILED = "申し訳ありません。回答の途中で問題が起きました。入力はそのまま残しています。もう一度お試しのうえ、続く場合は担当者に「{kind}」とお伝えください。"
PERIOD_UNREADABLE = "期間の「{text}」を読み取れません。2018、2018-05、2018年5月、令和7年5月 のように入力してください"
PERIOD_REVERSED = "期間の始まりが終わりより後になっています。入力を見直してください"

KINDS = {"press_release": "プレスリリース", "report": "報告書"}
BASES = {"stated": "記載", "inferred": "本文から推定", "unknown": "不明", "edited": "登録者の入力"}
OMISSIONS = {"navigation": "ナビゲーション", "markup": "HTMLなどの記号", "repeated": "重複した見出しや説明", "page_number": "ページ番号", "running_head": "各ページに繰り返される見出し", "unseen": "白地に白で書かれた見えない文字"}
CHECKS = {"number": "数値", "date": "日付", "name": "名称"}
OF_VALUES, CHECKED, CHECKED_NAMES = ("number", "date"), "数値確認済", "名称確認済"  # a badge claims no number where a sentence has none
REFERENCE_PARTS = ("issuer", "title", "date", "place")
REFERENCE_FORM = "{issuer}「{title}」({date}){place}"  # as CLAIR's reports cite: 発行者「題名」(2018年5月、推定)p.3 見出し
BASIS_SHORT = {"stated": "記載", "inferred": "推定", "unknown": "不明"}
ANSWERERS = {"extractive": "資料からの抜粋", "llm": "言語モデルによる文"}


_form = REFERENCE_FORM  # of this process: see use_reference_form


def use_reference_form(form: str) -> None:
    """The form of references from now on, empty for the default; raises InputError for one that can't be filled in. It has to name issuer and title."""
    global _form
    form = form or REFERENCE_FORM
    try:
        named = {name for _, name, spec, conversion in Formatter().parse(form) if name is not None and not spec and not conversion}
        form.format(**dict.fromkeys(REFERENCE_PARTS, ""))
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise InputError(f"設定 reference_form の {form!r} を読み取れません。{{issuer}} {{title}} {{date}} {{place}} だけを使ってください") from error
    if not {"issuer", "title"} <= named <= set(REFERENCE_PARTS):
        raise InputError(f"設定 reference_form の {form!r} には {{issuer}} と {{title}} が要ります。ほかに使えるのは {{date}} と {{place}} です")
    _form = form


def date_words(date: str | None) -> str:
    """``2018-05`` as 2018年5月; 日付不明 where there is none."""
    if not date:
        return "日付不明"
    return "".join(f"{int(part)}{unit}" for part, unit in zip(date.split("-"), "年月日", strict=False))


def dated(date: str | None, basis: str) -> str:
    """A date with why we believe it: 2018年5月(本文から推定)."""
    return f"{date_words(date)}({BASES.get(basis, basis)})" if date else "日付不明"


def copy_text(answer: Answer) -> str:
    """The answer and its numbered references as plain text."""
    parts = [answer.question, "", answer.answer]
    if answer.refused and answer.reason:
        parts.append(f"理由: {answer.reason}")
    if answer.citations:
        parts += ["", "出典", *map(reference_entry, answer.citations)]
    return "\n".join(parts)


def reference(citation: Citation) -> str:
    """Where a quote stands, in the one form for notes, Markdown and copies from the chat."""
    place = " ".join(filter(None, (f"p.{citation.page}" if citation.page else "", citation.heading.split(" › ")[-1])))
    return _form.format(issuer=citation.issuer, title=citation.title, date=dated_short(citation.date, citation.date_basis), place=place).strip()


def reference_entry(citation: Citation) -> str:
    """An entry of a list of references: number, reference and the quote."""
    return f"[{citation.n}] {reference(citation)}\n    「{quoted(citation)}」"


def dated_short(date: str | None, basis: str) -> str:
    """A date for a reference: 2018年5月、推定; a stated one bare."""
    if not date:
        return "日付不明"
    return date_words(date) if basis == "stated" else f"{date_words(date)}、{BASIS_SHORT.get(basis, basis)}"


def quoted(citation: Citation) -> str:
    """The quote in one line; cells of a row are parted by a bar."""
    return " ".join(citation.quote.replace("\t", " | ").split())
