"""PowerPoint files by python-pptx: a slide is a page; its title is a heading, its tables and charts are tables, its notes follow."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.content import Content, FileData, Progress
from ingest.document import Omission
from ingest.errors import InputError
from ingest.formats.archive import check_package
from ingest.text.cleaning import Line
from ingest.text.told_tables import Grid, GridCell, table_lines

MOST_SLIDES = 2000
SAME_ROW = 0.5  # of an inch: shapes whose tops differ by less are read from left to right
INCH = 914400
FRAME = {"DATE (16)", "FOOTER (15)", "SLIDE_NUMBER (13)", "HEADER (14)"}
LISTED = {"BODY (2)", "OBJECT (7)", "VERTICAL_BODY (5)", "VERTICAL_OBJECT (17)"}
DEEPEST = 20  # groups in groups


def read_slides(file: FileData, progress: Progress) -> Content:
    """The content of a .pptx; raises InputError for a damaged file, too many slides and one without text."""
    from pptx import Presentation

    check_package(file)
    try:
        deck = Presentation(io.BytesIO(file.data))
        slides = list(deck.slides)
    except Exception as error:
        raise InputError(f"{file.name}: PowerPoint ファイルが壊れていて読めません。PowerPoint で開いて保存し直してから追加してください") from error
    if len(slides) > MOST_SLIDES:
        raise InputError(f"{file.name}: スライドが多すぎます({len(slides):,}枚、上限 {MOST_SLIDES:,}枚)。分けて追加してください")
    lines: list[Line] = []
    reader = _Slides()
    for number, slide in enumerate(slides, 1):
        lines += reader.lines(slide, number)
        progress(number, len(slides))
    said = {line.page for line in lines if line.text}
    if not said:
        raise InputError(f"{file.name}: 文字のない PowerPoint です(全{len(slides)}枚が画像のみ)")
    empty = tuple(n for n in range(1, len(slides) + 1) if n not in said)
    title = next((line.text for line in lines if line.level == 1), "") or next(line.text for line in lines if line.text)
    return Content(tuple(lines), title[:90], "report", " ".join((deck.core_properties.author or "").split()), len(slides), empty)


class _Slides:
    """Reads slides one after the other; numbers the tables of the file."""

    def __init__(self) -> None:
        self.tables = 0

    def lines(self, slide: Any, page: int) -> list[Line]:
        """The lines of a slide: its title, its shapes from top to bottom, its notes."""
        made: list[Line] = []
        title = slide.shapes.title
        if title is not None and title.has_text_frame and title.text_frame.text.strip():
            made += [Line("", 0, page=page), Line(" ".join(title.text_frame.text.split()), 0, 1, page=page, is_styled=True)]
        for shape in _in_order(slide.shapes, 0):
            if title is None or shape.shape_id != title.shape_id:
                made += [Line("", 0, page=page), *self._shape(shape, page)]
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        if notes is not None and notes.text.strip():
            made += [Line("", 0, page=page), Line("ノート", 0, 2, page=page, is_styled=True), *_paragraphs(notes, page, False)]
        return made

    def _shape(self, shape: Any, page: int) -> list[Line]:
        kind = str(shape.placeholder_format.type) if shape.is_placeholder else ""
        if getattr(shape, "has_table", False) and shape.has_table:
            self.tables += 1
            return table_lines(_grid(shape.table), self.tables, page)
        if getattr(shape, "has_chart", False) and shape.has_chart:
            self.tables += 1
            return _chart(shape.chart, self.tables, page)
        if not shape.has_text_frame or not shape.text_frame.text.strip():
            return []
        if kind in FRAME:
            return [Line("", 0, left_out=(Omission(shape.text_frame.text, "running_head"),), page=page)]
        return _paragraphs(shape.text_frame, page, kind in LISTED)


def _in_order(shapes: Any, depth: int) -> Iterator[Any]:
    """The shapes from top to bottom and from left to right, those in groups where the group stands."""
    for shape in sorted(shapes, key=lambda s: (round((s.top or 0) / (SAME_ROW * INCH)), s.left or 0)):
        if hasattr(shape, "shapes") and depth < DEEPEST:
            yield from _in_order(shape.shapes, depth + 1)
        else:
            yield shape


def _paragraphs(frame: Any, page: int, is_listed: bool) -> list[Line]:
    said = [(" ".join(p.text.replace("\v", " ").split()), p.level) for p in frame.paragraphs]
    several = is_listed and sum(bool(text) for text, _ in said) > 1
    return [Line(f"• {text}" if several and text and text[0].isalnum() else text, 2 * level if text else 0, page=page) for text, level in said]


def _grid(table: Any) -> Grid:
    has_head = bool(table.first_row)
    return [[None if cell.is_spanned else GridCell(cell.text_frame.text, cell.span_width if cell.is_merge_origin else 1, cell.span_height if cell.is_merge_origin else 1, has_head and r == 0) for cell in row.cells]
            for r, row in enumerate(table.rows)]  # fmt: skip


def _chart(chart: Any, number: int, page: int) -> list[Line]:
    """The values behind a chart: a row a category, a column a series."""
    try:
        plots = [(list(map(str, plot.categories)), [(series.name or "", list(series.values)) for series in plot.series]) for plot in chart.plots]
        title = chart.chart_title.text_frame.text if chart.has_title and chart.chart_title.has_text_frame else ""
    except (AttributeError, KeyError, TypeError, ValueError, NotImplementedError):  # kinds of charts that the library doesn't know
        return []
    made = [Line(" ".join(title.split()), 0, page=page)] if title.strip() else []
    for names, series in plots:
        rows: list[Sequence[str]] = [["", *(name for name, _ in series)]]
        rows += [[name, *(_value(values[i] if i < len(values) else None) for _, values in series)] for i, name in enumerate(names)]
        made += table_lines([[GridCell(text, is_heading=r == 0) for text in row] for r, row in enumerate(rows)], number, page)
    return made


def _value(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
