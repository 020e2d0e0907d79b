"""Environment lists of other projects: ``ds_report``, mmcv and detectron2, Lightning, Ultralytics, dxdiag, web UIs."""

from __future__ import annotations

import re

from gpuproof.core.facts.foreign.cards import gpu_named
from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.version import dotted


def read(found: str, flat: str, draft: Draft) -> list[str]:
    """Read whichever lists are there."""
    kinds = []
    if "torch version ..." in flat or "torch cuda version ..." in flat:
        kinds.append(_ds_report(found, draft))
    if "sys.platform" in flat and ("cuda available" in flat or "pytorch" in flat):
        kinds.append(_open_mmlab(found, draft))
    if "ultralytics" in flat or "yolov5" in flat:
        kinds.append(_ultralytics(flat, draft))
    if "pytorch built with:" in flat:
        kinds.append(_built_with(flat, draft))
    if ("* cuda:" in flat or "cuda: gpu:" in flat or "cuda: - gpu:" in flat) and "available:" in flat:
        kinds.append(_lightning(flat, draft))
    if "card name:" in flat or "dxdiag" in flat:
        kinds.append(_dxdiag(found, draft))
    if "total vram" in flat or "set vram state to" in flat or "device: cuda:0 " in flat or "cuda:0 nvidia" in flat:
        kinds.append(_web_ui(found, flat, draft))
    return [kind for kind in kinds if kind]


def _ds_report(found: str, draft: Draft) -> str:
    for line in found.split("\n"):
        key, dots, value = line.partition(" ..")
        value = value.strip(". ").strip()
        if not dots or not value:
            continue
        if key.strip() == "torch version" and not draft.torch_version:
            draft.torch_version = value.split()[0]
        elif key.strip() == "torch cuda version" and draft.torch_has_cuda is None:
            draft.torch_cuda = dotted(value)
            draft.torch_has_cuda = draft.torch_cuda is not None or None
        elif key.strip() == "nvcc version" and dotted(value) is not None:
            draft.toolkits.extend(version for version in (dotted(value),) if version is not None)
    return "ds_report"


def _open_mmlab(found: str, draft: Draft) -> str:
    if "('sys.platform'," in found:
        found = re.sub(r"\('([\w .]{2,40})', '?([^')]{1,80})'?\)(?:, )?", r"\n\1: \2\n", found)
    for line in found.split("\n"):
        words = line.replace("|", " ").replace(":", " ", 1).split()
        if len(words) < 2 or len(line) > 300:
            continue
        key = words[0].lower()
        if line.lower().lstrip("- |").startswith("cuda available") and len(words) > 2 and draft.is_available is None:
            draft.is_available = {"true": True, "false": False}.get(words[2].lower())
        elif key == "pytorch" and words[1][:1].isdigit() and not draft.torch_version:
            draft.torch_version = words[1]
        elif key == "sys.platform":
            systems = {"linux": "linux", "win32": "windows", "darwin": "macos"}
            draft.system = draft.system or systems.get(words[1])  # type: ignore[assignment]
        elif key == "gpu" and words[1].strip(",").isdigit() and not draft.gpus and len(words) > 2:
            gpu_named(" ".join(words[2:]), draft)
    return "mmcv"


def _ultralytics(flat: str, draft: Draft) -> str:
    match = re.search(
        r"torch[- ](\d\.\d{1,2}\.\d{1,2}(?:a0)?(?:\+[\w.]{1,24})?) (cpu|cuda:\d)(?: \(([^,()]{3,60}),)?", flat
    )
    bare = re.search(r"python-3[\d.]{2,6} torch-(\d\.\d{1,2}\.\d{1,2}(?:\+\w{1,12})?)", flat)
    if match is None:
        draft.torch_version = draft.torch_version or (bare.group(1) if bare is not None else "")
        return "ultralytics" if bare is not None else ""
    draft.torch_version = draft.torch_version or match.group(1)
    if draft.is_available is None:
        draft.is_available = True if match.group(2).startswith("cuda") else None
    if match.group(3) and not draft.gpus:
        gpu_named(match.group(3).upper(), draft)
    return "ultralytics"


def _built_with(flat: str, draft: Draft) -> str:
    """``torch.__config__.show()``: a CUDA build names its runtime there, before the settings of its build."""
    _, _, details = flat.partition("pytorch built with:")
    details = details[:6000]
    runtime = re.search(r"cuda runtime (\d{1,2}\.\d)", details)
    if runtime is not None and draft.torch_has_cuda is None:
        draft.torch_cuda, draft.torch_has_cuda = dotted(runtime.group(1)), True
    elif "build settings" in details and "cuda runtime" not in details and draft.torch_has_cuda is None:
        draft.torch_has_cuda = False
    if "/croot/pytorch" in details or ("conda-bld/pytorch" in details and not draft.torch_conda_build):
        draft.torch_conda_build = "built by conda" if draft.torch_has_cuda else "built by conda, cpu"
    return "torch.__config__"


def _lightning(flat: str, draft: Draft) -> str:
    match = re.search(r"cuda: .{0,400}?available: (true|false)", flat)
    named = re.search(r"gpu: ((?:- )?[\w ()\-]{3,60}?) (?:- )?available:", flat)
    if named is not None and not draft.gpus and "none" not in named.group(1):
        gpu_named(named.group(1).strip("- ").upper(), draft)
    if match is not None and draft.is_available is None:
        draft.is_available = match.group(1) == "true"
    version = re.search(r"available: (?:true|false) (?:- )?version: ([\d.]{3,8}|none)", flat)
    if version is not None and draft.torch_has_cuda is None:
        draft.torch_cuda = dotted(version.group(1))
        draft.torch_has_cuda = draft.torch_cuda is not None
    return "lightning"


def _dxdiag(found: str, draft: Draft) -> str:
    for line in found.split("\n"):
        key, colon, value = line.partition(":")
        if colon and key.strip() == "Card name" and len(value) < 200:
            gpu_named(value.strip(), draft)
            draft.system = draft.system or "windows"
    if draft.other_cards and not draft.gpus:
        draft.no_nvidia_card = True
    return "dxdiag"


def _web_ui(found: str, flat: str, draft: Draft) -> str:
    """ComfyUI's start: ``Total VRAM 8188 MB``, ``pytorch version: 2.3.1+cu121``, ``Device: cuda:0 NVIDIA ... :``."""
    match = re.search(r"(?:device: |name:\**) ?cuda:(\d) ([^:\n]{3,60}) : ", flat)
    if match is not None:
        if not draft.gpus:
            gpu_named(match.group(2).upper(), draft)
        draft.is_available = True if draft.is_available is None else draft.is_available
    return "comfyui" if match is not None or "pytorch version" in flat else ""
