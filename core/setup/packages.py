"""The packages of an environment by the names of their metadata folders: ``torch-2.13.0+cpu.dist-info``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from gpuproof.core.launch.environment_files import site_packages
from gpuproof.core.setup.model import Change
from gpuproof.core.setup.resolve import Resolution, normalised

_METADATA_FOLDER = re.compile(r"(?P<name>.+?)-(?P<version>\d[^-]*)\.(?:dist|egg)-info\Z")


def installed_packages(prefix: Path) -> dict[str, str]:
    """Return name (lower case, dashes) and version of everything installed there."""
    found: dict[str, str] = {}
    for folder in site_packages(prefix):
        for entry in _names(folder):
            match = _METADATA_FOLDER.match(entry)
            if match:
                found.setdefault(normalised(match["name"]), match["version"])
    return dict(sorted(found.items()))


def changes_of(before: Mapping[str, str], resolution: Resolution) -> tuple[Change, ...]:
    """Return what an installation would change; a package that is already there in that version is no change."""
    return tuple(
        Change(name=item.name, before=before.get(item.name), after=item.version)
        for item in sorted(resolution.items, key=lambda item: (item.name != "torch", item.name))
        if before.get(item.name) != item.version
    )


def changes_between(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Return how two states of an environment differ."""
    return tuple(
        Change(name=name, before=before.get(name), after=after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def is_installed_by_conda(prefix: Path, *names: str) -> bool:
    """Tell whether conda itself brought one of these packages; pip must not replace those."""
    return any(entry.startswith(tuple(f"{name}-" for name in names)) for entry in _names(prefix / "conda-meta"))


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
