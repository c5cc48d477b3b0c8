"""The table of figures: values of sentences and of table cells, as their sources write them, each with what it is a number of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.document import Cell, Document, Segment, Table
from ingest.words import terms
from qa.briefing.gather import Material, heading_label
from qa.briefing.sentence_style import is_place
from qa.briefing.sentences import tidy
from qa.briefing.topic import Topic, places_of
from qa.texts import date_words

COUNTED = "百万ウォン|千ウォン|百万円|千円|ウォン|円|ドル|ユーロ|元|人|名|社|件|台|か所|カ所|ヵ所|ヶ所|か国|カ国|ヵ国|校|室|棟|チーム|団体|都市|個|㎡|ha|%|パーセント|倍|点"
DIGITS = r"\d[\d,.]*(?:[兆億万千]\d[\d,.]*)*(?:百万|[兆億万千])?"
VALUE = re.compile(rf"(?P<before>約|およそ|最大|最高|計|累計|累積|延べ)?(?P<number>{DIGITS}(?:[~〜～]{DIGITS})?)(?P<unit>{COUNTED})(?P<after>以上|以内|以下|未満|余り|あまり|ほど|を超える)?")
IN_CELL = re.compile(rf"^・?(?P<before>約|最大)?(?P<number>{DIGITS}(?:[~〜～]{DIGITS})?)\s*(?P<unit>{COUNTED})?(?P<after>以上|以内|以下|未満|余り)?")
NAME = r"[一-龯々ァ-ヺーA-Za-z0-9&・「」『』]{2,30}"
OF = re.compile(rf"^の(?P<name>{NAME})")
UP_TO = re.compile(rf"^まで(?P<name>{NAME})を")
RIGHT_BEFORE = re.compile(rf"(?P<name>{NAME})(?:\(|は、?|が)?$")
NO_ITEM = re.compile(r"^(計|合計|総計|現在|企業|全体|平均|最大|最高|約|今後|うち|以上|以下|規模|誘致|代表|市長|従来|\d.*|[「『].*|.*[」』]$)$|(あたり|当たり|年間|毎年|時点|[年月日]|地域)$|\d(社|人|名|件|台|校|か所)?$|^.$")
SINCE = re.compile(r"以来|現在|これまで|から|オープン|設立され|開始|、[^、]{24,}、")  # between a date and a value: the value isn't of that date
PLANNED = re.compile(r"目標|計画(だ|で)|予定|見込|目指|募集する")
SAYS_SO = re.compile(r"(である|です|だ|。|、|と(考え|推|な)|に(達|のぼ|上)|で(、|ある)|\(|$)")  # after a value that is said of the sentence's subject
SPAN = re.compile(r"((?:19|20)\d{2})年?[~〜\u301c\uff5e-]((?:19|20)\d{2})年(度)?")
WHEN = re.compile(r"((?:19|20)\d{2}|(?:令和|平成|昭和)(?:\d{1,2}|元))年(度)?(?:(第\d四半期)|(\d{1,2})月(?:(\d{1,2})日)?)?(末?(?:時点|現在|基準)|末)?")
TOTAL = re.compile(r"合計|総額|全体|総計")
YEAR = re.compile(r"(?:19|20)\d{2}年")
YEAR_LABEL = re.compile(r"^((?:19|20)\d{2}|(?:令和|平成|昭和)(?:\d{1,2}|元))年(度)?$")
UNIT_OF_ROW = re.compile(rf"[(\uff08](?:単位[:\uff1a]?\s*)?({COUNTED})[)\uff09]$")
SUBJECT = re.compile(rf"(?:^|、)(?P<name>{NAME})は、?[^、。]{{0,24}}(?:現在|時点|末)で、?$")
PER_TABLE = 12
MONEY_UNIT = re.compile(r"ウォン|円|ドル|ユーロ|元$")
OF_MONEY = re.compile(r"[額費金資税財価]|予算|売上|収入|収益|支出|負担|規模|コスト|ファンド")  # money is of one of these: 「SKグループが7兆ウォン…の投資」 is no amount of a company
ACTION = re.compile(r"^[)\uff09]?(?:以上|余り|あまり)?を(?P<action>[一-龯]{2,4})(?:す|し|さ)")  # what is done with what is counted
EACH = re.compile(r"(?P<each>[一-龯ァ-ヺーA-Za-z0-9]{1,8}(?:当たり|あたり))(?:約|最大|最高)?$")
CONDITION = re.compile(r"(?:支援|募集|事業)?(?:対象|業種|条件|資格)(?:者|企業)?は、?[^。]*$")  # who can apply is no figure


def amount(value: str, unit: str) -> str:
    """Value and unit as they are read: 2億以内 and ウォン → 2億ウォン以内."""
    after = re.search(r"(以上|以内|以下|未満|余り|あまり|ほど|を超える)$", value)
    return value[: after.start()] + unit + after.group() if after else value + unit


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A figure with its place: the span that it stands on (a segment or a row), where in it, and the theme that it belongs to."""

    document: Document
    span: tuple[int, int]
    focus: tuple[int, int] | None
    group: str
    item: str
    value: str
    unit: str
    as_of: str
    action: str = ""


