"""Trouble that the person who called can mend: shown as one line and a hint, never as a traceback."""

from __future__ import annotations

from gpuproof.core.words import Text


class UserProblem(Exception):  # noqa: N818  it is shown as words, not as an error of ours
    """Wrong use or unreadable input (exit code 2): what was found, what was expected, what to do."""

    exit_code = 2

    def __init__(self, message: Text, hint: Text | None = None) -> None:
        super().__init__(message.render())
        self.message = message
        self.hint = hint


class CouldNotFinish(UserProblem):
    """The request was right but could not be carried out (exit code 3), for instance no disk space."""

    exit_code = 3
