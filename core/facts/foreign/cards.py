"""Names of graphics cards as tools and people write them: ``NVIDIA GeForce RTX 3060 Laptop GPU``, ``rtx4090``."""

from __future__ import annotations

import re

from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.machine import ComputeCapability, DisplayDevice, Gpu

AMD, INTEL, NVIDIA, OTHER = 0x1002, 0x8086, 0x10DE, 0
FROM_WORDS = ("source", "words")  # noted on a card that only somebody's words name, not a tool
_NVIDIA_WORDS = ("nvidia", "geforce", "quadro", "tesla", "rtx", "gtx", "jetson", "tegra")
_AMD_WORDS = ("amd", "radeon", "gfx", "instinct", "advanced micro devices")
_INTEL_WORDS = ("intel", "iris", "uhd graphics", "hd graphics", "arc a")


def capability_of(name: str) -> ComputeCapability | None:
    """Return the compute capability that a product name stands for, None when it does not say (``GeForce ...``)."""
    from gpuproof.core.knowledge import gpu_by_name

    name = re.sub(r"(?i)nvidiatesla", "NVIDIA Tesla ", name)
    spaced = re.sub(r"(?i)\b(rtx|gtx|gt)[ -]?(\d{3,4})(ti|super)?", r"\1 \2 \3", name[:160]).replace("...", "")
    spaced = re.sub(
        r"(?i)\b(?:geforce )?(?<!rtx )(?<!gtx )([2-5]0[5-9]0)(?= |ti|$)", r"geforce rtx \1 ", " ".join(spaced.split())
    )
    spaced = re.sub(r"(?i)\bgeforce (10[5-8]0)(?= |ti|$)", r"geforce gtx \1 ", spaced)
    spaced = re.sub(r"(?i)\b(gtx 10[5-8]|rtx [2-5]0[5-9])(?=\s*$)", r"\g<1>0", " ".join(spaced.split()))
    found = gpu_by_name(spaced)
    return found.compute_capability if found is not None else None


def vendor_of(name: str) -> int:
    """Return the PCI vendor id that a name stands for; 0 when the name does not tell."""
    low = name.lower()
    for vendor, words in ((NVIDIA, _NVIDIA_WORDS), (AMD, _AMD_WORDS), (INTEL, _INTEL_WORDS)):
        if any(word in low for word in words):
            return vendor
    return NVIDIA if capability_of(name) is not None else OTHER


def gpu_named(name: str, draft: Draft, *, index: int | None = None) -> None:
    """Add the card to the draft: an NVIDIA one as a GPU, another vendor's as a display device."""
    name = name.split("(UUID")[0].strip().strip(",").strip("`*|").strip()[:120]
    vendor = vendor_of(name)
    if vendor in (AMD, INTEL):
        draft.other_cards.append(DisplayDevice(address="", vendor_id=vendor, device_id=0, name=name))
    elif name and len(draft.gpus) < 64:
        place = len(draft.gpus) if index is None else index
        draft.gpus.append(Gpu(index=place, name=name, compute_capability=capability_of(name)))
