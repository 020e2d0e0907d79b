"""A window for tests: real widgets offscreen, a scripted checkup behind them, and a clean end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from helpers.wizard import Script
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gpuproof.core.words import Language
from gpuproof.gui.collector import Collector
from gpuproof.gui.context import Context
from gpuproof.gui.presenters.preferences import Preferences
from gpuproof.gui.shell import SMALLEST
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.assembly import Assembly
from gpuproof.gui.views.main_window import MainWindow


@dataclass
class Opened:
    """An open window and what drives it."""

    window: MainWindow
    context: Context

    @property
    def assembly(self) -> Assembly:
        assert self.window._wizard is not None
        return self.window._wizard

    def run_check(self, qtbot: QtBot, timeout: int = 5000) -> None:
        """Start a check on the first step and wait until the machine is inspected and judged."""
        self.window.open_page("start")
        QTest.mouseClick(self.window.page("start").start_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: not self.assembly.check.state.is_busy, timeout=timeout)

    def show_report(self, qtbot: QtBot, path: Path) -> Any:
        """Open a report file and return the page that tells about it, with its text there."""
        self.window.open_report_file(path)
        qtbot.waitUntil(lambda: self.assembly.check.state.core.report is not None)
        self.window.open_page("report")
        page = self.window.page("report")
        qtbot.waitUntil(lambda: page._preview.toPlainText() != "")
        return page


OpenWindow = Callable[..., Opened]


@pytest.fixture
def open_window(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenWindow]:
    """Open windows that are taken down again, with every thread ended."""
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "data"))
    opened: list[Opened] = []
    collector = Collector()

    def make(
        script: Script | None = None,
        language: Language = "en",
        size: tuple[int, int] = (1240, 840),
        *,
        is_real: bool = False,
    ) -> Opened:
        qapp.setStyle("Fusion")
        make_checkup = None if is_real else (script or Script()).make
        context = Context(Preferences(tmp_path / "app.ini"), language, make_checkup)
        theme.apply(qapp, "light")
        window = MainWindow(context)
        window.setMinimumSize(*SMALLEST)
        window.resize(*size)
        window.show()
        window.load_rest()
        opened.append(Opened(window, context))
        return opened[-1]

    yield make
    for one in opened:
        assert one.context.close()
        one.window.take_down()
        one.window.close()
        one.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collector.stop()
    speech.choose("en")
    qapp.setStyleSheet("")
