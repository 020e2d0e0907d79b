"""Which code is in the torch build: its own word, else the table of builds; older builds go by their CUDA version."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Any

from gpuproof.core.diagnose.context import capabilities, system_of, torch_build, torch_live
from gpuproof.core.diagnose.model import Confidence
from gpuproof.core.facts.machine import Machine, OperatingSystem, TorchBuild


@lru_cache(maxsize=1)
def _older() -> tuple[dict[str, Any], ...]:
    table = resources.files("gpuproof.assets").joinpath("knowledge").joinpath("older_torch_archs.json")
    return tuple(json.loads(table.read_text(encoding="utf-8"))["rows"])


def codes_of(machine: Machine) -> tuple[tuple[str, ...], Confidence]:
    """Return the architectures in the build, and how sure the list is; empty when nothing is known."""
    live = torch_live(machine)
    if live is not None and live.arch_list:
        return live.arch_list, "certain"
    build = torch_build(machine)
    if build is None or build.cuda_version is None or build.source in ("source", "jetson", "conda-forge"):
        return (), "possible"
    if "a0" in build.version or "+git" in build.version or ".nv" in build.version:
        return (), "possible"  # compiled by somebody, with whatever list that person chose
    return _from_tables(machine, build)


def build_fits(machine: Machine) -> bool | None:
    """Tell whether the build has code for every known card; None when the card or the code is not known."""
    from gpuproof.core.knowledge import runs_on

    codes, _ = codes_of(machine)
    build = torch_build(machine)
    cuda = build.cuda_version if build is not None else None
    answers = [runs_on(codes, capability, cuda) for _, capability in capabilities(machine)] if codes else []
    return all(answers) if answers else None


def _from_tables(machine: Machine, build: TorchBuild) -> tuple[tuple[str, ...], Confidence]:
    from gpuproof.core.knowledge import arch_list

    cuda = build.cuda_version
    assert cuda is not None
    release = build.version.split("+", 1)[0]
    short = ".".join(release.split(".")[:2])
    variant = "cu" + "".join(str(part) for part in (*cuda.parts, 0)[:2])
    is_arm = isinstance(machine.os, OperatingSystem) and machine.os.machine == "aarch64"
    platform = "linux_aarch64" if is_arm else ("windows" if system_of(machine) == "windows" else "linux")
    listed = arch_list(short, variant, platform)
    if listed:
        return listed, "likely"
    if is_arm:
        return (), "possible"
    for row in _older():
        if row["cuda"] == ".".join(str(part) for part in (*cuda.parts, 0)[:2]) and _covers(row, short):
            return tuple(row["arch"]), "likely"
    return (), "possible"


def _covers(row: dict[str, Any], short: str) -> bool:
    parts = tuple(int(part) for part in short.split(".") if part.isdigit())
    first = tuple(int(part) for part in row["first"].split("."))
    last = tuple(int(part) for part in row["last"].split("."))
    return first <= parts <= last
