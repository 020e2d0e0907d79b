"""Small building blocks that every page is made of: labels that never guess rich text, cards, buttons, chips."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gpuproof.core.words import Text, literal
from gpuproof.gui.style import icons, lengths, speech, theme
from gpuproof.gui.style.colours import Tone

_NARROWEST = 90


def is_return(event: QKeyEvent) -> bool:
    """Tell whether Return or Enter was pressed: it presses what has the focus, as people expect of a form."""
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PushButton(QPushButton):
    """A button that Return presses too; Qt does that in dialogs only."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  Qt's name
        """Press with Return; everything else is Qt's."""
        if is_return(event):
            self.click()
        else:
            super().keyPressEvent(event)


def label(words: Text, role: str = "", *, wraps: bool = False, tone: Tone | None = None) -> QLabel:
    """Make a plain-text label; ``role`` picks its look in the style sheet."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if wraps:
        lengths.hold(made, least_width=_NARROWEST)  # its own hint assumes that nobody wants to wrap this early
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if role:
        made.setProperty("role", role)
    if tone is not None:
        made.setProperty("tone", tone)
    speech.put(made, words)
    return made


def data_label(words: Text | None = None, role: str = "", *, wraps: bool = True) -> QLabel:
    """Make a label for findings and values: a person can select and copy it."""
    made = label(words if words is not None else literal(""), role, wraps=wraps)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def icon_label(name: str, role: str = "text", size: int = 18) -> QLabel:
    """Make a picture beside words; it says nothing of its own."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    icons.put_icon(made, name, role, size)
    lengths.hold(made, width=size + 2, height=size + 2)
    return made


def button(
    words: Text,
    clicked: Callable[[], object] | None = None,
    *,
    icon: str | None = None,
    kind: str = "",
    says: Text | None = None,
) -> QPushButton:
    """Make a button; ``says`` is its accessible name where its words are short or missing."""
    made = PushButton()
    speech.put(made, words)
    if kind:
        made.setProperty("kind", kind)
    if icon is not None:
        icons.put_icon(made, icon, "on_accent" if kind == "primary" else "text")
    if says is not None:
        speech.put(made, says, "setAccessibleName")
        speech.put(made, says, "setToolTip")
    if clicked is not None:
        made.clicked.connect(lambda _=False: clicked())
    return made


def rekind(made: QPushButton, kind: str) -> None:
    """Make a button the main one of its page ("primary"), or an ordinary one again ("")."""
    if made.property("kind") != kind:
        made.setProperty("kind", kind)
        icons.retint(made, "on_accent" if kind == "primary" else "text")
        restyle(made)


def chip(words: Text, tone: Tone) -> QLabel:
    """Make a small coloured word."""
    made = label(words, "chip", tone=tone)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def card(*, role: str = "card", margin: int = 20, spacing: int = 10) -> tuple[QFrame, QVBoxLayout]:
    """Make a card and the column inside it."""
    frame = QFrame()
    frame.setProperty("role", role)
    column = QVBoxLayout(frame)
    column.setContentsMargins(*[theme.px(margin)] * 4)
    column.setSpacing(theme.px(spacing))
    return frame, column


def row(*items: QWidget | QLayout | None, spacing: int = 10) -> QHBoxLayout:
    """Lay items out side by side; None stretches."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme.px(spacing))
    _fill(line, items)
    return line


def column(*items: QWidget | QLayout | None, spacing: int = 8) -> QVBoxLayout:
    """Lay items out below each other; None stretches."""
    line = QVBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme.px(spacing))
    _fill(line, items)
    return line


def retone(widget: QWidget, tone: Tone) -> None:
    """Give a widget another tone; the style sheet looks again."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        restyle(widget)
        for child in widget.findChildren(QWidget):
            restyle(child)


def restyle(widget: QWidget) -> None:
    """Make the style sheet look at a widget's properties again."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


class Place(QWidget):
    """A place whose content is made anew as a whole; without any it is hidden.

    The old content stays Qt's until it goes.

    Taking single items out would hand them to Python, whose collector may run in another thread.
    """

    def __init__(self, spacing: int = 16) -> None:
        super().__init__()
        self._spacing = spacing
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._inner: QWidget | None = None
        self.hide()

    def empty(self) -> None:
        """Drop the content and take no room."""
        if self._inner is not None:
            self._outer.removeWidget(self._inner)
            self._inner.hide()
            self._inner.deleteLater()
            self._inner = None
        self.hide()

    def renew(self) -> QVBoxLayout:
        """Drop the content and return an empty column for the new one."""
        self.empty()
        self.show()
        self._inner = QWidget()
        inside = QVBoxLayout(self._inner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(self._spacing))
        self._outer.addWidget(self._inner)
        return inside


def _fill(line: QHBoxLayout | QVBoxLayout, items: tuple[QWidget | QLayout | None, ...]) -> None:
    for item in items:
        if item is None:
            line.addStretch(1)
        elif isinstance(item, QWidget):
            # a label that wraps takes what is left, or it would wrap far too early
            line.addWidget(item, int(isinstance(line, QHBoxLayout) and isinstance(item, QLabel) and item.wordWrap()))
        else:
            line.addLayout(item)
