"""Bad input: files of every format, harmed by chance (fixed seeds) and by hand. Each gives a clear message or a right result, in bounded time.

``python tests/test_ingest_fuzz.py`` runs all cases and writes ``eval/results/faults/fuzz.json``.
"""

import io
import json
import random
import re
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1])]

from library_fixtures import ROOT, count_characters
from office_fixtures import part_of, slides, with_part, word, workbook, zip_of
from pdf_fixtures import lines, pdf

from ingest.child import CHILD
from ingest.chunking import chunk_document
from ingest.content import FileData
from ingest.documents import read_documents
from ingest.errors import InputError
from ingest.formats.formats import LARGEST_TEXT, load_file, members, read_content
from ingest.sources import Source

SEED = 20240601
MUTATIONS = 36  # of each format
LONGEST = 60.0  # seconds for a case, on a busy machine
MEMORY = 4 << 30  # bytes that this process may have taken at its peak
TEXT = "札幌市、新しい施設を開設します\n\n札幌市は2024年5月1日、市民のための新しい施設を開設すると発表した。くわしくは市のホームページで確かめられる。\n区分\t件数\n市内\t3件\n"
PAGE = f"<html><head><meta charset='utf-8'><title>図書館</title></head><body><h1>図書館</h1><p>{TEXT}</p><table><tr><th>区</th><th>人</th></tr><tr><td>北</td><td>3</td></tr></table></body></html>"
CSV = "区,人口,説明\n北区,131000,\"一行目\n二行目\"\n南区,99,=1+1\n"
Case = tuple[str, FileData]


def seeds() -> dict[str, bytes]:
    """A small real file of every format."""
    return {
        "a.txt": TEXT.encode(), "a.sjis.txt": TEXT.encode("cp932"), "a.md": f"# 見出し\n\n{TEXT}\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(), "a.csv": CSV.encode(), "a.html": PAGE.encode(),
        "a.pdf": pdf(lines(TEXT.split()), lines(["二頁目の文です。"]), title="図書館"), "a.docx": word(), "a.pptx": slides(), "a.xlsx": workbook(), "a.zip": zip_of([("b.txt", TEXT), ("c.docx", word())]),
    }  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with bytes changed, cut out, doubled or cut off."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 3, 20, 200))):
        at, kind = chance.randrange(len(made)), chance.randrange(6)
        if kind == 0:
            made[at] = chance.randrange(256)
        elif kind == 1:
            made[at] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del made[at : at + chance.randrange(1, 64)]
        elif kind == 3:
            made[at:at] = bytes(made[at : at + chance.randrange(1, 64)])
        elif kind == 4:
            made[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"9999"))
        elif chance.random() < 0.1:
            del made[at:]
        made = made or bytearray(b"x")
    return bytes(made)


def unpacked_mutations(name: str, data: bytes, chance: random.Random) -> bytes:
    """An Office file one of whose parts is harmed, so that the harm gets past the ZIP."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = chance.choice([n for n in archive.namelist() if n.endswith(".xml")])
        return with_part(data, part, mutated(archive.read(part), chance))


def by_chance() -> Iterator[Case]:
    """The files harmed by chance."""
    for name, data in seeds().items():
        chance = random.Random(f"{SEED} {name}")
        for n in range(MUTATIONS):
            inner = name.endswith(("docx", "pptx", "xlsx")) and n % 2 == 0
            yield "chance", FileData(name, unpacked_mutations(name, data, chance) if inner else mutated(data, chance))


def bomb(depth: int = 12) -> str:
    """Entities that grow tenfold with each level."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE x [<!ENTITY e0 "あ">{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]>'


def declared(data: bytes, part: str, old: str) -> bytes:
    """An Office file whose part declares a bomb and uses it in its text."""
    xml = part_of(data, part)
    xml = xml.replace("?>", f"?>{bomb()}", 1) if xml.startswith("<?xml") else bomb() + xml
    return with_part(data, part, xml.replace(old, f"{old}&e11;&f;", 1))


