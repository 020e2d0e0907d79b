"""Paste and diagnose, watch, and set-up, as a person uses them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.wizard import Script, a_chain
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text
from gpuproof.gui.presenters.programs import Program, matching
from gpuproof.gui.views.banner import Banner
from gpuproof.gui.views.table import TableView

LEFT = Qt.MouseButton.LeftButton
SOMETHING_WRONG = "RuntimeError: The NVIDIA driver on your system is too old (found version 11040)."


def test_pasted_words_get_a_cause_and_a_remedy(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_page("paste")
    page, presenter = opened.window.page("paste"), opened.assembly.paste
    page.field.setPlainText(SOMETHING_WRONG)
    QTest.mouseClick(page.judge_button, LEFT)
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    assert presenter.state.diagnosis.cause == "driver_too_old"
    assert page.findChildren(Banner)[0].title() == presenter.state.diagnosis.title.render()


def test_markup_in_pasted_words_stays_plain(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_page("paste")
    page, presenter = opened.window.page("paste"), opened.assembly.paste
    page.field.setPlainText(SOMETHING_WRONG + " <img src=x><b>bold</b>\nUsing device: cpu")
    QTest.mouseClick(page.judge_button, LEFT)
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    assert presenter.state.log.verdict == "cpu_fallback"


def test_what_a_log_line_means_is_said_in_the_language_of_the_app(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("Applied providers: ['CPUExecutionProvider']\n", encoding="utf-8")
    opened = open_window(language="zh")
    opened.window.open_page("paste")
    opened.assembly.paste.judge_file(log)
    qtbot.waitUntil(lambda: not opened.assembly.paste.state.is_working)
    (table,) = opened.window.page("paste").findChildren(TableView)
    assert table.model().index(0, 2).data() == "程序选定了 CPU，并在日志中写明。"


def test_nothing_pasted_is_said_in_words(open_window: Any) -> None:
    opened = open_window()
    opened.window.open_page("paste")
    page = opened.window.page("paste")
    QTest.mouseClick(page.judge_button, LEFT)
    assert page.problem.message() == "There is no text yet."


def test_a_log_file_is_read(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("Using device: cpu\n", encoding="utf-8")
    opened = open_window()
    opened.window.open_page("paste")
    presenter = opened.assembly.paste
    presenter.judge_file(log)
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    assert presenter.state.log.verdict == "cpu_fallback"
    presenter.judge_file(tmp_path / "gone.log")
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    assert "gone.log" in presenter.state.problem.render()


def test_programs_are_found_by_any_of_their_words() -> None:
    programs = (
        Program(pid=12, name="python3", command="python3 app.py --listen", memory_mib=900),
        Program(pid=77, name="bash", command="bash", memory_mib=4),
    )
    assert matching(programs, "app LISTEN") == programs[:1]
    assert matching(programs, "77") == programs[1:]
    assert matching(programs, "") == programs
    assert programs[0].looks_like_work
    assert not programs[1].looks_like_work


def test_a_started_program_is_watched_to_its_end_and_its_log_is_read(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_page("watch")
    page, presenter = opened.window.page("watch"), opened.assembly.watch
    code = "import time; print('Using device: cpu', flush=True); end = time.time() + 2.6\nwhile time.time() < end: pass"
    presenter.start(f'"{sys.executable}" -c "{code}"')
    assert presenter.state.is_watching
    qtbot.waitUntil(lambda: not presenter.state.is_watching, timeout=20_000)
    assert presenter.state.exit_code == 0
    assert presenter.state.lines == ("Using device: cpu",)
    assert presenter.state.judgement.verdict == "cpu"
    expected = ["It works on the CPU", "The log shows a fallback to the CPU"]
    qtbot.waitUntil(lambda: [one.title() for one in page.findChildren(Banner) if one.isVisible()] == expected)


def test_stopping_a_watch_ends_the_program_that_was_started(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_page("watch")
    page, presenter = opened.window.page("watch"), opened.assembly.watch
    presenter.start(f'"{sys.executable}" -c "import time; print(1, flush=True); time.sleep(60)"')
    qtbot.waitUntil(lambda: bool(presenter.state.lines), timeout=10_000)
    page.running.ask()
    _click_when_shown(qtbot, page.running.yes_button)
    qtbot.waitUntil(lambda: not presenter.state.is_watching, timeout=15_000)
    assert presenter.state.exit_code not in (0, None)


def test_a_command_that_is_not_there_is_said_in_words(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_page("watch")
    page, presenter = opened.window.page("watch"), opened.assembly.watch
    page.command.setText("/no/such/program --now")
    QTest.keyClick(page.command, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not presenter.state.is_watching)
    assert page.problem.isVisible()


@pytest.fixture
def at_recommend(open_window: Any, qtbot: Any) -> Any:
    opened = open_window(Script(diagnosis=a_chain()))
    opened.run_check(qtbot)
    opened.window.open_page("recommend")
    return opened


def test_an_environment_that_must_be_left_alone_is_said_in_words(
    at_recommend: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise UserProblem(text("This environment belongs to the system"), text("Make a new one"))

    monkeypatch.setattr("gpuproof.core.setup.plan.plan_existing", refuse)
    card, presenter = at_recommend.window.page("recommend").set_up, at_recommend.assembly.set_up
    QTest.mouseClick(card.plan_button, LEFT)
    qtbot.waitUntil(lambda: not presenter.state.is_busy)
    assert card.problem.message() == "This environment belongs to the system"


def test_undo_says_what_it_could_not_put_back(at_recommend: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from gpuproof.core.setup.model import Restored

    monkeypatch.setattr("gpuproof.core.setup.undo.last_undoable", lambda prefix=None: None)
    monkeypatch.setattr(
        "gpuproof.core.setup.undo.undo", lambda journal: Restored(not_restored=(text("numpy is newer"),))
    )
    card, presenter = at_recommend.window.page("recommend").set_up, at_recommend.assembly.set_up
    QTest.mouseClick(card.undo_button, LEFT)
    qtbot.waitUntil(lambda: presenter.state.phase == "undone")
    assert card.banner.title() == "Not everything could be put back"


def _click_when_shown(qtbot: Any, button: Any) -> None:
    qtbot.waitUntil(button.isVisible)
    QTest.mouseClick(button, LEFT)


def test_what_if_answers_for_another_card_and_says_so(open_window: Any, qtbot: Any) -> None:
    opened = open_window(Script(diagnosis=a_chain()))
    window = opened.window
    opened.run_check(qtbot)
    window.open_page("recommend")
    page = window.page("recommend")
    detected = page.banner.title()
    page.what_if.fields["gpu"].setText("GeForce GTX 1080")
    page.what_if.fields["driver"].setText("535.183.01")
    QTest.keyClick(page.what_if.fields["driver"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "cu126" in page.banner.title())
    assert not page.set_up.isVisibleTo(page)
    assert "cards, driver" in "\n".join(_labels(page))
    QTest.mouseClick(page.what_if.forget_button, LEFT)
    assert page.banner.title() == detected


def test_a_wrong_what_if_value_is_refused_at_the_fields(open_window: Any, qtbot: Any) -> None:
    opened = open_window(Script(diagnosis=a_chain()))
    window = opened.window
    opened.run_check(qtbot)
    window.open_page("recommend")
    card = window.page("recommend").what_if
    card.fields["system"].setText("beos")
    QTest.mouseClick(card.ask_button, LEFT)
    qtbot.waitUntil(card.problem.isVisible)
    assert "beos" in card.problem.message()


def test_help_opens_with_f1_and_its_links_lead_inside(open_window: Any, qtbot: Any) -> None:
    from PySide6.QtCore import QUrl

    opened = open_window()
    window = opened.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.page_name == "help"
    page = window.page("help")
    first = page.browser.toPlainText()
    assert len(first) > 200
    page._follow(QUrl("verdict.md"))
    assert page.browser.toPlainText() != first
    page._follow(QUrl("../../../etc/passwd"))
    page._follow(QUrl("https://example.org/x"))
    assert page._address.text() == "Elsewhere: https://example.org/x"
    QTest.mouseClick(page.back_button, LEFT)
    assert page.browser.toPlainText() == first


def _labels(page: Any) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in page.findChildren(QLabel)]


def test_a_finding_leads_to_its_page_of_the_help(open_window: Any, qtbot: Any) -> None:
    from PySide6.QtWidgets import QPushButton

    opened = open_window()
    opened.window.open_page("paste")
    page, presenter = opened.window.page("paste"), opened.assembly.paste
    page.field.setPlainText(SOMETHING_WRONG)
    QTest.mouseClick(page.judge_button, LEFT)
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    about = [made for made in page.findChildren(QPushButton) if made.text() == "About this finding"]
    about[0].click()
    assert opened.window.page_name == "help"
    assert opened.window.page("help").browser.textCursor().selectedText() == presenter.state.diagnosis.cause


def test_an_environment_that_others_could_have_changed_is_warned_about(open_window: Any, tmp_path: Path) -> None:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    python.symlink_to(sys.executable)
    for folder in (tmp_path / "env", python.parent):
        folder.chmod(0o777)
    opened = open_window()
    opened.window.open_page("start")
    start = opened.window.page("start")
    start.environment.setEditText(f"python:{python}")
    start.environment.lineEdit().editingFinished.emit()
    assert start._problem.isVisible()
    start.environment.setEditText("")
    start.environment.lineEdit().editingFinished.emit()
    assert not start._problem.isVisible()


def test_a_program_that_has_ended_is_said_above_a_new_list(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_page("watch")
    page, presenter = opened.window.page("watch"), opened.assembly.watch
    qtbot.waitUntil(lambda: not presenter.state.is_listing)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    presenter.watch(Program(pid=ended.pid, name="python", command="python", memory_mib=1.0))
    qtbot.waitUntil(page.problem.isVisible)
    assert f"no process {ended.pid}" in page.problem.message()
    assert not page.board.isVisible()  # there is nothing to draw
    assert page.table.isVisible()
    qtbot.waitUntil(lambda: not presenter.state.is_listing)
    assert page.problem.isVisible()


def test_a_command_with_an_open_quotation_mark_is_said_in_words(open_window: Any) -> None:
    opened = open_window()
    opened.window.open_page("watch")
    page = opened.window.page("watch")
    opened.assembly.watch.start('python -c "print(1)')
    assert "is left open" in page.problem.message()
    assert not opened.assembly.watch.state.is_watching
