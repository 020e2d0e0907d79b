"""Drivers: oldest one per CUDA version, branches with their end of life, first and last branch per GPU architecture.

A driver version (580.65.06, Windows 581.29) is neither the CUDA version it supports nor the toolkit's.
"""

from __future__ import annotations

from dataclasses import dataclass

from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.knowledge.releases import Certainty
from gpuproof.core.knowledge.tables import Row, remembered, rows, table


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverBranch:
    """One NVIDIA driver branch; ``end_of_life`` is YYYY-MM, "past", or None where nobody knows.

    ``kind`` is lts, production, new-feature or unknown. ``cuda`` is the newest CUDA the branch accepts natively.
    """

    number: int
    kind: str
    end_of_life: str | None
    cuda: DottedVersion | None
    newest_linux: DottedVersion | None
    windows_majors: tuple[int, int]
    note: str
    source: str
    certainty: Certainty

    @property
    def name(self) -> str:
        """Return the branch as NVIDIA writes it, R580."""
        return f"R{self.number}"

    def has_ended(self, today: str) -> bool | None:
        """Say whether the branch is past its end of life on a day (YYYY-MM-DD); None: unknown."""
        if self.end_of_life is None:
            return None
        return self.end_of_life == "past" or self.end_of_life < today[:7]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A GPU architecture and the drivers that know it. Branch numbers are None where there is no bound.

    ``hard_floor`` refuses an older driver; ``first_branch`` only makes it doubtful. ``is_integrated``: Jetson.
    """

    name: str
    capabilities: tuple[ComputeCapability, ...]
    first_branch: int | None
    last_branch: int | None
    last_cuda: DottedVersion | None
    hard_floor: int | None
    is_integrated: bool
    certainty: Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverNotice:
    """A driver range with known trouble, as of a date; ``cards`` empty means every card."""

    first: DottedVersion
    last: DottedVersion
    cards: tuple[ComputeCapability, ...]
    found: str
    remedy: str
    dated: str


def minimum_driver(cuda: DottedVersion | str, system: str) -> DottedVersion | None:
    """Return the oldest driver that runs a CUDA version, minor-version compatibility counted; None: not known.

    ``system`` is linux, windows or wsl (there the Windows driver decides). CUDA 11 and newer go by their major
    version, older ones by the exact toolkit.
    """
    version = dotted(cuda) if isinstance(cuda, str) else cuda
    if version is None:
        return None
    column = "linux" if system == "linux" else "windows"
    for row in table("cuda_drivers")["families"]:
        if int(row["family"]) == version.major:
            return dotted(row[column])
    return native_driver(version, system)


def native_driver(cuda: DottedVersion | str, system: str) -> DottedVersion | None:
    """Return the driver that the first toolkit of a CUDA version came with: from there on even PTX is covered."""
    version = dotted(cuda) if isinstance(cuda, str) else cuda
    if version is None:
        return None
    column = "linux" if system == "linux" else "windows"
    wanted = ".".join(str(part) for part in (*version.parts, 0)[:2])
    for row in rows("cuda_drivers"):
        if row["toolkit"].split()[0] in (wanted, wanted + ".0", wanted + ".1") and row[column]:
            return dotted(row[column])
    return None


@remembered
def driver_branches() -> tuple[DriverBranch, ...]:
    """Return every branch, oldest first."""
    return tuple(sorted((_branch(row) for row in rows("driver_branches")), key=lambda branch: branch.number))


def branch_of(driver: DottedVersion, system: str) -> DriverBranch | None:
    """Return the branch that a driver belongs to; on Windows several major numbers are one branch."""
    if system == "linux":
        older = [branch for branch in driver_branches() if branch.number <= driver.major]
        return older[-1] if older else None
    for branch in driver_branches():
        if branch.windows_majors[0] <= driver.major <= branch.windows_majors[1]:
            return branch
    return None


def branch(number: int) -> DriverBranch | None:
    """Return one branch by its number."""
    return next((found for found in driver_branches() if found.number == number), None)


@remembered
def architectures() -> tuple[Architecture, ...]:
    """Return every architecture, oldest first."""
    return tuple(_architecture(row) for row in rows("architectures"))


def architecture_of(device: ComputeCapability) -> Architecture | None:
    """Return the architecture of a compute capability, e.g. Pascal for 6.1."""
    return next((found for found in architectures() if device in found.capabilities), None)


def last_branch(device: ComputeCapability) -> int | None:
    """Return the last driver branch for a card (580 for Pascal), None where there is none yet."""
    found = architecture_of(device)
    return found.last_branch if found else None


@remembered
def driver_notices(system: str) -> tuple[DriverNotice, ...]:
    """Return the driver ranges with known trouble on one system; WSL runs the Windows driver."""
    wanted = "linux" if system == "linux" else "windows"
    return tuple(
        DriverNotice(
            first=DottedVersion(row["first"]),
            last=DottedVersion(row["last"]),
            cards=tuple(_capability(found) for found in row["cards"].split()),
            found=row["found"],
            remedy=row["do"],
            dated=row["dated"],
        )
        for row in rows("bad_drivers")
        if row["system"] == wanted
    )


def _capability(found: str) -> ComputeCapability:
    major, minor = found.split(".")
    return ComputeCapability(int(major), int(minor))


def _branch(row: Row) -> DriverBranch:
    return DriverBranch(
        number=row["branch"],
        kind=row["kind"],
        end_of_life=row["end_of_life"],
        cuda=dotted(row["cuda"] or ""),
        newest_linux=dotted(row["newest_linux"] or ""),
        windows_majors=(row["windows_majors"][0], row["windows_majors"][1]),
        note=row.get("note", ""),
        source=row["source"],
        certainty=row["certainty"],
    )


def _architecture(row: Row) -> Architecture:
    return Architecture(
        name=row["architecture"],
        capabilities=tuple(_capability(found) for found in row["capabilities"]),
        first_branch=row["first_branch"],
        last_branch=row["last_branch"],
        last_cuda=dotted(row["last_cuda"] or ""),
        hard_floor=row.get("hard_floor"),
        is_integrated=bool(row.get("integrated")),
        certainty=row["certainty"],
    )
