"""The look of the paper in Word: A4, fonts, styles, list marks, language and metadata, as Japanese offices set them."""

from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from lxml import etree

from qa.briefing.briefing import Length
from qa.briefing.paper_size import INDENT, LOOKS, PAGE, Look

MINCHO, GOTHIC = "游明朝", "游ゴシック"
INSTEAD = {MINCHO: "Noto Serif CJK JP", GOTHIC: "Noto Sans CJK JP"}  # where Word's own fonts are missing
INK, LINE, SHADE = RGBColor(0x1C, 0x20, 0x24), "7F8790", "EEF1F5"


def blank_paper(title: str, length: Length = "3pages") -> Word:
    """A document with the page, the styles and the metadata of a paper, and nothing on it."""
    document, look = docx.Document(), LOOKS[length]
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(look.top), Mm(look.bottom), Mm(look.side), Mm(look.side)
    section.footer_distance = Mm(8)
    _defaults(document)
    _styles(document, look)
    _list_mark(document)
    _settings(document)
    _metadata(document, title)
    _font_table(document)
    return document


def _element(tag: str, **values: str) -> Any:
    element = OxmlElement(tag)
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def set_font(style: ParagraphStyle, name: str, size: float, bold: bool = False) -> None:
    """Font, size in points and weight for Japanese and Latin text alike."""
    style.font.size, style.font.bold, style.font.name, style.font.color.rgb, style.font.italic = Pt(size), bold, name, INK, False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def _defaults(document: Word) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    run = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in run.findall(qn("w:lang")):
        run.remove(old)
    # as Word in Japan writes it: with ja-JP for Latin letters too, LibreOffice breaks numbers (7|7社) and words anywhere
    run.append(_element("w:lang", val="en-US", eastAsia="ja-JP", bidi="ar-SA"))
    paragraph = defaults.find(qn("w:pPrDefault"))
    properties = paragraph.find(qn("w:pPr"))
    if properties is None:
        properties = OxmlElement("w:pPr")
        paragraph.append(properties)
    for place, name in enumerate(("w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:autoSpaceDE", "w:autoSpaceDN")):
        properties.insert(place, _element(name))
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    if grid is not None:
        document.sections[0]._sectPr.remove(grid)


def _styles(document: Word, look: Look) -> None:
    styles = document.styles
    set_font(styles["Normal"], MINCHO, look.body)
    styles["Normal"].paragraph_format.space_after = Pt(0)
    styles["Normal"].paragraph_format.line_spacing = Pt(look.line)
    set_font(styles["Title"], GOTHIC, look.title, bold=True)
    title = styles["Title"].paragraph_format
    title.alignment, title.space_before, title.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(look.title_before), Pt(look.title_after)
    _borders(styles["Title"], {})
    styles["Title"].paragraph_format.line_spacing = Pt(look.title_line)
    for name, size, (before, after) in (("Heading 1", look.heading, look.around_heading), ("Heading 2", look.theme, look.around_theme)):
        set_font(styles[name], GOTHIC, size, bold=True)
        styles[name].paragraph_format.space_before, styles[name].paragraph_format.space_after = Pt(before), Pt(after)
        styles[name].paragraph_format.keep_with_next = True
    _borders(styles["Heading 1"], {"bottom": ("6", "1")})
    bullet = styles["List Bullet"].paragraph_format
    bullet.space_after, bullet.left_indent, bullet.first_line_indent = Pt(look.after_item), Mm(INDENT), Mm(-INDENT)
    for name, (size, line) in (("Table Text", look.table), ("Meta", look.meta), ("Small", look.small), ("Source", look.source), ("Caution", look.caution)):
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["List Bullet" if name == "Caution" else "Normal"]
        set_font(made, MINCHO, size)
        made.paragraph_format.line_spacing = Pt(line)
    source = styles["Source"].paragraph_format
    source.left_indent, source.first_line_indent = Mm(4), Mm(-4)
    note = styles.add_style("endnote text", WD_STYLE_TYPE.PARAGRAPH)
    note.element.set(qn("w:styleId"), "EndnoteText")
    note.base_style = styles["Normal"]
    set_font(note, MINCHO, look.note[0])
    note.paragraph_format.line_spacing = Pt(look.note[1])
    note.paragraph_format.space_after = Pt(1)
    note.paragraph_format.left_indent, note.paragraph_format.first_line_indent = Mm(5), Mm(-5)
    heading = styles.add_style("Notes", WD_STYLE_TYPE.PARAGRAPH)  # over the endnotes
    heading.base_style = styles["Normal"]
    set_font(heading, GOTHIC, look.heading, bold=True)
    heading.paragraph_format.space_before, heading.paragraph_format.space_after, heading.paragraph_format.keep_with_next = Pt(look.around_heading[0]), Pt(look.around_heading[1]), True
    mark = styles.add_style("endnote reference", WD_STYLE_TYPE.CHARACTER)
    mark.element.set(qn("w:styleId"), "EndnoteReference")
    mark.font.superscript = True


