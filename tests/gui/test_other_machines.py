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
    assert recommend.banner.title() == "Nothing to do: the installed PyTorch fits"
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


def test_a_recorded_session_is_played_with_its_figures_and_claims_nothing_else(open_window: Any, qtbot: Any) -> None:
    opened = open_window()
    window = opened.window
    window.open_report_file(CAPTURES / "sessions" / "h100-quick.jsonl.gz")
    qtbot.waitUntil(lambda: window.page_name == "benchmark", timeout=20_000)
    bench = window.page("benchmark")
    assert bench.gpu_tile.figure() == "10\u202f028"
    assert bench.board.run.gpus == (0,)
    assert bench.board.run.track("power", 0).highest > 200
    assert not bench.banner.isVisible()
    assert opened.assembly.opened.isVisible()
    window.open_page("inspect")
    assert "No inspection in this file" in _labels(window.page("inspect"))
    window.open_page("report")
    assert not window.page("report").write_button.isVisible()


def test_a_packed_report_is_opened_as_it_is(open_window: Any, qtbot: Any, tmp_path: Path) -> None:
    import gzip

    packed = tmp_path / "report.json.gz"
    packed.write_bytes(gzip.compress(save_report(a_report(result=a_long_result()), tmp_path).read_bytes()))
    opened = open_window()
    opened.window.open_report_file(packed)
    qtbot.waitUntil(lambda: opened.window.page_name == "benchmark")
    assert opened.window.page("benchmark").banner.title() == "GPU proven"
    opened.window.open_page("report")
    qtbot.waitUntil(lambda: "gpuproof-report" in opened.window.page("report")._preview.toPlainText())


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08\x00damaged", b"7z\xbc\xaf\x27\x1c", b"PK\x03\x04other"])
def test_packed_files_that_cannot_be_read_are_refused_in_one_line(
    open_window: Any, qtbot: Any, tmp_path: Path, content: bytes
) -> None:
    packed = tmp_path / "things.bin"
    packed.write_bytes(content)
    opened = open_window()
    opened.window.open_report_file(packed)
    home = opened.window.page("home")
    qtbot.waitUntil(home.problem.isVisible)
    assert opened.window.page_name == "home"


def test_what_unpacks_to_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    from gpuproof.core.problems import UserProblem
    from gpuproof.gui.presenters import opened

    monkeypatch.setattr(opened, "MOST_UNPACKED_BYTES", 1000)
    assert opened.unpacked(gzip.compress(b"x" * 900), "x.gz") == b"x" * 900
    with pytest.raises(UserProblem, match="packed file"):
        opened.unpacked(gzip.compress(b"x" * 2000), "x.gz")


def test_a_damaged_session_is_refused(tmp_path: Path) -> None:
    from gpuproof.core.problems import UserProblem
    from gpuproof.gui.presenters.recorded_session import is_session, read_session

    line = b'{"side": "gpu", "at_s": 1.0, "message": {"type": "block"}}\n'
    assert is_session(line)
    assert not is_session(b"[1]")
    with pytest.raises(UserProblem, match="cannot be read"):
        read_session(line + b"{")


def _labels(page: Any) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in page.findChildren(QLabel)]
