"""Notes on a link: what slows a program down or may end it, plainly told apart from a fault."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from gpuproof.core.diagnose.notes import Note
from gpuproof.core.words import text
from gpuproof.gui.style import theme
from gpuproof.gui.views.finding_card import add_step, bullet
from gpuproof.gui.views.parts import card, data_label, label


def notes_card(notes: tuple[Note, ...], *, read_only: bool = False) -> QFrame:
    """Make one card of all of them; ``read_only`` leaves the commands out, for somebody else's machine."""
    frame, inside = card()
    inside.addWidget(label(text("Also good to know; none of it is the cause of a fault:"), "section", wraps=True))
    for note in notes:
        inside.addSpacing(theme.px(4))
        inside.addWidget(data_label(note.title, "heading"))
        for line in note.evidence:
            inside.addLayout(bullet(line))
        for number, step in enumerate(note.steps, start=1):
            add_step(inside, number, step, with_command=not read_only)
    return frame
