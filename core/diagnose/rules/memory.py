"""GPU memory that really runs short; "out of memory" at WSL2's first call is the driver, not memory."""

from __future__ import annotations

from gpuproof.core.diagnose.context import has, seen
from gpuproof.core.diagnose.making import by_message, no_message
from gpuproof.core.diagnose.model import Passed, Rule, Verdict
from gpuproof.core.facts.machine import Machine


def oom(machine: Machine) -> Verdict:
    """Fail when an allocation on the GPU failed while the program was at work."""
    said = seen(machine, "memory.oom")
    if not said:
        return no_message(machine)
    if has(machine, "memory.init-oom"):
        return Passed()
    return by_message("oom", machine, said)


RULES = (Rule(id="gpu.memory", cause="oom", link="gpu", check=oom),)
