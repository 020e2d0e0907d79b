"""NVLink and the ways between GPUs, asked by the NVML child: this text runs before ``nvml_child``'s in one namespace.

A link or a pair that gives no value carries NVML's own name of the error in its place: ``{"state": "NOT_SUPPORTED"}``.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any, Callable

MAX_LINKS = 36
# per-link fields of nvmlDeviceGetFieldValues, the link's number being their scope
SPEED_MBPS, SPEED_MBPS_OLD = 164, 90
ERROR_FIELDS = (("replays", 161), ("recoveries", 162), ("crc_errors", 163))
LINK_COUNT = 91
# what one GPU may do with another's memory; the numbers are NVML_P2P_CAPS_INDEX_*
PEER_ACCESS = (("read", 0), ("write", 1), ("nvlink", 2), ("atomics", 3))
# which member of the union holds a field's value, by its type
UNION = {0: "dVal", 1: "uiVal", 2: "ulVal", 3: "ullVal", 4: "sllVal", 5: "siVal"}


def ask_links(reading: Any, index: int, handle: Any) -> None:
    """Ask for the links of one GPU and for the processors and the memory that lie nearest to it."""
    nvml = reading.nvml
    reading.ask(index, "nvlinks", lambda: links(reading, handle))
    sets = ((os.cpu_count() or 1) + 63) // 64
    reading.ask(index, "cpu_affinity", lambda: nvml.nvmlDeviceGetCpuAffinity(handle, sets))
    reading.ask(index, "memory_affinity", lambda: nvml.nvmlDeviceGetMemoryAffinity(handle, 1, 0))
    reading.ask(index, "fabric", lambda: fabric(nvml, handle))
    if os.name == "nt":
        reading.ask(index, "process_names", lambda: process_names(reading, handle))


def process_names(reading: Any, handle: Any) -> "dict[str, str]":
    """Name the GPU's processes by the file that runs, without its folder; other systems than Windows name their own."""
    nvml, found = reading.nvml, {}
    for getter in (nvml.nvmlDeviceGetComputeRunningProcesses, nvml.nvmlDeviceGetGraphicsRunningProcesses):
        for entry in getter(handle)[:200]:
            name = quiet(reading, partial(nvml.nvmlSystemGetProcessName, entry.pid))
            found[str(entry.pid)] = reading.plain(name).replace("\\", "/").rsplit("/", 1)[-1]
    return found


def links(reading: Any, handle: Any) -> "list[dict[str, Any]]":
    """Describe every link; a GPU without any raises what its first one says."""
    nvml = reading.nvml
    found = []  # type: list[dict[str, Any]]
    for link in range(link_count(nvml, handle)):
        try:
            active = bool(nvml.nvmlDeviceGetNvLinkState(handle, link))
        except nvml.NVMLError as problem:
            if not found:
                raise
            if getattr(problem, "value", None) == nvml.NVML_ERROR_INVALID_ARGUMENT:
                break  # there are no more
            found.append({"link": link, "state": reading.name_of(getattr(problem, "value", None))})
            continue
        found.append(link_facts(reading, handle, link, active))
    return found


def link_count(nvml: Any, handle: Any) -> int:
    """Return how many links the GPU has; where the driver does not say, as many as any GPU may have are tried."""
    found = field_values(nvml, handle, [(LINK_COUNT, 0)])[0]
    return min(int(found), MAX_LINKS) if isinstance(found, int) and found >= 0 else MAX_LINKS


def link_facts(reading: Any, handle: Any, link: int, active: bool) -> "dict[str, Any]":
    """Describe one link; the other end is asked for only where there is one."""
    nvml = reading.nvml
    facts = {"link": link, "active": active}  # type: dict[str, Any]
    if not active:
        return facts
    facts["version"] = quiet(reading, lambda: nvml.nvmlDeviceGetNvLinkVersion(handle, link))
    facts["remote_type"] = quiet(reading, lambda: nvml.nvmlDeviceGetNvLinkRemoteDeviceType(handle, link))
    facts["remote"] = quiet(reading, lambda: reading.plain(nvml.nvmlDeviceGetNvLinkRemotePciInfo(handle, link).busId))
    numbers = [SPEED_MBPS, SPEED_MBPS_OLD, *(number for _, number in ERROR_FIELDS)]
    values = field_values(nvml, handle, [(number, link) for number in numbers])
    facts["speed_mbps"] = values[0] if values[0] else values[1]
    facts.update((name, value) for (name, _), value in zip(ERROR_FIELDS, values[2:]))
    return facts


def field_values(nvml: Any, handle: Any, fields: "list[tuple[int, int]]") -> "list[Any]":
    """Return the values of (field, scope) pairs, None for each that the driver does not give."""
    try:
        entries = nvml.nvmlDeviceGetFieldValues(handle, fields)
    except Exception:
        return [None] * len(fields)  # the state of the link, asked beside it, says why nothing is answered
    return [
        None if entry.nvmlReturn else getattr(entry.value, UNION.get(entry.valueType, "ullVal")) for entry in entries
    ]


def fabric(nvml: Any, handle: Any) -> "dict[str, int]":
    """Say whether the GPU was let into the fabric of its switches: state 3 is completed, 0 is "has none"."""
    from ctypes import byref

    found = nvml.c_nvmlGpuFabricInfo_v2_t()
    nvml.nvmlDeviceGetGpuFabricInfoV(handle, byref(found))
    return {"state": int(found.state), "status": int(found.status), "health": int(found.healthMask)}


def ask_peers(reading: Any, handles: "dict[int, Any]") -> None:
    """Ask for every pair of GPUs how they are connected and what the first may do with the second's memory."""
    for index, handle in handles.items():
        others = [(other, there) for other, there in handles.items() if other != index]
        if others:
            reading.ask(index, "peers", partial(peers, reading, handle, others))


def peers(reading: Any, handle: Any, others: "list[tuple[int, Any]]") -> "list[dict[str, Any]]":
    """Describe the way from one GPU to each other one."""
    nvml = reading.nvml
    found = []
    for other, there in others:
        way = {"gpu": other, "level": quiet(reading, partial(nvml.nvmlDeviceGetTopologyCommonAncestor, handle, there))}
        for name, number in PEER_ACCESS:
            way[name] = quiet(reading, partial(nvml.nvmlDeviceGetP2PStatus, handle, there, number))
        found.append(way)
    return found


def quiet(reading: Any, getter: "Callable[[], Any]") -> Any:
    """Return a value, or NVML's name of the error in its place."""
    try:
        return getter()
    except reading.nvml.NVMLError as problem:
        return reading.name_of(getattr(problem, "value", None))
    except Exception as problem:
        return type(problem).__name__.upper()
