"""The running programs of this person, those first that look like the work: Python, and the busy ones."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

_MOST = 400
_LIKELY = ("python", "comfy", "heygem", "wav2lip", "blender", "ffmpeg", "ollama")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One running program. ``memory_mib`` is its own memory in RAM."""

    pid: int
    name: str
    command: str
    memory_mib: float

    @property
    def looks_like_work(self) -> bool:
        """Tell whether it is one of those that people watch."""
        words = f"{self.name} {self.command}".lower()
        return any(part in words for part in _LIKELY)


def running_programs() -> tuple[Program, ...]:
    """Return the programs that may be watched, the likely ones first, then by memory. Takes a moment.

    Of other people's programs neither name nor command line is shown.
    """
    import os

    import psutil

    from gpuproof.core.watch.processes import candidates

    found = []
    for candidate in candidates(_MOST):
        command = ""
        if candidate.is_mine and candidate.pid != os.getpid():
            with contextlib.suppress(psutil.Error):
                command = " ".join(psutil.Process(candidate.pid).cmdline())[:300]
        if candidate.pid != os.getpid():
            found.append(
                Program(pid=candidate.pid, name=candidate.name, command=command, memory_mib=candidate.memory_mib)
            )
    found.sort(key=lambda program: (not program.looks_like_work, -program.memory_mib))
    return tuple(found)


def matching(programs: tuple[Program, ...], wanted: str) -> tuple[Program, ...]:
    """Return the programs whose id, name or command line holds the words."""
    parts = wanted.lower().split()
    return tuple(
        program
        for program in programs
        if all(part in f"{program.pid} {program.name} {program.command}".lower() for part in parts)
    )
