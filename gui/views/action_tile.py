"""A large thing to click: icon, name, and one line that says what will happen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from gpuproof.core.words import Text
from gpuproof.gui.style import speech
from gpuproof.gui.views.card_button import CardButton
from gpuproof.gui.views.parts import column, icon_label, label


class ActionTile(CardButton):
    """A card that is a button."""

    def __init__(self, icon: str, title: Text, words: Text, clicked: Callable[[], object]) -> None:
        super().__init__(clicked, margins=(18, 18), spacing=14, radius=12)
        picture = icon_label(icon, "accent", 26)
        name, says = label(title, "heading", wraps=True), label(words, "muted", wraps=True)
        self.inside.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        self.inside.addLayout(column(name, says, None, spacing=4), 1)
        self.let_through(picture, name, says)
        speech.put(self, title, "setAccessibleName")
        speech.put(self, words, "setAccessibleDescription")
