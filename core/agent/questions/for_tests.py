"""Questions that misbehave, asked only by tests: they prove that a hung question costs its own deadline."""

from __future__ import annotations

import time

from ..place import Place
from .kinds import ALL, Call, RunCommand


def hang(place: Place) -> None:
    """Sleep for a minute."""
    time.sleep(60)


def crash(place: Place) -> None:
    """Raise something that nobody expects."""
    raise ZeroDivisionError("on purpose")


QUESTIONS = (
    Call("test.hang", hang, "a sleep", ALL, 0.3),
    Call("test.crash", crash, "a bug", ALL),
    RunCommand("test.hung_command", ("sleep", "60"), ALL, 0.3),
)
