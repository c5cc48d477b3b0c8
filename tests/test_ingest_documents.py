"""The five corpus files give the 24 documents that a reader finds in them."""

import os
import re
import subprocess
import sys
from collections import Counter

import pytest
from library_fixtures import CORPUS, GWANGJU, REPORT, ROOT, SAPPORO, SEOUL, SMG344, corpus, corpus_documents, raw_text, read, report

from ingest.document import Document, normalize

SEOUL_CITY, GWANGJU_CITY = "ソウル特別市", "光州広域市"
EXPECTED = [  # file, title, issuer, date, basis: read off the files by hand
    (SEOUL, "ソウル市、外国人居住者のための「グローバル不動産」を250か所に拡大", SEOUL_CITY, "2018-05", "inferred"),  # 2018年度の計画, 5月25日から受付
    (SEOUL, "ソウル市、外国人の予備・初期創業者に「創業保育空間」を支援", SEOUL_CITY, "2018-06-04", "inferred"),
    (SEOUL, "ソウル市、マゴク(麻谷)に10万雇用創出のための「強小企業R&D融複合革新拠点」造成", SEOUL_CITY, "2018-04", "inferred"),  # 2018年4月現在
    (SEOUL, "ソウル市、雇用創出外国人投資企業に雇用補助金を支援", SEOUL_CITY, "2018-05", "inferred"),  # 2017年の1年間が過ぎ, 5月4日まで
    (SEOUL, "ソウルグローバル創業センター入居企業を募集します!", SEOUL_CITY, "2018-02-28", "inferred"),
    (SEOUL, "「ソウル市雇用カフェ」、 就職コンサルティングやスタディルームを無料提供", SEOUL_CITY, "2018", "inferred"),  # names no other year than 2018
    (SEOUL, "ソウル市、インド経済交流センターと協力し、韓国のスタートアップ企業の進出を支援", SEOUL_CITY, "2017-11-08", "inferred"),
    (SEOUL, "ソウル市、インドで初の投資誘致説明会を開催", SEOUL_CITY, "2017-11-09", "inferred"),
    (SEOUL, "ソウル市外国人就職博覧会を開催", SEOUL_CITY, "2017-10-31", "inferred"),
    (SEOUL, "世界経済のリーダー、ソウル市長に「第4次産業革命時代の対応戦略」を諮問", SEOUL_CITY, "2017-09-29", "inferred"),
    (SEOUL, "ソウル市「ディーセント・ワーク都市国際フォーラム」開催", SEOUL_CITY, "2017-09-05", "inferred"),
    (SEOUL, "パク・ウォンスン市長、110都市に世界最高のスマート都市技術力を披露", SEOUL_CITY, "2017-06", "inferred"),  # 2010年創立から7年, 6月27日から
    (SMG344, "オ市長、技術スタートアップのベトナム進出を支援、成長と雇用のきっかけにつなぐ", SEOUL_CITY, None, "unknown"),  # only 3日(水) and 昨年5月
    (GWANGJU, "韓国最大の人工知能、S /Wメーカー光州AI技術センター設立", GWANGJU_CITY, "2020-03", "inferred"),  # 3月5日, before it 2020年3月9日
    (GWANGJU, "光州市、人工知能の外国企業誘致", GWANGJU_CITY, "2020-03-09", "inferred"),
    (GWANGJU, "人口知能中心都市光州ビジョン宣布式", GWANGJU_CITY, "2020-02", "inferred"),  # 2月29日: a leap year
    (GWANGJU, "光州市14社と810億ウォン投資協約", GWANGJU_CITY, "2019-12", "inferred"),  # 12月17日, between 2020-02 and 2019-11
    (GWANGJU, "人工知能の中心都市光州の戦略具体化へ速度", GWANGJU_CITY, "2019-12", "inferred"),  # 12月11日
    (GWANGJU, "ロボット分野では世界3位の中国「新松ロボット」など10社が投資協約を締結", GWANGJU_CITY, "2019-11", "inferred"),  # 11月29日 and 2019光州広域市投資環境説明会
    (GWANGJU, "光州市、韓国初のエネルギー融複合団地造成、新産業拠点都市として跳躍", GWANGJU_CITY, "2019-11", "inferred"),
    (GWANGJU, "光州、大韓民国人工知能中心都市に!", GWANGJU_CITY, "2019-10", "inferred"),
    (GWANGJU, "光州型雇用自動車工場の合作法人発起人総会が開かれた。", GWANGJU_CITY, "2019-08-20", "inferred"),  # (2019.8.20.)
    (SAPPORO, "「札幌市IT産業国際交流スペース」の開設について", "札幌市", "2004-10-27", "inferred"),  # 開設日 平成16年10月27日
    (REPORT, "先進事例調査項目", "CLAIR ソウル事務所", "2025-05", "stated"),  # 令和7年5月
]


def document_titled(beginning: str) -> Document:
    """The corpus document whose title begins so."""
    (found,) = [d for d in corpus_documents() if d.title.startswith(beginning)]
    return found


def test_corpus_gives_the_24_documents_in_order() -> None:
    found = [(d.source, d.title, d.issuer, d.date.value, d.date.basis) for d in corpus_documents()]
    assert found == EXPECTED


def test_files_hold_12_1_9_1_1_documents() -> None:
    assert [len(documents) for documents in corpus().values()] == [12, 1, 9, 1, 1]
    assert [d.kind for d in corpus_documents()] == ["press_release"] * 23 + ["report"]
    assert {d.language for d in corpus_documents()} == {"ja"}


