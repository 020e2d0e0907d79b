"""The torch that pip was asked for, by its own words, and whether wheels of it exist for this Python, by the tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gpuproof.core.diagnose.context import system_of
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.words import Text, text

_PINNED = re.compile(
    r"(?:requirement|found for) (torch(?:vision|audio)?)==?=?\s?(\d[\w.]{0,30})(?:\+(cu\d{2,3}|cpu))?", re.IGNORECASE
)
_VERSIONS = re.compile(r"from versions: ([^)]{0,4000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A pin as pip repeats it: torch, 2.1.0, cu121; the variant is empty where none was named."""

    name: str
    version: str
    variant: str

    @property
    def torch(self) -> str | None:
        """Return the torch release that it is, or that a torchvision or torchaudio belongs to."""
        if self.name == "torch":
            return self.version if self.version.count(".") > 1 else f"{self.version}.0"
        from gpuproof.core.knowledge import torch_line

        line = torch_line(self.name, self.version)
        return f"{line}.0" if line is not None else None


def asked_for(said: str) -> Asked | None:
    """Read ``Could not find a version that satisfies the requirement torch==2.1.0+cu121 (from versions: ...)``."""
    found = _PINNED.search(said)
    return Asked(found[1].lower(), found[2].rstrip("."), (found[3] or "").lower()) if found is not None else None


def listed_versions(said: str) -> tuple[str, ...]:
    """Return what pip says the index has for this Python; empty also for ``(from versions: none)``."""
    found = _VERSIONS.search(said)
    listed = found[1].split(",") if found is not None else []
    return tuple(part.strip() for part in listed if part.strip()[:1].isdigit())


def goes_on_past(listed: tuple[str, ...], version: str) -> bool:
    """Tell whether an index has newer releases than the asked-for one, so that it serves this platform still."""
    wanted = dotted(version)
    found = (dotted(part.split("+", 1)[0]) for part in listed)
    return wanted is not None and any(each is not None and each > wanted for each in found)


def has_wheel(machine: Machine, asked: Asked) -> bool | None:
    """Say whether a wheel of that release exists for this Python here; None: Python or release is not known."""
    pythons = _pythons(machine, asked)
    python = machine.python
    if not pythons or isinstance(python, Unknown) or not python.version:
        return None
    own = ".".join(python.version.split(".")[:2]) + ("t" if python.free_threaded else "")
    answers = {own in found for found in pythons}
    is_one_of_old = (asked.torch or "").startswith("1.")  # their table has no platforms: it can only say no
    return None if len(answers) > 1 or (is_one_of_old and True in answers) else answers.pop()


def pythons_for(machine: Machine, asked: Asked) -> tuple[str, ...]:
    """Return the Pythons, oldest first, that the release has wheels for here; none where it is not known."""
    found = _pythons(machine, asked)
    return tuple(each for each in found[0] if each[-1].isdigit()) if found else ()


def python_words(machine: Machine, asked: Asked) -> Text:
    """Say which Pythons that release has wheels for."""
    found = _pythons(machine, asked)[0]
    own = "" if isinstance(machine.python, Unknown) else machine.python.version
    return text(
        "torch {torch} has wheels for Python {pythons}; this is Python {own}",
        torch=asked.torch,
        pythons=", ".join(found),
        own=own,
    )


def elsewhere_words(machine: Machine, asked: Asked) -> Text:
    """Say that such a wheel exists, so that another index must have it."""
    own = "" if isinstance(machine.python, Unknown) else machine.python.version
    return text(
        "torch {torch} has a wheel for Python {own}; the index that was searched does not have it",
        torch=asked.torch,
        own=own,
    )


def was_released(asked: Asked) -> bool | None:
    """Say whether a release of that number ever was; None before the tables begin and after they end."""
    from gpuproof.core.knowledge import torch_release, torch_releases

    version = dotted(asked.version)
    if asked.name != "torch" or version is None:
        return None
    if torch_release(asked.torch or "") is not None:
        return True
    known = [DottedVersion(release.version) for release in torch_releases()]
    return False if known and min(known) <= version <= max(known) else None


def _pythons(machine: Machine, asked: Asked) -> tuple[tuple[str, ...], ...]:
    """One list per platform that it may be: an unknown system may be Linux or Windows."""
    from gpuproof.core.knowledge import pythons_of

    if asked.torch is None:
        return ()
    found = (pythons_of(asked.torch, platform) for platform in _platforms(machine))
    return tuple(each for each in found if each)


def _platforms(machine: Machine) -> tuple[str, ...]:
    system = system_of(machine)
    if system is None or isinstance(machine.os, Unknown):
        return ("linux_x86_64", "windows_x86_64")
    kind = machine.os.machine or "x86_64"
    return (f"{'linux' if system == 'wsl' else system}_{kind}",)
