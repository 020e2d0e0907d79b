"""What can be done with a report: ask a supporter with a case file, or keep it as the state before a driver upgrade."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit, QVBoxLayout

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.upgrade_presenter import UpgradeState
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.parts import button, data_label, label, row
from gpuproof.gui.views.problem_strip import ProblemStrip


class ShareCard(QFrame):
    """Emits the question with the file to write, and the wish to keep a snapshot."""

    case_asked = Signal(str, object, object)  # question, Path of a log or None, Path
    snapshot_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.question = QLineEdit()
        speech.put(self.question, text("Question for a supporter"), "setAccessibleName")
        speech.put(self.question, text("What is wrong, in your words"), "setPlaceholderText")
        self.case_button = button(text("Save a c&ase…"), self._ask_for_case, icon="save")
        self.log_button = button(text("Add a &log…"), self._ask_for_log, icon="add", kind="quiet")
        self.drop_button = button(
            literal(""), self._drop_log, icon="cross", kind="quiet", says=text("Leave the log out")
        )
        self._log: Path | None = None
        self._log_name = data_label(role="small")
        self.snapshot_button = button(
            text("&Keep as the state before an upgrade"), self.snapshot_asked.emit, icon="save"
        )
        self._kept = data_label(role="small")
        self._problem = ProblemStrip()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(20)] * 4)
        inside.setSpacing(theme.px(10))
        inside.addWidget(label(text("Ask for help"), "heading"))
        promise = text("A case is one file: this report, your question, and later the answer. You send it yourself.")
        inside.addWidget(label(promise, "muted", wraps=True))
        inside.addLayout(row(self.question, self.case_button))
        inside.addLayout(row(self.log_button, self._log_name, self.drop_button, None))
        self._show_log()
        inside.addWidget(label(text("Before a driver upgrade"), "heading"))
        inside.addWidget(self._problem)
        inside.addLayout(row(self.snapshot_button, self._kept))

    def show_upgrade(self, state: UpgradeState) -> None:
        """Show whether a snapshot was kept."""
        self._problem.hide()
        if state.problem is not None:
            self._problem.show_problem(state.problem, state.hint)
        if state.kept:
            words = text("Kept with driver {driver}. After the restart gpuproof offers the comparison.",
                         driver=state.driver_before)  # fmt: skip
            speech.put(self._kept, words)

    def take_log(self, path: Path | None) -> None:
        """Let the end of a log go into the case, or leave it out; names in it are taken out like everywhere."""
        self._log = path
        self._show_log()

    def _show_log(self) -> None:
        name = text("The end of {file} goes with it.", file=self._log.name) if self._log is not None else literal("")
        speech.put(self._log_name, name)
        self.log_button.setVisible(self._log is None)
        self.drop_button.setVisible(self._log is not None)

    def _ask_for_log(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, speech.say(text("Add a log")))
        if chosen:
            self.take_log(Path(chosen))

    def _drop_log(self) -> None:
        self.take_log(None)
        self.log_button.setFocus()

    def _ask_for_case(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, speech.say(text("Save a case")), "question.gpuproof", "*.gpuproof"
        )
        if chosen:
            self.case_asked.emit(self.question.text(), self._log, Path(chosen))
