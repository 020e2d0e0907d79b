"""Text and pictures one below the other over as many pages as they need."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPagedPaintDevice, QPainter, QTextLayout, QTextOption
from PySide6.QtSvg import QSvgRenderer

from gpuproof.gui.paper.fonts import font

INK, SOFT, LINE = QColor("#1b1f24"), QColor("#59636e"), QColor("#d1d9e0")


class Flow:
    """A pen that moves down the page; lengths are in pixels of the device's resolution."""

    def __init__(self, device: QPagedPaintDevice, painter: QPainter) -> None:
        self._device, self.painter = device, painter
        self.width, self.height = float(device.width()), float(device.height())
        self.y = 0.0
        self.page = 1

    def room(self, height: float) -> None:
        """Start a new page when so much does not fit on this one."""
        if self.y + height > self.height and self.y > 0:
            self._device.newPage()
            self.page += 1
            self.y = 0.0

    def space(self, height: float) -> None:
        """Leave space, but not at the top of a page."""
        self.y += height if self.y > 0 else 0

    def text(self, words: str, face: QFont, colour: QColor = INK, *, indent: float = 0, keep: float = 0) -> None:
        """Write wrapped text, line by line; ``keep`` is the height that must follow on the same page."""
        for number, (layout, height) in enumerate(wrapped(words, face, self.width - indent)):
            self.room(height + (keep if number == 0 else 0))
            self.painter.setPen(colour)
            layout.draw(self.painter, QPointF(indent, self.y))
            self.y += height

    def row(self, cells: Sequence[str], shares: Sequence[float], face: QFont, colour: QColor = INK) -> None:
        """Write one row of a table, columns by their share of the width, a line below."""
        layouts = [wrapped(cell, face, self.width * share - 12) for cell, share in zip(cells, shares, strict=True)]
        height = max(sum(line for _, line in column) for column in layouts) + 8
        self.room(height)
        x = 0.0
        for column, share in zip(layouts, shares, strict=True):
            y = self.y + 4
            self.painter.setPen(colour)
            for layout, line in column:
                layout.draw(self.painter, QPointF(x, y))
                y += line
            x += self.width * share
        self.y += height
        self.painter.setPen(LINE)
        self.painter.drawLine(QPointF(0, self.y), QPointF(self.width, self.y))

    def picture(self, svg: str, x: float, width: float) -> float:
        """Draw an SVG as vectors at the pen without moving it; return its height."""
        renderer = QSvgRenderer(QByteArray(svg.encode()))
        size = renderer.viewBoxF()
        height = width * size.height() / max(1.0, size.width())
        renderer.render(self.painter, QRectF(x, self.y, width, height))
        return height


def picture_height(svg: str, width: float) -> float:
    """Return how high an SVG of this width will be."""
    size = QSvgRenderer(QByteArray(svg.encode())).viewBoxF()
    return width * size.height() / max(1.0, size.width())


def wrapped(words: str, face: QFont, width: float) -> list[tuple[QTextLayout, float]]:
    """Break text into lines of a width; every line is a layout of its own, so that a page can end between two."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    found: list[tuple[QTextLayout, float]] = []
    for paragraph in words.split("\n"):
        rest = paragraph
        while True:
            first = _line(rest, face, width, option)
            length = first.lineAt(0).textLength() if rest else 0
            found.append((_line(rest[:length].rstrip(), face, width, option), first.lineAt(0).height() * 1.15))
            rest = rest[length:]
            if not rest:
                break
    return found


def _line(words: str, face: QFont, width: float, option: QTextOption) -> QTextLayout:
    layout = QTextLayout(words, face)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    if line.isValid():
        line.setLineWidth(max(width, 20.0))
        line.setPosition(QPointF(0, 0))
    layout.endLayout()
    return layout


def heading(flow: Flow, words: str) -> None:
    """Write a section's heading that stays with what follows."""
    flow.space(22)
    flow.text(words, font(21, bold=True), keep=90)
    flow.space(6)


def mark(painter: QPainter, colour: str, area: QRectF, radius: float = 4) -> None:
    """Fill an area with rounded corners."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(area, radius, radius)
