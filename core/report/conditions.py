"""The conditions that a figure depends on, as a flat table of names and values that two reports can be compared by."""

from __future__ import annotations

from gpuproof.core.bench.model import BenchResult
from gpuproof.core.facts.machine import Cpu, Machine, OperatingSystem, PythonFacts, TorchBuild, TorchLive
from gpuproof.core.facts.parts import Power, WindowsFacts
from gpuproof.core.facts.unknown import Unknown

Value = str | int | float | None
_TELLING_VARIABLES = frozenset(
    {
        "CUDA_VISIBLE_DEVICES",
        "CUDA_DEVICE_ORDER",
        "CUDA_LAUNCH_BLOCKING",
        "CUDA_MODULE_LOADING",
        "CUDA_CACHE_DISABLE",
        "NVIDIA_TF32_OVERRIDE",
        "PYTORCH_CUDA_ALLOC_CONF",
        "CUBLAS_WORKSPACE_CONFIG",
        "TORCH_CUDNN_V8_API_DISABLED",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "HIP_VISIBLE_DEVICES",
        "HSA_OVERRIDE_GFX_VERSION",
    }
)


def conditions_of(machine: Machine, result: BenchResult | None) -> dict[str, Value]:
    """Return what the figures of this run depend on; a condition that is not known is left out."""
    found: dict[str, Value] = {}
    found.update(_system(machine))
    found.update(_software(machine))
    found.update(_cards(machine))
    found.update(_power(machine))
    found.update(_variables(machine))
    if result is not None:
        found.update(_settings(result))
    return {name: value for name, value in found.items() if value not in (None, "")}


def _system(machine: Machine) -> dict[str, Value]:
    system: dict[str, Value] = {}
    if isinstance(machine.os, OperatingSystem):
        system |= {"os": machine.os.name or machine.os.system, "kernel": machine.os.release}
        system["platform"] = "wsl" if machine.os.is_wsl else machine.os.system
    if isinstance(machine.cpu, Cpu):
        system |= {"cpu": machine.cpu.model, "usable_cores": machine.cpu.usable_cores}
    if isinstance(machine.memory_total_mib, (int, float)):
        system["memory_gib"] = round(machine.memory_total_mib / 1024)
    if not isinstance(machine.container, Unknown):
        system["container"] = machine.container.kind
    if isinstance(machine.secure_boot, bool):
        system["secure_boot"] = _switch(machine.secure_boot)
    return system


def _power(machine: Machine) -> dict[str, Value]:
    power: dict[str, Value] = {}
    if isinstance(machine.power, Power):
        power |= {"power_profile": machine.power.profile, "cpu_governor": machine.power.governor}
        if machine.power.on_battery is not None:
            power["power_source"] = "battery" if machine.power.on_battery else "mains"
    if isinstance(machine.windows, WindowsFacts) and machine.windows.hardware_scheduling is not None:
        power["hardware_scheduling"] = _switch(machine.windows.hardware_scheduling)
    return power


def _variables(machine: Machine) -> dict[str, Value]:
    """Return the set variables that change speed or which device is used."""
    if isinstance(machine.environment, Unknown):
        return {}
    return {f"variable {name}": value for name, value in machine.environment if name in _TELLING_VARIABLES}


def _software(machine: Machine) -> dict[str, Value]:
    software: dict[str, Value] = {}
    for name in ("driver_version", "driver_flavour", "driver_cuda_version"):
        value = getattr(machine, name)
        software[name] = None if isinstance(value, Unknown) else str(value)
    if isinstance(machine.python, PythonFacts):
        software["python"] = machine.python.version
    if isinstance(machine.torch, TorchBuild):
        software["torch"] = machine.torch.version
        software["torch_cuda"] = _text(machine.torch.cuda_version)
    if isinstance(machine.torch_live, TorchLive):
        software["cudnn"] = _text(machine.torch_live.cudnn_version)
    return software


def _cards(machine: Machine) -> dict[str, Value]:
    if isinstance(machine.gpus, Unknown):
        return {}
    cards: dict[str, Value] = {"gpus": ", ".join(gpu.name for gpu in machine.gpus) or "none"}
    for gpu in machine.gpus[:1]:
        cards |= {"power_limit_w": gpu.power_limit_w, "pcie_width": gpu.pcie_width_max, "mig_mode": gpu.mig_mode}
        cards |= {"driver_model": gpu.driver_model, "compute_mode": gpu.compute_mode}
        cards["ecc"] = None if gpu.ecc_enabled is None else _switch(gpu.ecc_enabled)
    return cards


def _settings(result: BenchResult) -> dict[str, Value]:
    chosen: dict[str, Value] = {"preset": result.settings.preset, "workload_version": result.workload_version}
    for side, device in (("gpu", result.gpu), ("cpu", result.cpu)):
        if device is not None:
            chosen |= {f"{side}_device": device.name, f"{side}_variant": device.variant, f"{side}_batch": device.batch}
    return chosen


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
