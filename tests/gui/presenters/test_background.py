"""Threads beside the window: results come back here, bugs arrive as words, nothing outlives the end."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text
from gpuproof.gui.presenters.background import Background


def test_the_result_arrives_on_the_windows_thread(qtbot: Any) -> None:
    background, seen = Background(), []
    background.start(threading.get_ident, lambda ident: seen.append((ident, threading.get_ident())), pytest.fail)
    qtbot.waitUntil(lambda: bool(seen))
    worker, here = seen[0]
    assert worker != here == threading.get_ident()
    assert background.is_idle
    assert background.close(1)


def test_a_problem_arrives_as_it_is(qtbot: Any) -> None:
    background, seen = Background(), []

    def work() -> None:
        raise UserProblem(text("No disk space"))

    background.start(work, pytest.fail, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0].message == text("No disk space")
    background.close(1)


def test_a_bug_is_logged_and_said_in_words(qtbot: Any, caplog: pytest.LogCaptureFixture) -> None:
    background, seen = Background(), []
    with caplog.at_level(logging.ERROR):
        background.start(lambda: 1 / 0, pytest.fail, seen.append)
        qtbot.waitUntil(lambda: bool(seen))
    assert "ZeroDivisionError" in seen[0].message.render()
    assert "work beside the window failed" in caplog.text
    background.close(1)


def test_nothing_is_delivered_after_the_end(qtbot: Any) -> None:
    background, release = Background(), threading.Event()
    background.start(release.wait, pytest.fail, pytest.fail)
    release.set()
    assert background.close(5)
    qtbot.wait(20)


def test_the_end_says_when_a_thread_hangs(qtbot: Any) -> None:
    background, release = Background(), threading.Event()
    background.start(release.wait, pytest.fail, pytest.fail)
    assert not background.close(0.01)
    release.set()
    assert background.close(5)
