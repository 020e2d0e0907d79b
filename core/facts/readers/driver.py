"""The NVIDIA driver: three versions that must agree, its flavour, and what else the kernel shows."""

from __future__ import annotations

import re

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.parts import DeviceNode, DkmsModule
from gpuproof.core.facts.readers import nvml_values as nvml
from gpuproof.core.facts.readers import smi
from gpuproof.core.facts.reading import (
    dict_of,
    list_of,
    names_of,
    objects,
    objects_of,
    text_of,
    texts_in,
    unreadable,
    version_of,
    words,
)
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion, dotted

_VERSION = re.compile(r"\b(\d{3}\.\d{1,3}(?:\.\d{1,3})?)\b")
_BEFORE_MESSAGE = re.compile(r"\A(?:\d{1,6},\d{1,20},\d{1,20},[^;]{0,100};|\[\s{0,10}\d{1,10}\.\d{1,9}\]\s)")
_FORWARD_COMPAT = "/compat"


def read_driver_version(answers: Answers) -> DottedVersion | Unknown:
    """Return the running kernel driver's version, e.g. 580.159.04; WSL2 and Windows show theirs through NVML."""
    module = version_of(text_of(answers, "driver.module_version"), "driver.module_version")
    if not isinstance(module, Unknown):
        return module
    line = text_of(answers, "driver.proc_version")
    if isinstance(line, str) and (match := _VERSION.search(line)):
        return DottedVersion(match.group(1))
    for found in (nvml.system_version(answers, "driver_version"), smi.driver_version(answers)):
        if isinstance(found, DottedVersion):
            return found
    return _windows_driver(answers) or module


def _windows_driver(answers: Answers) -> DottedVersion | Unknown | None:
    """Turn Windows' own number into NVIDIA's: the last five digits of 32.0.15.8129 are 581.29.

    Windows that lists its adapters and has NVIDIA's driver under none of them has no such driver.
    """
    for adapter in objects_of(answers, "windows.adapters"):
        digits = words(adapter.get("driver_version")).replace(".", "")
        if "nvidia" in words(adapter.get("name")).lower() and digits.isdigit() and len(digits) >= 8:
            return dotted(f"{int(digits[-5:-2])}.{digits[-2:]}")
    if isinstance(list_of(answers, "windows.adapters"), Unknown):
        return None
    return Unknown(Why.ABSENT, "no adapter has a driver of NVIDIA", "windows.adapters")


def read_driver_flavour(answers: Answers) -> str | Unknown:
    """Tell open from proprietary modules: ``NVRM version: NVIDIA UNIX Open Kernel Module for x86_64 ...``."""
    line = text_of(answers, "driver.proc_version")
    if isinstance(line, str) and "NVRM" in line:
        return "open" if "Open Kernel Module" in line else "proprietary"
    info = text_of(answers, "driver.module_on_disk")
    license_line = re.search(r"^license:\s{0,40}(.{1,60})$", info, re.MULTILINE) if isinstance(info, str) else None
    if license_line:
        return "open" if "GPL" in license_line.group(1) else "proprietary"
    return line if isinstance(line, Unknown) else unreadable("driver.proc_version", "no NVRM line")


def read_driver_on_disk(answers: Answers) -> DottedVersion | Unknown:
    """Return the version of the module file for the running kernel, from modinfo's ``version:`` line."""
    info = text_of(answers, "driver.module_on_disk")
    if isinstance(info, Unknown):
        return info
    match = re.search(r"^version:\s{0,40}([\d.]{3,20})$", info, re.MULTILINE)
    return (match and dotted(match.group(1))) or unreadable("driver.module_on_disk", "no version line")


