"""Ends of sentences in both styles: right where a rule is sure, untouched where none is."""

import pytest

from ingest.words import words
from qa.briefing.sentence_style import in_style
from qa.briefing.sentences import wording
from tests.library_fixtures import corpus_documents

PAIRS = [
    ("業務協約を締結しました。", "業務協約を締結した。"),
    ("推進する計画です。", "推進する計画である。"),
    ("協力パートナーとなりました。", "協力パートナーとなった。"),
    ("投資協約を結びました。", "投資協約を結んだ。"),
    ("説明会を行いました。", "説明会を行った。"),
    ("現地へ行きました。", "現地へ行った。"),
    ("道を開きました。", "道を開いた。"),
    ("一歩を踏み出しました。", "一歩を踏み出した。"),
    ("団地に指定されました。", "団地に指定された。"),
    ("事業を推進してきました。", "事業を推進してきた。"),
    ("成長を続けています。", "成長を続けている。"),
    ("支援を受けることができます。", "支援を受けることができる。"),
    ("機会を持ちます。", "機会を持つ。"),
    ("値は公表されていません。", "値は公表されていない。"),
    ("結果は出ませんでした。", "結果は出なかった。"),
    ("目標でした。", "目標であった。"),
    ("例は多いです。", "例は多い。"),
    ("内容ではありません。", "内容ではない。"),
    ("取組が進みました。", "取組が進んだ。"),
    ("急ぎました。", "急いだ。"),
]


@pytest.mark.parametrize(("polite", "plain"), PAIRS)
def test_polite_becomes_plain(polite, plain):
    assert in_style(polite, "dearu") == plain


@pytest.mark.parametrize(("polite", "plain"), PAIRS)
def test_plain_becomes_polite(polite, plain):
    assert in_style(plain, "desumasu") == polite


@pytest.mark.parametrize("sentence", ["団地を造成する計画だ。", "団地を造成する計画である。"])
def test_both_plain_copulas_become_polite(sentence):
    assert in_style(sentence, "desumasu") == "団地を造成する計画です。"


@pytest.mark.parametrize("sentence", ["2025年にも訓練機関を拡大し実施中。", "11億ウォンを支援する予定。", "個別に案内・連携する制度。", "標本に実施した(有効応答率: 97.6%)。", "「努力する」とのこと。", "", "。"])
@pytest.mark.parametrize("style", ["dearu", "desumasu"])
def test_what_no_rule_is_sure_of_stays(sentence, style):
    assert in_style(sentence, style) == sentence


def sentences() -> list[str]:
    """All sentences of the corpus that a briefing could use."""
    return [w.text for d in corpus_documents() for i in range(len(d.segments)) if (w := wording(d, i))]


@pytest.mark.parametrize("style", ["dearu", "desumasu"])
def test_only_the_end_changes_and_once(style):
    changed = 0
    for sentence in sentences():
        turned = in_style(sentence, style)
        assert in_style(turned, style) == turned
        assert turned[: len(sentence) - 12] == sentence[: len(sentence) - 12]
        changed += turned != sentence
        if style == "dearu":
            assert not turned.endswith(("ます。", "ました。", "です。")), turned
        if turned != sentence and style == "desumasu":
            assert words(turned)[-2].surface in ("ます", "た", "です", "ん"), turned
    assert changed > 40
