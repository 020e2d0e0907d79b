"""What belongs together: torchvision and torchaudio to their torch, and the Pythons that a torch has wheels for."""

from __future__ import annotations

from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.knowledge.releases import torch_release, torch_releases
from gpuproof.core.knowledge.tables import Row, remembered, rows

# from this one on it is built against torch's stable ABI and goes with every later torch
_STABLE_AUDIO = DottedVersion("2.10")


def companion_fits(name: str, version: str, torch: str) -> bool | None:
    """Say whether a torchvision or torchaudio belongs to a torch by their release lines; None: not in the tables.

    Patch releases count as one: 0.20.0 beside torch 2.5.1 loads. Builds of somebody's own (``0.20.0a0+git``) are in
    no table.
    """
    line, own = torch_line(name, version), _line(torch)
    if own is None or not _is_published(torch):
        return None
    if name == "torchaudio" and line is not None and DottedVersion(line) >= _STABLE_AUDIO:
        return DottedVersion(own) >= DottedVersion(line)
    return None if line is None else line == own


def torch_line(name: str, version: str) -> str | None:
    """Return the release line of torch that a companion was made for: 2.11 for torchvision 0.26.0."""
    line = _line(version)
    if line is None or not _is_published(version):
        return None
    if name == "torchaudio" and DottedVersion(line).major >= 2:
        return line  # it has borne torch's own numbers since 2.0
    return _companions().get((name, line))


def pythons_of(torch: str, platform: str) -> tuple[str, ...] | None:
    """Return the CPython versions that a torch has wheels for, e.g. on linux_x86_64; None: not in the tables."""
    release = torch_release(torch)
    if release is not None:
        return release.pythons.get(platform)
    row = _older().get(_line(torch) or "")
    if row is None:
        return None
    more = row.get("on_linux", "") if platform.startswith("linux") else ""
    return tuple(f"{row['pythons']} {more}".split())


@remembered
def _older() -> dict[str, Row]:
    return {row["line"]: row for row in rows("older_torch_releases")}


@remembered
def _companions() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for release in torch_releases():
        for name, version in (("torchvision", release.torchvision), ("torchaudio", release.torchaudio)):
            line = _line(version or "")
            if line is not None:
                found.setdefault((name, line), release.minor)
    for row in _older().values():
        found.setdefault(("torchvision", row["torchvision"]), row["line"])
        found.setdefault(("torchaudio", row["torchaudio"]), row["line"])
    return found


def _line(version: str) -> str | None:
    parts = version.split("+", 1)[0].split(".")
    return ".".join(parts[:2]) if len(parts) >= 2 and all(part.isdigit() for part in parts[:2]) else None


def _is_published(version: str) -> bool:
    """Tell a release (``0.26.0+cu130``) from a night's or somebody's own build (``0.26.0a0+git1a2b3c``)."""
    plain, _, label = version.partition("+")
    return dotted(plain) is not None and plain.replace(".", "").isdigit() and not label.startswith(("git", "nv"))
