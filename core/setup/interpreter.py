"""The interpreter that a set-up changes, for each kind of target on this machine."""

from __future__ import annotations

from gpuproof.core.launch.conda import interpreter_of_environment
from gpuproof.core.launch.model import Target
from gpuproof.core.launch.starting import existing_interpreter, own_interpreter
from gpuproof.core.problems import UserProblem
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.words import text


def interpreter_of(target: Target, recommendation: Recommendation) -> str:
    """Return its path; a target elsewhere is refused with the command to run there."""
    if target.kind == "self":
        return own_interpreter()
    if target.kind == "python":
        return existing_interpreter(target.name)
    if target.kind == "conda":
        return interpreter_of_environment(target.name)[0]
    command = recommendation.choice.commands.pip if recommendation.choice else "-"
    raise UserProblem(
        text("Set-up works on this machine only; {target} is another one.", target=str(target)),
        text("Run it there: {command}", command=command),
    )
