"""The PDF: A4, text that can be searched, charts as vectors, fonts embedded; the same layout gives the same bytes."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QUuid
from PySide6.QtGui import QColor, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter

from gpuproof.gui.paper.flow import INK, SOFT, Flow, heading, mark, picture_height
from gpuproof.gui.paper.fonts import font

RESOLUTION = 144  # dots per inch that all lengths are counted in
_DATES = (
    re.compile(rb"(\(D:)\d{14}(Z\))"),
    re.compile(rb'(Date=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00")'),
)
# Radicals that share their glyph with a character and have no decomposition (Unicode, EquivalentUnifiedIdeograph.txt).
_ALIKE = {
    0x2E9C: "日", 0x2E9D: "月", 0x2E9F: "母", 0x2EA0: "民", 0x2EC4: "西", 0x2EC5: "见", 0x2EC6: "角", 0x2EC9: "贝",
    0x2ECB: "车", 0x2ED3: "长", 0x2ED4: "门", 0x2ED8: "青", 0x2ED9: "韦", 0x2EDA: "页", 0x2EDB: "风", 0x2EDC: "飞",
    0x2EDD: "食", 0x2EE2: "马", 0x2EE3: "骨", 0x2EE4: "鬼", 0x2EE5: "鱼", 0x2EE6: "鸟", 0x2EE7: "卤", 0x2EE8: "麦",
    0x2EE9: "黄", 0x2EEC: "齐", 0x2EEE: "齿", 0x2EF0: "龙", 0x2EF3: "龟",
}  # fmt: skip
_CHARACTER_MAP = re.compile(rb"(?s)> \[(?: *<[0-9A-F]{4,}>)+ *\]")
_RADICAL = re.compile(rb"<((?:2[EF]|F[9A])[0-9A-F]{2})>")
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
    writer.setDocumentId(QUuid(str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(layout, sort_keys=True)))))
    paint_document(writer, layout)
    buffer.close()
    return _searchable(_dated(bytes(data.data()), layout["dated"]))


def _dated(data: bytes, moment: str) -> bytes:
    """Put the report's time (``2026-11-21T12:00:00``) where Qt writes that of the drawing; no length changes."""
    for pattern, words in zip(_DATES, (re.sub(r"\D", "", moment), moment), strict=True):
        data = pattern.sub(rb"\g<1>" + words.encode() + rb"\g<2>", data)
    return data


def _searchable(data: bytes) -> bytes:
    """Let a glyph that several characters share stand for the usual one: Qt writes the radical U+2F2F for U+5DE5."""
    return _CHARACTER_MAP.sub(lambda found: _RADICAL.sub(_usual, found[0]), data)


def _usual(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16)
    usual = _ALIKE.get(code) or unicodedata.normalize("NFKC", chr(code))
    return f"<{ord(usual):04X}>".encode() if len(usual) == 1 and ord(usual) <= 0xFFFF else found[0]


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
