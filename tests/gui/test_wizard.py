"""The wizard as a person walks through it: mouse, keyboard, results, trouble, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.reports import a_proof, a_result
from helpers.wizard import Script, a_broken_chain, a_chain
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gpuproof.core.checkup import CheckupSettings
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text
from gpuproof.gui.presenters.graph_texts import figure

LEFT = Qt.MouseButton.LeftButton


def _click(widget: Any) -> None:
    QTest.mouseClick(widget, LEFT)


def test_a_healthy_machine_from_home_to_report_by_mouse(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window(Script(diagnosis=a_chain(), folder=tmp_path))
    window, check = opened.window, opened.assembly.check
    _click(window.page("home").check_button)
    assert window.page_name == "start"
    _click(window.page("start").start_button)
    assert window.page_name == "inspect"
    qtbot.waitUntil(lambda: not check.state.is_busy)
    inspect = window.page("inspect")
    assert inspect.banner.title() == a_chain().title.render()
    _click(inspect.steps.onward_button)
    assert window.page_name == "recommend"
    assert "cu130" in window.page("recommend").banner.title()
    _click(window.page("recommend").steps.onward_button)
    bench = window.page("benchmark")
    _click(bench.start_button)
    qtbot.waitUntil(lambda: check.state.core.report_path is not None and not check.state.is_busy)
    assert bench.banner.title() == "GPU proven"
    assert bench.gpu_tile.figure() == figure(a_result().gpu.frames_per_second)
    assert bench.ratio_tile.figure() == figure(a_result().speedup.ratio)
    _click(bench.steps.onward_button)
    report = window.page("report")
    qtbot.waitUntil(lambda: report._preview.toPlainText() != "")
    assert list(tmp_path.glob("gpuproof-report-*.json")) == [check.state.core.report_path]
    assert '"format": "gpuproof-report"' in report._preview.toPlainText()


def test_the_whole_way_by_keyboard(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window(Script(diagnosis=a_chain(), folder=tmp_path))
    window, check = opened.window, opened.assembly.check
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.focus_first()
    qtbot.waitUntil(lambda: window.focusWidget() is window.page("home").check_button)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.page_name == "start"
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: check.state.core.recommendation is not None and not check.state.is_busy)
    for page in ("recommend", "benchmark"):
        QTest.keyClick(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        assert window.page_name == page
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: check.state.core.proof is not None and not check.state.is_busy)
    QTest.keyClick(window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert window.page_name == "recommend"
    assert check.state.core.proof is not None


def test_the_broken_link_is_opened_with_its_remedy(open_window: Any, qtbot: Any) -> None:
    opened = open_window(Script(diagnosis=a_broken_chain()))
    window = opened.window
    opened.run_check(qtbot)
    inspect = window.page("inspect")
    assert inspect.chain.button("driver").isChecked()
    assert "Broken" in inspect.chain.button("driver").accessibleName()
    shown = _words(inspect)
    assert "nstall a newer driver" in shown
    assert "sudo apt install nvidia-driver-580" in shown


def test_arrow_keys_walk_along_the_chain(open_window: Any, qtbot: Any) -> None:
    opened = open_window(Script(diagnosis=a_broken_chain()))
    window = opened.window
    opened.run_check(qtbot)
    chain = window.page("inspect").chain
    chain.button("driver").setFocus()
    QTest.keyClick(chain.button("driver"), Qt.Key.Key_Down)
    assert chain.button("gpu").isChecked()
    assert "NVIDIA H100 80GB HBM3" in _words(window.page("inspect"))


def test_escape_asks_and_cancel_keeps_what_was_found(open_window: Any, qtbot: Any) -> None:
    opened = open_window(Script(diagnosis=a_chain(), waits_at="benchmark"))
    window, check = opened.window, opened.assembly.check
    opened.assembly.start_check(window.page("start")._presenter.settings("", "", "quick", may_set_up=False))
    qtbot.waitUntil(lambda: not check.state.is_busy)
    window.open_page("benchmark")
    bench = window.page("benchmark")
    _click(bench.start_button)
    qtbot.waitUntil(lambda: check.state.running == "benchmark")
    window.open_page("home")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page_name == "benchmark"
    qtbot.waitUntil(bench.running.yes_button.isVisible)
    assert check.state.is_busy
    _click(bench.running.no_button)
    assert not check.state.is_cancelling
    bench.running.ask()
    _click(bench.running.yes_button)
    qtbot.waitUntil(lambda: not check.state.is_busy)
    assert bench.problem.message() == "Cancelled."
    assert check.state.core.diagnosis is not None
    assert bench.start_button.isEnabled()


@pytest.mark.parametrize(("step", "page"), [("inspect", "inspect"), ("benchmark", "benchmark"), ("report", "report")])
def test_trouble_is_said_at_its_own_step(open_window: Any, qtbot: Any, step: str, page: str, tmp_path: Path) -> None:
    problem = UserProblem(text("The child ended with signal {number}", number=11), text("Try again"))
    opened = open_window(Script(diagnosis=a_chain(), problems={step: problem}, folder=tmp_path))
    window, check = opened.window, opened.assembly.check
    opened.run_check(qtbot)
    if step != "inspect":
        window.open_page("benchmark")
        _click(window.page("benchmark").start_button)
        qtbot.waitUntil(lambda: not check.state.is_busy)
    shown = window.page(page)
    assert shown.problem.message() == "The child ended with signal 11"
    assert window.sidebar.entry(page).accessibleName().endswith("problem found")


def test_a_verdict_that_is_not_proven_says_so(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window(Script(diagnosis=a_chain(), proof=a_proof("not_proven"), folder=tmp_path))
    window, check = opened.window, opened.assembly.check
    opened.run_check(qtbot)
    window.open_page("benchmark")
    _click(window.page("benchmark").start_button)
    qtbot.waitUntil(lambda: not check.state.is_busy and check.state.core.proof is not None)
    assert window.page("benchmark").banner.title() == "Not proven"
    assert window.sidebar.entry("benchmark").accessibleName() == "Benchmark, needs attention"


def test_a_bad_environment_is_refused_before_anything_starts(open_window: Any) -> None:
    opened = open_window()
    window = opened.window
    window.open_page("start")
    start = window.page("start")
    start.environment.setEditText("conda env torch")
    _click(start.start_button)
    assert window.page_name == "start"
    assert start._problem.isVisible()
    assert "conda env torch" in start._problem.message()


def test_the_language_changes_in_the_open_window(open_window: Any, qtbot: Any) -> None:
    opened = open_window(Script(diagnosis=a_broken_chain()))
    window = opened.window
    opened.run_check(qtbot)
    inspect = window.page("inspect")
    _click(window.sidebar.language_button)
    assert inspect.title_label().text() == "检查"
    assert "断开" in inspect.chain.button("driver").accessibleName()
    assert window.sidebar.language_button.text() == "English"
    _click(window.sidebar.language_button)
    assert inspect.title_label().text() == "Inspect"
    assert opened.context.preferences.language == "en"


def test_a_broken_machine_is_mended_and_inspected_again(open_window: Any, qtbot: Any) -> None:
    script = Script(diagnosis=a_broken_chain())
    opened = open_window(script)
    window, check = opened.window, opened.assembly.check
    opened.run_check(qtbot)
    inspect = window.page("inspect")
    assert window.sidebar.entry("inspect").accessibleName() == "Inspect, problem found"
    script.diagnosis = a_chain()
    _click(inspect.steps.again_button)
    qtbot.waitUntil(lambda: not check.state.is_busy and check.state.core.diagnosis is not None)
    assert inspect.banner.title() == a_chain().title.render()
    assert window.sidebar.entry("inspect").accessibleName() == "Inspect, done"
    assert "Broken" not in inspect.chain.button("driver").accessibleName()


def test_the_whole_way_in_chinese(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window(Script(diagnosis=a_chain(), folder=tmp_path), language="zh")
    window, check = opened.window, opened.assembly.check
    assert window.page("home").title_label().text() == "你的 GPU 真的在干活吗？"
    _click(window.page("home").check_button)
    _click(window.page("start").start_button)
    qtbot.waitUntil(lambda: not check.state.is_busy)
    window.open_page("benchmark")
    bench = window.page("benchmark")
    _click(bench.start_button)
    qtbot.waitUntil(lambda: check.state.core.report_path is not None and not check.state.is_busy)
    assert bench.banner.title() == "GPU 已证实"
    assert bench.gpu_tile.accessibleName().endswith("帧/秒")
    assert window.windowTitle() == "基准测试 – gpuproof"


def test_the_copy_button_copies_the_command_and_says_so(open_window: Any, qtbot: Any) -> None:
    from PySide6.QtGui import QGuiApplication

    from gpuproof.gui.views.command_box import CommandBox

    opened = open_window(Script(diagnosis=a_broken_chain()))
    window = opened.window
    opened.run_check(qtbot)
    box = window.page("inspect").findChildren(CommandBox)[0]
    _click(box._copy)
    assert QGuiApplication.clipboard().text() == "sudo apt install nvidia-driver-580"
    assert box._copy.accessibleName() == "Copied"


def test_a_benchmark_can_be_run_again_and_going_back_keeps_what_it_found(
    open_window: Any, qtbot: Any, tmp_path: Path
) -> None:
    opened = open_window(Script(diagnosis=a_chain(), folder=tmp_path))
    window, check = opened.window, opened.assembly.check
    opened.run_check(qtbot)
    window.open_page("benchmark")
    bench = window.page("benchmark")
    assert bench.ready.isVisible()
    assert not bench.board.isVisible()
    paths = []
    for _ in range(2):
        _click(bench.start_button)
        qtbot.waitUntil(lambda: check.state.core.report_path is not None and not check.state.is_busy)
        paths.append(check.state.core.report_path)
    assert paths[0] != paths[1]
    assert not bench.ready.isVisible()
    figure_shown = bench.gpu_tile.figure()
    _click(bench.steps.back_button)
    assert window.page_name == "recommend"
    _click(window.page("recommend").steps.back_button)
    assert window.page("inspect").banner.title() == a_chain().title.render()
    window.open_page("benchmark")
    assert bench.gpu_tile.figure() == figure_shown
    _click(window.page("inspect").steps.again_button)
    qtbot.waitUntil(lambda: not check.state.is_busy)
    assert bench.ready.isVisible()
    assert not bench.board.isVisible()


@pytest.mark.torch
def test_this_machine_is_really_inspected(open_window: Any, qtbot: Any) -> None:
    opened = open_window(is_real=True)
    window, check = opened.window, opened.assembly.check
    opened.run_check(qtbot, timeout=60_000)
    assert check.state.problem is None
    assert check.state.core.recommendation is not None
    assert window.page("inspect").banner.title() == check.state.core.diagnosis.title.render()
    assert all(link.state is not None for link in check.state.links)


def _words(page: Any) -> str:
    from PySide6.QtWidgets import QLabel, QPlainTextEdit

    labels = [label.text() for label in page.findChildren(QLabel)]
    return "\n".join(labels + [field.toPlainText() for field in page.findChildren(QPlainTextEdit)])


def test_the_keyboard_follows_the_broken_link(open_window: Any, qtbot: Any) -> None:
    opened = open_window(Script(diagnosis=a_broken_chain()))
    window, check = opened.window, opened.assembly.check
    window.open_page("inspect")
    chain = window.page("inspect").chain
    assert window.focusWidget() is chain.button("application")
    check.check(CheckupSettings())
    qtbot.waitUntil(lambda: not check.state.is_busy and window.focusWidget() is chain.button("driver"))
