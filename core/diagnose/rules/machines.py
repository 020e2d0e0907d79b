"""Machines on which no CUDA build can work: a Mac, an AMD or Intel GPU, no GPU at all."""

from __future__ import annotations

from gpuproof.core.diagnose.context import (
    AMD,
    complains,
    has,
    has_nvidia_gpu,
    has_vendor,
    is_available,
    quotes,
    seen,
    system_of,
    tool_gpus,
    torch_build,
    unknowns,
)
from gpuproof.core.diagnose.making import by_message, failed
from gpuproof.core.diagnose.model import CannotTell, Passed, Rule, Verdict
from gpuproof.core.diagnose.rocm import rocm_trouble
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.words import literal, text

_NO_GPU_SIGNS = ("driver.none-found", "gpu.no-gpus", "gpu.no-device", "driver.smi-missing", "driver.libcuda-missing")


def macos_no_cuda(machine: Machine) -> Verdict:
    """Fail on macOS: its wheels have no CUDA, whatever the GPU."""
    system = system_of(machine)
    if system is None:
        return CannotTell(unknowns(machine.os))
    if system != "macos":
        return Passed()
    name = "" if isinstance(machine.os, Unknown) else machine.os.name
    return failed("macos_no_cuda", machine, (text("the system is {system}", system=name or "macOS"),))


def amd_gpu(machine: Machine) -> Verdict:
    """Fail when the only GPU is AMD's and torch is not a ROCm build that works."""
    cards = has_vendor(machine, AMD)
    said = seen(machine, "amd.hip")
    build = torch_build(machine)
    if is_available(machine) is True and not said:
        return Passed()
    if said:
        return by_message("amd_gpu", machine, said)
    wanted = seen(machine, "hint.amd-wanted")
    if not cards and wanted and has_nvidia_gpu(machine) is None and complains(machine):
        return failed("amd_gpu", machine, quotes(wanted), "possible")
    if not cards:
        return Passed() if has_nvidia_gpu(machine) is not None else CannotTell(unknowns(machine.display_devices))
    told_only = not tool_gpus(machine) and bool(seen(machine, "hint.amd-wanted")) and complains(machine)
    if (has_nvidia_gpu(machine) and not told_only) or system_of(machine) == "macos":
        return Passed()
    if not complains(machine) and (build is None or build.hip_version or not build.is_cuda_known):
        return Passed()  # a card of AMD that nobody complains of: ROCm may well be at work
    evidence = (*(text("the display device is {name}", name=name) for name in cards[:2]), *rocm_trouble(machine))
    return failed("amd_gpu", machine, (*evidence, *quotes(seen(machine, *_NO_GPU_SIGNS))), "likely")


def no_nvidia_gpu(machine: Machine) -> Verdict:
    """Fail when the machine was looked at and has no NVIDIA GPU."""
    present = has_nvidia_gpu(machine)
    words = seen(machine, "hint.no-nvidia")
    if system_of(machine) == "macos" or has_vendor(machine, AMD):
        return Passed()
    if present is True or is_available(machine) is True:
        return Passed()
    if present is False:
        names = () if isinstance(machine.display_devices, Unknown) else machine.display_devices
        shown = tuple(literal(device.name) for device in names if device.name)
        return failed("no_nvidia_gpu", machine, shown or (text("no NVIDIA device on the PCI bus"),))
    adapter = seen(machine, "gpu.no-adapter", "gpu.lspci-empty")
    if adapter and present is None:
        return by_message("no_nvidia_gpu", machine, adapter)
    if words and complains(machine):
        return failed("no_nvidia_gpu", machine, quotes(words), "likely")
    if words and has(machine, "hint.torch-cuda", "hint.vm"):
        return failed("no_nvidia_gpu", machine, quotes(words), "possible")
    if has(machine, "hint.colab") and has(machine, *_NO_GPU_SIGNS, "torch.says-unavailable"):
        evidence = quotes(seen(machine, "hint.colab", *_NO_GPU_SIGNS))
        return failed("no_nvidia_gpu", machine, evidence, "likely", id="no-nvidia-gpu.hosted-notebook")
    return CannotTell(unknowns(machine.display_devices, machine.gpus))


RULES = (
    Rule(id="machine.macos-no-cuda", cause="macos_no_cuda", link="torch", check=macos_no_cuda),
    Rule(id="machine.amd-gpu", cause="amd_gpu", link="gpu", check=amd_gpu),
    Rule(id="machine.no-nvidia-gpu", cause="no_nvidia_gpu", link="gpu", check=no_nvidia_gpu),
)
