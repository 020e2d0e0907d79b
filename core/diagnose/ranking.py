"""Root cause over symptom: which finding explains which, and which of the remaining ones comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gpuproof.core.diagnose.model import Finding

_CPU = ("cpu_wheel", "conda_cpu_build", "cpu_source_build", "aarch64_cpu_wheel")
_NO_DEVICE = ("visible_devices", "uvm_broken", "driver_too_old", "container_no_gpu", "exclusive_mode", "mig")
# cause: what follows from it and is therefore no cause of its own
EXPLAINS: dict[str, tuple[str, ...]] = {
    "python_32bit": ("python_no_wheel", "wrong_index", "windows_dll"),
    "macos_no_cuda": (
        *_CPU,
        "no_nvidia_gpu",
        "ext_mismatch",
        "vision_mismatch",
        "mixed_install",
        "amd_gpu",
        "visible_devices",
        "no_driver",
        "python_no_wheel",
        "wrong_index",
        "conda_cpu_build",
        "cudnn_conflict",
    ),
    "amd_gpu": (*_CPU, "no_nvidia_gpu", "no_driver", "ext_mismatch", "visible_devices", "arch_too_new", "arch_too_old"),
    "no_nvidia_gpu": (
        *_CPU,
        "no_driver",
        "visible_devices",
        "ext_mismatch",
        "container_no_gpu",
        "wsl_driver",
        "driver_too_old",
        "gpu_init_failed",
    ),
    "windows_pagefile": ("windows_dll", "oom"),
    "gpu_lost": (
        "no_driver",
        "gpu_init_failed",
        "visible_devices",
        "uvm_broken",
        "container_lost_gpu",
        "exclusive_mode",
    ),
    "fabric_manager": (*_NO_DEVICE, "no_driver"),
    "driver_lib_mismatch": (
        *_NO_DEVICE,
        "no_driver",
        "container_lost_gpu",
        "wsl_libcuda",
        "forward_compat_804",
        "ext_mismatch",
    ),
    "forward_compat_804": (*_NO_DEVICE, "no_driver", "driver_lib_mismatch"),
    "container_no_gpu": (
        "no_driver",
        "visible_devices",
        "driver_too_old",
        "uvm_broken",
        "ext_mismatch",
        "container_lost_gpu",
    ),
    "container_lost_gpu": ("no_driver", "visible_devices", "container_no_gpu", "uvm_broken"),
    "tcc_wddm": ("wsl_driver", "wsl_libcuda", "visible_devices", "no_driver"),
    "wsl_libcuda": ("no_driver", "wsl_driver", "cudnn_conflict", "ext_mismatch", "container_no_gpu"),
    "wsl_driver": (
        "driver_too_old",
        "no_driver",
        "visible_devices",
        "uvm_broken",
        "container_no_gpu",
        "oom",
        "container_lost_gpu",
        "gpu_init_failed",
        "exclusive_mode",
    ),
    "no_driver": ("visible_devices", "uvm_broken", "container_no_gpu", "driver_too_old", "ext_mismatch"),
    "gpu_init_failed": ("visible_devices", "no_driver", "uvm_broken", "exclusive_mode", "container_no_gpu"),
    "mig": ("visible_devices", "exclusive_mode", "oom", "no_driver"),
    "exclusive_mode": ("visible_devices", "oom"),
    "uvm_broken": ("visible_devices", "ext_mismatch"),
    "visible_devices": ("ext_mismatch",),
    "driver_too_old": ("visible_devices", "ext_mismatch", "uvm_broken"),
    "arch_too_new": ("ext_mismatch", "cudnn_conflict"),
    "arch_too_old": ("ext_mismatch", "cudnn_conflict"),
    **dict.fromkeys(_CPU, ("ext_mismatch", "visible_devices", "mixed_install", "vision_mismatch", "no_driver")),
    "mixed_install": ("cpu_wheel",),
    "vision_mismatch": ("mixed_install",),
    "cuda_lib_shadow": ("ext_mismatch", "vision_mismatch"),
    "cudnn_conflict": ("ext_mismatch", "cuda_lib_shadow"),
    "windows_dll": ("ext_mismatch", "vision_mismatch", *_CPU),  # what cannot be loaded may be meant for the CPU
    "wrong_index": ("python_no_wheel",),
}
# among findings that none explains, of the same confidence: the more fundamental one first
ORDER = [
    "python_32bit",
    "windows_pagefile",
    "macos_no_cuda",
    "amd_gpu",
    "no_nvidia_gpu",
    "gpu_lost",
    "fabric_manager",
    "driver_lib_mismatch",
    "forward_compat_804",
    "container_lost_gpu",
    "tcc_wddm",
    "wsl_libcuda",
    "wsl_driver",
    "container_no_gpu",
    "gpu_init_failed",
    "no_driver",
    "exclusive_mode",
    "mig",
    "uvm_broken",
    "conda_cpu_build",
    "cpu_source_build",
    "aarch64_cpu_wheel",
    "cpu_wheel",
    "arch_too_old",
    "arch_too_new",
    "driver_too_old",
    "visible_devices",
    "windows_dll",
    "vision_mismatch",
    "cuda_lib_shadow",
    "cudnn_conflict",
    "wrong_index",
    "python_no_wheel",
    "ext_mismatch",
    "mixed_install",
    "oom",
]
_CONFIDENCE = {"certain": 0, "likely": 1, "possible": 2}
_SEVERITY = {"error": 0, "warning": 1, "notice": 2}


def ranked(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings, root cause first, each folded one after the finding that explains it."""
    ordered = sorted(findings, key=_rank)
    by_cause: dict[str, Finding] = {}
    for finding in ordered:
        by_cause.setdefault(finding.cause, finding)
    folded = {finding.id: _explained_by(finding, by_cause) for finding in ordered}
    roots = [finding for finding in ordered if folded[finding.id] is None]
    result = []
    for root in roots or ordered[:1]:
        result.append(root)
        result.extend(
            replace(finding, folded_under=root.id)
            for finding in ordered
            if folded[finding.id] == root.id and root != finding
        )
    placed = {finding.id for finding in result}
    result.extend(replace(finding, folded_under=folded[finding.id]) for finding in ordered if finding.id not in placed)
    return tuple(result)


def _rank(finding: Finding) -> tuple[int, int, int]:
    place = ORDER.index(finding.cause) if finding.cause in ORDER else len(ORDER)
    return _SEVERITY[finding.severity], _CONFIDENCE[finding.confidence], place


def _explained_by(finding: Finding, by_cause: dict[str, Finding]) -> str | None:
    for cause, consequences in EXPLAINS.items():
        root = by_cause.get(cause)
        if root is None or finding.cause not in consequences or root.severity != "error":
            continue
        if finding.cause == "mixed_install" and finding.confidence != "possible":
            continue  # two copies explain the CPU build that is imported, not the other way round
        if _CONFIDENCE[root.confidence] <= _CONFIDENCE[finding.confidence] + 1:
            return root.id
    return None
