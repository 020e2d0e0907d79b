"""One window from opening to closing: the look, the presenters, and the order in which all of it is taken down.

Imports stay light: whatever the first paint does not need is imported after it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gpuproof.gui.presenters.preferences import Preferences
from gpuproof.gui.shell import Shell
from gpuproof.gui.style.colours import PALETTES

if TYPE_CHECKING:
    from gpuproof.core.words import Language
    from gpuproof.gui.collector import Collector
    from gpuproof.gui.context import Context
    from gpuproof.gui.views.main_window import MainWindow

_LATEST_MS = 400  # a window that is opened minimised is never painted


class Session(QObject):
    """Owns the window and the presenters. ``close`` may be called in the middle of anything."""

    def __init__(self, application: QApplication, language: Language | None, preferences_file: Path | None) -> None:
        super().__init__()
        self._application = application
        self._language = language
        self._preferences = Preferences(preferences_file)
        self._then: Callable[[MainWindow], None] = lambda window: None
        self._collector: Collector | None = None
        self.context: Context | None = None
        self.window: MainWindow | None = None
        look = self._preferences.look
        is_dark = look == "dark" or (look == "system" and _is_dark())
        self.shell = Shell(PALETTES["dark" if is_dark else "light"])
        self.shell.painted.connect(lambda: QTimer.singleShot(0, self, self._fill))
        self.shell.closing.connect(self._begin_to_close)

    def open(
        self,
        *,
        page: str | None = None,
        file: Path | None = None,
        replay: bool = False,
        when_open: Callable[[MainWindow], None] | None = None,
    ) -> None:
        """Show the window; the rest is loaded after its first paint."""
        self._application.setQuitOnLastWindowClosed(False)

        def then(window: MainWindow) -> None:
            if file is not None:
                window.open_report_file(file, replay=replay)
            elif page is not None:
                window.open_page(page)
            if when_open is not None:
                when_open(window)

        self._then = then
        place = self._preferences.geometry
        if place is not None:
            self.shell.restoreGeometry(place)
        self.shell.show()
        QTimer.singleShot(_LATEST_MS, self, self._fill)

    def close(self) -> None:
        """End the presenters' work, wait for it, and take the window down before Qt goes."""
        if self.context is not None:
            self.context.close()
            QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._system_look_changed)
        self._preferences.geometry = self.shell.saveGeometry()
        self._preferences.save()
        if self.window is not None:
            self.window.take_down()
            self.window = None
        self.shell.hide()
        self.shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if self._collector is not None:
            self._collector.stop()

    def _fill(self) -> None:
        """Load the product and put the content into the window, once."""
        if self.window is not None or not self.shell.isVisible():
            return
        from gpuproof.gui.collector import Collector
        from gpuproof.gui.context import Context
        from gpuproof.gui.views.main_window import MainWindow

        self._collector = Collector()
        self.context = Context(self._preferences, self._language)
        self._put_look_on()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_look_changed)
        self.window = MainWindow(self.context)
        self.shell.take_in(self.window)
        self.shell.fit_text(self._preferences.text_scale)
        self.window.retranslate()
        self.window.focus_first()
        QTimer.singleShot(0, self, self._finish)

    def _finish(self) -> None:
        """Load what the first page did not need, and do what was asked for."""
        from gpuproof.gui.style import icons

        if self.window is None or self._collector is None:
            return
        self._application.setWindowIcon(icons.application_icon())
        self.window.load_rest()
        self._collector.settle()
        self._then(self.window)
        self._close_later()

    def _close_later(self) -> None:
        """Close by itself where ``GPUPROOF_CLOSE_AFTER_S`` asks for it: packagers try the app out that way."""
        try:
            wanted_s = float(os.environ.get("GPUPROOF_CLOSE_AFTER_S", ""))
        except ValueError:
            return
        if 0 <= wanted_s < 1e6:
            QTimer.singleShot(round(1000 * wanted_s), self.shell, self.shell.close)

    def _begin_to_close(self) -> None:
        self._application.exit(0)

    def _system_look_changed(self) -> None:
        if self._preferences.look == "system":
            self._put_look_on()
            if self.window is not None:
                self.window.follow_look()

    def _put_look_on(self) -> None:
        from gpuproof.gui.style import theme

        look = self._preferences.look
        name = theme.system_theme() if look == "system" else look
        theme.apply(self._application, name, self._preferences.text_scale)


def _is_dark() -> bool:
    """Guess the system's look from its palette, which costs nothing; the real answer follows with the content."""
    return QGuiApplication.palette().window().color().lightness() < 128
