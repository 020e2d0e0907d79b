"""Set-up in the recommend step: what would be done, the work with its log, how it ended, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout

from gpuproof.core.checkup import CheckupState
from gpuproof.core.words import text
from gpuproof.gui.presenters.set_up_presenter import SetUpPresenter, SetUpState, change_rows, said_of_plan
from gpuproof.gui.style import lengths, speech, theme
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.parts import Place, button, label, rekind, row
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.running_strip import RunningStrip
from gpuproof.gui.views.table import TableView, WordTable


class SetUpCard(QFrame):
    """Shows a ``SetUpState``. ``inspect_asked``: a person wants to see whether it is mended now."""

    inspect_asked = Signal()

    def __init__(self, presenter: SetUpPresenter, core: Callable[[], CheckupState]) -> None:
        super().__init__()
        self._presenter, self._core = presenter, core
        self.setProperty("role", "card")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(20)] * 4)
        inside.setSpacing(theme.px(12))
        inside.addWidget(label(text("Set it up"), "heading"))
        promise = text(
            "First you see exactly what would be done. Nothing changes before you agree, and it can be undone."
        )
        inside.addWidget(label(promise, "muted", wraps=True))
        self.problem, self.running, self.banner = ProblemStrip(), RunningStrip(), Banner()
        self.running.cancel_confirmed.connect(presenter.cancel)
        self._shown_plan, self._log = Place(spacing=8), self._make_log()
        for part in (self.problem, self.running, self.banner, self._shown_plan, self._log):
            inside.addWidget(part)
        self._add_choice(inside)
        inside.addLayout(self._buttons())
        self._drawn: object = None
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def show_state(self, state: SetUpState) -> None:
        """Show where the set-up is."""
        is_resting = not state.is_busy
        self.plan_button.setVisible(is_resting and state.phase != "planned")
        self.apply_button.setVisible(state.phase == "planned" and not _is_nothing(state))
        self.drop_button.setVisible(state.phase == "planned")
        self.undo_button.setVisible(is_resting and state.phase != "planned")
        self.inspect_button.setVisible(state.phase in ("done", "undone"))
        self.into_new.setVisible(is_resting and state.phase != "planned")
        self.folder.setVisible(self.into_new.isVisibleTo(self) and self.into_new.isChecked())
        rekind(self.inspect_button, "primary" if state.phase == "done" else "")
        self._show_running(state)
        self._show_end(state)
        self._show_plan(state)
        self._log.setVisible(bool(state.lines))
        self._log.setPlainText("\n".join(state.lines))
        self._log.verticalScrollBar().setValue(self._log.verticalScrollBar().maximum())

    def _show_running(self, state: SetUpState) -> None:
        if not state.is_busy:
            self.running.rest()
            return
        words = state.progress or state.stage or text("Asking the package sources; nothing is changed yet…")
        if state.phase == "undoing":
            words = text("Putting everything back…")
        self.running.show_running(words, state.fraction, None, stops=state.is_cancelling)

    def _show_end(self, state: SetUpState) -> None:
        self.problem.hide()
        if state.problem is not None:
            self.problem.show_problem(state.problem, state.hint)
        outcome, restored = state.outcome, state.restored
        self.banner.setVisible(outcome is not None or restored is not None)
        if outcome is not None and outcome.is_ok:
            words = outcome.verified[0] if outcome.verified else text("It was tried after installing and works.")
            self.banner.show_verdict("ok", text("Set up and tried"), words)
        elif outcome is not None and outcome.problem is not None:
            was_restored = outcome.restored is None or outcome.restored.is_complete
            title = text("Not set up; everything is as it was") if was_restored else text("Not set up; see below")
            self.banner.show_verdict("warning" if was_restored else "bad", title, outcome.problem)
        elif restored is not None and restored.is_complete:
            self.banner.show_verdict("ok", text("Everything is as it was"), text("The last set-up was undone."))
        elif restored is not None:
            self.banner.show_verdict("bad", text("Not everything could be put back"), restored.not_restored[0])

    def _show_plan(self, state: SetUpState) -> None:
        plan = state.plan if state.phase == "planned" else None
        if plan is self._drawn:
            return
        self._drawn = plan
        if plan is None:
            self._shown_plan.empty()
            return
        inside = self._shown_plan.renew()
        for line in said_of_plan(plan):
            inside.addLayout(bullet(line))
        rows = change_rows(plan)
        if rows:
            headings = (text("Package"), text("Now"), text("Afterwards"))
            inside.addWidget(TableView(WordTable(headings, rows), text("Packages that change"), most_rows=12))
        if plan.commands:
            inside.addWidget(label(text("Exactly these commands"), "section"))
            inside.addWidget(CommandBox(text("Commands of the set-up"), "\n".join(plan.commands)))

    def _add_choice(self, inside: QVBoxLayout) -> None:
        self.into_new = QCheckBox()
        speech.put(self.into_new, text("Into a new environment in this &folder:"))
        self.folder = QLineEdit()
        speech.put(self.folder, text("Folder of the new environment"), "setAccessibleName")
        self.folder.hide()
        self.into_new.toggled.connect(self.folder.setVisible)
        self.into_new.toggled.connect(self._suggest_folder)
        inside.addLayout(row(self.into_new, self.folder, None))

    def _suggest_folder(self) -> None:
        if not self.folder.text():
            self.folder.setText(str(Path.home() / "torch-environment"))

    def _buttons(self) -> QHBoxLayout:
        self.plan_button = button(text("Show &what would be done"), self._plan, icon="inspect")
        self.apply_button = button(text("Set it &up"), self._presenter.apply, icon="play", kind="primary")
        self.drop_button = button(text("Not now"), self._presenter.forget)
        self.undo_button = button(text("&Undo the last set-up"), self._presenter.undo, icon="undo", kind="quiet")
        self.inspect_button = button(text("Inspect again"), self.inspect_asked.emit, icon="again")
        return row(self.plan_button, self.apply_button, self.drop_button, self.inspect_button, None, self.undo_button)

    def _plan(self) -> None:
        folder = Path(self.folder.text()) if self.into_new.isChecked() and self.folder.text().strip() else None
        self._presenter.plan(self._core(), folder)

    def _make_log(self) -> QPlainTextEdit:
        log = QPlainTextEdit()
        log.setReadOnly(True)
        log.setProperty("role", "command")
        log.setFont(theme.mono())
        log.setMaximumBlockCount(1000)
        log.setTabChangesFocus(True)
        lengths.hold(log, height=180)
        speech.put(log, text("Log of the set-up"), "setAccessibleName")
        return log


def _is_nothing(state: SetUpState) -> bool:
    return state.plan is not None and state.plan.is_nothing_to_do