def read_driver_library(answers: Answers) -> DottedVersion | Unknown:
    """Return the version of the user library that programs get, by the file that the loader's name points to."""
    files = list_of(answers, "driver.libraries")
    from_nvml = _library_of_nvml(answers)
    if from_nvml is not None:
        return from_nvml
    if isinstance(files, Unknown):
        return files
    versions = {}
    for file in objects(files):
        match = _VERSION.search(words(file.get("target")).rsplit("/", 1)[-1])
        if match and _FORWARD_COMPAT not in words(file.get("path")):
            versions[words(file.get("path"))] = DottedVersion(match.group(1))
    for path in _loader_choice(answers):
        if path in versions:
            return versions[path]
    if versions:
        return versions[min(versions)] if len(set(versions.values())) == 1 else max(versions.values())
    return Unknown(Why.ABSENT, "no driver library carries a version in its name", "driver.libraries")


def _library_of_nvml(answers: Answers) -> DottedVersion | None:
    """NVML's own version is the API's number in front of the library's: 13.580.159.04."""
    found = nvml.system_version(answers, "nvml_version")
    rest = found.text.split(".", 1)[-1] if isinstance(found, DottedVersion) and "." in found.text else ""
    return dotted(rest) if _VERSION.fullmatch(rest) else None


def _loader_choice(answers: Answers) -> list[str]:
    """Return the paths that the loader gives for libcuda.so.1, first choice first."""
    cache = text_of(answers, "driver.loader_cache")
    lines = [] if isinstance(cache, Unknown) else cache.splitlines()
    return [line.rsplit("=> ", 1)[1].strip() for line in lines if "=> " in line and "libcuda.so.1 " in line]


def read_driver_cuda_version(answers: Answers) -> DottedVersion | Unknown:
    """Return the newest CUDA version that the driver accepts: 13000 in NVML is 13.0."""
    found = nvml.system_field(answers, "cuda_version")
    if isinstance(found, int) and 1000 < found < 1000000:
        return DottedVersion(f"{found // 1000}.{found % 1000 // 10}")
    other = smi.cuda_version(answers)
    return other if isinstance(other, DottedVersion) else nvml.why(answers, "cuda_version")


def read_device_nodes(answers: Answers) -> tuple[DeviceNode, ...] | Unknown:
    """Read the device files of GPUs."""
    found = list_of(answers, "devices.nodes")
    if isinstance(found, Unknown):
        return found
    return tuple(
        DeviceNode(
            path=words(node.get("path")),
            mode=words(node.get("mode")),
            is_readable=node.get("readable") is True,
            is_writable=node.get("writable") is True,
        )
        for node in objects(found)
    )


def read_dkms(answers: Answers) -> tuple[DkmsModule, ...] | Unknown:
    """Read DKMS's driver versions and their kernels."""
    found = list_of(answers, "driver.dkms")
    if isinstance(found, Unknown):
        return found
    return tuple(
        DkmsModule(
            name=words(module.get("name")),
            version=words(module.get("version")),
            kernels=tuple(word for word in module.get("kernels") or () if isinstance(word, str)),
        )
        for module in objects(found)
    )


def read_kernel_modules(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read the loaded modules that drive GPUs."""
    return names_of(answers, "driver.modules")


def read_kernel_messages(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read the kernel's lines about GPUs, without numbers or times: ``6,143,249960,-;NVRM: ...``, ``[  12.3] NVRM``."""
    found = names_of(answers, "driver.kernel_log")
    return found if isinstance(found, Unknown) else tuple(_BEFORE_MESSAGE.sub("", line) for line in found)


def read_driver_services(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read the running helpers of the driver; the kernel cuts names after 15 letters."""
    return names_of(answers, "driver.services")


def read_fabric_manager_version(answers: Answers) -> DottedVersion | Unknown:
    """Read ``Fabric Manager version is : 580.159.04``."""
    text = text_of(answers, "driver.fabric_manager_version")
    if isinstance(text, Unknown):
        return text
    match = _VERSION.search(text)
    return DottedVersion(match.group(1)) if match else unreadable("driver.fabric_manager_version", text[:80])


def read_container_toolkit(answers: Answers) -> tuple[str, ...] | Unknown:
    """Read which parts of the container toolkit are installed on this machine."""
    found = dict_of(answers, "container.toolkit")
    if isinstance(found, Unknown):
        return found
    names = texts_in(found.get("files"))
    return (*names, "docker runtime nvidia") if found.get("docker_runtime") else names
