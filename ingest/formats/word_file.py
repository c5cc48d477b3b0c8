"""Word files by python-docx: the package's parts and properties; the body itself is read in ``word_body``."""

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.content import Content, FileData
from ingest.document import Omission, normalize
from ingest.errors import InputError
from ingest.formats.archive import check_package
from ingest.formats.numbering import W, read_numbering
from ingest.formats.word_body import WordBody
from ingest.text.cleaning import Line, clean_lines

BLANKS = 0.1  # of the paragraphs: a writer who leaves so many empty parts blocks by them, any other makes every paragraph a block
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)  # files of strangers


def read_word(file: FileData) -> Content:
    """The content of a .docx; raises InputError for a damaged file and one that unpacks to too much."""
    from docx import Document

    check_package(file)
    try:
        document = Document(io.BytesIO(file.data))
    except Exception as error:
        raise InputError(f"{file.name}: Word ファイルが壊れていて読めません。Word で開いて保存し直してから追加してください") from error
    root = document.element
    if root.getroottree().docinfo.doctype:
        raise InputError(f"{file.name}: Word ファイルに許されない宣言(DTD)があるため開きません。Word で保存し直してから追加してください")
    styles, style_numbers = _styles(document.part)
    body = WordBody(styles, style_numbers, read_numbering(_part(document.part, "numbering")), _notes(document.part), uses_blanks=_uses_blanks(root))
    body.body(root.body)
    heads = tuple(Omission(text, "running_head") for text in _heads(document.part, body))
    lines = [Line("", 0, left_out=heads), *clean_lines(as_table_rows(body.lines))]
    if not any(line.text for line in lines):
        raise InputError(f"{file.name}: 読める本文がありません(画像だけの Word ファイルです)")
    stated = " ".join((document.core_properties.title or "").split())
    front = normalize("".join(line.text for line in lines[:60]))
    title = body.title or (stated if 4 <= len(stated) <= 90 and normalize(stated) in front else "")
    return Content(tuple(lines), title, author=" ".join((document.core_properties.author or "").split()))


def as_table_rows(lines: list[Line]) -> list[Line]:
    """Tabs stay where lines below each other have the same number of them, as rows do; elsewhere they only set words apart."""
    made = []
    for i, line in enumerate(lines):
        count = line.text.strip(" ").count("\t")
        beside = [near.text.strip(" ").count("\t") for near in _neighbours(lines, i)]
        made.append(line if line.row or not count or _is_row(count, beside) else Line(line.text.replace("\t", " "), line.indent, line.level, line.left_out, line.page, line.is_styled))
    return made


def _is_row(count: int, beside: list[int]) -> bool:
    return any(other and abs(other - count) <= max(1, count // 3) for other in beside) and (count > 1 or count in beside)


def _neighbours(lines: list[Line], i: int) -> Iterator[Line]:
    """The nearest lines above and below, at most one blank line away."""
    for step in (-1, 1):
        near = [lines[n] for n in (i + step, i + 2 * step) if 0 <= n < len(lines)]
        found = next((line for line in near if not line.is_blank), None)
        if found:
            yield found


def _uses_blanks(root: Any) -> bool:
    paragraphs = [p for p in root.body.iter(f"{W}p") if p.getparent().tag != f"{W}tc"]
    empty = sum(not any((t.text or "").strip() for t in p.iter(f"{W}t")) for p in paragraphs)
    return empty >= BLANKS * len(paragraphs) and empty > 2


def _part(part: Any, kind: str) -> Any:
    """The root of a related part (numbering, footnotes …), None where the file has none."""
    for relation in part.rels.values():
        if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
            target = relation.target_part
            return getattr(target, "element", None) if hasattr(target, "element") else etree.fromstring(target.blob, PARSER)
    return None


def _styles(part: Any) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, int]]]:
    """Style names with what they are based on, and the lists that styles number their paragraphs with, by style id."""
    root = _part(part, "styles")
    names: dict[str, tuple[str, str]] = {}
    numbers: dict[str, tuple[str, int]] = {}
    for style in root.findall(f"{W}style") if root is not None else ():
        id_ = style.get(f"{W}styleId") or ""
        name, based = (style.find(f"{W}{tag}") for tag in ("name", "basedOn"))
        names[id_] = tuple((x.get(f"{W}val") or "") if x is not None else "" for x in (name, based))  # type: ignore[assignment]
        number, level = style.find(f"{W}pPr/{W}numPr/{W}numId"), style.find(f"{W}pPr/{W}numPr/{W}ilvl")
        if number is not None:
            numbers[id_] = number.get(f"{W}val") or "0", int(level.get(f"{W}val") or 0) if level is not None else 0
    return names, numbers


def _notes(part: Any) -> dict[tuple[str, str], Any]:
    found = {}
    for kind in ("footnote", "endnote"):
        root = _part(part, f"{kind}s")
        for note in root.findall(f"{W}{kind}") if root is not None else ():
            if note.get(f"{W}type") in (None, "normal"):
                found[kind, note.get(f"{W}id") or ""] = note
    return found


def _heads(part: Any, body: WordBody) -> Iterator[str]:
    """What stands at the head and foot of every page; told as left out."""
    for relation in part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")) and not relation.is_external:
            text = " ".join(" ".join(body.text(p).split()) for p in relation.target_part.element.iter(f"{W}p")).strip()
            if text:
                yield text
