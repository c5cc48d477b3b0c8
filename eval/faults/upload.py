"""Taking files in as the screen of documents does, as a command that can be killed: the chat's assistant, and files that come in beside it."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.command import Parser, home_parser, tell
from ingest.formats.formats import load_file
from ingest.settings import load_settings
from qa.screens.intake import ENDED, Intake
from qa.wiring import open_assistant

PERSON = "trial"
PAUSE = 0.005  # seconds between looks at what has ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Upload files into the shared library, or for one browser with ``--owner``; returns the exit status."""
    parser = Parser(prog="upload", parents=[home_parser()])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--owner", default="")
    given = parser.parse_args(arguments)
    settings = replace(load_settings(given.home), read_passages=0)  # nothing is asked
    intake = Intake(open_assistant(settings, answerer="extractive"), settings)
    for path in given.files:
        intake.add(load_file(path), PERSON, given.owner)
    while any(job.step not in ENDED for job in intake.of(PERSON)):
        time.sleep(PAUSE)
    failures = [job.failure for job in intake.of(PERSON) if job.failure]
    for failure in failures:
        tell(failure)
    return max((failure.exit_status for failure in failures), default=0)
