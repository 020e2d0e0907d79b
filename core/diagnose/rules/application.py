"""An application's own requirements beside the stack's: driver, torch, CUDA, GPU memory; corrected for the card."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gpuproof.core.diagnose.causes import title_of
from gpuproof.core.diagnose.context import capabilities, gpus, torch_build, unknowns
from gpuproof.core.diagnose.model import CannotTell, Failed, Passed, Remedy, Rule, Step, Verdict
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.words import Text, text

if TYPE_CHECKING:
    from gpuproof.core.knowledge import AppProfile

_FOLLOW = Remedy((Step(text("Follow the recommendation of gpuproof for this application"), "gpuproof recommend"),))
_BLACKWELL_TORCH = DottedVersion("2.7")


def rules_for(app: str) -> tuple[Rule, ...]:
    """Return the rules of one application; ``UserProblem`` when nobody knows it."""
    from gpuproof.core.knowledge import require_app

    profile = require_app(app)
    return (
        Rule(id="application.driver", cause="driver_too_old", link="application", check=_bound(_driver, profile)),
        Rule(
            id="application.torch",
            cause="arch_too_new",
            link="application",
            check=_bound(_torch, profile),
            severity="warning",
        ),
        Rule(
            id="application.cuda",
            cause="wrong_index",
            link="application",
            check=_bound(_cuda, profile),
            severity="warning",
        ),
        Rule(
            id="application.memory", cause="oom", link="application", check=_bound(_memory, profile), severity="warning"
        ),
    )


def _bound(check: Callable[[Machine, AppProfile], Verdict], profile: AppProfile) -> Callable[[Machine], Verdict]:
    return lambda machine: check(machine, profile)


def _failed(evidence: tuple[Text, ...]) -> Failed:
    return Failed(title=text("The application's own requirements are not met"), evidence=evidence, remedy=_FOLLOW)


def _is_blackwell(machine: Machine) -> bool:
    return any(capability.major >= 10 for _, capability in capabilities(machine))


def _corrected(machine: Machine, profile: AppProfile) -> tuple[Text, ...]:
    """The guides' numbers are too low for RTX 50; say so wherever they are applied."""
    if not _is_blackwell(machine):
        return ()
    return (
        text(
            "This card needs torch 2.7, CUDA 12.8 and driver 570 at least; the older numbers in {application}'s guides "
            "cannot work with it",
            application=profile.names[0],
        ),
    )


def _driver(machine: Machine, profile: AppProfile) -> Verdict:
    if isinstance(machine.driver_version, Unknown):
        return CannotTell(unknowns(machine.driver_version))
    needed = profile.minimum_driver
    blackwell = DottedVersion("570")
    if _is_blackwell(machine) and (needed is None or needed < blackwell):
        needed = blackwell
    if needed is None or machine.driver_version >= needed:
        return Passed((text("{application} is met by this machine", application=profile.names[0]),))
    words = text(
        "{application} asks for driver {needed} or newer; this machine has {driver}",
        application=profile.names[0],
        needed=needed,
        driver=machine.driver_version,
    )
    failed = _failed((words, *_corrected(machine, profile)))
    return Failed(
        title=title_of("driver_too_old"), evidence=failed.evidence, remedy=failed.remedy, id="application.driver"
    )


def _torch(machine: Machine, profile: AppProfile) -> Verdict:
    build = torch_build(machine)
    version = dotted(build.version.split("+", 1)[0]) if build is not None else None
    if build is None or version is None:
        return CannotTell(unknowns(machine.torch))
    needed = profile.minimum_torch
    if _is_blackwell(machine) and (needed is None or needed < _BLACKWELL_TORCH):
        needed = _BLACKWELL_TORCH
    if needed is None or version >= needed:
        return Passed()
    words = text(
        "{application} asks for torch {needed} or newer; installed is {version}",
        application=profile.names[0],
        needed=needed,
        version=build.version,
    )
    return _failed((words, *_corrected(machine, profile)))


def _cuda(machine: Machine, profile: AppProfile) -> Verdict:
    build = torch_build(machine)
    if build is None or build.cuda_version is None:
        return CannotTell(unknowns(machine.torch))
    needed = profile.minimum_cuda
    blackwell = DottedVersion("12.8")
    if _is_blackwell(machine) and (needed is None or needed < blackwell):
        needed = blackwell
    if needed is None or build.cuda_version >= needed:
        return Passed()
    words = text(
        "{application} asks for CUDA {needed} or newer; torch was built for {cuda}",
        application=profile.names[0],
        needed=needed,
        cuda=build.cuda_version,
    )
    return _failed((words, *_corrected(machine, profile)))


def _memory(machine: Machine, profile: AppProfile) -> Verdict:
    """The least of the stated resolutions counts: below it nothing runs. Makers' 8 GB cards show 7.6 GiB and more."""
    known = [gpu for gpu in gpus(machine) if gpu.memory_total_mib is not None]
    if not known:
        return CannotTell(unknowns(machine.gpus))
    if not profile.vram_gb:
        return Passed()
    largest = max(known, key=lambda gpu: gpu.memory_total_mib or 0.0)
    found = (largest.memory_total_mib or 0.0) / 1024.0
    short = [(resolution, needed) for resolution, needed in profile.vram_gb if found < needed * 0.93]
    if not short:
        return Passed()
    return _failed(
        tuple(
            text(
                "{application} asks for {needed} GB of GPU memory for {resolution}; {name} has {found} GB",
                application=profile.names[0],
                needed=f"{needed:g}",
                resolution=resolution,
                name=largest.name,
                found=f"{found:.1f}",
            )
            for resolution, needed in short
        )
    )
