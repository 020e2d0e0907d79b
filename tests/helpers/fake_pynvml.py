# ruff: noqa: N802  the names are those of the real module
"""A stand-in for the pynvml file: the values of one H100 under load (driver 580.159.04), changed by a plan.

The plan is the JSON file that the environment variable ``FAKE_NVML`` names: ``gpus``, ``utilisation`` (per GPU),
``processes`` ([pid, MiB or null], all on GPU 0), ``sm`` (pid: percent), ``errors`` (getter: NVML error number),
``raises`` (getter: unicode or mismatch), ``lost_after`` (samples), ``hang`` (getter), ``init_error``.
It is read again at every sample of the utilisation, so a test may change it while the sampler runs.
"""

import json
import os
import time
from types import SimpleNamespace

MIB = 1024 * 1024
_asked = {"utilisation": 0}
_began = time.monotonic()


class NVMLError(Exception):
    """As in the real module: ``value`` is the number."""

    def __init__(self, value):
        super().__init__(f"NVML error {value}")
        self.value = value


class NVMLLibraryMismatchError(Exception):
    """As in the real module: not an NVMLError."""


def _plan():
    with open(os.environ["FAKE_NVML"], encoding="utf-8") as file:
        return json.load(file)


def _check(name):
    plan = _plan()
    if plan.get("hang") == name:
        time.sleep(3600)
    if name in plan.get("errors", {}):
        raise NVMLError(plan["errors"][name])
    kind = plan.get("raises", {}).get(name)
    if kind == "unicode":
        b"\xff".decode("utf-8")
    if kind == "mismatch":
        raise NVMLLibraryMismatchError("unversioned function called with an older driver")
    return plan


def nvmlInit():
    if "init_error" in _plan():
        raise NVMLError(_plan()["init_error"])


def nvmlDeviceGetCount():
    return _plan().get("gpus", 1)


def nvmlDeviceGetHandleByIndex(index):
    return index


def nvmlDeviceGetName(handle):
    return _check("nvmlDeviceGetName").get("names", ["NVIDIA H100 80GB HBM3"] * 8)[handle]


def _mine(plan, handle):
    return plan.get("processes", []) if handle == plan.get("processes_on", 0) else []


def nvmlDeviceGetMemoryInfo(handle):
    plan = _check("nvmlDeviceGetMemoryInfo")
    used = 480 + sum(mib or 0 for _, mib in _mine(plan, handle)) + plan.get("memory", [0] * 8)[handle]
    return SimpleNamespace(total=81559 * MIB, used=used * MIB, free=(81559 - used) * MIB)


def nvmlDeviceGetUtilizationRates(handle):
    plan = _check("nvmlDeviceGetUtilizationRates")
    _asked["utilisation"] += 1
    if _asked["utilisation"] > plan.get("lost_after", 10**9):
        raise NVMLError(15)
    return SimpleNamespace(gpu=plan.get("utilisation", [0] * 8)[handle], memory=30)


def nvmlDeviceGetPowerUsage(handle):
    return _check("nvmlDeviceGetPowerUsage").get("power_mw", 698000)


def nvmlDeviceGetFieldValues(handle, fields):
    _check("nvmlDeviceGetFieldValues")
    return [SimpleNamespace(nvmlReturn=0, value=SimpleNamespace(uiVal=701000)) for _ in fields]


def nvmlDeviceGetTemperatureV(handle, sensor):
    return _check("nvmlDeviceGetTemperatureV").get("temperature", 57)


def nvmlDeviceGetTemperature(handle, sensor):
    return nvmlDeviceGetTemperatureV(handle, sensor)


def nvmlDeviceGetTemperatureThreshold(handle, threshold):
    _check("nvmlDeviceGetTemperatureThreshold")
    return 87


def nvmlDeviceGetClockInfo(handle, kind):
    _check("nvmlDeviceGetClockInfo")
    return {1: 1350, 2: 2619}[kind]


def nvmlDeviceGetMaxClockInfo(handle, kind):
    plan = _check("nvmlDeviceGetMaxClockInfo")
    return plan.get("max_clocks", [1980] * 8)[handle]


def nvmlDeviceGetNumGpuCores(handle):
    return _check("nvmlDeviceGetNumGpuCores").get("cores", [16896] * 8)[handle]


def nvmlDeviceGetCudaComputeCapability(handle):
    _check("nvmlDeviceGetCudaComputeCapability")
    return (9, 0)


def nvmlDeviceGetEnforcedPowerLimit(handle):
    _check("nvmlDeviceGetEnforcedPowerLimit")
    return 700000


def nvmlDeviceGetCurrentDriverModel(handle):
    model = _check("nvmlDeviceGetCurrentDriverModel").get("driver_model")
    if model is None:
        raise NVMLError(3)
    return model


def nvmlDeviceGetCurrentClocksEventReasons(handle):
    return _check("nvmlDeviceGetCurrentClocksEventReasons").get("reasons", 4)


def nvmlDeviceGetTotalEnergyConsumption(handle):
    _check("nvmlDeviceGetTotalEnergyConsumption")
    return int(2_003_784 + 700_000 * (time.monotonic() - _began))


def nvmlDeviceGetComputeRunningProcesses(handle):
    plan = _check("nvmlDeviceGetComputeRunningProcesses")
    return [
        SimpleNamespace(pid=pid, usedGpuMemory=None if mib is None else mib * MIB) for pid, mib in _mine(plan, handle)
    ]


def nvmlDeviceGetGraphicsRunningProcesses(handle):
    _check("nvmlDeviceGetGraphicsRunningProcesses")
    return []


def nvmlDeviceGetProcessUtilization(handle, since):
    plan = _check("nvmlDeviceGetProcessUtilization")
    now = int(time.time() * 1e6)
    shares = plan.get("sm", {}) if handle == plan.get("processes_on", 0) else {}
    if not shares:
        raise NVMLError(6)
    return [SimpleNamespace(pid=int(pid), timeStamp=now, smUtil=share) for pid, share in shares.items()]
