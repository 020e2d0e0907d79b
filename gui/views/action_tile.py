"""A large thing to click: icon, name, and one line that says what will happen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy

from gpuproof.core.words import Text
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import column, icon_label, is_return, label


class ActionTile(QAbstractButton):
    """A card that is a button."""

    def __init__(self, icon: str, title: Text, words: Text, clicked: Callable[[], object]) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        picture = icon_label(icon, "accent", 26)
        name, says = label(title, "heading", wraps=True), label(words, "muted", wraps=True)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(*[theme.px(18)] * 4)
        inside.setSpacing(theme.px(14))
        inside.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(column(name, says, None, spacing=4), 1)
        for part in (picture, name, says):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        speech.put(self, title, "setAccessibleName")
        speech.put(self, words, "setAccessibleDescription")
        self.clicked.connect(lambda _=False: clicked())

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Let the layout decide; a bare button has no size of its own."""
        inside = self.layout()
        return inside.sizeHint() if inside is not None else super().sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press with Return too."""
        if is_return(event):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the ground; the labels paint themselves."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused, hovered = self.hasFocus(), self.underMouse()
        pen_colour = colours.accent if focused else colours.strong_border if hovered else colours.border
        painter.setPen(QPen(QColor(pen_colour), 2 if focused else 1))
        painter.setBrush(QColor(colours.accent_soft if self.isDown() else colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        painter.end()
