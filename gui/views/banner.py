"""The verdict in one glance: an icon, a word, a sentence; the colour only repeats what the word says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gpuproof.core.words import Text, literal
from gpuproof.gui.style import icons, speech, theme
from gpuproof.gui.style.colours import Tone
from gpuproof.gui.views.parts import column, icon_label, label, retone

TONE_ICONS: dict[Tone, str] = {
    "ok": "check",
    "warning": "warning",
    "bad": "cross",
    "unknown": "question",
    "accent": "info",
}


class Banner(QFrame):
    """A coloured strip with icon, title and one sentence; further widgets may stand at its right end."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setProperty("tone", "unknown")
        self._icon = icon_label("question", "unknown", 30)
        self._title = label(literal(""), "title", wraps=True)
        self._words = label(literal(""), "", wraps=True)
        across = QHBoxLayout(self)
        across.setContentsMargins(*[theme.px(20)] * 4)
        across.setSpacing(theme.px(16))
        across.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(column(self._title, self._words, spacing=4), 1)
        self._across = across

    def show_verdict(self, tone: Tone, title: Text, words: Text) -> None:
        """Show a verdict; the accessible name says it as one sentence."""
        icons.put_icon(self._icon, TONE_ICONS[tone], tone, 30)
        self._title.setProperty("tone", tone)
        speech.put(self._title, title)
        speech.put(self._words, words)
        self._words.setVisible(bool(speech.say(words)))
        speech.put(self, title, "setAccessibleName")
        speech.put(self, words, "setAccessibleDescription")
        retone(self, tone)

    def add(self, widget: QWidget) -> None:
        """Put a widget at the right end."""
        self._across.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def title(self) -> str:
        """Return the words of the title as shown."""
        return self._title.text()
