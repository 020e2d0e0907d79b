"""A benchmark whose child really crashes: the window says so, keeps what there is, and can start again."""

from __future__ import annotations

import signal
import sys
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gpuproof.core.checkup import CheckupSettings
from gpuproof.core.launch.model import Target

pytestmark = [pytest.mark.torch, pytest.mark.skipif(sys.platform == "win32", reason="sends SIGSEGV")]


def _busiest_child() -> psutil.Process | None:
    """Return the child that has worked for at least a second, so that it is past its start."""
    for child in psutil.Process().children(recursive=True):
        with_time = child.cpu_times()
        if with_time.user + with_time.system > 1.0:
            return child
    return None


def _living_children() -> set[psutil.Process]:
    return {child for child in psutil.Process().children(recursive=True) if child.is_running()}


def test_a_child_that_crashes_is_named_and_the_rest_stays(open_window: Any, qtbot: Any) -> None:
    before = _living_children()  # Python's own tracker of shared memory stays once something has used it
    opened = open_window(is_real=True)
    window, check = opened.window, opened.assembly.check
    opened.assembly.start_check(CheckupSettings(target=Target("self")))
    qtbot.waitUntil(lambda: not check.state.is_busy, timeout=60_000)
    window.open_page("benchmark")
    bench = window.page("benchmark")
    QTest.mouseClick(bench.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _busiest_child() is not None, timeout=30_000)
    child = _busiest_child()
    assert child is not None
    child.send_signal(signal.SIGSEGV)
    qtbot.waitUntil(lambda: not check.state.is_busy, timeout=60_000)
    words = "\n".join(label.text() for label in bench.findChildren(QLabel) if label.isVisible())
    assert "What did not work" in words
    assert "SIGSEGV" in words
    assert bench.banner.title() != "GPU proven"
    assert check.state.core.diagnosis is not None
    assert bench.start_button.isEnabled()
    assert check.state.core.report_path is not None
    qtbot.waitUntil(lambda: _living_children() <= before, timeout=10_000)  # the last may still be on its way out
