"""What applications ask of torch, CUDA, driver and GPU memory (``app_profiles.json``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.knowledge.releases import Certainty
from gpuproof.core.knowledge.tables import Row, remembered, rows
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import text


@dataclass(frozen=True, slots=True, kw_only=True)
class AppProfile:
    """One application. ``minimum_*`` are bounds; ``stated_*`` is what the project itself installs.

    ``vram_gb`` pairs a resolution with the least GPU memory in GB. ``details`` is the whole row (timing, docker ...).
    """

    id: str
    names: tuple[str, ...]
    cpu_supported: bool
    prints_device: bool
    minimum_torch: DottedVersion | None
    stated_torch: str | None
    stated_variant: str | None
    minimum_cuda: DottedVersion | None
    minimum_driver: DottedVersion | None
    vram_gb: tuple[tuple[str, float], ...]
    note: str
    source: str
    certainty: Certainty
    details: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)


@remembered
def app_profiles() -> tuple[AppProfile, ...]:
    """Return every application profile."""
    return tuple(_profile(row) for row in rows("app_profiles"))


def app_profile(wanted: str) -> AppProfile | None:
    """Return a profile by its id or by any of its names, in any case."""
    lowered = wanted.strip().lower()
    for profile in app_profiles():
        if lowered == profile.id or lowered in (name.lower() for name in profile.names):
            return profile
    return None


def require_app(wanted: str) -> AppProfile:
    """Return a profile, or say which ones there are."""
    profile = app_profile(wanted)
    if profile is None:
        known = ", ".join(each.id for each in app_profiles())
        raise UserProblem(
            text("No application “{found}” is known.", found=wanted), text("Known applications: {known}.", known=known)
        )
    return profile


def _profile(row: Row) -> AppProfile:
    return AppProfile(
        id=row["id"],
        names=tuple(row["names"]),
        cpu_supported=row["cpu_supported"],
        prints_device=row["prints_device"],
        minimum_torch=dotted(row["minimum_torch"] or ""),
        stated_torch=row["stated_torch"],
        stated_variant=row["stated_variant"],
        minimum_cuda=dotted(row["minimum_cuda"] or ""),
        minimum_driver=dotted(row["minimum_driver"] or ""),
        vram_gb=tuple((need["resolution"], float(need["minimum"])) for need in row["vram_gb"]),
        note=row.get("note", ""),
        source=row["source"],
        certainty=row["certainty"],
        details=dict(row),
    )
