"""Reports in the window: opening, replaying, foreign ones, recent ones, saving and comparing."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers.canaries import HOST, USER, leaks, spoiled_report
from helpers.machines import a_machine
from helpers.reports import NOON, a_broken_diagnosis, a_diagnosis, a_report, a_result, some_answers
from helpers.wizard import Script, a_broken_chain, a_long_result
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.report.snapshot import keep_snapshot
from gpuproof.core.report.store import save_report
from gpuproof.gui.presenters.graph_texts import FRAMES, GRAPHS, figure
from gpuproof.gui.presenters.live_run import LiveRun
from gpuproof.gui.presenters.replay import events_of
from gpuproof.gui.presenters.save_graphs import csv_of, svg_of
from gpuproof.gui.views.table import TableView
from gpuproof.gui.views.upgrade_strip import UpgradeStrip


@pytest.fixture
def own_report(open_window: Any, tmp_path: Path) -> Path:
    return save_report(a_report(result=a_long_result(), diagnosis=a_broken_chain()), tmp_path)


def _foreign(tmp_path: Path) -> Path:
    report = replace(a_report(diagnosis=a_broken_chain()), machine_id="machine-0123456789")
    return save_report(report, tmp_path)


def test_an_own_report_shows_its_verdict_and_all_its_graphs(open_window: Any, qtbot: Any, own_report: Path) -> None:
    opened = open_window()
    opened.window.open_report_file(own_report)
    qtbot.waitUntil(lambda: opened.window.page_name == "benchmark")
    bench = opened.window.page("benchmark")
    assert bench.banner.title() == "GPU proven"
    assert bench.board.run.gpus == (0,)
    assert len(bench.board.run.track("utilisation", 0)) == 550
    assert not opened.assembly.check.state.is_foreign
    assert opened.assembly.opened.isVisible()


def test_a_replay_ends_with_exactly_the_saved_run(open_window: Any, qtbot: Any, own_report: Path) -> None:
    opened = open_window()
    opened.window.open_report_file(own_report)
    qtbot.waitUntil(lambda: opened.window.page_name == "benchmark")
    bench, replay = opened.window.page("benchmark"), opened.assembly.replay
    replay.start(400.0)
    assert opened.assembly.check.state.is_replaying
    qtbot.waitUntil(lambda: not replay.is_running)
    expected = LiveRun()
    for _, event in events_of(opened.assembly.check.state.core.result):
        expected.take(event)
    assert csv_of(bench.board.run) == csv_of(expected)
    assert bench.gpu_tile.figure() == figure(a_long_result().gpu.frames_per_second)


def test_a_foreign_report_is_marked_and_offers_no_fix(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window()
    opened.window.open_report_file(_foreign(tmp_path))
    qtbot.waitUntil(lambda: opened.window.page_name == "benchmark")
    window, state = opened.window, opened.assembly.check.state
    assert state.is_foreign
    assert "Report from elsewhere" in opened.assembly.opened._words.text()
    assert not window.page("recommend").set_up.isVisibleTo(window.page("recommend"))
    window.open_page("inspect")
    from gpuproof.gui.views.command_box import CommandBox

    assert window.page("inspect").findChildren(CommandBox) == []
    assert not window.page("benchmark").start_button.isVisibleTo(window.page("benchmark"))
    QTest.mouseClick(opened.assembly.opened.close_button, Qt.MouseButton.LeftButton)
    assert window.page_name == "home"
    assert opened.assembly.check.state.core.report is None


def test_a_damaged_file_is_refused_on_the_home_page(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "gpuproof-report", "version": 1', encoding="utf-8")
    opened = open_window()
    opened.window.open_report_file(broken)
    home = opened.window.page("home")
    qtbot.waitUntil(home.problem.isVisible)
    assert home.problem.message()


def test_a_report_that_was_edited_says_so(open_window: Any, qtbot: Any, own_report: Path) -> None:
    own_report.write_text(own_report.read_text(encoding="utf-8").replace("6100.0", "9999.0"), encoding="utf-8")
    opened = open_window()
    opened.window.open_report_file(own_report)
    qtbot.waitUntil(opened.assembly.opened.isVisible)
    assert opened.assembly.opened._doubt.text() == "It was changed or damaged after it was saved."


def test_recent_reports_stand_on_the_home_page_with_their_verdict(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    save_report(a_report(), tmp_path / "data" / "reports")
    (tmp_path / "data" / "reports" / "gpuproof-report-x.json").write_text("not a report", encoding="utf-8")
    opened = open_window()
    from gpuproof.gui.views.recent_tile import RecentTile

    home = opened.window.page("home")
    qtbot.waitUntil(lambda: len(home.findChildren(RecentTile)) == 1)
    tile = home.findChildren(RecentTile)[0]
    assert tile.accessibleName().startswith("Proven: NVIDIA H100 80GB HBM3")
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.window.page_name == "benchmark")


def test_two_reports_are_compared_with_intervals(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    before = save_report(a_report(), tmp_path)
    after = save_report(a_report(result=a_result(gpu_fps=7300, seed=9)), tmp_path)
    opened = open_window()
    opened.window.open_page("compare")
    compare = opened.assembly.compare
    compare.choose(before=before, after=after)
    qtbot.waitUntil(lambda: compare.state.comparison is not None)
    from gpuproof.gui.views.banner import Banner
    from gpuproof.gui.views.forest_plot import ForestPlot

    page = opened.window.page("compare")
    assert [banner.title() for banner in page.findChildren(Banner)] == ["Faster"]
    assert "GPU speed, Faster" in page.findChildren(ForestPlot)[0].accessibleDescription()
    QTest.mouseClick(page.swap_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: compare.state.comparison is not None and compare.state.before == after)
    assert "GPU speed, Slower" in page.findChildren(ForestPlot)[0].accessibleDescription()


def test_a_file_that_is_no_report_is_refused_where_it_was_chosen(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("hello", encoding="utf-8")
    opened = open_window()
    opened.window.open_page("compare")
    opened.assembly.compare.choose(before=other, after=other)
    page = opened.window.page("compare")
    qtbot.waitUntil(page.problem.isVisible)


def test_csv_holds_every_value(tmp_path: Path) -> None:
    run = LiveRun()
    result = a_long_result()
    for event in (*result.blocks, *result.telemetry):
        run.take(event)
    rows = list(csv.DictReader(io.StringIO(csv_of(run))))
    power = [row for row in rows if row["series"] == "power"]
    assert len(power) == 550
    assert power[0]["gpu"] == "0"
    assert float(power[300]["value"]) == pytest.approx(
        next(s.power_w for s in result.telemetry if s.gpu == 0 and s.at_s == 30.0), rel=1e-5
    )


def test_svg_is_a_picture_of_every_graph() -> None:
    run = LiveRun()
    for event in (*a_long_result().blocks, *a_long_result().telemetry):
        run.take(event)
    root = ElementTree.fromstring(svg_of(run, [FRAMES, *GRAPHS], 0))
    groups = [group for group in root if group.tag.endswith("}g")]
    assert len(groups) == 1 + len(GRAPHS)
    assert all(len([part for part in group if part.tag.endswith("}path")]) >= 2 for group in groups)


def test_a_case_shows_question_and_answer_and_runs_nothing(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    from gpuproof.core.report.case import Case, CaseAnswer, CaseStep, answered, save_case
    from gpuproof.gui.views.command_box import CommandBox

    asked = Case(question="Why is <b>it</b> slow?", report=a_report(diagnosis=a_broken_chain()))
    step = CaseStep(words="Install again", command="pip install torch", check="it says cuda")
    path = save_case(
        answered(asked, CaseAnswer(words="The wheel is a CPU one", steps=(step,))), tmp_path / "q.gpuproof"
    )
    opened = open_window()
    opened.window.open_report_file(path)
    qtbot.waitUntil(lambda: opened.assembly.check.state.case is not None)
    opened.window.open_page("inspect")
    page = opened.window.page("inspect")
    words = [label.text() for label in page.findChildren(QLabel)]
    assert "Why is <b>it</b> slow?" in words
    assert "The wheel is a CPU one" in words
    assert "pip install torch" in [box.command() for box in page.findChildren(CommandBox)]


def test_the_steps_of_a_case_are_done_one_by_one_with_a_fresh_look(
    open_window: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gpuproof.core.report.case import Case, CaseAnswer, CaseStep, answered, save_case
    from gpuproof.gui.views.case_card import StepView

    looks = [a_broken_diagnosis(), a_diagnosis()]
    monkeypatch.setattr("gpuproof.gui.presenters.fix_presenter.look_again", lambda: looks.pop(0))
    steps = tuple(CaseStep(words=words) for words in ("Install", "Restart", "Never needed"))
    answer = CaseAnswer(words="Old driver", cause="driver_too_old", steps=steps)
    opened = open_window()
    path = save_case(answered(Case(question="?", report=a_report(diagnosis=a_broken_chain())), answer), tmp_path / "r")
    opened.window.open_report_file(path)
    qtbot.waitUntil(lambda: opened.assembly.check.state.case is not None)
    opened.window.open_page("inspect")
    views = opened.window.page("inspect").findChildren(StepView)
    assert [view.done_button.isVisible() for view in views] == [True, False, False]
    QTest.mouseClick(views[0].done_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(views[1].done_button.isVisible)
    assert views[0]._found.text().startswith("It is still there.")
    QTest.mouseClick(views[1].done_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: views[1]._found.text().startswith("Nothing is wrong any more."))
    assert not any(view.done_button.isVisible() for view in views)


def test_a_case_is_saved_with_the_question(open_window: Any, qtbot: Any, tmp_path: Path, own_report: Path) -> None:
    from gpuproof.core.report.case import load_case

    opened = open_window()
    page, report = opened.show_report(qtbot, own_report), opened.assembly._report_presenter
    page.share.case_asked.emit("Is this normal?", None, tmp_path / "q.gpuproof")
    qtbot.waitUntil(lambda: report.state.saved is not None)
    assert load_case(tmp_path / "q.gpuproof").question == "Is this normal?"


@pytest.mark.parametrize("format_name", ["html", "pdf", "png", "md", "txt", "csv", "json"])
def test_copies_are_written_in_every_format(
    open_window: Any, qtbot: Any, tmp_path: Path, own_report: Path, format_name: str
) -> None:
    opened = open_window()
    opened.show_report(qtbot, own_report)
    report = opened.assembly._report_presenter
    report.save_as(format_name, tmp_path / f"copy.{format_name}")
    qtbot.waitUntil(lambda: not report.state.is_working, timeout=20_000)
    assert report.state.problem is None
    copy = (tmp_path / f"copy.{format_name}").read_bytes()
    assert len(copy) > 500
    assert copy.startswith({"pdf": b"%PDF-", "png": b"\x89PNG\r\n"}.get(format_name, copy[:1]))


def test_no_planted_detail_reaches_the_clipboard_or_the_page(
    open_window: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The report of a check just run is not redacted yet; what is copied and previewed is."""
    monkeypatch.setenv("USER", USER)
    monkeypatch.setenv("HOSTNAME", HOST)
    report = spoiled_report()
    path = save_report(report, tmp_path)
    opened = open_window()
    opened.window.open_page("report")
    presenter = opened.assembly._report_presenter
    presenter.look_at(path, report)
    qtbot.waitUntil(lambda: presenter.state.preview != "")
    QGuiApplication.clipboard().clear()
    presenter.copy_as_text()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() != "")
    assert "H100" in QGuiApplication.clipboard().text()
    assert leaks(QGuiApplication.clipboard().text()) == []
    assert leaks(presenter.state.preview) == []


