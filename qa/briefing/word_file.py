"""A briefing as a Word file that a superior can check line by line: headings, tables, endnotes with the quoted spans."""

import io
import re

from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from qa import texts
from qa.briefing.briefing import Briefing, Statement
from qa.briefing.form import FIGURE_HEADS, FIGURE_NOTE, INSTEAD, NOTES, NOTHING, REFUSED, Part, facts, left_out_line, parts, shown, source_lines
from qa.briefing.paper_size import FIRST, LOOKS, figure_widths
from qa.briefing.word_endnotes import Endnotes
from qa.briefing.word_form import SHADE, blank_paper, boxed

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML can't hold


def word_file(briefing: Briefing) -> bytes:
    """The whole paper as a .docx file."""
    paper = _Paper(briefing)
    paper.write()
    buffer = io.BytesIO()
    paper.document.save(buffer)
    return buffer.getvalue()


class _Paper:
    """Writes one briefing into one document."""

    def __init__(self, briefing: Briefing) -> None:
        self.briefing = briefing
        self.document: Word = blank_paper(_clean(briefing.commission.topic), briefing.commission.length)
        self.look = LOOKS[briefing.commission.length]
        self.endnotes = Endnotes(NOTES)
        self.notes = {c.n: (f"{texts.reference(c)}", f"「{texts.quoted(c)}」") for c in briefing.citations}

    def write(self) -> None:
        """Head, parts, page numbers, endnotes."""
        self._head()
        if self.briefing.refused:
            self._refusal()
        else:
            for number, (part, heading) in enumerate(parts(self.briefing), 1):
                self.document.add_heading(f"{number} {heading}", 1)
                self._part(part)
        self._page_numbers()
        self.endnotes.attach(self.document)

    def _head(self) -> None:
        date, *rest = facts(self.briefing)
        self._paragraph(date[1], "Meta").alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._paragraph(self.briefing.commission.topic, "Title")
        for name, value in rest:
            self._paragraph(f"{name}\uff1a{value}", "Meta")

    def _refusal(self) -> None:
        boxed(self._paragraph(REFUSED))
        boxed(self._paragraph(f"理由\uff1a{self.briefing.reason}。"))
        if self.briefing.instead:
            self.document.add_heading(INSTEAD.rstrip("。"), 1)
            for title in self.briefing.instead:
                self._paragraph(title, "List Bullet")

    def _part(self, part: Part) -> None:
        if part == "themes":
            for number, section in enumerate((s for s in self.briefing.sections if s.kind == "theme"), 1):
                self.document.add_heading(_clean(f"({number}) {section.heading}"), 2)
                self._bullets(section.statements)
        elif part == "figures":
            self._figures()
        elif part == "comparison":
            self._comparison()
        elif part == "cautions":
            for caution in self.briefing.cautions:
                self._marked(self._paragraph(caution.text, "Caution"), caution.citations)
            if line := left_out_line(self.briefing):
                self._paragraph(line, "Small")
        elif part == "sources":
            for line in source_lines(self.briefing):
                self._paragraph(line, "Source")
        else:
            self._bullets(next(s for s in self.briefing.sections if s.kind == part).statements, boxes=part == "points")

    def _bullets(self, statements: tuple[Statement, ...], boxes: bool = False) -> None:
        paragraph: Paragraph | None = None
        for statement in statements:
            if paragraph is None or not statement.follows:
                paragraph = self._paragraph(shown(statement), "List Bullet")
                if boxes:
                    boxed(paragraph)
            else:
                paragraph.add_run(_clean(shown(statement)))
            self._marked(paragraph, statement.citations)

    def _paragraph(self, text: str, style: str | None = None) -> Paragraph:
        return self.document.add_paragraph(_clean(text), style)

    def _marked(self, paragraph: Paragraph, numbers: tuple[int, ...]) -> None:
        for place, n in enumerate(numbers):
            if place:
                paragraph.add_run("、").font.superscript = True
            self.endnotes.refer(paragraph, n, [_clean(text) for text in self.notes[n]])
        if numbers:
            paragraph.add_run(")").font.superscript = True  # keeps the number apart from a sentence or a figure behind it

    def _figures(self) -> None:
        rows, widths = self.briefing.figures, figure_widths(self.look)
        table = self._table("主要な数値", "項目ごとに、値、単位、時点、出典の注番号を示す表", FIGURE_HEADS, widths)
        group = None
        for figure in rows:
            if figure.group != group:
                group = figure.group
                cells = table.add_row().cells
                merged = cells[0].merge(cells[-1])
                self._fill(merged, group).paragraph_format.keep_with_next = True
                _shade(merged, "F7F9FB")
            cells = table.add_row().cells
            for place, text in enumerate((figure.item, figure.value, figure.unit, figure.as_of)):
                self._fill(cells[place], text, WD_ALIGN_PARAGRAPH.RIGHT if place == 1 else None)
            self._fill(cells[0], figure.item).paragraph_format.left_indent = Mm(3)
            self._marked(self._fill(cells[4], "注", WD_ALIGN_PARAGRAPH.CENTER), (figure.citation,))
        _finish(table, widths)
        self._paragraph(FIGURE_NOTE, "Small")

    def _comparison(self) -> None:
        compared = self.briefing.comparison
        if compared is None:
            return
        widths = (FIRST, *((self.look.width - FIRST) / len(compared.places) for _ in compared.places))
        table = self._table("比較", f"{'、'.join(compared.places)}を項目ごとに比べる表", ("項目", *compared.places), widths)
        for row in compared.rows:
            cells = table.add_row().cells
            self._fill(cells[0], row.aspect)
            _shade(cells[0], SHADE)
            for cell, statements in zip(cells[1:], row.cells, strict=True):
                self._statements(cell, statements)
        _finish(table, widths)

    def _statements(self, cell: _Cell, statements: tuple[Statement, ...]) -> None:
        if not statements:
            self._fill(cell, NOTHING)
        for place, statement in enumerate(statements):
            text = f"・{statement.text}" if len(statements) > 1 else statement.text
            paragraph = self._fill(cell, text) if place == 0 else cell.add_paragraph(_clean(text), "Table Text")
            if len(statements) > 1:
                paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(3.2), Mm(-3.2)
            self._marked(paragraph, statement.citations)

    def _table(self, caption: str, description: str, heads: tuple[str, ...], widths: tuple[float, ...]) -> Table:
        table = self.document.add_table(1, len(heads), "Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        properties = table._tbl.tblPr
        for name, value in (("w:tblCaption", caption), ("w:tblDescription", description)):
            element = OxmlElement(name)
            element.set(qn("w:val"), _clean(value))
            properties.append(element)
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            self._fill(cell, head, WD_ALIGN_PARAGRAPH.CENTER).runs[0].font.bold = True
            _shade(cell, SHADE)
        header = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(header)
        return table

    def _fill(self, cell: _Cell, text: str, alignment: WD_ALIGN_PARAGRAPH | None = None) -> Paragraph:
        paragraph = cell.paragraphs[0]
        paragraph.style = self.document.styles["Table Text"]
        for run in paragraph.runs:
            run._r.getparent().remove(run._r)
        paragraph.add_run(_clean(text))
        paragraph.alignment = alignment
        return paragraph

    def _page_numbers(self) -> None:
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.style = self.document.styles["Small"]
        for text in ("- ", "PAGE", " -"):
            if text != "PAGE":
                paragraph.add_run(text)
                continue
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), " PAGE ")
            run = OxmlElement("w:r")
            shown = OxmlElement("w:t")
            shown.text = "1"
            run.append(shown)
            field.append(run)
            paragraph._p.append(field)


def _finish(table: Table, widths: tuple[float, ...]) -> None:
    """Fixed widths; rows stay whole at the end of a page."""
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=False):
            if len(set(map(id, (c._tc for c in row.cells)))) > 1:
                cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _shade(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _clean(text: str) -> str:
    return CONTROLS.sub("", text)