def by_hand() -> Iterator[Case]:
    """What somebody would send on purpose, or by mistake."""
    for name in ("a.txt", "a.md", "a.csv", "a.html", "a.pdf", "a.docx", "a.pptx", "a.xlsx", "a.zip", "a"):
        yield "empty", FileData(name, b"")
        yield "blank", FileData(name, b" \n\t \r\n" * 10)
        yield "binary", FileData(name, random.Random(name).randbytes(5000))
        yield "zeros", FileData(name, bytes(5000))
    for name in seeds():
        for wrong in ("x.pdf", "x.docx", "x.csv", "x.html", "x.exe"):
            yield "wrong ending", FileData(wrong, seeds()[name])
    yield "entity bomb", FileData("a.docx", declared(word(), "word/document.xml", "札幌市は図書館を建て替える。"))
    yield "entity bomb", FileData("a.xlsx", declared(workbook(), "xl/worksheets/sheet1.xml", "<v>"))
    yield "entity bomb", FileData("a.pptx", declared(slides(), "ppt/slides/slide1.xml", "蔵書を増やす"))
    yield "entity bomb", FileData("a.html", (bomb() + "<html><body>&e11;&f;<p>本文です。</p></body></html>").encode())
    yield "entity bomb", FileData("a.html", f"<?xml version='1.0'?>{bomb()}<html><body><svg>&e11;</svg><p>本文です。</p></body></html>".encode())
    yield "zip bomb", FileData("a.zip", zip_of([("a.txt", bytes(100_000_000))]))
    yield "zip bomb", FileData("a.docx", with_part(word(), "word/document.xml", b"<w:document>" + b" " * 100_000_000))
    yield "zip bomb", FileData("a.xlsx", with_part(workbook(), "xl/sharedStrings.xml", b" " * 200_000_000))
    yield "zip bomb", FileData("a.zip", zip_of([(f"{n}.txt", "x") for n in range(5000)]))
    yield "zip in zip", FileData("a.zip", zip_of([("b.zip", zip_of([("c.zip", zip_of([("d.txt", TEXT)]))]))]))
    for inner in ("../../etc/passwd", "/etc/passwd", "C:\\a.txt", "a\x00.txt", "\u202efdp.txt", "あ" * 300 + ".txt", "😀.txt", "..", "con.txt", "改\n行.txt", "a/" * 200 + "a.txt"):
        yield "odd name in zip", FileData("a.zip", zip_of([(inner, TEXT)]))
        yield "odd name", FileData(inner, TEXT.encode())
    scripts = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<a href='javascript:alert(1)'>次</a>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<style>*{}</style>")
    for script in scripts:
        yield "script", FileData("a.html", PAGE.replace("</h1>", f"</h1>{script}").encode())
        yield "script", FileData("a.md", f"# 見出し\n\n{script}\n\n{TEXT}".encode())
    for formula in ("=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x.example","y")', "=WEBSERVICE(\"http://x.example\")"):
        yield "formula", FileData("a.csv", f'区,値\n北区,"{formula.replace(chr(34), chr(34) * 2)}"\n'.encode())
    yield "long line", FileData("a.txt", ("あ" * 10_000_000).encode())
    yield "long line", FileData("a.txt", ("市は施設を開設した。" * 100_000).encode())
    yield "long line", FileData("a.txt", b"a" * 10_000_000)
    yield "long line", FileData("a.txt", b"<" * 1_000_000)
    yield "long line", FileData("a.txt", b"<a " + b"b " * 1_000_000)
    yield "long line", FileData("a.md", b"(" * 300_000)
    yield "long line", FileData("a.csv", b"1," * 1_000_000)
    yield "long line", FileData("a.csv", b'"' * 1_000_000)
    yield "long line", FileData("a.html", b"<p>" + "あ".encode() * 2_000_000)
    yield "many lines", FileData("a.txt", b"\n" * 5_000_000 + TEXT.encode())
    yield "many lines", FileData("a.txt", "市の施設\n".encode() * 100_000)
    yield "many lines", FileData("a.txt", b"1\t2\t3\n" * 50_000)
    yield "deep", FileData("a.html", b"<div>" * 100_000 + "底".encode())
    yield "deep", FileData("a.html", b"<table><tr><td>" * 5_000 + "底".encode())
    yield "deep", FileData("a.html", f"<html><body><table><tr><td colspan=99999999 rowspan=99999999>{TEXT}</td><td>b</td></tr></table></body></html>".encode())
    yield "deep", FileData("a.docx", with_part(word(), "word/document.xml", part_of(word(), "word/document.xml").replace("<w:body>", "<w:body>" + "<w:sdt><w:sdtContent>" * 3000 + "</w:sdtContent></w:sdt>" * 3000)))
    for mixed in (TEXT.encode() + TEXT.encode("cp932"), TEXT.encode("cp932") + TEXT.encode("euc_jp"), TEXT.encode("utf-16") + TEXT.encode(), TEXT.encode("iso2022_jp") + TEXT.encode("cp932")):
        yield "mixed encodings", FileData("a.txt", mixed)
        yield "mixed encodings", FileData("a.html", b"<html><body><p>" + mixed + b"</p></body></html>")
    for lone in (b"\xed\xa0\x80", b"\xff\xfe\x00\xd8", b"\xed\xb0\x80\xed\xa0\x80"):
        yield "lone surrogates", FileData("a.txt", lone + TEXT.encode())
        yield "lone surrogates", FileData("a.html", PAGE.replace("図書館", "図&#xD800;書&#55357;館").encode() + lone)
        yield "lone surrogates", FileData("a.csv", lone + CSV.encode())
    yield from harmed_pdfs()


