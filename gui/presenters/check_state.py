"""What the wizard shows: one frozen state, made of the core's results and of what is going on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gpuproof.core.bench.model import Progress
from gpuproof.core.checkup import CheckupSettings, CheckupState, StepName
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text
from gpuproof.gui.presenters.chain import WAITING, ShownLink
from gpuproof.gui.presenters.steps import WizardStep

if TYPE_CHECKING:
    from gpuproof.core.report.case import Case

_SHOWN_LINES = 400

# where a step of the core is shown
SHOWN_AT: dict[StepName, WizardStep] = {
    "target": "inspect",
    "inspect": "inspect",
    "diagnose": "inspect",
    "recommend": "recommend",
    "set_up": "inspect",
    "benchmark": "benchmark",
    "prove": "benchmark",
    "report": "report",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProblem:
    """A step did not finish: what was found and what to do, shown where the step is shown."""

    at: WizardStep
    message: Text
    hint: Text | None = None
    was_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """Everything that the five steps show. ``running`` is the step of the core that works now."""

    settings: CheckupSettings = field(default_factory=CheckupSettings)
    core: CheckupState = field(default_factory=CheckupState)
    running: StepName | None = None
    is_cancelling: bool = False
    links: tuple[ShownLink, ...] = WAITING
    progress: Progress | None = None
    problem: StepProblem | None = None
    set_up_lines: tuple[str, ...] = ()
    is_foreign: bool = False  # a report that was made elsewhere: read-only, no fix is offered
    is_opened: bool = False  # shows a report file
    is_replaying: bool = False
    source: str = ""  # the file name of an opened report
    case: Case | None = None  # the question and answer that came with it

    @property
    def is_busy(self) -> bool:
        """Tell whether something is being worked on."""
        return self.running is not None

    @property
    def running_at(self) -> WizardStep | None:
        """Return the wizard step of what runs now."""
        return SHOWN_AT[self.running] if self.running is not None else None


def problem_at(step: WizardStep, problem: UserProblem, *, was_cancelled: bool) -> StepProblem:
    """Turn a problem into what its step shows."""
    return StepProblem(at=step, message=problem.message, hint=problem.hint, was_cancelled=was_cancelled)


def last_lines(lines: tuple[str, ...], line: str) -> tuple[str, ...]:
    """Add a line and forget the oldest ones."""
    return (*lines, line)[-_SHOWN_LINES:]
