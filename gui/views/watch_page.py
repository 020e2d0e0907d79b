"""Watch: pick a running program or start one, see what it does, and get a verdict."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.graph_texts import PROGRAM, WATCH_GRAPHS, figure
from gpuproof.gui.presenters.paste_presenter import log_words
from gpuproof.gui.presenters.programs import Program, matching
from gpuproof.gui.presenters.watch_presenter import WatchPresenter, WatchState, judgement_words
from gpuproof.gui.style import lengths, speech, theme
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.graph_board import GraphBoard
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import Place, button, card, label, row
from gpuproof.gui.views.phase_strip import PhaseStrip
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.running_strip import RunningStrip
from gpuproof.gui.views.table import TableView, WordTable


class WatchPage(Page):
    """Shows a ``WatchState``."""

    def __init__(self, presenter: WatchPresenter) -> None:
        super().__init__(
            text("Watch a program"),
            text("Nothing is changed in the program; the driver and the system are asked four times a second."),
        )
        self._presenter = presenter
        self._shown: tuple[Program, ...] = ()
        self._judged: object = None
        self.problem, self.running = ProblemStrip(), RunningStrip(text("Stop and &judge"))
        self.running.cancel_confirmed.connect(presenter.cancel)
        self._results = Place()
        self.board = GraphBoard(PROGRAM, WATCH_GRAPHS)
        self._log = self._make_log()
        self._choose = self._choose_card()
        self._start = self._start_card()
        for part in (self.problem, self.running, self._results, self._log, self.board, self._choose, self._start):
            self.body.addWidget(part)
        self.body.addStretch(1)
        presenter.state_changed.connect(self.show_state)
        presenter.samples_arrived.connect(self.board.take)
        self.width_changed.connect(self.board.fit)
        presenter.watch_began.connect(self.board.begin)
        self.board.hide()
        self.show_state(presenter.state)

    def showEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """List the programs when the page is first seen."""
        if not self._presenter.state.programs:
            self._presenter.list_programs()

    def first_focus(self) -> QWidget | None:
        """Start in the filter."""
        return self.filter

    def show_state(self, state: WatchState) -> None:
        """Show what is going on and what came out."""
        self._fill(state.programs)
        self.problem.hide()
        if state.problem is not None:
            self.problem.show_problem(state.problem, state.hint)
        self._choose.setVisible(not state.is_watching)
        self._start.setVisible(not state.is_watching)
        self._log.setVisible(bool(state.lines))
        if state.is_watching:
            self.board.show()
            words = text("Watching {program}", program=state.watched)
            self.running.show_running(words, None, text("Stop when you have seen enough"), stops=state.is_stopping)
        else:
            if self.running.isVisibleTo(self):
                self.board.finish()
            self.running.rest()
            self.board.setVisible(self.board.run.end_s > 0)
        if self._log.toPlainText() != "\n".join(state.lines):
            self._log.setPlainText("\n".join(state.lines))
            self._log.verticalScrollBar().setValue(self._log.verticalScrollBar().maximum())
        self._show_results(state)

    def _show_results(self, state: WatchState) -> None:
        if self._judged is state.judgement:
            return
        self._judged = state.judgement
        judgement = state.judgement
        if judgement is None:
            self._results.empty()
            return
        inside = self._results.renew()
        banner = Banner()
        tone, title = judgement_words(judgement)
        banner.show_verdict(tone, title, judgement.why)
        inside.addWidget(banner)
        frame, column = card()
        strip = PhaseStrip()
        strip.show_phases(judgement.phases)
        column.addWidget(strip)
        for words in judgement.evidence:
            column.addLayout(bullet(words))
        for alarm in state.alarms:
            column.addLayout(bullet(alarm.words, "warning", "warning"))
        for words in judgement.advice:
            column.addLayout(bullet(words, "recommend", "accent"))
        inside.addWidget(frame)
        self._add_log_verdict(inside, state)

    def _add_log_verdict(self, inside: QVBoxLayout, state: WatchState) -> None:
        if state.log is not None and state.log.events:
            banner = Banner()
            tone, title = log_words(state.log)
            banner.show_verdict(tone, title, state.log.why)
            inside.addWidget(banner)

    def _choose_card(self) -> QFrame:
        frame, inside = card()
        self.filter = QLineEdit()
        speech.put(self.filter, text("Find a program"), "setAccessibleName")
        speech.put(self.filter, text("Find a program by name, command or process id…"), "setPlaceholderText")
        self.filter.textChanged.connect(lambda _: self._fill(self._presenter.state.programs))
        headings = (text("Process"), text("Name"), text("Memory"), text("Command"))
        self.table = TableView(WordTable(headings, numbers=(0, 2)), text("Running programs"), most_rows=9)
        self.table.activated.connect(lambda _: self._watch())
        self.watch_button = button(text("&Watch it"), self._watch, icon="watch", kind="primary")
        self.again_button = button(text("&List again"), self._presenter.list_programs, icon="again")
        inside.addWidget(label(text("A program that runs now"), "heading"))
        inside.addWidget(self.filter)
        inside.addWidget(self.table)
        inside.addLayout(row(self.watch_button, self.again_button, None))
        return frame

    def _start_card(self) -> QFrame:
        frame, inside = card()
        self.command = QLineEdit()
        self.command.setFont(theme.mono())
        speech.put(self.command, text("Command to start"), "setAccessibleName")
        speech.put(self.command, text("for example python app.py --listen"), "setPlaceholderText")
        self.command.returnPressed.connect(self._start_command)
        self.start_button = button(text("Start and watc&h"), self._start_command, icon="play")
        inside.addWidget(label(text("Or start one; its output is read as a log"), "heading"))
        inside.addLayout(row(self.command, self.start_button))
        return frame

    def _make_log(self) -> QPlainTextEdit:
        log = QPlainTextEdit()
        log.setReadOnly(True)
        log.setProperty("role", "command")
        log.setFont(theme.mono())
        log.setTabChangesFocus(True)
        lengths.hold(log, height=160)
        speech.put(log, text("Output of the program"), "setAccessibleName")
        log.hide()
        return log

    def _fill(self, programs: tuple[Program, ...]) -> None:
        shown = matching(programs, self.filter.text())
        if shown == self._shown:
            return
        self._shown = shown
        self.table.words.set_rows(
            [
                (
                    literal(str(one.pid)),
                    literal(one.name),
                    literal(f"{figure(one.memory_mib)} MiB"),
                    literal(one.command),
                )
                for one in shown
            ]
        )
        if shown:
            self.table.selectRow(0)

    def _watch(self) -> None:
        place = self.table.currentIndex().row()
        if 0 <= place < len(self._shown):
            self._presenter.watch(self._shown[self.table.words.source_row(place)])

    def _start_command(self) -> None:
        self._presenter.start(self.command.text())
