"""The checkup: the order of its steps, what it keeps, and a cancel at any step."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from helpers.machines import a_machine

from gpuproof.core import checkup as module
from gpuproof.core.bench.model import BenchResult, Proof
from gpuproof.core.checkup import Checkup, CheckupEvent, CheckupSettings, StepFinished, StepStarted
from gpuproof.core.facts.answers import Answer, Answers
from gpuproof.core.launch.model import Target
from gpuproof.core.problems import UserProblem

HERE = Target("self")


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Each room answers with a known value; ``on_inspect`` may be replaced by a test."""
    answer = Answer(question="os.release", status="ok", text="6.1")
    known: dict[str, Any] = {"answers": Answers.of([answer]), "on_inspect": lambda: None, "saved": []}

    def inspect_target(target: Target, **options: Any) -> Answers:
        known["on_inspect"]()
        if options.get("on_answer"):
            options["on_answer"](answer)
        return known["answers"]

    def run_benchmark(target: Target, settings: Any, **options: Any) -> BenchResult:
        return BenchResult(settings=settings, gpu=None, cpu=None, speedup=None)

    def save_with_page(report: Any, folder: Path, language: str) -> Path:
        known["saved"].append((report, folder))
        return folder / "report.json"

    monkeypatch.setattr("gpuproof.core.launch.inspect.inspect_target", inspect_target)
    monkeypatch.setattr("gpuproof.core.facts.readers.read_machine", lambda answers: a_machine())
    monkeypatch.setattr("gpuproof.core.bench.session.run_benchmark", run_benchmark)
    monkeypatch.setattr("gpuproof.core.bench.proof.prove", lambda *facts: Proof(verdict="not_proven", layers=()))
    monkeypatch.setattr("gpuproof.core.report.build.build_report", lambda **parts: parts)
    monkeypatch.setattr("gpuproof.core.report.store.save_with_page", save_with_page)
    return known


def test_steps_run_in_order_and_keep_their_results(rooms: dict[str, Any], tmp_path: Path) -> None:
    events: list[CheckupEvent] = []
    checkup = Checkup(CheckupSettings(target=HERE, out_folder=tmp_path), events.append)
    state = checkup.run()
    started = [event.step for event in events if isinstance(event, StepStarted)]
    finished = [event.step for event in events if isinstance(event, StepFinished)]
    assert started == list(module.STEPS)
    assert finished == started
    assert state.answers is rooms["answers"]
    assert state.report_path == tmp_path / "report.json"
    assert rooms["saved"][0][0]["result"] is state.result


def test_a_step_alone_runs_what_it_needs_first(rooms: dict[str, Any]) -> None:
    checkup = Checkup(CheckupSettings(target=HERE))
    assert checkup.diagnose().cause == "healthy"
    assert checkup.state.machine is not None


def test_a_cancel_during_a_step_keeps_what_was_found(rooms: dict[str, Any]) -> None:
    checkup = Checkup(CheckupSettings(target=HERE))
    rooms["on_inspect"] = checkup.cancel
    with pytest.raises(UserProblem) as stopped:
        checkup.run()
    assert stopped.value.exit_code == 3
    assert checkup.state.diagnosis is None


def test_a_cancelled_check_can_be_run_again(rooms: dict[str, Any], tmp_path: Path) -> None:
    checkup = Checkup(CheckupSettings(target=HERE, out_folder=tmp_path))
    checkup.cancel()
    with pytest.raises(UserProblem):
        checkup.inspect()
    checkup.restart()
    assert checkup.run().report is not None


def test_cancel_may_come_from_another_thread(rooms: dict[str, Any]) -> None:
    checkup = Checkup(CheckupSettings(target=HERE))
    thread = threading.Thread(target=checkup.cancel)
    thread.start()
    thread.join()
    assert checkup.is_cancelled


def test_without_a_torch_and_without_leave_this_python_is_checked(
    rooms: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gpuproof.core.setup.bench_environment.find_bench_python", lambda: None)
    checkup = Checkup(CheckupSettings())
    assert checkup.choose_target() == HERE


def test_with_leave_an_environment_is_set_up(rooms: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    made = Target("python", "/made/bin/python")
    monkeypatch.setattr("gpuproof.core.setup.bench_environment.find_bench_python", lambda: None)
    monkeypatch.setattr("gpuproof.core.setup.bench_environment.plan_bench_environment", lambda recommendation: "plan")
    monkeypatch.setattr("gpuproof.core.setup.bench_environment.create", lambda plan, **options: made)
    checkup = Checkup(CheckupSettings(may_set_up=True))
    assert checkup.choose_target() == made
