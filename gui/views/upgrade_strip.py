"""On the home page, after a driver upgrade: check again, and compare with the state before."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.upgrade_presenter import UpgradeState
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import button, icon_label, label, row


class UpgradeStrip(QFrame):
    """Hidden unless another driver runs than when the snapshot was kept."""

    check_asked = Signal()
    compare_asked = Signal()
    whole_asked = Signal()
    drop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setProperty("tone", "accent")
        self._words = label(literal(""), "heading", wraps=True)
        self._how = label(literal(""), wraps=True)
        self.check_button = button(text("Check again"), self.check_asked.emit, icon="play")
        self.compare_button = button(text("Compare the newest report with it"), self.compare_asked.emit, icon="compare")
        self.whole_button = button(text("Show the whole comparison"), self.whole_asked.emit, icon="compare")
        self.drop_button = button(text("Forget the snapshot"), self.drop_asked.emit, kind="quiet")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(16)] * 4)
        inside.addLayout(row(icon_label("info", "accent", 22), self._words))
        inside.addWidget(self._how)
        inside.addLayout(row(self.check_button, self.compare_button, self.whole_button, self.drop_button, None))
        self.hide()

    def show_state(self, state: UpgradeState) -> None:
        """Show that the driver was changed, and once it was judged, what that did."""
        self.setVisible(state.before is not None)
        changed = text("The driver was changed since the snapshot with {driver}.", driver=state.driver_before)
        speech.put(self._words, state.verdict or state.problem or changed)
        more = state.how or (state.hint if state.problem is not None else None)
        self._how.setVisible(more is not None)
        self.whole_button.setVisible(state.verdict is not None)
        self.compare_button.setVisible(state.verdict is None)
        speech.put(self._how, more or literal(""))
