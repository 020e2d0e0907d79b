"""Children of the agent: one that cannot be ended is left behind and said so; sources travel without files."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from gpuproof.core.agent import children, commands
from gpuproof.core.agent.children import source_of
from gpuproof.core.agent.place import Place


def test_a_child_that_cannot_be_ended_is_left_behind_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process in an uninterruptible driver call survives SIGKILL; here a child for which killing does nothing."""
    child = commands.start([sys.executable, "-c", "import time; time.sleep(30)"], Place(), stdin=subprocess.DEVNULL)
    monkeypatch.setattr(commands, "REAP_S", 0.05)
    with monkeypatch.context() as without_killing:
        without_killing.setattr(commands.os, "killpg", lambda *arguments: None)
        words = commands.end(child)
    assert words == f"; it cannot be ended and was left behind (process {child.pid})"
    assert commands.end(child) == ""
    for stream in (child.stdout, child.stderr):
        assert stream is not None
        stream.close()


def test_the_reason_of_an_end_is_in_words() -> None:
    assert children._words_for(3) == "exit status 3"
    assert children._words_for(-11) == "ended by signal SIGSEGV"
    assert children._words_for(0xC0000005) == "exit status 0xC0000005"


def test_sources_are_asked_of_the_loader() -> None:
    assert "def main()" in source_of(".nvml_child", "gpuproof.core.agent")
    with pytest.raises(ImportError):
        source_of(".no_such_module", "gpuproof.core.agent")


def test_a_python_that_does_not_know_itself_is_a_clear_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(OSError, match="does not know its own executable"):
        children.Child("nvml_child", {}, Place())


def test_lines_that_are_no_messages_are_passed_over() -> None:
    decoded: list[Any] = [children._decoded(line) for line in (b"noise\n", b"\xff\n", b'["begin", 0, "x"]\n')]
    assert decoded == [None, None, ["begin", 0, "x"]]
