"""From facts to findings: pure rules, the chain, the one root cause and its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpuproof.core.diagnose.model import Diagnosis
    from gpuproof.core.facts.machine import Machine


def diagnose(machine: Machine, *, app: str | None = None) -> Diagnosis:
    """Judge the facts; the rules are loaded only now, so that importing the model stays cheap."""
    from gpuproof.core.diagnose.engine import diagnose as judge

    return judge(machine, app=app)


__all__ = ["diagnose"]
