"""The driver is there and the GPU does not start: what an inspection itself shows of the reason, without a message.

Every look needs that CUDA was tried and failed, or that the driver lists no card: nothing here is said of a machine
that works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from gpuproof.core.diagnose.context import (
    NVIDIA,
    has_cuda_build,
    is_available,
    is_container,
    is_jetson,
    system_of,
    tool_gpus,
)
from gpuproof.core.facts.machine import ComputeCapability, Machine
from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.words import Text, text

Kind = Literal["excluded", "last-branch", "open-needed", "proprietary-needed", "vgpu-profile", "address-space"]
Seen = tuple[Kind, tuple[Text, ...]]
_OPEN_FROM, _OPEN_ONLY_FROM = ComputeCapability(7, 5), ComputeCapability(10, 0)
_VGPU_WITHOUT_CUDA = re.compile(r".*-\d{1,3}[AB]\d?")  # A40-2B: B and A profiles are for desktops and applications
_NO_PERMISSION = ("NO_PERMISSION", "INSUFFICIENT_PERMISSIONS")
_LEAST_ADDRESS_SPACE_MIB = 256 * 1024  # CUDA reserves room for all memory of machine and cards together


def start_fault(machine: Machine) -> Seen | None:
    """Return why the driver does not start a card that is there; None where no reason was seen."""
    if is_available(machine) is True or system_of(machine) != "linux" or is_jetson(machine):
        return None
    return next((found for look in _LOOKS if (found := look(machine)) is not None), None)


def _excluded(machine: Machine) -> Seen | None:
    cards = () if isinstance(machine.kernel_gpus, Unknown) else machine.kernel_gpus
    names = [card.model for card in cards if card.is_excluded]
    if not names or len(names) < len(cards):
        return None
    return "excluded", (text("the driver was told to leave {name} alone", name=names[0]),)


def _unlisted(machine: Machine) -> Iterator[tuple[str, ComputeCapability]]:
    """Yield the cards on the bus when the driver lists none of them; which kind they are, their numbers tell."""
    from gpuproof.core.knowledge import capability_of_pci

    if tool_gpus(machine) or is_container(machine) or isinstance(machine.display_devices, Unknown):
        return
    for device in machine.display_devices:
        capability = capability_of_pci(device.device_id) if device.vendor_id == NVIDIA else None
        if capability is not None:
            yield device.name or "NVIDIA", capability


def _driver(machine: Machine) -> DottedVersion | None:
    for version in (machine.driver_version, machine.driver_on_disk):
        if not isinstance(version, Unknown):
            return version
    return None


def _last_branch(machine: Machine) -> Seen | None:
    from gpuproof.core.knowledge import last_branch

    driver, cards = _driver(machine), tuple(_unlisted(machine))
    if driver is None or not cards:
        return None
    ends = [(name, last_branch(capability)) for name, capability in cards]
    past = [(name, branch) for name, branch in ends if branch is not None and driver.major > branch]
    if len(past) < len(cards):  # the driver may be right for another card
        return None
    name, branch = past[0]
    shown = text(
        "the last driver branch for {name} is R{branch}, installed is {driver}", name=name, branch=branch, driver=driver
    )
    return "last-branch", (shown,)


def _flavour(machine: Machine) -> Seen | None:
    flavour, cards = machine.driver_flavour, tuple(_unlisted(machine))
    if isinstance(flavour, Unknown) or not cards:
        return None
    name = cards[0][0]
    if flavour == "proprietary" and all(capability >= _OPEN_ONLY_FROM for _, capability in cards):
        return "open-needed", (text("{name} needs the open kernel modules, these are the proprietary", name=name),)
    if flavour == "open" and all(capability < _OPEN_FROM for _, capability in cards):
        words = text("{name} needs the proprietary kernel modules, these are the open ones", name=name)
        return "proprietary-needed", (words,)
    return None


def _vgpu(machine: Machine) -> Seen | None:
    names = [gpu.name for gpu in tool_gpus(machine) if gpu.virtualisation == "vgpu"]
    if is_available(machine) is not False or not names or not all(map(_VGPU_WITHOUT_CUDA.fullmatch, names)):
        return None
    return "vgpu-profile", (text("{name} is a vGPU profile for desktops, which has no CUDA", name=names[0]),)


def _address_space(machine: Machine) -> Seen | None:
    limit = None if isinstance(machine.limits, Unknown) else machine.limits.address_space_mib
    if is_available(machine) is not False or not tool_gpus(machine) or limit is None:
        return None
    if limit >= _LEAST_ADDRESS_SPACE_MIB:
        return None
    shown = text("a process may address {limit} GiB only (ulimit -v)", limit=f"{limit / 1024:.1f}")
    return "address-space", (shown,)


_LOOKS: tuple[Callable[[Machine], Seen | None], ...] = (_excluded, _last_branch, _flavour, _vgpu, _address_space)


def closed_nodes(machine: Machine) -> tuple[Text, ...]:
    """Name the device files that this user may not open, where the driver or CUDA was refused; else empty."""
    refused = not isinstance(machine.nvml, Unknown) and machine.nvml.error in _NO_PERMISSION
    if isinstance(machine.device_nodes, Unknown) or not (refused or is_available(machine) is False):
        return ()
    closed = [
        node
        for node in machine.device_nodes
        if re.fullmatch(r"/dev/nvidia(\d{1,3}|ctl|-uvm)", node.path) and not (node.is_readable and node.is_writable)
    ]
    return tuple(text("this user may not open {path} (mode {mode})", path=node.path, mode=node.mode) for node in closed)


def missing_uvm(machine: Machine) -> tuple[Text, ...]:
    """Say that nvidia_uvm or its device file is missing where CUDA fails under a driver that works; else empty."""
    works = not isinstance(machine.nvml, Unknown) and machine.nvml.ok and bool(tool_gpus(machine))
    if is_available(machine) is not False or not works or system_of(machine) != "linux" or is_jetson(machine):
        return ()
    # the first program that starts CUDA makes both: a build without CUDA, or one shown no GPU, never comes so far
    if has_cuda_build(machine) is not True or machine.variable("CUDA_VISIBLE_DEVICES") is not None:
        return ()
    found = []
    modules = machine.kernel_modules
    if not isinstance(modules, Unknown) and "nvidia" in modules and "nvidia_uvm" not in modules:
        found.append(text("the module {module} is not loaded", module="nvidia_uvm"))
    nodes = machine.device_nodes
    paths = () if isinstance(nodes, Unknown) else tuple(node.path for node in nodes)
    if "/dev/nvidiactl" in paths and "/dev/nvidia-uvm" not in paths:
        found.append(text("{path} is not there", path="/dev/nvidia-uvm"))
    return tuple(found)


def withheld(machine: Machine) -> tuple[Text, ...]:
    """Say by which variable a container was started without the GPU or without CUDA in it; else empty."""
    box = machine.container
    if isinstance(box, Unknown) or not is_container(machine) or is_available(machine) is not False:
        return ()
    shown = box.visible_devices
    if shown is not None and shown.strip() in ("", "void", "none"):
        return (text("{name} is {value}", name="NVIDIA_VISIBLE_DEVICES", value=repr(shown)),)
    parts = [] if box.driver_capabilities is None else box.driver_capabilities.replace(" ", "").split(",")
    if parts and any(parts) and not {"compute", "all"} & set(parts):
        name, value = "NVIDIA_DRIVER_CAPABILITIES", repr(box.driver_capabilities)
        return (text("{name} is {value}: without compute CUDA stays outside", name=name, value=value),)
    return ()
