"""Torch as its files say (never imported), and what fits or does not fit beside it."""

from __future__ import annotations

import re
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import Package, TorchBuild
from gpuproof.core.facts.readers.python import read_conda_packages, read_packages
from gpuproof.core.facts.reading import list_of, objects, reason, words
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion, dotted

_CONDA_NAMES = ("pytorch", "pytorch-cpu", "pytorch-gpu", "libtorch", "torch")


def read_torch(answers: Answers) -> TorchBuild | Unknown:
    """Read the torch that an import would take: ``torch/version.py`` of the first folder on the path."""
    copies = list_of(answers, "torch.copies")
    installed = _installed(answers)
    if isinstance(copies, Unknown):
        return _by_package_alone(installed) if copies.why is Why.ABSENT and installed else copies
    real = [copy for copy in objects(copies) if copy.get("has_init") is True or copy.get("version_file")]
    if not real:
        return Unknown(Why.ABSENT, "only an empty torch folder is left", "torch.copies")
    first, package = real[0], _of_folder(real[0], installed)
    lines = version_lines(words(first.get("version_file")))
    conda = _conda_record(answers, package)
    version = lines.get("__version__") or (package.version if package else "")
    return TorchBuild(
        version=version,
        cuda_version=dotted(lines.get("cuda", "")),
        hip_version=lines.get("hip") or None,
        xpu_version=lines.get("xpu") or None,
        location=words(first.get("location")),
        source=_source(version, package, conda),
        conda_build=conda.build if conda else "",
        copies=tuple(_in_words(copy) for copy in real[1:]),
        is_cuda_known="cuda" in lines,
    )


def version_lines(text: str) -> dict[str, str]:
    """Read assignments such as ``cuda: Optional[str] = '13.0'``; None becomes an empty text."""
    found = re.findall(r"^(\w{1,20})\s?(?::[^=\n]{1,40})?=\s?(?:'([^'\n]{0,80})'|\"([^\"\n]{0,80})\"|None)", text, re.M)
    return {name: single or double for name, single, double in found}


def _installed(answers: Answers) -> list[Package]:
    packages = read_packages(answers)
    return [] if isinstance(packages, Unknown) else [package for package in packages if package.name == "torch"]


def _by_package_alone(installed: list[Package]) -> TorchBuild:
    """Metadata without the folder: an installation that was broken off, or an editable one."""
    first = installed[0]
    return TorchBuild(version=first.version, location=first.location, source=first.installer, is_cuda_known=False)


def _of_folder(copy: dict[str, Any], installed: list[Package]) -> Package | None:
    """Return the metadata that lies beside a torch folder."""
    parent = words(copy.get("location")).replace("\\", "/").rsplit("/", 1)[0]
    return next((package for package in installed if package.location.replace("\\", "/") == parent), None)


def _conda_record(answers: Answers, package: Package | None) -> Package | None:
    """Return conda's record; a torch that pip wrote over conda's is pip's."""
    if package is not None and package.installer in ("pip", "uv"):
        return None
    records = read_conda_packages(answers)
    return next((record for name in _CONDA_NAMES for record in records if record.name == name), None)


def _source(version: str, package: Package | None, conda: Package | None) -> str:
    if conda is not None:
        return "conda-forge" if conda.channel == "conda-forge" else "conda"
    local = version.partition("+")[2]
    if re.search(r"(?:^|\.)nv\d", version):
        return "nvidia"  # Jetson wheels and the containers of NGC: 2.1.0a0+41361538.nv23.06
    if local.startswith("git") or re.search(r"a0\+[0-9a-f]{7,}", version):
        return "source"
    return package.installer if package and package.installer else "unknown"


def _in_words(copy: dict[str, Any]) -> str:
    version = version_lines(words(copy.get("version_file"))).get("__version__", "unknown version")
    return f"{version} at {words(copy.get('location'))}"


def read_mapped_libraries(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read the CUDA libraries that were really loaded when torch was used."""
    found = list_of(answers, "torch.mapped_libraries")
    if isinstance(found, Unknown):
        imported = answers.get("torch.import")
        return found if imported is None or imported.status == "ok" else reason(imported)
    return tuple(path for path in found if isinstance(path, str))


def cuda_of_label(label: str) -> DottedVersion | None:
    """Read the CUDA version in a local label or name: cu126 is 12.6, cu13 is 13, cu130 is 13.0."""
    match = re.search(r"cu(?:da)?[-_.]?(\d{2,3})(?!\d)", label)
    if not match:
        return None
    digits = match.group(1)
    return DottedVersion(f"{digits[:2]}.{digits[2:]}" if len(digits) == 3 else digits)
