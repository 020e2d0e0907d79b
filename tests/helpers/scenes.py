"""What the window looks like in the middle of things: each scene brings an open window there, for screenshots.

A scene shows what the product says about recorded machines and runs; only the moment is set up here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from helpers.machines import a_machine
from helpers.reports import NOON, a_report, a_result
from helpers.watched import an_observation

from gpuproof.core.bench.model import Progress, SeveralGpus
from gpuproof.core.bench.phrases import failure_words, step_words
from gpuproof.core.checkup import CheckupState
from gpuproof.core.facts.answers_file import read_recording
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.launch.model import Target
from gpuproof.core.report.model import Report
from gpuproof.core.report.opening import report_of_recording
from gpuproof.core.report.store import load_report, save_report
from gpuproof.core.setup.watching import InstallProgress
from gpuproof.core.words import text
from gpuproof.gui.presenters.chain import WAITING, with_answer
from gpuproof.gui.presenters.check_state import CheckState, StepProblem
from gpuproof.gui.presenters.compare_presenter import CompareState
from gpuproof.gui.presenters.opened import state_of

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "tests" / "captures"
RUN = ROOT / "docs" / "examples" / "h100.json"
PASTED = """Traceback (most recent call last):
  File "app.py", line 12, in <module>
    model.to("cuda")
