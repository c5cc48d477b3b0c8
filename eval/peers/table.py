"""The run of the peers as one table for the terminal."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = {
    "evidence@1": "根拠@1",
    "evidence@3": "@3",
    "evidence@5": "@5",
    "evidence_in_1000_chars": "1,000字",
    "evidence_in_1500_chars": "1,500字",
    "evidence_in_3000_chars": "3,000字",
    "mrr@10": "MRR@10",
    "ndcg@10": "nDCG@10",
}
SIGNIFICANT = 0.05
NOTE = f"* は調べとの差が有意(p < {SIGNIFICANT}、対応のある並べ替え検定)。N字 = 一節を順に読んで N 字以内に根拠の終わりまで届いた割合。索引の秒数は、調べだけが元のファイルを読む時間を含む。"


def table(run: Mapping[str, Any]) -> str:
    """A line for each system: its measures, p of evidence@1, seconds to index, median milliseconds of a search, characters of its chunks."""
    header = ["仕組み", *COLUMNS.values(), "p(@1)", "索引(秒)", "検索(ms)", "1節(字)"]
    lines = [header, *map(_line, run["systems"])]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    shown = ["  ".join(_padded(cell, size, left=n == 0) for n, (cell, size) in enumerate(zip(line, widths, strict=True))) for line in lines]
    return "\n".join([f"■ ほかの仕組みとの比較 {run['set']}({run['questions']}問)", *shown, NOTE])


def _line(system: Mapping[str, Any]) -> Sequence[str]:
    p = system["p"]
    values = [f"{system['scores'][name]:.3f}{'*' if p.get(name, 1) < SIGNIFICANT else ' '}" for name in COLUMNS]
    first = f"{p['evidence@1']:.4f}" if "evidence@1" in p else "–"
    return [system["name"], *values, first, f"{system['index_seconds']:.1f}", f"{system['search_ms_p50']:.0f}", f"{system['settings']['chunk_characters_p50']:.0f}"]


def width(text: str) -> int:
    """The columns of a terminal that a text takes: two for each wide character."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, size: int, left: bool) -> str:
    blanks = " " * (size - width(text))
    return text + blanks if left else blanks + text
