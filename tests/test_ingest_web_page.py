"""Web pages: the content stays with its structure, the site's frame is left out and recorded, scripts never count as text."""

import pytest
from library_fixtures import CORPUS

from ingest.content import Content, FileData
from ingest.document import Document
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats.formats import read_content, read_here
from ingest.sources import Source

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>図書館の建て替え|札幌市</title>
<meta property="article:published_time" content="2024-05-01T10:00:00+09:00"><style>p {{ color: red }}</style></head><body>
<header><nav><ul><li><a href="/">ホーム</a></li><li><a href="/k">くらしの情報</a></li></ul></nav></header>
<div class="breadcrumb">ホーム > くらし > 図書館</div>
<div id="main"><h1>図書館の建て替え</h1>
<p>札幌市は5月10日、図書館を建て替えると発表した。<br>新しい図書館は三階建てで、蔵書は百万冊を予定している。</p><script>alert("こわい")</script>
<h2>日程</h2>
<table><caption>工事の日程(単位:か月)</caption><tr><th rowspan="2">区分</th><th colspan="2">期間</th></tr><tr><th>設計</th><th>工事</th></tr><tr><th>本館</th><td>12</td><td>24</td></tr></table>
<ul><li>一つ目</li><li>二つ目<ul><li>内側</li></ul></li></ul><ol start="3"><li>三番</li><li>四番</li></ol>
<div class="sns-share">シェアする</div><p>問い合わせ:総務課 電話 011-211-2111</p></div>
<aside>関連ページの一覧</aside><footer>Copyright 札幌市</footer></body></html>"""


def read(text: str | bytes, name: str = "a.html") -> Content:
    return read_content(FileData(name, text if isinstance(text, bytes) else text.encode()))


def document(content: Content) -> Document:
    (made,) = read_documents(Source(CORPUS, "a.html"), content)
    return made


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("Shift_JIS", "cp932"), ("EUC-JP", "euc_jp"), ("iso-2022-jp", "iso2022_jp"), ("utf-8", "cp932"), ("x-unknown", "utf-8")])
def test_a_page_is_read_in_its_encoding_with_its_structure(charset: str, encoding: str) -> None:
    made = document(read(PAGE.format(charset=charset).encode(encoding)))
    assert made.text == (
        "図書館の建て替え\n\n札幌市は5月10日、図書館を建て替えると発表した。\n新しい図書館は三階建てで、蔵書は百万冊を予定している。\n\n日程\n\n工事の日程(単位:か月)\n\n"
        "区分\t期間\t\n\t設計\t工事\n本館\t12\t24\n\n• 一つ目\n• 二つ目\n\n• 内側\n\n3. 三番\n4. 四番\n\n問い合わせ:総務課 電話 011-211-2111\n"
    )
    assert (made.title, made.date.value, made.date.basis) == ("図書館の建て替え", "2024-05-01", "stated")


def test_tables_keep_their_spans_captions_and_units() -> None:
    made = document(read(PAGE.format(charset="utf-8")))
    (table,) = made.tables
    assert table.unit == "か月"
    assert [(c.text, c.row_path, c.column_path) for c in table.cells if not c.is_label] == [("12", ("本館",), ("期間", "設計")), ("24", ("本館",), ("期間", "工事"))]


def test_the_frame_is_recorded_and_scripts_are_nowhere() -> None:
    made = document(read(PAGE.format(charset="utf-8")))
    left_out = " ".join(o.text for o in made.omissions)
    for text in ("くらしの情報", "シェアする", "関連ページの一覧", "Copyright 札幌市"):
        assert text in left_out and text not in made.text
    assert "alert" not in made.text + left_out and "color" not in made.text + left_out


def test_a_page_is_told_by_its_bytes_and_text_that_speaks_of_tags_is_text() -> None:
    assert document(read(PAGE.format(charset="utf-8"), "page.txt")).title == "図書館の建て替え"
    assert read_here(FileData("a.txt", "札幌市は <html> の書き方を公表した。".encode())).lines[0].text


@pytest.mark.parametrize("text", ["<html><body></body></html>", "<html><body><script>document.write('x')</script></body></html>", "<html>"])
def test_a_page_without_text_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="読める本文がありません"):
        read(text)


def test_tables_that_only_place_things_are_read_through() -> None:
    made = document(read("<html><body><table><tr><td><h1>図書館の催し</h1><p>図書館は五月に催しを開く。</p></td><td>右の欄</td></tr></table></body></html>"))
    assert not made.tables and "図書館は五月に催しを開く。" in made.text


def test_a_date_is_taken_from_marked_places_only() -> None:
    assert read("<html><head><meta name='created' content='2020-01-01'></head><body><p>二〇二四年の催しは未定です。</p></body></html>").date == ""
    assert read('<html><head><script type="application/ld+json">{"datePublished": "2023-11-30"}</script></head><body><p>催しは未定です。</p></body></html>').date == "2023-11-30"


def test_deep_nesting_ends() -> None:
    assert "底の文" in " ".join(line.text for line in read("<html><body>" + "<div>" * 200 + "底の文" + "</div>" * 200 + "<p>外の文</p></body></html>").lines)
