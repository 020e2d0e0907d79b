"""A forest plot: one line per figure, a dot for the ratio, a bar for its interval, and the line of no change."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gpuproof.core.words import text
from gpuproof.gui.presenters.compare_presenter import ForestRow
from gpuproof.gui.presenters.graph_texts import figure
from gpuproof.gui.style import speech, theme

_LINE, _HEAD, _FOOT = 40, 30, 34
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.25, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


class ForestPlot(QWidget):
    """Ratios on a logarithmic axis; right of the line is better."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ForestRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def show_rows(self, rows: tuple[ForestRow, ...]) -> None:
        """Show these rows."""
        self._rows = rows
        self.updateGeometry()
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        """Say every row to a screen reader."""
        self.setAccessibleName(speech.say(text("Ratios with their 95 % intervals")))
        self.setAccessibleDescription("; ".join(_sentence(row) for row in self._rows))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return a height for all rows."""
        return QSize(theme.px(640), theme.px(_HEAD + _FOOT + _LINE * max(1, len(self._rows))))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint heads, axis and rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reach = max([0.1, *(abs(math.log(end)) for row in self._rows for end in (row.low, row.high))]) * 1.1
        left, right = self.width() * 0.42, self.width() * 0.82
        area = QRectF(left, theme.px(_HEAD), right - left, self.height() - theme.px(_HEAD + _FOOT))
        self._paint_axis(painter, area, reach)
        for place, row in enumerate(self._rows):
            line = QRectF(0, area.top() + place * theme.px(_LINE), self.width(), theme.px(_LINE))
            self._paint_row(painter, row, line, area, reach)
        painter.end()

    def _paint_axis(self, painter: QPainter, area: QRectF, reach: float) -> None:
        colours = theme.colours()
        painter.setPen(QColor(colours.muted))
        head = QRectF(area.left(), 0, area.width(), theme.px(_HEAD))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, speech.say(text("← slower")))
        painter.drawText(head, Qt.AlignmentFlag.AlignRight, speech.say(text("faster →")))
        for tick in _ticks(reach):
            x = _place(tick, area, reach)
            is_middle = tick == 1.0
            painter.setPen(
                QPen(QColor(colours.strong_border if is_middle else colours.border), 1.5 if is_middle else 1)
            )
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(QColor(colours.muted))
            words = f"× {tick:g}"
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.drawText(QPointF(x - width / 2, area.bottom() + theme.px(20)), words)

    def _paint_row(self, painter: QPainter, row: ForestRow, line: QRectF, area: QRectF, reach: float) -> None:
        colours, middle = theme.colours(), line.center().y()
        left_half = QRectF(0, line.top(), area.left() * 0.42, line.height())
        figures = QRectF(left_half.right(), line.top(), area.left() * 0.56, line.height())
        vertical = Qt.AlignmentFlag.AlignVCenter
        metrics, elide = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        painter.setPen(QColor(colours.text))
        painter.drawText(
            left_half, vertical, metrics.elidedText(speech.say(row.name), elide, int(left_half.width()) - 6)
        )
        painter.setPen(QColor(colours.muted))
        change = f"{speech.say(row.before)} → {speech.say(row.after)}"
        painter.drawText(figures, vertical, metrics.elidedText(change, elide, int(figures.width()) - 6))
        colour = QColor(colours.of(row.tone))
        painter.setPen(QPen(colour, 2))
        low, high = (_place(end, area, reach) for end in (row.low, row.high))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        for end in (low, high):
            painter.drawLine(QPointF(end, middle - 5), QPointF(end, middle + 5))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(_place(row.ratio, area, reach), middle), 5, 5)
        verdict = QRectF(area.right() + theme.px(14), line.top(), self.width() - area.right(), line.height())
        painter.drawText(verdict, vertical, speech.say(row.verdict))


def _sentence(row: ForestRow) -> str:
    parts = (
        speech.say(row.name),
        speech.say(row.verdict),
        f"{figure(row.ratio)} ({figure(row.low)}–{figure(row.high)})",
    )
    return ", ".join(parts)


def _place(ratio: float, area: QRectF, reach: float) -> float:
    share = (math.log(ratio) / reach + 1) / 2
    return area.left() + area.width() * min(1.0, max(0.0, share))


def _ticks(reach: float) -> list[float]:
    """Return at most seven ticks, always with the line of no change."""
    seen = [tick for tick in _TICKS if abs(math.log(tick)) <= reach]
    while len(seen) > 7:
        middle = seen.index(1.0)
        seen = [tick for place, tick in enumerate(seen) if (place - middle) % 2 == 0]
    return seen
