"""GPUs by name: NVIDIA capability and figures, AMD targets, and which Intel graphics torch can use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gpuproof.core.facts.machine import ComputeCapability
from gpuproof.core.knowledge.kernels import capability
from gpuproof.core.knowledge.releases import Certainty
from gpuproof.core.knowledge.tables import remembered, rows, table

Vendor = Literal["nvidia", "amd", "intel", "apple"]
_NOISE = re.compile(r"nvidia|\(r\)|\(tm\)|\(c\)|graphics device|corporation")
_GFX = re.compile(r"\bgfx[0-9a-f]{3,4}\b")
_AMD_WORDS = re.compile(r"\b(amd|radeon|instinct|firepro|advanced micro devices)\b|\bmi\d{2,3}x?\b|\brx \d{3,4}\b")
_INTEL_WORDS = re.compile(r"\b(intel|iris|uhd)\b|\barc\b")
_APPLE_WORDS = re.compile(r"\bapple m\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuModel:
    """A card's data-sheet row. TFLOPS are dense at boost clock; ``tensor_fp16_tflops`` accumulates in FP32.

    ``memory_gb`` lists every size sold under the name. ``is_exact`` False: only the family is known, no figures.
    """

    name: str
    architecture: str
    compute_capability: ComputeCapability
    memory_gb: tuple[float, ...] = ()
    bandwidth_gb_s: float | None = None
    fp32_tflops: float | None = None
    tensor_fp16_tflops: float | None = None
    tdp_w: float | None = None
    pcie_generation: int | None = None
    certainty: Certainty = "inferred"
    is_exact: bool = True


def cleaned(name: str) -> str:
    """Return a name as the tables are matched: lower case, without maker and marks."""
    return " ".join(_NOISE.sub(" ", name.lower()).replace("-", " ").replace("_", " ").split())


@remembered
def gpu_models() -> tuple[GpuModel, ...]:
    """Return every card of the data-sheet table."""
    found = []
    for row in rows("gpus"):
        device = capability(row["compute_capability"])
        assert device is not None
        found.append(
            GpuModel(
                name=row["name"],
                architecture=row["architecture"],
                compute_capability=device,
                memory_gb=tuple(row["memory_gb"]),
                bandwidth_gb_s=row["bandwidth_gb_s"],
                fp32_tflops=row["fp32_tflops"],
                tensor_fp16_tflops=row["tensor_fp16_tflops"],
                tdp_w=row["tdp_w"],
                pcie_generation=row["pcie_generation"],
                certainty=row["certainty"],
            )
        )
    return tuple(found)


@remembered
def _by_cleaned_name() -> dict[str, GpuModel]:
    found = {}
    for row, model in zip(rows("gpus"), gpu_models(), strict=True):
        for name in (row["name"], *row.get("also", ())):
            found[cleaned(name)] = model
    return found


def gpu_by_name(name: str) -> GpuModel | None:
    """Return a card by the name that nvidia-smi prints; a family without figures when only that is recognised."""
    wanted = cleaned(name)
    exact = _by_cleaned_name().get(wanted) or _by_cleaned_name().get("geforce " + wanted)
    if exact:
        return exact
    spaced = re.sub(r"(?<=[a-z])(?=\d{3,4}\b)", " ", wanted)  # RTX4090, GTX1080
    for row in rows("gpu_patterns"):
        if re.search(row["pattern"], wanted) or re.search(row["pattern"], spaced):
            device = capability(row["compute_capability"])
            assert device is not None
            return GpuModel(name=name, architecture=row["architecture"], compute_capability=device, is_exact=False)
    return None


def capability_of_pci(device_id: int) -> ComputeCapability | None:
    """Return the capability of an NVIDIA PCI device id, e.g. 9.0 for 0x2330 (H100); None for an unlisted range."""
    for row in rows("pci_ranges"):
        if int(row["first"], 16) <= device_id <= int(row["last"], 16):
            return capability(row["compute_capability"])
    return None


def vendor_of(name: str) -> Vendor:
    """Guess a card's maker from its name; nvidia when nothing speaks for another one."""
    wanted = name.lower()
    if "nvidia" in wanted or "geforce" in wanted or "quadro" in wanted or "tesla" in wanted:
        return "nvidia"
    if _GFX.search(wanted) or _AMD_WORDS.search(wanted):
        return "amd"
    if _APPLE_WORDS.search(wanted):
        return "apple"
    return "intel" if _INTEL_WORDS.search(wanted) else "nvidia"


def amd_target(name: str) -> str | None:
    """Return the gfx target that stands in a name, ``(gfx1100)``, or that the product is known to have."""
    wanted = name.lower()
    stated = _GFX.search(wanted)
    if stated:
        return stated[0]
    for row in table("amd_targets")["names"]:
        if re.search(row["pattern"], wanted):
            return str(row["target"])
    return None


@remembered
def rocm_targets() -> dict[str, frozenset[str]]:
    """Return the gfx targets in each ROCm variant, e.g. rocm7.2; a variant without a row has not been read."""
    return {row["variant"]: frozenset(row["targets"].split()) for row in rows("amd_targets")}


def intel_runs_xpu(name: str) -> bool:
    """Say whether torch's XPU build drives this Intel GPU; integrated UHD and Iris graphics are no reason for it."""
    wanted = cleaned(name)
    for row in rows("intel_gpus"):
        if re.search(row["pattern"], wanted):
            return bool(row["xpu"])
    return False
