"""Through the fix card of a case: which step is next, and what a fresh look found after each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from gpuproof.core.diagnose.model import Diagnosis
from gpuproof.core.problems import UserProblem
from gpuproof.core.report.case import Case
from gpuproof.core.report.fix_card import Recheck, is_from_here, look_again, recheck
from gpuproof.core.words import Text
from gpuproof.gui.presenters.background import Background


@dataclass(frozen=True, slots=True, kw_only=True)
class FixState:
    """``found``: what was seen after each step that was done, in order; ``is_here``: the case is about this machine."""

    count: int
    is_here: bool
    found: tuple[Recheck, ...] = ()
    is_working: bool = False
    problem: Text | None = None

    @property
    def at(self) -> int | None:
        """Return the step that is next, from 0; None when there is none or it is no longer needed."""
        is_over = not self.is_here or len(self.found) >= self.count or any(one.is_healthy for one in self.found)
        return None if is_over else len(self.found)


class FixPresenter(QObject):
    """Looks again when a person says that a step is done."""

    state_changed = Signal(object)  # FixState

    def __init__(self, background: Background, case: Case) -> None:
        super().__init__()
        self._background, self._case = background, case
        count = len(case.answer.steps) if case.answer is not None else 0
        self.state = FixState(count=count, is_here=is_from_here(case))

    def step_done(self) -> None:
        """Look again after the step that was next."""
        if self.state.at is None or self.state.is_working:
            return
        self._set(replace(self.state, is_working=True, problem=None))
        self._background.start(look_again, self._looked, self._failed)

    def _looked(self, now: Diagnosis) -> None:
        found = (*self.state.found, recheck(self._case, now))
        self._set(replace(self.state, is_working=False, found=found))

    def _failed(self, problem: UserProblem) -> None:
        self._set(replace(self.state, is_working=False, problem=problem.message))

    def _set(self, state: FixState) -> None:
        self.state = state
        self.state_changed.emit(state)
