"""The third step: which wheel and driver, why, why not the others, and the commands."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gpuproof.core.facts.machine import Machine
from gpuproof.core.launch.model import Target
from gpuproof.core.recommend.model import Choice, Recommendation
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.check_presenter import CheckPresenter
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.presenters.recommend_texts import (
    alternative_rows,
    commands_of,
    driver_lines,
    driver_words,
    headline,
    why_not_rows,
)
from gpuproof.gui.presenters.set_up_presenter import SetUpPresenter, SetUpState
from gpuproof.gui.presenters.what_if_presenter import WhatIfPresenter
from gpuproof.gui.style import theme
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import Place, button, card, chip, data_label, label, rekind, row
from gpuproof.gui.views.set_up_card import SetUpCard
from gpuproof.gui.views.step_footer import StepFooter
from gpuproof.gui.views.table import TableView, WordTable
from gpuproof.gui.views.what_if_card import WhatIfCard


class RecommendStep(Page):
    """Shows a ``Recommendation``; the set-up card stands below it."""

    def __init__(self, presenter: CheckPresenter, set_up: SetUpPresenter, what_if: WhatIfPresenter) -> None:
        super().__init__(
            text("Recommend"),
            text("The PyTorch build and the driver that fit this card, this driver, this system and this Python."),
        )
        self._presenter, self._what_if, self._set_up = presenter, what_if, set_up
        self._machine: Machine | None = None
        self._target: Target | None = None
        self._shown: tuple[Recommendation, bool, tuple[str, ...]] | None = None
        self.banner = Banner()
        self.empty = label(text("The inspection comes first: its facts decide."), "muted")
        self._place, self._others = Place(), Place()
        self.body.addWidget(self.empty)
        self.body.addWidget(self.banner)
        self.body.addWidget(self._place)
        self.set_up = SetUpCard(set_up, lambda: presenter.state.core)
        self.set_up.inspect_asked.connect(presenter.inspect_again)
        self.body.addWidget(self.set_up)
        set_up.state_changed.connect(self._follow_set_up)
        self.body.addWidget(self._others)
        self.what_if = WhatIfCard(what_if, lambda: presenter.state.core, lambda: presenter.state.settings.app)
        what_if.state_changed.connect(lambda _: self.show_state(presenter.state))
        self.body.addWidget(self.what_if)
        self.body.addStretch(1)
        self.steps = StepFooter(self)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def first_focus(self) -> QWidget | None:
        """Start with going on: what has to be done stands above it in words."""
        return self.steps.onward_button if self.steps.onward_button.isEnabled() else None

    def show_state(self, state: CheckState) -> None:
        """Show the recommendation; it is only laid out anew when it is another one."""
        if state.core.machine is not self._machine:
            self._machine = state.core.machine
            self._what_if.forget()
        if state.core.target is not None and state.core.target != self._target:
            self._target = state.core.target
            self._set_up.forget()  # what was done to another environment
        asked = self._what_if.state
        found = asked.answer or state.core.recommendation
        self.what_if.setVisible(state.core.machine is not None)
        self.empty.setVisible(found is None)
        self.banner.setVisible(found is not None)
        can_set_up = found is not None and found.choice is not None and not state.is_foreign and not state.is_opened
        can_set_up = can_set_up and asked.answer is None
        self.set_up.setVisible(can_set_up)
        self.steps.show_state(state, can_go_on=found is not None)
        key = (found, state.is_foreign, asked.overridden) if found is not None else None
        if key == self._shown:
            return
        self._shown = key
        self._place.empty()
        self._others.empty()
        if found is not None:
            self._lay_out(self._place.renew(), found, state)
            if found.rejected or found.alternatives:
                self._lay_out_others(self._others.renew(), found)

    def _follow_set_up(self, state: SetUpState) -> None:
        """Leave the main button to the set-up while it has one."""
        rekind(self.steps.onward_button, "" if state.phase in ("planned", "done") else "primary")

    def _lay_out(self, inside: QVBoxLayout, found: Recommendation, state: CheckState) -> None:
        self.banner.show_verdict(*headline(found))
        if found.overridden:
            words = text("Asked with other values than the detected ones: {names}", names=", ".join(found.overridden))
            inside.addLayout(bullet(words, "info", "accent"))
        across = QHBoxLayout()
        across.setSpacing(theme.px(16))
        across.addWidget(_because(found), 3)
        across.addWidget(_driver(found), 2)
        inside.addLayout(across)
        if found.choice is not None and not state.is_foreign:
            inside.addWidget(CommandsCard(found.choice))

    def _lay_out_others(self, inside: QVBoxLayout, found: Recommendation) -> None:
        if found.rejected:
            inside.addWidget(_why_not(found))
        if found.alternatives:
            inside.addWidget(_alternatives(found))


class CommandsCard(QFrame):
    """One command at a time, picked by tool."""

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._commands = commands_of(choice.commands)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(20)] * 4)
        inside.setSpacing(theme.px(10))
        self._kinds: dict[str, QPushButton] = {}
        kinds = row(label(text("Commands"), "heading"), spacing=6)
        kinds.addStretch(1)
        for kind in self._commands:
            made = button(literal(kind), partial(self._show, kind), kind="nav",
                          says=text("Command for {tool}", tool=kind))  # fmt: skip
            made.setCheckable(True)
            self._kinds[kind] = made
            kinds.addWidget(made)
        inside.addLayout(kinds)
        first = next(iter(self._commands))
        self.box = CommandBox(text("Command"), self._commands[first])
        inside.addWidget(self.box)
        inside.addWidget(data_label(text("Wheel index: {url}", url=choice.index_url), "small"))
        self._kinds[first].setChecked(True)

    def _show(self, kind: str) -> None:
        self.box.set_command(self._commands[kind])
        for known, made in self._kinds.items():
            made.setChecked(known == kind)


def _because(found: Recommendation) -> QFrame:
    frame, inside = card()
    inside.addWidget(label(text("Why"), "heading"))
    said = {headline(found)[2]}  # the banner has said it already
    for line in found.because:
        if line in said:
            continue
        inside.addLayout(bullet(line, "check", "ok"))
    for line in found.missing:
        inside.addLayout(bullet(line, "question", "unknown"))
    for line in found.notices:
        inside.addLayout(bullet(line, "info", "accent"))
    inside.addStretch(1)
    return frame


def _driver(found: Recommendation) -> QFrame:
    frame, inside = card()
    tone, words = driver_words(found.driver.action)
    inside.addLayout(row(label(text("Driver"), "heading"), None, chip(words, tone)))
    for line in driver_lines(found):
        inside.addLayout(bullet(line))
    if found.driver.how:
        inside.addWidget(label(text("How"), "section"))
    for line in found.driver.how:
        inside.addLayout(bullet(line))
    inside.addStretch(1)
    return frame


def _why_not(found: Recommendation) -> QWidget:
    headings = (literal("torch"), text("Build"), text("Why not"))
    return _table(text("Why not the others"), headings, why_not_rows(found))


def _alternatives(found: Recommendation) -> QWidget:
    headings = (literal("torch"), text("Build"), text("What it means"), text("What must change first"))
    return _table(text("Other valid ways"), headings, alternative_rows(found))


def _table(title: Text, headings: tuple[Text, ...], rows: tuple[tuple[Text, ...], ...]) -> QWidget:
    frame, inside = card()
    inside.addWidget(label(title, "heading"))
    inside.addWidget(TableView(WordTable(headings, rows), title, most_rows=24))
    return frame
