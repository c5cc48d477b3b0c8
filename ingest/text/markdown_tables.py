"""Tables of Markdown (``| 区分 | 件数 |`` over ``|---|---:|``) as rows; the line of dashes is left out as markup."""

import re

from ingest.document import Omission
from ingest.text.cleaning import Line
from ingest.text.told_tables import Grid, GridCell, table_lines

DASHES = re.compile(r"^\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)+\|?\s*$")
BAR = re.compile(r"(?<!\\)\|")


def with_pipe_tables(lines: list[Line]) -> list[Line]:
    """The lines, those of pipe tables as rows of cells."""
    made: list[Line] = []
    tables, i = 0, 0
    while i < len(lines):
        if i + 1 < len(lines) and "|" in lines[i].text and DASHES.match(lines[i + 1].text):
            behind = i + 2
            while behind < len(lines) and "|" in lines[behind].text:
                behind += 1
            tables += 1
            rows: Grid = [[GridCell(text, is_heading=n == i) for text in _cells(lines[n].text)] for n in (i, *range(i + 2, behind))]
            dashes = Line("", 0, left_out=(*lines[i].left_out, Omission(lines[i + 1].text, "markup")))
            made += [dashes, *table_lines(rows, tables)]
            i = behind
        else:
            made.append(lines[i])
            i += 1
    return made


def _cells(text: str) -> list[str]:
    return [part.strip().replace("\\|", "|") for part in BAR.split(text.strip().removeprefix("|").removesuffix("|"))]
