"""Questions run at once; a hung one costs its own deadline and nothing else."""

from __future__ import annotations

import os
import time
from typing import NoReturn

from gpuproof.core.agent.asking import Asking
from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions.kinds import ALL, Absent, Call, Denied, Reply, reply_of

_NEVER = os.pipe()


def hang(place: Place) -> None:
    os.read(_NEVER[0], 1)


def quick(place: Place) -> int:
    return 7


def test_a_hung_question_costs_its_own_deadline_and_nothing_else() -> None:
    order: list[tuple[str, str]] = []
    asking = Asking(Place(), lambda question, reply, took_s: order.append((question, reply.status)), lambda: False)
    begun = time.monotonic()
    asking.start(
        [
            Call("hung.1", hang, "a test", ALL, 1.0),
            Call("hung.2", hang, "a test", ALL, 1.0),
            *[Call(f"quick.{number}", quick, "a test") for number in range(20)],
        ]
    )
    asking.finish()
    assert time.monotonic() - begun < 10.0
    assert order[-2:] == [("hung.1", "timed_out"), ("hung.2", "timed_out")]
    assert [status for _, status in order[:-2]] == ["ok"] * 20


def test_a_cancel_ends_the_asking_at_once() -> None:
    replies: list[str] = []
    asking = Asking(Place(), lambda question, reply, took_s: replies.append(question), lambda: True)
    asking.start([Call("hung", hang, "a test", ALL, 30.0)])
    begun = time.monotonic()
    asking.finish()
    assert time.monotonic() - begun < 10.0
    assert replies == []


def raising(problem: BaseException) -> Reply:
    def ask() -> NoReturn:
        raise problem

    return reply_of(ask)


def test_every_kind_of_trouble_becomes_a_reply_with_its_reason() -> None:
    assert raising(FileNotFoundError(2, "No such file")).status == "absent"
    assert raising(NotADirectoryError(20, "Not a directory")).status == "absent"
    assert raising(OSError(19, "No such device")).status == "absent"
    assert raising(Absent("not here")) == Reply("absent", detail="not here")
    assert raising(PermissionError(13, "Permission denied")).status == "denied"
    assert raising(Denied("may not")).status == "denied"
    assert raising(OSError(5, "Input/output error")) == Reply("failed", detail="Input/output error")
    assert raising(ZeroDivisionError("two\nlines")) == Reply("failed", detail="ZeroDivisionError: two lines")
