"""The program of the NVML child: one JSON line per value, so that a hang or a crash loses nothing that came before.

Lines: ``["begin", gpu, field]`` before a getter, ``["value", gpu, field, value]`` or ``["error", gpu, field, NAME,
detail]`` after it; gpu -1 is the system. It runs from its source text, after that of ``nvml_links``; ``params`` is
given to it.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from functools import partial
from typing import Any, Callable

if "ask_links" not in globals():  # imported, not run as a child from source text
    from .nvml_links import ask_links, ask_peers

SYSTEM = -1
MAX_GPUS = 64
params = globals().get("params", {})  # type: dict[str, Any]


def main() -> None:
    """Load the library, then ask everything."""
    problem = loader_problem()
    if problem:
        say("error", SYSTEM, "init", "LIBRARY_NOT_FOUND", problem)
        return
    nvml = load_pynvml()
    if nvml is None:
        say("error", SYSTEM, "init", "NO_BINDINGS", "nvidia-ml-py is not at hand")
        return
    reading = Reading(nvml)
    if not reading.ask(SYSTEM, "init", nvml.nvmlInit):
        return
    ask_system(reading)
    handles = {index: reading.handle_of(index) for index in range(reading.gpu_count())}
    handles = {index: handle for index, handle in handles.items() if handle is not None}
    for index, handle in handles.items():
        ask_gpu(reading, index, handle)
    ask_peers(reading, handles)


def say(*message: Any) -> None:
    """Send one line."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def loader_problem() -> str:
    """Ask the loader itself: nvidia-ml-py gives every loading trouble the same name, this keeps the reason."""
    if sys.platform == "win32" or params.get("skip_loader"):
        return ""
    import ctypes

    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError as problem:
        return str(problem)
    return ""


def load_pynvml() -> Any:
    """Load nvidia-ml-py from the given file or source, never from a module of another name."""
    spec = None
    if params.get("pynvml_path"):
        spec = importlib.util.spec_from_file_location("pynvml", params["pynvml_path"])
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["pynvml"] = module
        spec.loader.exec_module(module)
        return module
    if params.get("pynvml_source"):
        module = type(sys)("pynvml")
        sys.modules["pynvml"] = module
        exec(compile(params["pynvml_source"], "pynvml.py", "exec"), module.__dict__)
        return module
    return None


class Reading:
    """Asks one getter after the other; a value or a reason, whatever family of exception was raised."""

    def __init__(self, nvml: Any) -> None:
        self.nvml = nvml
        self.last = None  # type: Any
        self.plain = plain

    def ask(self, gpu: int, field: str, getter: "Callable[[], Any]") -> bool:
        """Send the value or the reason; tells whether there was a value (kept in ``last``)."""
        say("begin", gpu, field)
        try:
            self.last = plain(getter())
        except self.nvml.NVMLError as problem:
            code = getattr(problem, "value", None)
            say("error", gpu, field, self.name_of(code), "%s (code %s)" % (type(problem).__name__, code))
            return False
        except Exception as problem:  # the two other families: a library mismatch, text that is not UTF-8
            say("error", gpu, field, type(problem).__name__.upper(), str(problem)[:300])
            return False
        say("value", gpu, field, self.last)
        return True

    def name_of(self, code: Any) -> str:
        """Return NVML's own constant for a code: DRIVER_NOT_LOADED for 9."""
        for name, value in vars(self.nvml).items():
            if name.startswith("NVML_ERROR_") and value == code:
                return str(name[len("NVML_ERROR_") :])
        return "ERROR_%s" % code

    def gpu_count(self) -> int:
        """Return how many GPUs the driver shows, 0 when it does not say."""
        if not self.ask(SYSTEM, "count", self.nvml.nvmlDeviceGetCount):
            return 0
        return min(int(self.last), MAX_GPUS)

    def handle_of(self, index: int) -> Any:
        """Return the handle of one GPU, or None after saying why not."""
        kept = []

        def getter() -> bool:
            kept.append(self.nvml.nvmlDeviceGetHandleByIndex(index))
            return True

        return kept[0] if self.ask(index, "handle", getter) else None


def plain(value: Any) -> Any:
    """Turn bytes, ctypes structures and arrays into JSON values; texts are bounded."""
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if isinstance(value, str):
        return value[:500]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in list(value)[:512]]
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in list(value.items())[:512]}
    fields = getattr(value, "_fields_", None)
    if fields:
        return {name[0]: plain(getattr(value, name[0])) for name in fields}
    if hasattr(value, "_length_"):
        return [plain(part) for part in list(value)[:512]]
    if hasattr(value, "__dict__"):
        return {name: plain(part) for name, part in vars(value).items()}
    return str(value)[:500]


def ask_system(reading: Reading) -> None:
    """Ask what belongs to the driver and not to one GPU."""
    nvml = reading.nvml
    reading.ask(SYSTEM, "driver_version", nvml.nvmlSystemGetDriverVersion)
    reading.ask(SYSTEM, "cuda_version", nvml.nvmlSystemGetCudaDriverVersion_v2)
    reading.ask(SYSTEM, "nvml_version", nvml.nvmlSystemGetNVMLVersion)


