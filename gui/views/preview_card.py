"""The newest synthetic frame of the sample workload."""

from __future__ import annotations

import base64
import binascii

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from gpuproof.core.bench.model import Preview
from gpuproof.core.words import literal, text
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import label, row

_MOST_BYTES = 1 << 20


class Picture(QWidget):
    """Scales a picture into its place, never larger than it is by more than twice."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        speech.put(self, text("Picture of a synthetic frame"), "setAccessibleName")

    def show_picture(self, picture: QPixmap) -> None:
        """Show a picture."""
        self._picture = picture
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return a 16 to 9 size."""
        return QSize(theme.px(288), theme.px(162))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint it in the middle."""
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawPixmap(left, top, size.width(), size.height(), self._picture)
        painter.end()


class PreviewCard(QFrame):
    """Hidden until the first frame arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._has_picture, self._is_allowed = False, True
        self._frame = label(literal(""), "small")
        self._picture = Picture()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(14)] * 4)
        inside.setSpacing(theme.px(6))
        inside.addLayout(row(label(text("Frames being made"), "heading"), None, self._frame))
        inside.addWidget(self._picture, 1)
        inside.addWidget(label(text("Sample workload, random weights: not a meaningful video."), "small", wraps=True))
        self.hide()

    def show_preview(self, preview: Preview) -> None:
        """Show a frame; bytes that are not a PNG are left away."""
        try:
            data = base64.b64decode(preview.png_base64[: _MOST_BYTES * 2], validate=True)
        except (binascii.Error, ValueError):
            return
        picture = QPixmap()
        if len(data) <= _MOST_BYTES and picture.loadFromData(data, "PNG"):
            self._picture.show_picture(picture)
            speech.put(self._frame, text("frame {number}", number=preview.frame))
            self._has_picture = True
            self.setVisible(self._is_allowed)

    def set_allowed(self, allowed: bool) -> None:
        """Leave the card away where there is no room for it."""
        self._is_allowed = allowed
        self.setVisible(allowed and self._has_picture)

    def forget(self) -> None:
        """A new run begins: there is no frame yet."""
        self._has_picture = False
        self.hide()
