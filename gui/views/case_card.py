"""A case that came as a file: what was asked, the piece of log, and the supporter's answer with its fix card."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gpuproof.core.report.case import Case, CaseStep
from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.fix_presenter import FixPresenter, FixState
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.parts import button, card, data_label, label, row


def case_card(case: Case, presenter: FixPresenter) -> QFrame:
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
    if case.answer.steps and not presenter.state.is_here:
        elsewhere = text("This case is about another machine; the steps are for there, and nothing is checked here.")
        inside.addWidget(label(elsewhere, "small", wraps=True))
    for number, step in enumerate(case.answer.steps):
        inside.addWidget(StepView(number, step, presenter))
    return frame


class StepView(QWidget):
    """One step: words, command to copy, a button once it is its turn, and what a fresh look found after it."""

    def __init__(self, number: int, step: CaseStep, presenter: FixPresenter) -> None:
        super().__init__()
        self._number = number
        self.done_button = button(text("Done: look again"), presenter.step_done, icon="again")
        self._found = data_label(role="small")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(6))
        inside.addLayout(row(label(literal(f"{number + 1}."), "muted"), data_label(literal(step.words)), spacing=6))
        if step.command:
            inside.addWidget(CommandBox(text("Command of step {number}", number=number + 1), step.command))
        if step.check:
            inside.addWidget(data_label(text("Afterwards: {check}", check=step.check), "small"))
        self._after = QWidget()
        self._after.setLayout(row(self.done_button, self._found))
        inside.addWidget(self._after)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def show_state(self, state: FixState) -> None:
        """Show whether it is this step's turn, and what was found after it."""
        is_turn = state.at == self._number
        self._after.setVisible(is_turn or self._number < len(state.found))
        self.done_button.setVisible(is_turn)
        self.done_button.setEnabled(not state.is_working)
        if self._number < len(state.found):
            found = state.found[self._number]
            said = f"{speech.say(found.words)} {speech.say(found.title)}"
            speech.put_data(self._found, said)
        elif is_turn and state.problem is not None:
            speech.put(self._found, state.problem)
        else:
            speech.put(self._found, text("Looking again…") if is_turn and state.is_working else literal(""))
