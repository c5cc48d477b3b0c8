"""A folder imports only folders to its left: ingest ◄ index ◄ qa ◄ eval ◄ train; and no name hides a library's."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from library_fixtures import ROOT

ORDER = ["ingest", "index", "qa", "eval", "train"]
FILES = [path for folder in ORDER for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(code: str, folder: str) -> set[str]:
    """The first names of all modules that code in ``folder`` imports, also inside functions and by name."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(folder if node.level else (node.module or "").split(".")[0])
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "__import__") and isinstance(node.args[0], ast.Constant):
            found.add(str(node.args[0].value).split(".")[0])
    return found


def imported_by(path: Path) -> set[str]:
    """The same of a file of the repository."""
    return imported(path.read_text(encoding="utf-8"), path.relative_to(ROOT).parts[0])


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_folder_imports_only_those_to_its_left(path: Path) -> None:
    here = ORDER.index(path.relative_to(ROOT).parts[0])
    assert not imported_by(path) & {*ORDER[here + 1 :], "app", "tests", "conftest"}


INGEST_ROOMS = {"text": {"pdf", "formats", "library"}, "pdf": {"formats", "library"}, "formats": {"library"}, "library": {"pdf", "formats"}}
ROOMS = {"briefing": {"screens", "work"}, "checks": {"briefing", "model", "screens", "work"}, "model": {"briefing", "checks", "screens", "work"}, "qa": {"briefing", "screens", "work"}, "work": {"briefing", "screens"}}


@pytest.mark.parametrize("path", [p for p in FILES if p.is_relative_to(ROOT / "qa") and p.name != "__main__.py" and p.parent.name in ROOMS], ids=lambda p: str(p.relative_to(ROOT)))
def test_answers_know_nothing_of_briefings_and_screens(path: Path) -> None:
    assert not rooms_of(path, "qa") & ROOMS[path.parent.name]


@pytest.mark.parametrize("path", [p for p in FILES if p.is_relative_to(ROOT / "ingest") and p.parent.name in INGEST_ROOMS], ids=lambda p: str(p.relative_to(ROOT)))
def test_texts_know_nothing_of_pages_nor_these_of_formats_and_the_library(path: Path) -> None:
    assert not rooms_of(path, "ingest") & INGEST_ROOMS[path.parent.name]


def rooms_of(path: Path, folder: str) -> set[str]:
    """The rooms and modules of a folder that a file imports."""
    return {(node.module or "").split(".")[1] for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{folder}.")}


MEASURING = {path.parent.name for path in (ROOT / "eval").glob("*/__init__.py")}
SEEN = {"screen": {"report"}}  # the screen shows the report


@pytest.mark.parametrize("room", sorted(MEASURING))
def test_a_room_of_eval_knows_no_other_and_not_the_commands(room: str) -> None:
    """What all share (gold, measures, results) stands beside the rooms; the commands put them together."""
    nodes = [n for path in (ROOT / "eval" / room).glob("*.py") for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.ImportFrom)]
    named = {n.module.split(".")[1] for n in nodes if (n.module or "").startswith("eval.")} | {alias.name for n in nodes if n.module == "eval" for alias in n.names}
    assert not named & ({*MEASURING, "commands", "shown"} - {room, *SEEN.get(room, ())})


def test_there_are_files_in_every_folder_and_the_rule_is_used() -> None:
    assert {p.relative_to(ROOT).parts[0] for p in FILES} == set(ORDER)
    assert "ingest" in imported_by(ROOT / "index" / "search.py") and "index" in imported_by(ROOT / "qa" / "wiring.py")


def test_what_code_imports_is_seen_wherever_it_stands() -> None:
    code = "import qa.answer as a\ndef f():\n    from eval.gold import x\n    importlib.import_module('index.search')\nfrom . import dates\n"
    assert imported(code, "ingest") == {"qa", "eval", "index", "ingest"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_eval_is_imported_by_module_never_bare(path: Path) -> None:
    """``import eval`` would hide the built-in function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import) and any(a.name == "eval" or a.asname == "eval" for a in n.names)]


def test_no_folder_hides_a_library() -> None:
    taken = set(sys.stdlib_module_names) | set(packages_distributions())
    assert not {name for name in ORDER if name in taken and any("shirabe" not in d.lower() for d in packages_distributions().get(name, ["standard library"]))}


def test_no_module_is_a_drawer_for_everything() -> None:
    assert not {p.name for p in FILES} & {"utils.py", "util.py", "types.py", "core.py", "common.py", "helpers.py"}
