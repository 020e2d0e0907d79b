"""One recent report on the home page: verdict as icon and word, what was measured, when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from PySide6.QtCore import QDateTime, QLocale, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy

from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.bench_texts import PROOF_TONES, verdict_word
from gpuproof.gui.presenters.graph_texts import figure
from gpuproof.gui.presenters.recent import RecentReport
from gpuproof.gui.style import speech, theme
from gpuproof.gui.style.colours import Tone
from gpuproof.gui.views.banner import TONE_ICONS
from gpuproof.gui.views.parts import chip, icon_label, is_return, label


class RecentTile(QAbstractButton):
    """A line that opens its report."""

    def __init__(self, report: RecentReport, clicked: Callable[[], object]) -> None:
        super().__init__()
        self._report = report
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tone, words = _verdict(report)
        self._words = words
        device = report.device or report.path.name
        self._when = label(literal(""), "muted")
        parts = [
            icon_label(TONE_ICONS[tone], tone, 20),
            chip(words, tone),
            label(literal(device), "heading"),
            label(_speed(report), "muted"),
        ]
        inside = QHBoxLayout(self)
        inside.setContentsMargins(theme.px(16), theme.px(10), theme.px(16), theme.px(10))
        inside.setSpacing(theme.px(12))
        for part in parts:
            inside.addWidget(part)
        inside.addStretch(1)
        inside.addWidget(self._when)
        for part in (*parts, self._when):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(inside.sizeHint().height())
        self.clicked.connect(lambda _=False: clicked())
        self.retranslate()

    def retranslate(self) -> None:
        """Say the time in the present language's form."""
        when = _when(self._report.made_at)
        speech.put_data(self._when, when)
        self.setAccessibleName(f"{speech.say(self._words)}: {self._report.device or self._report.path.name}, {when}")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press with Return too."""
        if is_return(event):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint the ground."""
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        edge = colours.accent if focused else colours.strong_border if self.underMouse() else colours.border
        painter.setPen(QPen(QColor(edge), 2 if focused else 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
        painter.end()


def _verdict(report: RecentReport) -> tuple[Tone, Text]:
    if report.verdict is not None:
        return PROOF_TONES[report.verdict], verdict_word(report.verdict)
    if report.cause == "healthy":
        return "unknown", text("Inspected")
    return "unknown", text("No benchmark")


def _speed(report: RecentReport) -> Text:
    if report.frames_per_second is None:
        return literal("")
    return text("{speed} frames/s", speed=figure(report.frames_per_second))


def _when(made_at: str) -> str:
    try:
        moment = datetime.strptime(made_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).astimezone()
    except ValueError:
        return made_at
    language = QLocale.Language.Chinese if speech.language() == "zh" else QLocale.Language.English
    form = "yyyy年M月d日 HH:mm" if speech.language() == "zh" else "d MMM yyyy, HH:mm"
    return QLocale(language).toString(QDateTime.fromSecsSinceEpoch(round(moment.timestamp())), form)
