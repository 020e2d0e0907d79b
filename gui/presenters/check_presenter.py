"""Drives one checkup for the wizard: work in a thread, events through a queue, one frozen state for the views."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gpuproof.core.bench.model import Block, Preview, Progress, TelemetrySample
from gpuproof.core.checkup import (
    AnswerArrived,
    CancelledByPerson,
    Checkup,
    CheckupEvent,
    CheckupSettings,
    CheckupState,
    SetUpSaid,
    StepFinished,
    StepStarted,
)
from gpuproof.core.problems import UserProblem
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.presenters.chain import WAITING, judged, with_answer
from gpuproof.gui.presenters.check_state import CheckState, last_lines, problem_at
from gpuproof.gui.presenters.steps import WizardStep

DRAIN_MS = 50
MakeCheckup = Callable[[CheckupSettings, Callable[[CheckupEvent], None]], Checkup]


class CheckPresenter(QObject):
    """Holds the state of the wizard. ``events_arrived`` carries what the graphs need, in bundles."""

    state_changed = Signal(object)  # CheckState
    events_arrived = Signal(object)  # list of Block, TelemetrySample, Preview
    run_began = Signal()  # a benchmark (or a replay) starts: the graphs begin anew
    report_written = Signal(object)  # Path

    def __init__(self, background: Background, make_checkup: MakeCheckup = Checkup) -> None:
        super().__init__()
        self.background = background
        self._make_checkup = make_checkup
        self._checkup: Checkup | None = None
        self._inbox: deque[CheckupEvent] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_MS)
        self._timer.timeout.connect(self.drain)
        self.state = CheckState()

    def check(self, settings: CheckupSettings) -> None:
        """Inspect, judge and recommend anew; earlier results are put aside."""
        if self.state.is_busy:
            return
        checkup = self._make_checkup(settings, self._inbox.append)
        self._checkup = checkup
        self._set(CheckState(settings=settings, running="target"))

        def work() -> None:
            checkup.inspect()
            checkup.diagnose()
            checkup.recommend()

        self._start("inspect", work)

    def inspect_again(self) -> None:
        """Ask the machine again, for instance after a person mended something."""
        self.check(self.state.settings)

    def benchmark(self, settings: CheckupSettings | None = None) -> None:
        """Run the workload, weigh the proof and write the report."""
        checkup = self._checkup
        if self.state.is_busy or checkup is None:
            return
        if settings is not None:
            checkup.settings = settings
        core = replace(self.state.core, result=None, proof=None, report=None, report_path=None)
        checkup.state = replace(checkup.state, result=None, proof=None, report=None, report_path=None)
        self._set(replace(self.state, core=core, settings=checkup.settings, running="benchmark", progress=None))
        self.run_began.emit()

        def work() -> None:
            checkup.benchmark()
            checkup.prove()
            checkup.write_report()

        self._start("benchmark", work)

    def write_report(self) -> None:
        """Write the report of what is there, also without a benchmark."""
        checkup = self._checkup
        if self.state.is_busy or checkup is None:
            return
        self._set(replace(self.state, running="report"))
        self._start("report", checkup.write_report)

    def cancel(self) -> None:
        """Ask what runs to stop; what was found stays."""
        if self._checkup is not None and self.state.is_busy and not self.state.is_cancelling:
            self._checkup.cancel()
            self._set(replace(self.state, is_cancelling=True))

    def show(self, state: CheckState) -> None:
        """Show a state that was made elsewhere, such as an opened report."""
        if not self.state.is_busy:
            self._checkup = None
            self._set(state)

    def update(self, state: CheckState) -> None:
        """Replace the state while keeping the checkup (set-up and replay report through here)."""
        self._set(state)

    @property
    def checkup(self) -> Checkup | None:
        """Return the checkup that is driven; None while an opened report is shown."""
        return self._checkup

    def _start(self, at: WizardStep, work: Callable[[], object]) -> None:
        if self._checkup is not None:
            self._checkup.restart()
        self._set(replace(self.state, problem=None, is_cancelling=False))
        self._timer.start()
        self.background.start(work, lambda _: self._finished(None), lambda problem: self._finished(problem, at))

    def _finished(self, problem: UserProblem | None, at: WizardStep = "inspect") -> None:
        self._timer.stop()
        self.drain()
        state = self.state
        if problem is not None:
            where = state.running_at or at
            cancelled = isinstance(problem, CancelledByPerson) or state.is_cancelling
            state = replace(state, problem=problem_at(where, problem, was_cancelled=cancelled))
        self._set(replace(state, running=None, is_cancelling=False, progress=None, core=self._core()))
        if problem is None and self.state.core.report_path is not None:
            self.report_written.emit(self.state.core.report_path)

    @Slot()
    def drain(self) -> None:
        """Take in what the worker has said since the last time."""
        state, drawn = self.state, []
        for _ in range(len(self._inbox)):
            event = self._inbox.popleft()
            if isinstance(event, Block | TelemetrySample | Preview):
                drawn.append(event)
            else:
                state = self._after(state, event)
        if drawn:
            self.events_arrived.emit(drawn)
        if state is not self.state:
            self._set(state)

    def _after(self, state: CheckState, event: CheckupEvent) -> CheckState:
        match event:
            case StepStarted(step=step):
                links = WAITING if step == "inspect" else state.links
                return replace(state, running=step, links=links)
            case StepFinished(step=step):
                core = self._core()
                found = core.diagnosis if step == "diagnose" else None
                links = judged(found, core.machine) if found is not None else state.links
                return replace(state, core=core, links=links)
            case AnswerArrived(answer=answer):
                return replace(state, links=with_answer(state.links, answer.question))
            case Progress():
                return replace(state, progress=event)
            case SetUpSaid(line=line):
                return replace(state, set_up_lines=last_lines(state.set_up_lines, line))
        return state

    def _core(self) -> CheckupState:
        return self._checkup.state if self._checkup is not None else self.state.core

    def _set(self, state: CheckState) -> None:
        self.state = state
        self.state_changed.emit(state)
