"""A benchmark whose child really crashes: the window says so, keeps what there is, and can start again."""

from __future__ import annotations

import contextlib
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

# which child has worked first is not settled: where it is the one of the GPU, the processor is still measured in full
_PATIENCE_MS = 240_000
pytestmark = [
    pytest.mark.torch,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="sends SIGSEGV"),
]


def _crash_a_child(others: set[psutil.Process]) -> bool:
    """Crash a new child that has worked for at least a second, so that it is past its start."""
    for child in _living_children() - others:
        with contextlib.suppress(psutil.NoSuchProcess):
            worked = child.cpu_times()
            if worked.user + worked.system > 1.0:
                child.send_signal(signal.SIGSEGV)
                return True
    return False


def _living_children() -> set[psutil.Process]:
    return {child for child in psutil.Process().children(recursive=True) if child.is_running()}


def test_a_child_that_crashes_is_named_and_the_rest_stays(open_window: Any, qtbot: Any) -> None:
    before = _living_children()  # Python's own tracker of shared memory stays once something has used it
    opened = open_window(is_real=True)
    window, check = opened.window, opened.assembly.check
    opened.assembly.start_check(CheckupSettings(target=Target("self")))
    qtbot.waitUntil(lambda: not check.state.is_busy, timeout=_PATIENCE_MS)
    window.open_page("benchmark")
    bench = window.page("benchmark")
    others = _living_children()  # such as the inspection's, which may be on its way out
    QTest.mouseClick(bench.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _crash_a_child(others), timeout=_PATIENCE_MS)
    qtbot.waitUntil(lambda: not check.state.is_busy, timeout=_PATIENCE_MS)
    words = "\n".join(label.text() for label in bench.findChildren(QLabel) if label.isVisible())
    assert "What did not work" in words
    assert "SIGSEGV" in words
    assert bench.banner.title() != "GPU proven"
    assert check.state.core.diagnosis is not None
    assert bench.start_button.isEnabled()
    assert check.state.core.report_path is not None
    qtbot.waitUntil(lambda: _living_children() <= before, timeout=10_000)  # the last may still be on its way out
