"""Real endnotes for python-docx, which has no API for them: the part, its relationship and settings, references and back-references.

Structure as in ECMA-376 part 1, 17.11: two separators (ids -1 and 0) that settings.xml names, then a ``w:endnote`` for each
reference. A note that is referred to again is a NOTEREF field to the bookmark around its first reference.
"""

from collections.abc import Sequence
from typing import Any

from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsmap, qn
from docx.text.paragraph import Paragraph
from lxml import etree

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
REFERENCE_STYLE, TEXT_STYLE = "EndnoteReference", "EndnoteText"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
HEADING_STYLE = "Notes"
SEPARATORS = (("-1", "separator"), ("0", "continuationSeparator"))


class Endnotes:
    """The endnotes of one document; ids are the numbers of its citations, which have to be referred to in rising order."""

    def __init__(self, heading: str) -> None:
        self.root = etree.Element(qn("w:endnotes"), nsmap={"w": nsmap["w"]})
        for id_, kind in SEPARATORS:
            note = etree.SubElement(self.root, qn("w:endnote"), {qn("w:type"): kind, qn("w:id"): id_})
            paragraph = etree.SubElement(note, qn("w:p"))
            etree.SubElement(etree.SubElement(paragraph, qn("w:pPr")), qn("w:pStyle")).set(qn("w:val"), HEADING_STYLE)
            run = etree.SubElement(paragraph, qn("w:r"))
            if kind == "separator":  # the one place before the notes that stays with them in Word; LibreOffice shows none
                etree.SubElement(run, qn("w:t")).text = heading
            else:
                etree.SubElement(run, qn(f"w:{kind}"))
        self.used: set[int] = set()

    def refer(self, paragraph: Paragraph, n: int, lines: Sequence[str]) -> None:
        """A reference to note ``n`` at the end of ``paragraph``; the note is made of ``lines`` at its first reference."""
        if n in self.used:
            self._refer_again(paragraph, n)
            return
        self.used.add(n)
        start, end = (OxmlElement(f"w:bookmark{edge}") for edge in ("Start", "End"))
        for mark in (start, end):
            mark.set(qn("w:id"), str(1000 + n))
        start.set(qn("w:name"), f"_note{n}")
        reference = OxmlElement("w:endnoteReference")
        reference.set(qn("w:id"), str(n))
        paragraph._p.append(start)
        self._run(paragraph)._r.append(reference)
        paragraph._p.append(end)
        self._add(n, lines)

    def _refer_again(self, paragraph: Paragraph, n: int) -> None:
        for kind in ("begin", "code", "separate", "text", "end"):
            run = self._run(paragraph)
            if kind == "code":
                code = OxmlElement("w:instrText")
                code.set(XML_SPACE, "preserve")
                code.text = f" NOTEREF _note{n} \\f \\h "
                run._r.append(code)
            elif kind == "text":
                run.text = str(n)
            else:
                field = OxmlElement("w:fldChar")
                field.set(qn("w:fldCharType"), kind)
                run._r.append(field)

    def _run(self, paragraph: Paragraph):  # type: ignore[no-untyped-def]  # docx.text.run.Run
        run = paragraph.add_run()
        properties = run._r.get_or_add_rPr()
        style = OxmlElement("w:rStyle")
        style.set(qn("w:val"), REFERENCE_STYLE)
        properties.insert(0, style)
        return run

    def _add(self, n: int, lines: Sequence[str]) -> None:
        note = etree.SubElement(self.root, qn("w:endnote"), {qn("w:id"): str(n)})
        paragraph = etree.SubElement(note, qn("w:p"))
        properties = etree.SubElement(paragraph, qn("w:pPr"))
        etree.SubElement(properties, qn("w:pStyle")).set(qn("w:val"), TEXT_STYLE)
        mark = etree.SubElement(paragraph, qn("w:r"))
        etree.SubElement(etree.SubElement(mark, qn("w:rPr")), qn("w:rStyle")).set(qn("w:val"), REFERENCE_STYLE)
        etree.SubElement(mark, qn("w:endnoteRef"))
        for text in lines:
            run = etree.SubElement(paragraph, qn("w:r"))
            element = etree.SubElement(run, qn("w:t"))
            element.set(XML_SPACE, "preserve")
            element.text = f" {text}"

    def attach(self, document: Word) -> None:
        """Put the part into the package and name its separators in the settings."""
        if not self.used:
            return
        xml = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)
        part = Part(PackURI("/word/endnotes.xml"), CONTENT_TYPE, xml, document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.ENDNOTES)
        document.sections[0]._sectPr.find(qn("w:pgSz")).addprevious(_arabic())
        properties = _arabic()
        for id_, _ in SEPARATORS:
            separator = OxmlElement("w:endnote")
            separator.set(qn("w:id"), id_)
            properties.append(separator)
        settings = document.settings.element
        before = next((child for child in settings if child.tag in (qn("w:compat"), qn("w:rsids"), qn("m:mathPr"), qn("w:themeFontLang"))), None)
        if before is None:
            settings.append(properties)
        else:
            before.addprevious(properties)


def _arabic() -> Any:
    """The numbering as 1, 2, 3: that of endnotes is i, ii, iii where nothing is said."""
    properties, numbering = OxmlElement("w:endnotePr"), OxmlElement("w:numFmt")
    numbering.set(qn("w:val"), "decimal")
    properties.append(numbering)
    return properties
