"""Web pages: trafilatura finds the main content, title and date; headings, lists and tables are read from the page itself.

What belongs to the site and not to the page (menus, share buttons, footers) is left out and recorded.
"""

import re
from datetime import date
from typing import Any

from lxml import etree, html

from ingest.content import Content, FileData
from ingest.document import normalize
from ingest.errors import InputError
from ingest.formats.encodings import decode
from ingest.formats.page_walker import PageWalker
from ingest.text.cleaning import Line, clean_lines

CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
JAPANESE_NAMES = {"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932", "x-euc-jp": "euc_jp"}
MOST = 0.9  # of trafilatura's main content: the smallest element with so much of it is the page's content
SITE_NAME = re.compile(r"\s*[|\uff5c／/：:>＞»‐–—-]\s*[^|\uff5c]*?(?:市|区|町|村|県|府|都|道|省|庁|協会|公式|ホームページ|サイト|Web)[^|\uff5c]*$", re.I)
FILE_DATES = ("created", "changed", "modified", "last-modified", "changedby", "date")  # of the file, not of what it says


def read_page(file: FileData) -> Content:
    """The content of an HTML file; raises InputError where it holds no text."""
    tree = _parsed(file)
    title, day = _stated(tree)
    main = _main(tree)
    lines = PageWalker(main).read(tree)
    lines = clean_lines(lines)
    if not any(c.isalnum() for line in lines for c in line.text):
        raise InputError(f"{file.name}: 読める本文がありません(プログラムで表示するページかもしれません)。ブラウザーで開き、PDF などで保存して追加してください")
    heading = next((line.text for line in lines if line.level == 1), "")
    if title and normalize(title) not in normalize("".join(line.text for line in lines)):
        lines = [Line(title, 0, 1, is_styled=True), Line("", 0), *lines]
    return Content(tuple(lines), title or heading, date=day)


def page_text(data: bytes) -> str | None:
    """The text of an HTML file in the encoding that it states, or else in the one that fits."""
    stated = CHARSET.search(data[:4096])
    if stated and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = stated.group(1).decode("ascii").lower()
        try:
            return data.decode(JAPANESE_NAMES.get(name, name))
        except (LookupError, UnicodeError):
            pass
    return decode(data)


def _parsed(file: FileData) -> Any:
    text = page_text(file.data)
    if text is None:
        raise InputError(f"{file.name}: HTML として読めません。ブラウザーで開いて保存し直してから追加してください")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", "").lstrip("\ufeff"))
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"{file.name}: HTML として読めません。ブラウザーで開いて保存し直してから追加してください") from error
    return tree


def _stated(tree: Any) -> tuple[str, str]:
    """The title and the day of publication that the page states, empty where it doesn't."""
    title = " ".join(" ".join(tree.xpath("//title//text()")[:5]).split())
    heads = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    named = next((h for h in heads if 4 <= len(h) <= 120 and normalize(h) in normalize(title)), "") if title else ""
    alone = heads[0] if len(heads) == 1 and 4 <= len(heads[0]) <= 120 else ""
    return named or alone or SITE_NAME.sub("", title)[:120], _published(tree)


def _published(tree: Any) -> str:
    """The day that the page gives for its publication: by its metadata or a marked time, never guessed from the text."""
    values = tree.xpath("//meta[@property='article:published_time' or @name='article:published_time' or @itemprop='datePublished' or translate(@name,'DC','dc')='dc.date' or translate(@name,'DC','dc')='dc.date.issued' or @name='pubdate']/@content")
    values += tree.xpath("//time[@pubdate or @itemprop='datePublished']/@datetime")
    for script in tree.xpath("//script[@type='application/ld+json']/text()")[:10]:
        values += re.findall(r'"datePublished"\s*:\s*"([^"]{8,40})"', script[:100_000])
    for value in values:
        match = re.match(r"\s*((?:19|20)\d\d)-?(\d\d)-?(\d\d)", value)
        if match:
            try:
                return date(*map(int, match.groups())).isoformat()
            except ValueError:
                continue
    return ""


def _main(tree: Any) -> Any:
    """The element that holds the page's content: the smallest one with most of what trafilatura takes for it."""
    from trafilatura import bare_extraction

    try:
        found = bare_extraction(html.tostring(tree, encoding="unicode"), include_comments=False, include_tables=True, favor_recall=True, date_extraction_params={"extensive_search": False})
    except Exception:  # noqa: BLE001 - it isn't needed to read the page, and it can trip over odd ones
        found = None
    text = (found.text or "") if found is not None and not isinstance(found, dict) else ""
    wanted = {normalize(line) for line in re.split(r"[\n|]", text) if len(line.strip()) >= 4}
    body = tree.find("body")
    here = body if body is not None else tree
    total = sum(map(len, wanted))
    while total:
        inner = next((child for child in here if isinstance(child.tag, str) and _share(child, wanted) >= MOST * total), None)
        if inner is None or inner.tag in ("p", "table", "tbody", "tr", "td", "ul", "ol", "dl", "pre", "blockquote", "span"):
            break
        here = inner
    return here


def _share(element: Any, wanted: set[str]) -> int:
    said = normalize("\n".join(element.itertext()))
    return sum(len(line) for line in wanted if line in said)
