"""A strip above the pages while a report is open: whose it is, and the way out of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.style import icons, speech, theme
from gpuproof.gui.views.parts import button, data_label, icon_label, restyle

SHOWING = ("inspect", "recommend", "benchmark", "report")


class OpenedStrip(QFrame):
    """Hidden while a check of this computer is shown."""

    def __init__(self, close: Callable[[], object]) -> None:
        super().__init__()
        self._icon = icon_label("open", "text", 18)
        self._words, self._doubt = data_label(), data_label()
        self.close_button = button(text("Clos&e the report"), close, icon="cross")
        across = QHBoxLayout(self)
        across.setContentsMargins(theme.px(32), theme.px(8), theme.px(32), theme.px(8))
        across.setSpacing(theme.px(10))
        across.addWidget(self._icon)
        across.addWidget(self._words, 2)
        across.addWidget(self._doubt, 1)
        across.addWidget(self.close_button)
        self._is_opened, self._page = False, "home"
        self.hide()

    def show_page(self, name: str) -> None:
        """Stand above the pages that show the report; elsewhere it would seem to speak of this computer."""
        self._page = name
        self.setVisible(self._is_opened and name in SHOWING)

    def show_state(self, state: CheckState) -> None:
        """Show whose report is open, and whether the file is as it was saved."""
        self._is_opened = state.is_opened
        self.show_page(self._page)
        if not state.is_opened:
            return
        words = text(
            "Report from elsewhere: {file}. Read-only; no fix is offered for a machine that is not this one.",
            file=state.source,
        )
        speech.put(self._words, words if state.is_foreign else text("Opened report: {file}", file=state.source))
        self.setProperty("role", "foreign" if state.is_foreign else "opened")
        icons.put_icon(self._icon, "lock" if state.is_foreign else "open", "warning" if state.is_foreign else "text")
        report = state.core.report
        was_changed = report is not None and report.integrity == "changed"
        changed = text("It was changed or damaged after it was saved.")
        speech.put(self._doubt, changed if was_changed else literal(""))
        self._doubt.setVisible(was_changed)
        for widget in (self, self._words, self._doubt):
            restyle(widget)
