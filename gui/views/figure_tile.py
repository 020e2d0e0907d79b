"""A large figure with its unit, and below it what it means and how sure it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from gpuproof.core.words import Text, literal
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import data_label, label


class FigureTile(QFrame):
    """One figure. Before there is one it shows a dash, never a zero."""

    def __init__(self, name: Text, unit: Text) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        self._name = label(name, "small")
        self._figure = data_label(literal("–"), "figure", wraps=False)
        self._unit = label(unit, "unit")
        self._note = data_label(literal(" "), "small")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(theme.px(18), theme.px(14), theme.px(18), theme.px(14))
        inside.setSpacing(theme.px(2))
        across = QHBoxLayout()
        across.setSpacing(theme.px(8))
        across.addWidget(self._figure)
        across.addWidget(self._unit, 1, Qt.AlignmentFlag.AlignBottom)
        inside.addWidget(self._name)
        inside.addLayout(across)
        inside.addWidget(self._note)
        inside.addStretch(1)
        self._title = name
        self.retranslate()

    def show_figure(self, figure: str, note: Text | None = None, unit: Text | None = None) -> None:
        """Show a figure that a presenter formatted, and what is to be said about it."""
        speech.put_data(self._figure, figure)
        if unit is not None:
            speech.put(self._unit, unit)
        speech.put(self._note, note if note is not None else literal(" "))
        self.retranslate()

    def retranslate(self) -> None:
        """Say the figure as one sentence to a screen reader."""
        self.setAccessibleName(f"{speech.say(self._title)}: {self._figure.text()} {self._unit.text()}")

    def figure(self) -> str:
        """Return the figure as shown."""
        return self._figure.text()
