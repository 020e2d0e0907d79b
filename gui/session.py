"""One window from opening to closing: the look, the presenters, and the order in which all of it is taken down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from gpuproof.core.words import Language
from gpuproof.gui.collector import Collector
from gpuproof.gui.context import Context
from gpuproof.gui.presenters.preferences import Preferences
from gpuproof.gui.style import icons, theme
from gpuproof.gui.views.main_window import MainWindow


class Session(QObject):
    """Owns the window and the presenters. ``close`` may be called in the middle of anything."""

    def __init__(self, application: QApplication, language: Language | None, preferences_file: Path | None) -> None:
        super().__init__()
        self._application = application
        self._collector = Collector()
        self.context = Context(Preferences(preferences_file), language)
        self._put_look_on()
        self.window: MainWindow | None = MainWindow(self.context)
        self.window.closing.connect(self._begin_to_close)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_look_changed)

    def open(
        self,
        *,
        page: str | None = None,
        file: Path | None = None,
        replay: bool = False,
        when_open: Callable[[object], None] | None = None,
    ) -> None:
        """Show the window; the rest is loaded after its first paint."""
        assert self.window is not None
        self._application.setQuitOnLastWindowClosed(False)
        self.window.restore()
        self.window.show()
        QTimer.singleShot(0, self, lambda: self._after_paint(page, file, replay, when_open))

    def close(self) -> None:
        """End the presenters' work, wait for it, and take the window down before Qt goes."""
        self.context.close()
        QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._system_look_changed)
        if self.window is not None:
            self.window.take_down()
            self.window.deleteLater()
            self.window = None
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._collector.stop()

    def _after_paint(
        self, page: str | None, file: Path | None, replay: bool, when_open: Callable[[object], None] | None
    ) -> None:
        if self.window is None:
            return
        self._application.setWindowIcon(QIcon(icons.pixmap("gpuproof", "#000000", 64)))
        self.window.load_rest()
        self._collector.settle()
        if file is not None:
            self.window.open_report_file(file, replay=replay)
        elif page is not None:
            self.window.open_page(page)
        if when_open is not None:
            when_open(self.window)

    def _begin_to_close(self) -> None:
        self._application.exit(0)

    def _system_look_changed(self) -> None:
        if self.context.preferences.look == "system":
            self._put_look_on()
            if self.window is not None:
                self.window.follow_look()

    def _put_look_on(self) -> None:
        look = self.context.preferences.look
        name = theme.system_theme() if look == "system" else look
        theme.apply(self._application, name, self.context.preferences.text_scale)
