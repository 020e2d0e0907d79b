"""NVIDIA GPUs from the NVML snapshot, else from nvidia-smi."""

from __future__ import annotations

from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import ComputeCapability, Gpu
from gpuproof.core.facts.parts import MigDevice
from gpuproof.core.facts.readers import links, smi
from gpuproof.core.facts.readers import nvml_values as nvml
from gpuproof.core.facts.readers.processes import read_processes
from gpuproof.core.facts.reading import mib, number, objects, whole, words
from gpuproof.core.facts.unknown import Unknown

COMPUTE_MODES = {0: "Default", 1: "Exclusive_Thread", 2: "Prohibited", 3: "Exclusive_Process"}
DRIVER_MODELS = {0: "WDDM", 1: "TCC", 2: "MCDM"}
VIRTUALISATION = {0: "none", 1: "passthrough", 2: "vgpu", 3: "host_vgpu", 4: "host_vsga"}
ARCHITECTURES = {2: "Kepler", 3: "Maxwell", 4: "Pascal", 5: "Volta", 6: "Turing", 7: "Ampere", 8: "Ada", 9: "Hopper",
                 10: "Blackwell"}  # fmt: skip
# bits of the clock event mask; 0x4 on a big card under full load is its normal state
EVENT_REASONS = (
    (0x1, "idle"),
    (0x2, "application_clocks"),
    (0x4, "power_cap"),
    (0x8, "hardware_slowdown"),
    (0x10, "sync_boost"),
    (0x20, "software_thermal"),
    (0x40, "hardware_thermal"),
    (0x80, "power_brake"),
    (0x100, "display_clocks"),
)


def read_gpus(answers: Answers) -> tuple[Gpu, ...] | Unknown:
    """Read every GPU that the driver shows; an empty tuple is a driver without a GPU."""
    init, found = nvml.part(answers, "init"), nvml.part(answers, "gpus")
    if isinstance(init, dict) and init.get("ok") is True and isinstance(found, list):
        if found or nvml.system_field(answers, "count") == 0:
            return tuple(_gpu(answers, index, fields) for index, fields in enumerate(found) if isinstance(fields, dict))
        return nvml.why(answers, "count")
    other = smi.gpus(answers)
    return nvml.why(answers, "init") if other is None else other


def event_reasons(mask: object) -> tuple[str, ...]:
    """Name the bits of a clock event mask."""
    bits = whole(mask) or 0
    return tuple(name for bit, name in EVENT_REASONS if bits & bit)


def _gpu(answers: Answers, index: int, fields: dict[str, Any]) -> Gpu:
    def of(name: str) -> Any:
        return nvml.value(fields, name)

    return Gpu(
        index=index,
        name=words(of("name")),
        uuid=words(of("uuid")),
        pci_address=smi.short_address(words(_item(of("pci"), "busId"))),
        compute_capability=_capability(of("compute_capability")),
        compute_mode=_named(COMPUTE_MODES, of("compute_mode")),
        driver_model=_named(DRIVER_MODELS, _first(of("driver_model"))),
        mig_mode=_switch(_first(of("mig_mode"))),
        mig_devices=tuple(_mig_device(device) for device in objects(of("mig_devices") or [])),
        persistence_mode=_truth(of("persistence_mode")),
        ecc_enabled=_truth(_first(of("ecc_mode"))),
        ecc_uncorrected=whole(of("ecc_uncorrected")),
        architecture=_named(ARCHITECTURES, of("architecture")),
        multiprocessor_cores=whole(of("cores")),
        virtualisation=_named(VIRTUALISATION, of("virtualization_mode")),
        display_active=_truth(of("display_active")),
        processes=read_processes(answers, index, of("processes_compute"), of("processes_graphics")),
        nvlinks=links.nvlinks(fields),
        numa_node=links.numa_node(fields),
        cpu_affinity=links.cpu_affinity(fields),
        fabric_state=links.fabric_state(fields),
        missing=_missing(fields),
        **_measured(fields),
    )


def _measured(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers; impossible ones (negative power, 300 degrees) are no fact."""

    def of(name: str, divisor: float = 1.0, top: float = 1e9) -> float | None:
        found = number(nvml.value(fields, name))
        return found / divisor if found is not None and 0 <= found / divisor <= top else None

    memory, memory_v2 = nvml.value(fields, "memory"), nvml.value(fields, "memory_v2")
    return {
        "memory_total_mib": _memory(memory, "total"),
        "memory_used_mib": _memory(memory, "used"),
        "memory_reserved_mib": _memory(memory_v2, "reserved"),
        "power_limit_w": of("power_limit_mw", 1e3, 1e5),
        "power_limit_default_w": of("power_limit_default_mw", 1e3, 1e5),
        "power_usage_w": of("power_mw", 1e3, 1e5),
        "temperature_celsius": of("temperature", top=150),
        "utilisation_percent": _percent(_item(nvml.value(fields, "utilisation"), "gpu")),
        "fan_percent": of("fan_percent", top=200),
        "clock_sm_mhz": of("clock_sm_mhz", top=1e5),
        "clock_sm_max_mhz": of("clock_sm_max_mhz", top=1e5),
        "clock_memory_mhz": of("clock_memory_mhz", top=1e5),
        "clock_event_reasons": event_reasons(nvml.value(fields, "clock_event_reasons")),
        "pcie_generation": _small(nvml.value(fields, "pcie_generation")),
        "pcie_generation_max": _small(nvml.value(fields, "pcie_generation_max")),
        "pcie_width": _small(nvml.value(fields, "pcie_width")),
        "pcie_width_max": _small(nvml.value(fields, "pcie_width_max")),
    }


def _memory(found: Any, key: str) -> float | None:
    """A card of more than 16 TiB is a garbage value."""
    value = mib(_item(found, key))
    return value if value is not None and value <= 1 << 24 else None


def _percent(found: Any) -> float | None:
    value = number(found)
    return value if value is not None and 0 <= value <= 100 else None


def _small(found: Any) -> int | None:
    value = whole(found)
    return value if value is not None and 0 < value <= 64 else None


def _item(found: Any, key: str) -> Any:
    return found.get(key) if isinstance(found, dict) else None


def _first(found: Any) -> Any:
    return found[0] if isinstance(found, list) and found else found


def _named(names: dict[int, str], found: Any) -> str | None:
    value = whole(found)
    return None if value is None else names.get(value, str(value))


def _truth(found: Any) -> bool | None:
    value = whole(found)
    return None if value not in (0, 1) else value == 1


def _switch(found: Any) -> str | None:
    value = _truth(found)
    return None if value is None else "Enabled" if value else "Disabled"


def _capability(found: Any) -> ComputeCapability | None:
    if not isinstance(found, list) or len(found) != 2:
        return None
    major, minor = whole(found[0]), whole(found[1])
    return ComputeCapability(major, minor) if major and minor is not None and 0 < major < 100 else None


def _mig_device(found: dict[str, Any]) -> MigDevice:
    return MigDevice(
        name=words(found.get("name")), uuid=words(found.get("uuid")), memory_total_mib=mib(found.get("memory_total"))
    )


def _missing(fields: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    errors = ((name, field) for name, field in sorted(fields.items()) if isinstance(field, dict) and "e" in field)
    return tuple((name, nvml.unknown(field).detail) for name, field in errors)
