"""What runs now: words, a bar, an estimate, and a way to stop it that asks first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout, QWidget

from gpuproof.core.words import Text, literal, text
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import button, label, row


class RunningStrip(QFrame):
    """Emits ``cancel_confirmed`` after the question was answered with yes; nothing opens in a window of its own."""

    cancel_confirmed = Signal()

    def __init__(self, cancel_words: Text | None = None) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._words = label(literal(""), "heading", wraps=True)
        self._remaining = label(literal(""), "muted")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        speech.put(self.bar, text("Progress"), "setAccessibleName")
        self.cancel_button = button(cancel_words or text("&Cancel"), self.ask, icon="stop")
        self._question = self._make_question()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(theme.px(20), theme.px(14), theme.px(20), theme.px(16))
        inside.setSpacing(theme.px(10))
        inside.addLayout(row(self._words, self._remaining, self.cancel_button, spacing=14))
        inside.addWidget(self.bar)
        inside.addWidget(self._question)
        self._stop_asking()
        self.hide()

    def show_running(self, words: Text, fraction: float | None, remaining: Text | None, *, stops: bool) -> None:
        """Show what runs; a fraction of None moves without an end in sight. ``stops``: a cancel is under way."""
        speech.put(self._words, text("Stopping…") if stops else words)
        speech.put(self._remaining, remaining if remaining is not None and not stops else literal(""))
        if fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * min(1.0, max(0.0, fraction))))
        self.cancel_button.setEnabled(not stops)
        if stops:
            self._stop_asking()
        if self.isHidden():
            self.show()
            if self.isVisible() and self.cancel_button.isEnabled():  # what was pressed to start it is gone or disabled
                self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def rest(self) -> None:
        """Hide; nothing runs."""
        self._stop_asking()
        self.hide()

    @Slot()
    def ask(self) -> None:
        """Ask whether to stop."""
        if self.isVisible() and self.cancel_button.isEnabled():
            self._question.show()
            self.no_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_question(self) -> QWidget:
        self.yes_button = button(text("Stop it"), self._confirm, kind="primary")
        self.no_button = button(text("Go on"), self._stop_asking)
        holder = QWidget()
        words = label(text("Really stop? What was found so far stays."), wraps=True)
        holder.setLayout(row(words, self.yes_button, self.no_button))
        return holder

    def _stop_asking(self) -> None:
        self._question.hide()

    def _confirm(self) -> None:
        self._stop_asking()
        self.cancel_confirmed.emit()
