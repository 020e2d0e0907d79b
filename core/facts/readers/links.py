"""NVLink and the ways between GPUs, from the NVML snapshot and from what CUDA itself says."""

from __future__ import annotations

import re
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.gpu import GpuPair, NvLink
from gpuproof.core.facts.readers import nvml_values as nvml
from gpuproof.core.facts.reading import fields_of, flag, number, objects, objects_in, whole, words
from gpuproof.core.facts.unknown import Unknown

LEVELS = {0: "internal", 10: "PIX", 20: "PXB", 30: "PHB", 40: "NODE", 50: "SYS"}
REMOTES = {0: "gpu", 1: "npu", 2: "switch"}
P2P = {
    0: "ok",
    1: "chipset_not_supported",
    2: "gpu_not_supported",
    3: "topology_not_supported",
    4: "disabled_by_setting",
    5: "not_supported",
    6: "unknown",
}
FABRIC = {0: "none", 1: "not_started", 2: "in_progress", 3: "completed"}
VERSIONS = {1: "1.0", 2: "2.0", 3: "2.2", 4: "3.0", 5: "3.1", 6: "4.0", 7: "5.0", 8: "6.0"}
# a switch that a virtual machine does not see is FFFFFFFF:FF:FF.0
_NO_ADDRESS = re.compile(r"\A(?:|0{8}:00:00\.0|F{8}:.*)\Z", re.IGNORECASE)


def read_gpu_pairs(answers: Answers) -> tuple[GpuPair, ...] | Unknown:
    """Read every ordered pair of GPUs; an empty tuple is a machine with at most one."""
    gpus, init = nvml.part(answers, "gpus"), nvml.part(answers, "init")
    if not isinstance(gpus, list) or not isinstance(init, dict) or init.get("ok") is not True:
        return nvml.why(answers, "init")
    by_torch = _by_address(fields_of(answers, "torch.peers"))
    known = [fields if isinstance(fields, dict) else {} for fields in gpus]
    return tuple(
        _pair(known, index, way, by_torch)
        for index, fields in enumerate(known)
        for way in objects(nvml.value(fields, "peers") or [])
        if whole(way.get("gpu")) is not None
    )


def _pair(gpus: list[dict[str, Any]], first: int, way: dict[str, Any], by_torch: dict[str, bool]) -> GpuPair:
    second = whole(way.get("gpu")) or 0
    ends = f"{_address(gpus, first)} {_address(gpus, second)}"
    return GpuPair(
        first=first,
        second=second,
        topology=_named(LEVELS, way.get("level")),
        nvlinks=_links_between(gpus, first, second),
        p2p_read=_named(P2P, way.get("read")),
        p2p_write=_named(P2P, way.get("write")),
        p2p_nvlink=_named(P2P, way.get("nvlink")),
        p2p_atomics=_named(P2P, way.get("atomics")),
        torch_peer_access=by_torch.get(ends),
    )


def _by_address(said: dict[str, Any]) -> dict[str, bool]:
    """Return what CUDA allows by the PCI addresses of both ends: its order of GPUs need not be NVML's."""
    addresses = said.get("addresses")
    known = {
        str(index): words(address) for index, address in enumerate(addresses if isinstance(addresses, list) else [])
    }
    return {
        f"{known[first]} {known[second]}": allowed
        for entry in objects_in(said.get("pairs"))
        if (first := str(entry.get("first"))) in known
        and (second := str(entry.get("second"))) in known
        and isinstance(allowed := flag(entry.get("allowed")), bool)
    }


def _address(gpus: list[dict[str, Any]], index: int) -> str:
    """Return bus and device as torch names them too: 0000:19:00."""
    pci = nvml.value(gpus[index], "pci") if index < len(gpus) else None
    return words(pci.get("busId")).lower()[-12:].rpartition(".")[0] if isinstance(pci, dict) else ""


def _links_between(gpus: list[dict[str, Any]], first: int, second: int) -> int | None:
    """Count the active links that lead to the other GPU; links to switches reach every GPU that has some too."""
    here, there = _active(gpus, first), _active(gpus, second)
    if here is None or there is None:
        return None
    direct = [link for link in here if link.remote == "gpu" and link.remote_address[-12:-2] == _address(gpus, second)]
    to_switches = [link for link in here if link.remote == "switch"]
    from_switches = [link for link in there if link.remote == "switch"]
    return len(direct) + min(len(to_switches), len(from_switches))


def _active(gpus: list[dict[str, Any]], index: int) -> tuple[NvLink, ...] | None:
    fields = gpus[index] if index < len(gpus) else {}
    field = fields.get("nvlinks")
    if isinstance(field, dict) and field.get("e") in ("NOT_SUPPORTED", "INVALID_ARGUMENT"):
        return ()  # the driver says that it has none
    return (
        tuple(link for link in nvlinks(fields) if link.is_active)
        if isinstance(nvml.value(fields, "nvlinks"), list)
        else None
    )


def nvlinks(fields: dict[str, Any]) -> tuple[NvLink, ...]:
    """Read the links of one GPU."""
    return tuple(_link(entry) for entry in objects(nvml.value(fields, "nvlinks") or []))


def _link(found: dict[str, Any]) -> NvLink:
    address = words(found.get("remote"))
    speed = number(found.get("speed_mbps"))
    return NvLink(
        index=whole(found.get("link")) or 0,
        is_active=flag(found.get("active")),
        version=_named(VERSIONS, found.get("version")),
        remote=_named(REMOTES, found.get("remote_type")) or "",
        remote_address="" if _NO_ADDRESS.match(address) else address[-12:].lower(),
        speed_mb_s=speed if speed is not None and 0 < speed < 1e7 else None,
        replays=_count(found.get("replays")),
        recoveries=_count(found.get("recoveries")),
        crc_errors=_count(found.get("crc_errors")),
    )


def fabric_state(fields: dict[str, Any]) -> str | None:
    """Read whether a GPU was let into the fabric of its switches."""
    found = nvml.value(fields, "fabric")
    return _named(FABRIC, found.get("state")) if isinstance(found, dict) else None


def numa_node(fields: dict[str, Any]) -> int | None:
    """Return the one memory node that lies nearest; a mask with several bits or none says nothing."""
    bits = _bits(nvml.value(fields, "memory_affinity"))
    return bits[0] if len(bits) == 1 else None


def cpu_affinity(fields: dict[str, Any]) -> str | None:
    """Return the nearest processors as ranges: 0-15,32-47."""
    return ranges(_bits(nvml.value(fields, "cpu_affinity"))) or None


def ranges(numbers: list[int]) -> str:
    """Write sorted numbers as ranges."""
    parts: list[list[int]] = []
    for found in numbers:
        if parts and found == parts[-1][1] + 1:
            parts[-1][1] = found
        else:
            parts.append([found, found])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in parts)


def _bits(masks: object) -> list[int]:
    """Return the numbers of the bits that are set in a list of 64-bit masks."""
    found = [mask for mask in masks if isinstance(mask, int) and mask >= 0] if isinstance(masks, list) else []
    return [place * 64 + bit for place, mask in enumerate(found[:64]) for bit in range(64) if mask >> bit & 1]


def _named(names: dict[int, str], found: object) -> str | None:
    return names.get(found) if isinstance(found, int) and not isinstance(found, bool) else None


def _count(found: object) -> int | None:
    value = whole(found) if isinstance(found, int) else None
    return value if value is not None and value >= 0 else None
