"""How many threads are fair, and what the processor can do."""

import os
import platform
import re
import time
from typing import FrozenSet, NamedTuple, Optional, Set, Tuple

_CPUINFO = "/proc/cpuinfo"


def usable_physical_cores() -> int:
    """Return the physical cores that this process may use: affinity and container quota respected."""
    logical = _allowed()
    physical = len(_physical(logical)) if logical is not None else 0
    count = physical or (os.cpu_count() or 2)
    quota = _quota()
    if quota is not None:
        count = min(count, max(1, int(quota)))
    return max(1, count)


def _allowed() -> Optional[FrozenSet[int]]:
    try:
        return frozenset(os.sched_getaffinity(0))
    except AttributeError:
        return None


def _physical(logical: FrozenSet[int]) -> Set[Tuple[str, str]]:
    cores: Set[Tuple[str, str]] = set()
    for cpu in logical:
        folder = "/sys/devices/system/cpu/cpu%d/topology/" % cpu
        try:
            cores.add((_read(folder + "physical_package_id"), _read(folder + "core_id")))
        except OSError:
            return set()
    return cores


def _quota() -> Optional[float]:
    try:
        limit, period = _read("/sys/fs/cgroup/cpu.max").split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        pass
    try:
        quota = int(_read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"))
        return quota / int(_read("/sys/fs/cgroup/cpu/cpu.cfs_period_us")) if quota > 0 else None
    except (OSError, ValueError):
        return None


def has_bf16() -> bool:
    """Tell whether the processor multiplies bfloat16 in hardware; False where it cannot be read."""
    return bool({"avx512_bf16", "amx_bf16"} & set(_cpuinfo("flags").split()))


def name() -> str:
    """Return the processor's model name."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def on_battery() -> Optional[bool]:
    """Tell whether the machine runs on its battery; None where there is none or it cannot be read (Linux only)."""
    folder = "/sys/class/power_supply/"
    try:
        supplies = os.listdir(folder)
        kinds = {name: _read(folder + name + "/type") for name in supplies}
        mains = [name for name, kind in kinds.items() if kind in ("Mains", "USB")]
        batteries = [name for name, kind in kinds.items() if kind == "Battery"]
        if not batteries or not mains:
            return None
        return all(_read(folder + name + "/online") == "0" for name in mains)
    except OSError:
        return None


class BusyTime(NamedTuple):
    """Seconds since some start: of the clock times all processors, of work on them, of this process's work."""

    available_s: float
    busy_s: float
    own_s: float


def busy_time() -> Optional[BusyTime]:
    """Read the machine's and this process's processor time; None where /proc does not tell."""
    try:
        ticks = [int(field) for field in _read("/proc/stat").splitlines()[0].split()[1:9]]
        hertz = os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError, IndexError):
        return None
    idle = ticks[3] + ticks[4]
    return BusyTime(sum(ticks) / hertz, (sum(ticks) - idle) / hertz, time.process_time())


def foreign_share(before: Optional[BusyTime], after: Optional[BusyTime]) -> Optional[float]:
    """Return the share of all processors that others used meanwhile, 0..1."""
    if before is None or after is None or after.available_s <= before.available_s:
        return None
    foreign = (after.busy_s - before.busy_s) - (after.own_s - before.own_s)
    return max(0.0, min(1.0, foreign / (after.available_s - before.available_s)))


def _cpuinfo(field: str) -> str:
    try:
        found = re.search(r"^%s\s*:\s*(.*)$" % re.escape(field), _read(_CPUINFO), re.MULTILINE)
    except OSError:
        return ""
    return found.group(1).strip() if found else ""


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().strip()
