"""What making gpuproof's own environment would take: source, size, room on the disk, commands. Installs nothing."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from gpuproof.core.launch.places import data_folder
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.recommend.model import Recommendation
from gpuproof.core.setup.bases import base_interpreter, platform_key
from gpuproof.core.setup.sources import Source, Wanted, choose_source
from gpuproof.core.setup.tools import pip_for
from gpuproof.core.setup.watching import unpacked_bytes
from gpuproof.core.words import Text, literal, text

OTHER_PACKAGES = ("numpy",)
_SPARE_BYTES = 300 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPlan:
    """What would be done: shown before anything is installed."""

    folder: Path
    base_interpreter: str
    source: Source
    variant: str
    needed_bytes: int
    free_bytes: int

    def words(self) -> tuple[Text, ...]:
        """Say what will be installed, from where, how much is downloaded and how much room there is."""
        found = self.source.resolution
        unknown = (text("Some sources do not tell sizes; it may be more."),) if found.has_unknown_sizes else ()
        return (
            text("gpuproof makes a Python environment of its own in {folder}.", folder=self.folder),
            self.source.words(),
            text(
                "Download: {download} MB, {total} MB with local files. Free disk space: {free} MB.",
                download=round(found.download_bytes / 1e6),
                total=round(found.total_bytes / 1e6),
                free=round(self.free_bytes / 1e6),
            ),
            *unknown,
            *(literal(command) for command in self.commands()),
        )

    def commands(self) -> tuple[str, ...]:
        """Return the commands as they could be typed."""
        python = python_in(self.folder)
        return tuple(
            shown(command)
            for command in (
                (self.base_interpreter, "-m", "venv", str(self.folder)),
                (str(python), "-m", "pip", "install", *self.source.options, *self.source.requirements),
            )
        )


def python_in(folder: Path) -> Path:
    """Return where a virtual environment's interpreter lies on this system."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def shown(command: tuple[str, ...]) -> str:
    """Return a command as it is typed on this system."""
    return subprocess.list2cmdline(command) if sys.platform == "win32" else shlex.join(command)


def bench_folder() -> Path:
    """Return where gpuproof's own environment lies, whether or not it exists."""
    return data_folder() / "bench-environment"


def plan_bench_environment(recommendation: Recommendation, *, cancel: threading.Event | None = None) -> BenchPlan:
    """Find a source for the recommended wheel and say what it would take."""
    base = base_interpreter()
    wanted = _wanted(recommendation)
    source = choose_source(pip_for(base), wanted, lambda version: (OTHER_PACKAGES,), cancel=cancel)
    plan = BenchPlan(
        folder=bench_folder(),
        base_interpreter=base,
        source=source,
        variant=wanted.variant,
        needed_bytes=needed_bytes(source.resolution.total_bytes),
        free_bytes=free_bytes(bench_folder()),
    )
    require_room(plan.folder, plan.needed_bytes, plan.free_bytes)
    return plan


def needed_bytes(wheels_bytes: int) -> int:
    """Return the room that installing wheels of this size takes at its peak."""
    return wheels_bytes + unpacked_bytes(wheels_bytes) + _SPARE_BYTES


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk that a folder is or would be on."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free


def require_room(folder: Path, needed: int, free: int) -> None:
    """Raise ``CouldNotFinish`` when the disk is too full."""
    if needed > free:
        raise CouldNotFinish(
            text(
                "{folder} has {free} MB of free disk space; {needed} MB are needed.",
                folder=folder,
                free=round(free / 1e6),
                needed=round(needed / 1e6),
            ),
            text("Free some space, or choose a folder on another disk (GPUPROOF_DATA_DIR)."),
        )


def _wanted(recommendation: Recommendation) -> Wanted:
    choice = recommendation.choice
    if choice is None:  # nothing fits the GPU: the benchmark still measures the processor
        return Wanted(torch="", variant="cpu", index_url="", plain_variant=plain_variant)
    return Wanted(torch=choice.torch, variant=choice.variant, index_url=choice.index_url, plain_variant=plain_variant)


def plain_variant(version: str) -> str:
    """Return what a torch without a local label is here, by the release table; empty when it is not known."""
    from gpuproof.core.knowledge.releases import torch_release

    release = torch_release(version)
    stated = release.pypi.get(platform_key(), "") if release else ""
    return stated.split()[0] if stated else ""
