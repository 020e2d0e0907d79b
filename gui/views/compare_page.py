"""Compare: two reports, what changed, and what it did to the speed; or a folder of reports as a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QVBoxLayout, QWidget

from gpuproof.core.report.compare import Comparison
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.compare_presenter import ComparePresenter, CompareState, forest_rows, overall
from gpuproof.gui.presenters.recent import RecentReport
from gpuproof.gui.style import speech, theme
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.forest_plot import ForestPlot
from gpuproof.gui.views.parts import button, card, data_label, label, row
from gpuproof.gui.views.recent_tile import said_of, when_words
from gpuproof.gui.views.table import TableView, WordTable
from gpuproof.gui.views.tool_page import ToolPage


class ComparePage(ToolPage):
    """Shows a ``CompareState``. ``report_asked`` carries the file of a row that shall be opened."""

    report_asked = Signal(object)  # Path

    def __init__(self, presenter: ComparePresenter) -> None:
        super().__init__(
            text("Compare two reports"),
            text("For instance from before and after a driver, a PyTorch or a card was changed."),
        )
        self._presenter = presenter
        self._recent: tuple[RecentReport, ...] = ()
        self.before = FileCard(text("Before"), text("Choose &before…"), partial(self._choose, "before"))
        self.after = FileCard(text("After"), text("Choose &after…"), partial(self._choose, "after"))
        self.swap_button = button(literal(""), presenter.swap, icon="swap", kind="quiet", says=text("Swap the two"))
        across = row(self.before, self.swap_button, self.after, spacing=8)
        across.setStretch(0, 1)
        across.setStretch(2, 1)
        self.body.addLayout(across)
        self.folder_button = button(text("A whole &folder of reports…"), self._ask_for_folder, icon="open")
        about = text("As a table, with those that stand out; the report chosen as Before is then the baseline.")
        self.body.addLayout(row(self.folder_button, label(about, "small", wraps=True)))
        self.add_results()
        presenter.state_changed.connect(self.show_state)
        self.show_state(presenter.state)

    def first_focus(self) -> QWidget | None:
        """Start with the first file."""
        return self.before.chooser

    def show_state(self, state: CompareState) -> None:
        """Show the two files and what came out."""
        self.before.show_file(state.before, state.heads[0])
        self.after.show_file(state.after, state.heads[1])
        self.swap_button.setEnabled(state.is_ready)
        self.folder_button.setEnabled(not state.is_working)
        self.show_work(_working(state), state.problem, state.hint)
        if state.comparison is not None:
            self._add(self.results.renew(), state.comparison)
        elif state.table is not None and state.folder is not None:
            from gpuproof.gui.views.folder_cards import add_folder

            add_folder(self.results.renew(), state.folder, state.before, state.table, self.report_asked.emit)

    def offer(self, reports: tuple[RecentReport, ...]) -> None:
        """Offer these reports where a file is chosen."""
        self._recent = reports

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

    def _choose(self, which: str) -> None:
        if not self._recent:
            self._ask(which)
            return
        chooser = self.before.chooser if which == "before" else self.after.chooser
        self.recent_menu(which).popup(chooser.mapToGlobal(chooser.rect().bottomLeft()))

    def recent_menu(self, which: str) -> QMenu:
        """Return a menu of the recent reports, and of looking for another file."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for report in self._recent:
            said = (report.device or report.path.name, speech.say(said_of(report)), when_words(report.made_at))
            menu.addAction("  ·  ".join(part for part in said if part), partial(self._take, which, report.path))
        menu.addSeparator()
        menu.addAction(speech.say(text("Another file…")), partial(self._ask, which))
        return menu

    def _ask(self, which: str) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, speech.say(text("Open a report")), "", speech.say(text("Reports (*.json);;All files (*)"))
        )
        if chosen:
            self._take(which, Path(chosen))

    def _ask_for_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, speech.say(text("A folder of reports")))
        if chosen:
            self._presenter.choose_folder(Path(chosen))

    def _take(self, which: str, path: Path) -> None:
        if which == "before":
            self._presenter.choose(before=path)
        else:
            self._presenter.choose(after=path)


class FileCard(QFrame):
    """One of the two reports: its name, what it measured and when, and a button to choose it."""

    def __init__(self, title: Text, words: Text, choose: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._name, self._about = data_label(role="heading"), data_label(role="muted")
        self._head: RecentReport | None = None
        self.chooser = button(words, choose, icon="open")
        inside = QVBoxLayout(self)
        inside.setContentsMargins(*[theme.px(20)] * 4)
        inside.setSpacing(theme.px(6))
        for part in (label(title, "section"), self._name, self._about):
            inside.addWidget(part)
        inside.addSpacing(theme.px(4))
        inside.addLayout(row(self.chooser, None))

    def show_file(self, path: Path | None, head: RecentReport | None) -> None:
        """Show which file it is."""
        self._head = head
        speech.put(self._name, literal(path.name) if path is not None else text("No report chosen"))
        self.retranslate()

    def retranslate(self) -> None:
        """Say what the file holds in the present language."""
        head = self._head
        said = (head.device, speech.say(said_of(head)), when_words(head.made_at)) if head is not None else ()
        speech.put_data(self._about, "  ·  ".join(part for part in said if part) or " ")


def _working(state: CompareState) -> Text | None:
    if not state.is_working:
        return None
    return text("Reading the folder…") if state.folder is not None else text("Comparing…")


def _changes(comparison: Comparison) -> QFrame:
    from gpuproof.core.report.export.words import condition_words

    frame, inside = card()
    inside.addWidget(label(text("What changed"), "heading"))
    if not comparison.changes:
        inside.addWidget(label(text("Nothing that was recorded."), "muted"))
        return frame
    rows = [
        (condition_words(change.name), _shown(change.before), _shown(change.after)) for change in comparison.changes
    ]
    headings = (text("What"), text("Before"), text("After"))
    inside.addWidget(TableView(WordTable(headings, rows), text("What changed"), most_rows=14))
    return frame


def _shown(value: object) -> Text:
    return literal("–" if value is None else str(value))
