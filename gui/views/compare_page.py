"""Compare: two reports, what changed, and what it did to the speed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from gpuproof.core.report.compare import Comparison
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.compare_presenter import ComparePresenter, CompareState, forest_rows, overall
from gpuproof.gui.style import speech
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.forest_plot import ForestPlot
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.parts import Place, button, card, data_label, label, row
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.running_strip import RunningStrip
from gpuproof.gui.views.table import TableView, WordTable


class ComparePage(Page):
    """Shows a ``CompareState``."""

    def __init__(self, presenter: ComparePresenter) -> None:
        super().__init__(
            text("Compare two reports"),
            text("For instance from before and after a driver, a PyTorch or a card was changed."),
        )
        self._presenter = presenter
        self._before_name, self._after_name = data_label(role="heading"), data_label(role="heading")
        self.before_button = button(text("Choose &before…"), partial(self._ask, "before"), icon="open")
        self.after_button = button(text("Choose &after…"), partial(self._ask, "after"), icon="open")
        self.swap_button = button(text("S&wap"), presenter.swap, icon="again", kind="quiet")
        self.problem, self.running, self._results = ProblemStrip(), RunningStrip(), Place()
        self.running.cancel_button.hide()
        before = _file_card(text("Before"), self._before_name, self.before_button)
        after = _file_card(text("After"), self._after_name, self.after_button)
        self.body.addLayout(row(before, after, spacing=16))
        self.body.addLayout(row(self.swap_button, None))
        for part in (self.problem, self.running, self._results):
            self.body.addWidget(part)
        self.body.addStretch(1)
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def first_focus(self) -> QWidget | None:
        """Start with the first file."""
        return self.before_button

    def show_state(self, state: CompareState) -> None:
        """Show the two files and what came out."""
        for shown, path in ((self._before_name, state.before), (self._after_name, state.after)):
            speech.put(shown, literal(path.name) if path is not None else text("No report chosen"))
        self.swap_button.setEnabled(state.is_ready)
        self.problem.hide()
        if state.problem is not None:
            self.problem.show_problem(state.problem, state.hint)
        if state.is_working:
            self.running.show_running(text("Comparing…"), None, None, stops=False)
        else:
            self.running.rest()
        inside = self._results.renew()
        if state.comparison is not None:
            self._add(inside, state.comparison)

    def _add(self, inside: QVBoxLayout, comparison: Comparison) -> None:
        banner = Banner()
        banner.show_verdict(*overall(comparison))
        inside.addWidget(banner)
        for reason in comparison.reasons:
            inside.addLayout(bullet(reason.words, "warning", "warning"))
        rows = forest_rows(comparison)
        if rows:
            frame, column = card()
            column.addWidget(label(text("Results"), "heading"))
            column.addWidget(label(text("After divided by before; times are turned round, so right is always better."),
                                   "small", wraps=True))  # fmt: skip
            plot = ForestPlot()
            plot.show_rows(rows)
            column.addWidget(plot)
            inside.addWidget(frame)
        inside.addWidget(_changes(comparison))

    def _ask(self, which: str) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, speech.say(text("Open a report")), "", speech.say(text("Reports (*.json);;All files (*)"))
        )
        if chosen and which == "before":
            self._presenter.choose(before=Path(chosen))
        elif chosen:
            self._presenter.choose(after=Path(chosen))


def _file_card(title: Text, name: QLabel, chooser: QPushButton) -> QFrame:
    frame, inside = card()
    inside.addWidget(label(title, "section"))
    inside.addWidget(name)
    inside.addLayout(row(chooser, None))
    return frame


def _changes(comparison: Comparison) -> QFrame:
    from gpuproof.core.report.export.words import CONDITIONS

    frame, inside = card()
    inside.addWidget(label(text("What changed"), "heading"))
    if not comparison.changes:
        inside.addWidget(label(text("Nothing that was recorded."), "muted"))
        return frame
    rows = [
        (CONDITIONS.get(change.name, literal(change.name)), _shown(change.before), _shown(change.after))
        for change in comparison.changes
    ]
    headings = (text("What"), text("Before"), text("After"))
    inside.addWidget(TableView(WordTable(headings, rows), text("What changed"), most_rows=14))
    return frame


def _shown(value: object) -> Text:
    return literal("–" if value is None else str(value))