def test_a_date_stands_on_words_of_its_document() -> None:
    for document in corpus_documents():
        assert (document.date.value is None) == (document.date.quote is None)
        assert document.date.quote is None or document.date.quote in document.text


def test_ids_are_made_of_the_file_and_the_text() -> None:
    ids = [d.id for d in corpus_documents()]
    assert len(set(ids)) == 24
    assert all(re.fullmatch(rf"{d.source[:3]}-[0-9a-f]{{8}}", d.id) for d in corpus_documents())
    assert [d.id for d in read(raw_text(SAPPORO), SAPPORO, is_corpus=True)] == [corpus()[SAPPORO][0].id]
    assert read(raw_text(SAPPORO) + "追記。\n", SAPPORO, is_corpus=True)[0].id != corpus()[SAPPORO][0].id


def test_the_headline_stands_once_in_each_text() -> None:
    for document in corpus_documents():
        assert document.text.split("\n").count(document.title) == 1


def test_segments_lie_in_order_within_their_sections() -> None:
    for document in corpus_documents():
        ends = [(s.start, s.end) for s in document.segments]
        assert ends == sorted(ends) and all(a < b for a, b in ends)
        for segment in document.segments:
            section = document.sections[segment.section]
            assert section.start <= segment.start and segment.end <= section.end
            stretch = document.text[segment.start : segment.end].rstrip("\t")  # a row may end with empty cells
            assert stretch and stretch == stretch.strip()
        assert all(parent < i for i, segment in enumerate(document.segments) for parent in segment.parents)


def test_segments_hold_every_character_that_shows() -> None:
    for document in corpus_documents():
        held = {i for s in document.segments for i in range(s.start, s.end)}
        assert "".join(c for i, c in enumerate(document.text) if i not in held and not c.isspace()) == ""


@pytest.mark.parametrize("name", [SEOUL, SMG344, GWANGJU, SAPPORO, REPORT])
def test_every_character_of_a_file_is_in_a_text_or_recorded_as_left_out(name: str) -> None:
    """Only heading marks of Markdown, bullets before a headline and white space may go unrecorded."""
    left = Counter(raw_text(name))
    for document in corpus()[name]:
        left -= Counter(document.text)
        for omission in document.omissions:
            left -= Counter(omission.text)
    assert {c for c in left if not c.isspace()} <= {"#", "•"}


def test_lines_of_a_release_stand_in_its_file_in_the_same_order() -> None:
    for name in (SEOUL, SMG344, GWANGJU, SAPPORO):
        raw, at = normalize(raw_text(name)), 0
        for line in (normalize(line) for d in corpus()[name] for line in d.text.split("\n")):
            at = raw.find(line, at)
            assert at >= 0, line


def test_markup_is_recorded_with_the_release_that_it_stood_in() -> None:
    magok, first = document_titled("ソウル市、マゴク"), document_titled("ソウル市、外国人居住者")
    assert "<br />" in [o.text for o in magok.omissions]
    assert [o.text for o in first.omissions] == []


def test_kind_issuer_and_language_are_read_off_a_user_file() -> None:
    (sapporo,), (clair,) = read(raw_text(SAPPORO)), read(raw_text(REPORT))
    assert (sapporo.kind, sapporo.issuer, sapporo.language) == ("press_release", "札幌市", "ja")
    assert (clair.kind, clair.language) == ("report", "ja")


def test_issuers_that_are_read_off_are_those_of_the_listing() -> None:
    """Told nothing, the reader finds the issuer itself or the short form of its name (ソウル市)."""
    for name in corpus():
        for told, found in zip(corpus()[name], read(raw_text(name)), strict=True):
            assert normalize(found.issuer) in {normalize(told.issuer), told.issuer.replace("特別市", "市"), told.issuer.replace("広域市", "市")}, found.title


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("서울시, 창업센터 개관\n\n서울시는 2024년 5월 1일 창업센터를 열었다. 많은 기업이 입주한다.\n", "ko"),
        ("Seoul opens a new centre for startups\n\nThe city said on 5 May 2024 that it opens a centre for startups.\n", "en"),
        ("札幌市、新しい施設を開設\n\n札幌市は2024年5月1日、IT企業のための施設を開設した。\n", "ja"),
    ],
)
def test_language_of_a_text(text: str, language: str) -> None:
    assert [d.language for d in read(text)] == [language]


FINGERPRINT = """
import hashlib
from pathlib import Path
from ingest.documents import read_documents
from ingest.formats.formats import load_file, read_content
from ingest.sources import corpus_sources
print(hashlib.sha256(repr([read_documents(s, read_content(load_file(s.path))) for s in corpus_sources(Path("corpus"))]).encode()).hexdigest())
"""


@pytest.mark.slow
def test_documents_are_the_same_in_every_process() -> None:
    seeds = [os.environ | {"PYTHONHASHSEED": str(seed)} for seed in range(1, 9)]
    found = {subprocess.run([sys.executable, "-c", FINGERPRINT], cwd=ROOT, env=e, capture_output=True, text=True, check=True).stdout for e in seeds}
    assert len(found) == 1


def test_a_text_of_blanks_gives_no_document() -> None:
    assert read("\n \u3000\n\u00a0\n") == []


def test_a_text_of_lone_bullets_gives_no_empty_document() -> None:
    assert all(d.text.strip() and d.title for d in read("・\n・\n"))


def test_corpus_folder_holds_the_files_that_the_listing_names() -> None:
    assert sorted(p.name for p in (CORPUS / "files").iterdir()) == sorted(corpus())
    assert report().source == REPORT
