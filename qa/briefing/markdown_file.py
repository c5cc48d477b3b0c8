"""A briefing as Markdown, with footnotes."""

from qa import texts
from qa.briefing.briefing import Briefing, Statement
from qa.briefing.form import FIGURE_HEADS, FIGURE_NOTE, INSTEAD, NOTHING, REFUSED, Part, facts, left_out_line, parts, shown, source_lines


def markdown(briefing: Briefing) -> str:
    """The whole paper as Markdown (with the footnotes of GitHub and Pandoc)."""
    lines = [f"# {briefing.commission.topic}", "", *_head(briefing)]
    if briefing.refused:
        lines += ["", REFUSED, "", f"理由: {briefing.reason}", "", INSTEAD, "", *(f"- {title}" for title in briefing.instead)]
        return "\n".join(lines) + "\n"
    for number, (part, heading) in enumerate(parts(briefing), 1):
        lines += ["", f"## {number} {heading}", "", *part_lines(briefing, part)]
    lines += ["", *(f"[^{c.n}]: {texts.reference(c)}「{texts.quoted(c)}」" for c in briefing.citations)]
    return "\n".join(lines) + "\n"


def _head(briefing: Briefing) -> list[str]:
    return [f"- {name}: {value}" for name, value in facts(briefing)]


def part_lines(briefing: Briefing, part: Part) -> list[str]:
    """The lines under one heading."""
    if part == "themes":
        themes = [s for s in briefing.sections if s.kind == "theme"]
        return [line for n, section in enumerate(themes, 1) for line in (f"### ({n}) {section.heading}", "", *_bullets(section.statements), "")][:-1]
    if part == "figures":
        rows = [f"| {_cell(f.group)} | {_cell(f.item)} | {_cell(f.value)} | {f.unit} | {f.as_of} | [^{f.citation}] |" for f in briefing.figures]
        return [f"| 区分 | {' | '.join(FIGURE_HEADS)} |", "|---|---|---:|---|---|---|", *rows, "", FIGURE_NOTE]
    if part == "comparison" and briefing.comparison:
        rows = [f"| {row.aspect} | " + " | ".join("<br>".join(_cell(_marked(s)) for s in cell) or NOTHING for cell in row.cells) + " |" for row in briefing.comparison.rows]
        return [f"| 項目 | {' | '.join(briefing.comparison.places)} |", "|---" * (len(briefing.comparison.places) + 1) + "|", *rows]
    if part == "cautions":
        return [f"- {c.text}{_marks(c.citations)}" for c in briefing.cautions] + [f"- {line}" for line in [left_out_line(briefing)] if line]
    if part == "sources":
        return [f"- {line}" for line in source_lines(briefing)]
    return _bullets(next(s for s in briefing.sections if s.kind == part).statements)


def _bullets(statements: tuple[Statement, ...]) -> list[str]:
    lines: list[str] = []
    for statement in statements:
        if statement.follows and lines:
            lines[-1] += _marked(statement)
        else:
            lines.append(f"- {_marked(statement)}")
    return lines


def _marked(statement: Statement) -> str:
    return f"{shown(statement)}{_marks(statement.citations)}"


def _marks(numbers: tuple[int, ...]) -> str:
    return "".join(f"[^{n}]" for n in numbers)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
