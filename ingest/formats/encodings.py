"""Bytes to text: the encodings in which Japanese files come, told by marks and by what the text would look like."""

import re
from collections.abc import Iterator

SAMPLE = 20_000  # characters that are looked at when encodings are compared
FEW = 0.002  # of the characters: so many controls or unreadable ones make a damaged text, more make no text
COMMON = re.compile("[\t\n\r -~ぁ-ゖァ-ヺー、。「」『』【】（）・！-～０-９Ａ-ｚ\u2010-\u22ff\u2460-\u25ff\u3000-\u303f가-힣]")
ODD = re.compile("[\uff61-\uff9f\ue000-\uf8ff\ufffd\u0080-\u009f\u0100-\u036f]")  # half-width kana, private characters, Latin with rare marks
CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f]")
SEVEN_BIT = re.compile(rb"\x1b(\$[@B(]|\([BJI])")
REPLACED = "\ufffd"


def decode(data: bytes) -> str | None:
    """The text of a file, unreadable bytes of a damaged one as U+FFFD; None where the bytes are no text."""
    text = _marked(data)
    if text is None:
        text = _whole(data)
    if text is None:
        text = _damaged(data)
    if text is None or len(CONTROL.findall(text)) > len(text) // 1000:
        return None
    return text


def _marked(data: bytes) -> str | None:
    """The text where a byte order mark or an escape tells the encoding."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    names = [name for mark, name in marks if data.startswith(mark)]
    if SEVEN_BIT.search(data[:100_000]) and not any(byte > 127 for byte in data[:100_000]):
        names += ["iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext"]
    return next((text for name in names if (text := _strictly(data, name)) is not None), None)


def _whole(data: bytes) -> str | None:
    """The text in the encoding that takes all bytes; of several, the one in which it looks most like text."""
    utf8 = _strictly(data, "utf-8")
    if utf8 is not None and "\0" not in utf8[:SAMPLE]:
        return utf8
    wide = ["utf-16-le", "utf-16-be"] if len(data) % 2 == 0 else []
    narrow = [] if b"\0" in data[:SAMPLE] else ["cp932", "euc_jp"]
    read = [text for name in [*narrow, *wide] if (text := _strictly(data, name)) is not None]
    best = max(read, key=likeness, default=None)
    if best is None or likeness(best) < 0.5:
        return utf8
    return best


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def likeness(text: str) -> float:
    """How much the text looks like Japanese or English: common characters count, rare kanji count little, odd ones count against it."""
    sample = text[:SAMPLE]
    if not sample:
        return 0.0
    common = len(COMMON.findall(sample))
    first_level = sum(_is_everyday(c) for c in sample if "一" <= c <= "龯")
    return (common + first_level - 2 * len(ODD.findall(sample)) - 20 * len(CONTROL.findall(sample))) / len(sample)


def _is_everyday(kanji: str) -> bool:
    """Whether a kanji is one of the 2,965 of JIS level 1."""
    code = kanji.encode("cp932", "ignore")
    return bool(code) and 0x88 <= code[0] <= 0x98


def _damaged(data: bytes) -> str | None:
    """A text with a few broken bytes, or whose lines are in different encodings; None where too much can't be read."""
    if b"\0" in data[:SAMPLE]:
        return None
    lines = data.split(b"\n")
    text = "\n".join(_lines(lines))
    unreadable = text.count(REPLACED)
    return text if unreadable <= max(1, FEW * len(text)) and likeness(text) > 0.5 else None


def _lines(lines: list[bytes]) -> Iterator[str]:
    """Each line in the encoding that takes it whole, else as UTF-8 or CP932, whichever loses less."""
    for line in lines:
        whole = _strictly(line, "utf-8")
        if whole is None:
            read = [text for name in ("cp932", "euc_jp") if (text := _strictly(line, name)) is not None]
            whole = max(read, key=likeness, default=None)
            replaced = [line.decode(name, "replace") for name in ("utf-8", "cp932")]
            fewest = min(replaced, key=lambda text: text.count(REPLACED))
            whole = whole if whole is not None and likeness(whole) > likeness(fewest) else fewest
        yield whole