def harmed_pdfs() -> Iterator[Case]:
    """PDFs whose pages run in circles, whose fonts, sizes and streams are wrong, and that ask for a password."""
    good = pdf(lines(TEXT.split()), lines(["二頁目の文です。"]))
    kids = re.search(rb"/Kids \[ (\d+) 0 R", good)
    pages = re.search(rb"(\d+) 0 obj\s*<<\s*/Count", good)
    if kids and pages:
        yield "pdf with loops", FileData("a.pdf", good.replace(kids.group(), b"/Kids [ " + pages.group(1) + b" 0 R"))
    yield "pdf with loops", FileData("a.pdf", re.sub(rb"/Parent \d+ 0 R", b"/Parent 1 0 R", good))
    yield "pdf with loops", FileData("a.pdf", re.sub(rb"startxref\s+\d+", b"startxref\n0", good))
    yield "pdf with loops", FileData("a.pdf", re.sub(rb"/Count \d+", b"/Count 99999999", good))
    yield "broken font", FileData("a.pdf", good.replace(b"/HeiseiMin-W3", b"/NoSuchFont00"))
    yield "broken font", FileData("a.pdf", good.replace(b"UniJIS", b"NoJIS0"))
    yield "broken font", FileData("a.pdf", re.sub(rb"/DescendantFonts \[[^\]]*\]", b"/DescendantFonts [ ]", good))
    yield "odd size", FileData("a.pdf", good.replace(b"[ 0 0 595 842 ]", b"[ 0 0 1e9 1e9 ]"))
    yield "odd size", FileData("a.pdf", good.replace(b"[ 0 0 595 842 ]", b"[ 0 0 0 0 ]"))
    yield "odd size", FileData("a.pdf", good.replace(b"[ 0 0 595 842 ]", b"[ nan -1 x ]"))
    yield "password", FileData("a.pdf", pdf(lines(TEXT.split()), password="secret"))
    for cut in (10, 100, 500, len(good) // 2, len(good) - 10):
        yield "cut off", FileData("a.pdf", good[:cut])


def outcome(file: FileData) -> str:
    """What comes of a file: ``read`` or ``refused``; fails for anything else."""
    results = set()
    try:
        for member in members(file):
            try:
                content = read_content(member)
                for document in read_documents(Source(Path(member.name), member.name, is_corpus=False), content):
                    check(member, document)
                results.add("read")
            except InputError as error:
                assert_clear(str(error))
                results.add("refused")
    except InputError as error:
        assert_clear(str(error))
        results.add("refused")
    return "read" if "read" in results else "refused"


def assert_clear(message: str) -> None:
    """Japanese, in one or two sentences, without the innards of a library."""
    assert re.search("[ぁ-ん]", message) and "Traceback" not in message and len(message) < 700, message


def check(file: FileData, document: object) -> None:
    """A right result: offsets lead back, nothing runs, nothing that no database takes."""
    text: str = document.text  # type: ignore[attr-defined]
    text.encode("utf-8")  # no lone surrogates
    assert "\0" not in text and "root:x:" not in text and "root:x:" not in str(document.omissions)  # type: ignore[attr-defined]
    assert not (file.suffix == ".html" and re.search("<(script|iframe)", text)), "markup became text"
    for table in document.tables:  # type: ignore[attr-defined]
        assert all(text[cell.start : cell.end] == cell.text for cell in table.cells)
    if len(text) < 200_000:
        assert all(text[c.start : c.end] == c.text for c in chunk_document(document, count_characters, 300))  # type: ignore[arg-type]


def run(cases: Iterator[Case]) -> dict[str, dict[str, float]]:
    """Run all cases; counts and the longest time of each kind."""
    counts: dict[str, Counter[str]] = {}
    longest: dict[str, float] = {}
    for kind, file in cases:
        started = time.monotonic()
        result = outcome(file)
        seconds = time.monotonic() - started
        assert seconds < LONGEST, f"{kind}: {file.name} took {seconds:.0f} s"
        counts.setdefault(kind, Counter())[result] += 1
        longest[kind] = max(longest.get(kind, 0.0), round(seconds, 2))
    return {kind: {"cases": sum(count.values()), "read": count["read"], "refused": count["refused"], "longest_s": longest[kind]} for kind, count in counts.items()}


@pytest.mark.slow
def test_files_harmed_by_chance_are_read_or_refused() -> None:
    result = run(by_chance())
    assert result["chance"]["cases"] == MUTATIONS * len(seeds()) >= 300
    assert result["chance"]["read"] > 50 and result["chance"]["refused"] > 50, "harm that always or never shows is no test"


@pytest.mark.slow
def test_what_somebody_sends_on_purpose_is_read_or_refused() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    result = run(by_hand())
    assert sum(kind["cases"] for kind in result.values()) >= 150
    assert all(result[kind]["read"] == 0 for kind in ("empty", "blank", "zip bomb", "zip in zip", "password"))
    assert all(result[kind]["refused"] == 0 for kind in ("script", "formula", "odd name", "odd name in zip"))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < max(before, MEMORY)


def test_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name in ("a.txt", "a.pdf", "a.docx", "a.zip", "a.csv"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(1_000_000_000)
        started = time.monotonic()
        with pytest.raises(InputError, match="大きすぎます"):
            load_file(tmp_path / name)
        assert time.monotonic() - started < 1
    assert LARGEST_TEXT < 1_000_000_000


if __name__ == "__main__":
    begun = time.monotonic()
    kinds = run(by_chance()) | run(by_hand())
    total = {key: sum(int(kind[key]) for kind in kinds.values()) for key in ("cases", "read", "refused")}
    peak = {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "child_peak_mb": 0}
    CHILD.stop()
    peak["child_peak_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    figures = {"seed": SEED, **total, "crashed": 0, "lost": 0, "seconds": round(time.monotonic() - begun), **peak, "kinds": kinds}
    (ROOT / "eval" / "results" / "faults" / "fuzz.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, ensure_ascii=False, indent=1))
