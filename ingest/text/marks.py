"""What a line's first characters make of it: a heading of some rank, a list item, a note.

Numbered headings are ranked by the usual order of Japanese official papers: 第1章, 1, (1), ア,
an unnumbered heading, 1., 1), ①; Markdown's own levels are unreliable in such papers. List items
are nested by the rank of their marks: 1), ①, ○, ・, –.
"""

import re

HEADING_RANKS = (
    (1, re.compile(r"^第\s*[\d一二三四五六七八九十]+\s*[章節部編](?=\s|$|[^\d])")),
    (2, re.compile(r"^\d{1,2}[\s\u3000]+(?=\D)")),
    (3, re.compile(r"^[(\uff08]\s*\d{1,2}\s*[)\uff09]")),
    (4, re.compile(r"^[ア-コ][\s\u3000]+")),
    (6, re.compile(r"^\d{1,2}\s*[.\uff0e](?!\d)")),
    (7, re.compile(r"^\d{1,2}\s*[)\uff09]")),
    (8, re.compile(r"^[①-⑳]")),
    (9, re.compile(r"^[○◯●◇◆■□]")),
)
UNNUMBERED_RANK = 5
NOTE_RANK = 10  # ※ notes and 【表】 captions set as headings hold nothing but what follows them directly
NOTE = re.compile(r"^(※|【(引用|参考|出典|注)|[((]?注\s*\d?[)):])")
CAPTION = re.compile(r"^【[^】]{0,6}(表|図)[^】]*】|^[<〈\uff1c]\s*(表|図)|^(表|図)\s*\d")
ITEM_RANKS = (
    (1, re.compile(r"^(?:[-–]\s*)?\d{1,2}\s*(?:[)\uff09]|[.\uff0e](?!\d))\s*")),
    (2, re.compile(r"^(?:[-–]\s*)?[①-⑳]")),
    (3, re.compile(r"^(?:[-–•]\s*)?[○◯●◇◆□■]|^\d{1,2}月\d{1,2}日[^。]{0,6}·")),
    (3, re.compile(r"^(?:[-–•]\s*)?[※☎▲△▴▶]")),
    (4, re.compile(r"^(?:[-–•]\s*)?[・·･]")),
    (5, re.compile(r"^[-–—*•]\s+")),
)
BRACKET_HEADING = re.compile(r"^[<〈《\uff1c【]\s*[^<>〈〉《》【】]{2,60}\s*[>〉》\uff1e】]$")
CONTACT_HEADING = re.compile(r"^(お?問い?合わ?せ先?|連絡先)\s*$")
LIST_MARK_OF_MARKDOWN = re.compile(r"^[-*]\s+(?=\d{1,2}[)\uff09]|[○①-⑳・·•])")


def marked_heading_rank(text: str) -> int:
    """The rank of a line that is a heading by its markup."""
    if NOTE.match(text) or CAPTION.match(text):
        return NOTE_RANK
    return next((rank for rank, pattern in HEADING_RANKS if pattern.match(text)), UNNUMBERED_RANK)


def plain_heading_rank(text: str, follower: str) -> int | None:
    """The rank of a plain line that reads like a heading, or None."""
    if CONTACT_HEADING.match(text):
        return HEADING_RANKS[1][0]
    if BRACKET_HEADING.match(text):
        return UNNUMBERED_RANK
    if CAPTION.match(text) and len(text) <= 60:
        return NOTE_RANK
    if re.match(r"^[ア-コ][\s\u3000]+\S", text) and len(text) <= 80:
        return 4
    if len(text) > 60 or "。" in text or text.startswith("•") or text.endswith((":", "\uff1a", "、")):
        return None
    for rank, pattern in HEADING_RANKS[:3]:
        if pattern.match(text):
            return rank
    if re.match(r"^\d{1,2}\s*[)\uff09.\uff0e](?!\d)", text) and re.match(r"^[-\s]*[○①・]", follower) and ":" not in text:
        return 7
    if re.search(r"(の概要|について|募集要項|日程|プログラム)$", text) and len(text) <= 40 and re.match(r"^[•○□・1(日]", follower):
        return UNNUMBERED_RANK
    return None


def heading_name(text: str) -> str:
    """The heading without its Markdown and, where it runs into a question, without that."""
    text = re.sub(r"^[-*]\s+", "", text)
    kana = re.match(r"^([ア-コ][\s\u3000]+\S+)[\s\u3000]+\S.*", text)
    return (kana.group(1) if kana and len(text) > 40 else text).strip()


def item_rank(text: str) -> int | None:
    """The rank of a list item by its mark, or None for a line without one."""
    body = LIST_MARK_OF_MARKDOWN.sub("", text)
    return next((rank for rank, pattern in ITEM_RANKS if pattern.match(body)), None)
