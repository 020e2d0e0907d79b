"""Which machine code lies in which wheel, and on which GPU it runs (``torch_archs.json``, ``cudnn.json``).

The rules and their exceptions are those of torch 2.15's own check: ``sm_86`` code runs on 8.9, ``sm_120`` on 12.1;
code runs on the same major version and the same or a higher minor one; PTX (``compute_90``) runs on anything newer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.knowledge.releases import Certainty
from gpuproof.core.knowledge.tables import remembered, rows, table

_CODE = re.compile(r"(sm|compute)_(\d{2,3})([af]?)\Z")
_PLATFORMS = {"linux": "linux_x86_64", "wsl": "linux_x86_64", "windows": "windows_x86_64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelList:
    """The code inside one wheel family; ``code`` is a set in table order, e.g. sm_75, compute_120."""

    torch: str
    variant: str
    platform: str
    code: tuple[str, ...]
    source: str
    certainty: Certainty
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Exception:
    codes: frozenset[int]
    only_device: frozenset[int]
    not_device: frozenset[int]
    lifted_from: DottedVersion | None


def capability(found: str) -> ComputeCapability | None:
    """Read ``8.9``, ``sm_89`` or ``89``; None when the text is anything else."""
    digits = re.fullmatch(r"\s*(?:sm_|compute_)?(\d{1,2})\.(\d)\s*|\s*(?:sm_|compute_)(\d{1,2})(\d)[af]?\s*", found)
    if not digits:
        return None
    major, minor = digits[1] or digits[3], digits[2] or digits[4]
    return ComputeCapability(int(major), int(minor))


@remembered
def _kernel_lists() -> dict[tuple[str, str, str], KernelList]:
    found: dict[tuple[str, str, str], KernelList] = {}
    for row in rows("torch_archs"):
        key = (row["torch"], row["variant"], row["platform"])
        found[key] = KernelList(
            torch=row["torch"],
            variant=row["variant"],
            platform=row["platform"],
            code=tuple(row["code"].split()),
            source=row["source"],
            certainty=row["certainty"],
            note=row.get("note", ""),
        )
    return found


def kernel_list(release: str, variant: str, platform: str) -> KernelList | None:
    """Return the row for a release, or None when nobody has seen that wheel's list."""
    minor = ".".join(release.split("+", 1)[0].split(".")[:2])
    return _kernel_lists().get((minor, variant, _PLATFORMS.get(platform, platform)))


def arch_list(release: str, variant: str, platform: str) -> tuple[str, ...] | None:
    """Return the code list of a wheel, e.g. ("sm_75", ...); None: not in the table.

    ``platform`` is ``linux``, ``wsl`` or ``windows`` (x86_64 is meant), or the full form such as ``linux_aarch64``.
    """
    found = kernel_list(release, variant, platform)
    return found.code if found else None


def runs_on(codes: Iterable[str], device: ComputeCapability, cuda: DottedVersion | str | None = None) -> bool | None:
    """Say whether any of the codes runs on the device; None when the list is empty, so nothing is known.

    ``cuda`` is the CUDA version of the build: two exceptions (Orin, Xavier) were lifted with 13.2.
    """
    listed = tuple(codes)
    if not listed:
        return None
    version = dotted(cuda) if isinstance(cuda, str) else cuda
    return any(_one_runs(code, device, version) for code in listed)


def _one_runs(code: str, device: ComputeCapability, cuda: DottedVersion | None) -> bool:
    parsed = _CODE.match(code)
    if not parsed:
        return False
    built, wanted = int(parsed[2]), device.major * 10 + device.minor
    if parsed[3] == "a":
        return built == wanted
    if parsed[1] == "compute":
        return wanted >= built
    if not _allowed(built, wanted, cuda):
        return False
    return {built, wanted} <= {101, 110} or (built // 10 == device.major and built % 10 <= device.minor)


@remembered
def _exceptions() -> tuple[_Exception, ...]:
    def numbers(found: object) -> frozenset[int]:
        listed = found.split(",") if isinstance(found, str) else found or ()
        return frozenset(int(number) for number in listed)  # type: ignore[attr-defined]

    return tuple(
        _Exception(
            numbers(row["code"]),
            numbers(row.get("only_device")),
            numbers(row.get("not_device")),
            dotted(row.get("lifted_from", "").removeprefix("CUDA ")),
        )
        for row in table("torch_archs")["exceptions"]
    )


def _allowed(built: int, wanted: int, cuda: DottedVersion | None) -> bool:
    for rule in _exceptions():
        if built not in rule.codes or (rule.lifted_from and cuda and cuda >= rule.lifted_from):
            continue
        if wanted in rule.not_device or (rule.only_device and wanted not in rule.only_device):
            return False
    return True


def cudnn_minimum_capability(version: str) -> ComputeCapability | None:
    """Return the oldest GPU that a cuDNN version holds code for, 7.5 for 9.11 and newer; None: not in the table."""
    found = dotted(".".join(version.split(".")[:2]))
    if found is None:
        return None
    for row in rows("cudnn"):
        if DottedVersion(row["first"]) <= found <= DottedVersion(row["last"]):
            return capability(row["minimum_capability"])
    return None
