"""The errors that reach a person: each says what, where and what to do next, in Japanese."""


class ShirabeError(Exception):
    """A failure on our side or of the machine (exit status 1)."""

    exit_status = 1


class InputError(ShirabeError):
    """A wrong call or a wrong input, which the caller can mend (exit status 2)."""

    exit_status = 2
