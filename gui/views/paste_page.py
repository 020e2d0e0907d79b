"""Paste and diagnose: a field for anything that somebody sent, and what it says."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.logs.model import LogVerdict
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.diagnosis_texts import banner_tone, banner_words
from gpuproof.gui.presenters.paste_presenter import PastePresenter, PasteState, log_words, recognised
from gpuproof.gui.style import lengths, speech, theme
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.command_box import CommandBox
from gpuproof.gui.views.finding_card import bullet, finding_card
from gpuproof.gui.views.notes_card import notes_card
from gpuproof.gui.views.parts import button, card, data_label, label, row
from gpuproof.gui.views.table import TableView, WordTable
from gpuproof.gui.views.tool_page import ToolPage

_MOST_LINES = 40


class PastePage(ToolPage):
    """Shows a ``PasteState``."""

    def __init__(self, presenter: PastePresenter) -> None:
        super().__init__(
            text("Diagnose text or a log"),
            text("An error message, collect_env, nvidia-smi, pip list, some log: as much as there is, in any order."),
        )
        self._presenter = presenter
        self.field = QPlainTextEdit()
        self.field.setFont(theme.mono())
        self.field.setTabChangesFocus(True)
        lengths.hold(self.field, height=220)
        speech.put(self.field, text("Text to diagnose"), "setAccessibleName")
        speech.put(self.field, text("Paste here…"), "setPlaceholderText")
        self.judge_button = button(text("&Diagnose"), self._judge, icon="inspect", kind="primary")
        self.file_button = button(text("Read a &file…"), self._ask_for_file, icon="open")
        self.clear_button = button(text("C&lear"), self.field.clear, kind="quiet")
        self.body.addWidget(self.field)
        self.body.addLayout(row(self.judge_button, self.file_button, self.clear_button, None))
        self._hints = _hints()
        self.body.addWidget(self._hints)
        self.add_results()
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def first_focus(self) -> QWidget | None:
        """Start in the field."""
        return self.field

    def show_state(self, state: PasteState) -> None:
        """Show what came out."""
        self.judge_button.setEnabled(not state.is_working)
        self.file_button.setEnabled(not state.is_working)
        self.show_work(text("Reading…") if state.is_working else None, state.problem, state.hint)
        self._hints.setVisible(state.diagnosis is None and not state.is_working)
        if state.diagnosis is None:
            return
        inside = self.results.renew()
        self._add_diagnosis(inside, state.diagnosis, state)
        if state.log is not None:
            self._add_log(inside, state.log)

    def _add_diagnosis(self, inside: QVBoxLayout, diagnosis: Diagnosis, state: PasteState) -> None:
        banner = Banner()
        banner.show_verdict(banner_tone(diagnosis), diagnosis.title, banner_words(diagnosis))
        inside.addWidget(banner)
        inside.addWidget(data_label(recognised(state.kind), "small"))
        for finding in diagnosis.findings:
            inside.addWidget(finding_card(finding))
        if state.notes:
            inside.addWidget(notes_card(state.notes))
        if diagnosis.ask_next is not None:
            inside.addWidget(_next_card(diagnosis))

    def _add_log(self, inside: QVBoxLayout, log: LogVerdict) -> None:
        tone, title = log_words(log)
        banner = Banner()
        banner.show_verdict(tone, title, log.why)
        inside.addWidget(banner)
        frame, column = card()
        column.addWidget(label(text("Lines that say so"), "heading"))
        rows = [
            (literal(str(event.line)), literal(event.text.strip()[:300]), Text(event.says))
            for event in log.events[:_MOST_LINES]
        ]
        headings = (text("Line"), text("What it says"), text("What it means"))
        column.addWidget(TableView(WordTable(headings, rows, numbers=(0,)), text("Lines that say so")))
        for words in log.remedies:
            column.addLayout(bullet(words, "recommend", "accent"))
        if log.next_step is not None:
            column.addLayout(bullet(log.next_step, "question", "unknown"))
        inside.addWidget(frame)

    def _judge(self) -> None:
        self._presenter.judge(self.field.toPlainText())

    def _ask_for_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, speech.say(text("Read a file")))
        if chosen:
            self._presenter.judge_file(Path(chosen))


def _hints() -> QFrame:
    """Say what to ask a person for; the commands are copied, not run."""
    frame, inside = card()
    inside.addWidget(label(text("What helps most"), "heading"))
    words = text("The output of these commands on the computer in question, and the lines around the error.")
    inside.addWidget(label(words, "muted", wraps=True))
    for command in ("python -m torch.utils.collect_env", "nvidia-smi", "python -m pip list"):
        inside.addWidget(CommandBox(text("Command"), command))
    return frame


def _next_card(diagnosis: Diagnosis) -> QFrame:
    frame, inside = card()
    inside.addWidget(label(text("What would decide"), "section"))
    if diagnosis.ask_next is not None:
        inside.addWidget(data_label(diagnosis.ask_next))
    return frame
