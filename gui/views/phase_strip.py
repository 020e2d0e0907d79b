"""The phases of a watched program as a coloured strip: on the GPU, on the CPU, waiting; the words stand below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gpuproof.core.words import Text, text
from gpuproof.gui.style import speech, theme

if TYPE_CHECKING:
    from gpuproof.core.watch.model import Phase

_KINDS: dict[str, tuple[str, Text]] = {
    "gpu": ("gpu_line", text("on the GPU")),
    "cpu": ("cpu_line", text("on the CPU")),
    "waits": ("border", text("waiting")),
    "start": ("strong_border", text("starting")),
    "unknown": ("unknown_soft", text("unknown")),
}


class PhaseStrip(QWidget):
    """One bar over the whole time, with a legend that carries the shares."""

    def __init__(self) -> None:
        super().__init__()
        self._phases: tuple[Phase, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def show_phases(self, phases: Sequence[Phase]) -> None:
        """Show these phases."""
        self._phases = tuple(phases)
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        """Say the shares as one sentence."""
        self.setAccessibleName(speech.say(text("What the program did over time")))
        self.setAccessibleDescription(", ".join(words for _, words in self._legend()))

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Return the height of the bar and its legend."""
        return QSize(theme.px(400), theme.px(58))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the bar and the legend."""
        if not self._phases:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start, end = self._phases[0].start_s, max(self._phases[-1].end_s, self._phases[0].start_s + 0.1)
        scale = self.width() / (end - start)
        painter.setPen(Qt.PenStyle.NoPen)
        for phase in self._phases:
            painter.setBrush(_colour(phase.kind))
            left, right = (phase.start_s - start) * scale, (phase.end_s - start) * scale
            painter.drawRoundedRect(QRectF(left, 0, max(2.0, right - left - 1), theme.px(24)), 3, 3)
        x = 0.0
        for kind, words in self._legend():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_colour(kind))
            painter.drawRoundedRect(QRectF(x, theme.px(38), theme.px(12), theme.px(12)), 3, 3)
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(round(x) + theme.px(18), theme.px(49), words)
            x += theme.px(42) + painter.fontMetrics().horizontalAdvance(words)
        painter.end()

    def _legend(self) -> list[tuple[str, str]]:
        whole = sum(phase.end_s - phase.start_s for phase in self._phases) or 1.0
        found = []
        for kind, (_, words) in _KINDS.items():
            share = sum(phase.end_s - phase.start_s for phase in self._phases if phase.kind == kind) / whole
            if share > 0:
                found.append((kind, f"{speech.say(words)} {100 * share:.0f} %"))
        return found


def _colour(kind: str) -> QColor:
    return QColor(str(getattr(theme.colours(), _KINDS.get(kind, _KINDS["unknown"])[0])))
