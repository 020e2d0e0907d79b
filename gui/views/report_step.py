"""The fifth step: what the file holds and what was taken out of it; save, copy, share."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from gpuproof.core.words import literal, text
from gpuproof.gui.presenters.check_presenter import CheckPresenter
from gpuproof.gui.presenters.check_state import CheckState
from gpuproof.gui.presenters.report_presenter import FORMATS, ReportPresenter, ReportState, item_words, removed_words
from gpuproof.gui.presenters.upgrade_presenter import UpgradePresenter
from gpuproof.gui.style import lengths, speech, theme
from gpuproof.gui.views.finding_card import bullet
from gpuproof.gui.views.page import Page
from gpuproof.gui.views.paper import ask_and_print, can_print
from gpuproof.gui.views.parts import Place, button, card, data_label, label, rekind, row
from gpuproof.gui.views.problem_strip import ProblemStrip
from gpuproof.gui.views.running_strip import RunningStrip
from gpuproof.gui.views.share_card import ShareCard
from gpuproof.gui.views.step_footer import StepFooter

_MOST_ITEMS = 60


class ReportStep(Page):
    """Shows the saved report as the person who receives it would see it."""

    def __init__(self, check: CheckPresenter, report: ReportPresenter, upgrade: UpgradePresenter) -> None:
        super().__init__(
            text("Report"),
            text("Kept on this computer. Names, paths, serial numbers and tokens are taken out before it is saved."),
        )
        self._check, self._report, self._upgrade = check, report, upgrade
        self.running = RunningStrip()
        self.running.cancel_confirmed.connect(check.cancel)
        self.problem = ProblemStrip()
        self.empty = label(literal(""), "muted", wraps=True)
        self.write_button = button(text("&Write a report now"), check.write_report, icon="report")
        for part in (self.running, self.problem, self.empty):
            self.body.addWidget(part)
        self.body.addLayout(row(self.write_button, None))
        self._file = self._file_card()
        self._removed_card, self._removed = self._removed_part()
        self._preview_card = self._preview_part()
        across = QHBoxLayout()
        across.setSpacing(theme.px(16))
        across.addWidget(self._removed_card, 2)
        across.addWidget(self._preview_card, 3)
        self.body.addWidget(self._file)
        self.body.addLayout(across, 1)
        self.share = ShareCard()
        self.share.case_asked.connect(report.save_case)
        self.share.snapshot_asked.connect(self._keep_snapshot)
        upgrade.state_changed.connect(self.share.show_upgrade)
        self.body.addWidget(self.share)
        self.steps = StepFooter(self, onward_words=text("&Done"))
        check.state_changed.connect(self.show_check)
        report.state_changed.connect(self.show_report)
        report.text_made.connect(self._put_on_clipboard)
        report.print_ready.connect(self._print)
        self.show_check(check.state)
        self.show_report(report.state)

    def show_check(self, state: CheckState) -> None:
        """Show whether there is a report, and follow a new one."""
        path = state.core.report_path
        self.empty.setVisible(path is None)
        self.write_button.setVisible(path is None and not state.is_opened)
        none = text("No report yet. It is written at the end of the benchmark, or now without one.")
        other = text("What was opened is no report: there is none to save.")
        speech.put(self.empty, other if state.is_opened else none)
        self.write_button.setEnabled(state.core.diagnosis is not None and not state.is_busy)
        if state.running_at == "report":
            self.running.show_running(text("Writing the report…"), None, None, stops=state.is_cancelling)
        else:
            self.running.rest()
        self.problem.show_at("report", state.problem)
        if path is not None and path != self._report.state.path:
            self._report.look_at(path, state.core.report if not state.is_opened else None)
        self.share.snapshot_button.setEnabled(state.core.result is not None and not state.is_foreign)
        for part in (self._file, self._removed_card, self._preview_card, self.share):
            part.setVisible(path is not None)
        self.steps.show_state(state, can_go_on=True)
        rekind(self.write_button, "primary" if self.write_button.isEnabled() else "")
        rekind(self.steps.onward_button, "" if path is None and self.write_button.isEnabled() else "primary")

    def show_report(self, state: ReportState) -> None:
        """Show the file."""
        if state.path is None:
            return
        speech.put_data(self._path, str(state.path))
        speech.put(self._size, text("{size} kB", size=max(1, state.size_bytes // 1000)))
        inside = self._removed.renew()
        for removed in state.removed:
            name, words = removed_words(removed)
            line = row(bullet(name, "lock", "ok"), data_label(words, "muted", wraps=False))
            line.setStretch(0, 1)
            inside.addLayout(line)
        if state.items:
            inside.addWidget(label(text("One by one; this list is not saved"), "section"))
        for item in state.items[:_MOST_ITEMS]:
            inside.addLayout(bullet(item_words(item)))
        if not state.removed:
            inside.addWidget(label(text("Nothing had to be taken out."), "muted"))
        if self._preview.toPlainText() != state.preview:
            self._preview.setPlainText(state.preview)
        if state.problem is not None:
            self.problem.show_problem(state.problem, state.hint)
        speech.put(self._saved, text("Saved: {path}", path=state.saved) if state.saved else literal(" "))
        for made in (self.save_button, self.format, self.copy_text_button):
            made.setEnabled(not state.is_working)
        self.print_button.setEnabled(not state.is_working and can_print())
        self.page_button.setVisible(self._report.page() is not None)

    def _file_card(self) -> QFrame:
        frame, inside = card()
        self._path, self._size = QLineEdit(), label(literal(""), "small")
        self._path.setReadOnly(True)
        self._path.setProperty("role", "command")
        speech.put(self._path, text("Path of the report"), "setAccessibleName")
        inside.addLayout(row(self._path, self._size))
        self.format = QComboBox()
        self.format.setMinimumContentsLength(8)
        self.format.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        speech.put(self.format, text("Format of the copy"), "setAccessibleName")
        self.save_button = button(text("&Save a copy…"), self._ask_and_save, icon="save")
        self.copy_text_button = button(text("Copy as &text"), self._report.copy_as_text, icon="copy")
        self.print_button = self._make_print_button()
        self.page_button = button(text("Open the &page"), self._open_page, icon="open", kind="quiet")
        folder = button(text("Open the &folder"), self._open_folder, icon="open", kind="quiet")
        copy = button(text("Copy the path"), self._copy_path, icon="copy", kind="quiet")
        self._saved = data_label(literal(" "), "small")
        tools = row(self.format, self.save_button, self.copy_text_button, self.print_button)
        tools.setStretch(0, 1)
        tools.addStretch(1)
        inside.addLayout(tools)
        inside.addLayout(row(self.page_button, folder, copy, self._saved, spacing=4))
        self.retranslate()
        return frame

    def retranslate(self) -> None:
        """Say the formats in the present language; the one that was picked stays."""
        kept = max(0, self.format.currentIndex())
        self.format.clear()
        for kind, words in FORMATS:
            self.format.addItem(f"{speech.say(words)} (.{kind})", kind)
        self.format.setCurrentIndex(kept)

    def _make_print_button(self) -> QPushButton:
        made = button(text("P&rint…"), self._report.lay_out_for_print, icon="print")
        if not can_print():
            made.setEnabled(False)
            speech.put(
                made, text("This Qt came without its printing part. Save a copy as PDF and print that."), "setToolTip"
            )
        return made

    def _removed_part(self) -> tuple[QFrame, Place]:
        frame, inside = card()
        inside.addWidget(label(text("Taken out before saving"), "heading"))
        place = Place(spacing=6)
        inside.addWidget(place)
        inside.addStretch(1)
        return frame, place

    def _preview_part(self) -> QFrame:
        frame, inside = card()
        inside.addWidget(label(text("What is in the file"), "heading"))
        self._preview = QPlainTextEdit()
        self._preview.setReadOnly(True)
        self._preview.setProperty("role", "command")
        self._preview.setFont(theme.mono())
        self._preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._preview.setTabChangesFocus(True)
        lengths.hold(self._preview, least_height=320)
        speech.put(self._preview, text("What is in the file"), "setAccessibleName")
        inside.addWidget(self._preview, 1)
        return frame

    def first_focus(self) -> QWidget | None:
        """Start with saving, or with writing where there is nothing yet."""
        return self.write_button if self.write_button.isVisibleTo(self) else self.save_button

    def _ask_and_save(self) -> None:
        path, kind = self._report.state.path, str(self.format.currentData())
        suggestion = str(path.with_suffix(f".{kind}")) if path is not None else ""
        chosen, _ = QFileDialog.getSaveFileName(self, speech.say(text("Save a copy")), suggestion, f"*.{kind}")
        if chosen:
            self._report.save_as(kind, Path(chosen))

    def _keep_snapshot(self) -> None:
        report = self._check.state.core.report
        if report is not None:
            self._upgrade.keep(report)

    def _open_page(self) -> None:
        page = self._report.page()
        if page is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

    def _print(self, layout: bytes) -> None:
        trouble = ask_and_print(self, layout) if self.isVisible() else None
        if trouble is not None:
            self.problem.show_problem(trouble, text("Save a copy as PDF and print that."))

    def _put_on_clipboard(self, words: str) -> None:
        QGuiApplication.clipboard().setText(words)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(self._path.text())

    def _open_folder(self) -> None:
        path = self._report.state.path
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
