"""Samples of the GPUs through NVML, read by the ``pynvml`` file that the app hands over; only ever in this child.

A getter that this card or driver does not support is asked once and then left out. Getters that cost milliseconds
(energy 3 ms, per-process utilisation 2 ms on an H100) are asked about once a second; PCIe throughput (21 ms a
direction) never. Readings renew every 100 to 200 ms, so sampling faster than 10 Hz shows nothing new.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from typing import Any, Callable, Dict, FrozenSet, List, Optional, Tuple

SLOW_EVERY_S = 1.0
_POWER_INSTANT_FIELD = 186
_MIB = 1024.0 * 1024.0
_NOT_HERE = (3, 13)  # NVML_ERROR_NOT_SUPPORTED, NVML_ERROR_FUNCTION_NOT_FOUND
_NOTHING_YET = (6,)  # NVML_ERROR_NOT_FOUND: no sample since the time that was asked about
_LOST = (15, 16, 17)  # GPU_IS_LOST, RESET_REQUIRED, OPERATING_SYSTEM
# bits of the clocks event reasons; 0 (idle) is no throttling and is left out
THROTTLE_REASONS = {
    1: "application_clocks",
    2: "power_cap",
    3: "hardware_slowdown",
    4: "sync_boost",
    5: "software_thermal",
    6: "hardware_thermal",
    7: "power_brake",
    8: "display_clocks",
    9: "board_limit",
    10: "reliability",
}


class NvmlUnavailable(Exception):  # noqa: N818  an answer, not a bug
    """NVML cannot be used here; ``code`` is NVML's own number, or None when there is no module to ask with."""

    def __init__(self, detail: str, code: Optional[int] = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code


class GpuLost(Exception):  # noqa: N818
    """The driver no longer reaches this GPU; no further value will come from it in this process."""


class Nvml:
    """The library, opened once. It cannot be reopened after a driver reload: that needs a new process."""

    def __init__(self, pynvml_path: Optional[str]) -> None:
        self.module = _load_module(pynvml_path)
        # three families: NVMLError, the mismatch that is not one, and text that is not UTF-8;
        # AttributeError: an older pynvml without the getter
        self._families: Tuple[Any, ...] = (
            self.module.NVMLError,
            getattr(self.module, "NVMLLibraryMismatchError", self.module.NVMLError),
            UnicodeDecodeError,
            AttributeError,
        )
        try:
            self.module.nvmlInit()
            self.count = int(self.module.nvmlDeviceGetCount())
        except self._families as problem:
            raise NvmlUnavailable(str(problem), _code(problem)) from None

    def ask(self, name: str, *arguments: Any) -> Tuple[Any, Optional[int]]:
        """Call one getter: its value and None, or None and NVML's error number (-1 for the other families)."""
        try:
            return getattr(self.module, name)(*arguments), None
        except self._families as problem:
            code = _code(problem)
            return None, -1 if code is None else code

    def value(self, name: str, *arguments: Any) -> Any:
        """Call one getter and return its value as text or number, or None."""
        value, _ = self.ask(name, *arguments)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _load_module(path: Optional[str]) -> Any:
    try:
        if path:
            spec = importlib.util.spec_from_file_location("gpuproof_pynvml", path)
            if spec is None or spec.loader is None:
                raise NvmlUnavailable("pynvml cannot be loaded from the file that was named")
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module  # pynvml looks itself up while it loads
            spec.loader.exec_module(module)
            return module
        return importlib.import_module("pynvml")
    except (ImportError, OSError, SyntaxError) as problem:
        raise NvmlUnavailable("pynvml cannot be loaded: %s" % problem) from None


def _code(problem: BaseException) -> Optional[int]:
    code = getattr(problem, "value", None)
    return code if isinstance(code, int) else None


class Gpu:
    """One GPU: what it is, and its sample of now. Getters that are not supported are dropped for good."""

    def __init__(self, nvml: Nvml, index: int) -> None:
        self.index = index
        self._nvml = nvml
        handle, code = nvml.ask("nvmlDeviceGetHandleByIndex", index)
        if code is not None:
            raise GpuLost("handle: NVML error %d" % code)
        self._handle = handle
        self._getters = dict(_GETTERS)
        self._slow_at = 0.0
        self._seen_us = 0

    def describe(self) -> Dict[str, Any]:
        """Return what does not change: name, size, limits. No UUID and no serial number."""
        value, handle = self._nvml.value, self._handle
        memory = value("nvmlDeviceGetMemoryInfo", handle)
        limit = value("nvmlDeviceGetEnforcedPowerLimit", handle)
        default = value("nvmlDeviceGetPowerManagementDefaultLimit", handle)
        model = value("nvmlDeviceGetCurrentDriverModel", handle)
        capability = value("nvmlDeviceGetCudaComputeCapability", handle)
        pci = value("nvmlDeviceGetPciInfo", handle)
        return {
            "gpu": self.index,
            "name": value("nvmlDeviceGetName", handle),
            "pci_bus": _bus(pci),
            "memory_total_mib": memory.total / _MIB if memory is not None and _is_sane(memory.total) else None,
            "power_limit_w": limit / 1000.0 if _is_sane(limit) else None,
            "power_limit_default_w": default / 1000.0 if _is_sane(default) else None,
            "pcie_generation_card": value("nvmlDeviceGetGpuMaxPcieLinkGeneration", handle),
            "pcie_generation_max": value("nvmlDeviceGetMaxPcieLinkGeneration", handle),
            "pcie_width_max": value("nvmlDeviceGetMaxPcieLinkWidth", handle),
            "max_sm_clock_mhz": value("nvmlDeviceGetMaxClockInfo", handle, 1),
            "cores": value("nvmlDeviceGetNumGpuCores", handle),
            "compute_capability": "%s.%s" % tuple(capability) if capability else None,
            "slowdown_celsius": value("nvmlDeviceGetTemperatureThreshold", handle, 1),
            "driver_model": {0: "WDDM", 1: "TCC", 2: "MCDM"}.get(model) if model is not None else None,
        }

    def sample(self, pids: FrozenSet[int], pids_match: bool) -> Dict[str, Any]:
        """Return the fields of one telemetry row. ``pids_match``: NVML's process ids are those of this namespace."""
        row: Dict[str, Any] = {"gpu": self.index}
        for field in list(self._getters):
            value, code = self._getters[field](self._nvml, self._handle)
            if code in _LOST:
                raise GpuLost("%s: NVML error %d" % (field, code))
            if code in _NOT_HERE:
                del self._getters[field]
            elif value is not None:
                row[field] = value
        row.update(self._process_memory(pids, pids_match))
        now = time.monotonic()
        if now >= self._slow_at:
            self._slow_at = now + SLOW_EVERY_S
            row.update(self._slow(pids, pids_match))
        return row

    def processes(self) -> Dict[int, Optional[float]]:
        """Return the process ids on this GPU with their MiB; None where the driver does not tell (WDDM)."""
        found: Dict[int, Optional[float]] = {}
        for name in ("nvmlDeviceGetComputeRunningProcesses", "nvmlDeviceGetGraphicsRunningProcesses"):
            listed, _ = self._nvml.ask(name, self._handle)
            for process in listed or ():
                used = process.usedGpuMemory
                found[int(process.pid)] = used / _MIB if _is_sane(used) else found.get(int(process.pid))
        return found

    def _process_memory(self, pids: FrozenSet[int], pids_match: bool) -> Dict[str, Any]:
        if not pids:
            return {}
        mine = [used for pid, used in self.processes().items() if pid in pids]
        if any(used is None for used in mine):
            return {}
        if mine or pids_match:
            return {"process_memory_mib": sum(used for used in mine if used is not None)}
        return {}

    def _slow(self, pids: FrozenSet[int], pids_match: bool) -> Dict[str, Any]:
        row: Dict[str, Any] = {}
        energy, _ = self._nvml.ask("nvmlDeviceGetTotalEnergyConsumption", self._handle)
        if _is_sane(energy):
            row["energy_j"] = energy / 1000.0
        if pids:
            share = self._process_share(pids, pids_match)
            if share is not None:
                row["process_sm_percent"] = share
        return row

    def _process_share(self, pids: FrozenSet[int], pids_match: bool) -> Optional[float]:
        listed, code = self._nvml.ask("nvmlDeviceGetProcessUtilization", self._handle, self._seen_us)
        if code in _NOTHING_YET or (code is None and not listed):
            return 0.0 if pids_match and self._seen_us else None
        if code is not None:
            return None
        is_first, newest = not self._seen_us, max(int(one.timeStamp) for one in listed)
        self._seen_us = max(self._seen_us, newest)
        mine = [float(one.smUtil) for one in listed if int(one.pid) in pids and one.smUtil <= 100]
        if is_first or not (mine or pids_match):
            return None  # the first answer reaches back before the watch began
        return min(100.0, sum(mine))


Getter = Callable[[Nvml, Any], "Tuple[Any, Optional[int]]"]


def _scaled(name: str, scale: float, *arguments: Any) -> Getter:
    def get(nvml: Nvml, handle: Any) -> Tuple[Any, Optional[int]]:
        value, code = nvml.ask(name, handle, *arguments)
        return (value * scale if _is_sane(value) else None), code

    return get


def _utilisation(nvml: Nvml, handle: Any) -> Tuple[Any, Optional[int]]:
    rates, code = nvml.ask("nvmlDeviceGetUtilizationRates", handle)
    return (float(rates.gpu) if rates is not None and rates.gpu <= 100 else None), code


def _memory_used(nvml: Nvml, handle: Any) -> Tuple[Any, Optional[int]]:
    memory, code = nvml.ask("nvmlDeviceGetMemoryInfo", handle)
    return (memory.used / _MIB if memory is not None and _is_sane(memory.used) else None), code


def _power_instant(nvml: Nvml, handle: Any) -> Tuple[Any, Optional[int]]:
    fields, code = nvml.ask("nvmlDeviceGetFieldValues", handle, [_POWER_INSTANT_FIELD])
    if code is not None:
        return None, code
    if fields[0].nvmlReturn != 0:
        return None, int(fields[0].nvmlReturn)
    return fields[0].value.uiVal / 1000.0, None


def _temperature(nvml: Nvml, handle: Any) -> Tuple[Any, Optional[int]]:
    value, code = nvml.ask("nvmlDeviceGetTemperatureV", handle, 0)
    if code is not None and code not in _LOST:
        value, code = nvml.ask("nvmlDeviceGetTemperature", handle, 0)  # drivers before 570
    return (float(value) if _is_sane(value) else None), code


def _reasons(nvml: Nvml, handle: Any) -> Tuple[Any, Optional[int]]:
    mask, code = nvml.ask("nvmlDeviceGetCurrentClocksEventReasons", handle)
    if code is not None and code not in _LOST:
        mask, code = nvml.ask("nvmlDeviceGetCurrentClocksThrottleReasons", handle)  # drivers before 535
    if code is not None:
        return None, code
    names = [THROTTLE_REASONS[bit] for bit in sorted(THROTTLE_REASONS) if int(mask) >> bit & 1]
    return names, None


_GETTERS: Dict[str, Getter] = {
    "utilisation_percent": _utilisation,
    "memory_used_mib": _memory_used,
    "power_w": _scaled("nvmlDeviceGetPowerUsage", 0.001),
    "power_instant_w": _power_instant,
    "temperature_celsius": _temperature,
    "sm_clock_mhz": _scaled("nvmlDeviceGetClockInfo", 1.0, 1),
    "memory_clock_mhz": _scaled("nvmlDeviceGetClockInfo", 1.0, 2),
    "throttle_reasons": _reasons,
}


def _bus(pci: Any) -> Optional[str]:
    """Return the PCI address in small letters, as torch's properties can be written."""
    if pci is None:
        return None
    address = pci.busId
    return (address.decode("ascii", "replace") if isinstance(address, bytes) else str(address)).lower()


def _is_sane(value: Any) -> bool:
    """Tell a reading from the all-ones numbers that mean "not available"."""
    return isinstance(value, (int, float)) and 0 <= value < 2**53 and value != 2**32 - 1


def open_gpus(nvml: Nvml, wanted: Optional[List[int]]) -> Tuple[List[Gpu], List[Tuple[int, str]]]:
    """Return the GPUs that answer, and index and reason of those that do not."""
    gpus, lost = [], []
    for index in range(nvml.count) if wanted is None else wanted:
        try:
            gpus.append(Gpu(nvml, index))
        except GpuLost as problem:
            lost.append((index, str(problem)))
    return gpus, lost
