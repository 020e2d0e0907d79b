"""The block that PyTorch's own ``collect_env`` prints, from our facts, for projects whose issue form asks for it.

Same names, same order, same words for what is not known (``N/A``, ``Could not collect``); a sample line is
``CUDA used to build PyTorch: 13.0``.
"""

from __future__ import annotations

import re
from typing import Any

from gpuproof.core.report.model import Report

_MOST_PACKAGES = 14
_RELEVANT = re.compile(r"(?:torch|numpy|triton|onnx|nvidia-|mypy|optree|flake8|pytorch)")


def collect_env_lines(report: Report) -> list[str]:
    """Return the lines of the block; facts that nobody asked for are ``N/A``."""
    facts = report.facts
    system, python = _part(facts, "os"), _part(facts, "python")
    torch, live = _part(facts, "torch"), _part(facts, "torch_live")
    gpus, driver = facts.get("gpus"), facts.get("driver_version")
    lines = [
        f"PyTorch version: {_word(torch, 'version')}",
        f"CUDA used to build PyTorch: {_word(torch, 'cuda_version')}",
        f"ROCM used to build PyTorch: {_word(torch, 'hip_version')}",
        "",
        f"OS: {_word(system, 'name')} ({_word(system, 'machine')})",
        f"Libc version: {'glibc-' + str(system['glibc']) if system.get('glibc') else 'N/A'}",
        "",
        f"Python version: {_word(python, 'version')} ({python.get('bits', 64)}-bit runtime)",
        f"Python platform: {_word(system, 'system')}-{_word(system, 'release')}-{_word(system, 'machine')}",
        f"Is CUDA available: {live.get('is_available') if live.get('is_available') is not None else 'N/A'}",
        f"GPU models and configuration: {_gpu_words(gpus)}",
        f"Nvidia driver version: {driver if isinstance(driver, str) else 'Could not collect'}",
        f"cuDNN version: {_word(live, 'cudnn_version')}",
        f"CPU: {_word(_part(facts, 'cpu'), 'model')}",
        "",
        "Versions of relevant libraries:",
    ]
    return [" ".join(line.split()) for line in lines + _packages(facts.get("packages"))]


def _part(facts: dict[str, Any], name: str) -> dict[str, Any]:
    part = facts.get(name)
    return part if isinstance(part, dict) and "unknown" not in part else {}


def _word(part: dict[str, Any], name: str) -> str:
    value = part.get(name)
    return " ".join(str(value).split()) if value not in (None, "") else "N/A"


def _gpu_words(gpus: Any) -> str:
    if not isinstance(gpus, list):
        return "Could not collect"
    names = [f"GPU {index}: {_word(gpu, 'name')}" for index, gpu in enumerate(gpus) if isinstance(gpu, dict)]
    return ", ".join(names) or "N/A"


def _packages(packages: Any) -> list[str]:
    rows = packages if isinstance(packages, list) else []
    found = [
        tuple(_word(row, key) for key in ("name", "version", "installer")) for row in rows if isinstance(row, dict)
    ]
    relevant = sorted(row for row in found if _RELEVANT.match(row[0]))
    relevant.sort(key=lambda row: row[0].startswith("nvidia-"))
    lines = [
        f"[{'conda' if installer == 'conda' else 'pip3'}] {name}=={version}" for name, version, installer in relevant
    ]
    return lines[:_MOST_PACKAGES] or ["N/A"]
