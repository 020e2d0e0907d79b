"""What slows a healthy machine down: limits, throttled containers, pressure, swapping, heat, slow disks."""

from __future__ import annotations

import os
from typing import Any

from ..place import Place
from .kinds import ALL, LINUX, Absent, Call, ReadFile

CPU = "/sys/devices/system/cpu"
FREQUENCY_FILES = (
    "scaling_driver", "scaling_governor", "scaling_min_freq", "scaling_max_freq", "scaling_cur_freq",
    "cpuinfo_max_freq", "energy_performance_preference", "bios_limit",
)  # fmt: skip
# /proc/vmstat: what tells swapping, memory shortage and far-away memory
VMSTAT_KEYS = (
    "oom_kill", "pswpin", "pswpout", "pgmajfault", "allocstall_normal", "compact_stall", "thp_fault_alloc",
    "thp_fault_fallback", "numa_miss", "numa_foreign", "workingset_refault_anon",
)  # fmt: skip
STATUS_KEYS = (
    "Threads", "Seccomp", "NoNewPrivs", "CapEff", "Cpus_allowed_list", "Mems_allowed_list", "VmLck", "VmSwap",
    "THP_enabled",
)  # fmt: skip
LIMITS = ("NOFILE", "NPROC", "MEMLOCK", "AS", "DATA", "STACK", "RSS", "CORE", "FSIZE", "CPU", "NICE", "RTPRIO")
PRESSURE = ("cpu", "memory", "io")
KEPT_DISKS = ("nvme", "sd", "vd", "hd", "mmcblk", "md", "dm-")


def vulnerabilities(place: Place) -> "dict[str, str]":
    """Read which weaknesses of the processor cost speed because the kernel works around them."""
    base = CPU + "/vulnerabilities"
    return {name: (place.line_of("%s/%s" % (base, name)) or "")[:300] for name in place.names_in(base)}


def caches(place: Place) -> "list[dict[str, Any]]":
    """Describe the first processor's caches."""
    base = CPU + "/cpu0/cache"
    keys = ("level", "type", "size", "shared_cpu_list")
    names = [name for name in place.names_in(base) if name.startswith("index")]
    return [{key: place.line_of("%s/%s/%s" % (base, name, key)) for key in keys} for name in names]


def frequency(place: Place) -> "dict[str, Any]":
    """Read how the first processor's clock is governed, and how often heat has held it back."""
    base = CPU + "/cpu0"
    found = {name: place.line_of("%s/cpufreq/%s" % (base, name)) for name in FREQUENCY_FILES}
    found["boost"] = place.line_of(CPU + "/cpufreq/boost")
    found["no_turbo"] = place.line_of(CPU + "/intel_pstate/no_turbo")
    for name in ("core_throttle_count", "package_throttle_count"):
        found[name] = place.line_of("%s/thermal_throttle/%s" % (base, name))
    found = {name: value for name, value in found.items() if value is not None}
    if not found:
        raise Absent("the kernel does not govern the clock here")
    return found


def processors(place: Place) -> "dict[str, Any]":
    """Read which processors are there, switched off or set apart, and whether two threads share a core."""
    names = ("online", "offline", "possible", "isolated", "nohz_full", "smt/active", "smt/control")
    found = {name.replace("/", "_"): place.line_of("%s/%s" % (CPU, name)) for name in names}
    found = {name: value for name, value in found.items() if value}
    if not found:
        raise Absent("/sys shows no processors")
    return found


def numa_nodes(place: Place) -> "list[dict[str, Any]]":
    """Describe each memory node: its processors, its memory and how far the other nodes are."""
    base = "/sys/devices/system/node"
    found = []
    for name in [name for name in place.names_in(base) if name[:4] == "node" and name[4:].isdigit()][:64]:
        node = {"node": int(name[4:]), "processors": place.line_of("%s/%s/cpulist" % (base, name))}  # type: dict[str, Any]
        node["distance"] = place.line_of("%s/%s/distance" % (base, name))
        text = place.line_of("%s/%s/meminfo" % (base, name)) or ""
        for line in text.splitlines():
            parts = line.split()
            if len(parts) >= 4 and parts[2] in ("MemTotal:", "MemFree:"):
                node[parts[2][3:-1].lower() + "_kib"] = int(parts[3])
        found.append(node)
    return found


def pressure(place: Place) -> "dict[str, str]":
    """Read the kernel's own measure of waiting: ``some avg10=1.53 ...`` per resource."""
    found = {name: place.line_of("/proc/pressure/" + name) for name in PRESSURE}
    kept = {name: text for name, text in found.items() if text}
    if not kept:
        raise Absent("this kernel does not measure pressure")
    return kept


def vmstat(place: Place) -> "dict[str, int]":
    """Read counters since the machine started."""
    pairs = (line.split(" ", 1) for line in place.text_of("/proc/vmstat").splitlines() if " " in line)
    return {name: int(value) for name, value in pairs if name in VMSTAT_KEYS}


def own_status(place: Place) -> "dict[str, str]":
    """Read what the kernel lets this very process do: seccomp, capabilities, processors, memory nodes."""
    pairs = (line.partition(":") for line in place.text_of("/proc/self/status").splitlines())
    found = {name: value.strip() for name, _, value in pairs if name in STATUS_KEYS}
    found["oom_score_adj"] = place.line_of("/proc/self/oom_score_adj") or ""
    return found


