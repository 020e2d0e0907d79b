"""The support loop in the window: a case is opened, answered, and the reply is worked through."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.reports import a_broken_diagnosis, a_diagnosis, a_report
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from gpuproof.core.report.case import Case, load_case, save_case
from gpuproof.core.report.store import save_report
from gpuproof.gui.views.answer_card import AnswerCard
from gpuproof.gui.views.case_card import StepView


def _asked(folder: Path, *, is_foreign: bool = True) -> Path:
    report = a_report(diagnosis=a_broken_diagnosis())
    if is_foreign:
        report = replace(report, machine_id="machine-0123456789")
    return save_case(Case(question="Why is it slow?", report=report), folder / "asked.gpuproof")


def _open(opened: Any, qtbot: Any, path: Path) -> Any:
    opened.window.open_report_file(path)
    qtbot.waitUntil(lambda: opened.assembly.check.state.case is not None)
    return opened.window.page("inspect")


def test_a_case_opens_where_its_question_stands(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window()
    _open(opened, qtbot, _asked(tmp_path))
    assert opened.window.page_name == "inspect"


def test_a_supporter_answers_with_the_keyboard_and_the_person_works_through_it(
    open_window: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_window()
    card = _open(opened, qtbot, _asked(tmp_path, is_foreign=False)).findChild(AnswerCard)
    assert not card.form.isVisible()
    card.open_button.setFocus()
    QTest.keyClick(card.open_button, Qt.Key.Key_Return)
    assert opened.window.focusWidget() is card.words
    QTest.keyClicks(card.words, "An old driver.")
    QTest.keyClick(card.add_button, Qt.Key.Key_Return)
    first = card.fields[0]
    assert opened.window.focusWidget() is first.words
    QTest.keyClicks(first.words, "Install the driver")
    QTest.keyClicks(first.command, "apt install nvidia-driver-580")
    assert card.fields[0] is first  # typing renews nothing
    reply = tmp_path / "reply.gpuproof"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(reply), ""))
    QTest.keyClick(card.save_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: str(reply) in card._saved.text())
    assert load_case(reply).answer.words == "An old driver."

    monkeypatch.setattr("gpuproof.gui.presenters.fix_presenter.look_again", a_diagnosis)
    opened.window.open_report_file(reply)
    qtbot.waitUntil(lambda: opened.assembly.check.state.source == reply.name)
    page = opened.window.page("inspect")
    qtbot.waitUntil(lambda: len(page.findChildren(StepView)) == 1)
    [step] = page.findChildren(StepView)
    QTest.keyClick(step.done_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: step._found.text().startswith("Nothing is wrong any more."))


def test_steps_are_taken_over_and_dropped(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window()
    card = _open(opened, qtbot, _asked(tmp_path)).findChild(AnswerCard)
    QTest.mouseClick(card.open_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(card.take_button, Qt.MouseButton.LeftButton)
    diagnosis = a_broken_diagnosis()
    assert diagnosis.primary is not None
    expected = [str(step.words) for step in diagnosis.primary.remedy.steps]
    assert [made.words.text() for made in card.fields] == expected
    QTest.mouseClick(card.fields[0].drop_button, Qt.MouseButton.LeftButton)
    assert [made.words.text() for made in card.fields] == expected[1:]
    assert opened.window.focusWidget() is card.add_button


def test_a_draft_survives_being_put_away_and_another_language(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window()
    card = _open(opened, qtbot, _asked(tmp_path)).findChild(AnswerCard)
    QTest.mouseClick(card.open_button, Qt.MouseButton.LeftButton)
    card.words.setPlainText("Half of an answer")
    card.cause.setCurrentIndex(card.cause.findData("oom"))
    QTest.mouseClick(card.away_button, Qt.MouseButton.LeftButton)
    opened.window.switch_language()
    QTest.mouseClick(card.open_button, Qt.MouseButton.LeftButton)
    assert card.words.toPlainText() == "Half of an answer"
    assert card.cause.currentData() == "oom"
    assert not card.cause.currentText().isascii()


def test_every_field_of_the_answer_has_a_name_in_both_languages(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window()
    card = _open(opened, qtbot, _asked(tmp_path)).findChild(AnswerCard)
    QTest.mouseClick(card.open_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(card.add_button, Qt.MouseButton.LeftButton)
    for _ in ("en", "zh"):
        named = [*card.findChildren(QLineEdit), card.words, card.cause, card.fields[0].drop_button]
        assert all(field.accessibleName() for field in named)
        opened.window.switch_language()
    opened.window.switch_language()
    assert not card.words.accessibleName().isascii()


def test_the_form_is_no_wider_than_a_narrow_window(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    from gpuproof.gui.shell import SMALLEST

    opened = open_window(size=SMALLEST)
    page = _open(opened, qtbot, _asked(tmp_path))
    card = page.findChild(AnswerCard)
    QTest.mouseClick(card.open_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(card.take_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(card.fields[0].isVisible)
    assert page.scroll_area.horizontalScrollBar().maximum() == 0


def test_the_end_of_a_log_goes_into_a_case_and_can_be_left_out(
    open_window: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, case = tmp_path / "run.log", tmp_path / "asked.gpuproof"
    log.write_text("Using device: cpu\n", encoding="utf-8")
    opened = open_window()
    page = opened.show_report(qtbot, save_report(a_report(), tmp_path))
    card, report = page.share, opened.assembly._report_presenter
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(log), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(case), ""))
    QTest.mouseClick(card.log_button, Qt.MouseButton.LeftButton)
    assert "run.log" in card._log_name.text()
    QTest.mouseClick(card.case_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: report.state.saved is not None)
    assert load_case(case).log_excerpt == "Using device: cpu"
    QTest.mouseClick(card.drop_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(card.case_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: case.is_file() and not report.state.is_working)
    assert load_case(case).log_excerpt == ""
    assert card.log_button.isVisibleTo(card)
