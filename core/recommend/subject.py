"""From the facts of an inspection, and what a person overrides, to the subject of a decision."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from gpuproof.core.facts.machine import (
    DisplayDevice,
    Gpu,
    Machine,
    OperatingSystem,
    PythonFacts,
    TorchBuild,
    TorchDevice,
)
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.facts.version import DottedVersion, dotted
from gpuproof.core.knowledge import amd_target, capability, capability_of_pci, gpu_by_name, vendor_of
from gpuproof.core.recommend.model import Card, Subject, TargetSystem

_VENDORS = {0x10DE: "nvidia", 0x1002: "amd", 0x8086: "intel"}
_BRACKETED = re.compile(r"\[([^\]]+)\]\s*(?:\(rev .*\))?\Z")


def subject_of(machine: Machine, /, **overrides: Any) -> Subject:
    """Return the subject of a decision; every override (a field of ``Subject``) that is given counts and is named.

    ``app`` is a question rather than an override; None leaves the detected value, except for ``driver`` where the
    caller passes None on purpose to mean "no driver".
    """
    os = machine.os
    known_os = not isinstance(os, Unknown)
    system: TargetSystem | Unknown = ("wsl" if os.is_wsl else os.system) if known_os else os  # type: ignore[union-attr,assignment]
    detected = Subject(
        system=system,
        machine=os.machine if not isinstance(os, Unknown) else os,
        python=machine.python if isinstance(machine.python, Unknown) else python_words(machine.python),
        cards=_cards(machine),
        driver=_driver(machine.driver_version),
        glibc=_glibc(os) if not isinstance(os, Unknown) else None,
        macos=_macos(os) if not isinstance(os, Unknown) else None,
        installed_torch=None if isinstance(machine.torch, Unknown) else labelled(machine.torch),
        installed_loads=machine.torch_live if isinstance(machine.torch_live, Unknown) else machine.torch_live.imported,
    )
    given = {name: value for name, value in overrides.items() if value is not None or name == "driver"}
    named = tuple(name for name in given if name != "app")
    return replace(detected, **given, overridden=named)


def named_card(name: str, compute_capability: str | None = None) -> Card:
    """Return a card from its name, with the capability that a person gives or that the tables know."""
    vendor = vendor_of(name)
    if vendor == "nvidia":
        model = gpu_by_name(name)
        given = capability(compute_capability) if compute_capability else None
        memory = model.memory_gb[0] if model and len(model.memory_gb) == 1 else None
        return Card(
            name=name,
            compute_capability=given or (model.compute_capability if model else None),
            memory_gib=memory,
        )
    return Card(name=name, vendor=vendor, gfx=amd_target(name) if vendor == "amd" else None)


def python_words(python: PythonFacts) -> str:
    """Write an inspected interpreter as ``--python`` takes it: 3.11, 3.14t, 3.11-32."""
    major_minor = ".".join(python.version.split(".")[:2])
    return f"{major_minor}{'t' if python.free_threaded else ''}{'-32' if python.bits == 32 else ''}"


def labelled(torch: TorchBuild) -> str:
    """Return the version with the build's label, 2.5.1+cpu: conda's and PyPI's builds carry none in their name."""
    if "+" in torch.version:
        return torch.version
    if torch.cuda_version is not None:
        return f"{torch.version}+cu{torch.cuda_version.text.replace('.', '')}"
    if torch.hip_version:
        return f"{torch.version}+rocm{'.'.join(torch.hip_version.split('.')[:2])}"
    return f"{torch.version}+{'xpu' if torch.xpu_version else 'cpu'}"


def _glibc(os: OperatingSystem) -> DottedVersion | None:
    """Return the glibc version; Alpine has musl instead, for which no wheel is published: glibc 0 says so."""
    if os.glibc is None and os.system == "linux" and "alpine" in os.name.lower():
        return DottedVersion("0")
    return os.glibc


def _macos(os: OperatingSystem) -> int | None:
    """Read macOS 14 from 14.5, or from its kernel Darwin 23.5.0; macOS went from 15 to 26 in step with Darwin 25."""
    found = dotted(os.release)
    if os.system != "macos" or found is None:
        return None
    if found.major < 20:
        return found.major
    return found.major - 9 if found.major < 25 else found.major + 1


def _driver(found: DottedVersion | Unknown) -> DottedVersion | Unknown | None:
    return None if isinstance(found, Unknown) and found.why is Why.ABSENT else found


def _cards(machine: Machine) -> tuple[Card, ...] | Unknown:
    """Join the driver's own list with the PCI list: without a driver only the second one knows the cards."""
    devices = machine.display_devices
    if isinstance(machine.gpus, Unknown) and not isinstance(machine.torch_live, Unknown) and machine.torch_live.devices:
        return tuple(_from_torch(device) for device in machine.torch_live.devices)
    if isinstance(machine.gpus, Unknown) and not isinstance(machine.os, Unknown) and machine.os.is_jetson:
        return (Card(name="Jetson"),)  # its GPU is on no PCI bus; which one it is, nobody could see
    others = [] if isinstance(devices, Unknown) else [_from_pci(device) for device in devices]
    if isinstance(machine.gpus, Unknown):
        if isinstance(devices, Unknown):
            both_absent = machine.gpus.why is Why.ABSENT and devices.why is Why.ABSENT
            return () if both_absent else machine.gpus
        return tuple(card for card in others if card is not None)
    kept = [card for card in others if card is not None and card.vendor != "nvidia"]
    return (*(_from_driver(gpu) for gpu in machine.gpus), *kept)


def _from_driver(gpu: Gpu) -> Card:
    model = gpu_by_name(gpu.name)
    return Card(
        name=gpu.name,
        compute_capability=gpu.compute_capability or (model.compute_capability if model else None),
        memory_gib=gpu.memory_total_mib / 1024 if gpu.memory_total_mib else None,
    )


def _from_torch(device: TorchDevice) -> Card:
    memory = device.memory_total_mib
    return Card(
        name=device.name,
        compute_capability=device.compute_capability,
        memory_gib=memory / 1024 if memory else None,
    )


def _from_pci(device: DisplayDevice) -> Card | None:
    vendor = _VENDORS.get(device.vendor_id)
    if vendor is None:
        return None
    bracketed = _BRACKETED.search(device.name)
    name = bracketed[1] if bracketed else device.name
    if vendor == "nvidia":
        card = named_card("NVIDIA " + name)
        device_capability = card.compute_capability or capability_of_pci(device.device_id)
        return replace(card, name=name or "NVIDIA GPU", compute_capability=device_capability)
    if vendor == "amd":
        return Card(name=name or "AMD GPU", vendor="amd", gfx=amd_target(name))
    return Card(name=name or "Intel GPU", vendor="intel")
