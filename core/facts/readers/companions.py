"""Packages that must fit torch's build: which CUDA and which torch their files say they were made for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.parts import Companion
from gpuproof.core.facts.readers.torch import cuda_of_label, version_lines
from gpuproof.core.facts.reading import dict_of, objects_in, objects_of, words
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion

NAMES = (
    "torchvision", "torchaudio", "xformers", "flash-attn", "bitsandbytes", "onnxruntime", "onnxruntime-gpu",
    "onnxruntime-directml", "ctranslate2", "triton", "triton-windows", "tensorrt", "mmcv", "mmcv-full",
)  # fmt: skip
_FOLDERS = {"flash-attn": "flash_attn", "onnxruntime-gpu": "onnxruntime", "onnxruntime-directml": "onnxruntime"}
_SEARCHED_WHOLE = ("ctranslate2",)
_NEEDED = re.compile(r"lib(?:cublas|cudart)\.so\.(\d{1,2})|(?:cublas|cudart)64_(\d{2,3})\.dll", re.IGNORECASE)
_TORCH_PIN = re.compile(r"^torch\s?\(?==\s?([\w.+!]{1,40})")


def read_companions(answers: Answers) -> tuple[Companion, ...] | Unknown:
    """Read each companion that is installed; two builds of ONNX Runtime are two entries."""
    found = dict_of(answers, "python.packages")
    if isinstance(found, Unknown):
        return found
    by_folder = {words(entry.get("name")): entry for entry in objects_of(answers, "torch.companions")}
    needs: dict[str, list[dict[str, Any]]] = {}
    for entry in objects_of(answers, "torch.companion_needs"):
        needs.setdefault(words(entry.get("name")), []).append(entry)
    companions = {}
    for package in objects_in(found.get("packages")):
        name = words(package.get("name"))
        if name in NAMES and name not in companions:
            companions[name] = _companion(name, package, by_folder, needs)
    return tuple(companions.values())


def _companion(
    name: str, package: dict[str, Any], by_folder: dict[str, dict[str, Any]], needs: dict[str, list[dict[str, Any]]]
) -> Companion:
    entry = by_folder.get(_FOLDERS.get(name, name), {})
    texts = entry.get("files") if isinstance(entry.get("files"), dict) else {}
    joined = "\n".join(text for text in texts.values() if isinstance(text, str)) if isinstance(texts, dict) else ""
    libraries = [word for word in entry.get("libraries") or () if isinstance(word, str)]
    version = words(package.get("version"))
    lines = version_lines(joined)
    full = lines.get("__version__", version) if lines.get("__version__", "").startswith(version) else version
    reader = _READERS.get(_FOLDERS.get(name, name), _by_label)
    cuda, is_cpu, detail = reader(full, joined, libraries)
    if cuda is None and is_cpu is None:
        cuda, is_cpu, detail = _by_needs(needs.get(_FOLDERS.get(name, name), []), is_whole=name in _SEARCHED_WHOLE)
    return Companion(
        name=name,
        version=full,
        cuda_version=cuda,
        is_cpu_build=is_cpu,
        torch_version=_torch_of(joined, version, package),
        detail=detail,
    )


Build = tuple[DottedVersion | None, bool | None, str]


def _by_label(version: str, text: str, libraries: list[str]) -> Build:
    """Read the local label: 0.26.0+cu130 or +cpu; a version without one says nothing."""
    label = version.partition("+")[2]
    return cuda_of_label(label), True if label == "cpu" else None, f"version {version}" if label else ""


def _by_needs(files: list[dict[str, Any]], *, is_whole: bool) -> Build:
    """Read which CUDA a package's own library asks for: libcublas.so.12 or cublas64_12.dll is CUDA 12.

    cudart and cuBLAS carry CUDA's own major number, cuDNN does not. A library that was searched from end to end and
    names none of them is a CPU build; one that could not be read says nothing.
    """
    asked = [file.get("asks_for") for file in files]
    names = sorted({name for found in asked if isinstance(found, list) for name in found if isinstance(name, str)})
    for name in names:
        match = _NEEDED.search(name)
        if match:
            digits = match.group(1) or match.group(2)
            cuda = f"{digits[:2]}.{digits[2:]}" if len(digits) == 3 else digits  # cudart64_110.dll
            return DottedVersion(cuda), False, "asks for " + ", ".join(names)
    searched = is_whole and files and all(isinstance(found, list) for found in asked) and not names
    return None, True if searched else None, "its library names no CUDA library" if searched else ""


def _xformers(version: str, text: str, libraries: list[str]) -> Build:
    """Read ``"cuda": 1208`` in cpp_lib.json: 12.8."""
    match = re.search(r'"cuda"\s?:\s?(\d{4,5})', text)
    if not match:
        return _by_label(version, text, libraries)
    number = int(match.group(1))
    return DottedVersion(f"{number // 100}.{number % 100}"), False, "cpp_lib.json"


def _bitsandbytes(version: str, text: str, libraries: list[str]) -> Build:
    """It brings one library per CUDA version (libbitsandbytes_cuda126.so) and picks one when it is imported."""
    versions = sorted(match.group(1) for name in libraries if (match := re.search(r"_cuda(\d{3})\b", name)))
    if versions:
        return None, False, "libraries for CUDA " + ", ".join(f"{found[:2]}.{found[2:]}" for found in versions)
    return None, True if libraries else None, "no CUDA library in it" if libraries else ""


def _onnxruntime(version: str, text: str, libraries: list[str]) -> Build:
    """Read ``cuda_version='12.6'`` in its build notes; the plain package is a CPU build."""
    match = re.search(r"cuda_version\s?=\s?['\"](\d{1,2}(?:\.\d{1,2})?)", text)
    if match:
        return DottedVersion(match.group(1)), False, "build_and_package_info.py"
    if any("providers_cuda" in name for name in libraries):
        return None, False, "its CUDA provider library"
    is_directml = any("DirectML" in name or "dml" in name.lower() for name in libraries)
    return None, None if is_directml or not libraries else True, "no CUDA provider in it" if libraries else ""


_READERS: dict[str, Callable[[str, str, list[str]], Build]] = {
    "xformers": _xformers,
    "bitsandbytes": _bitsandbytes,
    "onnxruntime": _onnxruntime,
}


def _torch_of(text: str, version: str, package: dict[str, Any]) -> str | None:
    """Read for which torch a package was made: xformers' build note, flash-attn's name, or a pinned requirement."""
    noted = re.search(r'"torch"\s?:\s?"([\w.+]{1,40})"', text) or re.search(r"torch(\d\.\d{1,2})", version)
    if noted:
        return noted.group(1)
    requires = package.get("requires")
    for line in requires if isinstance(requires, list) else []:
        match = _TORCH_PIN.match(line) if isinstance(line, str) else None
        if match:
            return match.group(1)
    return None