# field: (getter, further arguments). A name that these bindings or this library lack gives FUNCTION_NOT_FOUND.
# Only fast getters: PCIe throughput (21 ms) and energy (3 ms) are asked by the sampler, where they are needed.
GETTERS = (
    ("name", "nvmlDeviceGetName", ()),
    ("uuid", "nvmlDeviceGetUUID", ()),
    ("pci", "nvmlDeviceGetPciInfo", ()),
    ("compute_capability", "nvmlDeviceGetCudaComputeCapability", ()),
    ("architecture", "nvmlDeviceGetArchitecture", ()),
    ("brand", "nvmlDeviceGetBrand", ()),
    ("cores", "nvmlDeviceGetNumGpuCores", ()),
    ("memory_bus_bits", "nvmlDeviceGetMemoryBusWidth", ()),
    ("vbios", "nvmlDeviceGetVbiosVersion", ()),
    ("minor_number", "nvmlDeviceGetMinorNumber", ()),
    ("memory", "nvmlDeviceGetMemoryInfo", ()),
    ("memory_v2", "nvmlDeviceGetMemoryInfo", ("nvmlMemory_v2",)),
    ("bar1", "nvmlDeviceGetBAR1MemoryInfo", ()),
    ("utilisation", "nvmlDeviceGetUtilizationRates", ()),
    ("temperature", "nvmlDeviceGetTemperature", (0,)),
    ("temperature_shutdown", "nvmlDeviceGetTemperatureThreshold", (0,)),
    ("temperature_slowdown", "nvmlDeviceGetTemperatureThreshold", (1,)),
    ("fan_percent", "nvmlDeviceGetFanSpeed", ()),
    ("power_mw", "nvmlDeviceGetPowerUsage", ()),
    ("power_limit_mw", "nvmlDeviceGetEnforcedPowerLimit", ()),
    ("power_limit_default_mw", "nvmlDeviceGetPowerManagementDefaultLimit", ()),
    ("power_limits_mw", "nvmlDeviceGetPowerManagementLimitConstraints", ()),
    ("power_source", "nvmlDeviceGetPowerSource", ()),
    ("performance_state", "nvmlDeviceGetPerformanceState", ()),
    ("clock_sm_mhz", "nvmlDeviceGetClockInfo", (1,)),
    ("clock_memory_mhz", "nvmlDeviceGetClockInfo", (2,)),
    ("clock_sm_max_mhz", "nvmlDeviceGetMaxClockInfo", (1,)),
    ("clock_memory_max_mhz", "nvmlDeviceGetMaxClockInfo", (2,)),
    ("clock_event_reasons", "nvmlDeviceGetCurrentClocksEventReasons", ()),
    ("pcie_generation", "nvmlDeviceGetCurrPcieLinkGeneration", ()),
    ("pcie_generation_max", "nvmlDeviceGetMaxPcieLinkGeneration", ()),
    ("pcie_generation_device_max", "nvmlDeviceGetGpuMaxPcieLinkGeneration", ()),
    ("pcie_width", "nvmlDeviceGetCurrPcieLinkWidth", ()),
    ("pcie_width_max", "nvmlDeviceGetMaxPcieLinkWidth", ()),
    ("pcie_replays", "nvmlDeviceGetPcieReplayCounter", ()),
    ("compute_mode", "nvmlDeviceGetComputeMode", ()),
    ("persistence_mode", "nvmlDeviceGetPersistenceMode", ()),
    ("driver_model", "nvmlDeviceGetCurrentDriverModel", ()),
    ("mig_mode", "nvmlDeviceGetMigMode", ()),
    ("ecc_mode", "nvmlDeviceGetEccMode", ()),
    ("ecc_uncorrected", "nvmlDeviceGetTotalEccErrors", (1, 0)),
    ("remapped_rows", "nvmlDeviceGetRemappedRows", ()),
    ("virtualization_mode", "nvmlDeviceGetVirtualizationMode", ()),
    ("display_active", "nvmlDeviceGetDisplayActive", ()),
    ("gsp_firmware", "nvmlDeviceGetGspFirmwareVersion", ()),
    ("numa_node", "nvmlDeviceGetNumaNodeId", ()),
    ("processes_compute", "nvmlDeviceGetComputeRunningProcesses", ()),
    ("processes_graphics", "nvmlDeviceGetGraphicsRunningProcesses", ()),
)


def ask_gpu(reading: Reading, index: int, handle: Any) -> None:
    """Ask every getter of the table for one GPU, then its MIG instances."""
    for field, getter, arguments in GETTERS:
        function = getattr(reading.nvml, getter, None)
        if function is None:
            say("error", index, field, "FUNCTION_NOT_FOUND", "these bindings have no " + getter)
            continue
        values = [getattr(reading.nvml, word) if isinstance(word, str) else word for word in arguments]
        reading.ask(index, field, partial(function, handle, *values))
    ask_mig(reading, index, handle)
    ask_links(reading, index, handle)


def ask_mig(reading: Reading, index: int, handle: Any) -> None:
    """Ask for the MIG instances of one GPU when the mode is on."""
    nvml = reading.nvml
    try:
        enabled = bool(nvml.nvmlDeviceGetMigMode(handle)[0])
    except Exception:
        return  # the mig_mode field above has said why
    if enabled:
        reading.ask(index, "mig_devices", lambda: [mig_device(nvml, part) for part in mig_handles(nvml, handle)])


def mig_handles(nvml: Any, handle: Any) -> "list[Any]":
    """Return the handles of the instances that exist; slots without one raise NOT_FOUND."""
    handles = []
    for slot in range(nvml.nvmlDeviceGetMaxMigDeviceCount(handle)):
        try:
            handles.append(nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, slot))
        except nvml.NVMLError:
            continue
    return handles


def mig_device(nvml: Any, handle: Any) -> "dict[str, Any]":
    """Describe one instance."""
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return {
        "uuid": plain(nvml.nvmlDeviceGetUUID(handle)),
        "name": plain(nvml.nvmlDeviceGetName(handle)),
        "memory_total": memory.total,
        "memory_used": memory.used,
    }


if __name__ == "__main__" and params:
    main()
    sys.stdout.flush()
    import os

    os._exit(0)  # the library's own exit handlers may hang
