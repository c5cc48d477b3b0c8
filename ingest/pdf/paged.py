"""From the pages of a printed file to lines that know their page, and the file's title."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.document import normalize
from ingest.pdf.printed import IS_JAPANESE, PrintedPage
from ingest.pdf.running import without_running
from ingest.pdf.wrapping import BULLET, LEADERS, NUMBERED, Paragraph, paragraphs
from ingest.text.cleaning import Line
from ingest.text.tables import is_value
from ingest.text.told_tables import table_lines

HEADING_SIZE = 1.2  # of the body's size, of the page and of the file: emphasis within the text is smaller
TABLES_OF_PAGE = 100_000  # more than a page has lines: tables are numbered in the whole file
LONGEST_HEADING = 60  # characters
LONG_LINE = 20  # characters: what goes on from page to page is running text
UNFINISHED = re.compile(r"[^。！？!?：:」』）)]$")
HEADINGS_OF_REPORT = 3  # as in plain text: a release has fewer
NUMBERED_HEADING = re.compile(r"^[0-9０-９]{1,2}[.．]\s*[^0-9０-９\s.．].{1,28}$")
TITLE_SIZE = 1.15  # of the body's size
SAME_TITLE = 0.97  # of the title's largest line: the lines of one title are set in one size
TITLE_PAGES = 3  # a cover may be a picture
LONGEST_TITLE = 90  # characters
NO_TITLE = re.compile(r"^(Microsoft (Word|PowerPoint|Excel)|PowerPoint|スライド|Slide|Sheet|untitled|無題|名称未設定|<[0-9A-F]+>)|\.(docx?|pptx?|xlsx?|jtdc?|pdf|indd|ai)$", re.I)
TITLE_END = re.compile(r"(について(の?(通知|お知らせ))?|に関する(件|指針|ガイドライン)|の?(概要|報告書?|手引き?|要領|要綱|指針|ガイドライン|ガイドブック|マニュアル|白書|計画|調査結果))([(（].{1,20}[)）])?$")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's number, paragraphs and the size from which its lines are headings."""

    number: int
    paragraphs: tuple[Paragraph, ...]
    heading_size: float


def paged_lines(pages: Sequence[PrintedPage], stated_title: str) -> tuple[list[Line], str]:
    """The lines of all pages, blank ones between their blocks, and the title: the stated one if it stands in the text, else the one that is printed."""
    body = _body_size(pages)
    lines: list[Line] = []
    read: list[_Page] = []
    kept_pages = without_running(pages)
    told = [_Page(kept.page.number, tuple(paragraphs(kept.page)), HEADING_SIZE * max(body, kept.page.body_size)) for kept in kept_pages]
    for n, (kept, page) in enumerate(zip(kept_pages, told, strict=True)):
        below = told[n + 1].paragraphs[0] if n + 1 < len(told) and told[n + 1].paragraphs else None
        before = read[-1].paragraphs[-1] if read and read[-1].paragraphs else None
        made = _page_lines(page, _inherited(before, page), below)
        if before and page.paragraphs and _goes_over(before, page.paragraphs[0]):
            made = made[1:]
        if kept.left_out:
            made = [replace(made[0], left_out=kept.left_out), *made[1:]] if made else [Line("", 0, left_out=kept.left_out, page=page.number)]
        lines += made
        read.append(page)
    return lines, _title(read, stated_title, body, sum(line.level > 0 for line in lines) >= HEADINGS_OF_REPORT)


def _goes_over(before: Paragraph, here: Paragraph) -> bool:
    """Whether a paragraph goes on from one page to the next: it hasn't ended, and nothing of its own begins."""
    if before.table or here.table or len(before.text) < LONG_LINE or UNFINISHED.search(before.text) is None:
        return False
    return max(before.size, here.size) <= 1.1 * min(before.size, here.size) and not BULLET.match(here.text) and not NUMBERED.match(here.text)


def _inherited(before: Paragraph | None, page: _Page) -> tuple[tuple[str, ...], ...]:
    """The heading rows of a table at the end of the page before, if the first table of this page goes on with it without any of its own."""
    here = page.paragraphs[0] if page.paragraphs else None
    if before is None or here is None or not before.table or not here.table or len(before.table[0]) != len(here.table[0]):
        return ()
    rows = [line.row for line in table_lines(before.table, 0) if line.row]
    headings = tuple(row.cells for row in rows if row.is_heading or _is_heading_alone(before, here))
    own = [line.row.cells for line in table_lines(here.table, 0) if line.row]
    return headings if own and headings and own[0] != headings[0] else ()


