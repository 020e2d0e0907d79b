"""The summary card: one picture of 1200 x 630 pixels for a chat or an issue."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QImageWriter, QPainter

from gpuproof.gui.paper.document import COLOURS
from gpuproof.gui.paper.flow import INK, LINE, SOFT, mark
from gpuproof.gui.paper.fonts import font

WIDTH, HEIGHT = 1200, 630
_MARGIN = 56.0


def draw_card(layout: dict[str, Any]) -> bytes:
    """Return the PNG of a layout: verdict, up to three figures, the layers of the proof, where it comes from."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    colour = COLOURS[layout["colour"]]
    mark(painter, colour, QRectF(0, 0, WIDTH, 14), 0)
    _words(painter, "gpuproof", font(26, bold=True), SOFT, _area(44, 40))
    _words(painter, layout["verdict"], font(54, bold=True), QColor(colour), _area(84, 78))
    _words(painter, layout["summary"], font(28), INK, _area(166, 44))
    _figures(painter, layout["figures"][:3])
    _layers(painter, layout["layers"][:3])
    _words(painter, layout["footer"], font(22), SOFT, _area(566, 36))
    painter.end()
    return _png(image)


def _figures(painter: QPainter, figures: list[dict[str, str]]) -> None:
    width = (WIDTH - 2 * _MARGIN - 40) / 3
    for column, figure in enumerate(figures):
        x = _MARGIN + column * (width + 20)
        painter.setPen(LINE)
        painter.setBrush(QColor("#f6f8fa"))
        painter.drawRoundedRect(QRectF(x, 234, width, 196), 14, 14)
        inside = width - 44
        _words(painter, figure["label"], font(23, bold=True), INK, QRectF(x + 22, 250, inside, 36))
        _words(painter, figure["value"], font(58, bold=True), INK, QRectF(x + 22, 288, inside, 76))
        _words(painter, figure["unit"], font(23), SOFT, QRectF(x + 22, 360, inside, 32))
        _words(painter, figure["interval"], font(20), SOFT, QRectF(x + 22, 392, inside, 30))


def _layers(painter: QPainter, layers: list[dict[str, str]]) -> None:
    width = (WIDTH - 2 * _MARGIN) / 3
    for column, layer in enumerate(layers):
        x = _MARGIN + column * width
        mark(painter, COLOURS[layer["colour"]], QRectF(x, 470, 26, 26), 13)
        _words(painter, layer["name"], font(25, bold=True), INK, QRectF(x + 40, 462, width - 50, 40))
        _words(painter, layer["state"], font(22), SOFT, QRectF(x + 40, 500, width - 50, 36))


def _words(painter: QPainter, words: str, face: QFont, colour: QColor, area: QRectF) -> None:
    """Write one line, cut with an ellipsis where it is too long."""
    painter.setFont(face)
    painter.setPen(colour)
    shown = QFontMetricsF(face).elidedText(" ".join(words.split()), Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def _area(y: float, height: float) -> QRectF:
    return QRectF(_MARGIN, y, WIDTH - 2 * _MARGIN, height)


def _png(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    buffer.close()
    return bytes(data.data())
