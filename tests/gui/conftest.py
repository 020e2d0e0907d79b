"""A window for tests: real widgets offscreen, a scripted checkup behind them, and a clean end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from helpers.wizard import Script
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

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
