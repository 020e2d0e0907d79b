"""macOS: chip, memory and graphics. There is no CUDA for a Mac; torch uses Metal (MPS) on Apple's own chips."""

from __future__ import annotations

import json
from typing import Any

from ..place import Place
from .kinds import Call, RunCommand

MACOS = ("macos",)
KEYS = (
    "hw.model",
    "hw.memsize",
    "hw.physicalcpu",
    "hw.logicalcpu",
    "hw.perflevel0.physicalcpu",
    "hw.perflevel1.physicalcpu",
    "machdep.cpu.brand_string",
    "sysctl.proc_translated",
    "iogpu.wired_limit_mb",
    "kern.osproductversion",
    "vm.swapusage",
)
# of a graphics chip; what hangs on it is left out: a screen tells its serial number
DISPLAY_KEYS = (
    "sppci_model",
    "sppci_cores",
    "sppci_bus",
    "sppci_device_type",
    "spdisplays_vendor",
    "spdisplays_device-id",
    "spdisplays_mtlgpufamilysupport",
    "spdisplays_vram",
    "spdisplays_vram_shared",
)


def displays(place: Place) -> "list[dict[str, str]]":
    """Describe the graphics chips."""
    from ..commands import run_command

    question = RunCommand("macos.displays", ("system_profiler", "SPDisplaysDataType", "-json"), MACOS, 12.0)
    return chips_in(json.loads(run_command(question, place).text or "{}"))


def chips_in(document: Any) -> "list[dict[str, str]]":
    """Keep what describes a chip."""
    found = document.get("SPDisplaysDataType") if isinstance(document, dict) else None
    entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return [{key: str(entry[key])[:200] for key in DISPLAY_KEYS if key in entry} for entry in entries[:16]]


QUESTIONS = (
    # a key that this Mac does not have ends with status 1 and is told on stderr; the others are printed all the same
    RunCommand("macos.sysctl", ("sysctl", *KEYS), MACOS, 4.0),
    Call("macos.displays", displays, "system_profiler SPDisplaysDataType", MACOS, 13.0),
    RunCommand("macos.power", ("pmset", "-g", "batt"), MACOS, 4.0),
    RunCommand("macos.heat", ("pmset", "-g", "therm"), MACOS, 4.0),
)
