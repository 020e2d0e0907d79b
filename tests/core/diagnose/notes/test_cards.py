"""Notes on the cards: each seen, its look-alike, and what the driver did not say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, a_display_device, a_gpu, a_machine
from helpers.notes import check_note

from gpuproof.core.diagnose.notes import Note, notes_of
from gpuproof.core.facts.conditions import KernelFacts
from gpuproof.core.facts.gpu import GpuPair, GpuProcess, NvLink
from gpuproof.core.facts.machine import Container, Machine, OperatingSystem

WINDOWS = OperatingSystem(system="windows", machine="x86_64", name="Windows 11 Pro")
HELD = (GpuProcess(pid=4321, memory_mib=70000.0), GpuProcess(pid=4322, memory_mib=900.0))
OTHER = a_gpu(index=1, name="NVIDIA L4")
PAIR = GpuPair(first=0, second=1, p2p_read="chipset_not_supported", torch_peer_access=False)
SERVER = {"persistence_mode": False, "display_active": False}


def _one(**changes: Any) -> Machine:
    return a_machine(gpus=(a_gpu(**changes),))


def _pair(**changes: Any) -> Machine:
    pair = replace(PAIR, **changes)
    return a_machine(gpus=(a_gpu(), a_gpu(index=1)), gpu_pairs=(pair, replace(pair, first=1, second=0)))


def _two(**changes: Any) -> Machine:
    devices = (a_display_device(), a_display_device(address="0000:00:07.0", kernel_driver="vfio-pci"))
    return a_machine(**{"display_devices": devices, **changes})


SCENES: list[tuple[str, Machine, bool]] = [
    ("cards.narrow-link", _one(pcie_width=4), True),
    ("cards.narrow-link", _one(pcie_width=8), False),
    ("cards.narrow-link", _one(pcie_width=None), False),
    ("cards.narrow-link", _one(pcie_width=1, virtualisation="vgpu"), False),
    ("cards.power-limit", _one(power_limit_w=350.0), True),
    ("cards.power-limit", _one(power_limit_w=600.0), False),
    ("cards.power-limit", _one(power_limit_w=350.0, power_limit_default_w=None), False),
    ("cards.held-back", _one(clock_event_reasons=("hardware_thermal",)), True),
    ("cards.held-back", _one(clock_event_reasons=("power_cap", "idle")), False),
    ("cards.held-back", _one(), False),
    ("cards.memory-errors", _one(ecc_uncorrected=2), True),
    ("cards.memory-errors", _one(ecc_uncorrected=0), False),
    ("cards.memory-errors", _one(ecc_uncorrected=None), False),
    ("cards.link-errors", _one(nvlinks=(NvLink(index=0, recoveries=2),)), True),
    ("cards.link-errors", _one(nvlinks=(NvLink(index=0, crc_errors=7),)), True),
    ("cards.link-errors", _one(nvlinks=(NvLink(index=0, recoveries=0, crc_errors=0, replays=5),)), False),
    ("cards.link-errors", _one(nvlinks=(NvLink(index=0),)), False),
    ("cards.memory-held", _one(memory_used_mib=75000.0, processes=HELD), True),
    ("cards.memory-held", _one(memory_used_mib=20000.0), False),
    ("cards.memory-held", _one(memory_used_mib=None), False),
    ("cards.taken", _one(compute_mode="Exclusive_Process", processes=HELD), True),
    ("cards.taken", _one(compute_mode="Exclusive_Process"), False),
    ("cards.taken", _one(processes=HELD), False),
    ("cards.no-direct-way", _pair(), True),
    ("cards.no-direct-way", _pair(torch_peer_access=True), False),
    ("cards.no-direct-way", _pair(torch_peer_access=None), False),
    ("cards.no-direct-way", a_machine(gpu_pairs=ABSENT), False),
    ("cards.order", a_machine(gpus=(a_gpu(), OTHER)), True),
    ("cards.order", a_machine(gpus=(a_gpu(), a_gpu(index=1))), False),
    ("cards.order", a_machine(gpus=(a_gpu(), OTHER), environment=(("CUDA_DEVICE_ORDER", "PCI_BUS_ID"),)), False),
    ("cards.order", a_machine(gpus=(a_gpu(), OTHER), environment=ABSENT), False),
    ("cards.left-out", _two(), True),
    ("cards.left-out", a_machine(), False),
    ("cards.left-out", _two(container=Container(kind="docker", has_device_nodes=True)), False),
    ("cards.left-out", _two(display_devices=ABSENT), False),
    ("cards.starts-anew", _one(**SERVER), True),
    ("cards.starts-anew", _one(**{**SERVER, "display_active": True}), False),
    ("cards.starts-anew", _one(**{**SERVER, "display_active": None}), False),
    ("cards.starts-anew", replace(_one(**SERVER), driver_services=("nvidia-persiste",)), False),
    ("cards.starts-anew", replace(_one(**SERVER), driver_services=("nv-fabricmanage",)), True),
    ("cards.starts-anew", replace(_one(**SERVER), os=WINDOWS), False),
    ("cards.starts-anew", replace(_one(**SERVER), container=Container(kind="docker", has_device_nodes=True)), False),
]


@pytest.mark.parametrize(("note", "machine", "is_seen"), SCENES, ids=[f"{n}-{s[0]}" for n, s in enumerate(SCENES)])
def test_a_note_is_made_only_of_what_was_seen(note: str, machine: Machine, is_seen: bool) -> None:
    check_note(note, machine, is_seen)


def _note(machine: Machine, wanted: str) -> Note:
    return next(note for note in notes_of(machine).seen if note.id == wanted)


def test_steps_are_exact_for_the_card_and_the_system() -> None:
    low = _one(index=2, power_limit_w=350.0)
    assert _note(low, "cards.power-limit").steps[0].command == "sudo nvidia-smi -i 2 -pl 700"
    windows = replace(low, os=WINDOWS)
    assert _note(windows, "cards.power-limit").steps[0].command == "nvidia-smi -i 2 -pl 700"
    unlike = a_machine(gpus=(a_gpu(), OTHER))
    assert _note(unlike, "cards.order").steps[0].command == "export CUDA_DEVICE_ORDER=PCI_BUS_ID"
    assert _note(replace(unlike, os=WINDOWS), "cards.order").steps[0].command == "set CUDA_DEVICE_ORDER=PCI_BUS_ID"


def test_the_evidence_names_who_holds_the_memory_and_what_stands_between() -> None:
    held = " ".join(map(str, _note(_one(memory_used_mib=75000.0, processes=HELD), "cards.memory-held").evidence))
    assert "process 4321 holds 70000 MiB" in held
    between = replace(_pair(), kernel=KernelFacts(iommu_units=1))
    said = " ".join(map(str, _note(between, "cards.no-direct-way").evidence))
    assert "chipset_not_supported" in said
    assert "IOMMU" in said
    assert "vfio-pci" in " ".join(map(str, _note(_two(), "cards.left-out").evidence))
