"""Set-up from the window: plan first, shown in full; then carry it out on request, with a live log; then undo."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gpuproof.core.checkup import CheckupState
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, literal, text
from gpuproof.gui.presenters.background import Background
from gpuproof.gui.presenters.check_state import last_lines

if TYPE_CHECKING:
    from gpuproof.core.setup.model import Restored, SetupEvent, SetupOutcome, SetupPlan

Phase = Literal["idle", "planning", "planned", "applying", "done", "undoing", "undone"]
_DRAIN_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpState:
    """Where the set-up is. ``lines`` is the live log."""

    phase: Phase = "idle"
    plan: SetupPlan | None = None
    stage: Text | None = None
    progress: Text | None = None  # of the installation, as one live line
    fraction: float | None = None
    remaining_s: float | None = None
    lines: tuple[str, ...] = ()
    outcome: SetupOutcome | None = None
    restored: Restored | None = None
    problem: Text | None = None
    hint: Text | None = None
    is_cancelling: bool = False

    @property
    def is_busy(self) -> bool:
        """Tell whether something is being worked on."""
        return self.phase in ("planning", "applying", "undoing")


class SetUpPresenter(QObject):
    """One set-up at a time. Nothing is changed before ``apply``."""

    state_changed = Signal(object)  # SetUpState

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._cancel = threading.Event()
        self._inbox: deque[SetupEvent] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(_DRAIN_MS)
        self._timer.timeout.connect(self.drain)
        self.state = SetUpState()

    def plan(self, core: CheckupState, new_folder: Path | None = None) -> None:
        """Find out what would be done, for the environment that was inspected or for a new one."""
        if self.state.is_busy or core.recommendation is None or core.machine is None or core.target is None:
            return
        machine, recommendation, target = core.machine, core.recommendation, core.target
        self._begin("planning")
        cancel = self._cancel

        def work() -> SetupPlan:
            from gpuproof.core.setup.interpreter import interpreter_of
            from gpuproof.core.setup.plan import plan_existing, plan_new

            if new_folder is not None:
                return plan_new(new_folder, recommendation, cancel=cancel)
            return plan_existing(interpreter_of(target, recommendation), machine, recommendation, cancel=cancel)

        self._background.start(work, self._planned, self._failed)

    def apply(self) -> None:
        """Carry the plan out."""
        plan = self.state.plan
        if self.state.phase != "planned" or plan is None:
            return
        self._begin("applying", plan=plan)
        cancel, tell = self._cancel, self._inbox.append

        def work() -> SetupOutcome:
            from gpuproof.core.setup.apply import apply_plan

            return apply_plan(plan, on_event=tell, cancel=cancel)

        self._timer.start()
        self._background.start(work, self._applied, self._failed)

    def undo(self) -> None:
        """Put the last set-up back."""
        if self.state.is_busy:
            return
        self._begin("undoing")
        self._background.start(_undo, self._undone, self._failed)

    def forget(self) -> None:
        """Drop a plan that was not wanted."""
        if not self.state.is_busy:
            self._set(SetUpState())

    def cancel(self) -> None:
        """Stop what runs; whatever was changed is put back."""
        if self.state.is_busy:
            self._cancel.set()
            self._set(replace(self.state, is_cancelling=True))

    @Slot()
    def drain(self) -> None:
        """Take in what the worker has said."""
        state = self.state
        while self._inbox:
            state = _after(state, self._inbox.popleft())
        if state is not self.state:
            self._set(state)

    def _begin(self, phase: Phase, plan: SetupPlan | None = None) -> None:
        self._cancel = threading.Event()
        self._set(SetUpState(phase=phase, plan=plan))

    def _planned(self, plan: SetupPlan) -> None:
        self._set(SetUpState(phase="planned", plan=plan))

    def _applied(self, outcome: SetupOutcome) -> None:
        self._timer.stop()
        self.drain()
        self._set(replace(self.state, phase="done", outcome=outcome, fraction=None, is_cancelling=False))

    def _undone(self, restored: Restored) -> None:
        self._set(SetUpState(phase="undone", restored=restored))

    def _failed(self, problem: UserProblem) -> None:
        self._timer.stop()
        self.drain()
        self._set(SetUpState(problem=problem.message, hint=problem.hint, lines=self.state.lines))

    def _set(self, state: SetUpState) -> None:
        self.state = state
        self.state_changed.emit(state)


def stage_words(stage: str) -> Text:
    """Return what a stage of the work is called."""
    return {
        "record": text("Keeping the present state…"),
        "create": text("Making the environment…"),
        "install": text("Installing…"),
        "verify": text("Trying it…"),
        "restore": text("Putting everything back…"),
    }[stage]


def said_of_plan(plan: SetupPlan) -> tuple[Text, ...]:
    """Return what a plan says in sentences; its changes and commands are shown apart."""
    from gpuproof.core.setup.document import plan_words

    return tuple(line for line in plan_words(plan) if line.template not in ("{literal}", "Commands:"))


def change_rows(plan: SetupPlan) -> tuple[tuple[Text, ...], ...]:
    """Return each package that changes with its version now and afterwards."""
    return tuple(
        (literal(change.name), literal(change.before or "–"), literal(change.after or "–")) for change in plan.changes
    )


def _after(state: SetUpState, event: SetupEvent) -> SetUpState:
    from gpuproof.core.setup.model import SetupLine, SetupStage

    if isinstance(event, SetupStage):
        return replace(state, stage=stage_words(event.stage), progress=None, fraction=None, remaining_s=None)
    if isinstance(event, SetupLine):
        return replace(state, lines=last_lines(state.lines, event.line))
    return replace(state, progress=event.words(), fraction=event.fraction, remaining_s=event.remaining_s)


def _undo() -> Restored:
    from gpuproof.core.setup.undo import last_undoable, undo

    return undo(last_undoable())
