"""macOS: chip, memory and graphics. There is no CUDA for a Mac; torch uses Metal (MPS) on Apple's own chips."""

from __future__ import annotations

from .kinds import RunCommand

MACOS = ("macos",)
KEYS = (
    "hw.model",
    "hw.memsize",
    "hw.physicalcpu",
    "hw.logicalcpu",
    "machdep.cpu.brand_string",
    "sysctl.proc_translated",
)

QUESTIONS = (
    RunCommand("macos.sysctl", ("sysctl", *KEYS), MACOS, 4.0),
    RunCommand("macos.displays", ("system_profiler", "SPDisplaysDataType", "-json"), MACOS, 12.0, "identity"),
    RunCommand("macos.power", ("pmset", "-g", "batt"), MACOS, 4.0),
)
