"""A quick look whether the machine has an NVIDIA GPU, by files alone; the inspection asks properly."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NVIDIA_VENDOR = "0x10de"
_DISPLAY_CLASS = "0x03"


def has_nvidia_gpu(root: Path = Path("/")) -> bool:
    """Tell whether an NVIDIA GPU seems usable here: its PCI device, its driver's folder or, in WSL, /dev/dxg."""
    if sys.platform == "win32":
        return (Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "nvcuda.dll").is_file()
    if (root / "proc/driver/nvidia/version").exists() or (root / "dev/nvidia0").exists():
        return True
    if (root / "dev/dxg").exists():
        return (root / "usr/lib/wsl/lib/libcuda.so.1").exists()
    return any(map(_is_nvidia_display, (root / "sys/bus/pci/devices").glob("*")))


def _is_nvidia_display(device: Path) -> bool:
    try:
        vendor = (device / "vendor").read_text().strip()
        return vendor == _NVIDIA_VENDOR and (device / "class").read_text().startswith(_DISPLAY_CLASS)
    except OSError:
        return False
