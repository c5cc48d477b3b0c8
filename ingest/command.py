"""What every command shares: ``--home``, ``--json``, and errors as one line on standard error."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from ingest.errors import ShirabeError


def home_parser() -> argparse.ArgumentParser:
    """The options that every command takes."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--home", type=Path, help="データの置き場所(既定 .shirabe、または環境変数 SHIRABE_HOME)")
    parser.add_argument("--json", action="store_true", help="1行に1つの JSON で出力する")
    return parser


def run(main: Callable[[], int]) -> int:
    """Run a command; a failure that a person can act on becomes one line and its exit status."""
    try:
        return main()
    except ShirabeError as error:
        print(f"エラー: {' '.join(str(error).split())}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("エラー: 中断しました。もう一度実行すると続きから始まります", file=sys.stderr)
        return 130
