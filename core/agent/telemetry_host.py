"""The machine's own load and that of one process tree: Linux from ``/proc``, Windows through its own calls.

Elsewhere the readings are unknown, and the sampler says so. A process counts with the time of its children that
have ended (``cutime``), so that a pool of short-lived workers is not lost between two samples.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, FrozenSet, List, Optional, Set, Tuple

# the first process-id namespace of a Linux kernel has this fixed number (PROC_PID_INIT_INO)
_FIRST_NAMESPACE = "pid:[4026531836]"
_TICKS = float(os.sysconf("SC_CLK_TCK")) if hasattr(os, "sysconf") else 100.0
_MIB = 1024.0 * 1024.0


def pids_match_driver() -> bool:
    """Tell whether NVML's process ids mean the same processes here; false in a container with its own namespace."""
    if sys.platform == "win32":
        return True
    try:
        return os.readlink("/proc/self/ns/pid") == _FIRST_NAMESPACE and "microsoft" not in os.uname().release.lower()
    except OSError:
        return False


class LinuxHost:
    """Readings from ``/proc/stat`` and ``/proc/meminfo``."""

    def __init__(self) -> None:
        self._before = _machine_ticks()

    def sample(self) -> Dict[str, Any]:
        """Return CPU load since the sample before (0..100, the whole machine) and the memory in use."""
        now, before = _machine_ticks(), self._before
        self._before = now
        row: Dict[str, Any] = {}
        if now is not None and before is not None and now[0] > before[0]:
            total, idle = now[0] - before[0], now[1] - before[1]
            row["cpu_percent"] = min(100.0, max(0.0, 100.0 * (total - idle) / total))
        used = _memory_used_mib()
        if used is not None:
            row["host_memory_used_mib"] = used
        return row


def _machine_ticks() -> Optional[Tuple[int, int]]:
    """Read all and idle ticks from a line such as ``cpu  4705 150 1120 16250 520 0 17 0 0 0``."""
    try:
        with open("/proc/stat", "rb") as file:
            fields = [int(word) for word in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    return (sum(fields), fields[3] + fields[4]) if len(fields) >= 5 else None


def _memory_used_mib() -> Optional[float]:
    found: Dict[bytes, int] = {}
    try:
        with open("/proc/meminfo", "rb") as file:
            for line in file:
                name, _, rest = line.partition(b":")
                if name in (b"MemTotal", b"MemAvailable"):
                    found[name] = int(rest.split()[0])
                if len(found) == 2:
                    return (found[b"MemTotal"] - found[b"MemAvailable"]) / 1024.0
    except (OSError, ValueError, IndexError):
        return None
    return None


class LinuxTree:
    """One process and its descendants; one that was once seen in the tree stays in it after its parent died."""

    REFRESH_S = 1.0

    def __init__(self, pid: int) -> None:
        self.root = pid
        self._born: Dict[int, int] = {}
        self._refreshed_s: Optional[float] = None
        self._before: Optional[Tuple[float, float]] = None
        self._waited: Dict[int, int] = {}
        self.states = ""

    def pids(self) -> FrozenSet[int]:
        """Return the process ids of the tree as last seen."""
        return frozenset(self._born)

    def sample(self, now_s: float) -> Optional[Dict[str, Any]]:
        """Return CPU use since the sample before (100 is one core); None when the whole tree has ended."""
        if self._refreshed_s is None or now_s - self._refreshed_s >= self.REFRESH_S:
            self._refreshed_s = now_s
            self._refresh()
        ticks, states = 0, []
        for pid in list(self._born):
            stat = _read_stat(pid)
            if stat is None or stat["born"] != self._born[pid]:
                del self._born[pid]
                continue
            ticks += stat["ticks"]
            states.append(stat["state"])
        self.states = "".join(sorted(states))
        if not any(state not in "ZX" for state in states):
            return None
        return self._rate(now_s, ticks / _TICKS, self._newly_waited_s())

    def _rate(self, now_s: float, cpu_s: float, waited_s: Optional[float]) -> Dict[str, Any]:
        before, self._before = self._before, (now_s, cpu_s)
        if before is None or now_s <= before[0]:
            return {}
        passed_s = now_s - before[0]
        row = {"process_cpu_percent": max(0.0, 100.0 * (cpu_s - before[1]) / passed_s)}
        if waited_s is not None:
            row["process_wait_percent"] = max(0.0, 100.0 * waited_s / passed_s)
        return row

    def _newly_waited_s(self) -> Optional[float]:
        """Seconds since the last sample that main threads were runnable while others had the core."""
        total, known, before = 0, False, self._waited
        self._waited = {}
        for pid in self._born:
            waited = _run_queue_wait(pid)
            if waited is not None:
                known = True
                self._waited[pid] = waited
                total += max(0, waited - before.get(pid, waited))
        return total / 1e9 if known else None

    def _refresh(self) -> None:
        seen: Set[int] = set()
        waiting = [self.root, *self._born]
        while waiting:
            pid = waiting.pop()
            if pid in seen:
                continue
            seen.add(pid)
            stat = _read_stat(pid)
            if stat is not None and self._born.setdefault(pid, stat["born"]) == stat["born"]:
                waiting.extend(_children(pid))


def _read_stat(pid: int) -> Optional[Dict[str, Any]]:
    """Read ``4121 (python3) S 1 ...``; the name may hold spaces and brackets, so count from the last one."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    if len(fields) < 20:
        return None
    ticks = sum(int(word) for word in fields[11:15])  # utime, stime, cutime, cstime
    return {"state": fields[0].decode("ascii", "replace"), "ticks": ticks, "born": int(fields[19])}


def _run_queue_wait(pid: int) -> Optional[int]:
    """Read the second number of ``1532084 88271 12``: nanoseconds in the run queue of the main thread."""
    try:
        with open("/proc/%d/schedstat" % pid, "rb") as file:
            return int(file.read().split()[1])
    except (OSError, ValueError, IndexError):
        return None


def _children(pid: int) -> List[int]:
    found: List[int] = []
    try:
        for thread in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/children" % (pid, thread), "rb") as file:
                found.extend(int(word) for word in file.read().split())
    except (OSError, ValueError):
        return found
    return found


def open_host(system: str = sys.platform) -> Any:
    """Return the sampler for this system, or None where its readings are not known."""
    if system.startswith("linux"):
        return LinuxHost()
    if system == "win32":
        from .telemetry_windows import WindowsHost

        return WindowsHost()
    return None


def open_tree(pid: int, system: str = sys.platform) -> Any:
    """Return the process-tree sampler for this system, or None where its readings are not known."""
    if system.startswith("linux"):
        return LinuxTree(pid)
    if system == "win32":
        from .telemetry_windows import WindowsTree

        return WindowsTree(pid)
    return None
