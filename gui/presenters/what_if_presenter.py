"""What would be recommended if: values that a person gives instead of the detected ones."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from gpuproof.core.facts.machine import Machine
from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import Text
from gpuproof.gui.presenters.background import Background


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfState:
    """The answer for the given values; ``overridden`` names them. Without any it is None."""

    answer: Recommendation | None = None
    overridden: tuple[str, ...] = ()
    problem: Text | None = None
    hint: Text | None = None


class WhatIfPresenter(QObject):
    """Asks the same decision with other values; the detected ones stay as they are."""

    state_changed = Signal(object)  # WhatIfState

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self.state = WhatIfState()

    def ask(self, machine: Machine | None, app: str | None, fields: dict[str, str]) -> None:
        """Ask with the fields that are not empty: gpu, driver, system, machine, python, torch."""
        given = {name: value.strip() for name, value in fields.items() if value.strip()}
        if not given or machine is None:
            self.forget()
            return
        self._background.start(lambda: _answer(machine, app, given), self._set, self._failed)

    def forget(self) -> None:
        """Go back to the detected values."""
        self._set(WhatIfState())

    def _failed(self, problem: UserProblem) -> None:
        self._set(WhatIfState(problem=problem.message, hint=problem.hint))

    def _set(self, state: WhatIfState) -> None:
        self.state = state
        self.state_changed.emit(state)


def _answer(machine: Machine, app: str | None, given: dict[str, str]) -> WhatIfState:
    from gpuproof.core.recommend import recommend
    from gpuproof.core.recommend.subject import subject_of
    from gpuproof.core.recommend.what_if import WhatIf, changed

    gpu = given.pop("gpu", "")
    gpus: tuple[tuple[str, str | None], ...] = ((gpu, None),) if gpu else ()
    what_if = WhatIf(gpus=gpus, **given)  # the fields' names are those of WhatIf
    subject = changed(subject_of(machine, app=app), what_if)
    return WhatIfState(answer=recommend(subject), overridden=subject.overridden)
