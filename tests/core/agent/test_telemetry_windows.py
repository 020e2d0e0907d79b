"""The Windows readings with a stand-in for kernel32 that holds values; the real calls need Windows."""

import ctypes

import pytest

from gpuproof.core.agent import telemetry_windows
from gpuproof.core.agent.telemetry_host import open_host, open_tree


class Kernel:
    """Processes: pid: (parent, CPU seconds or None when it has ended)."""

    def __init__(self):
        self.times = (100, 300, 100)  # idle, kernel with idle, user
        self.processes = {10: (1, 2.0), 11: (10, 1.0), 12: (11, 0.5), 99: (1, 50.0)}

    def GetSystemTimes(self, idle, kernel, user):  # noqa: N802
        for place, value in zip((idle, kernel, user), self.times, strict=True):
            place._obj.value = value
        return 1

    def GlobalMemoryStatusEx(self, status):  # noqa: N802
        status._obj.total_physical, status._obj.available_physical = 16 << 30, 12 << 30
        return 1

    def CreateToolhelp32Snapshot(self, flags, pid):  # noqa: N802
        self.left = list(self.processes.items())
        return 5

    def Process32FirstW(self, snapshot, entry):  # noqa: N802
        if not self.left:
            return 0
        pid, (parent, _) = self.left.pop(0)
        entry._obj.pid, entry._obj.parent = pid, parent
        return 1

    Process32NextW = Process32FirstW

    def OpenProcess(self, rights, inherit, pid):  # noqa: N802
        return pid if pid in self.processes and self.processes[pid][1] is not None else None

    def GetProcessTimes(self, handle, created, ended, kernel, user):  # noqa: N802
        user._obj.value = int(self.processes[handle.value][1] * 1e7)
        return 1

    def CloseHandle(self, handle):  # noqa: N802
        return 1


@pytest.fixture
def kernel(monkeypatch):
    fake = Kernel()
    monkeypatch.setattr(telemetry_windows, "_kernel", lambda: fake)
    return fake


def test_the_load_of_the_machine_is_what_is_not_idle(kernel):
    host = open_host("win32")
    kernel.times = (150, 450, 150)  # 200 more, 50 of them idle
    row = host.sample()
    assert row["cpu_percent"] == pytest.approx(75.0)
    assert row["host_memory_used_mib"] == 4096


def test_the_tree_counts_descendants_and_nobody_else(kernel):
    tree = open_tree(10, "win32")
    assert tree.sample(0.0) == {}
    kernel.processes[12] = (11, 1.0)
    kernel.processes[99] = (1, 80.0)
    assert tree.sample(0.5)["process_cpu_percent"] == pytest.approx(100.0)
    assert tree.pids() == {10, 11, 12}


def test_a_child_that_ended_keeps_its_time_and_the_last_end_is_told(kernel):
    tree = open_tree(10, "win32")
    tree.sample(0.0)
    kernel.processes[12] = (11, None)
    assert tree.sample(0.5)["process_cpu_percent"] == 0
    for pid in (10, 11):
        kernel.processes[pid] = (1, None)
    assert tree.sample(1.0) is None


def test_another_system_has_no_reading():
    assert open_host("darwin") is None
    assert open_tree(1, "darwin") is None


def test_the_structures_have_the_sizes_that_windows_expects():
    assert ctypes.sizeof(telemetry_windows._MemoryStatus) == 64
