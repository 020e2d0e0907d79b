"""Machine and process-tree load on Windows through kernel32, by ctypes; never imported on another system."""

from __future__ import annotations

import ctypes
from typing import Any, Dict, FrozenSet, Optional, Set, Tuple

_MIB = 1024.0 * 1024.0
_QUERY_LIMITED = 0x1000
_SNAPSHOT_PROCESSES = 0x2


class _MemoryStatus(ctypes.Structure):
    _fields_ = [
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total_physical", ctypes.c_uint64),
        ("available_physical", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("available_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("available_virtual", ctypes.c_uint64),
        ("available_extended", ctypes.c_uint64),
    ]


class _ProcessEntry(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("usage", ctypes.c_uint32),
        ("pid", ctypes.c_uint32),
        ("heap", ctypes.c_size_t),
        ("module", ctypes.c_uint32),
        ("threads", ctypes.c_uint32),
        ("parent", ctypes.c_uint32),
        ("priority", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
        ("name", ctypes.c_wchar * 260),
    ]


def _kernel() -> Any:
    kernel = getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009  the name exists on Windows only
    for name in ("OpenProcess", "CreateToolhelp32Snapshot"):
        getattr(kernel, name).restype = ctypes.c_void_p
    return kernel


class WindowsHost:
    """GetSystemTimes and GlobalMemoryStatusEx."""

    def __init__(self) -> None:
        self._kernel = _kernel()
        self._before = self._times()

    def sample(self) -> Dict[str, Any]:
        """Return CPU load since the sample before (0..100, the whole machine) and the memory in use."""
        now, before = self._times(), self._before
        self._before = now
        row: Dict[str, Any] = {}
        if now is not None and before is not None and now[0] > before[0]:
            total, idle = now[0] - before[0], now[1] - before[1]
            row["cpu_percent"] = min(100.0, max(0.0, 100.0 * (total - idle) / total))
        status = _MemoryStatus(ctypes.sizeof(_MemoryStatus))
        if self._kernel.GlobalMemoryStatusEx(ctypes.byref(status)):
            row["host_memory_used_mib"] = (status.total_physical - status.available_physical) / _MIB
        return row

    def _times(self) -> Optional[Tuple[int, int]]:
        """Return all and idle time in 100 ns; the kernel time that Windows tells includes the idle time."""
        idle, kernel, user = ctypes.c_uint64(), ctypes.c_uint64(), ctypes.c_uint64()
        if not self._kernel.GetSystemTimes(ctypes.byref(idle), ctypes.byref(kernel), ctypes.byref(user)):
            return None
        return kernel.value + user.value, idle.value


class WindowsTree:
    """One process and its descendants by toolhelp snapshots, taken once a second."""

    REFRESH_S = 1.0

    def __init__(self, pid: int) -> None:
        self.root = pid
        self.states = ""
        self._kernel = _kernel()
        self._pids: Set[int] = {pid}
        self._seen_cpu: Dict[int, float] = {}
        self._refreshed_s: Optional[float] = None
        self._before: Optional[Tuple[float, float]] = None

    def pids(self) -> FrozenSet[int]:
        """Return the process ids of the tree as last seen."""
        return frozenset(self._pids)

    def sample(self, now_s: float) -> Optional[Dict[str, Any]]:
        """Return CPU use since the sample before (100 is one core); None when the whole tree has ended."""
        if self._refreshed_s is None or now_s - self._refreshed_s >= self.REFRESH_S:
            self._refreshed_s = now_s
            self._refresh()
        is_alive = False
        for pid in list(self._pids):
            cpu_s = self._cpu_s(pid)
            if cpu_s is not None:
                is_alive = True
                self._seen_cpu[pid] = cpu_s
            elif pid != self.root:
                self._pids.discard(pid)
        if not is_alive:
            return None
        total = sum(self._seen_cpu.values())  # a process that ended keeps its last figure
        before, self._before = self._before, (now_s, total)
        if before is None or now_s <= before[0]:
            return {}
        return {"process_cpu_percent": max(0.0, 100.0 * (total - before[1]) / (now_s - before[0]))}

    def _cpu_s(self, pid: int) -> Optional[float]:
        handle = self._kernel.OpenProcess(_QUERY_LIMITED, 0, pid)
        if not handle:
            return None
        times = [ctypes.c_uint64() for _ in range(4)]  # created, ended, kernel, user, in 100 ns
        works = self._kernel.GetProcessTimes(ctypes.c_void_p(handle), *[ctypes.byref(time) for time in times])
        self._kernel.CloseHandle(ctypes.c_void_p(handle))
        if not works or times[1].value:
            return None
        return (times[2].value + times[3].value) / 1e7

    def _refresh(self) -> None:
        parents = self._parents()
        is_growing = True
        while is_growing:
            young = {pid for pid, parent in parents.items() if parent in self._pids and pid not in self._pids}
            self._pids |= young
            is_growing = bool(young)

    def _parents(self) -> Dict[int, int]:
        snapshot = ctypes.c_void_p(self._kernel.CreateToolhelp32Snapshot(_SNAPSHOT_PROCESSES, 0))
        entry = _ProcessEntry(ctypes.sizeof(_ProcessEntry))
        found: Dict[int, int] = {}
        more = self._kernel.Process32FirstW(snapshot, ctypes.byref(entry))
        while more:
            found[int(entry.pid)] = int(entry.parent)
            more = self._kernel.Process32NextW(snapshot, ctypes.byref(entry))
        self._kernel.CloseHandle(snapshot)
        return found
