"""The whole flow as one object that the app and the terminal both drive, so that both give the same answers.

Steps run one after the other on the caller's thread (the app calls from a worker thread); each leaves its result in
``state`` and can be run again. ``cancel`` may be called from any thread and ends every child within a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from gpuproof.core.bench.model import BenchResult, BenchSettings, Proof
from gpuproof.core.checkup_state import (
    STEPS,
    AnswerArrived,
    CheckupEvent,
    CheckupSettings,
    CheckupState,
    SetUpSaid,
    StepFinished,
    StepName,
    StepStarted,
)
from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.facts.machine import Machine
from gpuproof.core.launch.model import Target
from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import text

if TYPE_CHECKING:
    from gpuproof.core.report.model import Report

__all__ = [
    "STEPS",
    "AnswerArrived",
    "CancelledByPerson",
    "Checkup",
    "CheckupEvent",
    "CheckupSettings",
    "CheckupState",
    "SetUpSaid",
    "StepFinished",
    "StepName",
    "StepStarted",
    "default_report_folder",
]


class CancelledByPerson(UserProblem):
    """Somebody asked to stop; what had been found stays in the state."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(text("Cancelled."))


class Checkup:
    """One check of one environment."""

    def __init__(self, settings: CheckupSettings, on_event: Callable[[CheckupEvent], None] | None = None) -> None:
        self.settings = settings
        self.state = CheckupState(target=settings.target)
        self._tell: Callable[[CheckupEvent], None] = on_event or (lambda event: None)
        self._cancel = threading.Event()

    def cancel(self) -> None:
        """Ask the running step to stop; its children are ended."""
        self._cancel.set()

    @property
    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._cancel.is_set()

    def restart(self) -> None:
        """Allow steps to run again after a cancel."""
        self._cancel.clear()

    def run(self) -> CheckupState:
        """Run every step in order and return the state."""
        self.choose_target()
        self.inspect()
        self.diagnose()
        self.recommend()
        self.benchmark()
        self.prove()
        self.write_report()
        return self.state

    def choose_target(self) -> Target:
        """Take the given target, or the first environment with a torch, or set one up when that was allowed."""
        if self.state.target is None:
            self._begin("target")
            self._update(target=self._find_target())
            self._end("target")
        assert self.state.target is not None
        return self.state.target

    def inspect(self) -> Machine:
        """Ask the target everything and read the answers."""
        from gpuproof.core.facts.readers import read_machine
        from gpuproof.core.launch.inspect import inspect_target

        target = self.choose_target()
        self._begin("inspect")
        answers = inspect_target(
            target, on_answer=lambda answer: self._tell(AnswerArrived(answer=answer)), cancel=self._cancel
        )
        self._stop_if_cancelled()
        machine = read_machine(answers)
        self._update(answers=answers, machine=machine)
        self._end("inspect")
        return machine

    def diagnose(self) -> Diagnosis:
        """Judge the facts."""
        from gpuproof.core.diagnose import diagnose

        machine = self.state.machine or self.inspect()
        self._begin("diagnose")
        diagnosis = diagnose(machine, app=self.settings.app)
        self._update(diagnosis=diagnosis)
        self._end("diagnose")
        return diagnosis

    def recommend(self) -> Recommendation:
        """Decide on wheel and driver."""
        from gpuproof.core.recommend import recommend
        from gpuproof.core.recommend.subject import subject_of

        machine = self.state.machine or self.inspect()
        self._begin("recommend")
        recommendation = recommend(subject_of(machine, app=self.settings.app))
        self._update(recommendation=recommendation)
        self._end("recommend")
        return recommendation

    def benchmark(self) -> BenchResult:
        """Run the workload in children of the target's interpreter."""
        from gpuproof.core.bench.session import run_benchmark

        target = self.choose_target()
        self._begin("benchmark")
        settings = BenchSettings(preset=self.settings.preset, device=self.settings.device)
        result = run_benchmark(target, settings, on_event=self._tell, cancel=self._cancel)
        self._stop_if_cancelled()
        self._update(result=result)
        self._end("benchmark")
        return result

    def prove(self) -> Proof:
        """Weigh the three layers."""
        from gpuproof.core.bench.proof import prove

        machine = self.state.machine or self.inspect()
        diagnosis = self.state.diagnosis or self.diagnose()
        result = self.state.result or self.benchmark()
        self._begin("prove")
        proof = prove(machine, diagnosis, result)
        self._update(proof=proof)
        self._end("prove")
        return proof

    def write_report(self) -> Path:
        """Build the report from what is there, redact it and write JSON and HTML; returns the JSON's path."""
        from gpuproof.core.report.store import save_with_page

        self._begin("report")
        report = self.build_report()
        folder = self.settings.out_folder or default_report_folder()
        path = save_with_page(report, folder, self.settings.language)
        self._update(report=report, report_path=path)
        self._end("report")
        return path

    def build_report(self) -> Report:
        """Build the report of the present state without writing it."""
        from gpuproof.core.report.build import build_report

        target = self.choose_target()
        machine = self.state.machine or self.inspect()
        diagnosis = self.state.diagnosis or self.diagnose()
        recommendation = self.state.recommendation or self.recommend()
        assert self.state.answers is not None
        return build_report(
            target=target,
            answers=self.state.answers,
            machine=machine,
            diagnosis=diagnosis,
            recommendation=recommendation,
            result=self.state.result,
            proof=self.state.proof,
            now=datetime.now(timezone.utc),
        )

    def _find_target(self) -> Target:
        from gpuproof.core.setup.bench_environment import create, find_bench_python, plan_bench_environment

        found = find_bench_python()
        if found is not None:
            return found
        if not self.settings.may_set_up:
            return Target("self")
        machine = self._inspect_here()
        from gpuproof.core.recommend import recommend
        from gpuproof.core.recommend.subject import subject_of

        self._begin("set_up")
        plan = plan_bench_environment(recommend(subject_of(machine, app=self.settings.app)))
        target = create(
            plan,
            on_line=lambda line: self._tell(SetUpSaid(line=line)),
            cancel=self._cancel,
            language=self.settings.language,
        )
        self._stop_if_cancelled()
        self._end("set_up")
        return target

    def _inspect_here(self) -> Machine:
        from gpuproof.core.facts.readers import read_machine
        from gpuproof.core.launch.inspect import inspect_target
        from gpuproof.core.launch.surroundings import is_frozen
        from gpuproof.core.setup.bases import base_interpreter

        here = Target("python", base_interpreter()) if is_frozen() else Target("self")
        return read_machine(inspect_target(here, import_torch=False, cancel=self._cancel))

    def _stop_if_cancelled(self) -> None:
        if self._cancel.is_set():
            raise CancelledByPerson

    def _begin(self, step: StepName) -> None:
        self._stop_if_cancelled()
        self._tell(StepStarted(step=step))

    def _end(self, step: StepName) -> None:
        self._tell(StepFinished(step=step))

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # typed by the callers above


def default_report_folder() -> Path:
    """Return the folder for reports when none is named: under the user's data."""
    from gpuproof.core.launch.places import data_folder

    return data_folder() / "reports"
