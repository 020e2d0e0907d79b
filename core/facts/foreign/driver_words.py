"""Driver versions outside nvidia-smi's own forms: the kernel's word, package lists, and what a person says.

Sample lines: ``NVRM version: NVIDIA UNIX x86_64 Kernel Module  520.56.06  Thu Oct  6``,
``ii  libnvidia-compute-535:amd64  535.129.03-0ubuntu0.22.04.1``, ``NVIDIA driver version 535.104.05``.
"""

from __future__ import annotations

import re

from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.machine import Symptom
from gpuproof.core.facts.version import DottedVersion, dotted

_LIBRARIES = ("nvidia-smi", "libnvidia-compute", "libnvidia-ml", "libcuda1", "nvidia-utils", "nvidia-driver-libs")
_KERNEL = re.compile(
    r"nvidia unix (?:open )?(?:kernel module for )?[\w ]{0,24}kernel module\s+(?:for \w+\s+)?"
    r"(\d{3}\.\d{2,3}(?:\.\d{2,3})?)"
)
_SAID = re.compile(
    r"\b(?:nvidia|gpu|graphics|geforce|game[ -]ready|studio)?[ -]?(?:driver|drivers|驱动)(?: version|版本)?"
    r"(?: is| are|:|=|\(|为|是|号)*[ :]{0,3}v?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)(?![\w.])"
)


def read(flat: str, found: str, draft: Draft) -> None:
    """Fill the driver where no table told it; a version that the words contradict is left out."""
    kernel = _KERNEL.search(flat)
    if kernel is not None and draft.driver is None:
        draft.driver = dotted(kernel.group(1))
    _asked_for_nothing(found, draft)
    library = re.search(r"nvml library version: (\d{3}\.\d{2,3}(?:\.\d{2,3})?)", flat)
    if library is not None and draft.driver_library is None:
        draft.driver_library = dotted(library.group(1))
    if draft.driver_library is None:
        draft.driver_library = _installed(found)
    if draft.driver is None and ("driver" in flat or "驱动" in flat):
        said = {match.group(1) for match in _SAID.finditer(flat[:200000])}
        if len(said) == 1:
            draft.driver = dotted(said.pop())


def _asked_for_nothing(found: str, draft: Draft) -> None:
    """``lsmod | grep nvidia`` that is followed by the next prompt: the kernel has no such module loaded."""
    if "lsmod" not in found and "lspci" not in found:
        return
    lines = found.split("\n")
    for number, line in enumerate(lines[:-1]):
        asked = re.search(
            r"\b(lsmod|lspci)\b[^|]{0,20}\| ?grep (?:-\w+ )?['\"]?nvidia['\"]?\s*$", line[:300], re.IGNORECASE
        )
        after = lines[number + 1].strip()
        if asked is not None and (after.startswith(("#", "$", "```")) or re.match(r"[\w.\-\[(]{1,40}@[\w.\-]+", after)):
            kind = "driver.lsmod-empty" if asked.group(1).lower() == "lsmod" else "gpu.lspci-empty"
            draft.symptoms.append(Symptom(id=kind, line=line.strip()[:200], source="pasted text"))


def _installed(found: str) -> DottedVersion | None:
    """The user-space part in the words of dpkg or rpm; None when the lists name several versions."""
    versions: set[str] = set()
    for line in found.split("\n"):
        words = line.split()
        if len(line) < 300 and len(words) >= 3 and words[0] == "ii" and words[1].startswith(_LIBRARIES):
            match = re.match(r"(?:\d:)?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)-", words[2])
            versions.update(match.groups() if match is not None else ())
    return dotted(versions.pop()) if len(versions) == 1 else None
