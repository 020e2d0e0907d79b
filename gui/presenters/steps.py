"""The steps of the wizard and how each looks in the list; light, as the list is painted before the core is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from gpuproof.gui.presenters.check_state import CheckState

WizardStep = Literal["start", "inspect", "recommend", "benchmark", "report"]
WIZARD: tuple[WizardStep, ...] = ("start", "inspect", "recommend", "benchmark", "report")
StepLook = Literal["waiting", "running", "done", "attention", "problem"]


def look_of(state: CheckState, step: WizardStep) -> StepLook:
    """Return how a step looks in the list of steps."""
    if state.running_at == step:
        return "running"
    if state.problem is not None and state.problem.at == step and not state.problem.was_cancelled:
        return "problem"
    core = state.core
    match step:
        case "start":
            return "done" if core.machine is not None or state.is_busy else "waiting"
        case "inspect":
            return _inspect_look(state)
        case "recommend":
            return "done" if core.recommendation is not None else "waiting"
        case "benchmark":
            return _bench_look(state)
        case "report":
            return "done" if core.report is not None else "waiting"


def _inspect_look(state: CheckState) -> StepLook:
    diagnosis = state.core.diagnosis
    if diagnosis is None:
        return "waiting"
    if diagnosis.primary is not None:
        return "problem" if diagnosis.primary.severity == "error" else "attention"
    return "done" if diagnosis.cause == "healthy" else "attention"


def _bench_look(state: CheckState) -> StepLook:
    if state.core.proof is None:
        return "waiting"
    looks: dict[str, StepLook] = {"proven": "done", "not_proven": "attention", "refuted": "problem"}
    return looks[state.core.proof.verdict]
