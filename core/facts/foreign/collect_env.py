"""``python -m torch.utils.collect_env`` in every form since torch 1.3, and the look-alikes of other projects.

Sample lines: ``Is CUDA available: No``, ``CUDA used to build PyTorch: Could not collect``,
``GPU 0: Tesla V100-PCIE-16GB``, ``[conda] pytorch 1.5.0 py3.7_cuda10.1_0 pytorch``.
"""

from __future__ import annotations

import re

from gpuproof.core.facts.foreign.cards import gpu_named
from gpuproof.core.facts.foreign.draft import Draft
from gpuproof.core.facts.machine import Symptom
from gpuproof.core.facts.version import DottedVersion, dotted

_KEYS = (
    "PyTorch version", "Is debug build", "CUDA used to build PyTorch", "ROCM used to build PyTorch", "OS",
    "GCC version", "Clang version", "CMake version", "Libc version", "Python version", "Python platform",
    "Is CUDA available", "CUDA runtime version", "CUDA_MODULE_LOADING set to", "GPU models and configuration",
    "Nvidia driver version", "cuDNN version", "HIP runtime version", "MIOpen runtime version",
    "Is XNNPACK available", "Versions of relevant libraries",
)  # fmt: skip
_NOT_THERE = ("none", "n/a", "could not collect", "no cuda", "")
_TRUE = ("true", "yes")
_FALSE = ("false", "no")


def read(found: str, draft: Draft) -> list[str]:
    """Read the fields; several forms in one paste all count, the first value of each stays."""
    if not any(mark in found for mark in ("used to build", "PyTorch version", "PyTorch Version", "Is CUDA available")):
        return []
    for line in _apart(found).split("\n"):
        key, colon, value = line.partition(":")
        if colon and len(key) < 60:
            reader = _READERS.get(" ".join(key.lower().strip("-*#•` ").split()))
            if reader is not None:
                reader(value.strip().strip("`*").strip(), draft)
    _note_nothing_collected(draft)
    return ["collect_env"]


def _note_nothing_collected(draft: Draft) -> None:
    """A CUDA build that sees nothing, where nvidia-smi gave neither a driver nor a card either."""
    saw_nothing = draft.driver is None and not draft.gpus and draft.nothing_collected
    if saw_nothing and draft.is_available is False and draft.torch_has_cuda:
        line = "Is CUDA available: False; Nvidia driver version and GPU models: could not collect"
        draft.symptoms.append(Symptom(id="driver.not-collected", line=line, source="collect_env"))


def _apart(found: str) -> str:
    """Give every known key its own line again; a paste may have lost its line ends."""
    found = found.replace(" : ", ": ")  # aligned lists lose their columns together with their line ends
    for key in _KEYS[1:]:
        if key != "OS" and f" {key}:" in found:
            found = found.replace(f" {key}:", f"\n{key}:")
    return re.sub(r" OS: (?=Ubuntu|Microsoft|Mac|CentOS|Debian|Red Hat)", "\nOS: ", found)


def _torch_version(value: str, draft: Draft) -> None:
    version = value.split()[0] if value.split() else ""
    if version.lower() in ("n/a", "none"):
        draft.torch_absent = True
    elif version[:1].isdigit() and not draft.torch_version:
        draft.torch_version = version
        if "(gpu" in value.lower() or value.rstrip().lower().endswith(("(true)", "(false)")):
            _available(value.rstrip(")").rsplit("(", 1)[-1], draft)


def _built_with(value: str, draft: Draft) -> None:
    if draft.torch_has_cuda is not None:
        return
    cuda = dotted(value)
    if cuda is not None:
        draft.torch_cuda, draft.torch_has_cuda = cuda, True
    elif value.lower() in _NOT_THERE and not draft.torch_absent:
        draft.torch_has_cuda = False


def _built_with_rocm(value: str, draft: Draft) -> None:
    if value[:1].isdigit():
        draft.torch_hip, draft.torch_has_cuda = value, False


def _available(value: str, draft: Draft) -> None:
    word = value.split()[0].lower().strip(".,;") if value.split() else ""
    if draft.is_available is None and word in (*_TRUE, *_FALSE):
        draft.is_available = word in _TRUE