def sentence_figures(material: Material) -> Iterator[FoundFigure]:
    """The values of a sentence of which the words beside them say what they count."""
    text = material.wording.text
    named = re.match(r"^([^。]{4,60}):(?=[^。]{2,12}は、)", text)  # a measure that is described by labelled items
    for match in VALUE.finditer(text):
        item = _item(text, match)
        if item is None or (MONEY_UNIT.search(match["unit"]) and not OF_MONEY.search(item)) or CONDITION.search(text[: match.start()]) or _is_aside(text, match) or text[max(0, match.start() - 1) : match.start()] in ("第", ".", "-"):
            continue
        value = f"{match['before'] or ''}{match['number']}{match['after'] or ''}"
        planned = bool(PLANNED.search(text)) and "現在" not in text[max(0, match.start() - 12) : match.start()]
        yield FoundFigure(material.document, material.wording.spans[-1], None, named.group(1) if named else material.theme, _labelled(material, item), value, match["unit"], _as_of(text[: match.start()], material.document, planned), _action(text[match.end() :]))


def _action(after: str) -> str:
    found = ACTION.match(after)
    return found["action"] if found else ""


def _is_aside(text: str, match: re.Match[str]) -> bool:
    """Whether a share stands in brackets behind another value: 最大4,000万ウォン(企業負担20%)."""
    opened = text.rfind("(", 0, match.start())
    return match["unit"] in ("%", "パーセント") and opened >= 0 and ")" not in text[opened : match.start()] and bool(re.search(r"\d\w*$", text[:opened]))


def _labelled(material: Material, item: str) -> str:
    """The item behind what its sentence stands under within the theme."""
    return f"{material.label} {item}" if material.label else item


def _item(text: str, match: re.Match[str]) -> str | None:
    """What is counted: the noun right before the value, the one behind it with の, or the subject of which it is said."""
    before = RIGHT_BEFORE.search(text[: match.start()])
    named = OF.match(text[match.end() :])
    subject = SUBJECT.search(text[: match.start()])
    up_to = UP_TO.match(text[match.end() :])
    each = EACH.search(text[: match.start()])
    if each:  # 予算額は、企業当たり最大4,000万ウォン: the subject stands before what the value is reckoned by
        before = RIGHT_BEFORE.search(text[: each.start()].rstrip("、"))
        return _with_each(before, each["each"]) if before else None
    touching = before and text[match.start() - 1] not in "は、が"
    for name in (before["name"] if before and touching else "", named["name"] if named and not match["after"] else "", up_to["name"] if up_to else "", subject["name"] if subject else "", before["name"] if before and SAYS_SO.match(text[match.end() :]) else ""):
        name = _trimmed(name)
        if len(name) >= 2 and not NO_ITEM.search(name) and not is_place(name):
            return name
    return None


def _with_each(before: re.Match[str], each: str) -> str | None:
    name = _trimmed(before["name"])
    return f"{name}({each})" if len(name) >= 2 and not NO_ITEM.search(name) else None


def _trimmed(name: str) -> str:
    """A name without a bracket that isn't closed and without 計 or 現在 around it."""
    for left, right in ("「」", "『』"):
        if name.count(left) != name.count(right):
            name = re.split(f"[{left}{right}]", name)[-1]
    return re.sub(r"^(?:計|現在|及び)|(?:(?<![一-龯])[計約]|最大|最高)$", "", name).strip("・")


def _as_of(before: str, document: Document, planned: bool = False) -> str:
    """The last date before the value if the value is said of it, else the document's."""
    spans, found = ([m for m in pattern.finditer(before) if not SINCE.search(before[m.end() :])] for pattern in (SPAN, WHEN))
    if spans and spans[-1].end() >= (found[-1].end() if found else 0):
        return _noted(f"{spans[-1][1]}~{spans[-1][2]}年{spans[-1][3] or ''}", planned=planned)
    if found:
        year, fiscal, quarter, month, day, _ = found[-1].groups()
        return _noted(f"{year}年{fiscal or ''}{quarter or ''}{month + '月' if month else ''}{day + '日' if day else ''}", planned=planned)
    return _noted(date_words(document.date.value), of_document=True, planned=planned) if document.date.value else _noted("不明", planned=planned)


