"""A command to read, select and copy. It is never run from here."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QWidget

from gpuproof.core.words import Text, literal, text
from gpuproof.gui.style import icons, speech, theme
from gpuproof.gui.views.parts import button

_COPIED_MS = 1500
_MOST_LINES = 12


class CommandBox(QWidget):
    """Lines in a fixed-width font with a copy button that says when it has copied."""

    def __init__(self, name: Text, command: str) -> None:
        super().__init__()
        self._field = QPlainTextEdit(command)
        self._field.setReadOnly(True)
        self._field.setProperty("role", "command")
        self._field.setFont(theme.mono())
        self._field.setFrameShape(QFrame.Shape.NoFrame)
        self._field.setTabChangesFocus(True)
        self._field.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._field.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        speech.put(self._field, name, "setAccessibleName")
        self._copy = button(literal(""), self._copy_all, icon="copy", kind="quiet", says=text("Copy the command"))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(theme.px(6))
        across.addWidget(self._field, 1)
        across.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self._field.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self._fit()

    def command(self) -> str:
        """Return the command as it is copied."""
        return self._field.toPlainText()

    def set_command(self, command: str) -> None:
        """Show another command."""
        self._field.setPlainText(command)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Count the lines again once they are wrapped at the new width."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def follow_look(self) -> None:
        """Take the height of another text size."""
        QTimer.singleShot(0, self, self._fit)

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.command())
        icons.put_icon(self._copy, "check", "ok")
        speech.put(self._copy, text("Copied"), "setAccessibleName")
        QTimer.singleShot(_COPIED_MS, self._copy, self._rest)

    def _rest(self) -> None:
        icons.put_icon(self._copy, "copy")
        speech.put(self._copy, text("Copy the command"), "setAccessibleName")

    def _fit(self) -> None:
        """Take the height of the lines as they are wrapped; long texts scroll."""
        lines = max(1, round(self._field.document().size().height()))
        height = QFontMetrics(self._field.font()).lineSpacing() * min(lines, _MOST_LINES) + theme.px(24)
        policy = Qt.ScrollBarPolicy
        self._field.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if lines > _MOST_LINES else policy.ScrollBarAlwaysOff
        )
        if height != self._field.height():
            self._field.setFixedHeight(height)