def _os(value: str, draft: Draft) -> None:
    low = value.lower()
    if not value or draft.os_name:
        return
    draft.os_name = value
    if "windows" in low:
        draft.system = "windows"
    elif low.startswith("mac"):
        draft.system = "macos"
    elif low not in _NOT_THERE:
        draft.system = "linux"
    if "(aarch64)" in low or "(arm64)" in low:
        draft.machine_name = "arm64" if draft.system == "macos" else "aarch64"
    elif "(x86_64)" in low:
        draft.machine_name = "x86_64"


def _platform(value: str, draft: Draft) -> None:
    low = value.lower()
    if draft.os_name and draft.system is not None and not low.startswith(draft.system[:5]):
        return
    if low.startswith("linux"):
        draft.system = "linux"
        draft.os_release = draft.os_release or value[6:60]
    elif low.startswith("windows"):
        draft.system = "windows"
    elif low.startswith(("darwin", "macos")):
        draft.system = "macos"
    for name in ("aarch64", "x86_64", "arm64"):
        if name in low:
            draft.machine_name = name
    if "microsoft" in low:
        draft.is_wsl = draft.system == "linux"
    if "tegra" in low:
        draft.is_jetson, draft.machine_name = True, "aarch64"


def _python(value: str, draft: Draft) -> None:
    word = value.split()[0] if value.split() else ""
    if word[:1].isdigit() and not draft.python_version:
        draft.python_version = word.strip(",")
    if "32-bit runtime" in value or "32 bit" in value:
        draft.python_bits = 32
    elif "64-bit runtime" in value or "64 bit" in value:
        draft.python_bits = 64


def _driver(value: str, draft: Draft) -> None:
    version = dotted(value.split()[0]) if value.split() else None
    if version is not None and draft.driver is None:
        draft.driver = version
    draft.nothing_collected = draft.nothing_collected or value.lower() in ("could not collect", "no cuda")


def _toolkit(value: str, draft: Draft) -> None:
    version = dotted(value.split()[0].strip(",")) if value.split() else None
    if version is not None:
        draft.toolkits.append(version)


def _gpu(value: str, draft: Draft) -> None:
    rest = value
    if rest.lower().startswith("gpu 0:"):
        rest = rest[6:].strip()
    if rest and rest.lower() not in _NOT_THERE:
        for name in re.split(r"(?:^|\s)GPU \d{1,2}: ", rest)[:64]:
            draft_gpu(name, draft)


def draft_gpu(name: str, draft: Draft) -> None:
    """Add a GPU by the name a tool printed; AMD and Intel names become display devices."""
    gpu_named(name.strip(), draft)


def _cudnn(value: str, draft: Draft) -> None:
    if draft.cudnn is None:
        draft.cudnn = dotted(value)


def _glibc(value: str, draft: Draft) -> None:
    if value.startswith("glibc") and draft.system is None:
        draft.system = "linux"


def _architecture(value: str, draft: Draft) -> None:
    if value in ("aarch64", "x86_64", "arm64") and not draft.machine_name:
        draft.machine_name = value


def _cuda_home_version(value: str, draft: Draft) -> None:
    if draft.torch_has_cuda is None:
        _built_with(value, draft)


_READERS = {
    "pytorch version": _torch_version,
    "pytorch version (gpu?)": _torch_version,
    "pytorch": _torch_version,
    "torch": _torch_version,
    "torch version": _torch_version,
    "torch.__version__": _torch_version,
    "cuda used to build pytorch": _built_with,
    "rocm used to build pytorch": _built_with_rocm,
    "torch cuda version": _cuda_home_version,
    "torch.version.cuda": _cuda_home_version,
    "torch hip version": _built_with_rocm,
    "is cuda available": _available,
    "cuda available": _available,
    "gpu available": _available,
    "torch.cuda.is_available()": _available,
    "torch cuda available": _available,
    "os": _os,
    "python platform": _platform,
    "platform": _platform,
    "sys.platform": _platform,
    "python version": _python,
    "nvidia driver version": _driver,
    "cuda runtime version": _toolkit,
    "gpu models and configuration": _gpu,
    "gpu 0": _gpu,
    "gpu 1": _gpu,
    "gpu 2": _gpu,
    "gpu 3": _gpu,
    "gpu 4": _gpu,
    "gpu 5": _gpu,
    "gpu 6": _gpu,
    "gpu 7": _gpu,
    "gpu 0,1": _gpu,
    "gpu 0,1,2,3": _gpu,
    "gpu 0,1,2,3,4,5,6,7": _gpu,
    "cudnn version": _cudnn,
    "libc version": _glibc,
    "architecture": _architecture,
}

__all__ = ["DottedVersion", "draft_gpu", "read"]
