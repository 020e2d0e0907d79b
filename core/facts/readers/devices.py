"""Display devices on the PCI bus, AMD's compute topology, and Windows' and macOS's lists of adapters."""

from __future__ import annotations

import re
from typing import Any

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.machine import DisplayDevice
from gpuproof.core.facts.parts import AmdGpu, KernelGpu
from gpuproof.core.facts.readers.other_systems import macos_adapters
from gpuproof.core.facts.reading import list_of, names_of, objects, text_of, whole, words
from gpuproof.core.facts.unknown import Unknown, Why

_SPEED = re.compile(r"(\d{1,3}(?:\.\d{1,2})?) GT/s")
_WINDOWS_ID = re.compile(r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})", re.IGNORECASE)


def read_display_devices(answers: Answers) -> tuple[DisplayDevice, ...] | Unknown:
    """Read the display devices; an empty tuple is a machine without one."""
    found = list_of(answers, "pci.display_devices")
    if not isinstance(found, Unknown):
        return tuple(_pci_device(device) for device in objects(found))
    elsewhere = (
        (list_of(answers, "windows.adapters"), _windows_adapter),
        (macos_adapters(answers), _macos_display),
    )
    for others, reader in elsewhere:
        if not isinstance(others, Unknown):
            return tuple(device for entry in objects(others) if (device := reader(entry)))
        if others.why is not Why.NOT_ASKED:
            return others
    return found


def _pci_device(found: dict[str, Any]) -> DisplayDevice:
    return DisplayDevice(
        address=words(found.get("address")),
        vendor_id=_hex(found.get("vendor")),
        device_id=_hex(found.get("device")),
        name=words(found.get("name")),
        kernel_driver=words(found.get("driver")) or None,
        link_speed_gt_s=_speed(found.get("current_link_speed")),
        link_width=_width(found.get("current_link_width")),
        max_link_speed_gt_s=_speed(found.get("max_link_speed")),
        max_link_width=_width(found.get("max_link_width")),
        runtime_status=words(found.get("runtime_status")) or None,
    )


def _hex(found: object) -> int:
    """Read ``0x10de``; 0 is an id that no vendor has."""
    try:
        return int(words(found), 16)
    except ValueError:
        return 0


def _speed(found: object) -> float | None:
    """Read ``32.0 GT/s PCIe``; ``Unknown`` is no speed."""
    match = _SPEED.match(words(found))
    return float(match.group(1)) if match else None


def _width(found: object) -> int | None:
    """Read a number of lanes; 0 and 255 stand for a virtual bus that has none."""
    value = whole(found)
    return value if value and value <= 32 else None


def _windows_adapter(found: dict[str, Any]) -> DisplayDevice | None:
    match = _WINDOWS_ID.search(words(found.get("device_id")))
    if not match:
        return None  # a remote desktop's or a virtual display
    return DisplayDevice(
        address="",
        vendor_id=int(match.group(1), 16),
        device_id=int(match.group(2), 16),
        name=words(found.get("name")),
        kernel_driver=words(found.get("service")) or None,
    )


def _macos_display(found: dict[str, Any]) -> DisplayDevice | None:
    vendor = words(found.get("vendor")).lower()
    numbers = {"apple": 0x106B, "amd": 0x1002, "nvidia": 0x10DE, "intel": 0x8086}
    vendor_id = next((number for word, number in numbers.items() if word in vendor), 0)
    return DisplayDevice(
        address="", vendor_id=vendor_id, device_id=_hex(found.get("device_id")), name=words(found.get("name"))
    )


def read_amd_gpus(answers: Answers) -> tuple[AmdGpu, ...] | Unknown:
    """Read KFD's nodes: gfx_target_version 110000 is gfx1100, 90010 is gfx90a (the last two digits are hex)."""
    found = list_of(answers, "amd.kfd_nodes")
    if isinstance(found, Unknown):
        return found
    return tuple(
        AmdGpu(target=_gfx(number), location=words(node.get("location_id")))
        for node in objects(found)
        if (number := whole(node.get("gfx_target_version")))
    )


def _gfx(number: int) -> str:
    major, minor, stepping = number // 10000, number // 100 % 100, number % 100
    return f"gfx{major}{minor:x}{stepping:x}"


def read_kernel_gpus(answers: Answers) -> tuple[KernelGpu, ...] | Unknown:
    """Read ``Model:  NVIDIA H100``, ``Bus Location:  0000:00:06.0``, ``GPU Excluded:  No`` and their neighbours."""
    found = names_of(answers, "driver.gpus_information")
    if isinstance(found, Unknown):
        return found
    texts = ({key.strip(): value.strip() for key, _, value in map(_parted, text.splitlines())} for text in found)
    return tuple(
        KernelGpu(
            model=lines.get("Model", ""),
            address=lines.get("Bus Location", ""),
            firmware=lines.get("GPU Firmware", ""),
            is_excluded=lines.get("GPU Excluded") == "Yes",
        )
        for lines in texts
    )


def _parted(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def read_amd_driver_version(answers: Answers) -> str | Unknown:
    """Read the version of an amdgpu module that came apart from the kernel; the kernel's own has none."""
    text = text_of(answers, "amd.module_version")
    return text if isinstance(text, Unknown) else text.strip()[:40]


def read_rocm_version(answers: Answers) -> str | Unknown:
    """Read the installed ROCm's version: ``6.2.0-66``."""
    text = text_of(answers, "amd.rocm_version")
    return text if isinstance(text, Unknown) else text.strip()[:40]
