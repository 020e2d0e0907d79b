"""Finds the Python environments of this machine in well under 5 s, by reading files only: nothing found is started."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gpuproof.core.launch.environment_files import (
    InstalledTorch,
    installed_torch,
    is_externally_managed,
    python_version,
    site_packages,
    user_packages,
    venv_settings,
)
from gpuproof.core.launch.model import Target
from gpuproof.core.launch.search import SEARCH_S, Candidate, applications_of, candidates
from gpuproof.core.launch.soundness import trouble_of
from gpuproof.core.launch.surroundings import is_frozen
from gpuproof.core.launch.trust import Trust, trust_of
from gpuproof.core.launch.usual import active_environment
from gpuproof.core.words import Text

Kind = Literal["self", "gpuproof", "venv", "conda", "pyenv", "uv", "pipx", "system", "app"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonEnvironment:
    """One environment as its files describe it. ``version`` is empty where they do not say."""

    target: Target
    interpreter: str
    prefix: str
    kind: Kind
    version: str = ""
    torch: InstalledTorch | None = None
    app: str = ""  # the application whose folder it lies in: comfyui, stable-diffusion-webui, heygem ...
    trust: Trust = "trusted"
    is_externally_managed: bool = False
    trouble: Text | None = None  # why it cannot work

    @property
    def is_broken(self) -> bool:
        """Tell whether its files say that it cannot work."""
        return self.trouble is not None

    @property
    def may_run_unasked(self) -> bool:
        """Tell whether its start-up code may run without a person having chosen it."""
        return self.trust == "trusted" and not self.is_broken


def find_environments(
    *, home: Path | None = None, folder: Path | None = None, within_s: float = SEARCH_S
) -> tuple[PythonEnvironment, ...]:
    """Return the environments found, this one first; each once, however many names lead to it.

    ``home`` and ``folder`` (the current folder) are searched first, then the usual places; the search stops in time.
    """
    until = time.monotonic() + within_s
    found: dict[str, PythonEnvironment] = {}
    for candidate in _with_own(candidates(home or Path.home(), folder or Path.cwd(), until)):
        environment = _read(candidate, home or Path.home())
        if environment is not None:
            found.setdefault(_identity(environment), environment)
    return tuple(found.values())


def _with_own(others: Iterable[Candidate]) -> Iterator[Candidate]:
    active = active_environment() if is_frozen() else None
    if active is not None:
        yield Candidate(active, "venv")
    if not is_frozen():
        yield Candidate(Path(sys.prefix), "self", Path(sys.executable))
    yield from others


def _read(candidate: Candidate, home: Path) -> PythonEnvironment | None:
    prefix = candidate.prefix
    interpreter = candidate.interpreter or interpreter_in(prefix)
    if interpreter is None:
        return None
    settings = venv_settings(prefix)
    return PythonEnvironment(
        target=Target("self") if candidate.kind == "self" else Target("python", str(interpreter)),
        interpreter=str(interpreter),
        prefix=str(prefix),
        kind=_kind(candidate, settings),
        version=candidate.version or python_version(prefix),
        torch=installed_torch(_package_folders(prefix, settings, candidate, home)),
        app=applications_of(prefix),
        trust=trust_of(prefix, interpreter),
        is_externally_managed=is_externally_managed(prefix),
        trouble=trouble_of(prefix, interpreter),
    )


def _kind(candidate: Candidate, settings: dict[str, str]) -> Kind:
    if candidate.kind in ("venv", "app") and applications_of(candidate.prefix):
        return "app"
    return "uv" if candidate.kind == "venv" and "uv" in settings else candidate.kind


def _package_folders(prefix: Path, settings: dict[str, str], candidate: Candidate, home: Path) -> tuple[Path, ...]:
    if candidate.kind == "self":
        return tuple(Path(entry) for entry in sys.path if entry.endswith(("site-packages", "dist-packages")))
    folders = site_packages(prefix)
    short = ".".join((candidate.version or python_version(prefix)).split(".")[:2])
    if candidate.kind == "system" and short:
        # several system Pythons share a prefix: only the folders of this version, and those without any, are its own
        folders = tuple(f for f in folders if f.parent.name in (f"python{short}", "python3", "Lib"))
    if not settings and short:  # a virtual environment does not see the person's own packages, all others do
        folders = (*user_packages(home, short), *folders)
    if settings.get("include-system-site-packages", "").lower() == "true" and settings.get("home"):
        folders += site_packages(Path(settings["home"]).parent)
    return folders


def interpreter_in(prefix: Path) -> Path | None:
    """Return the interpreter of an environment's folder, also when it is a link that leads nowhere."""
    names = ("python.exe", "Scripts/python.exe") if sys.platform == "win32" else ("bin/python", "bin/python3")
    for name in (*names, "bin/python", "python.exe", "Scripts/python.exe"):
        if os.path.lexists(prefix / name):
            return prefix / name
    return None


def _identity(environment: PythonEnvironment) -> str:
    # a venv's interpreter is often a link to another's, so the folder tells environments apart, and for system
    # Pythons, which share a folder, the real file
    if environment.kind == "system":
        return os.path.realpath(environment.interpreter)
    return os.path.realpath(environment.prefix)
