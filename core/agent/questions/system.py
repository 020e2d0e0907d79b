"""Operating system, processor, memory and the conditions that slow a machine down."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from ..place import Place
from .kinds import ALL, LINUX, Absent, Call, ReadFile

SYSTEMS = {"win32": "windows", "darwin": "macos"}
EFI_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def this_system() -> str:
    """Return linux, windows or macos; other systems are asked the Linux questions."""
    return SYSTEMS.get(sys.platform, "linux")


def identity(place: Place) -> "dict[str, Any]":
    """Say which system and kernel this is; the machine word is the kernel's own."""
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        # the library's platform module asks WMI, which may hang; these two variables say the same
        machine = place.environ.get("PROCESSOR_ARCHITEW6432") or place.environ.get("PROCESSOR_ARCHITECTURE", "")
        return {
            "system": "windows",
            "machine": machine,
            "release": "%d.%d.%d" % (version.major, version.minor, version.build),
            "is_server": version.product_type != 1,
        }
    names = os.uname()
    found = {"system": this_system(), "machine": names.machine, "release": names.release, "version": names.version}
    if sys.platform == "darwin":
        import platform

        found["macos_version"] = platform.mac_ver()[0]
    else:
        found["libc"] = libc()
    return found


def libc() -> str:
    """Return "glibc 2.36", or "" on musl and others."""
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError, AttributeError):
        return ""


def counts(place: Place) -> "dict[str, Any]":
    """Count processors: logical, usable by this process, and physical cores where the kernel shows them."""
    affinity = getattr(os, "sched_getaffinity", None)
    found = {"logical": os.cpu_count(), "affinity": len(affinity(0)) if affinity else None}
    return dict(found, physical=physical_cores(place), packages=None)


def physical_cores(place: Place) -> "int | None":
    """Count distinct (package, core) pairs in /sys."""
    base = "/sys/devices/system/cpu"
    cores = set()
    names = [name for name in place.names_if_any(base) if name[:3] == "cpu" and name[3:].isdigit()]
    for name in names[:1024]:
        core = place.line_of("%s/%s/topology/core_id" % (base, name))
        if core is not None:
            cores.add((place.line_of("%s/%s/topology/physical_package_id" % (base, name)), core))
    return len(cores) or None


def power_supplies(place: Place) -> "list[dict[str, Any]]":
    """List batteries and chargers; an empty list is a machine without either."""
    base = "/sys/class/power_supply"
    return [
        {key: place.line_of("%s/%s/%s" % (base, name, key)) for key in ("type", "online", "status", "scope")}
        for name in place.names_in(base)
    ]


def disk(place: Place) -> "dict[str, Any]":
    """Return free and total bytes where Python is installed and where temporary files go.

    The library's own search for that folder writes a file to try it, which a question may not do.
    """
    temporary = next((place.environ[name] for name in ("TMPDIR", "TEMP", "TMP") if place.environ.get(name)), "/tmp")
    found = {}  # type: dict[str, dict[str, Any]]
    for name, path in (("prefix", sys.prefix), ("temporary", temporary)):
        try:
            if hasattr(os, "statvfs"):
                info = os.statvfs(path)
                found[name] = {"free": info.f_bavail * info.f_frsize, "total": info.f_blocks * info.f_frsize}
            else:
                import shutil

                usage = shutil.disk_usage(path)
                found[name] = {"free": usage.free, "total": usage.total}
        except OSError as problem:
            found[name] = {"error": problem.strerror or str(problem)}
    return found


def secure_boot(place: Place) -> bool:
    """Read the firmware's Secure Boot variable: four bytes of attributes, then 0 or 1."""
    data = place.bytes_of(EFI_SECURE_BOOT, 16)
    if len(data) < 5:
        raise Absent("the firmware variable is empty")
    return data[4] == 1


def clock(place: Place) -> "dict[str, Any]":
    """Return the target's own time in UTC, and how long it has been up."""
    uptime = place.line_of("/proc/uptime")
    return {
        "utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "uptime_s": float(uptime.split()[0]) if uptime else None,
    }


QUESTIONS = (
    Call("os.identity", identity, "uname", ALL),
    Call("os.clock", clock, "clock", ALL),
    ReadFile("os.release_file", "/etc/os-release"),
    ReadFile("os.proc_version", "/proc/version"),
    ReadFile("os.jetson_release", "/etc/nv_tegra_release"),
    ReadFile("os.device_tree_model", "/proc/device-tree/model"),
    ReadFile("os.product", "/sys/class/dmi/id/product_name"),
    Call("os.secure_boot", secure_boot, EFI_SECURE_BOOT, LINUX),
    ReadFile("cpu.info", "/proc/cpuinfo", max_bytes=4096),
    Call("cpu.counts", counts, "/sys/devices/system/cpu", ALL, 4.0),
    ReadFile("cpu.load", "/proc/loadavg"),
    ReadFile("cpu.cgroup_quota", "/sys/fs/cgroup/cpu.max"),
    ReadFile("cpu.cgroup_quota_v1", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
    ReadFile("cpu.governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
    ReadFile("power.profile", "/sys/firmware/acpi/platform_profile"),
    Call("power.supplies", power_supplies, "/sys/class/power_supply", LINUX),
    ReadFile("memory.info", "/proc/meminfo"),
    ReadFile("memory.cgroup_limit", "/sys/fs/cgroup/memory.max"),
    ReadFile("memory.cgroup_limit_v1", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    Call("disk.space", disk, "file system", ALL, 3.0),
)
