"""A quiet button that opens the help at a place; it looks for whoever can open it among its ancestors."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from gpuproof.core.words import Text
from gpuproof.gui.views.parts import button


def help_link(words: Text, link: str) -> QPushButton:
    """Make the button; ``link`` is a page of the help with a place in it, such as findings.md#cpu_wheel."""
    made = button(words, icon="help", kind="quiet")
    made.clicked.connect(lambda _=False: _open(made, link))
    return made


def _open(made: QPushButton, link: str) -> None:
    ancestor = made.parentWidget()
    while ancestor is not None:
        open_help = getattr(ancestor, "open_help", None)
        if open_help is not None:
            open_help(link)
            return
        ancestor = ancestor.parentWidget()
