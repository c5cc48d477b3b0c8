"""Splits a file that holds several press releases, by what the text shows, never by known titles.

A release opens with a headline. Signs of one: it is repeated right behind (often as a picture's
caption), a wide gap stands before it, it stands alone between blank lines, and the body that
follows opens like a release does (a date, or the issuer as the subject). A line that repeats the
current headline further down belongs to the current release.
"""

import re
from difflib import SequenceMatcher

from ingest.text.cleaning import Line, blocks
from ingest.words import terms

BULLETS = "•・·○□◯●◆◇■▲△▴▶–—*-"
MARKED = re.compile(rf"^\s*([※☎<〈《【〔(\[\uff1c\uff08{BULLETS}]|[①-⑳]|\d{{1,2}}[).\uff09\uff0e]|\d{{1,2}}\s)")
CONTACT = re.compile(r"お?問い?合わ?せ|連絡先|電話|☎|TEL|Tel|E-?mail|Eメール|電子メール|https?://|www\.|@|ホームページ")
DATE = re.compile(r"\d{1,2}月\s*\d{1,2}日|\d{4}年|(平成|令和|昭和)\s*[\d元]+年|\d{1,2}日|\d{1,2}時|本年|今年|昨年|現在")
SUBJECT = re.compile(r"^[^、。]{0,25}(市|道|区|府|県|都|省|庁|町|村|センター|市長|知事|財団|協会|公社)(は|と|では|が|、)")
CONTINUES = re.compile(r"^(また|さらに|一方|特に|続けて|続いて|なお|この|その|これ|それ|同|ただし|しかし|以後|今回)")
SHORTEST, LONGEST = 10, 90  # characters of a headline
ALIKE = 0.85  # share of equal characters, of both
WIDE_GAP = 3  # blank lines


def split_releases(lines: list[Line]) -> list[list[Line]]:
    """The lines of each release, in order; a file with a single release gives one list."""
    starts = [0]
    for first, _ in blocks(lines)[1:]:
        if _opens_release(lines, first, starts[-1]):
            starts.append(first)
    return [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]


def headline_of(lines: list[Line]) -> str:
    """The headline of a release: its first line that can be one, else its first line of all."""
    texts = [text for line in lines if (text := line.text.lstrip(BULLETS + " \t"))]
    if texts and _is_sentence_headline(texts[0]):
        return texts[0]
    return next((t for t in texts[:8] if _can_be_headline(t)), texts[0][:LONGEST] if texts else "")


def same_headline(a: str, b: str) -> bool:
    """Equal, or one a slightly longer form of the other."""
    shorter, longer = sorted((len(a), len(b)))
    if a == b or shorter < SHORTEST or longer > 3 * LONGEST or 2 * shorter < ALIKE * (shorter + longer):
        return a == b  # too long for a headline, or lengths too unlike
    return SequenceMatcher(None, a, b).ratio() >= ALIKE


def _can_be_headline(text: str) -> bool:
    japanese = len(re.findall(r"[ぁ-んァ-ヶ一-龯]", text))
    return (
        SHORTEST <= len(text) <= LONGEST
        and japanese >= 6
        and "\t" not in text
        and not text.endswith(("。", ":", "\uff1a", "、"))
        and not MARKED.match(text)
        and not CONTACT.search(text)
    )


def _is_sentence_headline(text: str) -> bool:
    """A headline in the form of a short plain sentence (…発起人総会が開かれた。)."""
    return SHORTEST <= len(text) <= 45 and text.find("。") == len(text) - 1 and not re.search("、", text) and not CONTINUES.match(text) and not DATE.search(text)


def _opens_release(lines: list[Line], at: int, current: int) -> bool:
    text = lines[at].text
    if lines[at].level or not _body_seen(lines[current:at]) or same_headline(text, headline_of(lines[current:at])):
        return False
    following = _following(lines, at)
    alone = at + 1 >= len(lines) or lines[at + 1].is_blank
    if _is_sentence_headline(text):  # the lead behind it opens with a date; a table's headings are none
        return alone and bool(following) and "\t" not in following[0] and bool(DATE.search(following[0][:12]))
    if not _can_be_headline(text):
        return False
    if any(same_headline(text, other) for other in following[:2]):
        return True
    wide = _blank_before(lines, at) >= WIDE_GAP
    return _lead(following) and (wide or (alone and _shares_words(text, following)))


def _following(lines: list[Line], at: int) -> list[str]:
    """The next four lines that say something, up to a wide gap: behind it something else begins."""
    found: list[str] = []
    blank = 0
    for line in lines[at + 1 : at + 16]:
        blank = blank + 1 if line.is_blank else 0
        if blank >= WIDE_GAP or len(found) == 4:
            break
        if not line.is_blank:
            found.append(line.text)
    return found


def _shares_words(headline: str, following: list[str]) -> bool:
    """Whether the lines behind a headline speak of it: a third of its content words stand in them."""
    wanted = set(terms(headline))
    return 3 * len(wanted & set(terms("\n".join(following)[:600]))) >= len(wanted)


def _body_seen(lines: list[Line]) -> bool:
    """Whether the current release has had a paragraph, so that a new headline is not its second one."""
    return any(len(line.text) >= 40 and "。" in line.text for line in lines)


def _blank_before(lines: list[Line], at: int) -> int:
    count = 0
    while at - count - 1 >= 0 and lines[at - count - 1].is_blank:
        count += 1
    return count


def _lead(following: list[str]) -> bool:
    """Whether a paragraph that opens a release comes within three lines: at most a subtitle and captions before it."""
    for i, text in enumerate(following[:3]):
        if len(text) >= 50 and "。" in text:
            return not CONTINUES.match(text) and bool(DATE.search(text[:60]) or SUBJECT.match(text))
        if MARKED.match(text) or CONTACT.search(text):
            return False
        if any(same_headline(text, other) for other in following[i + 1 : i + 3]):
            return False  # the headline is the next line; this one was the last of the release before
    return False
