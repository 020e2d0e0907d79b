"""Where a supporter answers a case: words, cause and steps, and the reply as a file that the person sends back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.answer_presenter import AnswerPresenter, AnswerState
from gpuproof.gui.style import lengths, speech, theme
from gpuproof.gui.views.parts import Place, button, data_label, label, row
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.step_fields import StepFields


class AnswerCard(QFrame):
    """Shows an ``AnswerState``; closed it is one button."""

    def __init__(self, presenter: AnswerPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._shown = -1
        self.fields: list[StepFields] = []
        self.setProperty("role", "card")
        self.open_button = button(text("&Write an answer…"), self._open, icon="report")
        self.form = QWidget()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(20)] * 4)
        inside.setSpacing(theme.px(10))
        inside.addLayout(row(self.open_button, None))
        inside.addWidget(self.form)
        self._fill_form()
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def show_state(self, state: AnswerState) -> None:
        """Show the draft; fields are filled anew only when something else than typing changed it."""
        self.open_button.setVisible(not state.is_open)
        self.form.setVisible(state.is_open)
        if state.revision != self._shown:
            self._shown = state.revision
            self._show_draft(state)
        self.add_button.setEnabled(state.can_add)
        self.save_button.setEnabled(not state.is_working)
        if state.problem is not None:
            self.problem.show_problem(state.problem, state.hint)
        else:
            self.problem.hide()
        written = text("Written: {path}", path=state.saved) if state.saved is not None else literal("")
        speech.put(self._saved, written)

    def retranslate(self) -> None:
        """Say the causes in the present language."""
        self.cause.blockSignals(True)
        self.cause.clear()
        for name, title in self._presenter.causes():
            self.cause.addItem(speech.say(title), name)
        self.cause.setCurrentIndex(max(0, self.cause.findData(self._presenter.state.cause)))
        self.cause.blockSignals(False)

    def _open(self) -> None:
        self._presenter.open()
        self.words.setFocus()

    def _show_draft(self, state: AnswerState) -> None:
        if self.words.toPlainText() != state.words:
            self.words.blockSignals(True)
            self.words.setPlainText(state.words)
            self.words.blockSignals(False)
        self.retranslate()
        inside = self._steps.renew()
        self.fields = [
            StepFields(place, step, self._presenter, self._drop_step) for place, step in enumerate(state.steps)
        ]
        for made in self.fields:
            inside.addWidget(made)

    def _fill_form(self) -> None:
        presenter = self._presenter
        self.words, self.cause, self._steps = QPlainTextEdit(), QComboBox(), Place(spacing=8)
        self.problem, self._saved = ProblemStrip(), data_label(role="small")
        self.words.setTabChangesFocus(True)
        self.words.textChanged.connect(lambda: presenter.put_words(self.words.toPlainText()))
        lengths.hold(self.words, height=92)
        speech.put(self.words, text("Answer in words"), "setAccessibleName")
        speech.put(self.words, text("What is wrong, and why the steps help"), "setPlaceholderText")
        self.cause.setMinimumContentsLength(24)
        self.cause.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.cause.currentIndexChanged.connect(lambda _: presenter.put_cause(str(self.cause.currentData() or "")))
        speech.put(self.cause, text("Cause that each look compares with"), "setAccessibleName")
        self.add_button = button(text("&Add a step"), self._add_step, kind="quiet", icon="add")
        self.take_button = button(text("&Take the steps of the diagnosis"), presenter.take_remedy, kind="quiet")
        self.take_button.setVisible(presenter.has_remedy)
        self.save_button = button(text("Save the &reply…"), self._ask_and_save, icon="save", kind="primary")
        self.away_button = button(text("Put it away"), presenter.put_away, kind="quiet")
        inside = QVBoxLayout(self.form)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme.px(10))
        inside.addWidget(label(text("Your answer"), "heading"))
        promise = text("The reply is one file: the case with your answer. You send it yourself. Commands are shown to "
                       "the person and never run by gpuproof; it looks again after each step.")  # fmt: skip
        inside.addWidget(label(promise, "muted", wraps=True))
        for part in (self.words, label(text("Cause"), "section"), self.cause, label(text("Steps"), "section")):
            inside.addWidget(part)
        inside.addWidget(self._steps)
        inside.addLayout(row(self.add_button, self.take_button, None))
        inside.addWidget(self.problem)
        inside.addLayout(row(self.save_button, self.away_button, self._saved))

    def _add_step(self) -> None:
        self._presenter.add_step()
        self.fields[-1].words.setFocus()

    def _drop_step(self, place: int) -> None:
        self._presenter.remove_step(place)
        self.add_button.setFocus()

    def _ask_and_save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, speech.say(text("Save the reply")), self._presenter.file_name, "*.gpuproof"
        )
        if chosen:
            self._presenter.save(Path(chosen))