AssertionError: Torch not compiled with CUDA enabled
Using device: cpu
"""
Scene = Callable[[Any, Path], object]


def own(report: Report, path: Path = RUN) -> CheckState:
    """Return the state of a report as if it had been made here, just now."""
    return replace(state_of(report, path), is_opened=False, is_foreign=False)


def recorded(name: str) -> CheckState:
    """Return what is said about a recorded machine."""
    state = own(report_of_recording(read_recording((CAPTURES / f"{name}.json").read_bytes())))
    core = replace(state.core, report=None, report_path=None, target=Target("self"))
    return replace(state, core=core)


def _show(window: Any, state: CheckState, page: str) -> None:
    window._wizard.replay._timer.stop()
    window._wizard.check.update(state)
    window.open_page(page)


def _inspecting(window: Any, _: Path) -> None:
    links = WAITING
    for question in ("os.identity", "python.interpreter", "torch.import", "torch.build", "driver.module_version"):
        links = with_answer(links, question)
    _show(window, CheckState(running="inspect", links=links), "inspect")


def _running(window: Any, *, share: float = 0.55, **changes: Any) -> Any:
    """Show the recorded run as it looked when a share of it was done."""
    state = own(load_report(RUN))
    result = state.core.result
    assert result is not None
    core = CheckupState(machine=state.core.machine, diagnosis=state.core.diagnosis,
                        recommendation=state.core.recommendation)  # fmt: skip
    progress = Progress(phase="cpu", words=step_words("measuring", "CPU"), fraction=share, remaining_s=21)
    window.open_page("benchmark")
    check = window._wizard.check
    check.update(replace(state, core=core, running="benchmark", progress=progress, **changes))
    check.run_began.emit()
    end = max(sample.at_s for sample in result.telemetry) * share
    check.events_arrived.emit([block for block in result.blocks if block.started_s + block.duration_s <= end])
    check.events_arrived.emit([sample for sample in result.telemetry if sample.at_s <= end])
    board = window.page("benchmark").board
    board.draw_all()
    return board


def _asked(window: Any, _: Path) -> None:
    _running(window)
    window.page("benchmark").running.ask()


def _crashed(window: Any, _: Path) -> None:
    from gpuproof.core.bench.proof import prove

    state = own(load_report(RUN))
    crashed = failure_words("gpu", "crashed", "the process ended by SIGSEGV without a result")
    assert state.core.result is not None
    assert state.core.machine is not None
    assert state.core.diagnosis is not None
    result = replace(state.core.result, gpu=None, speedup=None, placement={}, problems=(crashed,))
    proof = prove(state.core.machine, state.core.diagnosis, result)
    _show(window, replace(state, core=replace(state.core, result=result, proof=proof)), "benchmark")
    window._wizard.replay.start(0.0)


def _several(window: Any, _: Path) -> None:
    """Show the recorded run with what was measured of two cards on another machine."""
    state = own(load_report(RUN))
    assert state.core.result is not None
    measured = json.loads((ROOT / "docs" / "figures" / "h200x2.json").read_bytes())["several"]
    result = replace(state.core.result, several=msgspec.convert(measured, SeveralGpus))
    _show(window, replace(state, core=replace(state.core, result=result)), "benchmark")
    window._wizard.replay.start(0.0)
    place = window.page("benchmark")
    _scroll_to(place, place._results)


def _refused(window: Any, _: Path) -> None:
    """Show a benchmark that could not be started at all."""
    state = recorded("h100")
    problem = StepProblem(at="benchmark", message=text("The request is malformed"), hint=text("Try again"))
    _show(window, replace(state, problem=problem), "benchmark")


def _mending(window: Any, _: Path) -> None:
    from gpuproof.gui.presenters.set_up_presenter import SetUpState

    _show(window, recorded("ada-cpu-wheel"), "recommend")
    lines = ("Looking in indexes: https://download.pytorch.org/whl/cu130", "Collecting torch==2.15.0+cu130",
             "  Downloading torch-2.15.0+cu130-cp312-cp312-manylinux_2_28_x86_64.whl (612.4 MB)")  # fmt: skip
    state = SetUpState(
        phase="applying", fraction=0.46, lines=lines,
        progress=InstallProgress(phase="downloading", package="torch", fraction=0.46, done_bytes=281_000_000,
                                 total_bytes=612_400_000, bytes_per_s=12.3e6, remaining_s=27).words(),
    )  # fmt: skip
    window._wizard.set_up._set(state)
    _scroll_to(window.page("recommend"), window.page("recommend").set_up)


def _mended(window: Any, _: Path) -> None:
    from gpuproof.core.setup.model import SetupOutcome
    from gpuproof.gui.presenters.set_up_presenter import SetUpState

    _show(window, recorded("ada-cpu-wheel"), "recommend")
    verified = (text("It was tried after installing and works."),)
    window._wizard.set_up._set(SetUpState(phase="done", outcome=SetupOutcome(journal="1", verified=verified)))
    _scroll_to(window.page("recommend"), window.page("recommend").set_up)


def _scroll_to(page: Any, widget: Any) -> None:
    from PySide6.QtCore import QTimer

    QTimer.singleShot(150, page, lambda: page.scroll_area.ensureWidgetVisible(widget, 0, 0))


def _scrolled(name: str, widget: Callable[[Any], Any]) -> Scene:
    def scene(window: Any, _: Path) -> None:
        _show(window, own(load_report(RUN)), name)
        if name == "benchmark":
            window._wizard.replay.start(0.0)
        page = window.page(name)
        _scroll_to(page, widget(page))

    return scene


def _redacted(window: Any, folder: Path) -> None:
    from helpers.reports import some_answers

    answers = some_answers(
        python__interpreter="/home/lena.w/work/venv/bin/python",
        os__identity="Linux lena-laptop 6.8.0-45-generic x86_64",
    )
    report = a_report(answers=answers)
    path = save_report(report, folder / "reports")
    _show(window, own(report, path), "report")


def _compared(window: Any, folder: Path) -> None:
    before = save_report(a_report(), folder / "one")
    after = save_report(a_report(result=a_result(gpu_fps=7300, seed=9)), folder / "two")
    window.open_page("compare")
    window._wizard.compare.choose(before=before, after=after)


def _folder(window: Any, folder: Path) -> None:
    """Show reports of two drivers, one that lies far off, and a file that is none."""
    reports = folder / "many"
    speeds = (6100, 6120, 6090, 6110, 5210, 5190, 5200, 3900, 5205)
    for day, speed in enumerate(speeds):
        driver = DottedVersion("580.159.04" if day < 4 else "595.71.05")
        report = a_report(machine=a_machine(driver_version=driver), result=a_result(gpu_fps=speed, seed=day),
                          now=NOON + timedelta(days=day))  # fmt: skip
        save_report(report, reports)
    (reports / "notes.json").write_text("{}")
    window.open_page("compare")
    window._wizard.compare._set(CompareState())
    window._wizard.compare.choose_folder(reports)


def _pasted(window: Any, _: Path) -> None:
    window.open_page("paste")
    window.page("paste").field.setPlainText(PASTED)
    window.page("paste").judge_button.click()


def _watching(window: Any, _: Path) -> None:
    presenter = _watch(window)
    seen = an_observation([(8, 90.0, 2.0), (14, 110.0, 92.0), (4, 6.0, 0.0)])
    presenter._set(replace(presenter.state, is_watching=True, watched="python (4711)", judgement=None))
    presenter.watch_began.emit()
    presenter.samples_arrived.emit(list(seen.samples))
    window.page("watch").board.draw_all()


def _watched(window: Any, folder: Path) -> None:
    from gpuproof.core.watch.judge import judge

    _watching(window, folder)
    presenter = window._wizard.watch
    seen = an_observation([(8, 90.0, 2.0), (14, 110.0, 92.0), (4, 6.0, 0.0)])
    presenter._set(replace(presenter.state, is_watching=False, judgement=judge(seen)))


def _watch(window: Any) -> Any:
    window.open_page("watch")
    return window._wizard.watch


def _case(window: Any, folder: Path) -> None:
    from gpuproof.core.report.case import Case, CaseAnswer, CaseStep, answered, save_case

    asked = Case(question="Rendering a minute of video takes an hour. Is that normal?", report=load_report(RUN))
    step = CaseStep(words="Install the build for your card", command="pip install torch==2.15.0", check="it says cuda")
    answer = CaseAnswer(words="The wheel is one for the processor.", steps=(step,))
    window.open_report_file(save_case(answered(asked, answer), folder / "question.gpuproof"))

    def look(state: CheckState) -> None:
        if state.case is not None and window.page_name != "inspect":
            window.open_page("inspect")

    window._wizard.check.state_changed.connect(look)


def _answering(window: Any, folder: Path) -> None:
    """Show a case without an answer while a supporter writes one."""
    from gpuproof.core.report.case import Case, save_case

    report = report_of_recording(read_recording((CAPTURES / "ada-cpu-wheel.json").read_bytes()))
    asked = Case(question="Rendering a minute of video takes an hour. Is that normal?", report=report)
    window.open_report_file(save_case(asked, folder / "asked.gpuproof"))

    def look(state: CheckState) -> None:
        answer = getattr(window.page("inspect"), "_answer", None)
        if state.case is not None and answer is not None and not answer.state.is_open:
            answer.put_words("This torch is a build without CUDA.")
            answer.open()
            answer.take_remedy()

    window._wizard.check.state_changed.connect(look)


def _bad_environment(window: Any, _: Path) -> None:
    window.open_page("start")
    window.page("start").environment.setEditText("conda env torch")
    window.page("start").start_button.click()


def _problem(window: Any, _: Path) -> None:
    window.open_report_file(ROOT / "assets" / "icons" / "gpuproof-16.png")
    window.open_page("home")


SCENES: dict[str, Scene] = {
    "home-refused": _problem,
    "start-refused": _bad_environment,
    "inspect-running": _inspecting,
    "inspect-broken": lambda window, _: _show(window, recorded("ada-cpu-wheel"), "inspect"),
    "inspect-no-gpu": lambda window, _: _show(window, recorded("no-gpu"), "inspect"),
    "inspect-unknown": lambda window, _: _show(window, recorded("everything-denied"), "inspect"),
    "inspect-case": _case,
    "inspect-answering": _answering,
    "recommend-broken": lambda window, _: _show(window, recorded("ada-cpu-wheel"), "recommend"),
    "recommend-mending": _mending,
    "recommend-mended": _mended,
    "recommend-end": _scrolled("recommend", lambda page: page.what_if),
    "benchmark-ready": lambda window, _: _show(window, recorded("h100"), "benchmark"),
    "benchmark-waiting": lambda window, _: _show(window, CheckState(), "benchmark"),
    "benchmark-running": lambda window, _: _running(window),
    "benchmark-asked": _asked,
    "benchmark-crashed": _crashed,
    "benchmark-several": _several,
    "benchmark-refused": _refused,
    "benchmark-end": _scrolled("benchmark", lambda page: page.board.cards[-1]),
    "benchmark-middle": _scrolled("benchmark", lambda page: page.board.cards[0]),
    "report-none": lambda window, _: _show(window, recorded("h100"), "report"),
    "report-redacted": _redacted,
    "report-end": _scrolled("report", lambda page: page.share),
    "paste-judged": _pasted,
    "watch-running": _watching,
    "watch-judged": _watched,
    "compare-judged": _compared,
    "compare-folder": _folder,
    "help": lambda window, _: window.open_page("help"),
}