def limits(place: Place) -> "dict[str, list[int | None]]":
    """Return this process's limits as (soft, hard); None is no limit."""
    try:
        import resource
    except ImportError:
        raise Absent("this system has no such limits") from None
    found = {}
    for name in LIMITS:
        number = getattr(resource, "RLIMIT_" + name, None)
        if number is not None:
            pair = resource.getrlimit(number)
            found[name.lower()] = [None if value == resource.RLIM_INFINITY else value for value in pair]
    return found


def file_systems(place: Place) -> "list[dict[str, Any]]":
    """Describe the file systems that matter: Python's, temporary files', the user's cache, shared memory."""
    import sys

    home = place.environ.get("HOME") or place.environ.get("USERPROFILE", "")
    paths = {"prefix": sys.prefix, "temporary": place.environ.get("TMPDIR", "/tmp"), "shared_memory": "/dev/shm"}
    if home:
        paths["home"] = home
    mounts = mount_table(place)
    found = []
    for use, path in paths.items():
        here = place.path(path)
        if not os.path.isdir(here):
            continue
        real = os.path.realpath(here)
        point, kind, options = max(
            (entry for entry in mounts if is_below(real, entry[0])),
            key=lambda entry: len(entry[0]),
            default=("", "", ""),
        )
        room = os.statvfs(here)
        found.append({
            "use": use, "kind": kind, "is_root": point == "/", "read_only": "ro" in options.split(","),
            "no_exec": "noexec" in options.split(","), "total_bytes": room.f_blocks * room.f_frsize,
            "free_bytes": room.f_bavail * room.f_frsize, "free_files": room.f_favail,
        })  # fmt: skip
    return found


def mount_table(place: Place) -> "list[tuple[str, str, str]]":
    """Return (mount point, kind, options) of every mount; none where the kernel does not show them."""
    try:
        lines = place.text_of("/proc/self/mounts", 1 << 19).splitlines()
    except OSError:
        return []
    parts = (line.split(" ") for line in lines)
    return [(part[1].replace("\\040", " "), part[2], part[3]) for part in parts if len(part) > 3]


def is_below(path: str, folder: str) -> bool:
    """Tell whether a path lies in a folder."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def disks(place: Place) -> "list[dict[str, Any]]":
    """Describe the disks: turning ones make loading a model slow."""
    base = "/sys/block"
    found = []
    for name in [name for name in place.names_in(base) if name.startswith(KEPT_DISKS)][:40]:
        sectors = place.line_of("%s/%s/size" % (base, name)) or "0"
        disk = {"name": name, "bytes": int(sectors) * 512 if sectors.isdigit() else None}  # type: dict[str, Any]
        for key in ("rotational", "scheduler", "read_ahead_kb"):
            disk[key] = place.line_of("%s/%s/queue/%s" % (base, name, key))
        found.append(disk)
    return found


def temperatures(place: Place) -> "list[dict[str, Any]]":
    """Read the machine's own sensors, in thousandths of a degree."""
    base = "/sys/class/thermal"
    found = []
    for name in [name for name in place.names_in(base) if name.startswith("thermal_zone")][:40]:
        value = place.line_of("%s/%s/temp" % (base, name)) or ""
        if value.lstrip("-").isdigit():
            found.append({"sensor": place.line_of("%s/%s/type" % (base, name)), "millidegrees": int(value)})
    return found


QUESTIONS = (
    Call("cpu.vulnerabilities", vulnerabilities, CPU + "/vulnerabilities", LINUX),
    Call("cpu.caches", caches, CPU + "/cpu0/cache", LINUX),
    Call("cpu.frequency", frequency, CPU + "/cpu0/cpufreq", LINUX),
    Call("cpu.processors", processors, CPU, LINUX),
    ReadFile("cpu.clock_source", "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
    ReadFile("cpu.cgroup_stat", "/sys/fs/cgroup/cpu.stat"),
    ReadFile("cpu.cgroup_stat_v1", "/sys/fs/cgroup/cpu/cpu.stat"),
    Call("cpu.temperatures", temperatures, "/sys/class/thermal", LINUX),
    Call("memory.nodes", numa_nodes, "/sys/devices/system/node", LINUX),
    Call("memory.counters", vmstat, "/proc/vmstat", LINUX),
    ReadFile("memory.cgroup_current", "/sys/fs/cgroup/memory.current"),
    ReadFile("memory.cgroup_events", "/sys/fs/cgroup/memory.events"),
    ReadFile("memory.cgroup_used_v1", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ReadFile("memory.cgroup_oom_v1", "/sys/fs/cgroup/memory/memory.oom_control"),
    ReadFile("memory.huge_pages", "/sys/kernel/mm/transparent_hugepage/enabled"),
    Call("system.pressure", pressure, "/proc/pressure", LINUX),
    Call("system.limits", limits, "getrlimit", ALL),
    Call("system.own_status", own_status, "/proc/self/status", LINUX),
    Call("disk.file_systems", file_systems, "statvfs", LINUX, 3.0),
    Call("disk.devices", disks, "/sys/block", LINUX),
)
