"""The window's frame, made of next to nothing: it paints its ground and its list at once, then takes the content in.

Nothing of the product is imported here but the colours, so that the window stands before the rest is loaded.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from gpuproof.gui.style.colours import Colours

SIZE = (1240, 840)
SMALLEST = (920, 620)
_LIST_WIDTH = 216


class Shell(QMainWindow):
    """Emits ``painted`` once after its first paint, and ``closing`` when a person closes the window."""

    painted = Signal()
    closing = Signal()

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours: Colours | None = colours
        self._was_painted = False
        self.setWindowTitle("gpuproof")
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)

    def take_in(self, content: QWidget) -> None:
        """Show the content in place of the first picture."""
        self._colours = None
        self.setCentralWidget(content)

    def fit_text(self, scale: float) -> None:
        """Stay as wide as words of that size need, as far as the screen goes."""
        wanted = round(SMALLEST[0] * scale)
        self.setMinimumWidth(max(SMALLEST[0], min(wanted, self.screen().availableSize().width())))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the ground and the list's ground until the content is there."""
        super().paintEvent(event)
        colours = self._colours
        if colours is not None:
            painter = QPainter(self)
            painter.fillRect(0, 0, self.width(), self.height(), QColor(colours.window))
            painter.fillRect(0, 0, _LIST_WIDTH, self.height(), QColor(colours.sidebar))
            painter.end()
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  Qt's name
        """Let the session end what still runs."""
        event.accept()
        self.closing.emit()
