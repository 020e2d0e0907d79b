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
_UPGRADED = re.compile(
    r"\bupgraded?:? (?:[^()]{0,200} )?(?:libnvidia-(?:compute|common|gl|cfg1|decode|encode|extra)|"
    r"nvidia-(?:utils|driver|kernel-common|compute-utils|dkms|open|libs))[\w.:\-]{0,40} "
    r"\(?(\d{3}\.\d[\w.\-+~]{0,30}?)(?:, | -> | )(\d{3}\.\d)"
)
_HAS = re.compile(r"\b(?:driver|驱动)(?: version)?(?: is| of)? v?(\d{3})(?![\d])")
_NEEDS = re.compile(
    r"\b(?:requires?|needs?|at least|minimum)(?: of)?(?: the| a| an)?(?: nvidia| gpu)? driver(?: version)?"
    r"(?: >=?| of| at least)? v?(\d{3})(?![\d])"
)


def read(flat: str, found: str, draft: Draft) -> None:
    """Fill the driver where no table told it; a version that the words contradict is left out."""
    kernel = _KERNEL.search(flat)
    if kernel is not None and draft.driver is None:
        draft.driver = dotted(kernel.group(1))
    _asked_for_nothing(found, draft)
    _upgraded(found, draft)
    _needs_a_newer(found, draft)
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


def _needs_a_newer(found: str, draft: Draft) -> None:
    """``I have driver 390, and CUDA 9.2 requires driver 396``: both numbers in one line of somebody's words."""
    for line in found[:60000].split("\n"):
        low = line[:1000].lower()
        needed = _NEEDS.search(low) if "driver" in low else None
        if needed is None:
            continue
        mine = _HAS.search(low[: needed.start()] + low[needed.end() :])
        if mine is not None and int(mine.group(1)) < int(needed.group(1)):
            draft.symptoms.append(Symptom(id="driver.older-than-needed", line=line.strip()[:200], source="pasted text"))
            return


def _upgraded(found: str, draft: Draft) -> None:
    """A line of apt's, dpkg's or pacman's history: the libraries changed while the old module may still run."""
    for line in found.split("\n"):
        low = line[:2000].lower()
        if "upgrade" in low and "nvidia" in low and _UPGRADED.search(low) is not None:
            draft.symptoms.append(Symptom(id="hint.driver-upgraded", line=line.strip()[:200], source="pasted text"))
            return


def _installed(found: str) -> DottedVersion | None:
    """The user-space part in the words of dpkg or rpm; None when the lists name several versions."""
    versions: set[str] = set()
    for line in found.split("\n"):
        words = line.split()
        if len(line) < 300 and len(words) >= 3 and words[0] == "ii" and words[1].startswith(_LIBRARIES):
            match = re.match(r"(?:\d:)?(\d{3}\.\d{2,3}(?:\.\d{2,3})?)-", words[2])
            versions.update(match.groups() if match is not None else ())
    return dotted(versions.pop()) if len(versions) == 1 else None