def test_the_report_is_printed_with_the_printer_that_was_chosen(
    open_window: Any, qtbot: Any, tmp_path: Path, own_report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printed = tmp_path / "printed.pdf"

    def choose(dialog: QPrintDialog) -> int:
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(printed))
        return int(QPrintDialog.DialogCode.Accepted)

    monkeypatch.setattr(QPrintDialog, "exec", choose)
    opened = open_window()
    page = opened.show_report(qtbot, own_report)
    qtbot.waitUntil(page.print_button.isEnabled)
    QTest.mouseClick(page.print_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(printed.is_file, timeout=20_000)
    assert printed.read_bytes().startswith(b"%PDF-")
    assert printed.read_bytes().count(b"/Type /Page\n") >= 2


def test_what_was_replaced_is_listed_one_by_one(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    answers = some_answers(python__interpreter="/home/somebody-special/venv/bin/python")
    report = a_report(answers=answers)
    path = save_report(report, tmp_path)
    opened = open_window()
    opened.window.open_page("report")
    presenter = opened.assembly._report_presenter
    presenter.look_at(path, report)
    qtbot.waitUntil(lambda: presenter.state.preview != "")
    assert "somebody-special" not in presenter.state.preview
    assert any(item.found == "somebody-special" and item.becomes for item in presenter.state.items)


def test_a_snapshot_is_kept_and_the_changed_driver_noticed(
    open_window: Any, qtbot: Any, own_report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_window()
    first.window.open_report_file(own_report)
    qtbot.waitUntil(lambda: first.assembly.check.state.core.report is not None)
    first.window.open_page("report")
    QTest.mouseClick(first.window.page("report").share.snapshot_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: first.assembly.upgrade.state.kept)
    monkeypatch.setattr("gpuproof.core.report.snapshot.running_driver_here", lambda: "999.99")
    second = open_window()
    qtbot.waitUntil(lambda: second.assembly.upgrade.state.before is not None)
    words = [label.text() for label in second.window.page("home").findChildren(QLabel)]
    assert "The driver was changed since the snapshot with 580.159.04." in words


def test_the_upgrade_is_judged_from_the_home_page(
    open_window: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_snapshot(a_report(result=a_result(doubts=())))
    monkeypatch.setattr("gpuproof.core.report.snapshot.running_driver_here", lambda: "591.44")
    opened = open_window()
    upgrade = opened.assembly.upgrade
    qtbot.waitUntil(lambda: upgrade.state.before is not None)
    strip = opened.window.page("home").findChild(UpgradeStrip)
    same = save_report(replace(a_report(result=a_result(doubts=(), seed=4)), made_at="2026-12-03T12:00:00Z"), tmp_path)
    upgrade.judge([same])
    qtbot.waitUntil(lambda: upgrade.state.problem is not None)
    assert "No report was made with the new driver yet." in [label.text() for label in strip.findChildren(QLabel)]
    machine = a_machine(driver_version=DottedVersion("591.44"))
    slow = a_report(machine=machine, result=a_result(gpu_fps=4900.0, seed=9, doubts=()))
    after = save_report(replace(slow, made_at="2026-12-02T12:00:00Z"), tmp_path)
    upgrade.judge([same, after])
    qtbot.waitUntil(lambda: upgrade.state.verdict is not None)
    words = " ".join(label.text() for label in strip.findChildren(QLabel))
    assert "slower than with 580.159.04. Go back to 580.159.04." in words
    assert "nvidia-driver-580" in words
    QTest.mouseClick(strip.whole_button, Qt.MouseButton.LeftButton)
    assert opened.window.page_name == "compare"
    qtbot.waitUntil(lambda: opened.assembly.compare.state.comparison is not None)
    assert opened.assembly.compare.state.after == after


def test_a_report_is_not_opened_over_a_running_check(open_window: Any, qtbot: Any, own_report: Path) -> None:
    opened = open_window(Script(waits_at="inspect"))
    check = opened.assembly.check
    opened.window.open_page("start")
    opened.window.page("start").start_button.click()
    qtbot.waitUntil(lambda: check.state.running == "inspect")
    opened.window.open_report_file(own_report)
    assert opened.window.page("home").problem.message() == "A check is running; a report cannot be opened now."
    assert check.state.is_busy


def test_starting_a_check_ends_a_replay(open_window: Any, qtbot: Any, own_report: Path) -> None:
    opened = open_window(Script())
    check, replay = opened.assembly.check, opened.assembly.replay
    opened.window.open_report_file(own_report, replay=True)
    qtbot.waitUntil(lambda: replay.is_running)
    opened.window.open_page("start")
    opened.window.page("start").start_button.click()
    assert not replay.is_running
    qtbot.waitUntil(lambda: not check.state.is_busy)
    assert not check.state.is_replaying
    assert not check.state.is_opened


def test_the_report_of_an_opened_case_is_shown_and_can_be_copied(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    from gpuproof.core.report.case import Case, save_case

    path = save_case(Case(question="Is this normal?", report=a_report()), tmp_path / "q.gpuproof")
    opened = open_window()
    opened.window.open_report_file(path)
    qtbot.waitUntil(lambda: opened.assembly.check.state.case is not None)
    opened.window.open_page("report")
    page, report = opened.window.page("report"), opened.assembly._report_presenter
    qtbot.waitUntil(lambda: '"gpuproof-report"' in page._preview.toPlainText())
    assert page.problem.message() == ""
    report.save_as("txt", tmp_path / "copy.txt")
    qtbot.waitUntil(lambda: report.state.saved is not None)


def test_without_qts_printing_part_the_button_is_off_and_says_why(
    open_window: Any, qtbot: Any, own_report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gpuproof.gui.views import paper

    find = importlib.util.find_spec
    monkeypatch.setattr(paper.importlib.util, "find_spec",
                        lambda name: None if name == "PySide6.QtPrintSupport" else find(name))  # fmt: skip
    opened = open_window()
    page = opened.show_report(qtbot, own_report)
    assert not page.print_button.isEnabled()
    assert "without its printing part" in page.print_button.toolTip()
    assert page.save_button.isEnabled()


def test_a_printing_part_that_cannot_be_loaded_is_said_on_the_page(
    open_window: Any, qtbot: Any, own_report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_window()
    page = opened.show_report(qtbot, own_report)
    qtbot.waitUntil(page.print_button.isEnabled)
    monkeypatch.setitem(sys.modules, "PySide6.QtPrintSupport", None)
    QTest.mouseClick(page.print_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.problem.isVisible, timeout=20_000)
    assert page.problem.message().startswith("Printing is not possible here")


def test_a_recent_report_without_a_run_shows_the_fault_that_was_found(
    open_window: Any, qtbot: Any, tmp_path: Path
) -> None:
    from gpuproof.gui.views.recent_tile import RecentTile

    save_report(a_report(diagnosis=a_broken_chain(), result=None, proof=None), tmp_path / "data" / "reports")
    opened = open_window()
    home = opened.window.page("home")
    qtbot.waitUntil(lambda: len(home.findChildren(RecentTile)) == 1)
    words = [label.text() for label in home.findChildren(RecentTile)[0].findChildren(QLabel)]
    assert "Fault found" in words
    assert a_broken_chain().title.render() in words


def test_recent_reports_are_offered_where_two_are_compared(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    for speed in (6100.0, 7300.0):
        save_report(a_report(result=a_result(gpu_fps=speed)), tmp_path / "data" / "reports")
    opened = open_window()
    opened.window.open_page("compare")
    page, presenter = opened.window.page("compare"), opened.assembly.compare
    qtbot.waitUntil(lambda: len(page._recent) == 2)
    for which, place in (("before", 0), ("after", 1)):
        actions = page.recent_menu(which).actions()
        assert "NVIDIA H100 80GB HBM3" in actions[place].text()
        assert actions[-1].text() == "Another file…"
        actions[place].trigger()
    qtbot.waitUntil(lambda: presenter.state.comparison is not None)
    assert "frames/s" in page.before._about.text()
    assert page.before._about.text() != page.after._about.text()


def _some_reports(folder: Path) -> list[Path]:
    speeds = (6100, 6110, 6090, 6105, 4000)
    reports = [a_report(result=a_result(gpu_fps=fps, seed=day), now=NOON + timedelta(days=day))
               for day, fps in enumerate(speeds)]  # fmt: skip
    paths = [save_report(report, folder) for report in reports]
    (folder / "notes.json").write_text("{}", encoding="utf-8")
    return paths


def test_a_folder_of_reports_is_a_table_whose_rows_open(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    paths = _some_reports(tmp_path / "many")
    opened = open_window()
    opened.window.open_page("compare")
    page, presenter = opened.window.page("compare"), opened.assembly.compare
    presenter.choose_folder(tmp_path / "many")
    qtbot.waitUntil(lambda: presenter.state.table is not None)
    table, refused = page.results.findChildren(TableView)
    assert table.words.rowCount() == 5
    assert [_cell(table, row, 3) for row in range(5)] == ["", "", "", "", "far from the others"]
    assert _cell(refused, 0, 0) == "notes.json"
    assert table.accessibleName()
    table.words.sort(2)  # the slowest first
    table.setCurrentIndex(table.words.index(0, 0))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.window.page_name == "benchmark")
    assert opened.assembly.check.state.source == paths[4].name


def test_a_folder_follows_the_language_and_has_a_baseline(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    paths = _some_reports(tmp_path / "many")
    opened = open_window()
    opened.window.open_page("compare")
    page, presenter = opened.window.page("compare"), opened.assembly.compare
    presenter.choose(before=paths[4])
    presenter.choose_folder(tmp_path / "many")
    qtbot.waitUntil(lambda: presenter.state.table is not None)
    opened.window.switch_language()
    table = page.results.findChildren(TableView)[0]
    heading = table.words.headerData(4, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
    assert heading == "与基准相比"
    assert _cell(table, 0, 5) == "更快"


def test_an_empty_folder_is_said_in_words(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    opened = open_window()
    opened.window.open_page("compare")
    page, presenter = opened.window.page("compare"), opened.assembly.compare
    presenter.choose_folder(tmp_path)
    qtbot.waitUntil(lambda: not presenter.state.is_working)
    assert "holds no report" in page.problem.message()
    assert page.folder_button.isEnabled()


def _cell(table: TableView, row: int, column: int) -> str:
    return str(table.words.data(table.words.index(row, column)))
