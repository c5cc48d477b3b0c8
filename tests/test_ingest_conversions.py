"""The corpus as Word files, web pages (UTF-8 and CP932) and PDFs that LibreOffice makes: the same documents, and gold questions answered as well.

``python tests/test_ingest_conversions.py`` measures all gold questions of ``eval/gold/tune.jsonl`` on every format and writes
``eval/results/faults/formats.json``.
"""

import html
import json
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pypdfium2 as pdfium
import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1])]

from library_fixtures import CORPUS, ROOT, corpus, real_embedder, settings_of

from eval.gold import read_questions
from eval.measures import intervals, means
from eval.retrieval import Found, row, run_retrieval
from ingest.document import Document, normalize
from ingest.documents import read_documents
from ingest.formats.formats import load_file, read_content
from ingest.sources import corpus_sources
from qa.assistant import Assistant
from qa.wiring import open_assistant

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
FORMATS = ("docx", "html", "cp932.html", "pdf")
TUNE = ROOT / "eval" / "gold" / "tune.jsonl"
BEGINNING = 12  # characters of a citation that are looked for on its page
TEXT_FILTER = "Text (encoded):UTF8,LF,,ja"


def as_page(markdown: str) -> str:
    """Markdown with tab-separated tables as HTML: headings and tables become real ones; rows on both sides of a page break are one table."""
    parts: list[str] = []
    rows: list[str] = []
    lines = markdown.split("\n")
    for i, line in enumerate([*lines, ""]):
        goes_on = rows and not line.strip() and any(near.count("\t") == rows[-1].count("\t") > 0 for near in lines[i + 1 : i + 2])
        if "\t" in line:
            rows.append(line)
        elif not goes_on:
            if rows:
                parts.append("<table border='1'>" + "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in r.split("\t")) + "</tr>" for r in rows) + "</table>")
            rows = []
            match = re.match(r"(#{1,6})\s+(.*)", line)
            parts.append(f"<h{len(match[1])}>{html.escape(match[2])}</h{len(match[1])}>" if match else f"<p>{html.escape(line) or '<br>'}</p>")
    return "<html><head><meta charset='utf-8'></head><body>" + "\n".join(parts) + "</body></html>"


def convert(source: Path, ending: str, folder: Path) -> Path:
    """What LibreOffice makes of a text or a page."""
    is_page = source.suffix == ".html"
    to = {"docx": "docx:MS Word 2007 XML", "html": "html:HTML (StarWriter)", "pdf": "pdf"}[ending]
    command = [str(SOFFICE), "--headless", f"--infilter={'HTML (StarWriter)' if is_page else TEXT_FILTER}", "--convert-to", to, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180, env={"HOME": str(folder), "PATH": "/usr/bin:/bin:/usr/local/bin"})
    return folder / f"{source.stem}.{ending}"


@lru_cache(maxsize=8)
def converted(ending: str) -> Path:
    """A corpus folder with the five files in a format and what ``sources.toml`` says of them."""
    folder = Path(mkdtemp(prefix="shirabe-formats-"))
    (folder / "files").mkdir()
    (folder / "made").mkdir()
    told = []
    for source in corpus_sources(CORPUS):
        text = source.path.read_text(encoding="utf-8")
        plain = folder / "made" / f"{source.path.stem}.{'html' if source.path.suffix == '.md' else 'txt'}"
        plain.write_text(as_page(text) if plain.suffix == ".html" else text, encoding="utf-8")
        (folder / "out").mkdir(exist_ok=True)
        made = convert(plain, ending.removeprefix("cp932."), folder / "out")
        data = made.read_bytes()
        if ending == "cp932.html":
            data = re.sub(r"charset=utf-8", "charset=shift_jis", data.decode("utf-8"), flags=re.I).encode("cp932", "xmlcharrefreplace")
        name = f"{source.name}.{ending}"
        (folder / "files" / name).write_bytes(data)
        told.append(f'[[source]]\nfile = "{name}"\nissuer = "{source.issuer}"\nkind = "{source.kind}"\nlanguage = "ja"\n')
    (folder / "sources.toml").write_text("\n".join(told), encoding="utf-8")
    return folder


def documents(ending: str) -> list[Document]:
    return [d for source in corpus_sources(converted(ending)) for d in read_documents(source, read_content(load_file(source.path)))]


def originals() -> list[Document]:
    return [d for made in corpus().values() for d in made]


@needs_libreoffice
@pytest.mark.slow
@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same_documents(ending: str) -> None:
    made, wanted = documents(ending), originals()
    assert [(d.title, d.date.value, d.date.basis, d.issuer, d.kind) for d in made] == [(d.title, d.date.value, d.date.basis, d.issuer, d.kind) for d in wanted]
    if ending == "pdf":  # a page break parts a table; each part keeps its headings
        assert sum(len(d.tables) for d in made) >= sum(len(d.tables) for d in wanted)
        assert all(page.number for d in made for page in d.pages) and all(d.pages for d in made)
    else:
        assert [len(d.tables) for d in made] == [len(d.tables) for d in wanted]
        assert [d.text for d in made[:-1]] == [d.text for d in wanted[:-1]]
    assert all(d.text[c.start : c.end] == c.text for d in made for t in d.tables for c in t.cells)


@lru_cache(maxsize=1)
def opened(folder: Path) -> Assistant:
    """What answers from a corpus in a home of its own."""
    return open_assistant(settings_of(Path(mkdtemp(prefix="shirabe-home-")), corpus=folder), real_embedder(), answerer="extractive")


def measured(folder: Path, step: int) -> list[Found]:
    """What is found for the gold questions in a corpus."""
    return run_retrieval(read_questions(TUNE)[::step], opened(folder).searcher)


def cited_pages(folder: Path, step: int) -> tuple[int, int]:
    """How many citations the answers to the gold questions have, and how many of them stand on the page that they name, as PDFium alone reads it."""
    assistant, cited, right = opened(folder), 0, 0
    for question in read_questions(TUNE)[::step]:
        for citation in assistant.ask(question.question, history=question.history).citations:
            words = [letters(part) for part in re.split(r"[\t\n]", citation.quote) if letters(part)]
            cited += 1
            right += citation.page is not None and words[0][:BEGINNING] in page_text(folder / "files" / assistant.searcher.document(citation.document_id).source, citation.page)
    return cited, right


@lru_cache(maxsize=200)
def page_text(path: Path, page: int) -> str:
    return letters(pdfium.PdfDocument(path)[page - 1].get_textpage().get_text_range().replace("\ufffe", ""))


def letters(text: str) -> str:
    """The text without marks, which PDFium reads a place too late where their glyph is a narrow one: 特▴許 for ▴特許."""
    return re.sub(r"\W", "", normalize(text))


@needs_libreoffice
@pytest.mark.slow
def test_gold_questions_find_their_evidence_in_every_format() -> None:
    figures = compared(step=4)
    low, _ = figures["text"]["interval"]
    for ending in FORMATS:
        assert figures[ending]["evidence@5"] >= low, figures
    assert figures["pdf"]["citations"] > 20 and figures["pdf"]["on the right page"] >= 0.99, figures


def compared(step: int = 1) -> dict[str, dict[str, Any]]:
    """evidence@1 and @5 on ``tune`` for the text and each format, with the text's 95 % intervals; for PDF also whether citations name the right page."""
    figures: dict[str, dict[str, Any]] = {}
    for ending in ("text", *FORMATS):
        rows = [row(found) for found in measured(CORPUS if ending == "text" else converted(ending), step)]
        figures[ending] = {"questions": len(rows), **{name: round(float(means(rows)[name] or 0), 3) for name in ("evidence@1", "evidence@5")}}
        if ending == "text":
            figures[ending] |= {"interval": [round(x, 3) for x in intervals(rows)["evidence@5"]], "interval@1": [round(x, 3) for x in intervals(rows)["evidence@1"]]}
        if ending == "pdf":
            cited, right = cited_pages(converted(ending), step)
            figures[ending] |= {"citations": cited, "on the right page": round(right / cited, 3)}
    return figures


if __name__ == "__main__":
    result = compared()
    (ROOT / "eval" / "results" / "faults" / "formats.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))
