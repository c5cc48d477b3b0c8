"""The guide to evaluation says what the program does: its examples are read, its commands parsed, its measures those of the code."""

import json
import re
import shlex
from pathlib import Path

import pytest

from eval.__main__ import parser
from eval.gold import KINDS, Question, read_questions
from eval.labels import MEASURES
from eval.report.explained import explanation

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"python -m eval ([^`#\n]+)", GUIDE)


def test_the_example_questions_are_in_the_format(tmp_path: Path) -> None:
    path = tmp_path / "example.jsonl"
    path.write_text(GUIDE.split("```json\n")[1].split("```")[0], encoding="utf-8")
    questions = read_questions(path)
    assert [q.kind for q in questions] == ["fact", "fact", "unanswerable", "followup"] and questions[1].evidence[0].page == 12
    proved = read_questions(ROOT / "eval" / "gold" / "tune.jsonl")  # by the checker
    assert all(q in proved for q in questions if not q.evidence or q.evidence[0].quote)
    told = {key for line in path.read_text(encoding="utf-8").splitlines() for key in json.loads(line)}
    assert told == set(Question.__dataclass_fields__) == set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.M))
    assert {kind for kind in KINDS if f"`{kind}`" in GUIDE} == KINDS


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_exist(command: str) -> None:
    assert parser().parse_args(shlex.split(command)).command == command.split()[0]


def test_it_explains_every_measure_in_the_reports_words() -> None:
    rows = dict(re.findall(r"^\| [^|]*\(`([^`]+)`\) \| (.*) \|$", GUIDE, re.M))
    assert rows == {name: explanation(name) for name in MEASURES if name != "questions"}


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_the_readmes_lead_to_it(readme: str) -> None:
    assert "(docs/evaluation.md)" in (ROOT / readme).read_text(encoding="utf-8")
