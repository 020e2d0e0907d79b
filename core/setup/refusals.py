"""Environments that set-up leaves alone, and why."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from gpuproof.core.launch.environment_files import is_externally_managed
from gpuproof.core.problems import UserProblem
from gpuproof.core.setup.packages import is_installed_by_conda
from gpuproof.core.words import Text, text

_OF_THE_SYSTEM = ("/usr", "/bin", "/System", "/Library", "/nix", "/gnu")
_NEW_INSTEAD = "gpuproof setup --new FOLDER"


def refuse_unsuitable(prefix: Path) -> None:
    """Raise ``UserProblem`` for an environment that must never be changed."""
    if is_externally_managed(prefix) or _is_of_the_system(prefix):
        raise _refusal(text("{prefix} belongs to the operating system; set-up does not change it.", prefix=prefix))
    if is_installed_by_conda(prefix, "pytorch", "libtorch", "torch"):
        raise _refusal(text("The torch in {prefix} was installed by conda; pip must not replace it.", prefix=prefix))
    if not os.access(prefix, os.W_OK):
        raise _refusal(text("{prefix} may not be written by you.", prefix=prefix))


def running_words(prefix: Path) -> Text | None:
    """Return which programs run from an environment that may be changed once they are closed; None without any."""
    running = tuple(processes_using(prefix))
    names = ", ".join(f"{name} ({pid})" for pid, name in running[:5])
    return text("Programs are running from {prefix}: {programs}.", prefix=prefix, programs=names) if running else None


def refuse_running(prefix: Path) -> None:
    """Raise ``UserProblem`` while programs run from an environment."""
    words = running_words(prefix)
    if words is not None:
        raise UserProblem(words, text("Close them first: files in use must not be exchanged."))


def refuse_new_folder(folder: Path) -> None:
    """Raise ``UserProblem`` when a new environment cannot be made there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserProblem(
            text("{folder} is there already and not empty.", folder=folder),
            text("Name a folder that does not exist yet; an existing environment is named with --target."),
        )


def processes_using(prefix: Path) -> Iterator[tuple[int, str]]:
    """Yield the id and name of processes that run from an environment; this one and its parents do not count."""
    import psutil

    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    inside = str(prefix) + os.sep
    for process in psutil.process_iter(["pid", "name", "exe", "cmdline"]):
        info = process.info
        words = [info["exe"] or "", *(info["cmdline"] or [])[:1]]
        if info["pid"] not in own and (any(w.startswith(inside) for w in words) or _maps(info["pid"], inside)):
            yield info["pid"], info["name"] or "?"


def _maps(pid: int, inside: str) -> bool:
    """Tell whether a process has a library of the environment loaded; other people's processes do not tell."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as stream:
            return any(inside in line for line in stream)
    except OSError:
        return False


def _is_of_the_system(prefix: Path) -> bool:
    real = os.path.realpath(prefix)
    return real != "/usr/local" and any(real == place or real.startswith(place + "/") for place in _OF_THE_SYSTEM)


def _refusal(message: Text) -> UserProblem:
    return UserProblem(message, text("Make an environment of your own instead: {command}", command=_NEW_INSTEAD))
