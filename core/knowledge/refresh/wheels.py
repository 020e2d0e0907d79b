"""Wheel names such as ``torch-2.14.1+cu126-cp311-cp311-manylinux_2_28_x86_64.whl``, and what they tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_WHEEL = re.compile(
    r"torch-(?P<version>\d{1,3}\.\d{1,3}\.\d{1,3})(?:\+(?P<label>[a-z0-9.]{1,20}))?(?:-\d{1,3})?"
    r"-cp(?P<major>\d)(?P<minor>\d{1,2})-(?P<abi>cp\d{2,3}t?|none|abi3)-(?P<platform>[A-Za-z0-9_.]{1,120})\.whl\Z"
)
_VARIANT = re.compile(r"(cu\d{2,3}|rocm\d{1,2}(\.\d{1,2}){1,2}|cpu|xpu)\Z")
_MACHINES = ("x86_64", "aarch64", "arm64", "amd64")
_OLDEST = (2, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """One published wheel; ``glibc`` is the floor of its tag, ``uploaded`` a day or empty."""

    version: str
    variant: str
    python: str
    platform: str
    glibc: str | None = None
    requires_python: str = ""
    uploaded: str = ""


def read_wheel(file_name: str, requires_python: str = "", uploaded: str = "") -> Wheel | None:
    """Read one file name; None for anything else, a pre-release, a special build or a torch older than 2.0."""
    found = _WHEEL.match(file_name)
    if not found or tuple(int(part) for part in found["version"].split(".")[:2]) < _OLDEST:
        return None
    platform = _platform(found["platform"])
    variant = found["label"] or "cpu"
    if platform is None or not _VARIANT.match(variant):
        return None
    if not found["label"] and platform == "linux_x86_64":
        return None  # PyPI's own build: which CUDA it holds does not stand in its name
    free_threaded = "t" if found["abi"].endswith("t") else ""
    return Wheel(
        version=found["version"],
        variant=variant,
        python=f"{found['major']}.{found['minor']}{free_threaded}",
        platform=platform,
        glibc=_glibc(found["platform"]),
        requires_python=requires_python,
        uploaded=uploaded[:10],
    )


def rows_from(wheels: Iterable[Wheel], source: str, day: str) -> dict[str, list[dict[str, Any]]]:
    """Derive the rows of both tables from every wheel of a page."""
    by_version: dict[str, list[Wheel]] = {}
    for wheel in wheels:
        by_version.setdefault(wheel.version, []).append(wheel)
    releases = [_release_row(version, found, source, day) for version, found in by_version.items()]
    builds = [row for version, found in by_version.items() for row in _build_rows(version, found, source)]
    return {"torch_releases": releases, "torch_builds": builds}


def _release_row(version: str, wheels: list[Wheel], source: str, day: str) -> dict[str, Any]:
    platforms = sorted({wheel.platform for wheel in wheels})
    uploaded = min((wheel.uploaded for wheel in wheels if wheel.uploaded), default=day)
    floors = {
        platform: max(
            (wheel.glibc for wheel in wheels if wheel.platform == platform and wheel.glibc), key=_numbers, default=None
        )
        for platform in platforms
    }
    return {
        "version": version,
        "released": uploaded,
        "requires_python": next((wheel.requires_python for wheel in wheels if wheel.requires_python), ""),
        "pythons": {platform: _pythons(wheels, platform) for platform in platforms},
        "minimum_glibc": {platform: floor for platform, floor in floors.items() if floor},
        "source": source,
        "certainty": "confirmed",
    }


def _pythons(wheels: list[Wheel], platform: str) -> str:
    """Join the Pythons of a platform, oldest first; 3.14 stands before 3.14t."""
    found = {wheel.python for wheel in wheels if wheel.platform == platform}
    return " ".join(sorted(found, key=lambda python: (_numbers(python.rstrip("t")), python)))


def _build_rows(version: str, wheels: list[Wheel], source: str) -> list[dict[str, Any]]:
    rows = []
    for variant in sorted({wheel.variant for wheel in wheels}):
        platforms = sorted({wheel.platform for wheel in wheels if wheel.variant == variant})
        rows.append(
            {
                "release": version,
                "variant": variant,
                "platforms": platforms,
                "stage": "stable",
                "source": source,
                "certainty": "confirmed",
            }
        )
    return rows


def _numbers(dotted: str) -> tuple[int, ...]:
    return tuple(int(part) for part in dotted.split("."))


def _platform(tag: str) -> str | None:
    machine = next((name for name in _MACHINES if tag.endswith(name)), None)
    if machine is None:
        return None
    if tag.startswith("win"):
        return {"amd64": "windows_x86_64", "arm64": "windows_aarch64"}.get(machine)
    if tag.startswith("macosx"):
        return f"macos_{machine}" if machine in ("x86_64", "arm64") else None
    return f"linux_{machine}" if ("linux" in tag and machine in ("x86_64", "aarch64")) else None


def _glibc(tag: str) -> str | None:
    stated = re.search(r"manylinux_(\d+)_(\d+)_", tag)
    if stated:
        return f"{stated[1]}.{stated[2]}"
    return "2.17" if "manylinux" in tag else None
