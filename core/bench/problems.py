"""When nothing could be measured at all, the person learns in one line what to do."""

from __future__ import annotations

from collections.abc import Mapping

from gpuproof.core.bench.assemble import Ending
from gpuproof.core.launch.model import Target, WorkerError
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import text


def raise_when_nothing_ran(target: Target, endings: Mapping[str, Ending]) -> None:
    """Raise for an unusable target, or one without a torch that loads; anything else is told in the result."""
    for ending in endings.values():
        if isinstance(ending.outcome, UserProblem) and not any(other.result for other in endings.values()):
            raise ending.outcome
    outcomes = [ending.outcome for ending in endings.values()]
    kinds = {outcome.kind: outcome.detail for outcome in outcomes if isinstance(outcome, WorkerError)}
    if "no-torch" in kinds:
        raise UserProblem(
            text("{target} has no torch, so there is nothing to measure with.", target=str(target)),
            text("Run `gpuproof check --yes` or `gpuproof setup`: it installs the right torch, with your consent."),
        )
    if "torch-too-old" in kinds:
        raise UserProblem(
            text("{target} has torch {found}; the benchmark needs 2.0 or newer.", target=str(target),
                 found=kinds["torch-too-old"]),
            text("Name another environment with --target, or run `gpuproof check --yes`."),
        )  # fmt: skip
    if "torch-import" in kinds:
        raise CouldNotFinish(
            text("torch does not load in {target}: {detail}", target=str(target), detail=kinds["torch-import"]),
            text("Run `gpuproof diagnose` for the cause."),
        )
