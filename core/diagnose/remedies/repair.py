"""Steps that make an installed torch whole again."""

from __future__ import annotations

from gpuproof.core.diagnose.context import system_of
from gpuproof.core.diagnose.damage import Damage
from gpuproof.core.diagnose.model import Step
from gpuproof.core.diagnose.remedies.commands import CHECK, pip_prefix, same_build
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import text

_ROOM_MIB = 12 * 1024.0  # what torch and its CUDA libraries take while they are unpacked


def whole_again(machine: Machine, found: Damage) -> tuple[Step, ...]:
    """Fetch the same build once more, past the cache that may hold the damaged file; or move to another folder."""
    if found.kind == "no-exec":
        return (
            Step(
                text("Make the environment in a folder whose file system lets programs run, such as your home folder"),
                "python3 -m venv ~/torch-env",
            ),
            Step(text("Or have the file system mounted without noexec"), "findmnt -T . -o TARGET,OPTIONS"),
        )
    again = f"{pip_prefix(machine)} install --force-reinstall --no-cache-dir {same_build(machine)}"
    return (
        *_room(machine),
        *_leftovers(machine),
        Step(text("Install the same build anew, past the cache that may hold the damaged file"), again),
        Step(text("See whether it worked"), CHECK),
    )


def _room(machine: Machine) -> tuple[Step, ...]:
    if isinstance(machine.disk_free_mib, Unknown) or machine.disk_free_mib >= _ROOM_MIB:
        return ()
    words = text("Make room first: torch with its CUDA libraries needs up to {room} GiB", room=round(_ROOM_MIB / 1024))
    return (Step(words, f"{pip_prefix(machine)} cache purge"),)


def _leftovers(machine: Machine) -> tuple[Step, ...]:
    if isinstance(machine.half_removed, Unknown) or not machine.half_removed:
        return ()
    words = text("Delete the folders whose names begin with ~ in site-packages: they are left of a broken installation")
    list_them = 'dir /b "%VIRTUAL_ENV%\\Lib\\site-packages\\~*"'
    if system_of(machine) != "windows":
        list_them = (
            "python -c \"import site, glob; print(*[p for d in site.getsitepackages() for p in glob.glob(d + '/~*')])\""
        )
    return (Step(words, list_them),)
