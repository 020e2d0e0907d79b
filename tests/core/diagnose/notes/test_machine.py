"""Notes on the machine around the GPU: each seen, its look-alike, and what nobody asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, FAILED, a_display_device, a_machine

from gpuproof.core.diagnose.notes import notes_of
from gpuproof.core.facts.conditions import FileSystem, MemoryState
from gpuproof.core.facts.installation import TorchConfiguration
from gpuproof.core.facts.machine import Cpu, Machine, NvmlState

CPU = Cpu(logical_cores=16, usable_cores=16.0, load_average=0.4)
ASLEEP = (a_display_device(runtime_status="suspended"),)


def _cpu(**changes: Any) -> Machine:
    return a_machine(cpu=replace(CPU, **changes))


def _state(**changes: Any) -> Machine:
    return a_machine(memory_state=MemoryState(**changes))


def _threads(threads: int | None, cpu: Any = CPU, **changes: Any) -> Machine:
    return a_machine(cpu=cpu, torch_configuration=TorchConfiguration(threads=threads), **changes)


def _folder(**changes: Any) -> Machine:
    return a_machine(file_systems=(FileSystem(use="home", kind="nfs4"), FileSystem(use="prefix", **changes)))


SCENES: list[tuple[str, Machine, bool]] = [
    ("machine.few-processors", _cpu(usable_cores=2.0), True),
    ("machine.few-processors", _cpu(usable_cores=4.0), False),
    ("machine.few-processors", _cpu(usable_cores=2.0, logical_cores=2), False),
    ("machine.few-processors", _cpu(usable_cores=None), False),
    ("machine.few-processors", a_machine(cpu=ABSENT), False),
    ("machine.busy", _state(waiting_for_cpu_percent=60.0), True),
    ("machine.busy", _state(waiting_for_cpu_percent=3.0), False),
    ("machine.busy", _cpu(load_average=40.0), True),
    ("machine.busy", _cpu(load_average=15.0), False),
    ("machine.busy", _cpu(load_average=None), False),
    ("machine.disk-busy", _state(waiting_for_disk_percent=70.0), True),
    ("machine.disk-busy", _state(waiting_for_disk_percent=2.0), False),
    ("machine.disk-busy", a_machine(memory_state=ABSENT), False),
    ("machine.one-thread", _threads(1), True),
    ("machine.one-thread", _threads(16), False),
    ("machine.one-thread", _threads(1, replace(CPU, usable_cores=1.0)), False),
    ("machine.one-thread", _threads(None), False),
    ("machine.slow-folder", _folder(kind="9p"), True),
    ("machine.slow-folder", _folder(kind="ext4"), False),
    ("machine.slow-folder", a_machine(file_systems=ABSENT), False),
    ("machine.read-only", _folder(kind="ext4", is_read_only=True), True),
    ("machine.read-only", _folder(kind="ext4"), False),
    ("machine.asleep", a_machine(display_devices=ASLEEP, nvml=FAILED, gpus=FAILED), True),
    ("machine.asleep", a_machine(display_devices=ASLEEP, nvml=NvmlState(ok=True)), False),
    ("machine.asleep", a_machine(nvml=FAILED), False),
]


@pytest.mark.parametrize(("note", "machine", "is_seen"), SCENES, ids=[f"{n}-{s[0]}" for n, s in enumerate(SCENES)])
def test_a_note_is_made_only_of_what_was_seen(note: str, machine: Machine, is_seen: bool) -> None:
    notes = notes_of(machine)
    assert notes.crashed == ()
    assert (note in {found.id for found in notes.seen}) is is_seen


def test_the_variable_that_leaves_one_thread_is_named() -> None:
    note = notes_of(_threads(1, environment=(("OMP_NUM_THREADS", "1"),))).seen[0]
    assert "OMP_NUM_THREADS is 1" in " ".join(map(str, note.evidence))