def _is_heading_alone(here: Paragraph, below: Paragraph | None) -> bool:
    """Whether a table is its headings alone, parted by the page break from its rows."""
    if len(here.table) != 1 or below is None or not below.table or len(below.table[0]) != len(here.table[0]):
        return False
    return not any(is_value(cell.text) for cell in here.table[0] if cell)


def _body_size(pages: Sequence[PrintedPage]) -> float:
    sizes = [line.size for page in pages for line in page.lines for _ in line.text]
    return float(median(sizes)) if sizes else 0.0


def _page_lines(page: _Page, inherited: tuple[tuple[str, ...], ...], below: Paragraph | None) -> list[Line]:
    made = []
    for n, paragraph in enumerate(page.paragraphs):
        if not paragraph.follows:
            made += [Line("", 0, page=page.number)] * max(1, paragraph.blanks)
        if paragraph.table:
            rows = table_lines(paragraph.table, TABLES_OF_PAGE * page.number + n, page.number, () if n else inherited)
            alone = n == len(page.paragraphs) - 1 and _is_heading_alone(paragraph, below)
            made += [replace(line, row=replace(line.row, is_heading=True)) if alone and line.row else line for line in rows]
            continue
        is_heading = _is_heading(paragraph, page.heading_size) or _is_numbered(page.paragraphs, n)
        made.append(Line(paragraph.text, 0, int(is_heading), page=page.number, doubtful=paragraph.doubtful))
    return made


def _is_heading(paragraph: Paragraph, size: float) -> bool:
    text = paragraph.text
    return paragraph.size >= size and len(text) <= LONGEST_HEADING and _letters(text) >= 2 and not text.endswith(("。", "、")) and not re.match(r"[・•※]", text) and not LEADERS.search(text)


def _is_numbered(paragraphs: Sequence[Paragraph], n: int) -> bool:
    """Whether a paragraph is a numbered heading in the size of the text: short, apart from what is above, no item of a list."""
    here, below = paragraphs[n], paragraphs[n + 1] if n + 1 < len(paragraphs) else None
    if here.follows or below is None or not NUMBERED_HEADING.match(here.text) or here.text.endswith(("。", "、", "：", ":")):
        return False
    return not NUMBERED_HEADING.match(below.text) and not LEADERS.search(here.text)


def _letters(text: str) -> int:
    return sum(c.isalpha() for c in text)


def _title(pages: Sequence[_Page], stated: str, body: float, is_report: bool) -> str:
    stated = " ".join(stated.split())
    front = normalize("".join(p.text for page in pages[:TITLE_PAGES] for p in page.paragraphs))
    if 4 <= len(stated) <= LONGEST_TITLE and not NO_TITLE.search(stated) and normalize(stated) in front:
        return stated
    return next((title for page in pages[:TITLE_PAGES] if (title := _printed_title(page, body, is_report))), "")


def _printed_title(page: _Page, body: float, is_report: bool) -> str:
    """The lines set in the page's largest size; without a larger one the first line that ends as titles do, else the topmost of a report; that of a release is read off the lines."""
    worded = [p for p in page.paragraphs if _can_be_title(p.text)]
    if not worded:
        return ""
    largest = max(p.size for p in worded)
    if largest >= TITLE_SIZE * max(body, median([p.size for p in page.paragraphs if not p.table] or [body])):
        first = next(i for i, p in enumerate(page.paragraphs) if p in worded and p.size >= SAME_TITLE * largest)
        title = page.paragraphs[first].text
        for paragraph in page.paragraphs[first + 1 : first + 3]:
            if paragraph.size < SAME_TITLE * largest or len(title) + len(paragraph.text) >= LONGEST_TITLE:
                break
            title += " " + paragraph.text
        return title
    return next((p.text for p in worded[:12] if TITLE_END.search(p.text)), max(worded, key=lambda p: p.top).text if is_report else "")


def _can_be_title(text: str) -> bool:
    words = len(IS_JAPANESE.findall(text)) + _letters(re.sub(IS_JAPANESE, "", text)) // 2
    return words >= 6 and len(text) <= LONGEST_TITLE and not text.endswith(("。", "、")) and not BULLET.match(text) and not re.match("[①-⑳(（]", text) and not LEADERS.search(text)
