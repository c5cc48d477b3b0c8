"""Tables of ministries' PDFs, compared cell by cell with what a person reads from the page's picture (``data/pdf_tables``).

An expected file says which table of which page it is, how many rows of headings and columns of names it has, and its cells; what a
merged heading or name covers is repeated there, a merged value stands once.
"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from pdf_fixtures import PUBLIC, needs_public_files

from ingest.document import Document, normalize
from ingest.documents import read_documents
from ingest.formats import load_file, read_content
from ingest.sources import Source

EXPECTED = sorted((Path(__file__).parent / "data" / "pdf_tables").glob("*.tsv"))
Said = tuple[str, str, str]  # the names of the row, the headings of the column, the value
CIRCLES = str.maketrans("〇◯－―—–", "○○ーーーー")


def plain(text: str) -> str:
    return normalize(text.translate(CIRCLES)).translate(CIRCLES).replace("-", "ー").replace("〜", "~").replace("～", "~")


def joined(texts: list[str]) -> str:
    return "/".join(dict.fromkeys(plain(text) for text in texts if text.strip()))


@lru_cache(maxsize=1)
def documents(name: str) -> Document:
    (document,) = read_documents(Source(PUBLIC / name, name, kind="report"), read_content(load_file(PUBLIC / name)))
    return document


def expected(path: Path) -> tuple[dict[str, str], list[Said]]:
    """What the file says of the table, and its values with their names and headings."""
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    told = dict(re.findall(r"(\w+)=(\S+)", first))
    rows, headings, labels = [line.split("\t") for line in lines], int(told["headings"]), int(told["labels"])
    said = [(joined(row[:labels]), joined([rows[h][c] for h in range(headings)]), plain(row[c])) for row in rows[headings:] for c in range(labels, len(row)) if row[c]]
    return told, said


def found(told: dict[str, str]) -> list[Said]:
    """The same of the table as it was read."""
    document = documents(told["file"])
    tables = [table for table in document.tables if document.page_at(table.start) == int(told["page"])]
    table = tables[int(told["table"]) - 1]
    return [(joined(list(c.row_path)), joined(list(c.column_path)), plain(c.text)) for c in table.cells if not c.is_label]


@needs_public_files
def test_cells_stand_under_the_headings_that_a_person_reads() -> None:
    right = total = 0
    wrong: list[str] = []
    for path in sorted(EXPECTED, key=lambda p: expected(p)[0]["file"]):
        told, wanted = expected(path)
        got = found(told)
        common = sum((Counter(wanted) & Counter(got)).values())
        right, total = right + common, total + max(len(wanted), len(got))
        wrong += [f"{path.stem}: {cell}" for cell in (Counter(wanted) - Counter(got)).elements()]
    assert len(EXPECTED) >= 10 and total > 300
    assert right >= 0.95 * total, f"{right} of {total}\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_expected_files_are_whole(path: Path) -> None:
    told, wanted = expected(path)
    assert set(told) == {"file", "page", "table", "headings", "labels"} and wanted and all(column for _, column, _ in wanted)
