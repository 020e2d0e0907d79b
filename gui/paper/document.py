"""The PDF: A4, text that can be searched, charts as vectors, fonts embedded."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF
from PySide6.QtGui import QColor, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from gpuproof.gui.paper.flow import INK, SOFT, Flow, heading, mark, picture_height
from gpuproof.gui.paper.fonts import font

RESOLUTION = 144  # dots per inch that all lengths are counted in
COLOURS = {"good": "#0a6b44", "doubt": "#8a5200", "bad": "#b42318"}


def draw_document(layout: dict[str, Any]) -> bytes:
    """Return the PDF of a layout: a verdict and blocks (heading, text, note, bullets, rows, code, charts)."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(RESOLUTION)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(16, 15, 16, 15), QPageLayout.Unit.Millimeter)
    writer.setTitle(layout["verdict"])
    writer.setCreator("gpuproof")
    paint_document(writer, layout)
    buffer.close()
    return bytes(data.data())


def paint_document(device: QPagedPaintDevice, layout: dict[str, Any]) -> int:
    """Paint the layout on a device with pages, a file or a printer, and return the number of pages."""
    painter = QPainter(device)
    flow = Flow(device, painter)
    _verdict(flow, layout)
    for block in layout["blocks"]:
        _block(flow, block)
    painter.end()
    return flow.page


def _verdict(flow: Flow, layout: dict[str, Any]) -> None:
    colour = COLOURS[layout["colour"]]
    mark(flow.painter, colour, QRectF(0, 0, flow.width, 8), 0)
    flow.y = 22
    flow.text("gpuproof", font(15, bold=True), SOFT)
    flow.text(layout["verdict"], font(32, bold=True), QColor(colour))
    if layout["summary"]:
        flow.text(layout["summary"], font(18))
    flow.text(layout["made"], font(14), SOFT)


def _block(flow: Flow, block: dict[str, Any]) -> None:
    kind = block["kind"]
    if kind == "heading":
        heading(flow, block["text"])
    elif kind == "text":
        flow.text(block["text"], font(15.5, bold=block.get("bold", False)), INK)
    elif kind == "note":
        flow.text(block["text"], font(13.5), SOFT)
    elif kind == "bullets":
        for line in block["lines"]:
            flow.text("•  " + line, font(15), INK, indent=14)
    elif kind == "code":
        flow.space(3)
        flow.text(block["text"], font(13.5, mono=True), INK, indent=18)
        flow.space(3)
    elif kind == "rows":
        for number, row in enumerate(block["rows"]):
            is_head = number == 0 and block.get("head", False)
            flow.row(row, block["shares"], font(13.5, bold=is_head), SOFT if is_head else INK)
    elif kind == "charts":
        _charts(flow, block["charts"])


def _charts(flow: Flow, charts: list[list[str]]) -> None:
    """Draw charts two abreast, each below its title."""
    width = flow.width / 2 - 12
    for start in range(0, len(charts), 2):
        pair = charts[start : start + 2]
        flow.room(max(picture_height(svg, width) for _, svg in pair) + 54)
        top, deepest = flow.y, 0.0
        for column, (title, svg) in enumerate(pair):
            flow.painter.save()
            flow.painter.translate(column * (width + 24), 0)
            flow.y = top + 4
            whole, flow.width = flow.width, width
            flow.text(title, font(13.5, bold=True))
            flow.width = whole
            flow.y += 4
            deepest = max(deepest, flow.y + flow.picture(svg, 0, width))
            flow.painter.restore()
        flow.y = deepest + 12
