"""Bars made with a painter: the stages of a frame, and the ladder of variants. The words carry the figures as well."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gpuproof.core.words import Text
from gpuproof.gui.style import speech, theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its name, its length as a share of the longest, what stands at its end, and its colour's field."""

    name: Text
    share: float
    figure: Text
    colour: str = "gpu_line"
    is_strong: bool = False


class Bars(QWidget):
    """Horizontal bars below each other."""

    _LINE = 30

    def __init__(self, name: Text) -> None:
        super().__init__()
        self._name = name
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show these bars."""
        self._bars = bars
        self.updateGeometry()
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        """Say all bars as one description."""
        self.setAccessibleName(speech.say(self._name))
        lines = (f"{speech.say(bar.name)}: {speech.say(bar.figure)}" for bar in self._bars)
        self.setAccessibleDescription("; ".join(lines))

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return a height for all bars."""
        return QSize(theme.px(320), theme.px(self._LINE) * max(1, len(self._bars)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint names, bars and figures in three columns."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = painter.fontMetrics()
        names = max((metrics.horizontalAdvance(speech.say(bar.name)) for bar in self._bars), default=0)
        figures = max((metrics.horizontalAdvance(speech.say(bar.figure)) for bar in self._bars), default=0)
        names = min(names + theme.px(6), self.width() * 2 // 5)
        figures = min(figures + theme.px(6), self.width() * 2 // 5)
        gap = theme.px(12)
        length = max(10, self.width() - names - figures - 2 * gap)
        for place, bar in enumerate(self._bars):
            self._paint_bar(
                painter, bar, QRectF(names + gap, place * theme.px(self._LINE), length, theme.px(self._LINE))
            )
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: Bar, area: QRectF) -> None:
        colours = theme.colours()
        gap, middle = theme.px(12), Qt.AlignmentFlag.AlignVCenter
        font = painter.font()
        font.setBold(bar.is_strong)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        elide = Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(speech.say(bar.name), elide, round(area.left()) - gap)
        painter.drawText(QRectF(0, area.top(), area.left() - gap, area.height()), middle, name)
        figures = QRectF(area.right() + gap, area.top(), self.width() - area.right() - gap, area.height())
        words = speech.say(bar.figure)
        painter.drawText(figures, middle, painter.fontMetrics().elidedText(words, elide, round(figures.width())))
        track = area.adjusted(0, area.height() * 0.28, 0, -area.height() * 0.28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(track, 4, 4)
        if bar.share <= 0:
            return
        track.setWidth(max(3.0, track.width() * min(1.0, max(0.0, bar.share))))
        painter.setBrush(QColor(str(getattr(colours, bar.colour))))
        painter.drawRoundedRect(track, 4, 4)
