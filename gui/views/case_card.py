"""A case that came as a file: what was asked, the piece of log, and the supporter's answer with its fix card."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from gpuproof.core.report.case import Case, CaseStep
from gpuproof.core.words import literal, text
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.parts import card, data_label, label, row


def case_card(case: Case) -> QFrame:
    """Make the card. Commands of an answer are shown and copied, never run from here."""
    frame, inside = card()
    inside.addWidget(label(text("Case"), "heading"))
    inside.addWidget(label(text("What was asked"), "section"))
    inside.addWidget(data_label(literal(case.question or "–")))
    if case.log_excerpt:
        inside.addWidget(label(text("Piece of the log"), "section"))
        inside.addWidget(CommandBox(text("Piece of the log"), case.log_excerpt))
    if case.answer is None:
        inside.addWidget(label(text("Not answered yet."), "muted"))
        return frame
    inside.addWidget(label(text("Answer"), "section"))
    inside.addWidget(data_label(literal(case.answer.words)))
    for number, step in enumerate(case.answer.steps, start=1):
        _add(inside, number, step)
    return frame


def _add(inside: QVBoxLayout, number: int, step: CaseStep) -> None:
    inside.addLayout(row(label(literal(f"{number}."), "muted"), data_label(literal(step.words)), spacing=6))
    if step.command:
        inside.addWidget(CommandBox(text("Command of step {number}", number=number), step.command))
    if step.check:
        inside.addWidget(data_label(text("Afterwards: {check}", check=step.check), "small"))
