"""The first step: what to check, how thoroughly, and what will and will not happen."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QFormLayout, QFrame, QRadioButton, QWidget

from gpuproof.core.bench.model import PresetName
from gpuproof.core.checkup import CheckupSettings
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, text
from gpuproof.gui.presenters.start_presenter import Choice, StartPresenter, StartState
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import button, card, column, label, row
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.ready_card import PRESETS


class StartStep(Page):
    """Emits the settings of the check that a person asked for."""

    check_asked = Signal(object)  # CheckupSettings

    def __init__(self, presenter: StartPresenter) -> None:
        super().__init__(
            text("What shall be checked?"),
            text("Everything can stay as it is: gpuproof then looks for an environment with PyTorch by itself."),
        )
        self._presenter = presenter
        self._problem = ProblemStrip()
        self.body.addWidget(self._problem)
        self.body.addWidget(self._choices())
        self.body.addLayout(row(self._will(), self._will_not(), spacing=16))
        self.body.addStretch(1)
        self.start_button = button(text("&Start the check"), self._start, icon="play", kind="primary")
        self.footer.addStretch(1)
        self.footer.addWidget(self.start_button)
        self.show_footer()
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Look around when the step is first seen."""
        self._presenter.look_around()

    def first_focus(self) -> QWidget | None:
        """Start with what most people want."""
        return self.start_button

    def show_state(self, state: StartState) -> None:
        """Fill the lists; a choice that was made stays."""
        _fill(self.environment, state.environments)
        _fill(self.application, state.applications)
        self._form.setRowVisible(self._looking, state.is_looking)
        if state.problem is not None:
            self._problem.show_problem(state.problem, None)

    def retranslate(self) -> None:
        """Say the lists again."""
        _fill(self.environment, self._presenter.state.environments)
        _fill(self.application, self._presenter.state.applications)

    def _start(self) -> None:
        self._problem.hide()
        chosen = self._presets.checkedButton()
        preset = cast(PresetName, chosen.property("preset") if chosen is not None else "quick")
        try:
            settings: CheckupSettings = self._presenter.settings(
                _key(self.environment), _key(self.application), preset, may_set_up=self.may_set_up.isChecked()
            )
        except UserProblem as problem:
            self._problem.show_problem(problem.message, problem.hint)
            return
        self.check_asked.emit(settings)

    def _warn(self) -> None:
        warning = self._presenter.warning(_key(self.environment))
        if warning is not None:
            self._problem.show_problem(warning, None, "warning")
        else:
            self._problem.hide()

    def _choices(self) -> QFrame:
        frame, inside = card(spacing=14)
        form = self._form = QFormLayout()
        form.setHorizontalSpacing(theme.px(24))
        form.setVerticalSpacing(theme.px(14))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self.environment, self.application = QComboBox(), QComboBox()
        self.environment.setEditable(True)
        self.environment.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._looking = label(text("Looking for environments…"), "small")
        for field in (self.environment, self.application):
            field.setMinimumContentsLength(24)
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._add_row(form, text("&Environment"), text("Environment"), self.environment)
        form.addRow("", self._looking)
        self.environment.currentIndexChanged.connect(lambda _: self._warn())
        line = self.environment.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._warn)
        self._add_row(form, text("&Application"), text("Application"), self.application)
        form.addRow(label(text("How thoroughly")), self._preset_column())
        self.may_set_up = QCheckBox()
        speech.put(self.may_set_up, text("Set up an environment of gpuproof's own if no &PyTorch is found"))
        form.addRow("", self.may_set_up)
        inside.addLayout(form)
        return frame

    def _add_row(self, form: QFormLayout, words: Text, spoken: Text, field: QWidget) -> None:
        name = label(words)
        name.setBuddy(field)
        form.addRow(name, field)
        speech.put(field, spoken, "setAccessibleName")

    def _preset_column(self) -> QWidget:
        holder = QWidget()
        self._presets = QButtonGroup(holder)
        inside = column(spacing=6)
        for name, words in PRESETS.items():
            choice = QRadioButton()
            choice.setProperty("preset", name)
            speech.put(choice, words)
            self._presets.addButton(choice)
            inside.addWidget(choice)
        self._presets.buttons()[0].setChecked(True)
        holder.setLayout(inside)
        return holder

    def _will(self) -> QFrame:
        return _promises(
            text("What will happen"),
            "check",
            "ok",
            (
                text("Questions to the driver, the libraries and PyTorch, each with a time limit"),
                text("A sample lip-sync workload with random weights on CPU and GPU"),
                text("A report, kept on this computer"),
            ),
        )

    def _will_not(self) -> QFrame:
        return _promises(
            text("What will not happen"),
            "cross",
            "muted",
            (
                text("Nothing is installed or changed without showing the exact commands first"),
                text("Nothing is sent anywhere; no administrator rights are used"),
                text("Drivers are never touched: their commands are shown, not run"),
            ),
        )


def _promises(title: Text, icon: str, role: str, lines: tuple[Text, ...]) -> QFrame:
    frame, inside = card()
    inside.addWidget(label(title, "heading"))
    for line in lines:
        inside.addLayout(bullet(line, icon, role))
    inside.addStretch(1)
    return frame


def _fill(box: QComboBox, choices: tuple[Choice, ...]) -> None:
    kept = _key(box) if box.count() else ""
    box.blockSignals(True)
    box.clear()
    for choice in choices:
        box.addItem(speech.say(choice.words), choice.key)
    place = box.findData(kept)
    box.setCurrentIndex(max(0, place))
    if place < 0 and box.isEditable():
        box.setEditText(kept)
    box.blockSignals(False)


def _key(box: QComboBox) -> str:
    if box.isEditable() and box.currentText() != box.itemText(box.currentIndex()):
        return box.currentText()
    return str(box.currentData() or "")
