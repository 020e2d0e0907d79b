"""The second step: the chain, lighting up as answers arrive; the broken link is opened by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gpuproof.core.diagnose.model import LinkName
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.chain import ShownLink, in_focus, link_title, state_tone, state_word
from gpuproof.gui.presenters.check_presenter import CheckPresenter
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.presenters.diagnosis_texts import banner_tone, banner_words
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.chain_view import GAP, ChainView
from gpuproof.gui.views.finding_card import bullet, finding_card
from gpuproof.gui.views.notes_card import notes_card
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import Place, card, chip, data_label, label, row
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.running_strip import RunningStrip
from gpuproof.gui.views.step_footer import StepFooter

if TYPE_CHECKING:
    from gpuproof.core.report.case import Case

_RUNNING: dict[str, Text] = {
    "target": text("Looking for PyTorch…"),
    "set_up": text("Setting up an environment with PyTorch…"),
    "inspect": text("Asking the machine…"),
    "diagnose": text("Judging the answers…"),
}


class InspectStep(Page):
    """Shows links, diagnosis and what could not be told."""

    def __init__(self, presenter: CheckPresenter) -> None:
        super().__init__(
            text("Inspect"),
            text("From the application down to the GPU: one broken link breaks the whole chain."),
        )
        self._presenter = presenter
        self._shown: LinkName | None = None
        self._was_chosen = self._was_running = False
        self._details_key: object = None
        self.running = RunningStrip()
        self.running.cancel_confirmed.connect(presenter.cancel)
        self.problem = ProblemStrip(presenter.inspect_again)
        self.banner = Banner()
        self.chain = ChainView()
        self.chain.chosen.connect(self._choose)
        self._details = Place(spacing=12)
        self._details.setContentsMargins(0, GAP, 0, 0)  # level with the first link
        self._case_place = Place()
        self._case: Case | None = None
        for part in (self.running, self.problem, self._case_place, self.banner):
            self.body.addWidget(part)
        across = QHBoxLayout()
        across.setSpacing(theme.px(20))
        across.addWidget(self.chain, 5)
        across.addWidget(self._details, 6)
        self.body.addLayout(across)
        self.body.addStretch(1)
        self.steps = StepFooter(self, again=presenter.inspect_again, again_words=text("Inspect again"))
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def first_focus(self) -> QWidget | None:
        """Start at the chain."""
        return self.chain.button(self._shown or "application")

    def show_state(self, state: CheckState) -> None:
        """Show a state; details are only made anew when they changed."""
        if state.running_at == "inspect":
            self._was_chosen, self._was_running = False, True
            last = literal(state.set_up_lines[-1]) if state.running == "set_up" and state.set_up_lines else None
            self.running.show_running(_RUNNING[state.running or ""], None, last, stops=state.is_cancelling)
        else:
            self.running.rest()
        self.problem.show_at("inspect", state.problem)
        self._show_case(state)
        self.chain.show_links(state.links)
        diagnosis = state.core.diagnosis
        self.banner.setVisible(diagnosis is not None)
        if diagnosis is not None:
            self.banner.show_verdict(banner_tone(diagnosis), diagnosis.title, banner_words(diagnosis))
        if not self._was_chosen or self._shown is None:
            self._shown = in_focus(state.links, diagnosis) if diagnosis is not None else None
        self._show_details(state)
        self.steps.show_state(state, can_go_on=diagnosis is not None or state.core.result is not None)
        again = self.steps.again_button
        if again is not None:
            speech.put(again, text("Inspect again") if diagnosis is not None else text("Inspect now"))
        if self._was_running and not state.is_busy:
            self._was_running = False
            QTimer.singleShot(0, self, self._move_focus)  # after the button for stopping has let go of it

    def _show_case(self, state: CheckState) -> None:
        if state.case is self._case:
            return
        self._case = state.case
        self._case_place.empty()
        if state.case is not None:
            from gpuproof.gui.presenters.answer_presenter import AnswerPresenter
            from gpuproof.gui.presenters.fix_presenter import FixPresenter
            from gpuproof.gui.views.answer_card import AnswerCard
            from gpuproof.gui.views.case_card import case_card

            self._fix = FixPresenter(self._presenter.background, state.case)
            self._answer = AnswerPresenter(self._presenter.background, state.case)
            inside = self._case_place.renew()
            inside.addWidget(case_card(state.case, self._fix))
            inside.addWidget(AnswerCard(self._answer))

    def _choose(self, name: str) -> None:
        self._shown, self._was_chosen = cast(LinkName, name), True
        self._show_details(self._presenter.state)

    def _move_focus(self) -> None:
        """Let the keyboard follow the broken link, unless it is elsewhere in the window."""
        focused = self.window().focusWidget()
        if self._shown is not None and self.isVisible() and (focused is None or self.isAncestorOf(focused)):
            self.chain.button(self._shown).setFocus()

    def _show_details(self, state: CheckState) -> None:
        link = next((link for link in state.links if link.name == self._shown), None)
        judged = link if link is None or link.state else link.name
        key = (judged, state.core.diagnosis, state.is_foreign, state.is_opened, state.is_busy)
        if self._details_key == key:
            return
        self._details_key = key
        inside = self._details.renew()
        self.chain.choose(self._shown)
        if link is None:
            inside.addWidget(_hint_card(state))
        else:
            if not link.findings or _only_seen_here(link):
                inside.addWidget(_link_card(link))
            for finding in link.findings:
                inside.addWidget(finding_card(finding, read_only=state.is_foreign))
            if link.notes:
                inside.addWidget(notes_card(link.notes, read_only=state.is_foreign))
        diagnosis = state.core.diagnosis
        if diagnosis is not None and diagnosis.ask_next is not None:
            inside.addWidget(_ask_card(diagnosis.ask_next))
        inside.addStretch(1)


def _ask_card(question: Text) -> QFrame:
    frame, inside = card()
    inside.addWidget(label(text("What would decide"), "section"))
    inside.addWidget(data_label(question))
    return frame


def _hint_card(state: CheckState) -> QFrame:
    """Say what will be seen where nothing was judged yet."""
    frame, inside = card()
    if state.is_opened:
        title = text("No inspection in this file")
        words = text("It holds the run of a benchmark. The next steps show what there is of it.")
    elif state.is_busy:
        title = text("Answers are arriving")
        words = text("The driver, the libraries and PyTorch are asked, each with a time limit. Nothing is changed.")
    else:
        title = text("Nothing was inspected yet")
        words = text("The first broken link opens here by itself, with what was seen and what mends it.")
    inside.addWidget(label(title, "heading"))
    inside.addWidget(label(words, "muted", wraps=True))
    return frame


def _only_seen_here(link: ShownLink) -> tuple[Text, ...]:
    """Return the evidence of a link that none of its findings repeats."""
    told = {line for finding in link.findings for line in finding.evidence} | {one.title for one in link.findings}
    return tuple(line for line in link.evidence if line not in told)


def _link_card(link: ShownLink) -> QFrame:
    frame, inside = card()
    inside.addLayout(
        row(label(link_title(link.name), "heading", wraps=True), chip(state_word(link), state_tone(link.state)))
    )
    if link.summary is not None and not link.findings:
        inside.addWidget(data_label(link.summary))
    lines = _only_seen_here(link)
    if lines:
        inside.addWidget(label(text("What was seen"), "section"))
        for line in lines:
            inside.addLayout(bullet(line))
    return frame
