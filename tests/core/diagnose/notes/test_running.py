"""Notes on what holds programs back: each seen, its look-alike, and what nobody asked."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.machines import ABSENT, a_machine

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.notes import notes_of
from gpuproof.core.facts.conditions import CpuDetails, FileSystem, MemoryState, Throttling
from gpuproof.core.facts.machine import Container, Machine, OperatingSystem
from gpuproof.core.facts.parts import Power

BOX = Container(kind="docker", has_device_nodes=True)
WINDOWS = OperatingSystem(system="windows", machine="x86_64", name="Windows 11 Pro")


def _shared(size_mib: float | None, **changes: Any) -> Machine:
    systems = (FileSystem(use="home", total_mib=1.0), FileSystem(use="shared_memory", total_mib=size_mib))
    return a_machine(**{"container": BOX, "file_systems": systems, **changes})


def _stopped(periods: int, stopped: int) -> Machine:
    return a_machine(throttling=Throttling(periods=periods, throttled_periods=stopped, throttled_s=410.0))


def _clock(limit: float | None, most: float | None = 5000.0) -> Machine:
    return a_machine(cpu_details=CpuDetails(clock_limit_mhz=limit, clock_max_mhz=most))


def _used(used: float, limit: Any) -> Machine:
    return a_machine(memory_state=MemoryState(container_used_mib=used), memory_limit_mib=limit)


CALM = Power(on_battery=False, profile="balanced", speed_limit_percent=100)
SCENES: list[tuple[str, Machine, bool]] = [
    ("running.shared-memory", _shared(64.0), True),
    ("running.shared-memory", _shared(1024.0), False),
    ("running.shared-memory", _shared(64.0, container=Container()), False),
    ("running.shared-memory", _shared(None), False),
    ("running.shared-memory", a_machine(container=BOX), False),
    ("running.quota", _stopped(4000, 3100), True),
    ("running.quota", _stopped(4000, 100), False),
    ("running.quota", _stopped(20, 20), False),
    ("running.quota", a_machine(throttling=ABSENT), False),
    ("running.killed-for-memory", a_machine(memory_state=MemoryState(oom_kills=4)), True),
    ("running.killed-for-memory", a_machine(memory_state=MemoryState(oom_kills=0)), False),
    ("running.killed-for-memory", a_machine(memory_state=MemoryState()), False),
    ("running.memory-short", _used(8100.0, 8192.0), True),
    ("running.memory-short", _used(4000.0, 8192.0), False),
    ("running.memory-short", _used(8100.0, ABSENT), False),
    ("running.memory-short", a_machine(memory_state=MemoryState(waiting_for_memory_percent=25.0)), True),
    ("running.memory-short", a_machine(memory_state=MemoryState(waiting_for_memory_percent=1.0)), False),
    ("running.memory-short", a_machine(memory_state=MemoryState(), memory_available_mib=500.0), True),
    ("running.memory-short", a_machine(memory_state=MemoryState(), memory_available_mib=9000.0), False),
    ("running.saving-power", a_machine(power=Power(), cpu_details=CpuDetails(hottest_celsius=99.0)), True),
    ("running.saving-power", a_machine(power=Power(), cpu_details=CpuDetails(hottest_celsius=80.0)), False),
    ("running.disk-full", a_machine(disk_free_mib=900.0), True),
    ("running.disk-full", a_machine(disk_free_mib=50_000.0), False),
    ("running.disk-full", a_machine(disk_free_mib=ABSENT), False),
    ("running.saving-power", a_machine(power=Power(on_battery=True)), True),
    ("running.saving-power", a_machine(power=Power(profile="Power saver"), os=WINDOWS), True),
    ("running.saving-power", a_machine(power=Power(speed_limit_percent=60)), True),
    ("running.saving-power", a_machine(power=CALM), False),
    ("running.saving-power", a_machine(power=Power(governor="powersave")), False),
    ("running.saving-power", a_machine(power=ABSENT), False),
    ("running.clock-limited", _clock(2000.0), True),
    ("running.clock-limited", _clock(4800.0), False),
    ("running.clock-limited", _clock(None), False),
    ("running.clock-limited", a_machine(cpu_details=ABSENT), False),
    ("running.clock-source", a_machine(cpu_details=CpuDetails(clock_source="hpet")), True),
    ("running.clock-source", a_machine(cpu_details=CpuDetails(clock_source="tsc")), False),
    ("running.clock-source", a_machine(cpu_details=CpuDetails()), False),
]


@pytest.mark.parametrize(("note", "machine", "is_seen"), SCENES, ids=[f"{n}-{s[0]}" for n, s in enumerate(SCENES)])
def test_a_note_is_made_only_of_what_was_seen(note: str, machine: Machine, is_seen: bool) -> None:
    notes = notes_of(machine)
    assert notes.crashed == ()
    assert (note in {found.id for found in notes.seen}) is is_seen
    diagnosis = diagnose(machine)
    assert (diagnosis.cause, diagnosis.findings) == ("healthy", ())


def test_a_container_is_told_apart_from_the_machine() -> None:
    kills = MemoryState(oom_kills=4)
    inside = notes_of(a_machine(container=BOX, memory_state=kills)).seen[0]
    outside = notes_of(a_machine(memory_state=kills)).seen[0]
    assert "in this container" in str(inside.evidence[0])
    assert "on this machine" in str(outside.evidence[0])


def test_the_profile_is_changed_the_way_of_the_system() -> None:
    saving = Power(on_battery=True)
    assert "powerprofilesctl" in (notes_of(a_machine(power=saving)).seen[0].steps[0].command or "")
    assert "powercfg" in (notes_of(a_machine(power=saving, os=WINDOWS)).seen[0].steps[0].command or "")
    assert notes_of(a_machine(power=saving, os=ABSENT)).seen[0].steps[0].command is None
