"""Finds conda environments by the files that conda leaves, without running conda (which takes a second or more)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text

_USUAL_ROOTS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "Miniconda3", "Anaconda3")
_SYSTEM_ROOTS = ("/opt/conda", "/opt/miniconda3", "/opt/anaconda3", "/opt/miniforge3", "/usr/local/conda")


def conda_prefixes(home: Path | None = None) -> tuple[Path, ...]:
    """Return the folders of all conda environments that are known here, base environments included."""
    found: dict[Path, None] = {}
    for prefix in _candidates(home or Path.home()):
        if (prefix / "conda-meta").is_dir():
            found[prefix] = None
    return tuple(found)


def interpreter_of_environment(name: str) -> tuple[str, Path]:
    """Return interpreter and folder of an environment given by its name, or by its folder."""
    known = conda_prefixes()
    for prefix in known:
        if name in (environment_name(prefix), str(prefix)):
            return str(interpreter_in(prefix)), prefix
    listed = ", ".join(sorted(environment_name(prefix) for prefix in known))
    some = text("Known here: {names}. An environment elsewhere can be named as python:FOLDER.", names=listed)
    none = text("No conda environment was found here. One elsewhere can be named as python:FOLDER.")
    raise UserProblem(text("There is no conda environment named {name}.", name=name), some if listed else none)


def environment_name(prefix: Path) -> str:
    """Return the name that conda uses: the folder's name below ``envs``, else ``base``."""
    return prefix.name if prefix.parent.name == "envs" else "base" if (prefix / "condabin").is_dir() else prefix.name


def interpreter_in(prefix: Path) -> Path:
    """Return where the interpreter of an environment lies."""
    return prefix / "python.exe" if sys.platform == "win32" else prefix / "bin" / "python"


def changes_for(prefix: Path) -> dict[str, str | None]:
    """Return what activation would set and torch needs: on Windows its DLLs are found through PATH alone."""
    changes: dict[str, str | None] = {"CONDA_PREFIX": str(prefix), "PYTHONHOME": None}
    if sys.platform == "win32":
        folders = [prefix, prefix / "Library" / "mingw-w64" / "bin", prefix / "Library" / "bin", prefix / "Scripts"]
        changes["PATH"] = os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")])
    return changes


def _candidates(home: Path) -> Iterator[Path]:
    yield from _from_list(home / ".conda" / "environments.txt")
    roots = [home / name for name in _USUAL_ROOTS] + [Path(root) for root in _SYSTEM_ROOTS]
    for variable in ("CONDA_PREFIX", "MAMBA_ROOT_PREFIX", "CONDA_ROOT"):
        value = os.environ.get(variable)
        if value:
            roots.append(Path(value))
    conda = os.environ.get("CONDA_EXE")
    if conda:
        roots.append(Path(conda).parent.parent)
    for root in roots:
        yield root
        yield from _folders(root / "envs")
    yield from _folders(home / ".conda" / "envs")


def _from_list(file: Path) -> Iterator[Path]:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()[:1000]
    except OSError:
        return
    yield from (Path(line.strip()) for line in lines if line.strip())


def _folders(parent: Path) -> Iterator[Path]:
    try:
        yield from sorted(entry for entry in parent.iterdir() if entry.is_dir())
    except OSError:
        return
