"""A card that is a button: it paints its ground and its focus ring, and takes Return as well as the space bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from gpuproof.gui.style import theme
from gpuproof.gui.views.parts import is_return


class CardButton(QAbstractButton):
    """Lay parts into ``inside``; ``let_through`` hands clicks on them to the button."""

    def __init__(self, clicked: Callable[[], object], *, margins: tuple[int, int], spacing: int, radius: int) -> None:
        super().__init__()
        self._radius = radius
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.inside = QHBoxLayout(self)
        across, down = theme.px(margins[0]), theme.px(margins[1])
        self.inside.setContentsMargins(across, down, across, down)
        self.inside.setSpacing(theme.px(spacing))
        self.clicked.connect(lambda _=False: clicked())

    def let_through(self, *parts: QWidget) -> None:
        """Let the mouse through to the button."""
        for part in parts:
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Let the layout decide; a bare button has no size of its own."""
        return self.inside.sizeHint()

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
        focused = self.hasFocus()
        edge = colours.accent if focused else colours.strong_border if self.underMouse() else colours.border
        painter.setPen(QPen(QColor(edge), 2 if focused else 1))
        painter.setBrush(QColor(colours.accent_soft if self.isDown() else colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), self._radius, self._radius)
        painter.end()
