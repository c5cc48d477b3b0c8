"""Files that couldn't be taken in, by what their owner can do about it."""

from dataclasses import dataclass
from typing import Literal

from ingest.errors import InputError

Remedy = Literal["password", "retry", "unreadable"]
REMEDIES: dict[Remedy, str] = {
    "password": "パスワードが必要です。外してからもう一度追加してください",
    "retry": "もう一度試すと入ることがあります",
    "unreadable": "読めない形式か、壊れています。元のファイルを確かめてください",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that failed: its name as it was given, what its owner can do, and the message."""

    name: str
    remedy: Remedy
    message: str
    exit_status: int = 2

    def __str__(self) -> str:
        return self.message


def failure_of(name: str, error: Exception) -> Failure:
    """What an error over a file means for its owner: a lock, trouble of the machine that may pass, or the file itself."""
    message = str(error)
    if "パスワード" in message:
        return Failure(name, "password", message)
    passing = not isinstance(error, InputError) or isinstance(error.__cause__, OSError)
    return Failure(name, "retry" if passing else "unreadable", message, getattr(error, "exit_status", 1))
