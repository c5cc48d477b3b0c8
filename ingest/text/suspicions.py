"""Marks spans that look damaged by text recognition, so that a reader is warned; nothing is changed."""

import re
from collections.abc import Iterator

from ingest.document import Suspicion

PATTERNS = (
    (re.compile(r"(?<![A-Za-z&])[A-Z] (?=[\d一-龯])"), "余分な英字の混入の疑い"),
    (re.compile(r"\$[^$\n]{1,80}\$|\\frac\{"), "数式記号の残り"),
    (re.compile(r"\d{1,3},\d{3}\s*[%\uff05]"), "割合の桁の誤りの疑い(範囲の記号が落ちた可能性)"),
    (re.compile(r"(?:[・·]\s*){5,}"), "判読できない文字の疑い"),
    (re.compile(r"(?:19|20)\d{2}\s*月"), "年と月の取り違えの疑い"),
    (re.compile(r"[一-龯]\?\s*[(\uff08]"), "文字の欠落の疑い"),
    (re.compile(r"(?<!\d)\d\.\d{3}\s*[万億]"), "桁区切りの誤りの疑い(.と,)"),
    (re.compile(r"[\u0400-\u04ff\u0590-\u06ff\u0e00-\u0e7f](?![\u0400-\u04ff\u0590-\u06ff\u0e00-\u0e7f])"), "別の文字体系の混入の疑い"),
    (re.compile(r"[一-龯ァ-ヶA-Z]{2}。(?=[ァ-ヶ]{2,5}(\t|\s|$))"), "句点の混入の疑い"),
    (re.compile(r"(?<![A-Za-z\d] )(?<![A-Za-z])\b[a-z]{2,4} \d+ [A-Z][a-z]+ [a-z]+\b(?=\t)"), "意味をなさない英字の疑い"),
    (re.compile("\ufffd+"), "文字化け"),
)


def suspicions(text: str) -> Iterator[Suspicion]:
    """Spans of ``text`` that read like faults of text recognition, with what is suspected."""
    for pattern, reason in PATTERNS:
        for match in pattern.finditer(text):
            yield Suspicion(match.start(), match.end(), reason)
