"""Sections with heading paths, items in their nesting, sentences that a page break has cut."""

import pytest
from library_fixtures import SAPPORO, SEOUL, corpus, read, report

from ingest.document import Document

OUTER = ("3 調査項目案", "(1) デジタル投資の促進")


def path_of(document: Document, stretch: str) -> tuple[str, ...]:
    """The headings above the segment that holds ``stretch``."""
    at = document.text.index(stretch)
    segment = next(s for s in document.segments if s.start <= at < s.end)
    return document.sections[segment.section].path


def segment_texts(document: Document, kind: str) -> list[str]:
    """The texts of all segments of one kind."""
    return [document.text[s.start : s.end] for s in document.segments if s.kind == kind]


@pytest.mark.parametrize(
    ("stretch", "path"),
    [
        ("調査を実施する。", ("1 趣旨",)),
        ("なぜ日本のDX推進", ("2 ポイント",)),
        ("地域デジタル事業に関する国費補助", (*OUTER, "ア 国、自治体の役割分担", "1. 国の役割")),
        ("817,264", (*OUTER, "イ 国、自治体の成果指標・目標", "2. 自治体の成果指標・目標", "【表 2】モバイル住民苦情申請件数 (ソウル特別市の例)")),
        ("パソコンの保有率", (*OUTER, "イ 国、自治体の成果指標・目標", "4. DX に取り組んでいる企業の割合について")),
        ("8,213 億", (*OUTER, "ウ 国、自治体のデジタル関連事業に係る予算額", "1. 国の予算について")),
        ("179,437", (*OUTER, "ウ 国、自治体のデジタル関連事業に係る予算額", "2. 自治体の予算について", "1) ソウル特別市・デジタル都市局の予算規模 (2025年度分)")),
        ("道内の中小企業\n", (*OUTER, "エ 国、自治体の中小企業へのDX支援", "2. 自治体の支援について", "1) 京畿道「中小企業デジタル転換コンサルティング支援事業」")),
        ("国費30億ウォンである", ("3 調査項目案", "(2) 人材の確保・育成の促進", "ア デジタル人材の育成", "6. 「K-ハイテクプラットフォーム慶北」について", "○安東市「AI STATION」")),
        ("満足度が98%に達した", ("3 調査項目案", "(3) 自律的な取組の実践を支える環境整備", "ウ 住民サービスの向上", "2. 中央政府、ソウル特別市「再建築事業の組合員を対象とした電子投票モデル事業」")),
    ],
)
def test_heading_paths_of_the_report(stretch: str, path: tuple[str, ...]) -> None:
    assert path_of(report(), stretch) == path


def test_sections_follow_one_another_without_gaps() -> None:
    sections = report().sections
    assert sections[0].start == 0 and sections[-1].end == len(report().text)
    assert [a.end for a in sections[:-1]] == [b.start for b in sections[1:]]


def test_headings_of_the_sapporo_release() -> None:
    (document,) = corpus()[SAPPORO]
    assert path_of(document, "札幌市厚別区下野幌") == ("1 開設場所",)
    assert path_of(document, "平成16年10月27日(水)") == ("2 開設日",)
    assert path_of(document, "製品・技術の展示コーナー") == ("3 概要", "(1)韓国・大田広域市ビジネス情報コーナー(50㎡)")
    assert path_of(document, "約50社、2,800人") == ("5 参考", "(2)札幌テクノパーク")


def test_items_of_the_call_for_applications_are_nested() -> None:
    document = next(d for d in corpus()[SEOUL] if d.title.startswith("ソウルグローバル創業センター"))
    at = document.text.index("– 1次書類審査")
    item = next(s for s in document.segments if s.start <= at < s.end)
    parents = [document.text[document.segments[p].start : document.segments[p].end] for p in item.parents]
    assert [p.lstrip("• □○") for p in parents] == ["入居の申込み及び審査の日程", "審査日程"]


def test_a_list_of_numbered_and_circled_items_is_nested() -> None:
    (document,) = read("題名である見出しの行\n\n導入の文である。\n\n1) 主要内容は次のとおりである。\n  ①教育を行う\n    ○初級の講座\n    ○高級の講座\n  ②体験を行う\n2) 成果について\n", kind="press_release")
    shown = {document.text[s.start : s.end]: tuple(document.text[document.segments[p].start : document.segments[p].end] for p in s.parents) for s in document.segments}
    first, teaching = "1) 主要内容は次のとおりである。", "①教育を行う"
    assert shown["○高級の講座"] == (first, teaching)
    assert shown["②体験を行う"] == (first,)
    assert shown["2) 成果について"] == ()


def test_a_sentence_that_a_page_break_has_cut_is_one_segment() -> None:
    (cut,) = [t for t in segment_texts(report(), "sentence") if t.startswith("AIデータセンターに対する") or "国家戦略技術\n" in t]
    assert "国家戦略技術\n\nに格上げし、施設投資に対する税額控除率" in cut


def test_notes_are_notes() -> None:
    notes = segment_texts(report(), "note")
    assert any(n.startswith("【引用】ソウル特別市庁ホームページ") for n in notes)
    assert any(n.startswith("【参考】関連報道記事") for n in notes)
    assert any(n.startswith("※「マイスター高校」とは") for n in notes)
    assert not any(n.startswith("○") for n in notes)


def test_numbered_headings_rank_as_japanese_papers_do() -> None:
    raw = "# 報告の題名\n\n## 第1章 概要\n\n### 1 目的\n\n#### (1) 背景\n\n本文一。\n\n# ア 国の役割\n\n本文二。\n\n## 1. 予算\n\n本文三。\n\n### (2) 範囲\n\n本文四。\n\n# 2 方法\n\n本文五。\n"
    (document,) = read(raw)
    chapter = ("第1章 概要", "1 目的")
    assert path_of(document, "本文一") == (*chapter, "(1) 背景")
    assert path_of(document, "本文二") == (*chapter, "(1) 背景", "ア 国の役割")
    assert path_of(document, "本文三") == (*chapter, "(1) 背景", "ア 国の役割", "1. 予算")
    assert path_of(document, "本文四") == (*chapter, "(2) 範囲")
    assert path_of(document, "本文五") == ("第1章 概要", "2 方法")


def test_the_title_is_the_first_segment_of_every_release() -> None:
    for documents in corpus().values():
        for document in documents:
            assert document.segments[0].kind == "title"
            assert document.text[document.segments[0].start : document.segments[0].end] == document.title


def test_canonical_text_has_single_blank_lines_and_ends_with_a_line_end() -> None:
    for documents in corpus().values():
        for document in documents:
            assert "\n\n\n" not in document.text
            assert document.text == document.text.strip("\n") + "\n"
