"""Whether the files of the installed torch are whole: what an inspection saw on the disk, not what an import said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import Text, text

_OF_TORCH = ("torch/", "torch\\", "nvidia/", "nvidia\\", "functorch/")
_FULL_MIB = 64.0


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with the files: some are not whole, or none of the folder may be run."""

    kind: Literal["damaged-files", "no-exec"]
    evidence: tuple[Text, ...]


def damage(machine: Machine) -> Damage | None:
    """Return what is wrong with torch's files; None where they are whole or nobody looked."""
    broken = _broken(machine)
    if broken:
        return Damage("damaged-files", (*broken, *_left_behind(machine), *_full(machine)))
    folder = () if isinstance(machine.file_systems, Unknown) else machine.file_systems
    if any(system.use == "prefix" and system.is_no_exec for system in folder):
        return Damage(
            "no-exec", (text("the file system of this Python is mounted noexec: no library on it may be run"),)
        )
    return None


def _broken(machine: Machine) -> tuple[Text, ...]:
    if isinstance(machine.files_check, Unknown):
        return ()
    cut = [line for line in machine.files_check.wrong_size if line.startswith(_OF_TORCH)]
    gone = [path for path in machine.files_check.missing if path.startswith(_OF_TORCH)]
    return (
        *(text("not as it was installed: {file}", file=line) for line in cut[:3]),
        *(text("missing: {file}", file=path) for path in gone[:3]),
    )


def _left_behind(machine: Machine) -> tuple[Text, ...]:
    folders = () if isinstance(machine.half_removed, Unknown) else machine.half_removed
    return tuple(text("left by an installation that was broken off: {folder}", folder=folder) for folder in folders[:2])


def _full(machine: Machine) -> tuple[Text, ...]:
    free = machine.disk_free_mib
    if isinstance(free, Unknown) or free >= _FULL_MIB:
        return ()
    return (text("the disk has {free} MiB left", free=round(free)),)
