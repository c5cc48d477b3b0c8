"""Damage by text recognition is marked, undamaged text is not, and nothing is changed."""

import pytest
from library_fixtures import corpus_documents, report

from ingest.text.suspicions import suspicions


def marked(text: str) -> list[str]:
    """The stretches of ``text`` that look damaged."""
    return [text[s.start : s.end] for s in suspicions(text)]


@pytest.mark.parametrize(
    ("stretch", "line"),
    [
        ("tot 1 November today", "公共 Wi-Fi 設置地域数"),
        ("1,525%", "半導体水準である 1,525%へと"),
        ("室内型(12,901 台)", "室外型(12,080 台)"),
        ("T  14 ·", "T  14 ·"),
        ("1台)", "室内型(12,901 台)"),
        ("AT。", "AT。カラウド"),
        ("5.800 万", "企業当たり最大 5.800 万ウォン"),
        ("2025 月", "2025 月 12 月までの構築"),
        ("$(1\\sim2$", "問題点解消 $(1\\sim2$  日間)"),
        ("ځ", "ځ"),
    ],
)
def test_faults_of_the_report_are_marked_where_they_stand(stretch: str, line: str) -> None:
    document = report()
    spans = [(s.start, s.end) for s in document.suspicions if document.text[s.start : s.end] == stretch]
    assert spans, [document.text[s.start : s.end] for s in document.suspicions]
    for start, _ in spans:
        behind = document.text.find("\n", start)
        assert line in document.text[document.text.rfind("\n", 0, start) + 1 : behind]


def test_stray_letters_of_the_budget_sentence_are_marked() -> None:
    document = report()
    start = document.text.index("予算は、S 年間計 S 41 億ウォン")
    end = document.text.index("目標としている", start)
    inside = [document.text[s.start : s.end] for s in document.suspicions if start <= s.start < end]
    assert inside == ["S "] * 8  # S 年間計 S 41, S 2025, S 億, S 千万, S 2026, S 300, S 1,000


def test_suspicions_lie_within_the_text_in_order_with_a_reason() -> None:
    for document in corpus_documents():
        starts = [s.start for s in document.suspicions]
        assert starts == sorted(starts)
        assert all(0 <= s.start < s.end <= len(document.text) and s.reason for s in document.suspicions)


def test_the_releases_of_seoul_and_gwangju_hold_no_suspicion() -> None:
    assert [(d.title, marked(d.text)) for d in corpus_documents() if d.source[:3] in ("000", "001", "002") and d.suspicions] == []


def test_a_lost_character_of_the_sapporo_release_is_marked() -> None:
    assert marked("中国・深? (シンセン)市でのビジネスイベント") == ["深? ("]


@pytest.mark.parametrize(
    "text",
    ["比率は15.25%である。", "100%と1,525人と1,525円", "5,800 万ウォン", "S-Pole と S-Dot", "R&D 100件", "2025 年 12 月", "AIです。カラオケ大会", "値段は$5です", "・・・・", "Wi-Fi 7 対応", "質問ですか?(はい)"],
)
def test_sound_text_is_not_marked(text: str) -> None:
    assert marked(text) == []
