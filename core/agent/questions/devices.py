"""Display and compute devices as the PCI bus and the kernel show them, without any vendor's driver or library."""

from __future__ import annotations

import os
from typing import Any

from ..place import Place
from .kinds import LINUX, Call, ReadFile

PCI = "/sys/bus/pci/devices"
PCI_NAMES = ("/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids")
DISPLAY_CLASSES = ("0x0300", "0x0301", "0x0302", "0x0380", "0x1200")
VENDORS = ("0x10de", "0x1002", "0x8086", "0x1022")
KFD_NODES = "/sys/class/kfd/kfd/topology/nodes"
DEVICE_FOLDERS = ("/dev", "/dev/dri", "/dev/nvidia-caps")
DEVICE_WORDS = ("nvidia", "kfd", "dxg", "nvmap", "nvhost", "render", "card")
LINK_FILES = ("current_link_speed", "current_link_width", "max_link_speed", "max_link_width")


def display_devices(place: Place) -> "list[dict[str, Any]]":
    """Describe every display device and accelerator. A sleeping one is not asked for its link: that would wake it."""
    found = []
    for address in place.names_in(PCI):
        base = "%s/%s" % (PCI, address)
        kind = place.line_of(base + "/class") or ""
        vendor = place.line_of(base + "/vendor") or ""
        # class 0x12 is also used by accelerators of other kinds
        if kind[:6] in DISPLAY_CLASSES and (kind[:6] != "0x1200" or vendor in VENDORS):
            found.append(pci_device(place, base, address, kind, vendor))
    add_names(place, found)
    return found


def pci_device(place: Place, base: str, address: str, kind: str, vendor: str) -> "dict[str, Any]":
    """Describe one device; link files are read only while it is awake."""
    found = {"address": address, "class": kind, "vendor": vendor}  # type: dict[str, Any]
    for key in ("device", "subsystem_vendor", "subsystem_device", "numa_node", "boot_vga", "power_state"):
        found[key] = place.line_of("%s/%s" % (base, key))
    found["driver"] = place.link_name(base + "/driver")
    found["driver_override"] = place.line_of(base + "/driver_override")
    found["runtime_status"] = place.line_of(base + "/power/runtime_status")
    if found["runtime_status"] != "suspended":
        for key in LINK_FILES:
            found[key] = place.line_of("%s/%s" % (base, key))
        found["bar_bytes"] = bar_sizes(place, base)
    return found


def bar_sizes(place: Place, base: str) -> "list[int]":
    """Return the sizes of the memory windows that the firmware gave the device (0: none was assigned)."""
    sizes = []
    for line in (place.line_of(base + "/resource") or "").splitlines()[:6]:
        parts = line.split()
        if len(parts) == 3:
            start, end = int(parts[0], 16), int(parts[1], 16)
            sizes.append(end - start + 1 if end > start else 0)
    return sizes


def add_names(place: Place, devices: "list[dict[str, Any]]") -> None:
    """Add the name of the machine's own PCI list where it has one; a machine without it has no names."""
    if not devices:
        return
    for path in PCI_NAMES:
        try:
            table = place.bytes_of(path, 4 << 20)
        except OSError:
            continue
        for device in devices:
            device["name"] = pci_name(table, device["vendor"][2:], (device["device"] or "")[2:])
        return


def pci_name(table: bytes, vendor: str, device: str) -> "str | None":
    """Find a device's line under its vendor's in a pci.ids table: ``\\t2330  GH100 [H100 SXM5 80GB]``."""
    start = table.find(b"\n" + vendor.encode("ascii", "replace") + b"  ")
    at = table.find(b"\n\t" + device.encode("ascii", "replace") + b"  ", start) if start >= 0 and device else -1
    if at < 0:
        return None
    between = table[start + 1 : at].split(b"\n")
    if any(line and not line.startswith((b"\t", b"#")) for line in between[1:]):
        return None  # another vendor's device
    return table[at:].split(b"\n", 2)[1].decode("utf-8", "replace").strip()[4:].strip()


def device_nodes(place: Place) -> "list[dict[str, Any]]":
    """List GPU device nodes with their rights and whether this process may open them."""
    found = []
    for folder in DEVICE_FOLDERS:
        for name in place.names_if_any(folder):
            path = "%s/%s" % (folder, name)
            if any(word in name for word in DEVICE_WORDS) and not os.path.isdir(place.path(path)):
                found.append(node(place, path))
    return found[:200]


def node(place: Place, path: str) -> "dict[str, Any]":
    """Describe one node."""
    here = place.path(path)
    try:
        mode = os.stat(here).st_mode
    except OSError as problem:
        return {"path": path, "error": problem.strerror}
    return {
        "path": path,
        "mode": "%o" % (mode & 0o777),
        "readable": os.access(here, os.R_OK),
        "writable": os.access(here, os.W_OK),
    }


def kfd_nodes(place: Place) -> "list[dict[str, str]]":
    """Read AMD's compute topology; nodes without SIMD units are processors and are left out."""
    found = []
    for name in place.names_in(KFD_NODES):
        text = place.text_of("%s/%s/properties" % (KFD_NODES, name))
        properties = dict(line.split(None, 1) for line in text.splitlines() if " " in line)
        if properties.get("simd_count", "0") != "0":
            wanted = ("gfx_target_version", "simd_count", "vendor_id", "device_id", "location_id")
            found.append({key: properties.get(key, "") for key in wanted})
    return found


QUESTIONS = (
    Call("pci.display_devices", display_devices, PCI, LINUX, 4.0),
    Call("devices.nodes", device_nodes, "/dev", LINUX, 3.0),
    Call("amd.kfd_nodes", kfd_nodes, KFD_NODES, LINUX),
    ReadFile("amd.module_version", "/sys/module/amdgpu/version"),
    ReadFile("amd.rocm_version", "/opt/rocm/.info/version"),
)