def _noted(date: str, of_document: bool = False, planned: bool = False) -> str:
    """A date with what has to be known of it: that it is the document's, that the value is a plan's."""
    notes = "、".join(name for name, applies in (("資料", of_document), ("計画", planned)) if applies)
    return f"{date}({notes})" if notes else date


def table_figures(topic: Topic, documents: Sequence[Document], found: Sequence[tuple[str, int, int]]) -> list[FoundFigure]:
    """The cells of the tables that were found and whose heading or rows speak of the subject: totals first, the newest column."""
    figures: list[FoundFigure] = []
    for document in documents:
        for table in document.tables:
            touched = any(id_ == document.id and a < table.end and b > table.start for id_, a, b in found)
            if topic.places and not places_of(topic, document, _first(document, table)):
                continue
            if touched and topic.share(set(terms(_around(document, table)))) >= 0.3:
                figures += _of_table(document, table)
    return figures


def _first(document: Document, table: Table) -> Segment:
    return next(s for s in document.segments if s.end > table.start)


def _around(document: Document, table: Table) -> str:
    path = next((s.path for s in reversed(document.sections) if s.start <= table.start < s.end), ())
    return "\n".join([*path[-2:], table.introduction])


def _of_table(document: Document, table: Table) -> list[FoundFigure]:
    theme = heading_label(next((s.path for s in reversed(document.sections) if s.start <= table.start < s.end), ("",))[-1])
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if not cell.is_label:
            rows.setdefault(cell.row, []).append(cell)
    if len(rows) == 1 and not any(cell.row_path for cells in rows.values() for cell in cells):  # one line of values, which only their columns name
        figures = [figure for cell in next(iter(rows.values())) if (figure := _cell_figure(document, table, cell, theme))]
    else:
        figures = [figure for cells in rows.values() if (figure := _newest(document, table, [cell for cell in cells if cell.row_path], theme))]
    return sorted(figures, key=lambda f: not TOTAL.search(f.item))[:PER_TABLE]


def _newest(document: Document, table: Table, cells: Sequence[Cell], theme: str) -> FoundFigure | None:
    """The value of a row; of several years, the newest that has one."""
    dated = [c for c in cells if c.column_path and YEAR_LABEL.match(tidy(c.column_path[-1]))]
    for cell in [*reversed(dated), *cells] if dated else cells[:1]:
        figure = _cell_figure(document, table, cell, theme)
        if figure:
            return figure
    return None


def _cell_figure(document: Document, table: Table, cell: Cell, theme: str) -> FoundFigure | None:
    text = tidy(cell.text)
    match = IN_CELL.match(text)
    row = next((s for s in document.segments if s.kind == "row" and s.start <= cell.start and cell.end <= s.end), None)
    if not match or row is None or not (cell.row_path or cell.column_path):
        return None
    label = tidy((cell.row_path or cell.column_path)[-1]).lstrip("・")
    of_row = UNIT_OF_ROW.search(label)
    unit = match["unit"] or cell.unit or (of_row.group(1) if of_row else "")
    if not unit:
        return None
    if any(s.start < row.end and s.end > row.start for s in document.suspicions):
        return None
    column = tidy(cell.column_path[-1]) if cell.row_path and cell.column_path else ""
    year = YEAR_LABEL.match(column)
    named = re.sub(r"\s*[(\uff08][^()\uff08\uff09]*[)\uff09]\s*$", "", column)
    named = re.sub(r"^(?:19|20)\d{2}年(度)?", "", named).strip()
    item = label if not named or year or re.search(r"^(目標|金額|値|数)|統計$", named) else f"{label} {named}"
    value = f"{match['before'] or ''}{match['number']}{match['after'] or ''}"
    return FoundFigure(document, (row.start, row.end), (cell.start, cell.end), theme, item.removesuffix(f"({unit})"), value, unit, _cell_date(document, table, text, column, theme))


def _cell_date(document: Document, table: Table, text: str, column: str, theme: str) -> str:
    for source in (text, column, theme):
        if first := WHEN.search(source):
            return _as_of(source[: first.end()], document, bool(PLANNED.search(text)))
    return date_words(table.as_of) if table.as_of else _as_of("", document)
