"""What every command shares: ``--home``, ``--json``, and errors as one line on standard error."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from ingest.errors import ShirabeError


class Parser(argparse.ArgumentParser):
    """Tells a wrong call in one line, as every other error; subcommands get the same class."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with status 2."""
        tell(f"引数が正しくありません({message})。`{self.prog} --help` で使い方を確かめてください")
        raise SystemExit(2)


def tell(error: object) -> None:
    """Print an error as one line, whatever white space its message holds."""
    print(f"エラー: {' '.join(str(error).split())}", file=sys.stderr)


def printable(path: Path) -> str:
    """A path that can be printed and put into JSON: bytes of its name that are no text become �."""
    return os.fsencode(path).decode("utf-8", "replace")


def home_parser() -> Parser:
    """The options that every command takes."""
    parser = Parser(add_help=False)
    parser.add_argument("--home", type=Path, help="データの置き場所(既定 .shirabe、または環境変数 SHIRABE_HOME)")
    parser.add_argument("--json", action="store_true", help="1行に1つの JSON で出力する")
    return parser


def run(main: Callable[[], int]) -> int:
    """Run a command; a failure that a person can act on becomes one line and its exit status."""
    try:
        return main()
    except ShirabeError as error:
        tell(error)
        return error.exit_status
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        tell("中断しました。もう一度実行すると続きから始まります")
        return 130
