"""What isn't part of a text is left out and recorded; what a reader could cite stays as it is."""

import unicodedata

import pytest
from library_fixtures import SEOUL, SMG344, corpus, corpus_documents, raw_text, read

from ingest.text.cleaning import blocks, clean

RELEASE = "札幌市、新しい交流施設を開設\n\n札幌市は2024年5月1日、市民のための交流施設を開設した。施設は市役所の隣にある。\n"


def kept(raw: str) -> list[str]:
    """The lines that stay."""
    return [line.text for line in clean(raw)[0] if not line.is_blank]


def left_out(raw: str) -> list[str]:
    """What was left out."""
    return [o.text for o in clean(raw)[1]]


def test_site_navigation_is_left_out_and_recorded() -> None:
    (document,) = corpus()[SMG344]
    for words in ("メインコンテンツに移動", "ニュースレター購読", "visiting seoul?", "T T", "ウェブトゥーンと一緒に"):
        assert words in raw_text(SMG344)
        assert words not in document.text
        assert any(words in o.text for o in document.omissions if o.reason == "navigation")
    assert document.text.startswith("• オ市長、") or document.text.startswith("オ市長、")
    assert document.text.rstrip().endswith("作られたらと思う」と述べた。")
    assert "SMG 344" in document.text


def test_stray_html_is_left_out_and_recorded() -> None:
    text = "".join(d.text for d in corpus()[SEOUL])
    recorded = [o.text for d in corpus()[SEOUL] for o in d.omissions if o.reason == "markup"]
    assert not any(tag in text for tag in ("<br />", "</td>", "<td>", "<img", "/>"))
    assert recorded.count("<br />") == 2 and {"</td>", "<td>", "<img src="} <= set(recorded)
    assert "トジョンスク(挑戦宿)" in text


def test_japanese_in_angle_brackets_stays() -> None:
    text = "".join(d.text for d in corpus_documents())
    for stretch in ("<ソウル市雇用カフェ>", "< 入居企業の選抜 >", "< ガイ・ライダーILO事務局長、ソウル市の招待により10年ぶりに訪韓 >", "<ベトナムに進出した韓国経済人やスタートアップ代表とそれぞれ懇談会を開き、政策アイデアを模索>"):
        assert stretch in text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("市は<b>大会</b>を開く", "市は大会を開く"),
        ("<p class='x'>段落</p>", "段落"),
        ("<a href=\"https://a.jp/?x=1\">案内</a>を見る", "案内を見る"),
        ("<H2>見出し</H2>", "見出し"),
        ("<ソウル市雇用カフェ>での支援", "<ソウル市雇用カフェ>での支援"),
        ("<B級グルメ大会>を開く", "<B級グルメ大会>を開く"),
        ("x < 5 かつ y > 3 の場合", "x < 5 かつ y > 3 の場合"),
        ("<math>6,000 億ウォン", "6,000 億ウォン"),
        ("(http://a.jp/<ID>)", "(http://a.jp/<ID>)"),
    ],
)
def test_tags_are_markup_and_other_angle_brackets_are_text(raw: str, expected: str) -> None:
    assert kept(raw) == [expected]


def test_words_that_begin_like_a_tag_stay() -> None:
    assert kept("<U 18サッカー大会>を開く") == ["<U 18サッカー大会>を開く"]


@pytest.mark.parametrize("raw", ["<script>alert('だめ')</script>", "<SCRIPT type=x>\nalert(1)\n</SCRIPT >", "<style>\np { color: red }\n</style>", "<!-- 見えない\n注 -->"])
def test_scripts_styles_and_comments_are_removed_whole(raw: str) -> None:
    assert kept(f"前の文。\n{raw}\n後の文。") == ["前の文。", "後の文。"]
    assert left_out(f"前の文。\n{raw}\n後の文。") == [raw]


def test_an_unclosed_script_loses_its_tag_but_no_text() -> None:
    assert kept("<script>\n続く本文である。") == ["続く本文である。"]


@pytest.mark.parametrize("text", ["\uff11\uff12\uff13\uff05の\uff21\uff22\uff23", "729,785㎡", "㈱と㈶と①②", "ﾊﾝｶｸ", "か\u3099", "２０１８年", "〜～", "𠮷野家"])
def test_text_is_not_normalised(text: str) -> None:
    """NFKC is for comparing, never for citing."""
    assert kept(f"前{text}後") == [f"前{text}後"]


def test_full_width_and_compatibility_characters_stay_in_the_corpus() -> None:
    text = "".join(d.text for d in corpus_documents())
    for c in ("㎡", "㈱", "㈶", "①", "△", "ï" if "ï" in text else "☎"):
        assert c in text
    assert unicodedata.normalize("NFKC", text) != text


def test_line_ends_and_byte_order_mark() -> None:
    assert kept("\ufeff一行目\r\n二行目\r三行目\n") == ["一行目", "二行目", "三行目"]


def test_headings_of_markdown_keep_their_level_and_lose_their_mark() -> None:
    lines, _ = clean("# 一\n\n### 三\n\n#ハッシュ\n")
    assert [(line.text, line.level) for line in lines if not line.is_blank] == [("一", 1), ("三", 3), ("#ハッシュ", 0)]


def test_cells_keep_their_tabs() -> None:
    assert kept("\t固定型\t\t\n合計\t838\t-\n") == ["\t固定型\t\t", "合計\t838\t-"]


def test_blank_lines_of_other_blanks_are_blank() -> None:
    lines, _ = clean("一\n\u00a0\n\u3000\n \t \n二\n")
    assert [line.is_blank for line in lines] == [False, True, True, True, False, True]
    assert blocks(lines) == [(0, 1), (4, 5)]


def test_navigation_around_a_release_goes_and_the_release_stays() -> None:
    raw = f"本文へ移動\nサイトマップ\nログイン\n\n{RELEASE}\nページの先頭へ\nCopyright 札幌市\n"
    (document,) = read(raw)
    assert document.text == RELEASE
    assert document.title == "札幌市、新しい交流施設を開設"
    assert [o.reason for o in document.omissions] == ["navigation", "navigation"]


def test_words_of_menus_in_the_middle_of_a_text_stay() -> None:
    body = "\n\n".join(f"第{i}の段落では、市のホームページにログインして申し込む方法と購読の手続きを述べる。" for i in range(20))
    assert "ログイン" in kept(f"題名である見出しの行\n\n{body}\n")[10]


@pytest.mark.parametrize("title", ["札幌市公式Facebookページを開設します", "市のメールマガジンの購読者が1万人を超える", "市民便利帳の文字サイズを大きくします"])
def test_a_headline_about_a_web_site_is_no_navigation(title: str) -> None:
    (document,) = read(RELEASE.replace("札幌市、新しい交流施設を開設", title))
    assert document.title == title
