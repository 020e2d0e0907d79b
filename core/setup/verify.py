"""Looks again after an installation: the right torch, importable, computing, and no worse than before."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from gpuproof.core.facts.machine import Machine, TorchLive
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.launch.inspect import inspect_target
from gpuproof.core.launch.model import Target
from gpuproof.core.setup.model import OnEvent, SetupLine, SetupPlan
from gpuproof.core.setup.running import run_tool
from gpuproof.core.words import Text, text

QUICK_CHECK = """import sys, torch
product = torch.ones(64, 64) @ torch.ones(64, 64)
print("torch", torch.__version__, "computes here")
sys.exit(0 if bool((product == 64).all()) else "torch computed a wrong product")"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was seen: ``problem`` is set when the environment is not what it should be."""

    seen: tuple[Text, ...] = ()
    notices: tuple[Text, ...] = ()
    problem: Text | None = None


def verify(plan: SetupPlan, on_event: OnEvent, cancel: threading.Event) -> Verification:
    """Run the quick check, then inspect the environment again."""
    check = run_tool(
        [plan.interpreter, "-c", QUICK_CHECK],
        on_line=lambda line: on_event(SetupLine(line)),
        cancel=cancel,
        folder=str(plan.prefix),
    )
    if check.ending != "done":
        return Verification(problem=text("The quick check failed: {reason}", reason=check.last_error or check.ending))
    machine = read_machine(inspect_target(Target("python", plan.interpreter), cancel=cancel))
    return judge(plan, machine)


def judge(plan: SetupPlan, machine: Machine) -> Verification:
    """Compare what an inspection found with the plan; pure."""
    if isinstance(machine.torch, Unknown) or machine.torch.version != plan.torch:
        found = machine.torch.detail if isinstance(machine.torch, Unknown) else machine.torch.version
        return Verification(problem=text("torch is {found}, not {wanted}.", found=found, wanted=plan.torch))
    live = machine.torch_live
    if isinstance(live, Unknown):
        return Verification(problem=text("torch could not be tried: {reason}", reason=live.detail))
    if not live.imported:
        return Verification(problem=text("torch cannot be imported: {reason}", reason=live.import_error))
    seen = (text("torch {version} can be imported and computes.", version=machine.torch.version),)
    return _judge_gpu(plan, live, seen)


def _judge_gpu(plan: SetupPlan, live: TorchLive, seen: tuple[Text, ...]) -> Verification:
    if plan.variant == "cpu":
        return Verification(seen=seen)
    broken = next((check for check in live.kernel_checks if not check.ok), None)
    if live.is_available and broken is not None:
        return Verification(
            seen=seen,
            problem=text("{device} fails at a real computation: {reason}", device=broken.device, reason=broken.error),
        )
    if live.is_available:
        names = ", ".join(device.name for device in live.devices) or str(live.device_count)
        return Verification(seen=(*seen, text("torch uses the GPU: {names}", names=names)))
    if plan.had_gpu:
        return Verification(seen=seen, problem=text("torch used the GPU before and does not now."))
    return Verification(
        seen=seen, notices=(text("torch does not see a GPU yet; `gpuproof diagnose` says what is missing."),)
    )
