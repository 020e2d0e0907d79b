"""Whole journeys that end without a proof: a computer without a GPU, and a report from somebody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.reports import a_report, a_result
from helpers.wizard import Script, a_broken_chain, a_long_result
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gpuproof.core.bench.proof import prove
from gpuproof.core.facts.answers_file import read_recording
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.report.opening import report_of_recording
from gpuproof.core.report.store import load_report, save_report
from gpuproof.gui.views.command_box import CommandBox

CAPTURES = Path(__file__).resolve().parents[1] / "captures"


def _click(widget: Any) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.fixture
def no_gpu(tmp_path: Path) -> Script:
    """What the product says about a recorded computer without a GPU, and a run that had the processor only."""
    recording = read_recording((CAPTURES / "no-gpu.json").read_bytes())
    judged = report_of_recording(recording)
    assert judged.diagnosis is not None
    assert judged.recommendation is not None
    result = replace(a_result(), gpu=None, speedup=None, telemetry=(), placement={})
    proof = prove(read_machine(recording.answers), judged.diagnosis, result)
    return Script(
        diagnosis=judged.diagnosis, recommendation=judged.recommendation, result=result, proof=proof, folder=tmp_path
    )


def test_without_a_gpu_the_way_goes_on_and_nothing_is_called_proven(
    open_window: Any, qtbot: Any, no_gpu: Script, tmp_path: Path
) -> None:
    opened = open_window(no_gpu)
    window, check = opened.window, opened.assembly.check
    _click(window.page("home").check_button)
    _click(window.page("start").start_button)
    qtbot.waitUntil(lambda: not check.state.is_busy)
    inspect = window.page("inspect")
    assert no_gpu.diagnosis.cause == "no_nvidia_gpu"
    assert inspect.banner.title() == no_gpu.diagnosis.title.render()
    assert "Broken" in inspect.chain.button("gpu").accessibleName()
    _click(inspect.steps.onward_button)
    recommend = window.page("recommend")
    assert "cpu" in recommend.banner.title()
    _click(recommend.steps.onward_button)
    bench = window.page("benchmark")
    _click(bench.start_button)
    qtbot.waitUntil(lambda: check.state.core.report_path is not None and not check.state.is_busy)
    assert bench.problem.message() == ""
    assert bench.banner.title() != "GPU proven"
    assert bench.gpu_tile.figure() == "–"
    assert bench.cpu_tile.figure() != "–"
    _click(bench.steps.onward_button)
    assert window.page_name == "report"
    saved = load_report(next(tmp_path.glob("gpuproof-report-*.json")))
    assert saved.proof is not None
    assert saved.proof.verdict != "proven"


def test_a_report_of_somebody_else_is_read_from_step_to_step_and_closed(
    open_window: Any, qtbot: Any, tmp_path: Path
) -> None:
    report = a_report(diagnosis=a_broken_chain(), result=a_long_result())
    path = save_report(replace(report, machine_id="machine-0123456789"), tmp_path)
    before = path.read_bytes()
    opened = open_window()
    window, strip = opened.window, opened.assembly.opened
    window.open_report_file(path)
    qtbot.waitUntil(lambda: window.page_name == "benchmark" and strip.isVisible())
    assert "Report from elsewhere" in strip._words.text()
    for page in ("inspect", "recommend", "benchmark", "report"):
        window.open_page(page)
        assert strip.isVisible(), page
        assert not [box for box in window.page(page).findChildren(CommandBox) if box.isVisible()], page
    assert not window.page("benchmark").start_button.isVisible()
    assert not window.page("inspect").steps.again_button.isVisible()
    assert not window.page("recommend").set_up.isVisible()
    _click(strip.close_button)
    assert window.page_name == "home"
    assert not strip.isVisible()
    assert path.read_bytes() == before
    _click(window.page("home").check_button)
    assert window.page("start").start_button.isVisible()


def test_a_recorded_session_is_refused_in_one_line_with_what_to_do(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    opened.window.open_report_file(CAPTURES / "sessions" / "h100-quick.jsonl.gz")
    home = opened.window.page("home")
    qtbot.waitUntil(home.problem.isVisible)
    assert home.problem.message() == "h100-quick.jsonl.gz is a packed file, not a report."
    assert opened.window.page_name == "home"
