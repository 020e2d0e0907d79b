"""The fields of one step of an answer: what to do, the command where there is one, and a button to drop it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from gpuproof.core.report.case import CaseStep
from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.answer_presenter import AnswerPresenter
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import button, label


class StepFields(QWidget):
    """Tells the presenter what is typed."""

    def __init__(self, place: int, step: CaseStep, presenter: AnswerPresenter, drop: Callable[[int], object]) -> None:
        super().__init__()
        number = place + 1
        self.words, self.command = QLineEdit(step.words), QLineEdit(step.command or "")
        self.command.setFont(theme.mono())
        speech.put(self.words, text("Step {number}: what to do", number=number), "setAccessibleName")
        speech.put(self.words, text("What to do"), "setPlaceholderText")
        speech.put(self.command, text("Step {number}: the command", number=number), "setAccessibleName")
        speech.put(self.command, text("The command, where there is one"), "setPlaceholderText")
        for field in (self.words, self.command):
            field.setCursorPosition(0)
            field.textEdited.connect(lambda _: presenter.put_step(place, self.words.text(), self.command.text()))
        self.drop_button = button(
            literal(""), lambda: drop(place), icon="cross", kind="quiet",
            says=text("Drop step {number}", number=number),
        )  # fmt: skip
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(theme.px(4))
        grid.addWidget(label(literal(f"{number}."), "muted"), 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.words, 0, 1)
        grid.addWidget(self.command, 1, 1)
        grid.addWidget(self.drop_button, 0, 2)
        grid.setColumnStretch(1, 1)
