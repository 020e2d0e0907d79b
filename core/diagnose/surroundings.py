"""What an inspection shows of WSL2, Windows, the loader and the installers that explains a GPU that does not start."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.context import NVIDIA, gpus, is_available, is_container, is_wsl, system_of, tool_gpus
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.words import Text, text

_FIRST_WSL_KERNEL = DottedVersion("5.10.43.3")
_NEEDED_BY_TORCH = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll")
_COMPAT = re.compile(r"/compat(?:/[\w.]{1,40})?/libcuda\.so")
_CPU_INDEX = re.compile(r"download\.pytorch\.org/whl/cpu\b|torch-backend\s?=\s?[\"']?cpu\b")
_PC_CARDS = ("geforce", "rtx", "gtx", "titan")


def wsl_trouble(machine: Machine) -> tuple[Text, ...]:
    """Say what of Windows' GPU support is missing inside WSL2 where CUDA does not work; else empty."""
    facts = machine.wsl
    if isinstance(facts, Unknown) or not is_wsl(machine) or is_available(machine) is True:
        return ()
    found = [] if facts.has_gpu_device else [text("{path} is not there", path="/dev/dxg")]
    if gpus(machine):
        return tuple(found)
    version = dotted(facts.kernel.split("-")[0])
    if version is not None and version.major < 5:
        found.append(text("the kernel is {version}: this is WSL 1, or a WSL 2 before GPUs", version=facts.kernel))
    elif version is not None and version < _FIRST_WSL_KERNEL:
        found.append(text("WSL's kernel {version} is older than {needed}", version=version, needed=_FIRST_WSL_KERNEL))
    if facts.has_gpu_device and facts.libraries and not _has_libcuda(facts.libraries):
        found.append(text("{path} holds no libcuda: Windows has no NVIDIA driver for WSL", path="/usr/lib/wsl/lib"))
    return tuple(found)


def _has_libcuda(names: tuple[str, ...]) -> bool:
    return any(name.startswith("libcuda.so") for name in names)


def is_old_wsl(machine: Machine) -> bool:
    """Tell by its kernel whether this is WSL 1."""
    kernel = "" if isinstance(machine.wsl, Unknown) else machine.wsl.kernel
    return is_wsl(machine) and kernel.startswith(("3.", "4.4.0-"))


def missing_runtime(machine: Machine) -> tuple[str, ...]:
    """Name the DLLs of Microsoft's runtime that torch needs and Windows does not have."""
    if isinstance(machine.windows, Unknown):
        return ()
    missing = {name.lower() for name in machine.windows.missing_runtime_libraries}
    return tuple(name for name in _NEEDED_BY_TORCH if name in missing)


def stand_in_driver(machine: Machine) -> tuple[Text, ...]:
    """Say that Windows runs an NVIDIA card without NVIDIA's driver; else empty."""
    if system_of(machine) != "windows" or tool_gpus(machine) or isinstance(machine.windows, Unknown):
        return ()
    devices = () if isinstance(machine.display_devices, Unknown) else machine.display_devices
    cards = [device.name for device in devices if device.vendor_id == NVIDIA]
    if not cards or "nvcuda.dll" not in {name.lower() for name in machine.windows.missing_runtime_libraries}:
        return ()
    return (text("Windows has {name} and not the driver's library {library}", name=cards[0], library="nvcuda.dll"),)


def compat_library(machine: Machine) -> tuple[Text, ...]:
    """Name the forward-compatibility libcuda that a PC card's program gets by LD_LIBRARY_PATH or the loader's list."""
    if is_available(machine) is not False or not _only_pc_cards(machine):
        return ()
    libraries = () if isinstance(machine.libraries, Unknown) else machine.libraries
    reached = [library.path for library in libraries if library.where != "folder" and library.name == "libcuda.so.1"]
    mapped = () if isinstance(machine.mapped_libraries, Unknown) else machine.mapped_libraries
    first = [*(path for path in mapped if "/libcuda.so" in path), *reached][:1]
    return tuple(text("libcuda is taken from {path}", path=path) for path in first if _COMPAT.search(path))


def _only_pc_cards(machine: Machine) -> bool:
    names = [gpu.name.lower() for gpu in tool_gpus(machine)]
    return bool(names) and all(any(word in name for word in _PC_CARDS) for name in names)


def cpu_index(machine: Machine) -> tuple[Text, ...]:
    """Name the installer's setting or variable that asks for CPU wheels, which would bring the CPU build back."""
    found = []
    settings = () if isinstance(machine.installer_settings, Unknown) else machine.installer_settings
    for file in settings:
        found += [
            text("{file} says: {line}", file=file.file, line=line) for line in file.lines if _CPU_INDEX.search(line)
        ]
    for name in ("UV_TORCH_BACKEND", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        value = machine.variable(name)
        if isinstance(value, str) and (value == "cpu" or _CPU_INDEX.search(value)):
            found.append(text("{name} is {value}", name=name, value=value))
    return tuple(found[:3])


def cpu_command(machine: Machine) -> tuple[Text, ...]:
    """Name conda's command that brought a CPU build: ``conda install pytorch cpuonly``."""
    history = () if isinstance(machine.conda_history, Unknown) else machine.conda_history
    said = [line for line in history if re.search(r"\b(?:cpuonly|pytorch-cpu|torch)\b|\bpytorch\b", line)]
    return tuple(text("conda was told: {command}", command=line) for line in said[-1:])


def fabric_versions(machine: Machine) -> tuple[Text, ...]:
    """Say that Fabric Manager is of another version than the driver, or not running; else empty."""
    found = []
    own, driver = machine.fabric_manager_version, machine.driver_version
    if not isinstance(own, Unknown) and not isinstance(driver, Unknown) and own != driver:
        found.append(text("Fabric Manager is {own}, the driver is {driver}", own=own, driver=driver))
    services = machine.driver_services
    if not isinstance(services, Unknown) and not is_container(machine):
        running = any("fabricmanager" in name or name.startswith("nv-fabric") for name in services)
        found += [] if running else [text("the service {service} is not running", service="nvidia-fabricmanager")]
    return tuple(found)


def waiting_restart(machine: Machine) -> tuple[Text, ...]:
    """Say that the system waits for a restart, and which change of the driver came last; else empty."""
    origin = machine.driver_origin
    if isinstance(origin, Unknown):
        return ()
    found = [text("the system waits for a restart")] if origin.restart_required else []
    changes = [line for line in origin.log if "nvidia" in line.lower()]
    return (*found, *(text("last change: {line}", line=line) for line in changes[-1:]))