def _borders(style: ParagraphStyle, edges: dict[str, tuple[str, str]]) -> None:
    """Lines at the edges of paragraphs of a style: width in eighths of a point, distance in points."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if edges:
        borders = OxmlElement("w:pBdr")
        for edge, (width, space) in edges.items():
            borders.append(_element(f"w:{edge}", val="single", sz=width, space=space, color=LINE))
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def boxed(paragraph: Paragraph) -> None:
    """A frame around a paragraph; neighbours with the same frame stand in one box."""
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    for edge in ("top", "left", "bottom", "right"):
        borders.append(_element(f"w:{edge}", val="single", sz="6", space="4", color=LINE))
    following = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
    properties.insert_element_before(borders, *following)
    properties.insert_element_before(_element("w:shd", val="clear", color="auto", fill="F7F9FB"), *following[1:])


def _list_mark(document: Word) -> None:
    """○ as the mark of lists, in the list definition that the style List Bullet uses."""
    number = document.styles["List Bullet"].element.pPr.numPr.numId.val
    numbering = document.part.numbering_part.element
    abstract = next(n for n in numbering.num_lst if n.numId == number).abstractNumId.val
    level = next(a for a in numbering.findall(qn("w:abstractNum")) if int(a.get(qn("w:abstractNumId"))) == abstract).find(qn("w:lvl"))
    level.find(qn("w:lvlText")).set(qn("w:val"), "○")
    properties = level.find(qn("w:rPr"))
    if properties is not None:
        level.remove(properties)
    made = OxmlElement("w:rPr")
    made.append(_element("w:rFonts", ascii=MINCHO, hAnsi=MINCHO, eastAsia=MINCHO, hint="eastAsia"))
    level.append(made)
    for indent in level.iter(qn("w:ind")):
        for edge, value in (("left", "318"), ("hanging", "318")):
            indent.set(qn(f"w:{edge}"), value)
    for tab in list(level.iter(qn("w:tab"))):
        tab.getparent().remove(tab)


def _settings(document: Word) -> None:
    settings = document.settings.element
    for old in settings.findall(qn("w:themeFontLang")):
        old.set(qn("w:val"), "ja-JP")
        old.set(qn("w:eastAsia"), "ja-JP")
    compat = settings.find(qn("w:compat"))
    if compat is not None and not any(s.get(qn("w:name")) == "compatibilityMode" for s in compat):
        compat.append(_element("w:compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val="15"))


def _metadata(document: Word, title: str) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.language, core.subject = title, "調べ", "調べ", "ja-JP", "ブリーフィング"
    core.created = core.modified = now
    core.comments, core.keywords = "", ""


def _font_table(document: Word) -> None:
    """Name what stands in for the fonts where they are missing (w:altName), as on Linux."""
    part = next(r.target_part for r in document.part.rels.values() if r.reltype.endswith("/fontTable"))
    root = etree.fromstring(part.blob)
    for name, other in INSTEAD.items():
        font = etree.SubElement(root, qn("w:font"), {qn("w:name"): name})
        etree.SubElement(font, qn("w:altName"), {qn("w:val"): other})
        etree.SubElement(font, qn("w:charset"), {qn("w:val"): "80"})
        etree.SubElement(font, qn("w:family"), {qn("w:val"): "roman" if name == MINCHO else "swiss"})
        etree.SubElement(font, qn("w:pitch"), {qn("w:val"): "variable"})
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
