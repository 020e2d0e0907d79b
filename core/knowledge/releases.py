"""torch releases and their published builds, as rows of ``torch_releases.json`` and ``torch_builds.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge.tables import Row, remembered, rows, table

Certainty = Literal["confirmed", "inferred"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchBuild:
    """One published variant of a release, e.g. cu126 of 2.14.1, and the platforms that have it.

    ``stage``: ``unlisted`` and ``prototype`` builds are never recommended.
    """

    release: str
    variant: str
    platforms: tuple[str, ...]
    stage: str
    cudnn: str | None
    source: str
    certainty: Certainty
    inferred_for: tuple[str, ...] = ()

    @property
    def cuda(self) -> DottedVersion | None:
        """Return the CUDA version inside the build, 12.6 for cu126; None for cpu, rocm and xpu."""
        return cuda_of_variant(self.variant)

    @property
    def is_recommendable(self) -> bool:
        """Say whether the official build matrix lists it."""
        return self.stage in ("stable", "experimental")

    def certainty_for(self, platform: str) -> Certainty:
        """Return how sure it is that the build exists for one platform."""
        return "inferred" if platform in self.inferred_for else self.certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchRelease:
    """One torch release; ``pythons`` and ``pypi`` are keyed by platform, e.g. linux_x86_64.

    ``pypi`` is the variant that plain ``pip install torch`` fetches there. ``minimum_glibc`` is the wheel tag's.
    """

    version: str
    released: str
    requires_python: str
    pythons: dict[str, tuple[str, ...]]
    pypi: dict[str, str]
    minimum_glibc: dict[str, DottedVersion]
    minimum_macos: int | None
    torchvision: str | None
    torchaudio: str | None
    pypi_wheel_mb: float | None
    source: str
    certainty: Certainty
    builds: tuple[TorchBuild, ...]

    @property
    def minor(self) -> str:
        """Return the release line, 2.14 for 2.14.1: kernels are the same within one."""
        return ".".join(self.version.split(".")[:2])

    def build(self, variant: str) -> TorchBuild | None:
        """Return one variant of this release."""
        return next((build for build in self.builds if build.variant == variant), None)


def cuda_of_variant(variant: str) -> DottedVersion | None:
    """Read cu126 as CUDA 12.6; None for anything that is not a CUDA variant."""
    digits = variant[2:]
    if not variant.startswith("cu") or not digits.isdigit() or len(digits) < 2:
        return None
    return DottedVersion(f"{digits[:-1]}.{digits[-1]}")


@remembered
def torch_releases() -> tuple[TorchRelease, ...]:
    """Return every known release, newest first, with its builds."""
    builds: dict[str, dict[str, TorchBuild]] = {}
    for row in rows("torch_builds"):
        known = builds.setdefault(row["release"], {})
        known.setdefault(row["variant"], _build(row))  # a shipped row outranks the same row from the index
    found: dict[str, TorchRelease] = {}
    for row in rows("torch_releases"):
        found.setdefault(row["version"], _release(row, tuple(builds.get(row["version"], {}).values())))
    return tuple(sorted(found.values(), key=lambda release: DottedVersion(release.version), reverse=True))


def torch_release(version: str) -> TorchRelease | None:
    """Return one release by its plain version (a local label such as ``+cu126`` is ignored)."""
    plain = version.split("+", 1)[0]
    return next((release for release in torch_releases() if release.version == plain), None)


def index_url(variant: str) -> str:
    """Return the wheel index of a variant."""
    return str(table("torch_builds")["index_url"]).format(variant=variant)


def _build(row: Row) -> TorchBuild:
    return TorchBuild(
        release=row["release"],
        variant=row["variant"],
        platforms=tuple(row["platforms"]),
        stage=row.get("stage", "stable"),
        cudnn=row.get("cudnn"),
        source=row["source"],
        certainty=row["certainty"],
        inferred_for=tuple(row.get("inferred_for", ())),
    )


def _release(row: Row, builds: tuple[TorchBuild, ...]) -> TorchRelease:
    glibc: dict[str, Any] = row.get("minimum_glibc", {})
    return TorchRelease(
        version=row["version"],
        released=row["released"],
        requires_python=row["requires_python"],
        pythons={platform: tuple(found.split()) for platform, found in row["pythons"].items()},
        pypi=dict(row.get("pypi", {})),
        minimum_glibc={platform: DottedVersion(found) for platform, found in glibc.items()},
        minimum_macos=row.get("minimum_macos"),
        torchvision=row.get("torchvision"),
        torchaudio=row.get("torchaudio"),
        pypi_wheel_mb=row.get("pypi_wheel_mb"),
        source=row["source"],
        certainty=row["certainty"],
        builds=builds,
    )
