"""Installed torchvision and torchaudio against the installed torch, by the table of what was released together."""

from __future__ import annotations

from gpuproof.core.diagnose.context import torch_build
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.parts import Companion
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

NAMES = ("torchvision", "torchaudio")


def pair_misfit(machine: Machine) -> Text | None:
    """Say which companion was released for another torch; None where all fit or the tables do not know them.

    Only what an inspection read from installed metadata counts: a pasted list may mix environments.
    """
    build = torch_build(machine)
    if build is None or isinstance(machine.companions, Unknown) or build.source in ("source", "jetson"):
        return None
    misfits = (_misfit(companion, build.version) for companion in machine.companions if companion.name in NAMES)
    return next((misfit for misfit in misfits if misfit is not None), None)


def _misfit(companion: Companion, torch: str) -> Text | None:
    from gpuproof.core.knowledge import companion_fits, torch_line

    if companion_fits(companion.name, companion.version, torch) is not False:
        return None
    return text(
        "{name} {version} belongs to torch {line}, installed is torch {torch}",
        name=companion.name,
        version=companion.version,
        line=torch_line(companion.name, companion.version),
        torch=torch,
    )


def release_of(machine: Machine, name: str) -> str:
    """Return ``==0.26.0`` for the companion that belongs to the installed torch; empty when not known."""
    from gpuproof.core.knowledge import torch_release

    build = torch_build(machine)
    release = torch_release(build.version) if build is not None else None
    version = (release.torchvision if name == "torchvision" else release.torchaudio) if release is not None else None
    return f"=={version}" if version else ""
